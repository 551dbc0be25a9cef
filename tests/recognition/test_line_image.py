"""Line images: level, at the right height, with the ink of the drawing's components alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.layout.drawing import DrawingLayout, canvas_layout
from inkling.recognition.candidates import line_height
from inkling.recognition.line_image import (
    DIGIT_HEIGHT,
    END_PAD,
    IMAGE_HEIGHT,
    contrasted,
    ink_image,
)
from tests.fixtures.pages_made import number_ink


def image_of(ink: np.ndarray) -> tuple[np.ndarray, DrawingLayout]:
    layout = canvas_layout(ink)
    return ink_image(layout, line_height(layout.line)), layout


def spans(mask: np.ndarray) -> tuple[int, int]:
    rows = np.flatnonzero(mask.any(axis=1))
    return int(rows[0]), int(rows[-1]) + 1


@pytest.mark.parametrize("digit", [14, 24, 60, 200])
def test_an_image_holds_the_digits_at_their_height(digit: int) -> None:
    # Eights are as high as a digit can be.
    found, layout = image_of(number_ink("888", 1, digit=digit))
    assert found.dtype == np.uint8 and found.shape[0] == IMAGE_HEIGHT and found.max() == 255
    mask = found >= 100
    top, bottom = spans(mask)
    assert abs((bottom - top) - DIGIT_HEIGHT) <= 4
    assert abs((top + bottom) / 2 - IMAGE_HEIGHT / 2) <= 3
    boxes = np.array([component.box for component in layout.line])
    wide = (boxes[:, 0] + boxes[:, 2]).max() - boxes[:, 0].min()
    scale = DIGIT_HEIGHT / line_height(layout.line)
    assert abs(found.shape[1] - (wide * scale + 2 * END_PAD)) <= 1
    assert (
        not (found[:, : END_PAD - 2] >= 100).any() and not (found[:, -END_PAD + 2 :] >= 100).any()
    )
    assert (found[:, END_PAD : END_PAD + 3] >= 60).any()


@pytest.mark.parametrize("is_head", [True, False])
def test_a_component_much_higher_than_the_others_is_not_cut_off(is_head: bool) -> None:
    ink = np.zeros((300, 700), np.uint8)
    for place in range(4):
        cv2.ellipse(ink, (200 + 100 * place, 150), (26, 30), 0, 0, 360, 255, 8)
    end = 74 if is_head else 226
    cv2.line(ink, (100, end), (100, 180 if is_head else 120), 255, 8)
    cv2.line(ink, (84, end), (116, end), 255, 8)
    found = ink_image(canvas_layout(ink), 68.0)
    # The bar at its end is in the image, and the others are whole.
    bar = found[:, END_PAD : END_PAD + 8] if is_head else found[::-1, END_PAD : END_PAD + 8]
    assert (bar[:4] >= 150).any()
    top, bottom = spans(found[:, 40:] >= 100)
    assert abs((bottom - top) - DIGIT_HEIGHT) <= 2 and top > 0 and bottom < IMAGE_HEIGHT


@pytest.mark.parametrize("slope", [-0.15, 0.1, 0.2])
def test_a_lines_slope_is_removed(slope: float) -> None:
    ink = np.zeros((420, 1000), np.uint8)
    for place in range(8):
        x = 60 + 110 * place
        y = round(210 + slope * (x - 500))
        cv2.ellipse(ink, (x, y), (22, 40), 0, 0, 360, 255, 10)
    found, _ = image_of(ink)
    mask = (found >= 100).astype(np.uint8)
    count, _, stats, middles = cv2.connectedComponentsWithStats(mask)
    assert count == 9
    assert np.ptp(middles[1:, 1]) < 2.0 and np.abs(middles[1:, 1] - IMAGE_HEIGHT / 2).max() < 2.0
    assert abs(float(np.median(stats[1:, cv2.CC_STAT_HEIGHT])) - DIGIT_HEIGHT) <= 2


def test_a_touch_of_the_pen_is_not_in_the_image() -> None:
    ink = np.zeros((300, 700), np.uint8)
    for place in range(5):
        cv2.ellipse(ink, (120 + 110 * place, 150), (22, 36), 0, 0, 360, 255, 8)
    clean, _ = image_of(ink)
    for x, y in ((175, 150), (340, 150), (285, 182)):
        cv2.circle(ink, (x, y), 5, 255, -1)
    np.testing.assert_array_equal(image_of(ink)[0], clean)


@settings(max_examples=30, deadline=None)
@given(
    paper=st.floats(0.0, 0.6),
    pen=st.floats(0.1, 0.4),
    grain=st.floats(0.0, 0.01),
    seed=st.integers(0, 99),
)
def test_contrasted_sets_the_paper_to_0_and_the_pen_to_255(
    paper: float, pen: float, grain: float, seed: int
) -> None:
    written = number_ink("305", seed, digit=22).astype(np.float32) / 255.0
    rng = np.random.default_rng(seed)
    found = contrasted(
        paper + pen * written + rng.normal(0.0, grain, written.shape).astype(np.float32)
    )
    assert found.dtype == np.uint8
    assert np.median(found) <= 2 and np.median(found[written > 0.9]) >= 200
    assert not contrasted(np.full((IMAGE_HEIGHT, 60), paper, np.float32)).any()
