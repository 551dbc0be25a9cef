"""Ordinary strokes on the canvas: each digit as it is taught, alone and in numbers, read surely.

What is drawn and is no digit gets an answer, too. The probabilities beside it must not contradict
it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pytest

from inkling.imaging.pixels import Pixels
from inkling.imaging.strokes import draw_lines
from inkling.reader.drawing import read_ink
from inkling.recognition import classifier
from tests.fixtures.plain_strokes import DIGITS, HEIGHTS, NUMBERS, PEN, Points, path

MODELS = ("digits", "pocket")


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
    "K": [path([(0.0, 0.0), (0.0, 1.0)]), path([(0.55, 0.0), (0.0, 0.5), (0.58, 1.0)])],
    "H": [
        path([(0.0, 0.0), (0.0, 1.0)]),
        path([(0.6, 0.0), (0.6, 1.0)]),
        path([(0.0, 0.5), (0.6, 0.5)]),
    ],
    "A": [path([(0.0, 1.0), (0.3, 0.0), (0.6, 1.0)]), path([(0.1, 0.6), (0.5, 0.6)])],
    "M": [path([(0.0, 1.0), (0.1, 0.0), (0.4, 0.7), (0.7, 0.0), (0.8, 1.0)])],
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
