"""Characters to `Digit`s and `Number`s: their confidences, and what the classifier saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inkling.geometry import Box, union
from inkling.imaging.glyph import GLYPH_SIZE, Glyph, to_glyph
from inkling.layout.centres import Digits
from inkling.layout.rows import tilt
from inkling.reader.assembly import LineTokens, NumberTokens
from inkling.reader.context import Existence, Surroundings
from inkling.reader.reliability import Reliability, features
from inkling.reader.tokens import Token
from inkling.recognition.classifier import Classifier
from inkling.recognition.results import Digit, LeftOut, Line, Number, Prediction, Reason

# The classifier's share in which digit of a number is the doubtful one.
GLYPH_SHARE = 0.3
# The least doubt about a digit, so that none is certain.
MIN_DOUBT = 1e-3


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What counts and what does not.

    Attributes:
        lines: those that hold numbers, from top to bottom.
        doubtful: what was read but is hardly a number.
    """

    lines: tuple[Line, ...]
    doubtful: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True, eq=False)
class NumberFeatures:
    """A number that was read, and what says how reliable it is.

    Attributes:
        line: counts the lines of the picture.
        number: its characters.
        glyphs: of its digits.
        glyph_p: float32 (digits, labels), what the classifier says about each.
        features: float64 (len(reliability.FEATURES),).
    """

    line: int
    number: NumberTokens
    glyphs: tuple[Glyph, ...]
    glyph_p: NDArray[np.float32]
    features: NDArray[np.float64]

    @property
    def box(self) -> Box:
        """Around its digits, in pixels of the picture."""
        return union(*(token.box for token in self.number.digits))

    @property
    def text(self) -> str:
        """Its digits."""
        return "".join(token.label for token in self.number.digits)


def judge(
    found: Sequence[NumberFeatures],
    reliability: Reliability,
    existence: Existence | None,
    around: Surroundings,
) -> Verdicts:
    """The numbers of lines that count, with the confidence of each digit.

    Args:
        found: the numbers of a picture, from top to bottom.
        reliability: that a number is right.
        existence: that there is a number at all; None where that is certain.
        around: what else the picture shows.
    """
    if not found:
        return Verdicts((), ())
    values = np.array([each.features for each in found])
    boxes = [each.box for each in found]
    counts = np.ones(len(found), np.bool_)
    if existence is not None:
        counts = existence.is_number(boxes, values, around)
    right = reliability.probabilities(values)
    lines: dict[int, list[Number]] = {}
    doubtful: list[LeftOut] = []
    for each, is_number, p in zip(found, counts.tolist(), right.tolist(), strict=True):
        if is_number:
            number = _number(each.number, p, each.glyphs, each.glyph_p, reliability.threshold)
            lines.setdefault(each.line, []).append(number)
        else:
            doubtful.append(LeftOut(each.text, each.box, Reason.DOUBTFUL))
    return Verdicts(tuple(Line(tuple(line)) for line in lines.values()), tuple(doubtful))


def number_features(
    lines: Sequence[LineTokens], digits: Digits, classifier: Classifier
) -> list[NumberFeatures]:
    """The numbers of lines, and what says how reliable they are.

    Args:
        lines: from top to bottom.
        digits: as the page model found them.
        classifier: of glyphs.
    """
    glyphs, p = _classified(lines, classifier)
    at = 0
    result: list[NumberFeatures] = []
    for place, line in enumerate(lines):
        for number, unread in zip(line.numbers, unread_beside(line), strict=True):
            rows = slice(at, at + len(number.digits))
            at += len(number.digits)
            values = features(number, digits, unread, p[rows])
            result.append(NumberFeatures(place, number, tuple(glyphs[rows]), p[rows], values))
    return result


def surroundings(
    lines: Sequence[LineTokens], digits: Digits, unread: Sequence[Sequence[int]]
) -> Surroundings:
    """What a picture shows beside its numbers.

    Args:
        lines: of the picture.
        digits: as the page model found them.
        unread: row numbers of those that the line model did not read, side by side.
    """
    return Surroundings(
        tuple(token.box for line in lines for token in line.others),
        tuple(_box(digits, row) for run in unread for row in run),
        tilt(digits),
    )


