"""Pages without digits: how many digits are found on them (benchmarks' false_digits.py)."""

from __future__ import annotations

import pytest

from inkling.imaging.load import Page
from inkling.reader.page import read_page, read_upright
from inkling.recognition.classifier import Classifier
from inkling.recognition.results import Reading
from tests.fixtures.no_digits import WORDS, handwritten, printed, scribbled
from tests.fixtures.pages_made import Paper, make_page
from tests.quality.floors import at_most

# Seeds of scribbles among which zigzags look most like rows of ones.
ZIGZAGS = (23, 29, 30, 63)


def read_scribbles(seed: int, model: Classifier) -> Reading:
    return read_page(Page("a.jpg", 1, scribbled(seed)), model)


def test_words_give_few_digits_and_no_sure_one(digits: Classifier) -> None:
    """Three pages of handwritten words and three of printed ones: two digits a page, none sure."""
    pages = [make(WORDS, seed) for seed in range(3) for make in (handwritten, printed)]
    readings = [read_page(Page("a.jpg", 1, page), digits) for page in pages]
    found = [digit for reading in readings for digit in reading.digits]
    at_most(12, len(found), "digits on six pages of words")
    assert not any(digit.prediction.is_sure for digit in found)


def test_scribbles_are_rarely_read_as_digits(digits: Classifier) -> None:
    """Ten pages of six scribbles: at most 10 digits, at most one of them sure."""
    found = [digit for seed in range(10) for digit in read_scribbles(seed, digits).digits]
    at_most(10, len(found), "digits on ten pages of scribbles")
    at_most(1, sum(digit.prediction.is_sure for digit in found), "sure digits among them")


def test_zigzags_are_not_read_as_rows_of_ones(digits: Classifier) -> None:
    """Four pages with zigzags: at most 4 digits."""
    count = sum(len(read_scribbles(seed, digits).digits) for seed in ZIGZAGS)
    at_most(4, count, "digits on four pages of zigzags")


@pytest.mark.parametrize("seed", [1, 2, 8, 10, 11])
def test_nothing_is_read_on_empty_paper(digits: Classifier, seed: int) -> None:
    """A blank ruled or squared sheet, photographed in poor light; and the same sheet with a number.

    Nothing is read on the first, and the number on the second.
    """
    paper = Paper(
        ruled=40 if seed % 2 else 0,
        squared=0 if seed % 2 else 30,
        light=0.2 + 0.03 * seed,
        shadow=0.2 * (seed % 3),
        noise=3.0 + seed % 4,
        blur=0.5 + 0.1 * (seed % 5),
        slope=0.01 * (seed % 4),
    )
    for lines, text in (([], ""), ([["4729"]], "4729")):
        _, reading = read_upright(Page("a.jpg", 1, make_page(lines, seed, paper)), digits)
        assert reading.text == text
