"""Ordinary strokes on the canvas: each digit as it is taught, alone and in numbers, read surely.

What is drawn and is no digit gets an answer, too. The probabilities beside it must not contradict
it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.imaging.strokes import draw_lines
from inkling.reader.drawing import read_ink
from inkling.recognition import classifier

Points = NDArray[np.float64]
NUMBERS = ("12", "371", "1986", "1984", "100", "2025", "407", "66", "8153", "90210")
# Heights of the digits and the width of the pen, in the canvas's pixels.
HEIGHTS, PEN = (70, 130, 250), 18.0
MODELS = ("digits", "pocket")


def _arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Points:
    """A part of an ellipse; degrees from the right, clockwise."""
    angle = np.radians(np.linspace(start, end, 40))
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1)


def _path(*parts: Points | Sequence[tuple[float, float]]) -> Points:
    return np.concatenate([np.asarray(part, np.float64) for part in parts])


# Strokes of digits of height 1, from the top left.
DIGITS: dict[str, list[Points]] = {
    "0": [_arc(0.3, 0.5, 0.3, 0.5, -90, 270)],
    "1": [_path([(0.12, 0.0), (0.08, 1.0)])],
    "2": [_path(_arc(0.3, 0.28, 0.28, 0.28, 190, 390), [(0.02, 1.0), (0.62, 1.0)])],
    "3": [_path(_arc(0.25, 0.26, 0.27, 0.26, 210, 440), _arc(0.25, 0.74, 0.3, 0.26, 280, 510))],
    "4": [_path([(0.2, 0.0), (0.0, 0.62), (0.62, 0.62)]), _path([(0.48, 0.3), (0.44, 1.0)])],
    "5": [
        _path([(0.1, 0.02), (0.08, 0.45)], _arc(0.25, 0.68, 0.3, 0.3, 230, 510)),
        _path([(0.1, 0.02), (0.55, 0.0)]),
    ],
    "6": [_path([(0.45, 0.0), (0.15, 0.4)], _arc(0.3, 0.72, 0.27, 0.27, 180, 540))],
    "7": [_path([(0.0, 0.0), (0.6, 0.0), (0.2, 1.0)])],
    "8": [
        _path(_arc(0.3, 0.25, 0.24, 0.25, 90, 450), _arc(0.3, 0.75, 0.29, 0.25, -90, 270)),
    ],
    "9": [_path(_arc(0.3, 0.28, 0.27, 0.27, 0, 360), [(0.57, 0.28), (0.48, 1.0)])],
}


def write(text: str, height: float, slant: float = 0.0) -> Pixels:
    """A number in ink, uint8 (400, 900), its digits apart."""
    ink = np.zeros((400, 900), np.uint8)
    x = 40.0
    for digit in text:
        strokes = [points * height for points in DIGITS[digit]]
        width = max(float(points[:, 0].max()) for points in strokes)
        for points in strokes:
            moved = points + np.array([x, 200.0 - height / 2.0])
            moved[:, 0] += slant * (200.0 - moved[:, 1])
            draw_lines(ink, [moved], PEN)
        x += width + PEN + max(0.25 * height, 14.0)
    return ink


def _doubted(texts: Sequence[str], name: str, draw: Callable[[str], Pixels]) -> list[str]:
    """What is not read surely and correctly: the text, and what was read."""
    model = classifier.load(name)
    readings = {text: read_ink(draw(text), model) for text in texts}
    return [
        f"{text} as {reading.text}"
        for text, reading in readings.items()
        if reading.text != text or not all(number.is_sure for number in reading.numbers)
    ]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("height", HEIGHTS)
def test_ordinary_digits_are_sure(name: str, height: int) -> None:
    assert not _doubted(list(DIGITS), name, partial(write, height=height))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("slant", [-0.15, 0.0, 0.15, 0.35])
def test_a_plain_1_is_sure(name: str, slant: float) -> None:
    for height in HEIGHTS:
        assert not _doubted(["1"], name, partial(write, height=height, slant=slant)), height


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("height", HEIGHTS[:2])
def test_ordinary_numbers_are_sure(name: str, height: int) -> None:
    assert not _doubted(NUMBERS, name, partial(write, height=height))


LETTERS: dict[str, list[Points]] = {
    "K": [_path([(0.0, 0.0), (0.0, 1.0)]), _path([(0.55, 0.0), (0.0, 0.5), (0.58, 1.0)])],
    "H": [
        _path([(0.0, 0.0), (0.0, 1.0)]),
        _path([(0.6, 0.0), (0.6, 1.0)]),
        _path([(0.0, 0.5), (0.6, 0.5)]),
    ],
    "A": [_path([(0.0, 1.0), (0.3, 0.0), (0.6, 1.0)]), _path([(0.1, 0.6), (0.5, 0.6)])],
    "M": [_path([(0.0, 1.0), (0.1, 0.0), (0.4, 0.7), (0.7, 0.0), (0.8, 1.0)])],
}


@pytest.mark.parametrize("name", [*MODELS, "lenet5", "keras-io", "inkling"])
@pytest.mark.parametrize("letter", LETTERS)
def test_the_answer_is_the_most_probable_label(name: str, letter: str) -> None:
    model = classifier.load(name)
    ink = np.zeros((400, 640), np.uint8)
    draw_lines(ink, [points * 250.0 + np.array([200.0, 80.0]) for points in LETTERS[letter]], PEN)
    for digit in read_ink(ink, model).numbers[0].digits:
        prediction = digit.prediction
        assert prediction.probabilities[model.labels.index(prediction.label)] == max(
            prediction.probabilities
        )
