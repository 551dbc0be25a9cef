"""Reading numbers: drawn ones, and whole synthetic pages (the path: see test_segment)."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from inkling.imaging.load import Page, open_pages
from inkling.imaging.strokes import from_strokes
from inkling.reader.drawing import read_digit, read_ink
from inkling.reader.numbers import gap_limit, gaps
from inkling.reader.page import read_page
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from tests.fixtures.pages_made import Paper, digit_image, make_page, number_ink


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return classifier.load("digits")


def paper_page(lines: list[list[str]], seed: int, paper: Paper | None = None) -> Page:
    return Page("page.jpg", 1, make_page(lines, seed, paper))


# --- numbers of a line ---------------------------------------------------------------------------


def test_numbers_part_at_gaps_that_are_wide_for_this_hand() -> None:
    even = [(x, 0, 20, 40) for x in range(0, 400, 60)]  # a phone number written wide
    assert gaps(even) == [1.0] * 6 and gap_limit(gaps(even)) > 1.0
    pairs = [(x, 0, 20, 40) for x in (0, 25, 85, 110, 170, 195)]
    assert 0.125 < gap_limit(gaps(pairs)) < 1.0
    assert gap_limit([1.6, 0.2]) < 1.6 and gap_limit([]) > 0


# --- drawings ------------------------------------------------------------------------------------


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


# --- pages ---------------------------------------------------------------------------------------

PHONE = [["0176", "23580"]]
MEASURED = [["12", "350"], ["7", "4081"], ["96", "22"], ["135", "60"]]


def test_numbers_of_a_line_are_parted(digits: Classifier) -> None:
    reading = read_page(paper_page(PHONE, 2), digits)
    assert [len(number.text) for number in reading.numbers] == [4, 5]


def test_boxes_refer_to_the_full_size_page(digits: Classifier) -> None:
    paper = Paper(width=3200, height=1200, digit=260, light=0, noise=0)
    page = paper_page([["15"]], 1, paper)
    reading = read_page(page, digits)
    assert (reading.width, reading.height) == (3200, 1200)
    dark = page.image.min(axis=2) < 120
    inside = np.zeros_like(dark)
    for x, y, width, height in (digit.box for digit in reading.digits):
        inside[max(0, y - 4) : y + height + 4, max(0, x - 4) : x + width + 4] = True
        assert dark[y : y + height, x : x + width].any()
    assert (dark & ~inside).sum() < 0.01 * dark.sum()


def test_an_empty_page_says_so(digits: Classifier) -> None:
    reading = read_page(paper_page([], 0), digits)
    assert reading.lines == () and "No handwritten digits" in reading.warnings[0]
    for shape in ((1, 1), (3, 500), (20, 20)):
        page = Page("tiny.png", 1, np.zeros((*shape, 3), np.uint8))
        assert read_page(page, digits).text == ""


def test_light_on_dark_reads_the_same(digits: Classifier) -> None:
    page = paper_page(PHONE, 4)
    chalk = Page("board.jpg", 1, 255 - page.image)
    assert read_page(chalk, digits).text == read_page(page, digits).text


def test_rows_are_one_a_number(digits: Classifier) -> None:
    page = paper_page(MEASURED, 0)
    reading = read_page(page, digits)
    rows = reading.rows()
    assert [row["number"] for row in rows] == [number.text for number in reading.numbers]
    assert {row["line"] for row in rows} == {1, 2, 3, 4}
    assert set(rows[0]) == {"file", "page", "line", "number", "written", "confidence", "sure"}


def test_the_samples_say_what_they_should(digits: Classifier) -> None:
    from tools.make_samples import FOLDER, SAMPLES

    for name, truth in SAMPLES.items():
        pages = list(open_pages(FOLDER / name))
        assert len(pages) == len(truth)
        for page, lines in zip(pages, truth, strict=True):
            reading = read_page(page, digits)
            numbers = [[number.text for number in line.numbers] for line in reading.lines]
            assert numbers == lines, name
        assert (FOLDER / name).stat().st_size < 300_000
