"""How round trips are counted."""

from __future__ import annotations

from benchmarks.accuracy.round_trips import compare, values
from inkling.review.amounts import COMMA, POINT
from inkling.review.workbook import as_xlsx
from tests.fixtures.typed import TYPED, typed_rows


def test_a_workbook_comes_back_equal_and_what_differs_is_named():
    for style in (POINT, COMMA):
        held = values(as_xlsx(typed_rows(), style))
        assert compare(held, style) == {"n": len(TYPED), "equal": len(TYPED), "different": {}}
    held[0], held[-1] = 49, None
    different = compare(held, COMMA)["different"]
    assert different == {"0049": 49, list(TYPED)[-1]: "None"}
