"""What of the lines that were read is numbers, and what is words, print, grain or strays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from inkling.geometry import Box
from inkling.recognition.lattice import SCRIBBLE, TEXT
from inkling.recognition.results import Digit, Line, Number

Marks = list[tuple[Digit | None, Box]]
Source = Literal["drawing", "crop", "page"]

# Marks nearer to each other than this part of their height are one word.
WORD_GAP = 0.5
# ... and to this part of it, one number, if there are no letters among them.
NUMBER_GAP = 1.2
# A mark of a word that was left out and is so high, in line heights, may have been a digit.
MISSED = 0.75
# Of at least TEXT marks this part is no digit on a page of words.
PROSE = 0.5
# A line of a crop is likely a number when its best reading is so probable and has a digit.
LIKELY = 0.3
# Parts of the height of a crop's highest likely number: a lower one is a stray, and what is not
# likely one is small print.
LOW, PRINT = 0.5, 0.75
# A single doubtful digit lower than this part of so many sure ones is none.
STRAY = 0.62
SURE_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A line as it was read.

    Attributes:
        marks: what stands in it, from left to right, with its place; None for what was left out.
        height: of its digits, in pixels.
        share: how probable its reading is, 0 to 1.
        heard: places of digits that touch each other, where the line network alone is sure.
        is_prose: its marks are so unlike digits that they must be letters.
    """

    marks: Marks
    height: float
    share: float = 1.0
    heard: frozenset[int] = frozenset()
    is_prose: bool = False

    @property
    def digits(self) -> list[Digit]:
        return [digit for digit, _ in self.marks if digit is not None]

    @property
    def highest(self) -> int:
        return max((digit.box[3] for digit in self.digits), default=0)

    @property
    def is_likely(self) -> bool:
        """Whether it is likely a number."""
        return self.share >= LIKELY and any(digit.prediction.is_digit for digit in self.digits)

    def without_others(self) -> Found:
        """The same with what the classifier takes for no digit left out, unless it was heard."""
        marks: Marks = []
        for place, (digit, box) in enumerate(self.marks):
            is_one = digit is not None and (digit.prediction.is_digit or place in self.heard)
            marks.append((digit if is_one else None, box))
        return replace(self, marks=marks)


def all_of_it(lines: Sequence[Found]) -> list[list[Digit | None]]:
    """Everything, also what the classifier takes for no digit."""
    return [_doubted([digit for digit, _ in line.marks], line) for line in lines]


def of_page(lines: Sequence[Found], source: Source = "page") -> list[list[Digit | None]]:
    """What is digits on a page, on which there may be scribbles and words and nothing else."""
    plain = [line.without_others() for line in lines]
    marks = [digit for line in plain for digit, _ in line.marks]
    others = sum(digit is None for digit in marks)
    is_sure = any(digit is not None and digit.prediction.is_sure for digit in marks)
    if source == "page" and not is_sure and others >= max(SCRIBBLE, len(marks) - others):
        return [[None] * len(line.marks) for line in plain]
    return _worded(plain)


def of_crop(lines: Sequence[Found]) -> list[list[Digit | None]]:
    """What is numbers in a picture cut close around one or two: the high ones.

    Of a line that is likely a number everything is kept when at least half is surely digits.
    """
    top = max((line.highest for line in lines if line.is_likely), default=0)
    high = [line for line in lines if line.highest >= (LOW if line.is_likely else PRINT) * top]
    kept = []
    for line in high:
        surely = sum(digit.prediction.is_digit for digit in line.digits)
        is_whole = line.is_likely and 2 * surely >= len(line.digits)
        kept.append(line if is_whole else line.without_others())
    return _worded(kept)


def without_outliers(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Lines without single doubtful digits much smaller than the sure ones: corners of print."""
    heights = [digit.box[3] for line in lines for digit in line.digits if digit.prediction.is_sure]
    if len(heights) < SURE_DIGITS:
        return lines
    least = STRAY * float(np.median(heights))

    def is_stray(number: Number) -> bool:
        (first, *more) = number.digits
        return not more and not first.prediction.is_sure and first.box[3] < least

    kept = (
        replace(line, numbers=tuple(number for number in line.numbers if not is_stray(number)))
        for line in lines
    )
    return tuple(line for line in kept if line.numbers)


def _worded(lines: Sequence[Found]) -> list[list[Digit | None]]:
    """Lines without their words, where there are many; beside what was left out nothing is sure."""
    marks = [digit for line in lines for digit, _ in line.marks]
    is_text = len(marks) >= TEXT and marks.count(None) > PROSE * len(marks)
    return [_doubted(_without_words(line.marks, is_text or line.is_prose), line) for line in lines]


def _without_words(line: Marks, is_text: bool) -> list[Digit | None]:
    """A line whose words are no numbers: letters among which some look like digits.

    Args:
        line: what stands in it, with its place.
        is_text: of words, among which only what is sure for the most part is a number.
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
    # What is written wide falls apart: doubtful digits beside a number are of it.
    places = range(1, len(words))
    for place, other in [*((k, k - 1) for k in places), *((k - 1, k) for k in reversed(places))]:
        is_near = gaps[max(place, other)] <= NUMBER_GAP * height
        is_number[place] |= is_number[other] and is_near and all(words[place])
    found: list[Digit | None] = []
    for word, is_kept in zip(words, is_number, strict=True):
        found += word if is_kept else [None]
    return found


def _doubted(found: list[Digit | None], line: Found) -> list[Digit | None]:
    """Digits of a line, not sure where what is as high as they are was left out beside them: it may
    have been of their number.

    Args:
        found: what is kept of it.
        line: what stands in it.
    """
    doubted = list(found)
    for place, (left_out, box) in enumerate(line.marks):
        if left_out is not None or box[3] < MISSED * line.height:
            continue
        for other in (place - 1, place + 1):
            digit = found[other] if 0 <= other < len(found) else None
            if digit is None:
                continue
            x, _, width, _ = line.marks[other][1]
            if max(x - box[0] - box[2], box[0] - x - width) <= WORD_GAP * line.height:
                doubted[other] = replace(digit, prediction=replace(digit.prediction, is_sure=False))
    return doubted
