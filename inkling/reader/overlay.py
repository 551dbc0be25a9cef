"""A page's picture with boxes around what was read."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from inkling.geometry import clip_box
from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.recognition.results import LeftOut, Reading

# RGB of sure and of doubtful digits: Okabe and Ito's blue and vermilion, which every kind of colour
# vision tells apart.
SURE_COLOUR = (0, 114, 178)
UNSURE_COLOUR = (213, 94, 0)
# RGB of what was left out: gray.
LEFT_OUT_COLOUR = (107, 114, 128)
# RGB around the labels, which makes them readable on dark pictures.
RIM_COLOUR = (255, 255, 255)
FONT = cv2.FONT_HERSHEY_SIMPLEX


def annotate(page: Page, reading: Reading) -> Pixels:
    """The page with a box around each digit and its label above, in a white rim.

    Doubtful digits have another colour, a thicker box and a question mark. What was left out has a
    thin gray box.

    Returns:
        uint8 (height, width, 3), RGB, of the page's size.
    """
    picture = page.image.copy()
    unit = _unit(picture)
    outline_left_out(picture, reading.left_out)
    for digit in reading.digits:
        sure = digit.prediction.is_sure
        colour = SURE_COLOUR if sure else UNSURE_COLOUR
        x, y, width, height = digit.box
        thickness = unit if sure else 2 * unit
        margin, rim = 2 * unit, unit + 1
        low, high = (x - margin, y - margin), (x + width + margin, y + height + margin)
        cv2.rectangle(picture, low, high, colour, thickness, cv2.LINE_AA)
        size = min(1.0 * unit, max(0.4 * unit, height / 60.0))
        ink_width = max(1, round(1.5 * size))
        text = digit.label if sure else f"{digit.label}?"
        (_, text_height), _ = cv2.getTextSize(text, FONT, size, ink_width)
        # Above the box, or below it at the top of the page.
        above = low[1] - margin - rim
        base = above if above > text_height else high[1] + text_height + margin + rim
        _draw_label(picture, text, (low[0], base), size, ink_width, colour, rim=rim)
    return picture


def outline_left_out(picture: Pixels, left_out: Iterable[LeftOut]) -> None:
    """Draw a thin gray box around each number that was left out.

    Args:
        picture: RGB, changed in place.
        left_out: with boxes in its pixels.
    """
    unit = _unit(picture)
    for x, y, width, height in (each.box for each in left_out):
        low, high = (x - 2 * unit, y - 2 * unit), (x + width + 2 * unit, y + height + 2 * unit)
        cv2.rectangle(picture, low, high, LEFT_OUT_COLOUR, unit, cv2.LINE_AA)


def _unit(picture: Pixels) -> int:
    """The width of a thin line in a picture, in its pixels."""
    longest: int = max(picture.shape[:2])
    return max(1, round(longest / 800))


def _draw_label(
    picture: Pixels,
    text: str,
    origin: tuple[int, int],
    size: float,
    ink_width: int,
    colour: tuple[int, int, int],
    *,
    rim: int,
) -> None:
    """Draw a text in a rim.

    The rim is the text dilated: not every version of OpenCV draws thick text around thin text.

    Args:
        picture: RGB, changed in place.
        text: in one line.
        origin: the left end of the text's baseline, in pixels; it may lie outside of the picture.
        size: factor of the font's own size.
        ink_width: of the text's strokes, in pixels.
        colour: of the text, RGB.
        rim: its width in pixels.
    """
    (width, height), below = cv2.getTextSize(text, FONT, size, ink_width)
    margin = rim + ink_width
    whole = (
        origin[0] - margin,
        origin[1] - height - margin,
        width + 2 * margin,
        height + below + 2 * margin,
    )
    left, top, width, height = clip_box(whole, picture.shape[1], picture.shape[0])
    area = picture[top : top + height, left : left + width]
    ink = np.zeros((height, width), np.uint8)
    cv2.putText(
        ink, text, (origin[0] - left, origin[1] - top), FONT, size, 255, ink_width, cv2.LINE_AA
    )
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1, 2 * rim + 1))
    for shade, cover in ((RIM_COLOUR, cv2.dilate(ink, disc)), (colour, ink)):
        part = (cover / 255.0)[..., None]
        area[:] = np.rint(area * (1.0 - part) + np.array(shade) * part)
