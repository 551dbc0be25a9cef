"""Printed rules, squares and form ticks taken off, their writing left whole."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkling.imaging.pixels import BOX_LEVEL
from inkling.layout.ruling import remove_ruling_lines
from tests.fixtures.pages_made import number_ink

LINES = [["12", "350"], ["7", "4081"], ["96", "22"]]


def written(left: int = 60, top: int = 60) -> np.ndarray:
    """A number on a page of ink."""
    ink = np.zeros((420, 900), np.uint8)
    number = number_ink("38520", 3, digit=70)
    ink[top : top + number.shape[0], left : left + number.shape[1]] = number
    return ink


def kept(clean: np.ndarray, digits: np.ndarray) -> float:
    """Part of the digits' ink that is still there."""
    return float((clean[digits >= BOX_LEVEL] >= BOX_LEVEL).mean())


def left_over(clean: np.ndarray, digits: np.ndarray) -> float:
    """Ink that is not the digits', as a part of theirs."""
    near = cv2.dilate((digits >= BOX_LEVEL).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    return float((clean[~near] >= BOX_LEVEL).sum() / (digits >= BOX_LEVEL).sum())


@pytest.mark.parametrize("pitch", [45, 70])
@pytest.mark.parametrize("lean", [0, 3])
def test_rules_and_a_margins_line_go_and_digits_stay(pitch: int, lean: int) -> None:
    digits = written()
    ruled = digits.copy()
    for y in range(10, 420, pitch):
        cv2.line(ruled, (0, y), (899, y + lean), 200, 1)
    cv2.line(ruled, (80, 0), (80 - lean, 419), 200, 2)
    clean = remove_ruling_lines(np.maximum(ruled, digits))
    assert kept(clean, digits) > 0.85
    assert left_over(clean, digits) < 0.02


@pytest.mark.parametrize("pitch", [45, 70])
def test_squares_go_and_digits_stay(pitch: int) -> None:
    digits = written()
    squared = digits.copy()
    for y in range(10, 420, pitch):
        cv2.line(squared, (0, y), (899, y), 200, 1)
    for x in range(10, 900, pitch):
        cv2.line(squared, (x, 0), (x, 419), 200, 1)
    clean = remove_ruling_lines(np.maximum(squared, digits))
    assert kept(clean, digits) > 0.85
    assert left_over(clean, digits) < 0.02


def test_what_holds_no_rule_is_left_alone() -> None:
    digits = written()
    np.testing.assert_array_equal(remove_ruling_lines(digits), digits)
    crop = number_ink("407", 2, digit=60)
    np.testing.assert_array_equal(remove_ruling_lines(crop, is_crop=True), crop)


def test_ticks_between_two_rules_go_and_ones_stay() -> None:
    digits = np.zeros((300, 900), np.uint8)
    for x in (100, 190, 280, 460, 730):  # ones, off the rules
        cv2.line(digits, (x + 6, 112), (x, 178), 255, 6)
    form = digits.copy()
    for y in (95, 195):
        cv2.line(form, (20, y), (880, y), 255, 2)
    for x in range(50, 880, 90):
        cv2.line(form, (x, 95), (x, 195), 255, 2)
    clean = remove_ruling_lines(form)
    assert kept(clean, digits) > 0.97
    assert left_over(clean, digits) < 0.02


def test_a_one_between_the_rules_of_a_single_line_stays() -> None:
    """A cheque's amount stands between two printed lines, and its 1 may reach from one to the
    other: on a form such a bar is a tick."""
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


def test_a_crops_own_rule_goes() -> None:
    """An amount's line runs through nearly all of a picture cut close around it."""
    digits = number_ink("4070", 5, digit=60)
    crop = digits.copy()
    rows = np.flatnonzero((digits >= BOX_LEVEL).any(axis=1))
    cv2.line(crop, (0, int(rows[-1]) + 6), (crop.shape[1] - 1, int(rows[-1]) + 7), 255, 2)
    clean = remove_ruling_lines(crop, is_crop=True)
    assert kept(clean, digits) > 0.97 and left_over(clean, digits) < 0.01
