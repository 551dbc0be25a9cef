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


@pytest.mark.parametrize("box", [(5, 5, 30, 30), (-50, -50, 20, 20), (5000, 5000, 9, 9)])
def test_a_box_without_ink_has_no_label(written: Page, box: Box):
    model = load()
    digit = reread.read_box(written.image, box, model)
    assert digit.label == "" and not digit.prediction.is_sure
    assert len(reread.read_parts(written.image, box, model)) == 2
