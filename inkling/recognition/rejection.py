"""Which digits of the lines that were read are kept: not words, print, grain or outliers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from inkling.geometry import Box
from inkling.recognition.lattice import MIN_REJECTED, MIN_TEXT_COMPONENTS
from inkling.recognition.results import Digit, Line, Number

# What stands in a line from left to right, with its box; None for what was rejected.
Items = list[tuple[Digit | None, Box]]
Source = Literal["drawing", "crop", "page"]

# Widest gap between two items of one word, in their height.
WORD_GAP = 0.5
# Widest gap between two words of one number, in digit heights.
NUMBER_GAP = 1.2
# A rejected item at least this high, in line heights, may have been a digit.
MISSED_HEIGHT = 0.75
# Share of rejected items from which a page of at least MIN_TEXT_COMPONENTS items is text.
TEXT_SHARE = 0.5
# Posterior from which a line with a digit is likely a number.
MIN_POSTERIOR = 0.3
# In a crop, a likely number lower than this is an outlier, and any other line lower than that is
# small print; in heights of the highest likely number.
MIN_LIKELY_HEIGHT, MIN_OTHER_HEIGHT = 0.5, 0.75
# A single doubtful digit lower than this is an outlier, in median heights of the sure digits.
OUTLIER_HEIGHT = 0.62
# With fewer sure digits than this, no digit is an outlier.
MIN_SURE_DIGITS = 5


@dataclass(frozen=True, slots=True)
class LineHypothesis:
    """The best reading of a line.

    Attributes:
        items: what stands in it, from left to right; None for what was rejected.
        height: of its digits, in pixels.
        posterior: of the reading, 0..1.
        confirmed_by_line_model: places of digits that touch each other and that the line model
            alone is sure of.
        is_prose: its components are so unlike digits that they must be letters.
    """

    items: Items
    height: float
    posterior: float = 1.0
    confirmed_by_line_model: frozenset[int] = frozenset()
    is_prose: bool = False

    @property
    def digits(self) -> list[Digit]:
        return [digit for digit, _ in self.items if digit is not None]

    @property
    def highest(self) -> int:
        """Height of the highest digit, in pixels; 0 without digits."""
        return max((digit.box[3] for digit in self.digits), default=0)

    @property
    def is_likely(self) -> bool:
        """Whether it is likely a number."""
        has_digit = any(digit.prediction.is_digit for digit in self.digits)
        return self.posterior >= MIN_POSTERIOR and has_digit

    def without_non_digits(self) -> LineHypothesis:
        """The same, without what the classifier takes for no digit and nothing confirms."""
        items: Items = []
        for place, (digit, box) in enumerate(self.items):
            is_kept = digit is not None and (
                digit.prediction.is_digit or place in self.confirmed_by_line_model
            )
            items.append((digit if is_kept else None, box))
        return replace(self, items=items)


def keep_all(lines: Sequence[LineHypothesis]) -> list[list[Digit | None]]:
    """Everything, including what the classifier takes for no digit."""
    return [_doubt_beside_rejected([digit for digit, _ in line.items], line) for line in lines]


def keep_on_page(
    lines: Sequence[LineHypothesis], source: Source = "page"
) -> list[list[Digit | None]]:
    """The digits of a page, on which there may be scribbles and words and nothing else."""
    plain = [line.without_non_digits() for line in lines]
    items = [digit for line in plain for digit, _ in line.items]
    rejected = sum(digit is None for digit in items)
    is_sure = any(digit is not None and digit.prediction.is_sure for digit in items)
    is_scribble = not is_sure and rejected >= max(MIN_REJECTED, len(items) - rejected)
    if source == "page" and is_scribble:
        return [[None] * len(line.items) for line in plain]
    return _without_text(plain)


def keep_in_crop(lines: Sequence[LineHypothesis]) -> list[list[Digit | None]]:
    """The numbers of a picture that is cut close around one or two: the high ones.

    A line that is likely a number keeps everything when at least half of it is surely digits.
    """
    top = max((line.highest for line in lines if line.is_likely), default=0)
    high = [
        line
        for line in lines
        if line.highest >= (MIN_LIKELY_HEIGHT if line.is_likely else MIN_OTHER_HEIGHT) * top
    ]
    kept = []
    for line in high:
        surely = sum(digit.prediction.is_digit for digit in line.digits)
        is_whole = line.is_likely and 2 * surely >= len(line.digits)
        kept.append(line if is_whole else line.without_non_digits())
    return _without_text(kept)


def without_outliers(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Lines without single doubtful digits much smaller than the sure ones: corners of print."""
    heights = [digit.box[3] for line in lines for digit in line.digits if digit.prediction.is_sure]
    if len(heights) < MIN_SURE_DIGITS:
        return lines
    least = OUTLIER_HEIGHT * float(np.median(heights))

    def is_outlier(number: Number) -> bool:
        (first, *more) = number.digits
        return not more and not first.prediction.is_sure and first.box[3] < least

    kept = (
        replace(line, numbers=tuple(number for number in line.numbers if not is_outlier(number)))
        for line in lines
    )
    return tuple(line for line in kept if line.numbers)


def _without_text(lines: Sequence[LineHypothesis]) -> list[list[Digit | None]]:
    """Lines without their words; digits beside something rejected are not sure."""
    items = [digit for line in lines for digit, _ in line.items]
    is_text = len(items) >= MIN_TEXT_COMPONENTS and items.count(None) > TEXT_SHARE * len(items)
    return [
        _doubt_beside_rejected(_without_words(line.items, is_text or line.is_prose), line)
        for line in lines
    ]


def _without_words(line: Items, is_text: bool) -> list[Digit | None]:
    """A line without the words in which some letters look like digits.

    Args:
        line: what stands in it.
        is_text: whether it is text, in which only what is sure for the most part is a number.
    """
    if not is_text:
        return [digit for digit, _ in line]
    height = float(np.median([box[3] for _, box in line])) if line else 0.0
    words: list[list[Digit | None]] = []
    gaps: list[float] = []
    end = float("-inf")
    for digit, box in line:
        if box[0] - end > WORD_GAP * height:
            words.append([])
            gaps.append(box[0] - end)
        words[-1].append(digit)
        end = max(end, box[0] + box[2])
    is_number = [
        sum(digit is not None and digit.prediction.is_sure for digit in word) > len(word) / 2
        for word in words
    ]
    # A number written wide falls apart into words: doubtful digits near a number belong to it.
    places = range(1, len(words))
    for place, other in [*((k, k - 1) for k in places), *((k - 1, k) for k in reversed(places))]:
        is_near = gaps[max(place, other)] <= NUMBER_GAP * height
        is_number[place] |= is_number[other] and is_near and all(words[place])
    found: list[Digit | None] = []
    for word, is_kept in zip(words, is_number, strict=True):
        found += word if is_kept else [None]
    return found


def _doubt_beside_rejected(found: list[Digit | None], line: LineHypothesis) -> list[Digit | None]:
    """A line's digits, not sure beside something rejected that may have been a digit, too.

    Args:
        found: what is kept of the line.
        line: what stands in it.
    """
    doubted = list(found)
    for place, (digit_there, box) in enumerate(line.items):
        if digit_there is not None or box[3] < MISSED_HEIGHT * line.height:
            continue
        for other in (place - 1, place + 1):
            digit = found[other] if 0 <= other < len(found) else None
            if digit is None:
                continue
            x, _, width, _ = line.items[other][1]
            if max(x - box[0] - box[2], box[0] - x - width) <= WORD_GAP * line.height:
                doubted[other] = replace(digit, prediction=replace(digit.prediction, is_sure=False))
    return doubted
