"""A drawing made to fit a smaller canvas."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkling.ui.paper import fitted

SIZES = st.integers(0, 700)


def stroke(left: float, top: float, width: float, height: float) -> dict[str, Any]:
    scales = {"scaleX": 1, "scaleY": 1}
    box = {"left": left, "top": top, "width": width, "height": height}
    return {"type": "Path", "strokeWidth": 18, **scales, **box}


STROKES = st.lists(st.builds(stroke, SIZES, SIZES, SIZES, SIZES), max_size=4)


def ends(each: dict[str, Any]) -> tuple[float, float]:
    across = each["left"] + (each["width"] + each["strokeWidth"]) * each["scaleX"] / 2
    down = each["top"] + (each["height"] + each["strokeWidth"]) * each["scaleY"] / 2
    return across, down


@given(STROKES, st.integers(280, 640), st.integers(320, 400))
def test_nothing_lies_outside_and_the_shape_is_kept(
    strokes: list[dict[str, Any]], width: int, height: int
):
    found = fitted(strokes, width, height)
    assert all(x <= width + 1e-6 and y <= height + 1e-6 for x, y in map(ends, found))
    for old, new in zip(strokes, found, strict=True):
        assert new["scaleX"] == new["scaleY"] <= old["scaleX"]
        assert new["left"] == pytest.approx(old["left"] * new["scaleX"])
        assert new["top"] == pytest.approx(old["top"] * new["scaleX"])


def test_what_fits_is_left_as_it_is():
    strokes = [stroke(100, 100, 50, 60)]
    assert fitted(strokes, 352, 320) is strokes
    assert fitted([], 352, 320) == []
