"""A sheet in progress: layers of ink, and the place of each character on it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from inkling.imaging.pixels import Pixels

# In `Written.number`: the character belongs to no number.
NO_NUMBER = -1


@dataclass(slots=True)
class Written:
    """A digit, a sign or a letter on the sheet. Lengths are in pixels of the sheet.

    Attributes:
        character: such as "7" or ".".
        x: of the middle of its ink.
        y: likewise.
        width: of its ink.
        height: of its ink.
        number: counts the numbers of the sheet; the digits of one follow each other in `written`.
        is_struck: whether it is crossed out.
    """

    character: str
    x: float
    y: float
    width: float
    height: float
    number: int = NO_NUMBER
    is_struck: bool = False


@dataclass(slots=True, eq=False)
class Sheet:
    """Layers of ink, each uint8 (height, width), and what is written.

    Attributes:
        digits: the pen's ink of digits.
        other: the pen's ink of all else: letters, signs, underlines, doodles.
        printed: ink of the form: frames, boxes, printed words and digits.
        ruling: the lines of ruled or squared paper.
        ignored: where it is not said what is digit: 255.
        written: the characters; the digits of a number from left to right.
        numbers: how many numbers there are.
    """

    digits: Pixels
    other: Pixels
    printed: Pixels
    ruling: Pixels
    ignored: Pixels
    written: list[Written] = field(default_factory=list)
    numbers: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.digits.shape[0], self.digits.shape[1]


def empty_sheet(height: int, width: int) -> Sheet:
    """A sheet without ink."""
    digits, other, printed, ruling, ignored = np.zeros((5, height, width), np.uint8)
    return Sheet(digits, other, printed, ruling, ignored)


def put(layer: Pixels, ink: Pixels, x: float, y: float) -> bool:
    """Add ink to a layer, in place; what lies outside is lost.

    Args:
        layer: uint8 (height, width).
        ink: uint8 (h, w).
        x: the column of its left side.
        y: the row of its top.

    Returns:
        Whether some of it lies inside.
    """
    left, top = round(x), round(y)
    first_row, first_column = max(0, top), max(0, left)
    last_row = min(layer.shape[0], top + ink.shape[0])
    last_column = min(layer.shape[1], left + ink.shape[1])
    if last_row <= first_row or last_column <= first_column:
        return False
    area = layer[first_row:last_row, first_column:last_column]
    part = ink[first_row - top : last_row - top, first_column - left : last_column - left]
    np.maximum(area, part, out=area)
    return True


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A random number whose logarithm is uniform between two logarithms."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
