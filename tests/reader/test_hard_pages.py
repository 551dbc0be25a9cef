"""Pages that are hard: turned pages, signs, print, and marks that are rejected beside digits."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkling.imaging.load import Page
from inkling.reader.page import read_page, read_upright
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from tests.fixtures.pages_made import Paper, make_page, render, write_number

LINES = [["12", "350"], ["7", "4081"], ["96", "22"], ["583", "64"]]


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return classifier.load("digits")


# --- turned pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_page_reads_the_same_and_says_so(digits: Classifier, turns: int) -> None:
    upright = Page("a.jpg", 1, make_page(LINES, 2))
    same, truth = read_upright(upright, digits)
    assert same is upright and not any("turned" in said for said in truth.warnings)
    page = Page("a.jpg", 1, np.ascontiguousarray(np.rot90(upright.image, turns)))
    found, reading = read_upright(page, digits)
    np.testing.assert_array_equal(found.image, upright.image)
    assert reading.text == truth.text
    assert [digit.box for digit in reading.digits] == [digit.box for digit in truth.digits]
    # np.rot90 turned it to the left; so much to the right puts it upright.
    assert f"turned by {90 * turns}° clockwise" in " ".join(reading.warnings)


@pytest.mark.parametrize("label", "0123456789")
def test_an_upright_digit_is_left_as_it_lies(digits: Classifier, label: str) -> None:
    page = Page("a.jpg", 1, make_page([[label]], 1))
    found, reading = read_upright(page, digits)
    assert found is page
    assert reading.text == label


# --- print and signs ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2, 5, 6])
def test_a_sign_among_digits_that_touch_is_no_digit(digits: Classifier, seed: int) -> None:
    """The line network knows no signs: what stands free is the classifier's to judge."""
    rng = np.random.default_rng(seed)
    paper = Paper(gap=(-0.05, 0.08))
    ink = np.zeros((paper.height, paper.width), np.float32)
    end = write_number(ink, "19208", 120.0, 330.0, paper, rng) + 0.45 * paper.digit
    size = paper.digit / 60
    for way in ([(0, -30), (44, -32)], [(22, -52), (20, -8)]):
        points = np.array(way) * size + rng.normal(0.0, 1.5, (2, 2)) + (end, 330.0)
        ends = np.rint(points).astype(np.int32)
        cv2.polylines(ink, [ends], False, 1.0, max(3, paper.digit // 14), cv2.LINE_AA)
    write_number(ink, "6", end + 1.25 * paper.digit, 330.0, paper, rng)
    said = read_page(Page("p.jpg", 1, render(ink, paper, rng)), digits).text
    assert said.replace(" ", "")[1:] == "92086"


def test_corners_of_print_are_never_sure_and_no_part_of_a_number(digits: Classifier) -> None:
    """What is left of small boxes at a form's edges, far from what is written."""
    rng = np.random.default_rng(1)
    paper = Paper()
    ink = np.zeros((paper.height, paper.width), np.float32)
    write_number(ink, "38425", 250.0, 330.0, paper, rng)
    for y in (90, 560):
        for x in (40, paper.width - 70):
            way = [(x, y), (x + 26, y), (x + 26, y + 28), (x + 14, y + 28)]
            cv2.polylines(ink, [np.array(way, np.int32)], False, 1.0, 3)
    page = Page("p.jpg", 1, render(ink, paper, rng))
    sure = {number.text: number.is_sure for number in read_page(page, digits).numbers}
    assert sure.pop("38425")
    assert not any(sure.values())


# --- digits beside what is not one ----------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_number_behind_printed_words_is_read(digits: Classifier, seed: int) -> None:
    rng = np.random.default_rng(seed)
    paper = Paper(width=1500, height=500, digit=60)
    letters = np.zeros((paper.height, paper.width), np.uint8)
    place, font = (70, 260), cv2.FONT_HERSHEY_TRIPLEX
    cv2.putText(letters, "Hunger nennt Haken", place, font, 2.2, 255, 4, cv2.LINE_AA)
    ink = letters.astype(np.float32) / 255.0
    write_number(ink, "38425", 1000.0, 258.0, paper, rng)
    reading = read_page(Page("p.jpg", 1, render(ink, paper, rng)), digits)
    assert "38425" in reading.text.split()
    assert len(reading.digits) <= 7


@pytest.mark.parametrize("seed", [0, 1, 4])
def test_a_mark_between_digits_is_listed_or_makes_them_doubtful(
    digits: Classifier, seed: int
) -> None:
    """A mark as high as they are, that is no digit as it stands there, may be one crossed out."""
    paper = Paper(digit=70)
    rng = np.random.default_rng(seed)
    ink = np.zeros((paper.height, paper.width), np.float32)
    x = round(write_number(ink, "30", 100.0, 300.0, paper, rng) + 0.2 * paper.digit)
    for start, end in ((x, x + 50), (x + 50, x), (x + 25, x + 25)):
        cv2.line(ink, (start, 234), (end, 300), 1.0, 6, cv2.LINE_AA)
    write_number(ink, "75", x + 50 + 0.2 * paper.digit, 300.0, paper, rng)
    reading = read_page(Page("a.jpg", 1, render(ink, paper, rng)), digits)
    assert reading.text[:2] == "30" and reading.text[-1] == "5"
    assert reading.left_out or not all(number.is_sure for number in reading.numbers)


def test_paper_with_squares_smaller_than_its_digits_is_no_table(digits: Classifier) -> None:
    paper = Paper(squared=30, light=0.2, blur=0.5)
    _, reading = read_upright(Page("a.jpg", 1, make_page([["4729"]], 0, paper)), digits)
    assert reading.text == "4729" and not reading.lines[0].numbers[0].cell
