"""The easy set: plain digits and numbers, which everybody expects to be read correctly.

Numbers are a small sample of the grid of `tests.fixtures.easy`: one to six digits in three pens and
five sizes, by colours, picture sizes, papers and turns. `benchmarks/accuracy/easy.py` measures
large samples.

Single digits are MNIST's test digits, enlarged to crisp pen strokes, on a plain background in seven
styles.

Each floor is the count when it was set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest

from benchmarks.accuracy.easy import numbers_right
from benchmarks.accuracy.touching import enlarge_digit
from inkling.imaging import ink
from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.reader.deadline import Deadline
from inkling.reader.drawing import read_digit
from inkling.reader.page import read_page, read_upright
from inkling.recognition.classifier import Classifier
from tests.fixtures import easy
from tests.fixtures.hands import mnist_hands
from tests.quality.floors import at_least

LABELS = "0123456789"
# Digits of each label and style: for the classifier, and for the page reader, which is slower.
CLASSIFIED = 20
READ = 2
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
# Of 200 pictures of each style, 140 of each digit, and 20 of each style.
CLASSIFIED_FLOORS = (198, 198, 198, 200, 198, 197, 198)
LABEL_FLOORS = (140, 140, 140, 140, 140, 140, 139, 140, 138, 134)
# One 9 is a 4 for the page model and the classifier alike, and goes either way.
READ_FLOORS = (19, 20, 20, 19, 20, 20, 20)

# Pictures of numbers for each pen and size, the seed that chooses their cells, and seconds for one.
SAMPLE, SAMPLE_SEED, TIMEOUT = 2, 0, 60.0
# Whole numbers right, in each row of the grid.
NUMBER_FLOORS = {
    "all": {"all": 64},
    "pen": {"thin": 21, "medium": 24, "bold": 19},
    "height": {"12": 19, "28": 20, "60": 10, "200": 9, "900": 6},
    "colour": {
        "dark on light": 8,
        "light on dark": 11,
        "blue pen": 15,
        "red pen": 16,
        "green pen": 1,
        "yellow paper": 6,
        "pale blue paper": 7,
    },
    "side": {"440": 18, "590": 12, "620": 17, "1600": 17},
    "paper": {"clean": 16, "grain": 26, "shadow": 22},
    "turn": {"0": 31, "90": 15, "180": 8, "270": 10},
    "content": {"one number": 15, "several numbers": 49},
    "length": {"1": 3, "2": 7, "3": 2, "4": 1, "6": 2, "several numbers": 49},
}


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
    """20 pictures of each style, as `read` reads them: this digit and nothing else."""
    sample = pictures(style)[: READ * len(LABELS)]
    right = sum(
        read_page(Page("a.png", 1, picture), digits).text == label for label, picture in sample
    )
    at_least(floor, right, len(sample), f"{style.__name__}, read")


@pytest.fixture(scope="module")
def numbers_by_row(digits: Classifier) -> dict[str, Counter[str]]:
    """The numbers that are read correctly in the sample, for each axis by row."""
    right: dict[str, Counter[str]] = {}
    for seed, cell in enumerate(easy.cells(SAMPLE, SAMPLE_SEED)):
        easy_picture = easy.draw(cell, seed, mnist_hands)
        page = Page("easy.png", 1, easy_picture.picture)
        _, reading = read_upright(page, digits, Deadline(TIMEOUT))
        count = numbers_right(easy_picture.numbers, [line.text for line in reading.lines])
        for axis, row in (cell.names() | {"all": "all"}).items():
            right.setdefault(axis, Counter())[row] += count
    return right


@pytest.mark.parametrize("axis", ["all", *easy.AXES])
def test_plain_numbers_are_read(numbers_by_row: dict[str, Counter[str]], axis: str) -> None:
    """SAMPLE pictures of each pen and size, as `read` reads them; whole numbers."""
    right = numbers_by_row[axis]
    print(f"{axis}: {dict(right)} right, floors {NUMBER_FLOORS[axis]}")
    assert set(right) == set(NUMBER_FLOORS[axis])
    too_low = {row: n for row, n in right.items() if n < NUMBER_FLOORS[axis][row]}
    assert not too_low
