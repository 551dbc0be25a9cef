"""A drawing made to fit a smaller canvas, and what is undone before the server has read it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkling.ui.draw.canvas import CANVAS_KEY, Paper, fitted

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


def reported(monkeypatch: pytest.MonkeyPatch, *strokes: dict[str, Any]) -> None:
    """The canvas has sent this, and no run has looked at it yet."""
    sent = {CANVAS_KEY: {"drawing": {"raw": {"objects": list(strokes)}}}}
    monkeypatch.setattr("streamlit.session_state", sent)


def test_a_stroke_that_was_just_sent_is_undone_and_no_other(monkeypatch: pytest.MonkeyPatch):
    first, second = stroke(90, 90, 60, 80), stroke(300, 90, 60, 80)
    sheet = Paper(strokes=[first])
    reported(monkeypatch, first, second)
    sheet.undo()
    assert sheet.strokes == [first] and sheet.undone == [second]


def test_an_echo_of_an_older_redrawing_empties_no_redo(monkeypatch: pytest.MonkeyPatch):
    strokes = [stroke(90 * place, 90, 60, 80) for place in (1, 2, 3)]
    sheet = Paper(strokes=list(strokes))
    reported(monkeypatch, *strokes)
    sheet.undo()
    sheet.undo()
    reported(monkeypatch, *strokes[:2])
    sheet.redo()
    assert sheet.strokes == strokes[:2] and sheet.undone == strokes[2:]


def test_what_is_undone_is_shrunk_with_the_rest(monkeypatch: pytest.MonkeyPatch):
    sheet = Paper(strokes=[stroke(90, 90, 60, 80), stroke(600, 90, 60, 80)])
    reported(monkeypatch, *sheet.strokes)
    sheet.undo()
    sheet.width = 352
    sheet._shrink()
    assert sheet.strokes[0]["scaleX"] == sheet.undone[0]["scaleX"] < 1.0
    reported(monkeypatch, *sheet.strokes)
    sheet.redo()
    assert all(ends(each)[0] <= 352 for each in sheet.strokes)
