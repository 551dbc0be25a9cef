"""A line cut from a page, level and at the line network's size."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.layout.components import Component
from inkling.layout.lines import PageLayout

# A strip is so high, and the digits in it about so.
STRIP_HEIGHT = 32
DIGIT_HEIGHT = 20
# Free paper at both ends, in pixels.
ENDS = 8
WIDEST = 2048


def strip_of(sheet: PageLayout, line: Sequence[Component], height: float) -> Pixels:
    """A line's ink alone, level, its digits about DIGIT_HEIGHT high.

    Args:
        sheet: where it lies.
        line: its marks.
        height: of its digits, in pixels.

    Returns:
        uint8 (STRIP_HEIGHT, width).
    """
    x0, y0, x1, y1 = _around(line)
    ink, labels = sheet.ink[y0:y1, x0:x1], sheet.labels[y0:y1, x0:x1]
    own = np.zeros(int(labels.max(initial=0)) + 1, bool)
    ids = {part for mark in line for part in mark.ids}
    own[[part for part in ids if part < len(own)]] = True
    mask = cv2.dilate(own[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    ink = np.where(mask & (own[labels] | (labels == 0)), ink, 0).astype(np.uint8)
    strip = _levelled(ink, (x0, y0), line, height).astype(np.float32)
    top = float(strip.max())
    if top == 0.0:
        return np.zeros(strip.shape, np.uint8)
    return np.asarray(np.rint(strip * (255.0 / top)), np.uint8)


def shade_strip_of(sheet: PageLayout, line: Sequence[Component], height: float) -> Pixels | None:
    """A line as it is in the picture, faint strokes, grain, rules and neighbours with it, as
    `strip_of` lays it; None where the sheet knows its ink alone.

    Args:
        sheet: where it lies.
        line: its marks.
        height: of its digits, in pixels.

    Returns:
        uint8 (STRIP_HEIGHT, width), as `contrasted` leaves it.
    """
    if sheet.darkness is None:
        return None
    reach = round(STRIP_HEIGHT * height / DIGIT_HEIGHT)
    x0, y0, x1, y1 = _around(line, reach)
    strip = _levelled(sheet.darkness[y0:y1, x0:x1], (x0, y0), line, height)
    return contrasted(strip.astype(np.float32))


def contrasted(strip: NDArray[np.float32]) -> Pixels:
    """A strip's shade, any scale, with its paper at 0 and its pen at 255: uint8."""
    paper, pen = np.percentile(strip, [50.0, 97.0])
    if pen <= paper:
        return np.zeros(strip.shape, np.uint8)
    levels = (strip - paper) * (255.0 / (pen - paper))
    return np.asarray(np.clip(np.rint(levels), 0, 255), np.uint8)


def _around(line: Sequence[Component], reach: int = 0) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a line in its sheet's pixels, with so many more around it."""
    boxes = np.array([mark.box for mark in line])
    x, y = boxes[:, :2].min(axis=0).tolist()
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0).tolist()
    return max(0, x - reach), max(0, y - 2 - reach), right + reach, bottom + 2 + reach


def _levelled(
    ink: Pixels, corner: tuple[int, int], line: Sequence[Component], height: float
) -> Pixels:
    """A part of a sheet at a strip's size, the line's middle all along the strip's.

    Args:
        ink: uint8 (h, w), what lies around the line.
        corner: its left and top edge in the sheet.
        line: its marks.
        height: of its digits, in pixels of the sheet.

    Returns:
        uint8 (STRIP_HEIGHT, width).
    """
    boxes = np.array([mark.box for mark in line], np.float64)
    left, right = boxes[:, 0].min(), (boxes[:, 0] + boxes[:, 2]).max()
    scale = DIGIT_HEIGHT / height
    width = min(WIDEST, round((right - left) * scale) + 2 * ENDS)
    middle, climb = _course(boxes, height)
    step_x = step_y = 1.0
    if scale < 0.7:
        # Shrunk by averaging first, for the warp only looks at four pixels.
        rows, columns = ink.shape
        size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
        ink = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)
        step_x, step_y = size[0] / columns, size[1] / rows
    # From the strip's pixels to the ink's.
    across, down = step_x / scale, step_y / scale
    start_x = (left - corner[0]) * step_x
    start_y = (middle + climb * (left - float(boxes[:, 0].mean())) - corner[1]) * step_y
    matrix = np.array(
        [
            [across, 0.0, start_x - ENDS * across],
            [climb * down, down, start_y - (STRIP_HEIGHT / 2) * down - climb * down * ENDS],
        ],
        np.float32,
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(ink, matrix, (width, STRIP_HEIGHT), flags=flags)
    return np.asarray(strip, np.uint8)


def _course(boxes: NDArray[np.float64], height: float) -> tuple[float, float]:
    """Where a line's middle runs: its height at the mean left edge, and how it climbs."""
    tall = boxes[boxes[:, 3] >= 0.5 * height]
    tall = tall if len(tall) else boxes
    middles = tall[:, 1] + tall[:, 3] / 2.0
    at = float(boxes[:, 0].mean())
    length = float(tall[:, 0].max() - tall[:, 0].min())
    start, climb = float(np.median(middles)), 0.0
    if len(tall) >= 4 and length >= 5.0 * height:
        # The median slope from one to another (Theil, 1950; Sen, 1968): a tall one tilts nothing.
        x = tall[:, 0] - at
        one, other = np.triu_indices(len(x), 1)
        apart = np.abs(x[other] - x[one]) > height
        slopes = (middles[other] - middles[one])[apart] / (x[other] - x[one])[apart]
        climb = float(np.clip(np.median(slopes), -0.2, 0.2))
        start = float(np.median(middles - climb * x))
    # What is much higher than the others keeps its head, or its foot, if the others have room.
    course = start + climb * (tall[:, 0] - at)
    above = float((course - tall[:, 1]).max())
    below = float((tall[:, 1] + tall[:, 3] - course).max())
    room = (STRIP_HEIGHT / 2 - 1) * height / DIGIT_HEIGHT
    if above > room:
        start -= max(0.0, min(above - room, room - below))
    elif below > room:
        start += max(0.0, min(below - room, room - above))
    return start, climb
