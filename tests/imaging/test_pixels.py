"""Conversion of pixels, and what is measured on them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkling.imaging.pixels import (
    BLANK_LEVEL,
    BOX_LEVEL,
    as_rgb,
    as_uint8,
    bounding_box,
    flatten_alpha,
    stretch,
    stroke_width,
)


def test_every_numeric_type_becomes_uint8() -> None:
    levels = np.array([[0, 128, 255]], np.uint8)
    assert as_uint8(levels) is levels
    for other in (
        levels.astype(np.uint16) << 8,
        levels.astype(np.int64),
        levels.astype(np.float64),
        (levels / 255.0).astype(np.float32),
    ):
        np.testing.assert_array_equal(as_uint8(other), levels)
    np.testing.assert_array_equal(as_uint8(np.array([[False, True]])), [[0, 255]])
    odd = np.array([[np.nan, -7.0, 300.0, np.inf]])
    np.testing.assert_array_equal(as_uint8(odd), [[0, 0, 255, 255]])


def test_a_picture_of_any_shape_has_channels_afterwards() -> None:
    assert as_rgb(np.zeros((4, 5), np.uint8)).shape == (4, 5, 1)
    assert as_rgb(np.zeros((4, 5, 3), np.uint8)).shape == (4, 5, 3)
    assert as_rgb(np.zeros((4, 5, 4), np.uint8)).shape == (4, 5, 3)


@pytest.mark.parametrize(("drawn", "paper"), [(20, 255), (230, 0)])
def test_transparency_shows_paper_that_differs_from_the_drawing(drawn: int, paper: int) -> None:
    rgba = np.zeros((10, 10, 4), np.uint8)
    rgba[4:6, 4:6] = (drawn, drawn, drawn, 255)
    flat = flatten_alpha(rgba)
    assert (flat[0, 0] == paper).all() and (flat[5, 5] == drawn).all()
    assert (flatten_alpha(rgba, paper=99)[0, 0] == 99).all()


def test_a_hole_in_an_opaque_picture_looks_like_its_paper() -> None:
    rgba = np.full((10, 10, 4), 240, np.uint8)
    rgba[..., 3] = 255
    rgba[4:6, 4:6, 3] = 0
    assert (flatten_alpha(rgba)[5, 5] == 255).all()


def test_half_transparent_pixels_are_mixed_with_the_paper() -> None:
    rgba = np.array([[[0, 0, 0, 51]]], np.uint8)
    np.testing.assert_array_equal(flatten_alpha(rgba, paper=255), [[[204, 204, 204]]])


def test_ink_is_stretched_to_full_black() -> None:
    ink = np.array([[0, 50, 100]], np.uint8)
    np.testing.assert_array_equal(stretch(ink), [[0, 128, 255]])
    assert not stretch(np.full((3, 3), BLANK_LEVEL - 1, np.uint8)).any()
    full = np.array([[7, 255]], np.uint8)
    np.testing.assert_array_equal(stretch(full), full)
    assert stretch(full) is not full


@given(
    x=st.integers(0, 20), y=st.integers(0, 20), width=st.integers(1, 20), height=st.integers(1, 20)
)
def test_the_bounding_box_is_around_all_ink(x: int, y: int, width: int, height: int) -> None:
    ink = np.full((50, 60), BOX_LEVEL - 1, np.uint8)
    cv2.rectangle(ink, (x, y), (x + width - 1, y + height - 1), BOX_LEVEL, 1)
    assert bounding_box(ink) == (x, y, width, height)
    assert bounding_box(ink, 1) == (0, 0, 60, 50)
    assert bounding_box(ink, 255) is None


def test_stroke_width_of_bars():
    for width in range(2, 30, 3):
        drawing = np.zeros((200, 200), np.uint8)
        drawing[20:180, 50 : 50 + width] = 255
        assert stroke_width(drawing) == pytest.approx(width, rel=0.25, abs=1)


def test_blank_ink_has_no_strokes() -> None:
    assert stroke_width(np.zeros((9, 9), np.uint8)) == 0.0
