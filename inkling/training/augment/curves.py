"""Rounding the corners of pen strokes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# A smoothed line's points are this far apart, in the unit of its points.
STEP = 0.03


def cut_corners(
    points: NDArray[np.float64], rounds: int, *, keep_ends: bool
) -> NDArray[np.float64]:
    """A curve through a line's corners (Chaikin, 1974): each round cuts every corner in two.

    Args:
        points: float64 (n, 2).
        rounds: how often corners are cut; each round about doubles the number of points.
        keep_ends: whether the curve begins and ends at the line's ends, or near them.

    Returns:
        float64 (m, 2).
    """
    for _ in range(rounds):
        before, after = points[:-1], points[1:]
        cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], 1)
        inner = cut.reshape(-1, 2)
        points = np.concatenate([points[:1], inner, points[-1:]]) if keep_ends else inner
    return points


def smooth_corners(line: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """A line as a fast pen draws it: the moving average along the line, between the same ends.

    Args:
        line: float64 (points, 2).
        width: the length of line that is averaged, in the unit of the points.

    Returns:
        float64 (n, 2), `STEP` apart; the line itself where it is too short to be smoothed.
    """
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0.0], steps.cumsum()])
    count = int(along[-1] / STEP)
    if count < 4:
        return line
    even = np.linspace(0.0, along[-1], count)
    points = np.stack([np.interp(even, along, axis) for axis in line.T], 1)
    reach = max(1, round(width / STEP / 2.0))
    # The line continues beyond its ends, mirrored through them, so that the ends stay in place.
    padded = np.pad(points, ((reach, reach), (0, 0)), "reflect", reflect_type="odd")
    kernel = np.full(2 * reach + 1, 1.0 / (2 * reach + 1))
    return np.stack([np.convolve(axis, kernel, "valid") for axis in padded.T], 1)
