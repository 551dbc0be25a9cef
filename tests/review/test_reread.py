"""Boxes read again from the picture."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.geometry import Box, union
from inkling.imaging.load import Page
from inkling.reader.page import read_page
from inkling.recognition.classifier import load
from inkling.review import reread
from tests.fixtures.pages_made import Paper, make_page


@pytest.fixture(scope="module")
def written() -> Page:
    return Page("made", 1, make_page([["30527"], ["4168"]], seed=3, paper=Paper(ruled=55)))


def test_a_box_is_read_like_the_page(written: Page):
    model = load()
    digits = read_page(written, model).digits
    assert len(digits) == 9
    again = [reread.read_box(written.image, each.box, model) for each in digits]
    assert [each.label for each in again] == [each.label for each in digits]
    assert [each.box for each in again] == [each.box for each in digits]


def test_two_digits_in_a_box_are_split(written: Page):
    model = load()
    pair = read_page(written, model).lines[0].numbers[0].digits[:2]
    parts = reread.read_parts(written.image, union(*(each.box for each in pair)), model)
    assert [part.label for part in parts] == [each.label for each in pair]
    for part, digit in zip(parts, pair, strict=True):
        assert np.abs(np.subtract(part.box, digit.box)).max() <= 6


def test_the_digits_of_a_known_number_are_found(written: Page):
    model = load()
    line = read_page(written, model).lines[1]
    assert line.text == "4168"
    box = union(*(each.box for each in line.digits))
    # "?" is no digit, and 9 is another one than the box holds.
    digits = reread.read_number(written.image, box, "41?9", model)
    assert [each.label for each in digits] == ["4", "1", "6", "9"]
    assert digits[3].prediction.label == "8" and digits[3].confidence < 0.5
    assert not any(each.prediction.is_sure for each in digits)
    for found, digit in zip(digits, line.digits, strict=True):
        # The reader's boxes are a little wider; digits are about 60 px apart.
        assert np.abs(np.subtract(found.box, digit.box)).max() <= 15
    (whole,) = reread.read_number(written.image, line.digits[0].box, "", model)
    assert whole.label == "4"


@pytest.mark.parametrize(("box", "text"), [((5, 5, 30, 30), "12"), ((7, 7, 2, 40), "12345")])
def test_a_known_number_keeps_its_digits_where_there_is_no_ink(written: Page, box: Box, text: str):
    digits = reread.read_number(written.image, box, text, load())
    assert [each.label for each in digits] == list(text)
    assert all(min(each.box[2:]) >= 1 for each in digits)


@pytest.mark.parametrize("box", [(5, 5, 30, 30), (-50, -50, 20, 20), (5000, 5000, 9, 9)])
def test_a_box_without_ink_has_no_label(written: Page, box: Box):
    model = load()
    digit = reread.read_box(written.image, box, model)
    assert digit.label == "" and not digit.prediction.is_sure
    assert len(reread.read_parts(written.image, box, model)) == 2
