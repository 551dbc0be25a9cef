"""Rounded corners of pen strokes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.training.augment.curves import cut_corners, smooth_corners

UPRIGHT = np.array([[0.0, 0.0], [0.0, 1.0]])


def test_cut_corners_leave_a_smooth_curve_with_the_same_ends() -> None:
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    curve = cut_corners(corners, 3, keep_ends=True)
    np.testing.assert_array_equal(curve[[0, -1]], corners[[0, -1]])
    steps = np.diff(curve, axis=0)
    angles = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    assert np.abs(np.diff(angles)).max() < np.pi / 8
    assert angles[-1] - angles[0] == pytest.approx(np.pi / 2)


def test_without_its_ends_a_curve_begins_and_ends_within_the_line() -> None:
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    curve = cut_corners(corners, 1, keep_ends=False)
    np.testing.assert_array_equal(curve, [[0.25, 0.0], [0.75, 0.0], [1.0, 0.25], [1.0, 0.75]])


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000), width=st.floats(0.05, 0.4), size=st.sampled_from([0.05, 0.1, 1.0])
)
def test_a_smoothed_line_keeps_its_ends_and_is_no_longer(
    seed: int, width: float, size: float
) -> None:
    line = np.random.default_rng(seed).uniform(0.0, size, (6, 2))
    smoothed = smooth_corners(line, width)
    np.testing.assert_allclose(smoothed[[0, -1]], line[[0, -1]], atol=1e-9)

    def length(points: np.ndarray) -> float:
        return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())

    assert length(smoothed) <= length(line) + 1e-9


def test_straight_and_tiny_lines_keep_their_form() -> None:
    smoothed = smooth_corners(UPRIGHT, 0.2)
    assert np.ptp(smoothed[:, 0]) == 0.0 and (np.diff(smoothed[:, 1]) > 0).all()
    dot = np.array([[0.2, 0.2], [0.21, 0.2]])
    assert smooth_corners(dot, 0.2) is dot
