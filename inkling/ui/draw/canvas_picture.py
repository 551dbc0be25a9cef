"""The picture that the canvas sends, decoded only if it is no larger than a canvas.

A few kilobytes of PNG can hold a picture of gigabytes, and anybody can send a message that the
canvas never would.
"""

from __future__ import annotations

import logging
import struct
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

# How a PNG begins: its signature, and the length and name of its header, which are followed by the
# width and the height.
START = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
SIZE = struct.Struct(">II")


class Report(Protocol):
    """What `st_canvas` returns."""

    @property
    def image_bytes(self) -> bytes | None:
        """The picture as PNG, as it was sent."""


def pixels_of(report: Report, most: tuple[int, int]) -> NDArray[np.uint8] | None:
    """What is on the canvas.

    Args:
        report: of the canvas.
        most: the width and the height of the largest canvas, in pixels.

    Returns:
        RGBA, uint8 (h, w, 4). None where there is no picture, or none that a canvas makes.
    """
    try:
        content = report.image_bytes
    except (AttributeError, TypeError, ValueError):
        # The message holds no data URL.
        log.warning("a canvas sent no picture")
        return None
    if content is None:
        return None
    size = png_size(content)
    if size is None or not (0 < size[0] <= most[0] and 0 < size[1] <= most[1]):
        log.warning("a canvas sent a picture of %s pixels", size)
        return None
    return _decoded(content)


def png_size(content: bytes) -> tuple[int, int] | None:
    """The width and the height of a PNG, from its header; None if it is none."""
    end = len(START) + SIZE.size
    if len(content) < end or not content.startswith(START):
        return None
    width, height = SIZE.unpack(content[len(START) : end])
    return int(width), int(height)


def _decoded(content: bytes) -> NDArray[np.uint8] | None:
    import cv2
    import numpy as np

    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 4:
        log.warning("a canvas sent a damaged picture")
        return None
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA), np.uint8)
