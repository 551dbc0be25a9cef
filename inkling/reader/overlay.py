"""A page's picture with boxes around what was read."""

from __future__ import annotations

import cv2

from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.recognition.results import Reading

# RGB of sure and of doubtful digits: Okabe and Ito's blue and vermilion, which every kind of colour
# vision tells apart.
SURE_COLOUR = (0, 114, 178)
UNSURE_COLOUR = (213, 94, 0)


def annotate(page: Page, reading: Reading) -> Pixels:
    """The page with a box around each digit and its label above.

    Doubtful digits have another colour, a thicker box and a question mark.

    Returns:
        uint8 (height, width, 3), RGB, of the page's size.
    """
    picture = page.image.copy()
    unit = max(1, round(max(page.width, page.height) / 800))
    for digit in reading.digits:
        sure = digit.prediction.is_sure
        colour = SURE_COLOUR if sure else UNSURE_COLOUR
        x, y, width, height = digit.box
        thickness = unit if sure else 2 * unit
        margin = 2 * unit
        low, high = (x - margin, y - margin), (x + width + margin, y + height + margin)
        cv2.rectangle(picture, low, high, colour, thickness, cv2.LINE_AA)
        size = min(1.0 * unit, max(0.4 * unit, height / 60.0))
        ink_width = max(1, round(1.5 * size))
        text = digit.label if sure else f"{digit.label}?"
        (_, text_height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, ink_width)
        # Above the box, or below it at the top of the page.
        above = low[1] - margin
        base = above if above > text_height else high[1] + text_height + margin
        for shade, weight in (((255, 255, 255), ink_width + 2 * unit), (colour, ink_width)):
            cv2.putText(
                picture,
                text,
                (low[0], base),
                cv2.FONT_HERSHEY_SIMPLEX,
                size,
                shade,
                weight,
                cv2.LINE_AA,
            )
    return picture
