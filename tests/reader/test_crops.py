"""Pictures cut around a number in a form: its edge, its print and what a hand drew under it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inkling.imaging.ink import darkness_of
from inkling.imaging.pixels import BOX_LEVEL
from inkling.layout.lines import page_layout
from inkling.layout.ruling import remove_components_on, vertical_lines
from inkling.reader.page import read_page
from inkling.recognition import classifier, rejection
from inkling.recognition.classifier import Classifier
from tests.fixtures.crops import HEIGHT, form_crop
from tests.fixtures.pages_made import digit_image


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return classifier.load("digits")


@pytest.mark.parametrize("lean", [-6, 0, 6])
def test_a_faint_line_is_found_from_top_to_bottom(lean: int) -> None:
    page = form_crop("52", 1)
    image = page.image.copy()
    cv2.line(image, (20 + lean, 0), (20 - lean, HEIGHT - 1), (190, 190, 190), 2, cv2.LINE_AA)
    found = vertical_lines(darkness_of(image))
    drawn = np.abs(image.astype(int) - page.image).max(axis=2) > 20
    assert found[drawn].mean() > 0.97
    # ... and nothing else.
    assert not found[:, 40:].any() and found.mean() < 0.12
    assert not vertical_lines(darkness_of(page.image)).any()


def test_what_hangs_together_with_a_digit_stays_on_a_line() -> None:
    ink = np.zeros((200, 100), np.uint8)
    ink[20:60, 30:33] = ink[80:110, 30:33] = 255
    ink[94:96, 30:70] = 255
    ink[140:160, 60:75] = 255
    lines = np.zeros(ink.shape, bool)
    lines[:, 28:35] = True
    clean = remove_components_on(ink, lines)
    assert not clean[20:60].any()
    np.testing.assert_array_equal(clean[70:], ink[70:])


def test_a_stem_that_fills_its_picture_is_no_line() -> None:
    """A 10 cut out closely: its 1 runs from top to bottom."""
    image = digit_image("0", np.random.default_rng(2))
    zero = cv2.resize(image, (40, 96), interpolation=cv2.INTER_CUBIC)
    ink = np.zeros((100, 90), np.uint8)
    ink[:, 12:18] = 255
    ink[2:98, 40:80] = zero
    lines = vertical_lines((ink / 255.0).astype(np.float32))
    assert lines[:, 14].all()
    np.testing.assert_array_equal(remove_components_on(ink, lines), ink)
    marks = [mark.box for line in page_layout(ink, is_crop=True).lines for mark in line]
    assert len(marks) == 2 and marks[0][0] == 12


def test_bars_along_a_side_much_higher_than_the_number_are_its_papers_edge() -> None:
    ink = np.zeros((300, 120), np.uint8)
    ink[10:250, 2:7] = 255
    cv2.ellipse(ink, (60, 120), (14, 20), 0, 0, 360, 255, 4)
    (line,) = page_layout(ink, is_crop=True).lines
    assert [mark.box[0] > 40 for mark in line] == [True]


def test_of_a_crop_the_high_lines_are_kept(digits: Classifier) -> None:
    """All of what is likely a number, of others what is surely digits, and nothing small."""
    number = read_page(form_crop("52", 2), digits).lines[0]
    five, two = number.digits
    marks: rejection.Items = [(five, five.box), (two, two.box)]
    sure = rejection.LineHypothesis(marks, 24.0)
    assert rejection.keep_in_crop([sure]) == [[five, two]]

    def changed(scale: float, *, is_digit: bool) -> rejection.Items:
        found: rejection.Items = []
        for digit, (x, y, width, height) in marks:
            assert digit is not None
            box = (x, y, width, round(height * scale))
            prediction = replace(digit.prediction, is_digit=is_digit, is_sure=False)
            found.append((replace(digit, box=box, prediction=prediction), box))
        return found

    # Half of a likely number is enough to keep its other half.
    half = [marks[0], changed(1.0, is_digit=False)[1]]
    assert [
        d.label for d in rejection.keep_in_crop([rejection.LineHypothesis(half, 24.0)])[0] if d
    ] == ["5", "2"]
    doubtful = rejection.LineHypothesis(half, 24.0, posterior=0.1)
    assert [d.label for d in rejection.keep_in_crop([doubtful])[0] if d] == ["5"]
    # Small ones go: print sooner than numbers.
    small = rejection.LineHypothesis(changed(0.6, is_digit=True), 14.0)
    print_ = rejection.LineHypothesis(changed(0.6, is_digit=True), 14.0, posterior=0.1)
    specks = rejection.LineHypothesis(changed(0.4, is_digit=True), 9.0)
    assert len(rejection.keep_in_crop([sure, small])) == 2
    assert len(rejection.keep_in_crop([sure, print_])) == 1
    assert len(rejection.keep_in_crop([sure, specks])) == 1


def test_marks_of_a_made_crop_are_dark_enough() -> None:
    """The made pictures hold what they say: without it the tests above would say nothing."""
    page = form_crop("37", 0, edge=0.7, print_="Trykt", line=4)
    assert (page.image < 225 - BOX_LEVEL).any(axis=(1, 2)).mean() > 0.3
