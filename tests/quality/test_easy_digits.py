"""The easy set: plain pictures of one digit each, which everybody expects to be read correctly.

MNIST's test digits, enlarged to crisp pen strokes, are shown on a plain background in seven styles.
Floors are today's counts. Nearly all errors have one cause: the polarity of a picture is mistaken
if a heavy 6, 8 or 9 fills it, and its light loops are taken for pen strokes. The digit then reads
as 0. Few are wrong with thin strokes, in small pictures, or with much paper around the digit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest

from benchmarks.accuracy.touching import enlarge_digit
from inkling.imaging import ink
from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.reader.drawing import read_digit
from inkling.reader.page import read_page
from inkling.recognition.classifier import Classifier
from tests.quality.floors import at_least

LABELS = "0123456789"
# Digits of each label and style: for the classifier, and for the page reader, which is slower.
CLASSIFIED = 20
READ = 4
# Pixels of paper around the digit.
MARGIN = 24


def black_on_white(digit: Pixels) -> Pixels:
    return 255 - np.pad(digit, MARGIN)


def white_on_black(digit: Pixels) -> Pixels:
    return np.pad(digit, MARGIN)


def bold(digit: Pixels) -> Pixels:
    return black_on_white(cv2.dilate(np.pad(digit, 4), np.ones((5, 5), np.uint8)).astype(np.uint8))


def thin(digit: Pixels) -> Pixels:
    return black_on_white(cv2.erode(digit, np.ones((3, 3), np.uint8)).astype(np.uint8))


def small(digit: Pixels) -> Pixels:
    return black_on_white(_resized(digit, 0.35))


def large(digit: Pixels) -> Pixels:
    return black_on_white(_resized(digit, 6.0))


def lost_on_a_sheet(digit: Pixels) -> Pixels:
    """A digit of 64 pixels in the corner of a sheet of 800 by 600."""
    sheet = np.full((600, 800), 255, np.uint8)
    sheet[40 : 40 + digit.shape[0], 60 : 60 + digit.shape[1]] = 255 - digit
    return sheet


def _resized(digit: Pixels, scale: float) -> Pixels:
    interpolation = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
    padded = np.pad(digit, 2)
    return cv2.resize(padded, None, fx=scale, fy=scale, interpolation=interpolation).astype(
        np.uint8
    )


STYLES: tuple[Callable[[Pixels], Pixels], ...] = (
    black_on_white,
    white_on_black,
    bold,
    thin,
    small,
    large,
    lost_on_a_sheet,
)
STYLE_NAMES = [style.__name__.replace("_", " ") for style in STYLES]
# Today's counts, of 200 pictures of each style, 140 of each digit, and 40 of each style.
CLASSIFIED_FLOORS = (186, 186, 159, 195, 198, 178, 198)
LABEL_FLOORS = (140, 140, 138, 140, 139, 140, 114, 140, 105, 112)
READ_FLOORS = (36, 36, 28, 37, 40, 33, 38)


@cache
def pictures(style: Callable[[Pixels], Pixels]) -> tuple[tuple[str, Pixels], ...]:
    """Labelled pictures, uint8 (h, w, 3): CLASSIFIED of each label, the labels in turn."""
    rng = np.random.default_rng(2)
    labels = LABELS * CLASSIFIED
    return tuple(
        (label, np.repeat(style(enlarge_digit(label, rng))[..., None], 3, axis=2))
        for label in labels
    )


@cache
def classified(
    style: Callable[[Pixels], Pixels], model: Classifier
) -> tuple[tuple[str, str, bool], ...]:
    """Label, answer, and whether the answer counts as a digit, for each picture of a style."""
    answers = []
    for label, picture in pictures(style):
        _, prediction = read_digit(ink.from_image(picture), model)
        assert prediction is not None
        answers.append((label, prediction.label, prediction.is_digit))
    return tuple(answers)


@pytest.mark.parametrize(
    ("style", "floor"), zip(STYLES, CLASSIFIED_FLOORS, strict=True), ids=STYLE_NAMES
)
def test_plain_digits_are_classified(
    digits: Classifier, style: Callable[[Pixels], Pixels], floor: int
) -> None:
    """200 pictures of each style, as `classify` reads them; right and accepted as a digit."""
    answers = classified(style, digits)
    right = sum(label == answer and is_digit for label, answer, is_digit in answers)
    at_least(floor, right, len(answers), f"{style.__name__}, classified")


@pytest.mark.parametrize(
    ("label", "floor"), zip(LABELS, LABEL_FLOORS, strict=True), ids=list(LABELS)
)
def test_each_digit_is_classified_in_all_styles(digits: Classifier, label: str, floor: int) -> None:
    """140 pictures of each digit, 20 of each style; right, whether or not they are accepted."""
    answers = [
        answer
        for style in STYLES
        for truth, answer, _ in classified(style, digits)
        if truth == label
    ]
    at_least(floor, answers.count(label), len(answers), f"digit {label} in all styles")


@pytest.mark.parametrize(("style", "floor"), zip(STYLES, READ_FLOORS, strict=True), ids=STYLE_NAMES)
def test_plain_digits_are_read_as_pages(
    digits: Classifier, style: Callable[[Pixels], Pixels], floor: int
) -> None:
    """40 pictures of each style, as `read` reads them: this digit and nothing else."""
    sample = pictures(style)[: READ * len(LABELS)]
    right = sum(
        read_page(Page("a.png", 1, picture), digits).text == label for label, picture in sample
    )
    at_least(floor, right, len(sample), f"{style.__name__}, read")
