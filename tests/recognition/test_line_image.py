"""Line images: level, at the right height, with the line's own ink or the picture's darkness."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.layout.lines import canvas_layout, page_layout
from inkling.layout.page_layout import PageLayout
from inkling.recognition.candidates import line_height
from inkling.recognition.line_image import (
    DIGIT_HEIGHT,
    END_PAD,
    IMAGE_HEIGHT,
    contrasted,
    darkness_image,
    ink_image,
)
from tests.fixtures.pages_made import number_ink


def image_of(ink: np.ndarray) -> tuple[np.ndarray, PageLayout]:
    layout = canvas_layout(ink)
    return ink_image(layout, layout.lines[0], line_height(layout.lines[0])), layout


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
    boxes = np.array([component.box for component in layout.lines[0]])
    wide = (boxes[:, 0] + boxes[:, 2]).max() - boxes[:, 0].min()
    scale = DIGIT_HEIGHT / line_height(layout.lines[0])
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
    layout = page_layout(ink)
    found = ink_image(layout, layout.lines[0], 68.0)
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


def test_an_image_has_only_its_own_lines_ink() -> None:
    ink = np.zeros((400, 700), np.uint8)
    for row, y in enumerate((120, 205)):
        for place in range(5):
            x = 80 + 110 * place
            cv2.ellipse(ink, (x, y), (22, 36), 0, 0, 360, 255, 8)
            if row == 0 and place == 2:
                cv2.line(ink, (x + 20, y), (x + 30, y + 66), 255, 8)  # its tail hangs down
    layout = page_layout(ink)
    assert [len(each) for each in layout.lines] == [5, 5]
    alone = ink.copy()
    alone[:164] = 0
    alone_layout = page_layout(np.where(layout.labels > 0, alone, 0).astype(np.uint8))
    lower = ink_image(layout, layout.lines[1], 72.0)
    truth = ink_image(alone_layout, alone_layout.lines[-1], 72.0)
    middle = lower.shape[1] // 2
    # Left and right of the tail, the image is that of the line alone.
    for part in (slice(0, middle - 30), slice(middle + 40, None)):
        assert np.abs(lower[:, part].astype(int) - truth[:, part].astype(int)).max() < 90


def test_the_darkness_image_is_placed_as_the_ink_image() -> None:
    """A tilted line: the same strokes, and around them what else the picture has."""
    ink = np.zeros((420, 1000), np.uint8)
    for place in range(8):
        y = round(210 + 0.1 * (60 + 110 * place - 500))
        cv2.ellipse(ink, (60 + 110 * place, y), (22, 40), 0, 0, 360, 255, 10)
    layout = canvas_layout(ink)
    assert darkness_image(layout, layout.lines[0], 90.0) is None
    for height in (90.0, 120.0, 20.0):
        plain = ink_image(layout, layout.lines[0], height)
        seen = darkness_image(replace(layout, darkness=ink // 2), layout.lines[0], height)
        assert seen is not None and seen.shape == plain.shape and seen.dtype == np.uint8
        # Each is shrunk from its own corner, so strokes may be half a pixel apart.
        off = seen.astype(float) - plain
        assert abs(off.mean()) < 6.0 and np.abs(cv2.GaussianBlur(off, (0, 0), 1.5)).max() < 60.0
    # A ruling line that is not ink is visible.
    darkness = ink // 2
    cv2.line(darkness, (0, 290), (999, 290), 60, 6)
    seen = darkness_image(replace(layout, darkness=darkness), layout.lines[0], 90.0)
    assert seen is not None and (seen[-8:].max(axis=0) > 60).mean() > 0.5
    assert not (ink_image(layout, layout.lines[0], 90.0)[-4:] > 60).any()


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
