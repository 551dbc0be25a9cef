"""Sheets of paper are found on a desk and flattened, and boxes are mapped back to the photo."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkling.imaging import rectify
from inkling.imaging.load import Page
from inkling.reader.page import read_page, read_upright
from inkling.recognition import classifier
from tests.fixtures.pages_made import Paper, make_page, on_desk

LINES = [["12", "350"], ["7", "4081"], ["96", "22"]]
SIZE = (1200, 1000)
# Corners of the page in the photo, clockwise from the top left.
VIEWS = {
    "turned": [(170, 90), (1090, 180), (1020, 860), (100, 770)],
    "from below": [(260, 150), (940, 150), (1110, 900), (90, 900)],
    "from the left": [(120, 80), (1050, 220), (1050, 780), (120, 930)],
    "from afar": [(330, 300), (900, 270), (930, 680), (300, 700)],
}


def photographed(view: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A photo, the matrix from the page to it, and where the writing is in it."""
    page = make_page(LINES, seed, Paper(light=0.15))
    photo, matrix = on_desk(page, VIEWS[view], SIZE, seed=seed)
    writing = (page.min(axis=2) < 90).astype(np.uint8) * 255
    return photo, matrix, cv2.warpPerspective(writing, matrix, SIZE) > 127


def moved(matrix: np.ndarray, points: list[tuple[float, float]]) -> np.ndarray:
    homogeneous = np.array([(*point, 1.0) for point in points]) @ matrix.T
    return homogeneous[:, :2] / homogeneous[:, 2:]


@pytest.mark.parametrize("view", list(VIEWS))
def test_corners_are_found_and_the_sheet_is_flattened(view: str) -> None:
    photo, matrix, _ = photographed(view)
    found = rectify.find_page(photo)
    height, width = found.image.shape[:2]
    corners = moved(found.to_photo, [(0, 0), (width, 0), (width, height), (0, height)])
    assert np.abs(corners - np.array(VIEWS[view])).max() < 0.015 * max(SIZE)
    # The middle of the page is the middle of the flattened picture.
    middle = moved(np.linalg.inv(found.to_photo) @ matrix, [(500.0, 350.0)])[0]
    assert np.abs(middle / (width, height) - 0.5).max() < 0.02
    assert found.mask is not None and found.mask.shape == (height, width)
    assert found.mask.mean() > 0.9 and not found.mask[0].any() and not found.mask[:, 0].any()


@pytest.mark.parametrize("view", ["turned", "from below", "from the left"])
def test_a_sheet_on_a_desk_is_read_and_its_boxes_are_in_the_photo(view: str) -> None:
    photo, _, writing = photographed(view, seed=2)
    page, reading = read_upright(Page("desk.jpg", 1, photo), classifier.load("digits"))
    assert page.image is photo
    truth = ["".join(line) for line in LINES]
    texts = [line.text for line in reading.lines]
    assert [len(text) for text in texts] == [len(text) for text in truth]
    wrong = sum(a != b for a, b in zip("".join(texts), "".join(truth), strict=True))
    assert wrong <= 1
    inside = np.zeros_like(writing)
    for x, y, width, height in (digit.box for digit in reading.digits):
        assert x >= 0 and y >= 0 and x + width <= SIZE[0] and y + height <= SIZE[1]
        area = writing[y : y + height, x : x + width]
        # The ink reaches nearly to the box's sides, so the box is not larger than the digit. The
        # upright box of a turned digit has empty corners.
        rows, columns = np.flatnonzero(area.any(axis=1)), np.flatnonzero(area.any(axis=0))
        assert np.ptp(rows) > 0.75 * height and np.ptp(columns) > 0.5 * width
        inside[max(0, y - 3) : y + height + 3, max(0, x - 3) : x + width + 3] = True
    assert (writing & ~inside).sum() < 0.02 * writing.sum()


def test_a_black_margin_is_not_ink() -> None:
    """A scan on black of a page with two corners torn off, so that four cannot be found."""
    page = make_page(LINES, 2, Paper(light=0.1))
    scan = np.full((900, 1250, 3), 12, np.uint8)
    scan[120:820, 170:1170] = page
    scan[:240, 700:] = 12
    scan[640:, 900:] = 12
    found = rectify.find_page(scan)
    assert found.mask is not None
    height, width = found.mask.shape
    low, high = moved(found.to_photo, [(0, 0), (width, height)])
    assert np.abs(low - (170, 120)).max() < 25 and np.abs(high - (1170, 820)).max() < 25
    np.testing.assert_array_equal(
        found.image, scan[round(low[1]) : round(high[1]), round(low[0]) : round(high[0])]
    )
    # The mask leaves out the margin and holds nearly all paper.
    bright = found.image.min(axis=2) > 100
    assert found.image[found.mask].min(axis=1).mean() > 180 and bright[found.mask].mean() > 0.97
    assert found.mask[bright].mean() > 0.95
    reading = read_page(Page("scan.png", 1, scan), classifier.load("digits"))
    plain = read_page(Page("page.png", 1, page), classifier.load("digits"))
    assert reading.text == plain.text
    for digit, other in zip(reading.digits, plain.digits, strict=True):
        x, y, *size = digit.box
        assert np.abs(np.subtract((x - 170, y - 120, *size), other.box)).max() <= 4


@pytest.mark.parametrize(
    "paper",
    [Paper(), Paper(shadow=0.6), Paper(light=0.6), Paper(colour=(150, 150, 150)), Paper(ruled=60)],
    ids=["plain", "shadow", "dark", "grey", "ruled"],
)
def test_a_page_that_fills_the_photo_is_not_changed(paper: Paper) -> None:
    for seed in range(3):
        photo = make_page(LINES, seed, paper)
        found = rectify.find_page(photo)
        assert found.image is photo and found.mask is None
        np.testing.assert_array_equal(found.to_photo, np.eye(3))


def test_an_unevenly_lit_board_is_not_changed() -> None:
    board = 255 - make_page(LINES, 4)
    assert rectify.find_page(board).mask is None


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (300, 2), (40, 40)])
def test_nothing_is_found_in_tiny_or_uniform_pictures(shape: tuple[int, int]) -> None:
    for level in (0, 200):
        assert rectify.find_page(np.full((*shape, 3), level, np.uint8)).mask is None
