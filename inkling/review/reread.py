"""Reading one box again: what a person drew, moved, cut or merged on a page's picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inkling.geometry import Box
from inkling.imaging.glyph import to_glyph
from inkling.imaging.ink import from_image
from inkling.imaging.pixels import BOX_LEVEL, Pixels, bounding_box, stroke_width
from inkling.layout.page import CROP_WINDOW
from inkling.layout.ruling import remove_ruling_lines
from inkling.recognition.classifier import Classifier
from inkling.recognition.confidence import evidence
from inkling.recognition.results import Digit, Prediction

# So much around a box, in its longer sides, shows the paper's brightness and where rules run.
SURROUNDINGS = 1.5
# A box is cut in two somewhere in its middle part, at one of so many places.
CUTS = 9
MIDDLE = (0.25, 0.75)
# Each stroke width of ink that a cut goes through makes it so much less likely.
INK_CUT = 0.5


def read_box(image: Pixels, box: Box, classifier: Classifier) -> Digit:
    """What stands in a box on a picture, taken as one digit.

    Args:
        image: uint8 (h, w, 3), RGB, upright.
        box: x, y, width, height in its pixels; what lies outside the picture is cut off.
        classifier: any model.

    Returns:
        The digit with the box as given; without ink its label is empty and it is not sure.
    """
    box = _inside(box, image)
    return _read(_ink_of(image, box), box, classifier)


def read_parts(image: Pixels, box: Box, classifier: Classifier) -> tuple[Digit, Digit]:
    """The two digits in a box, cut where both halves look most like digits.

    Args:
        image, box, classifier: as for `read_box`.
    """
    box = _inside(box, image)
    ink = _ink_of(image, box)
    width = box[2]
    cuts = np.unique(np.linspace(MIDDLE[0] * width, MIDDLE[1] * width, CUTS).astype(int))
    cuts = np.clip(cuts, 1, max(1, width - 1))
    glyphs = [to_glyph(half).pixels for cut in cuts for half in (ink[:, :cut], ink[:, cut:])]
    answers = classifier.probabilities(np.stack(glyphs))
    # A half with no ink would make any other half look good.
    full = np.array([glyph.any() for glyph in glyphs], np.float32)
    scores = (answers.max(axis=1) * evidence(answers) * full).reshape(-1, 2)
    # The network has learnt to forgive a neighbour's sliver; the cut still goes where ink is least.
    crossed = (ink[:, np.minimum(cuts, width - 1)] >= BOX_LEVEL).sum(axis=0) / max(
        1.0, stroke_width(ink)
    )
    cut = int(cuts[int((scores.prod(axis=1) * INK_CUT**crossed).argmax())])
    x, y, _, height = box
    left = _read(ink[:, :cut], _tight(ink[:, :cut], (x, y, cut, height)), classifier)
    right_box = _tight(ink[:, cut:], (x + cut, y, width - cut, height))
    return left, _read(ink[:, cut:], right_box, classifier)


def _read(ink: Pixels, box: Box, classifier: Classifier) -> Digit:
    glyph = replace(to_glyph(ink), box=box)
    prediction = classifier.predict_glyph(glyph)
    if prediction is None:
        count = len(classifier.labels)
        prediction = Prediction("", (1.0 / count,) * count, 0.0, False, False)
    return Digit(prediction.label, prediction.confidence, box, prediction, glyph)


def _ink_of(image: Pixels, box: Box) -> Pixels:
    """A box's ink, uint8 (height, width), as it looks on the paper around it."""
    x, y, width, height = box
    margin = round(SURROUNDINGS * max(width, height))
    left, top = max(0, x - margin), max(0, y - margin)
    around = image[top : y + height + margin, left : x + width + margin]
    ink = remove_ruling_lines(from_image(around, window=CROP_WINDOW))
    return np.ascontiguousarray(ink[y - top : y - top + height, x - left : x - left + width])


def _inside(box: Box, image: Pixels) -> Box:
    """The part of a box on the picture, at least a pixel."""
    high, wide = image.shape[:2]
    left, top = min(max(0, box[0]), wide - 1), min(max(0, box[1]), high - 1)
    right = min(wide, max(left + 1, box[0] + box[2]))
    bottom = min(high, max(top + 1, box[1] + box[3]))
    return left, top, right - left, bottom - top


def _tight(ink: Pixels, box: Box) -> Box:
    """The box around the ink that is in a box."""
    found = bounding_box(ink)
    if found is None:
        return box
    return box[0] + found[0], box[1] + found[1], found[2], found[3]
