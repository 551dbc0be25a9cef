"""A line's digits grouped into numbers by the gaps between them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from inkling.geometry import Box
from inkling.layout.lines import PageLayout
from inkling.recognition.classifier import Classifier
from inkling.recognition.line_reader import read_lines
from inkling.recognition.rejection import Source
from inkling.recognition.results import Digit, Line, Number


def read_numbers(
    sheet: PageLayout, classifier: Classifier, *, keep_all: bool, source: Source = "drawing"
) -> tuple[Line, ...]:
    found = read_lines(sheet, classifier, keep_all=keep_all, source=source)
    rows = [row for row in found if any(row)]
    limit = gap_limit([gap for row in rows for gap in gaps([d.box for d in row if d])])
    return tuple(Line(_numbers(row, limit)) for row in rows)


def _numbers(digits: list[Digit | None], limit: float) -> tuple[Number, ...]:
    """A line's digits parted at wide gaps, and where something stood that is no digit (None).

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


NARROWEST = 0.8  # no narrower gap parts two numbers
WIDEST_GAP = 2.0  # and any wider one does


def gaps(boxes: list[Box]) -> list[float]:
    """Bare paper between neighbouring digits of a line, in digit heights; 0 where they overlap."""
    height = float(np.median([box[3] for box in boxes]))
    return [max(0, right[0] - left[0] - left[2]) / height for left, right in pairwise(boxes)]


def gap_limit(found: list[float]) -> float:
    """How wide a gap must be to part two numbers, in digit heights.

    Wide is relative to how far apart this hand sets the digits of one number: the usual gap, a
    little under the median, for a list of short numbers has nearly as many gaps between them.

    Args:
        found: all gaps of a page.
    """
    usual = float(np.percentile(found, 40, method="lower")) if found else 0.0
    return min(max(2.2 * usual, NARROWEST), WIDEST_GAP)
