"""A drawing fitted to a smaller canvas, and undoing strokes that the server has not read yet."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkling.ui.draw.canvas import CANVAS_KEY, Canvas, fit

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
def test_nothing_is_outside_and_shapes_are_kept(
    strokes: list[dict[str, Any]], width: int, height: int
):
    found = fit(strokes, width, height)
    assert all(x <= width + 1e-6 and y <= height + 1e-6 for x, y in map(ends, found))
    for old, new in zip(strokes, found, strict=True):
        assert new["scaleX"] == new["scaleY"] <= old["scaleX"]
        assert new["left"] == pytest.approx(old["left"] * new["scaleX"])
        assert new["top"] == pytest.approx(old["top"] * new["scaleX"])


def test_a_drawing_that_fits_is_not_changed():
    strokes = [stroke(100, 100, 50, 60)]
    assert fit(strokes, 352, 320) is strokes
    assert fit([], 352, 320) == []


def reported(monkeypatch: pytest.MonkeyPatch, *strokes: dict[str, Any]) -> None:
    """Let the canvas have sent these strokes, which no script run has seen yet."""
    sent = {CANVAS_KEY: {"drawing": {"raw": {"objects": list(strokes)}}}}
    monkeypatch.setattr("streamlit.session_state", sent)


def test_undo_removes_the_stroke_that_was_just_sent(monkeypatch: pytest.MonkeyPatch):
    first, second = stroke(90, 90, 60, 80), stroke(300, 90, 60, 80)
    canvas = Canvas(strokes=[first])
    reported(monkeypatch, first, second)
    canvas.undo()
    assert canvas.strokes == [first] and canvas.undone == [second]


def test_a_late_report_of_an_older_drawing_keeps_redo(monkeypatch: pytest.MonkeyPatch):
    strokes = [stroke(90 * place, 90, 60, 80) for place in (1, 2, 3)]
    canvas = Canvas(strokes=list(strokes))
    reported(monkeypatch, *strokes)
    canvas.undo()
    canvas.undo()
    reported(monkeypatch, *strokes[:2])
    canvas.redo()
    assert canvas.strokes == strokes[:2] and canvas.undone == strokes[2:]


def test_undone_strokes_shrink_with_the_drawing(monkeypatch: pytest.MonkeyPatch):
    canvas = Canvas(strokes=[stroke(90, 90, 60, 80), stroke(600, 90, 60, 80)])
    reported(monkeypatch, *canvas.strokes)
    canvas.undo()
    canvas.width = 352
    canvas._shrink()
    assert canvas.strokes[0]["scaleX"] == canvas.undone[0]["scaleX"] < 1.0
    reported(monkeypatch, *canvas.strokes)
    canvas.redo()
    assert all(ends(each)[0] <= 352 for each in canvas.strokes)
