"""What a picture says: lines of numbers, each digit with its box and its prediction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from inkling.geometry import Box
from inkling.imaging.glyph import Glyph
from inkling.imaging.load import Page


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit on a page.

    Attributes:
        label: what it says.
        confidence: the probability of that.
        box: x, y, width, height in pixels of the picture.
        prediction: all the classifier says of it.
        glyph: what the classifier saw; its own `box` is the picture's, too.
    """

    label: str
    confidence: float
    box: Box
    prediction: Prediction
    glyph: Glyph


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a printed grid: which grid of the page, row and column, each from 1."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Number:
    """Digits that stand together; at least one. `cell` says where in a grid they stand."""

    digits: tuple[Digit, ...]
    cell: Cell | None = None

    @property
    def text(self) -> str:
        return "".join(digit.label for digit in self.digits)

    @property
    def confidence(self) -> float:
        """That of the digit least sure: a number is as good as its worst digit."""
        return min(digit.confidence for digit in self.digits)

    @property
    def box(self) -> Box:
        x = min(digit.box[0] for digit in self.digits)
        y = min(digit.box[1] for digit in self.digits)
        right = max(digit.box[0] + digit.box[2] for digit in self.digits)
        bottom = max(digit.box[1] + digit.box[3] for digit in self.digits)
        return x, y, right - x, bottom - y


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers beside each other; at least one."""

    numbers: tuple[Number, ...]

    @property
    def digits(self) -> tuple[Digit, ...]:
        return tuple(digit for number in self.numbers for digit in number.digits)

    @property
    def text(self) -> str:
        return "".join(number.text for number in self.numbers)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a picture says.

    Attributes:
        lines: from top to bottom; none for a blank picture.
        width, height: the picture's, in pixels; boxes refer to them.
        warnings: sentences about what may be wrong.
    """

    lines: tuple[Line, ...]
    width: int
    height: int
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def numbers(self) -> tuple[Number, ...]:
        return tuple(number for line in self.lines for number in line.numbers)

    @property
    def digits(self) -> tuple[Digit, ...]:
        return tuple(digit for line in self.lines for digit in line.digits)


def rows(readings: Iterable[tuple[Page, Reading]]) -> list[dict[str, str | int | float]]:
    """A table of everything read: one row a number, in reading order.

    Returns:
        Dictionaries with `file`, `page` (from 1), `line` (from 1), `number` (its text: a leading 0
        is kept) and `confidence`.
    """
    return [
        {
            "file": page.file,
            "page": page.number,
            "line": place,
            "number": number.text,
            "confidence": round(number.confidence, 4),
        }
        for page, reading in readings
        for place, line in enumerate(reading.lines, 1)
        for number in line.numbers
    ]


def as_data(page: Page, reading: Reading) -> dict[str, Any]:
    """A page's reading as `read --format json` writes it."""
    return {
        "file": page.file,
        "page": page.number,
        "width": reading.width,
        "height": reading.height,
        "text": reading.text,
        "lines": [
            {
                "text": line.text,
                "numbers": [number.text for number in line.numbers],
                "digits": [
                    {
                        "digit": digit.prediction.digit,
                        "confidence": round(digit.confidence, 4),
                        "box": list(digit.box),
                    }
                    for digit in line.digits
                ],
                "confidences": [round(number.confidence, 4) for number in line.numbers],
            }
            for line in reading.lines
        ],
        "warnings": list(reading.warnings),
    }


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one glyph.

    Attributes:
        label: the most probable label ("0" to "9" for digits).
        probabilities: one a label, calibrated, adding up to 1.
        confidence: the probability of `label`.
        is_digit: whether it is one of the labels at all (see `evidence`).
        is_sure: whether the answer can be trusted without a second look.
    """

    label: str
    probabilities: tuple[float, ...]
    confidence: float
    is_digit: bool
    is_sure: bool

    @property
    def digit(self) -> int:
        """The label's place among the labels: the digit itself, for a model of digits."""
        return int(np.argmax(self.probabilities))
