"""Drawings: numbers of a line, digits of several strokes, and what is no digit."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from inkling.imaging.strokes import from_strokes
from inkling.reader.drawing import read_digit, read_ink
from inkling.reader.numbers import gap_limit, gaps
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from tests.fixtures.pages_made import digit_image, number_ink


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return classifier.load("digits")


def test_numbers_part_at_gaps_that_are_wide_for_this_hand() -> None:
    even = [(x, 0, 20, 40) for x in range(0, 400, 60)]  # a phone number written wide
    assert gaps(even) == [1.0] * 6 and gap_limit(gaps(even)) > 1.0
    pairs = [(x, 0, 20, 40) for x in (0, 25, 85, 110, 170, 195)]
    assert 0.125 < gap_limit(gaps(pairs)) < 1.0
    assert gap_limit([1.6, 0.2]) < 1.6 and gap_limit([]) > 0


def test_a_blank_drawing_says_nothing(digits: Classifier) -> None:
    reading = read_ink(np.zeros((280, 600), np.uint8), digits)
    assert reading.lines == () and reading.text == "" and reading.numbers == ()
    assert (reading.width, reading.height) == (600, 280)


def seven_crossed() -> list[np.ndarray]:
    return [np.array([(0, 0), (60, 0), (20, 100)]), np.array([(15, 50), (60, 48)])]


def four_in_two() -> list[np.ndarray]:
    return [np.array([(25, 0), (0, 60), (70, 60)]), np.array([(50, 20), (50, 105)])]


def five_with_loose_bar() -> list[np.ndarray]:
    arc = [(5 + 28 * math.sin(t), 70 - 28 * math.cos(t)) for t in np.linspace(-0.3, 4.2, 30)]
    return [np.array([(0, 10), (0, 40), *arc]), np.array([(4, 0), (50, 0)])]


@pytest.mark.parametrize("brush", [4, 10, 18])
@pytest.mark.parametrize(
    ("strokes", "label"),
    [(seven_crossed(), "7"), (four_in_two(), "4"), (five_with_loose_bar(), "5")],
)
def test_a_digit_in_several_strokes_stays_one(
    digits: Classifier, strokes: list[np.ndarray], label: str, brush: int
) -> None:
    reading = read_ink(from_strokes(strokes, size=280, brush=brush, margin=0.2), digits)
    assert reading.text == label


def test_boxes_lie_on_the_ink(digits: Classifier) -> None:
    ink = number_ink("375", 3)
    reading = read_ink(ink, digits)
    (number,) = reading.numbers
    rows, columns = np.flatnonzero(ink.max(axis=1) >= 64), np.flatnonzero(ink.max(axis=0) >= 64)
    x, y, width, height = number.box
    assert (x, y) == (columns[0], rows[0])
    assert (x + width, y + height) == (columns[-1] + 1, rows[-1] + 1)
    assert number.confidence == min(digit.confidence for digit in number.digits)
    assert all(digit.glyph.box == digit.box for digit in number.digits)


def test_a_dot_is_kept_and_told_to_be_no_digit(digits: Classifier) -> None:
    ink = np.zeros((280, 280), np.uint8)
    cv2.circle(ink, (140, 140), 8, 255, -1)
    (digit,) = read_ink(ink, digits).digits
    assert not digit.prediction.is_digit


def test_a_drawing_like_no_digit_is_kept_and_told_to_be_none(digits: Classifier) -> None:
    ink = np.zeros((300, 300), np.uint8)
    cv2.ellipse(ink, (150, 150), (70, 100), 0, 50, 310, 255, 20, cv2.LINE_AA)
    (digit,) = read_ink(ink, digits).digits
    assert not digit.prediction.is_digit and digit.box[3] > 180


def test_read_digit_ignores_what_lies_apart(digits: Classifier) -> None:
    ink = np.zeros((200, 200), np.uint8)
    large = cv2.resize(digit_image("3", np.random.default_rng(1)), None, fx=5, fy=5)
    ink[40 : 40 + large.shape[0], 50 : 50 + large.shape[1]] = large
    ink[190:, :30] = 255
    glyph, prediction = read_digit(ink, digits)
    assert prediction is not None and prediction.label == "3" and not glyph.touches_edge
    assert read_digit(np.zeros((9, 9), np.uint8), digits)[1] is None


@pytest.mark.parametrize("brush", [10, 14, 18, 22, 26])
@pytest.mark.parametrize("width", [300, 340, 380])
def test_two_long_digits_are_two_even_where_each_is_in_doubt(
    digits: Classifier, width: int, brush: int
) -> None:
    """Between a 1 and a 7: a long stem with a short bar."""
    ink = np.zeros((round(0.9 * width), width), np.uint8)
    x, y, tall = 0.25 * width, 0.15 * ink.shape[0], 0.6 * ink.shape[0]
    for left in (x, x + 0.3 * width):
        corners = [(left, y), (left + 45, y), (left + 15, y + tall)]
        cv2.polylines(ink, [np.array(corners, np.int32)], False, 255, brush, cv2.LINE_AA)
    found = read_ink(ink, digits).digits
    assert len(found) == 2
    assert {digit.label for digit in found} <= {"1", "7"}
    assert all(digit.prediction.is_digit for digit in found)


@pytest.mark.parametrize(
    ("found", "limit"),
    [
        ([0.5] * 3, 1.1),
        # Between 0.8 and 2 digit heights, whatever the hand.
        ([0.1], 0.8),
        ([1.5], 2.0),
        ([], 0.8),
        # The usual gap is one of the smaller ones.
        ([0.6, 0.4, 0.5, 0.4, 0.5], 0.88),
    ],
)
def test_the_limit_is_2_2_usual_gaps(found: list[float], limit: float) -> None:
    assert gap_limit(found) == pytest.approx(limit)
