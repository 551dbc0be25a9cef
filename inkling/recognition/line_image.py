"""The line of a drawing: level, and at the size that the line model takes."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import shrink, union
from inkling.imaging.pixels import Pixels
from inkling.layout.components import Component
from inkling.layout.drawing import DrawingLayout

# Height of a line image, and of the digits in it, in pixels.
IMAGE_HEIGHT = 32
DIGIT_HEIGHT = 20
# Bare paper at both ends, and the widest image, in pixels.
END_PAD = 8
MAX_IMAGE_WIDTH = 2048


def ink_image(layout: DrawingLayout, height: float) -> Pixels:
    """The ink of a drawing's components, level, its digits about DIGIT_HEIGHT high.

    Args:
        layout: at least one component.
        height: of its digits, in pixels.

    Returns:
        uint8 (IMAGE_HEIGHT, width).
    """
    line = layout.line
    x0, y0, x1, y1 = _around(line)
    ink, labels = layout.ink[y0:y1, x0:x1], layout.labels[y0:y1, x0:x1]
    own = np.zeros(int(labels.max(initial=0)) + 1, bool)
    ids = {part for component in line for part in component.ids}
    own[[part for part in ids if part < len(own)]] = True
    mask = cv2.dilate(own[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    ink = np.where(mask & (own[labels] | (labels == 0)), ink, 0).astype(np.uint8)
    image = _level(ink, (x0, y0), line, height).astype(np.float32)
    top = float(image.max())
    if top == 0.0:
        return np.zeros(image.shape, np.uint8)
    return np.asarray(np.rint(image * (255.0 / top)), np.uint8)


def contrasted(image: NDArray[np.float32]) -> Pixels:
    """A line's darkness, on any scale, with its paper at 0 and its pen at 255: uint8."""
    paper, pen = np.percentile(image, [50.0, 97.0])
    if pen <= paper:
        return np.zeros(image.shape, np.uint8)
    levels = (image - paper) * (255.0 / (pen - paper))
    return np.asarray(np.clip(np.rint(levels), 0, 255), np.uint8)


def _around(line: Sequence[Component]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a line in the drawing's pixels."""
    x, y, width, tall = union(*(component.box for component in line))
    return x, max(0, y - 2), x + width, y + tall + 2


def _level(
    ink: Pixels, corner: tuple[int, int], line: Sequence[Component], height: float
) -> Pixels:
    """A part of a layout at the size of a line image, with the line's middle along the image's.

    Args:
        ink: uint8 (h, w), what lies around the line.
        corner: its left and top edge in the layout.
        line: its components.
        height: of its digits, in pixels of the layout.

    Returns:
        uint8 (IMAGE_HEIGHT, width).
    """
    boxes = np.array([component.box for component in line], np.float64)
    left, right = boxes[:, 0].min(), (boxes[:, 0] + boxes[:, 2]).max()
    scale = DIGIT_HEIGHT / height
    width = min(MAX_IMAGE_WIDTH, round((right - left) * scale) + 2 * END_PAD)
    middle, climb = _middle_line(boxes, height)
    step_x = step_y = 1.0
    if scale < 0.7:
        # Shrink by averaging first, because the warp looks at four pixels only.
        rows, columns = ink.shape
        ink = shrink(ink, scale)
        step_x, step_y = ink.shape[1] / columns, ink.shape[0] / rows
    # Steps in the ink for one pixel of the image.
    across, down = step_x / scale, step_y / scale
    start_x = (left - corner[0]) * step_x
    start_y = (middle + climb * (left - float(boxes[:, 0].mean())) - corner[1]) * step_y
    matrix = np.array(
        [
            [across, 0.0, start_x - END_PAD * across],
            [climb * down, down, start_y - (IMAGE_HEIGHT / 2) * down - climb * down * END_PAD],
        ],
        np.float32,
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    image = cv2.warpAffine(ink, matrix, (width, IMAGE_HEIGHT), flags=flags)
    return np.asarray(image, np.uint8)


def _middle_line(boxes: NDArray[np.float64], height: float) -> tuple[float, float]:
    """A line's middle: its y at the mean left edge, and its slope, in pixels of the layout."""
    tall = boxes[boxes[:, 3] >= 0.5 * height]
    tall = tall if len(tall) else boxes
    middles = tall[:, 1] + tall[:, 3] / 2.0
    at = float(boxes[:, 0].mean())
    length = float(tall[:, 0].max() - tall[:, 0].min())
    start, climb = float(np.median(middles)), 0.0
    if len(tall) >= 4 and length >= 5.0 * height:
        # The median of all slopes (Theil, 1950; Sen, 1968), which one tall component does not tilt.
        x = tall[:, 0] - at
        one, other = np.triu_indices(len(x), 1)
        apart = np.abs(x[other] - x[one]) > height
        slopes = (middles[other] - middles[one])[apart] / (x[other] - x[one])[apart]
        climb = float(np.clip(np.median(slopes), -0.2, 0.2))
        start = float(np.median(middles - climb * x))
    # Move the middle so that a component much higher than the others is not cut off, if there is
    # room for the others.
    course = start + climb * (tall[:, 0] - at)
    above = float((course - tall[:, 1]).max())
    below = float((tall[:, 1] + tall[:, 3] - course).max())
    room = (IMAGE_HEIGHT / 2 - 1) * height / DIGIT_HEIGHT
    if above > room:
        start -= max(0.0, min(above - room, room - below))
    elif below > room:
        start += max(0.0, min(below - room, room - above))
    return start, climb