def _classified(
    lines: Sequence[LineTokens], classifier: Classifier
) -> tuple[list[Glyph], NDArray[np.float32]]:
    """The glyph of every digit, and what the classifier says about it: float32 (n, labels)."""
    tokens = [token for line in lines for number in line.numbers for token in number.digits]
    glyphs = [to_glyph(token.ink) for token in tokens]
    pixels = np.zeros((len(glyphs), GLYPH_SIZE, GLYPH_SIZE), np.uint8)
    for row, glyph in enumerate(glyphs):
        pixels[row] = glyph.pixels
    return glyphs, classifier.probabilities(pixels)


def unread_beside(line: LineTokens) -> list[int]:
    """For each number of a line, how many digits were found in its cuts that no character is.

    The line's cuts know how many digits they were made for; what is missing among the characters
    counts against every number of the cut.
    """
    read: dict[int, int] = {}
    for number in line.numbers:
        for token in number.digits:
            read[token.cut] = read.get(token.cut, 0) + (token.digit is not None)
    for run in line.struck:
        for token in run:
            read[token.cut] = read.get(token.cut, 0) + 1
    return [
        max(
            max(0, line.found.get(token.cut, 0) - read.get(token.cut, 0)) for token in number.digits
        )
        for number in line.numbers
    ]


def crossed_out(lines: Sequence[LineTokens]) -> tuple[LeftOut, ...]:
    """The numbers that were crossed out."""
    return tuple(
        LeftOut(
            "".join(_most_probable_digit(token) for token in run),
            union(*(token.box for token in run)),
            Reason.CROSSED_OUT,
        )
        for line in lines
        for run in line.struck
    )


def not_read(digits: Digits, unread: Sequence[Sequence[int]]) -> tuple[LeftOut, ...]:
    """What may be numbers, by the page model, although the line model does not read them.

    Args:
        digits: of the picture.
        unread: row numbers of digits side by side.
    """
    return tuple(
        LeftOut(
            "".join(str(int(np.argmax(digits.log_p[k, :10]))) for k in run),
            union(*(_box(digits, k) for k in run)),
            Reason.DOUBTFUL,
        )
        for run in unread
    )


def _box(digits: Digits, row: int) -> Box:
    """The box of a digit that was found, in pixels of the picture."""
    x, y, width, height = (
        float(values[row]) for values in (digits.x, digits.y, digits.width, digits.height)
    )
    left, top = max(0, round(x - width / 2.0)), max(0, round(y - height / 2.0))
    return left, top, max(1, round(width)), max(1, round(height))


def _number(
    number: NumberTokens,
    right: float,
    glyphs: Sequence[Glyph],
    p: NDArray[np.float32],
    sure: float,
) -> Number:
    """A number whose weakest digit is as probable as the number itself."""
    labels = [int(token.label) for token in number.digits]
    doubts = np.array(
        [
            MIN_DOUBT
            - np.log(max(token.character.posterior, 1e-6))
            - GLYPH_SHARE * np.log(max(float(row[label]), 1e-6))
            for token, label, row in zip(number.digits, labels, p, strict=True)
        ]
    )
    confidences = right ** (doubts / doubts.max())
    digits = tuple(
        _digit(token, glyph, float(confidence), sure)
        for token, glyph, confidence in zip(number.digits, glyphs, confidences, strict=True)
    )
    text = "".join(token.label for token in number.digits)
    signed = number.written if number.written != text else ""
    return Number(digits, signed=signed, posterior=min(token.posterior for token in number.digits))


def _digit(token: Token, glyph: Glyph, confidence: float, sure: float) -> Digit:
    """A digit with this confidence; the other labels share the rest as the line model says."""
    label = int(token.label)
    others = np.exp(token.character.log_p[:10])
    others[label] = 0.0
    others += 1e-9
    probabilities = (1.0 - confidence) * others / others.sum()
    probabilities[label] = confidence
    prediction = Prediction(
        token.label, tuple(probabilities.tolist()), confidence, True, confidence >= sure
    )
    x, y, width, height = token.box
    scale = glyph.scale * max(token.ink.shape) / max(width, height)
    return Digit.of(prediction, replace(glyph, box=(x, y, width, height), scale=scale))


def _most_probable_digit(token: Token) -> str:
    return str(int(np.argmax(token.character.log_p[:10])))
