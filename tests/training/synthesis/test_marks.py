"""Marks beside and between digits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.training.synthesis import marks
from inkling.training.synthesis.canvas import CANVAS_DIGIT, CANVAS_HEIGHT


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), is_before=st.booleans(), pen_width=st.floats(1.6, 8.0))
def test_a_mark_ends_where_it_says(seed: int, is_before: bool, pen_width: float) -> None:
    canvas = np.zeros((CANVAS_HEIGHT, 400), np.uint8)
    base = (CANVAS_HEIGHT + CANVAS_DIGIT) / 2
    rng = np.random.default_rng(seed)
    end = marks.draw_mark(canvas, 100, base, pen_width, rng, is_before=is_before)
    columns = np.flatnonzero(canvas.any(axis=0))
    assert columns.size
    # A pen's width beyond the middle of its stroke, and a comma reaches a little to the left.
    assert columns[-1] <= end + 2 * pen_width + 2
    assert end < 300 and columns[0] > 100 - 30


@pytest.mark.parametrize("height", [4.0, 20.0, 60.0])
def test_a_dot_has_its_height(height: float) -> None:
    dot = marks.dot(height, np.random.default_rng(0))
    rows = np.flatnonzero((dot >= 128).any(axis=1))
    assert np.ptp(rows) + 1 == pytest.approx(height, abs=2)
    assert not dot[[0, -1]].any() and not dot[:, [0, -1]].any()
