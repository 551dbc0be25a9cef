"""Boxes and resizing for everything that handles pictures. Imports no other module of Inkling."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

# x, y, width, height in pixels.
Box: TypeAlias = tuple[int, int, int, int]


def union(*boxes: Box) -> Box:
    """The smallest box around one or more boxes."""
    x, y = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    bottom = max(box[1] + box[3] for box in boxes)
    return x, y, right - x, bottom - y


def scale_box(box: Box, scale: float) -> Box:
    """The box in a picture of another size, at least 1 pixel wide and high.

    Args:
        box: in pixels of the picture.
        scale: new side / old side.
    """
    left, top = round(box[0] * scale), round(box[1] * scale)
    right, bottom = round((box[0] + box[2]) * scale), round((box[1] + box[3]) * scale)
    return left, top, max(1, right - left), max(1, bottom - top)


def clip_box(box: Box, width: int, height: int) -> Box:
    """The part of a box inside a picture of this size, at least 1 pixel wide and high."""
    left, top = min(max(0, box[0]), width - 1), min(max(0, box[1]), height - 1)
    right = min(width, max(left + 1, box[0] + box[2]))
    bottom = min(height, max(top + 1, box[1] + box[3]))
    return left, top, right - left, bottom - top


def resize(
    image: NDArray[np.uint8], scale: float, *, enlarge_by: int = cv2.INTER_CUBIC
) -> NDArray[np.uint8]:
    """Scale a picture: averaged when it shrinks, interpolated when it grows.

    Args:
        image: uint8 (h, w) or (h, w, channels).
        scale: new side / old side; each new side is rounded and at least 1 pixel.
        enlarge_by: OpenCV's interpolation for a scale of 1 or more.
    """
    height, width = image.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1.0 else enlarge_by
    return np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)


def shrink(image: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Scale a picture down by averaging; returned unchanged when `scale` is 1 or more."""
    return resize(image, scale) if scale < 1.0 else image
