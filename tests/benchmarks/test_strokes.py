"""The figures of digits that were drawn on the page."""

from __future__ import annotations

import numpy as np

from benchmarks.accuracy import strokes


def test_figures_are_those_counted_by_hand() -> None:
    answers = [("1", "1", True), ("2", "2", False), ("3", "8", True), ("4", "?", False)]
    found = strokes.figures(answers)
    counts = {name: part["count"] for name, part in found.items() if isinstance(part, dict)}
    assert counts == {"right": 2, "sure": 2, "right_and_sure": 1, "wrong_among_sure": 1}
    assert found["wrong_among_sure"]["value"] == 0.5
    assert found["doubted_or_wrong"] == ["2 as 2", "3 as 8, sure", "4 as ?"]
    assert strokes.figures(answers[1:2])["wrong_among_sure"] is None


def test_points_of_a_stroke_are_close_and_hold_its_corners() -> None:
    corners = [(0.0, 0.0), (100.0, 0.0), (100.0, 30.0)]
    points = strokes.close_points(corners)
    assert set(corners) <= set(points) and points[-1] == corners[-1]
    assert np.hypot(*np.diff(points, axis=0).T).max() <= strokes.POINT_DISTANCE
