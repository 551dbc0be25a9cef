"""Ruling lines, squares and the ticks of forms are removed, and the writing stays whole."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkling.imaging.ink import darkness_of
from inkling.imaging.pixels import BOX_LEVEL
from inkling.layout.lines import page_layout
from inkling.layout.ruling import remove_components_on, remove_ruling_lines, vertical_lines
from tests.fixtures.crops import HEIGHT, form_crop
from tests.fixtures.inks import blank, draw_zero, kept, left_over
from tests.fixtures.pages_made import digit_image, number_ink


def written(left: int = 60, top: int = 60) -> np.ndarray:
    """A number on a page of ink."""
    ink = np.zeros((420, 900), np.uint8)
    number = number_ink("38520", 3, digit=70)
    ink[top : top + number.shape[0], left : left + number.shape[1]] = number
    return ink


# --- ruled and squared paper ----------------------------------------------------------------------


@pytest.mark.parametrize("pitch", [45, 70])
@pytest.mark.parametrize("lean", [0, 3])
def test_ruling_lines_and_a_margins_line_are_removed(pitch: int, lean: int) -> None:
    digits = written()
    ruled = digits.copy()
    for y in range(10, 420, pitch):
        cv2.line(ruled, (0, y), (899, y + lean), 200, 1)
    cv2.line(ruled, (80, 0), (80 - lean, 419), 200, 2)
    clean = remove_ruling_lines(np.maximum(ruled, digits))
    assert kept(clean, digits) > 0.85
    assert left_over(clean, digits) < 0.02


@pytest.mark.parametrize("pitch", [45, 70])
def test_the_squares_of_squared_paper_are_removed(pitch: int) -> None:
    digits = written()
    squared = digits.copy()
    for y in range(10, 420, pitch):
        cv2.line(squared, (0, y), (899, y), 200, 1)
    for x in range(10, 900, pitch):
        cv2.line(squared, (x, 0), (x, 419), 200, 1)
    clean = remove_ruling_lines(np.maximum(squared, digits))
    assert kept(clean, digits) > 0.85
    assert left_over(clean, digits) < 0.02


@pytest.mark.parametrize("lean", [0, 2])
def test_strokes_that_cross_a_ruling_line_stay_whole(lean: int) -> None:
    digits = blank()
    for x in (100, 160, 220):
        draw_zero(digits, x, 100)
    ruled = digits.copy()
    for y in (60, 120, 180):
        cv2.line(ruled, (0, y), (599, y + lean), 255, 2)
    clean = remove_ruling_lines(ruled)
    assert not clean[175:190].any() and not clean[55:66].any()
    assert (clean[digits > 0] > 0).mean() > 0.97
    assert [len(line) for line in page_layout(clean).lines] == [3]


def test_ink_without_ruling_lines_is_not_changed() -> None:
    assert not remove_ruling_lines(blank()).any()
    digits = written()
    np.testing.assert_array_equal(remove_ruling_lines(digits), digits)
    crop = number_ink("407", 2, digit=60)
    np.testing.assert_array_equal(remove_ruling_lines(crop, is_crop=True), crop)


def test_the_stem_of_a_large_nine_is_not_a_ruling_line() -> None:
    ink = blank(600, 250)
    cv2.ellipse(ink, (200, 80), (30, 40), 0, 0, 360, 255, 12)
    cv2.line(ink, (230, 80), (230, 220), 255, 12)
    np.testing.assert_array_equal(remove_ruling_lines(ink), ink)


def test_a_line_drawn_under_a_number_is_removed() -> None:
    digits = written()
    rows, columns = np.nonzero(digits)
    y = int(rows.max()) + 8
    underlined = digits.copy()
    cv2.line(underlined, (int(columns.min()), y), (int(columns.min()) + 130, y + 3), 255, 4)
    clean = remove_ruling_lines(underlined)
    assert kept(clean, digits) > 0.97 and left_over(clean, digits) < 0.02


# --- forms ----------------------------------------------------------------------------------------


def test_ticks_between_two_ruling_lines_are_removed_and_ones_stay() -> None:
    digits = np.zeros((300, 900), np.uint8)
    for x in (100, 190, 280, 460, 730):  # ones that do not touch the lines
        cv2.line(digits, (x + 6, 112), (x, 178), 255, 6)
    form = digits.copy()
    for y in (95, 195):
        cv2.line(form, (20, y), (880, y), 255, 2)
    for x in range(50, 880, 90):
        cv2.line(form, (x, 95), (x, 195), 255, 2)
    clean = remove_ruling_lines(form)
    assert kept(clean, digits) > 0.97
    assert left_over(clean, digits) < 0.02


def test_a_one_between_the_ruling_lines_of_a_single_line_stays() -> None:
    """A cheque's amount is written between two printed lines, and its 1 may reach from one to the
    other. On a form such a bar is a tick."""
    digits = np.zeros((150, 500), np.uint8)
    cv2.line(digits, (60, 34), (52, 118), 255, 6)
    for x in (130, 220, 310):
        cv2.ellipse(digits, (x, 85), (26, 30), 0, 0, 360, 255, 6)
    crop = digits.copy()
    for y in (28, 124):
        cv2.line(crop, (0, y), (499, y), 255, 2)
    clean = remove_ruling_lines(crop, is_crop=True)
    assert kept(clean, digits) > 0.97 and left_over(clean, digits) < 0.02
    # The same bar on a form.
    assert kept(remove_ruling_lines(crop), digits) < 0.9


# --- crops ----------------------------------------------------------------------------------------


def test_a_line_through_most_of_a_crop_is_removed() -> None:
    """The line under an amount runs through nearly all of a picture cut close around it."""
    digits = number_ink("4070", 5, digit=60)
    crop = digits.copy()
    rows = np.flatnonzero((digits >= BOX_LEVEL).any(axis=1))
    cv2.line(crop, (0, int(rows[-1]) + 6), (crop.shape[1] - 1, int(rows[-1]) + 7), 255, 2)
    clean = remove_ruling_lines(crop, is_crop=True)
    assert kept(clean, digits) > 0.97 and left_over(clean, digits) < 0.01


def test_a_line_that_connects_a_crops_digits_is_removed() -> None:
    digits = blank(260, 90)
    for x in range(10, 230, 50):
        draw_zero(digits, x, 10, 66)
    crop = digits.copy()
    cv2.line(crop, (0, 74), (259, 74), 255, 2)
    for x in range(40, 200, 20):
        crop[0:3, x : x + 3] = 255  # rests of the paper's pattern
    clean = remove_ruling_lines(crop, is_crop=True)
    assert ((clean > 0) & (digits > 0)).sum() > 0.9 * (digits > 0).sum()
    assert not clean[73:76, :8].any()


@pytest.mark.parametrize("lean", [-6, 0, 6])
def test_a_faint_vertical_line_is_found_from_top_to_bottom(lean: int) -> None:
    page = form_crop("52", 1)
    image = page.image.copy()
    cv2.line(image, (20 + lean, 0), (20 - lean, HEIGHT - 1), (190, 190, 190), 2, cv2.LINE_AA)
    found = vertical_lines(darkness_of(image))
    drawn = np.abs(image.astype(int) - page.image).max(axis=2) > 20
    assert found[drawn].mean() > 0.97
    # Nothing else is found.
    assert not found[:, 40:].any() and found.mean() < 0.12
    assert not vertical_lines(darkness_of(page.image)).any()


def test_a_component_that_leaves_the_line_stays() -> None:
    ink = np.zeros((200, 100), np.uint8)
    ink[20:60, 30:33] = ink[80:110, 30:33] = 255
    ink[94:96, 30:70] = 255
    ink[140:160, 60:75] = 255
    lines = np.zeros(ink.shape, bool)
    lines[:, 28:35] = True
    clean = remove_components_on(ink, lines)
    assert not clean[20:60].any()
    np.testing.assert_array_equal(clean[70:], ink[70:])


def test_a_stem_that_fills_its_picture_is_not_a_vertical_line() -> None:
    """A 10 cut out closely: its 1 runs from top to bottom."""
    image = digit_image("0", np.random.default_rng(2))
    zero = cv2.resize(image, (40, 96), interpolation=cv2.INTER_CUBIC)
    ink = np.zeros((100, 90), np.uint8)
    ink[:, 12:18] = 255
    ink[2:98, 40:80] = zero
    lines = vertical_lines((ink / 255.0).astype(np.float32))
    assert lines[:, 14].all()
    np.testing.assert_array_equal(remove_components_on(ink, lines), ink)
    boxes = [each.box for line in page_layout(ink, is_crop=True).lines for each in line]
    assert len(boxes) == 2 and boxes[0][0] == 12
