"""What a picture says: lines of numbers, each digit with its box and its prediction.

`Reading` is the one result type: the reader makes it, and the command line, the table, JSON and
Excel export from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from inkling.geometry import Box, union
from inkling.imaging.glyph import Glyph

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says about one glyph.

    Attributes:
        label: the most probable label ("0" to "9" for digits).
        probabilities: one per label, calibrated; they sum to 1.
        confidence: the probability of `label`.
        is_digit: False when the glyph looks like none of the labels (see `confidence.evidence`).
        is_sure: whether the answer can be trusted without a second look.
    """

    label: str
    probabilities: tuple[float, ...]
    confidence: float
    is_digit: bool
    is_sure: bool

    @property
    def digit(self) -> int:
        """The label's index among the labels: the digit itself, for a model of digits."""
        return int(np.argmax(self.probabilities))


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit in a picture.

    Attributes:
        label: what it says.
        confidence: the probability of that label.
        box: x, y, width, height in pixels of the picture.
        prediction: everything the model says about it.
        glyph: what the classifier saw; its `box` is in the picture's pixels, too.
    """

    label: str
    confidence: float
    box: Box
    prediction: Prediction
    glyph: Glyph

    @classmethod
    def of(cls, prediction: Prediction, glyph: Glyph) -> Digit:
        """A digit where its glyph is, with the label and the confidence of its prediction."""
        return cls(prediction.label, prediction.confidence, glyph.box, prediction, glyph)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, ruled or not: the page's table, the row and the column, each from 1.

    Attributes:
        size: the table's rows and columns where lines show them; None elsewhere.
    """

    table: int
    row: int
    column: int
    size: tuple[int, int] | None = field(default=None, compare=False)

    def export(self) -> dict[str, int]:
        """As `Reading.export` holds it."""
        return {"table": self.table, "row": self.row, "column": self.column}


@dataclass(frozen=True, slots=True)
class Number:
    """Digits that stand together; at least one.

    Attributes:
        digits: from left to right.
        cell: the table cell they stand in.
        signed: the number with the signs that were read in it, such as "24.6"; empty where there
            are none.
        posterior: that what was read there has these digits and these signs, 0 to 1.
    """

    digits: tuple[Digit, ...]
    cell: Cell | None = None
    signed: str = ""
    posterior: float = 1.0

    @property
    def text(self) -> str:
        """Its digits."""
        return "".join(digit.label for digit in self.digits)

    @property
    def written(self) -> str:
        """Its digits and signs."""
        return self.signed or self.text

    @property
    def is_sure(self) -> bool:
        """Whether all of its digits are sure."""
        return all(digit.prediction.is_sure for digit in self.digits)

    @property
    def confidence(self) -> float:
        """The lowest confidence of its digits: a number is as good as its worst digit."""
        return min(digit.confidence for digit in self.digits)

    @property
    def box(self) -> Box:
        return union(*(digit.box for digit in self.digits))


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers side by side; at least one."""

    numbers: tuple[Number, ...]

    @property
    def digits(self) -> tuple[Digit, ...]:
        return tuple(digit for number in self.numbers for digit in number.digits)

    @property
    def text(self) -> str:
        return "".join(number.text for number in self.numbers)

    def export(self) -> dict[str, Any]:
        """The line as `Reading.export` holds it."""
        return {
            "text": self.text,
            "numbers": [number.text for number in self.numbers],
            "written": [number.written for number in self.numbers],
            "sure": [number.is_sure for number in self.numbers],
            "cells": [number.cell and number.cell.export() for number in self.numbers],
            "digits": [
                {
                    "digit": digit.prediction.digit,
                    "confidence": round(digit.confidence, 4),
                    "box": list(digit.box),
                    "sure": digit.prediction.is_sure,
                }
                for digit in self.digits
            ],
            "confidences": [round(number.confidence, 4) for number in self.numbers],
        }


class Reason(StrEnum):
    """Why a number does not count: it was crossed out, or may be no number at all."""

    CROSSED_OUT = "crossed out"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A number that was seen but does not count.

    Attributes:
        number: its digits, as far as they are legible.
        box: x, y, width, height in pixels of the picture.
        reason: why it does not count.
    """

    number: str
    box: Box
    reason: Reason

    def export(self) -> dict[str, Any]:
        """As `Reading.export` holds it."""
        return {"number": self.number, "box": list(self.box), "reason": str(self.reason)}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a picture says.

    Attributes:
        lines: from top to bottom; empty for a blank picture.
        width, height: of the picture in pixels; boxes refer to them.
        warnings: sentences about what may be wrong.
        file: the name of the file it came from; empty for a drawing.
        page: the page in that file, from 1.
        left_out: what was read but does not count.
    """

    lines: tuple[Line, ...]
    width: int
    height: int
    warnings: tuple[str, ...] = ()
    file: str = ""
    page: int = 1
    left_out: tuple[LeftOut, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def numbers(self) -> tuple[Number, ...]:
        return tuple(number for line in self.lines for number in line.numbers)

    @property
    def digits(self) -> tuple[Digit, ...]:
        return tuple(digit for line in self.lines for digit in line.digits)

    def export(self) -> dict[str, Any]:
        """The reading as `read --format json` writes it: plain values, ready for JSON."""
        return {
            "file": self.file,
            "page": self.page,
            "width": self.width,
            "height": self.height,
            "text": self.text,
            "lines": [line.export() for line in self.lines],
            "left_out": [each.export() for each in self.left_out],
            "warnings": list(self.warnings),
        }

    def rows(self) -> list[dict[str, str | int | float]]:
        """A table with one row per number, in reading order.

        Returns:
            Dictionaries with `file`, `page` (from 1), `line` (from 1), `number` (text, so that a
            leading 0 is kept), `written` (with its signs), `confidence` and `sure` ("yes" or "no").
        """
        return [
            {
                "file": self.file,
                "page": self.page,
                "line": place,
                "number": number.text,
                "written": number.written,
                "confidence": round(number.confidence, 4),
                "sure": "yes" if number.is_sure else "no",
            }
            for place, line in enumerate(self.lines, 1)
            for number in line.numbers
        ]

    def to_frame(self) -> pandas.DataFrame:
        """The table of `rows`, with `sure` as a boolean, as a pandas data frame.

        Raises:
            ImportError: pandas is not installed. Inkling itself does not need it.
        """
        try:
            import pandas
        except ImportError:
            raise ImportError(
                "A data frame needs pandas: pip install pandas. Without it, use rows()."
            ) from None
        names = ["file", "page", "line", "number", "written", "confidence", "sure"]
        frame = pandas.DataFrame(self.rows(), columns=names)
        frame["sure"] = frame["sure"] == "yes"
        return frame
