"""Reading pages: lines, turned pages, characters that two cuts have read, and whole pages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from inkling.imaging.load import Page, open_pages
from inkling.imaging.pixels import Pixels
from inkling.layout import centres
from inkling.layout.centres import Digits, InkMap
from inkling.layout.page_model import PageModel
from inkling.layout.rows import LINK_ALONE
from inkling.layout.tilt import TiltWeights
from inkling.reader import config
from inkling.reader import page as reader
from inkling.reader.config import ReaderConfig
from inkling.reader.context import CONTEXT, Existence
from inkling.reader.deadline import Deadline
from inkling.reader.page import Networks, read_page
from inkling.reader.reliability import FEATURES, Reliability
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.recognition.cut_reader import LINE_MODEL_ALONE
from inkling.recognition.line_model import LineModel
from tests.fixtures.found_digits import found_digits
from tests.fixtures.pages_made import Paper, make_page

LABELS = tuple("0123456789")
GLYPHS = classifier.load("pocket")
PLACES = [(x, y) for y in (60.0, 140.0) for x in (80.0, 100.0, 120.0)]


def _bars(places: list[tuple[float, float]]) -> Pixels:
    """A white page with an upright bar, 20 pixels high, at each place."""
    image = np.full((200, 300, 3), 240, np.uint8)
    for x, y in places:
        image[int(y) - 10 : int(y) + 10, int(x) - 2 : int(x) + 3] = 20
    return image


IMAGE = _bars(PLACES)


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return classifier.load("digits")


def paper_page(lines: list[list[str]], seed: int, paper: Paper | None = None) -> Page:
    return Page("page.jpg", 1, make_page(lines, seed, paper))


class _Bars(LineModel):
    """A line model that reads each bar, or part of one, as a seven."""

    def __init__(self) -> None:
        self.labels = LABELS
        self.cuts = 0

    def columns(self, image: Pixels) -> NDArray[np.float64]:
        self.cuts += 1
        p = np.full((image.shape[1] // 2, 11), 1e-4)
        p[:, 10] = 1.0
        is_ink = ((image > 128).sum(axis=0) > 5).astype(np.int8)
        starts, ends = (np.flatnonzero(np.diff(is_ink, prepend=0, append=0) == k) for k in (1, -1))
        places = np.minimum((starts + ends) // 4, len(p) - 1)
        p[places, 10], p[places, 7] = 1e-4, 1.0
        return np.asarray(np.log(p / p.sum(axis=1, keepdims=True)), np.float64)


def _fitted(bias: float, threshold: float) -> ReaderConfig:
    """What is fitted of a reader for which everything is a number, equally probably right."""
    reliability = Reliability(np.zeros(len(FEATURES)), bias, threshold)
    is_number = Reliability(np.zeros(len(CONTEXT)), 0.0, 0.0)
    existence = Existence(reliability, is_number)
    return ReaderConfig(LINE_MODEL_ALONE, LINK_ALONE, TiltWeights(), reliability, existence)


@pytest.fixture
def page_model(monkeypatch: pytest.MonkeyPatch) -> PageModel:
    """A page model that finds three digits on each of two lines."""
    digits = found_digits(PLACES, links=[(0, 1), (1, 2), (3, 4), (4, 5)])
    empty = np.zeros((50, 75), np.float32)

    def detect(model: object, image: Pixels) -> tuple[Digits, list[InkMap]]:
        del model, image
        return digits, [InkMap(1.0, empty, empty)]

    monkeypatch.setattr(centres, "detect", detect)
    return PageModel.__new__(PageModel)


def test_each_line_is_read(page_model: PageModel) -> None:
    tokens = reader.read_tokens(IMAGE, Networks(page_model, _Bars()), GLYPHS)
    assert [[n.written for n in line.numbers] for line in tokens.lines] == [["777"], ["777"]]
    (number,) = tokens.lines[0].numbers
    assert [token.digit for token in number.digits] == [0, 1, 2]
    assert tokens.lines[1].found == {1: 3}


def test_after_the_deadline_no_more_lines_are_read(page_model: PageModel) -> None:
    line = _Bars()
    deadline = Deadline(0.0)
    assert reader.read_tokens(IMAGE, Networks(page_model, line), GLYPHS, deadline).lines == ()
    assert deadline.was_missed
    assert line.cuts == 0


def test_a_page_on_its_side_is_turned_and_read(
    page_model: PageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = centres.detect(page_model, IMAGE)
    empty = np.zeros((75, 75), np.float32)

    def detect(
        model: object, image: Pixels, at: list[float] | None = None
    ) -> tuple[Digits, list[InkMap]]:
        del model, at
        turn = np.zeros((len(found), 4), np.float32)
        turn[:, [k for k in range(4) if np.array_equal(image, np.rot90(IMAGE, k))]] = 4.0
        return replace(found, turn=turn), [InkMap(1.0, empty, empty)]

    monkeypatch.setattr(centres, "detect", detect)
    monkeypatch.setattr(config, "load", lambda: _fitted(5.0, 0.9))
    page = Page("a.png", 1, np.ascontiguousarray(np.rot90(IMAGE)))
    turned, reading = reader.read_upright(page, GLYPHS, networks=Networks(page_model, _Bars()))
    assert np.array_equal(turned.image, IMAGE)
    assert reading.text == "777\n777"
    assert (reading.width, reading.height) == (300, 200)
    assert all(number.is_sure for number in reading.numbers)
    # Surely read, so it is no bad picture; but it was turned.
    (warning,) = reading.warnings
    assert "turned by 90° clockwise" in warning


def test_without_digits_there_is_a_warning(
    page_model: PageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = np.zeros((50, 75), np.float32)
    monkeypatch.setattr(
        centres, "detect", lambda model, image: (found_digits([]), [InkMap(1.0, empty, empty)])
    )
    monkeypatch.setattr(config, "load", lambda: _fitted(0.0, 0.0))
    page = Page("a.png", 1, IMAGE)
    _, reading = reader.read_upright(page, GLYPHS, networks=Networks(page_model, _Bars()))
    assert reading.lines == ()
    assert reading.warnings[0] == "No handwritten digits were found in this picture."


def test_a_character_that_two_cuts_have_read_counts_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Two lines so near that the cut of each reads a digit of the other's.
    places = [(80.0, 60.0), (96.0, 60.0), (110.0, 73.0)]
    digits = found_digits(places)
    empty = np.zeros((50, 75), np.float32)
    monkeypatch.setattr(
        centres, "detect", lambda model, image: (digits, [InkMap(1.0, empty, empty)])
    )
    line = _Bars()
    networks = Networks(PageModel.__new__(PageModel), line)
    tokens = reader.read_tokens(_bars(places), networks, GLYPHS)
    assert line.cuts == 2
    found = [t.digit for one in tokens.lines for number in one.numbers for t in number.digits]
    assert sorted(found, key=str) == [0, 1, 2]


# --- whole pages ----------------------------------------------------------------------------------

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
    assert (dark & ~inside).sum() < 0.03 * dark.sum()


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
