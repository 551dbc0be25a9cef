"""Reading one box again, after a person has drawn, moved, split or merged it on the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from inkling.geometry import Box, clip_box
from inkling.imaging.glyph import to_glyph
from inkling.imaging.ink import from_image
from inkling.imaging.pixels import BOX_LEVEL, Pixels, bounding_box, stroke_width
from inkling.imaging.polarity import is_light_on_dark
from inkling.layout import centres, cut
from inkling.layout.centres import Digits, InkMap
from inkling.layout.page_model import CLASSES, TURN_PRIOR
from inkling.reader.page import load_networks
from inkling.recognition.classifier import Classifier
from inkling.recognition.confidence import evidence, no_ink
from inkling.recognition.results import Digit

# How much of the picture around a box the page model sees, on each side, in lengths of the box's
# longer side.
MARGIN = 1.5
# Ink of a box is what is a digit's with at least this probability, if it is at least that part of
# everything dark.
MIN_INK, MIN_SHARE = 0.25, 0.2
# The part of a box's width in which it may be cut in two, and at how many places a cut is tried.
CUT_RANGE = (0.25, 0.75)
CUT_COUNT = 9
# How far a cut between the digits of a known number may be from where it would be between digits of
# equal width, in such widths.
CUT_REACH = 0.4
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
    left, right = _read_parts(ink, box, [_best_cut(ink, classifier)], classifier)
    return left, right


def read_number(image: Pixels, box: Box, text: str, classifier: Classifier) -> tuple[Digit, ...]:
    """Find the digits of a number whose text is known, such as one that was left out.

    Args:
        image, box, classifier: as for `read_box`.
        text: one sign per digit. A sign that is no label is read again, and so is the whole box,
            as one digit, where the text is empty.

    Returns:
        The digits from left to right, each with the box around its ink. None of them is sure.
    """
    box = _clip(box, image)
    ink = _ink_in(image, box)
    digits = _read_parts(ink, box, _even_cuts(ink, len(text)), classifier)
    return tuple(
        _unsure(digit, text[place : place + 1], classifier.labels)
        for place, digit in enumerate(digits)
    )


def _unsure(digit: Digit, label: str, labels: Sequence[str]) -> Digit:
    """A digit that is to be checked, with another label if that is one of the labels."""
    prediction = replace(digit.prediction, is_sure=False)
    if label not in labels:
        return replace(digit, prediction=prediction)
    confidence = prediction.probabilities[labels.index(label)]
    return replace(digit, label=label, confidence=confidence, prediction=prediction)


def _even_cuts(ink: Pixels, count: int) -> list[int]:
    """Columns that cut ink into parts of about the same width, where they cross the least ink.

    Args:
        ink: uint8 (height, width).
        count: of parts.
    """
    step = ink.shape[1] / max(1, count)
    crossed = ink.sum(axis=0).tolist()
    cuts: list[int] = []
    for place in range(1, count):
        low = max(cuts[-1] if cuts else 0, int((place - CUT_REACH) * step)) + 1
        high = max(low, int((place + CUT_REACH) * step))
        columns = range(min(low, ink.shape[1] - 1), min(high, ink.shape[1] - 1) + 1)
        cuts.append(min(columns, key=lambda at: (crossed[at], abs(at - place * step))))
    return cuts


def _read_parts(
    ink: Pixels, box: Box, columns: Sequence[int], classifier: Classifier
) -> tuple[Digit, ...]:
    """Read a box's ink, cut at some columns: each part with the box around its ink."""
    x, y, width, height = box
    digits = []
    for left, right in pairwise([0, *columns, ink.shape[1]]):
        part = ink[:, left : max(right, left + 1)]
        start = min(round(width * left / ink.shape[1]), width - 1)
        end = max(start + 1, round(width * right / ink.shape[1]))
        part_box = _tight_box(part, (x + start, y, end - start, height))
        digits.append(_read(part, part_box, classifier))
    return tuple(digits)


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
    glyph = to_glyph(ink)
    scale = glyph.scale * max(ink.shape) / max(box[2:])
    glyph = replace(glyph, box=box, scale=scale)
    prediction = classifier.predict_glyph(glyph)
    if prediction is None:
        prediction = no_ink(classifier.labels)
    return Digit.of(prediction, glyph)


def _ink_in(image: Pixels, box: Box) -> Pixels:
    """A box's ink, as the page model tells it from paper and other ink.

    Returns:
        uint8 (h, w), of the box's proportions and at any size.
    """
    x, y, width, height = box
    margin = round(MARGIN * max(width, height))
    left, top = max(0, x - margin), max(0, y - margin)
    around = np.ascontiguousarray(image[top : y + height + margin, left : x + width + margin])
    found, maps = _seen(around, height)
    inside = (np.abs(found.x + left - x - width / 2.0) < width / 2.0) & (
        np.abs(found.y + top - y - height / 2.0) < height / 2.0
    )
    light = float((np.tanh(found.light / 2.0) * found.score)[inside].sum())
    if not inside.any():
        light = 1.0 if is_light_on_dark(around) else -1.0
    middle = (x - left + (width - 1) / 2.0, y - top + (height - 1) / 2.0)
    one = _single(middle, (width, height), light)
    made = cut.cut(cut.Pyramid([around]), maps, one, [0], 0.0, (0.0, 0.0))
    high = cut.DIGIT_HEIGHT
    rows = slice((cut.CUT_HEIGHT - high) // 2, (cut.CUT_HEIGHT + high) // 2)
    columns = slice(cut.END_PAD, made.image.shape[1] - cut.END_PAD)
    ink, is_digit = made.image[rows, columns], made.ink[rows, columns] >= MIN_INK
    own = np.where(is_digit, ink, 0).astype(np.uint8)
    if own.sum() >= MIN_SHARE * ink.sum():
        return own
    # The page model sees no digit here. Whoever drew the box does, or the paper is bare.
    plain = from_image(around)
    return np.ascontiguousarray(plain[y - top :, x - left :][:height, :width])


def _seen(around: Pixels, height: int) -> tuple[Digits, list[InkMap]]:
    """What the page model sees around a box of this height."""
    largest = centres.LARGEST_SIDE / max(around.shape[:2])
    scale = min(cut.BEST_HEIGHT / height, centres.MAX_ENLARGEMENT, largest)
    return centres.detect(load_networks().page, around, [scale])


def _single(middle: tuple[float, float], size: tuple[int, int], light: float) -> Digits:
    """A digit in a box, of which nothing else is known."""
    classes = CLASSES.stop - CLASSES.start
    values = (*middle, *size, 1.0, light, np.full(classes, -np.log(classes)))
    rest = (0.0, 0.0, 0.0, 0.0, np.zeros(len(TURN_PRIOR)), 1.0)
    return Digits(*(np.asarray([value], np.float32) for value in (*values, *rest)))


def _clip(box: Box, image: Pixels) -> Box:
    height, width = image.shape[:2]
    return clip_box(box, width, height)


def _tight_box(ink: Pixels, box: Box) -> Box:
    """The box around the ink in a box; the box itself where there is no ink.

    Args:
        ink: uint8 (h, w), of the box's proportions.
        box: x, y, width, height in pixels of the picture.
    """
    found = bounding_box(ink)
    if found is None:
        return box
    across, down = box[2] / ink.shape[1], box[3] / ink.shape[0]
    x, y = box[0] + int(found[0] * across), box[1] + int(found[1] * down)
    return x, y, max(1, round(found[2] * across)), max(1, round(found[3] * down))
