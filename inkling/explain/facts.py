"""What can be measured about a drawing that explains a doubtful answer.

Where a cause can be tested, it is: a stroke counts as broken if the drawing is read more surely
with the gap closed, and a drawing as upside down if it is read surely the other way up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from inkling.explain import repairs
from inkling.explain.distinctions import DISTINCTIONS
from inkling.imaging.glyph import BOX_SIZE, GlyphKind, to_glyph
from inkling.imaging.pixels import BOX_LEVEL, Pixels

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit, Prediction

# Stroke widths in glyph pixels. One in a hundred of MNIST's digits has a thicker stroke. The
# normalisation thickens thin strokes, so only very thin ones are mentioned.
THICK, THIN = 5.0, 0.4
# Widths of gaps to close, in pixels of the drawing at `repairs.REPAIR_SIDE`, the narrowest first.
GAPS = (5, 9, 15, 21, 27, 35)
# The least confidence in a 7 once its bar is removed, for the bar to be the cause.
MIN_REPAIRED_CONFIDENCE = 0.9
# The greatest confidence in a drawing that may be upside down.
MAX_UPSIDE_DOWN_CONFIDENCE = 0.6
# The least probability of a second label that the drawing could be.
MIN_SECOND_PROBABILITY = 0.01
# Drawings narrower than this share of their height are hardly two digits.
MIN_TWO_DIGIT_WIDTH = 0.75
# A ring is in the upper part of the ink if its centre is above this share of the height.
UPPER_PART = 0.6
# Labels that look like themselves, or like each other, upside down.
SAME_UPSIDE_DOWN = ({"6", "9"}, {"0"}, {"1"}, {"8"})


class FactKind(StrEnum):
    """What a fact is about, the most important first."""

    EMPTY = "empty"
    SMALL = "small"
    BROKEN = "broken"
    TWO_DIGITS = "two digits"
    CROSSED_SEVEN = "crossed seven"
    CLOSED_FOUR = "closed four"
    UPSIDE_DOWN = "upside down"
    THICK = "thick"
    EDGE = "edge"
    THIN = "thin"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something measured about a drawing.

    Attributes:
        kind: what it is about.
        value: for SMALL the factor by which it was enlarged; for THICK and THIN the stroke's width,
            and for BROKEN the width of the widest gap that was closed, as shares of the drawing's
            longer side; for AMBIGUOUS the probability of the second label; otherwise 0.
        label: for BROKEN, UPSIDE_DOWN and CROSSED_SEVEN what it reads as after the repair; for
            TWO_DIGITS the digits, such as "17"; for AMBIGUOUS the two labels, such as "17";
            otherwise empty.
    """

    kind: FactKind
    value: float = 0.0
    label: str = ""


def find_facts(ink: Pixels, digits: Sequence[Digit], classifier: Classifier) -> tuple[Fact, ...]:
    """Measure a drawing whose answer is doubtful.

    The facts are about the digit that is least sure. A single dot has none.

    Args:
        ink: the drawing, uint8 (h, w), as `ink.from_canvas` gives it.
        digits: what was read in it; may be empty.
        classifier: the model that answered.

    Returns:
        The facts, the most important first.
    """
    if not digits:
        return (Fact(FactKind.EMPTY),)
    digit = min(digits, key=lambda one: (one.prediction.is_digit, one.confidence))
    if digit.glyph.kind is GlyphKind.DOT:
        return ()
    facts = [*_measured(digit, ink, classifier.labels), *_tested(digit, ink, classifier)]
    if len(digits) > 1:
        whole = _predictions({"whole": ink}, classifier)["whole"]
        if whole.is_sure:
            facts.append(Fact(FactKind.BROKEN, _widest_gap(digits, ink), whole.label))
        elif not digit.prediction.is_sure:
            facts += _overlap(digit, digits)
    order = list(FactKind)
    return tuple(sorted(facts, key=lambda fact: order.index(fact.kind)))


def _measured(digit: Digit, ink: Pixels, labels: Sequence[str]) -> list[Fact]:
    """Facts from the digit's box, stroke width and probabilities."""
    glyph, facts = digit.glyph, []
    # The longer side is `BOX_SIZE` glyph pixels.
    width = glyph.stroke_width * glyph.scale / BOX_SIZE
    if glyph.scale > 1.0:
        facts.append(Fact(FactKind.SMALL, glyph.scale))
    elif width > THICK / BOX_SIZE:
        facts.append(Fact(FactKind.THICK, width))
    elif width < THIN / BOX_SIZE:
        facts.append(Fact(FactKind.THIN, width))
    x, y, w, h = digit.box
    if x <= 0 or y <= 0 or x + w >= ink.shape[1] or y + h >= ink.shape[0]:
        facts.append(Fact(FactKind.EDGE))
    return facts + _ambiguity(digit, labels)


def _ambiguity(digit: Digit, labels: Sequence[str]) -> list[Fact]:
    """Which two labels a doubtful digit could be."""
    p = digit.prediction.probabilities
    best, second = sorted(range(len(p)), key=p.__getitem__)[:-3:-1]
    pair = "".join(sorted((labels[best], labels[second])))
    if p[second] < MIN_SECOND_PROBABILITY:
        return []
    if pair == "49" and _has_upper_ring(digit.glyph.pixels):
        return [Fact(FactKind.CLOSED_FOUR)]
    is_doubtful = digit.prediction.is_digit and not digit.prediction.is_sure
    if is_doubtful and pair in DISTINCTIONS:
        return [Fact(FactKind.AMBIGUOUS, p[second], pair)]
    return []


