"""Drawings to digits: when the line model is asked, and what its answer does to confidences."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkling.imaging.pixels import Pixels
from inkling.layout.drawing import canvas_layout
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.recognition.config import MAX_LINE_COMPONENTS, SCALES
from inkling.recognition.line_model import LineModel
from inkling.recognition.line_reader import read_line
from inkling.recognition.results import Digit
from tests.fixtures.pages_made import digit_image, number_ink

TOUCHING = (-0.06, 0.02)


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return classifier.load("digits")


@pytest.fixture
def asked(shipped_line_model: LineModel, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The widths of the images that the line model is asked about."""
    widths: list[int] = []

    def watched(image: Pixels) -> np.ndarray:
        widths.append(image.shape[1])
        return LineModel.log_probabilities(shipped_line_model, image)

    monkeypatch.setattr(shipped_line_model, "log_probabilities", watched)
    return widths


def read(ink: Pixels, model: Classifier) -> list[Digit | None]:
    return read_line(canvas_layout(ink), model)


def text_of(found: list[Digit | None]) -> str:
    return "".join(digit.label if digit else "?" for digit in found)


def test_a_blank_drawing_says_nothing(digits: Classifier) -> None:
    assert read(np.zeros((60, 90), np.uint8), digits) == []


def test_the_line_model_is_asked_about_digits_that_touch(
    digits: Classifier, asked: list[int]
) -> None:
    assert text_of(read(number_ink("27", 3), digits)) == "27" and not asked
    assert text_of(read(number_ink("3058", 1, gap=TOUCHING), digits)) == "3058"
    assert len(asked) == len(SCALES) and len(set(asked)) == len(SCALES)


def test_the_line_model_is_not_asked_about_powers_and_texture(
    digits: Classifier, asked: list[int]
) -> None:
    ink = np.pad(number_ink("3058", 1, gap=TOUCHING), ((0, 0), (0, 100)))
    end = int(np.flatnonzero(ink.any(axis=0))[-1]) + 15
    power = cv2.resize(digit_image("2", np.random.default_rng(2)), (40, 60))
    for top, is_power in ((110, False), (35, True)):
        asked.clear()
        raised = ink.copy()
        raised[top : top + 60, end : end + 40] = power
        read(raised, digits)
        assert (not asked) is is_power
    texture = np.zeros((100, 40 * (MAX_LINE_COMPONENTS + 1)), np.uint8)
    for x in range(20, texture.shape[1], 40):
        cv2.line(texture, (x - 14, 20), (x + 14, 80), 255, 4, cv2.LINE_AA)
        cv2.line(texture, (x + 14, 20), (x - 14, 80), 255, 4, cv2.LINE_AA)
    read(texture, digits)
    assert not asked
    read(texture[:, : 40 * MAX_LINE_COMPONENTS], digits)
    assert asked


@pytest.mark.parametrize("seed", range(4))
def test_a_digits_probabilities_are_those_of_the_whole_line(
    digits: Classifier, asked: list[int], seed: int
) -> None:
    found = read(number_ink("4613", seed, gap=(-0.14, -0.08)), digits)
    assert asked and any(found)
    for digit in (digit for digit in found if digit):
        p = digit.prediction.probabilities
        assert sum(p) == pytest.approx(1.0, abs=1e-6) and min(p) >= 0.0
        assert p[digits.labels.index(digit.label)] == pytest.approx(digit.confidence)


@pytest.mark.parametrize(("room", "is_sure"), [(30, False), (130, True)])
def test_digits_beside_something_rejected_are_not_sure(
    digits: Classifier, room: int, is_sure: bool
) -> None:
    """Round brackets are as high as digits: what was rejected there might have been one."""
    ink = np.pad(number_ink("56", 0, digit=100), ((0, 0), (150, 150)))
    columns = np.flatnonzero(ink.any(axis=0))
    turn = np.linspace(-1.0, 1.0, 30)
    for side, x in ((-1, columns[0] - room), (1, columns[-1] + room)):
        way = np.stack([x + side * 20 * (1 - turn**2), ink.shape[0] / 2 + 75 * turn], axis=1)
        cv2.polylines(ink, [np.rint(way).astype(np.int32)], False, 255, 8, cv2.LINE_AA)
    found = read(ink, digits)
    assert text_of(found) == "?56?"
    assert [digit.prediction.is_sure for digit in found if digit] == [is_sure, is_sure]
