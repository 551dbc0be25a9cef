"""Pictures as the pages show them: PNG and JPEG bytes."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inkling.imaging.pixels import Pixels

# RGB. Tinted paper shows its edge on a white page without a frame.
PAPER = (238.0, 242.0, 250.0)
INK = (16.0, 24.0, 43.0)


def glyph_png(glyph: Pixels, factor: int = 10) -> bytes:
    """A glyph enlarged, dark ink on tinted paper, as PNG.

    Args:
        glyph: uint8 (28, 28), 0 paper and 255 pen.
        factor: pixels per glyph pixel.
    """
    return encoded(enlarged(toned(glyph), factor), ".png")


def drawing_png(rgba: Pixels, height: int = 0) -> bytes:
    """A drawing as PNG: the whole canvas, or only the ink, resized to a height.

    Args:
        rgba: uint8 (h, w, 4).
        height: in pixels; 0 for the whole canvas as it is.
    """
    import cv2
    import numpy as np

    from inkling.imaging import ink
    from inkling.imaging.pixels import bounding_box

    rgb: Pixels = rgba[..., :3]
    box = bounding_box(ink.from_canvas(rgba)) if height else None
    if box is not None:
        x, y, box_width, box_height = box
        margin = max(box_width, box_height) // 8 + 2
        rgb = rgb[
            max(0, y - margin) : y + box_height + margin,
            max(0, x - margin) : x + box_width + margin,
        ]
        size = (max(1, round(rgb.shape[1] * height / rgb.shape[0])), height)
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    return encoded(rgb, ".png")


def photo_jpeg(rgb: Pixels, longest: int = 1600) -> bytes:
    """A picture as JPEG, shrunk where it is too large.

    Args:
        rgb: uint8 (h, w, 3).
        longest: its longer side has at most so many pixels.
    """
    from inkling.geometry import shrink

    return encoded(shrink(rgb, longest / max(rgb.shape[:2])), ".jpg")


def rgba_png(rgba: Pixels) -> bytes:
    """A drawing as it is, uint8 (h, w, 4), as PNG."""
    import cv2

    # The order of the colours is that of OpenCV in neither direction, hence the same in both.
    _, data = cv2.imencode(".png", rgba)
    return data.tobytes()


def rgba(content: bytes) -> Pixels:
    """What `rgba_png` wrote, uint8 (h, w, 4).

    Raises:
        ValueError: it is damaged.
    """
    import cv2
    import numpy as np

    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3 or picture.shape[2] != 4:
        raise ValueError("this is no drawing")
    return np.asarray(picture, np.uint8)


def ink_png(ink: Pixels) -> bytes:
    """Ink as it is, 0 paper and 255 pen, as a grayscale PNG.

    Args:
        ink: uint8 (h, w).
    """
    import cv2

    _, data = cv2.imencode(".png", ink)
    return data.tobytes()


def rgb(content: bytes) -> Pixels:
    """A JPEG or PNG that this module made, as uint8 (h, w, 3), RGB."""
    import cv2
    import numpy as np

    bgr = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(np.asarray(bgr, np.uint8)[..., ::-1])


def toned(ink: Pixels) -> Pixels:
    """Ink, uint8 (h, w), as dark pen on tinted paper: uint8 (h, w, 3), RGB."""
    import numpy as np

    paper, pen = np.array(PAPER, np.float32), np.array(INK, np.float32)
    share = (ink.astype(np.float32) / 255.0)[..., None]
    return np.asarray(np.rint(paper * (1.0 - share) + pen * share), np.uint8)


def enlarged(picture: Pixels, factor: int) -> Pixels:
    """A picture in which each pixel is `factor` by `factor` pixels large."""
    import numpy as np

    return np.repeat(np.repeat(picture, factor, axis=0), factor, axis=1)


def encoded(rgb: Pixels, kind: str) -> bytes:
    """A picture, uint8 (h, w, 3), RGB, as the bytes of a file; `kind` is ".png" or ".jpg"."""
    import cv2
    import numpy as np

    # OpenCV's order of colours is blue, green, red.
    _, data = cv2.imencode(kind, np.ascontiguousarray(rgb[..., ::-1]))
    return data.tobytes()


def data_url(content: bytes, kind: str = "png") -> str:
    """A picture file as a data URL; `kind` is "png", "jpeg" or "webp"."""
    return f"data:image/{kind};base64,{b64encode(content).decode('ascii')}"
