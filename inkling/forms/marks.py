"""How much is written in a field, whether a yes-no box is marked, and what was not read."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from inkling.forms.crops import Crop
from inkling.geometry import Box

# What is so much darker than the empty form, 0 to 255, is writing.
WRITING_LEVEL = 50
# The writing in a field that is empty for sure, at most, in squares of its shorter side; the
# writing from which a box counts as marked; and that from which it is marked for sure.
EMPTY, MARKED, SURELY_MARKED = 0.006, 0.015, 0.03
# Writing is unread where so much hangs together, in squares of the field's shorter side, and less
# than this part of it lies in the boxes of digits.
MIN_UNREAD, MAX_IN_BOXES = 0.002, 0.5


def writing_in(crop: Crop) -> float:
    """How much of a field is darker than the empty form, in squares of the field's shorter side."""
    count = np.count_nonzero(crop.ink[crop.inside] >= WRITING_LEVEL)
    return float(count) / _square(crop)


def is_marked(writing: float) -> tuple[bool, bool]:
    """Whether a box with so much writing is marked, and whether that is sure."""
    return writing >= MARKED, writing <= EMPTY or writing >= SURELY_MARKED


def unread(crop: Crop, boxes: Iterable[Box]) -> int:
    """How many pieces of writing in a field are no part of a digit that was read.

    Args:
        crop: the field.
        boxes: of the digits, in its pixels.
    """
    in_boxes = np.zeros(crop.inside.shape, np.bool_)
    for x, y, width, height in boxes:
        in_boxes[y : y + height, x : x + width] = True
    is_written = ((crop.ink >= WRITING_LEVEL) & crop.inside).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(is_written, connectivity=8)
    read = np.bincount(labels[in_boxes], minlength=count)
    areas = stats[:, cv2.CC_STAT_AREA]
    is_unread = (areas >= MIN_UNREAD * _square(crop)) & (read < MAX_IN_BOXES * areas)
    return int(np.count_nonzero(is_unread[1:]))


def _square(crop: Crop) -> float:
    """The square of a field's shorter side, in pixels of its crop."""
    across, down = (int(np.count_nonzero(crop.inside.any(axis=axis))) for axis in (0, 1))
    return float(max(1, min(across, down)) ** 2)
