"""Draw pen trajectories as ink."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels


def from_strokes(
    strokes: Iterable[NDArray[np.generic]],
    *,
    size: int = 160,
    brush: float = 12.0,
    margin: float = 0.1,
) -> Pixels:
    """Draw pen trajectories with a round brush, fitted into a square.

    Args:
        strokes: each (points, 2), x to the right and y **down**, in any unit; a stroke of one
            point is a dot.
        size: side of the square in pixels.
        brush: diameter of the brush in pixels.
        margin: free border on every side, as a part of `size`.

    Returns:
        uint8 (size, size) ink; blank when there is no point.
    """
    lines = [np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in strokes]
    lines = [line for line in lines if len(line)]
    ink = np.zeros((size, size), np.uint8)
    if not lines:
        return ink
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    room = size * (1.0 - 2.0 * margin) - brush
    extent = float((high - low).max())
    scale = room / extent if extent > 0 else 0.0
    offset = size / 2.0 - scale * (low + high) / 2.0
    draw_lines(ink, [line * scale + offset for line in lines], brush)
    return ink


def draw_lines(ink: Pixels, lines: Iterable[NDArray[np.float64]], brush: float) -> None:
    """Draw pen trajectories into ink with a round brush.

    Args:
        ink: uint8 (height, width); changed in place.
        lines: each (points, 2), x and y in pixels; a line of one point is a dot.
        brush: diameter in pixels.
    """
    # OpenCV takes fixed-point coordinates. Whole pixels would turn slow strokes into staircases.
    shift = 4
    thickness = max(1, round(brush))
    for line in lines:
        fixed = np.rint(line * (1 << shift)).astype(np.int32)
        if len(fixed) == 1:
            middle = fixed[0].tolist()
            cv2.circle(ink, middle, round(brush * 8), 255, cv2.FILLED, cv2.LINE_AA, shift)
        else:
            cv2.polylines(ink, [fixed], False, 255, thickness, cv2.LINE_AA, shift)
