"""Sums of lists and columns."""

from __future__ import annotations

from decimal import Decimal

from inkling.review import edits, sums
from inkling.review.amounts import COMMA, POINT
from inkling.review.page_grid import page_grid
from tests.fixtures.drafts import make_draft, make_table

TABLE = make_table([["1", "230"], ["2", "45"], ["3", ""]])
SUDOKU = make_table([["1", "2"], ["3", ""], ["5", "6"]])


def test_a_list_has_a_sum():
    draft = edits.type_number(make_draft("12", "7", "30"), 1, "1,234")
    assert sums.total([draft], POINT) == 1234 + 7 + 30
    assert sums.total([draft], COMMA) == Decimal("38.234")
    # An excluded number does not count; a code has no value.
    assert sums.total([edits.type_number(draft, 1, "")], POINT) == 37
    assert sums.total([edits.type_number(draft, 1, "0049")], POINT) is None
    assert sums.total([make_draft("305 27 9")], POINT) == 341
    assert sums.total([make_draft("8")], POINT) is None and sums.total([], POINT) is None


def test_several_columns_have_no_common_sum():
    assert sums.total([TABLE], POINT) is None
    assert sums.total([make_draft("12", "7"), SUDOKU], POINT) is None


def test_columns_have_their_own_sums_but_not_those_of_a_sudoku():
    table, sudoku = page_grid(TABLE), page_grid(SUDOKU)
    assert table is not None and sudoku is not None
    assert sums.of_columns(table, POINT) == (6, 275)
    assert sums.of_columns(sudoku, POINT) == (None, None)
    one = page_grid(make_draft("3", "5"))
    assert one is not None and sums.of_columns(one, POINT) == (8,)
    short = page_grid(make_table([["1", "20"], ["", "x"], ["3", ""]]))
    assert short is not None and sums.of_columns(short, POINT) == (4, None)
