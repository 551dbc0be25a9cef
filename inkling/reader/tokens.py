"""What the cuts of a line say, character by character, on the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.geometry import Box
from inkling.imaging.glyph import GLYPH_SIZE, to_glyph
from inkling.imaging.pixels import Pixels
from inkling.layout.centres import Digits
from inkling.layout.cut import DIGIT_HEIGHT, NEAR_REACH, Cut, typical_height
from inkling.recognition.classifier import Classifier
from inkling.recognition.cut_reader import (
    MAX_APART,
    Character,
    CutText,
    FoundDigits,
    match_found,
)

# The width of a digit that was not found, as a part of its height.
USUAL_WIDTH = 0.6
# Digits stand apart with at least this much between their boxes, in digit heights.
MIN_APART = 0.08
# Paper around a digit's box in its picture, in pixels of the cut.
MARGIN = 2


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """A character on the picture.

    Attributes:
        character: what the line model says.
        digit: the row number of the digit that was found there; None where none was.
        x: the middle of its place along the line, in pixels of the picture.
        height: of the line's digits, in pixels.
        box: in pixels of the picture.
        ink: uint8 (h, w), its place in the cut.
        cut: counts the cuts of the picture.
        posterior: of the whole cut's text, 0 to 1.
    """

    character: Character
    digit: int | None
    x: float
    height: float
    box: Box
    ink: Pixels
    cut: int
    posterior: float

    @property
    def label(self) -> str:
        """Such as "7" or "."."""
        return self.character.label

    @property
    def is_digit(self) -> bool:
        """Whether it is a digit, and not a sign."""
        return self.label.isdecimal()


def tokens_of(
    digits: Digits,
    cut: Cut,
    text: CutText,
    number: int,
    size: tuple[int, int],
    others: Sequence[int] = (),
) -> list[Token]:
    """The characters of one cut, without what it shows of other cuts' digits.

    Args:
        digits: of the picture.
        cut: where it was made.
        text: what it says.
        number: of the cut.
        size: width and height of the picture.
        others: row numbers of the digits of all other cuts.
    """
    step = float(np.hypot(*cut.matrix[:, 0]))
    height = typical_height(digits, cut.digits)
    x = np.array([character.x for character in text.characters], np.float64)
    found = match_found(text.labels, x, _places(digits, cut), height / step)
    theirs = _shown(digits, others, cut, height / step)
    tokens = []
    for character, index in zip(text.characters, found, strict=True):
        if index is None and (np.abs(theirs - character.x) < MAX_APART * height / step).any():
            continue
        digit = None if index is None else cut.digits[index]
        area = _area(digits, digit, character, cut, height, step)
        box = _to_picture(area, cut.matrix, size)
        tokens.append(
            Token(
                character,
                digit,
                _along(character.x, cut),
                height,
                box,
                _ink(cut, area),
                number,
                text.posterior,
            )
        )
    return tokens


def found_digits(digits: Digits, cut: Cut, classifier: Classifier) -> FoundDigits:
    """The digits of a cut, as the line model's texts are compared with them.

    Args:
        digits: of the picture.
        cut: some of them.
        classifier: says what each is by itself.
    """
    step = float(np.hypot(*cut.matrix[:, 0]))
    pixels = np.zeros((len(cut.digits), GLYPH_SIZE, GLYPH_SIZE), np.uint8)
    for row, digit in enumerate(cut.digits):
        pixels[row] = to_glyph(_ink(cut, _digit_area(digits, digit, cut, step))).pixels
    p = classifier.probabilities(pixels)
    return FoundDigits(
        _places(digits, cut),
        typical_height(digits, cut.digits) / step,
        _apart(digits, cut),
        digits.log_p[cut.digits],
        np.log(np.maximum(p, np.float32(1e-9))),
        _ink_by_column(cut),
    )


def _ink_by_column(cut: Cut) -> NDArray[np.float64]:
    """The ink in each column of a line's digits, and what of it is digits' ink: (width, 2)."""
    beyond = (cut.image.shape[0] - DIGIT_HEIGHT) // 2
    ink = cut.image[beyond:-beyond].astype(np.float64)
    return np.stack([ink.sum(axis=0), (ink * cut.ink[beyond:-beyond]).sum(axis=0)], axis=1)


def _ink(cut: Cut, area: tuple[float, float, float, float]) -> Pixels:
    """A part of a cut with some paper around it; never empty."""
    height, width = cut.image.shape
    left, top, right, bottom = (round(value) for value in area)
    top, left = min(max(0, top - MARGIN), height - 1), min(max(0, left - MARGIN), width - 1)
    return cut.image[top : max(top + 1, bottom + MARGIN), left : max(left + 1, right + MARGIN)]


def _places(digits: Digits, cut: Cut) -> NDArray[np.float64]:
    """Where the digits of a cut stand in it: x in its pixels, float64 (n,)."""
    return np.asarray(cut.to_cut(digits.x[cut.digits], digits.y[cut.digits])[:, 0], np.float64)


def _apart(digits: Digits, cut: Cut) -> NDArray[np.bool_]:
    """Which digits of a cut stand apart from their neighbours: bool (n,)."""
    step = float(np.hypot(*cut.matrix[:, 0]))
    x, half = _places(digits, cut), digits.width[cut.digits] / step / 2.0
    gaps = (x - half)[1:] - (x + half)[:-1]
    is_wide = gaps >= MIN_APART * typical_height(digits, cut.digits) / step
    return np.asarray(np.r_[True, is_wide] & np.r_[is_wide, True])


def _shown(digits: Digits, others: Sequence[int], cut: Cut, height: float) -> NDArray[np.float64]:
    """Where in a cut the digits of other cuts are: x in pixels of the cut, float64 (n,).

    Args:
        digits: of the picture.
        others: the row numbers of those digits.
        cut: may show them.
        height: of its own digits, in pixels of the cut.
    """
    x, y = cut.to_cut(digits.x[list(others)], digits.y[list(others)]).T
    is_shown = np.abs(y - cut.image.shape[0] / 2.0) < NEAR_REACH * height
    return np.asarray(x[is_shown], np.float64)


def _area(
    digits: Digits, digit: int | None, character: Character, cut: Cut, height: float, step: float
) -> tuple[float, float, float, float]:
    """A character's left, top, right and bottom, in pixels of the cut."""
    if digit is not None:
        return _digit_area(digits, digit, cut, step)
    x, y = character.x, cut.image.shape[0] / 2.0
    return _around(x, y, USUAL_WIDTH * height / step, height / step)


