"""The lattice of a drawing: what the classifier says, and what kind of line it is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkling.imaging.pixels import Pixels
from inkling.layout.drawing import canvas_layout
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.recognition.lattice import MIN_REJECTED_HEIGHT, Lattice, make_lattice
from inkling.recognition.search import LatticePath, best_path
from tests.fixtures.pages_made import digit_image, number_ink


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return classifier.load("digits")


def lattice_of(ink: Pixels, model: Classifier) -> Lattice:
    found = make_lattice(canvas_layout(ink), model)
    assert found is not None
    return found


def labels_of(lattice: Lattice) -> str:
    return "".join(map(str, best_path(lattice.candidates, lattice.costs).labels))


def test_separate_digits_are_certain_and_touch_nothing(digits: Classifier) -> None:
    lattice = lattice_of(number_ink("27", 3), digits)
    path = best_path(lattice.candidates, lattice.costs)
    assert labels_of(lattice) == "27"
    assert lattice.is_certain(path, 0.9) and not lattice.is_certain(path, 1.01)
    assert lattice.touching_steps(path) == set()
    # What is certainly one digit is one segment.
    assert len(lattice.segments.segments) == 2


def test_digits_that_share_a_component_touch(digits: Classifier) -> None:
    lattice = lattice_of(number_ink("27", 2, gap=(-0.1, -0.06)), digits)
    path = best_path(lattice.candidates, lattice.costs)
    assert len(lattice.line) == 1 and len(path.labels) == 2
    assert lattice.touching_steps(path) == {
        step for step, (_, label) in enumerate(path.steps) if label >= 0
    }
    assert not lattice.is_certain(path, 0.5)


def test_probabilities_are_the_classifiers_and_rejected_rows_are_zero(digits: Classifier) -> None:
    lattice = lattice_of(number_ink("405", 2), digits)
    assert lattice.probabilities.shape == lattice.costs.shape == (len(lattice.candidates), 10)
    for candidate, row in zip(lattice.candidates, lattice.probabilities, strict=True):
        if candidate.glyph is None:
            assert not row.any()
        else:
            alone = digits.probabilities(candidate.glyph.pixels[None])[0]
            np.testing.assert_allclose(row, alone, atol=1e-6)


def test_a_speck_that_is_rejected_does_not_count(digits: Classifier) -> None:
    ink = number_ink("38", 2)
    cv2.circle(ink, (ink.shape[1] - 40, 190), 17, 255, -1)
    lattice = lattice_of(ink, digits)
    counts = [lattice.is_rejected(each) for each in lattice.candidates if each.glyph is None]
    assert counts == [True, True, False]
    assert lattice.line[2].box[3] < MIN_REJECTED_HEIGHT * lattice.segments.height
    # What may be a digit is not rejected, however high it is.
    assert not any(lattice.is_rejected(each) for each in lattice.candidates if each.glyph)
    # So a path that rejects the speck is certain.
    path = best_path(lattice.candidates, lattice.costs)
    assert labels_of(lattice) == "38" and lattice.is_certain(path, 0.9)


def rejecting(lattice: Lattice, count: int) -> LatticePath:
    """The path that rejects the first `count` components and reads the others."""
    rejected = {
        candidate.first: (index, -1)
        for index, candidate in enumerate(lattice.candidates)
        if candidate.glyph is None
    }
    best = best_path(lattice.candidates, lattice.costs)
    steps = [*list(rejected.values())[:count], *best.steps[count:]]
    return LatticePath(tuple(steps), best.cost)


def test_a_line_whose_components_are_mostly_rejected_is_a_word(digits: Classifier) -> None:
    lattice = lattice_of(number_ink("274150", 3), digits)
    assert len(lattice.line) == 6
    assert lattice.is_word(rejecting(lattice, 6)) and lattice.is_word(rejecting(lattice, 4))
    # Three rejected components are too few, even if no more are read.
    assert not lattice.is_word(rejecting(lattice, 3))
    assert not lattice.is_word(rejecting(lattice, 0))


def test_a_small_digit_above_the_middle_is_a_power(digits: Classifier) -> None:
    large = cv2.resize(digit_image("3", np.random.default_rng(1)), (60, 90))
    small = cv2.resize(digit_image("2", np.random.default_rng(2)), (30, 45))
    for top, is_power in ((20, True), (75, False)):
        ink = np.zeros((170, 260), np.uint8)
        ink[40:130, 20:80] = ink[40:130, 150:210] = large
        ink[top : top + 45, 90:120] = small
        assert lattice_of(ink, digits).has_powers() is is_power


def test_a_blank_drawing_has_no_lattice(digits: Classifier) -> None:
    assert make_lattice(canvas_layout(np.zeros((50, 80), np.uint8)), digits) is None