def _has_upper_ring(glyph: Pixels) -> bool:
    """Whether the upper part of the ink encloses paper."""
    mask = np.pad(glyph, 1) >= BOX_LEVEL
    # With connectivity 4, paper that touches only at corners is separated by the stroke.
    count, _, stats, centres = cv2.connectedComponentsWithStats(
        (~mask).astype(np.uint8), connectivity=4
    )
    rows = np.flatnonzero(mask.any(axis=1))
    limit = rows[0] + UPPER_PART * (rows[-1] - rows[0])
    # Component 0 is the ink, and the paper around it begins in row 0.
    return any(
        stats[k, cv2.CC_STAT_AREA] >= 2 and centres[k][1] < limit
        for k in range(1, count)
        if stats[k, cv2.CC_STAT_TOP] > 0
    )


def _widest_gap(digits: Sequence[Digit], ink: Pixels) -> float:
    """The widest gap between neighbouring digits, as a share of the ink's longer side."""
    boxes = sorted(digit.box for digit in digits)
    gap = max(right[0] - left[0] - left[2] for left, right in pairwise(boxes))
    columns = np.flatnonzero((ink >= BOX_LEVEL).any(axis=0))
    rows = np.flatnonzero((ink >= BOX_LEVEL).any(axis=1))
    extent = 1 + max(int(columns[-1] - columns[0]), int(rows[-1] - rows[0]))
    return max(0, gap) / extent


def _overlap(digit: Digit, digits: Sequence[Digit]) -> list[Fact]:
    """A doubtful digit and a neighbour that share columns: perhaps one digit was meant."""
    ordered = sorted(digits, key=lambda one: one.box)
    for left, right in pairwise(ordered):
        if digit in (left, right) and right.box[0] < left.box[0] + left.box[2]:
            return [Fact(FactKind.TWO_DIGITS, label=left.label + right.label)]
    return []


def _tested(digit: Digit, ink: Pixels, classifier: Classifier) -> list[Fact]:
    """Facts from what the network says after each repair."""
    before = digit.prediction
    read = _predictions(_repaired(digit, repairs.cut_out(ink, digit.box)), classifier)
    facts = _broken(before, read)
    crossed = read.get("without bar")
    is_seven = before.is_sure and before.label == "7"
    if (
        crossed
        and crossed.label == "7"
        and crossed.confidence >= MIN_REPAIRED_CONFIDENCE
        and not is_seven
    ):
        facts.append(Fact(FactKind.CROSSED_SEVEN, 0.0, "7"))
    left, right = read.get("left"), read.get("right")
    # A part of a 4 is soon sure to be a 1.
    least = classifier.report.calibration.sure
    if left and right and min(left.confidence, right.confidence) >= least and not before.is_sure:
        facts.append(Fact(FactKind.TWO_DIGITS, label=left.label + right.label))
    turned = read["turned"]
    if (
        turned.is_sure
        and read["as drawn"].confidence < MAX_UPSIDE_DOWN_CONFIDENCE
        and {turned.label, before.label} not in SAME_UPSIDE_DOWN
    ):
        facts.append(Fact(FactKind.UPSIDE_DOWN, 0.0, turned.label))
    return facts


def _repaired(digit: Digit, patch: Pixels) -> dict[str, Pixels]:
    """The digit's ink as it is, and after each repair that applies to it."""
    repaired = {"as drawn": patch, "turned": repairs.turned(patch)}
    for gap in GAPS:
        joined = repairs.joined(patch, gap)
        if joined is not None:
            repaired[f"joined {gap}"] = joined
    without_bar = repairs.without_bar(patch)
    if without_bar is not None:
        repaired["without bar"] = without_bar
    if digit.box[2] >= MIN_TWO_DIGIT_WIDTH * digit.box[3]:
        repaired["left"], repaired["right"] = repairs.halves(patch)
    return repaired


def _broken(before: Prediction, read: dict[str, Prediction]) -> list[Fact]:
    """The narrowest gap whose closing makes a doubtful digit sure."""
    if before.is_sure:
        return []
    for gap in GAPS:
        joined = read.get(f"joined {gap}")
        # A 4 or a 5 is meant to be open, though closed it would surely be a 9 or a 6.
        if joined and joined.is_sure and (joined.label == before.label or not before.is_digit):
            return [Fact(FactKind.BROKEN, gap / repairs.REPAIR_SIDE, joined.label)]
    return []


def _predictions(inks: dict[str, Pixels], classifier: Classifier) -> dict[str, Prediction]:
    """What each ink reads as; blank ones are left out."""
    glyphs = {name: to_glyph(ink) for name, ink in inks.items()}
    inked = {name: glyph.pixels for name, glyph in glyphs.items() if not glyph.is_blank}
    if not inked:
        return {}
    return dict(zip(inked, classifier.predict(np.stack(list(inked.values()))), strict=True))
