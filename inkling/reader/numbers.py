"""A drawing's digits grouped into numbers by the gaps between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from inkling.geometry import Box
from inkling.layout.drawing import DrawingLayout
from inkling.recognition.classifier import Classifier
from inkling.recognition.line_reader import read_line
from inkling.recognition.results import Digit, Number

# A gap divides two numbers when it is this many times as wide as the usual gap, but never when it
# is narrower than the second, and always when it is wider than the third, in digit heights.
GAP_FACTOR = 2.2
MIN_GAP = 0.8
MAX_GAP = 2.0
# The usual gap is this percentile of all gaps: a list of short numbers has nearly as many gaps
# between numbers as within them.
USUAL_PERCENTILE = 40


def read_numbers(layout: DrawingLayout, classifier: Classifier) -> tuple[Number, ...]:
    """The digits of a drawing grouped into numbers.

    Args:
        layout, classifier: see `line_reader.read_line`.
    """
    digits = read_line(layout, classifier)
    boxes = [digit.box for digit in digits if digit]
    return _numbers(digits, gap_limit(gaps(boxes))) if boxes else ()


def gaps(boxes: Sequence[Box]) -> list[float]:
    """Bare paper between neighbouring digits of a line, in digit heights; 0 where they overlap."""
    height = float(np.median([box[3] for box in boxes]))
    return [max(0, right[0] - left[0] - left[2]) / height for left, right in pairwise(boxes)]


def gap_limit(found: Sequence[float]) -> float:
    """The widest gap within a number, in digit heights.

    It is relative to how far apart this hand sets the digits of one number.

    Args:
        found: all gaps of a drawing, in digit heights.
    """
    usual = float(np.percentile(found, USUAL_PERCENTILE, method="lower")) if found else 0.0
    return min(max(GAP_FACTOR * usual, MIN_GAP), MAX_GAP)


def _numbers(digits: Sequence[Digit | None], limit: float) -> tuple[Number, ...]:
    """A line's digits divided at wide gaps, and at what is no digit (None).

    Args:
        digits: from left to right.
        limit: the widest gap within a number, in digit heights.
    """
    height = float(np.median([digit.box[3] for digit in digits if digit]))
    numbers: list[list[Digit]] = []
    end = -math.inf
    for digit in digits:
        if digit is None:
            end = -math.inf
            continue
        if digit.box[0] - end > limit * height:
            numbers.append([])
        numbers[-1].append(digit)
        end = digit.box[0] + digit.box[2]
    return tuple(Number(tuple(number)) for number in numbers)