def _digit_area(
    digits: Digits, digit: int, cut: Cut, step: float
) -> tuple[float, float, float, float]:
    """A digit's left, top, right and bottom, in pixels of the cut."""
    x, y = cut.to_cut(digits.x[[digit]], digits.y[[digit]])[0].tolist()
    return _around(x, y, float(digits.width[digit]) / step, float(digits.height[digit]) / step)


def _around(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    return x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0


def _to_picture(
    area: tuple[float, float, float, float], matrix: NDArray[np.float64], size: tuple[int, int]
) -> Box:
    """The box around an area of the cut in the picture, clipped to it."""
    left, top, right, bottom = area
    corners = np.array([[left, top, 1], [right, top, 1], [right, bottom, 1], [left, bottom, 1]])
    points = corners @ matrix.T
    x0, y0 = np.maximum(np.floor(points.min(axis=0)), 0).astype(int).tolist()
    x1, y1 = np.ceil(points.max(axis=0)).astype(int).tolist()
    x0, y0 = min(x0, size[0] - 1), min(y0, size[1] - 1)
    return x0, y0, max(1, min(x1, size[0]) - x0), max(1, min(y1, size[1]) - y0)


def _along(x: float, cut: Cut) -> float:
    """A place in the cut along the line, in pixels of the picture."""
    direction = cut.matrix[:, 0] / np.hypot(*cut.matrix[:, 0])
    point = cut.matrix @ np.array([x, cut.image.shape[0] / 2.0, 1.0])
    return float(point @ direction)
