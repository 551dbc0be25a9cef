"""The normaliser, tested against MNIST."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkling.imaging import ink
from inkling.imaging.glyph import GlyphKind, to_glyph, to_glyphs
from inkling.imaging.pixels import bounding_box
from inkling.recognition import classifier
from tests.fixtures.redrawn import on_canvas

SIDES = st.integers(1, 40)


def test_renormalising_a_digit_returns_nearly_the_same_pixels(mnist):
    x = mnist[0][:2000]
    difference = np.abs(to_glyphs(x).astype(int) - x).mean(axis=(1, 2))
    assert np.mean(difference < 0.5) > 0.99
    # MNIST measured the other digits' boxes differently. They still look the same.
    assert difference.max() < 15


def test_every_glyph_obeys_the_recipe(mnist):
    rng = np.random.default_rng(1)
    for digit in mnist[0][:200]:
        pixels = to_glyph(ink.from_canvas(on_canvas(digit, rng))).pixels
        box = bounding_box(pixels)
        assert box is not None
        assert 19 <= max(box[2:]) <= 21
        y, x = np.mgrid[:28, :28]
        total = pixels.sum(dtype=float)
        assert 13.4 < (pixels * x).sum() / total < 14.6
        assert 13.4 < (pixels * y).sum() / total < 14.6
        assert pixels.max() == 255


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("alpha", [0, 255])
def test_the_kind_of_blank_ink_is_blank(level, alpha):
    canvas = np.full((280, 280, 4), level, np.uint8)
    canvas[..., 3] = alpha
    for found in (ink.from_canvas(canvas), ink.from_image(canvas)):
        glyph = to_glyph(found)
        assert glyph.kind is GlyphKind.BLANK
        assert glyph.is_blank
        assert not glyph.pixels.any()


@pytest.mark.parametrize("radius", [1, 3, 8, 14])
def test_the_kind_of_a_single_touch_is_dot(radius):
    drawing = np.zeros((280, 280), np.uint8)
    cv2.circle(drawing, (90, 200), radius, 255, cv2.FILLED, cv2.LINE_AA)
    assert to_glyph(drawing).kind is GlyphKind.DOT


def test_small_digits_are_not_dots(mnist):
    rng = np.random.default_rng(5)
    for digit in mnist[0][:100]:
        glyph = to_glyph(ink.from_canvas(on_canvas(digit, rng)))
        assert glyph.kind is GlyphKind.CHARACTER


def test_one_pixel_strokes_stay_whole():
    drawing = np.zeros((280, 280), np.uint8)
    cv2.polylines(drawing, [np.array([[60, 40], [220, 40], [120, 250]])], False, 255, 1)
    glyph = to_glyph(drawing)
    assert glyph.stroke_width < 3
    parts, _ = cv2.connectedComponents((glyph.pixels > 100).astype(np.uint8))
    assert parts == 2  # Paper and one whole stroke.
    prediction = classifier.load("digits").predict_glyph(glyph)
    assert prediction is not None and prediction.label == "7"


def test_a_hairline_is_not_lost():
    for size in (30, 280, 3000):
        drawing = np.zeros((size, size), np.uint8)
        drawing[5:-5, size // 2] = 255
        pixels = to_glyph(drawing).pixels
        assert (pixels.max(axis=1) > 100).sum() >= 19


def test_ink_that_touches_the_edge_is_reported():
    drawing = np.zeros((100, 100), np.uint8)
    drawing[0:60, 40:60] = 255
    assert to_glyph(drawing).touches_edge
    assert not to_glyph(np.pad(drawing, 5)).touches_edge


def test_enlargement_is_measured():
    drawing = np.zeros((100, 100), np.uint8)
    drawing[30:40, 50:53] = 255
    glyph = to_glyph(drawing)
    assert glyph.box == (50, 30, 3, 10)
    assert glyph.scale == pytest.approx(2.0)


@settings(max_examples=150, deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(SIDES, SIDES)))
def test_any_ink_gives_a_glyph(drawing):
    glyph = to_glyph(drawing)
    assert glyph.pixels.shape == (28, 28)
    assert glyph.pixels.dtype == np.uint8
    assert glyph.is_blank == (not glyph.pixels.any())


@settings(max_examples=40, deadline=None)
@given(
    digit=st.integers(0, 9999),
    top=st.integers(0, 150),
    left=st.integers(0, 150),
    pad=st.integers(0, 60),
)
def test_place_on_the_canvas_does_not_matter(mnist, digit, top, left, pad):
    glyph = mnist[0][digit]
    moved = np.pad(glyph, ((top, pad), (left, pad)))
    assert np.array_equal(to_glyph(moved).pixels, to_glyph(glyph).pixels)


def test_several_inks_give_their_glyphs_in_order(mnist) -> None:
    x = mnist[0][:3]
    np.testing.assert_array_equal(to_glyphs(x), np.stack([to_glyph(each).pixels for each in x]))
    assert to_glyphs([]).shape == (0, 28, 28)


@pytest.mark.parametrize("wrong", [np.zeros((5, 5)), np.zeros((5, 5, 3), np.uint8)])
def test_arrays_that_are_not_ink_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="uint8"):
        to_glyph(wrong)


def test_a_dot_is_at_most_1_8_strokes_and_two_pixels_long():
    kinds = []
    for length in range(11, 24):
        drawing = np.zeros((100, 100), np.uint8)
        drawing[40:50, 40 : 40 + length] = 255
        glyph = to_glyph(drawing)
        is_dot = length <= 1.8 * glyph.stroke_width + 2.0
        assert glyph.kind is (GlyphKind.DOT if is_dot else GlyphKind.CHARACTER), length
        kinds.append(glyph.kind)
    assert len(set(kinds)) == 2


def test_a_dot_covers_less_than_a_quarter_of_its_picture():
    for side, kind in ((18, GlyphKind.CHARACTER), (22, GlyphKind.DOT)):
        drawing = np.zeros((side, side), np.uint8)
        drawing[5:15, 5:15] = 255
        assert to_glyph(drawing).kind is kind
