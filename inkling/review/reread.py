"""Reading one box again, after a person has drawn, moved, split or merged it on the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inkling.geometry import Box, clip_box
from inkling.imaging.glyph import to_glyph
from inkling.imaging.ink import from_image
from inkling.imaging.pixels import BOX_LEVEL, Pixels, bounding_box, stroke_width
from inkling.layout.page import CROP_WINDOW
from inkling.layout.ruling import remove_ruling_lines
from inkling.recognition.classifier import Classifier
from inkling.recognition.confidence import evidence, no_ink
from inkling.recognition.results import Digit

# How much of the picture around a box is used to find the paper's brightness and the ruling lines,
# on each side, in lengths of the box's longer side.
MARGIN = 1.5
# The part of a box's width in which it may be cut in two, and at how many places a cut is tried.
CUT_RANGE = (0.25, 0.75)
CUT_COUNT = 9
# A cut's score is multiplied by this for each stroke width of ink that it crosses.
CROSSED_INK_FACTOR = 0.5


def read_box(image: Pixels, box: Box, classifier: Classifier) -> Digit:
    """Read what is in a box as one digit.

    Args:
        image: uint8 (h, w, 3), RGB, upright.
        box: x, y, width, height in its pixels; what is outside the picture is cut off.
        classifier: any model.

    Returns:
        The digit with the clipped box. Without ink its label is empty and it is not sure.
    """
    box = _clip(box, image)
    return _read(_ink_in(image, box), box, classifier)


def read_parts(image: Pixels, box: Box, classifier: Classifier) -> tuple[Digit, Digit]:
    """Read what is in a box as two digits, cut where both halves look most like digits.

    Args:
        image, box, classifier: as for `read_box`.

    Returns:
        The left and the right digit, each with the box around its ink.
    """
    box = _clip(box, image)
    ink = _ink_in(image, box)
    x, y, width, height = box
    cut = _best_cut(ink, classifier)
    left, right = ink[:, :cut], ink[:, cut:]
    left_box = _tight_box(left, (x, y, cut, height))
    right_box = _tight_box(right, (x + cut, y, width - cut, height))
    return _read(left, left_box, classifier), _read(right, right_box, classifier)


def _best_cut(ink: Pixels, classifier: Classifier) -> int:
    """The column to cut at, from 1, for ink uint8 (height, width)."""
    width = ink.shape[1]
    cuts = np.unique(np.linspace(CUT_RANGE[0] * width, CUT_RANGE[1] * width, CUT_COUNT).astype(int))
    cuts = np.clip(cuts, 1, max(1, width - 1))
    glyphs = [to_glyph(half).pixels for cut in cuts for half in (ink[:, :cut], ink[:, cut:])]
    answers = classifier.probabilities(np.stack(glyphs))
    # A cut that leaves a blank half must not win, although the other half looks like a digit.
    has_ink = np.array([glyph.any() for glyph in glyphs], np.float32)
    scores = (answers.max(axis=1) * evidence(answers) * has_ink).reshape(-1, 2)
    # The network tolerates a sliver of a neighbour, so the scores alone do not place the cut where
    # it crosses the least ink.
    crossed = (ink[:, np.minimum(cuts, width - 1)] >= BOX_LEVEL).sum(axis=0) / max(
        1.0, stroke_width(ink)
    )
    return int(cuts[int((scores.prod(axis=1) * CROSSED_INK_FACTOR**crossed).argmax())])


def _read(ink: Pixels, box: Box, classifier: Classifier) -> Digit:
    glyph = replace(to_glyph(ink), box=box)
    prediction = classifier.predict_glyph(glyph)
    if prediction is None:
        prediction = no_ink(classifier.labels)
    return Digit.of(prediction, glyph)


def _ink_in(image: Pixels, box: Box) -> Pixels:
    """A box's ink, uint8 (height, width), found with the paper around it."""
    x, y, width, height = box
    margin = round(MARGIN * max(width, height))
    left, top = max(0, x - margin), max(0, y - margin)
    around = image[top : y + height + margin, left : x + width + margin]
    ink = remove_ruling_lines(from_image(around, window=CROP_WINDOW))
    return np.ascontiguousarray(ink[y - top : y - top + height, x - left : x - left + width])


def _clip(box: Box, image: Pixels) -> Box:
    height, width = image.shape[:2]
    return clip_box(box, width, height)


def _tight_box(ink: Pixels, box: Box) -> Box:
    """The box around the ink in a box; the box itself where there is no ink."""
    found = bounding_box(ink)
    if found is None:
        return box
    return box[0] + found[0], box[1] + found[1], found[2], found[3]
