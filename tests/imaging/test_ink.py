"""The normaliser, against MNIST itself."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkling.imaging import ink
from inkling.imaging.glyph import GlyphKind, to_glyph, to_glyphs
from inkling.imaging.pixels import bounding_box, stroke_width
from inkling.imaging.polarity import is_light_on_dark
from inkling.imaging.strokes import from_strokes
from inkling.recognition import classifier
from inkling.training.data import datasets
from tests.fixtures.redrawn import on_canvas


@pytest.fixture(scope="module")
def mnist():
    return datasets.load("mnist", "test")


# --- MNIST as the oracle --------------------------------------------------------------------------


def test_renormalising_a_digit_returns_nearly_the_same_pixels(mnist):
    x = mnist[0][:2000]
    difference = np.abs(to_glyphs(x).astype(int) - x).mean(axis=(1, 2))
    assert np.mean(difference < 0.5) > 0.99
    # The rest are digits whose box MNIST itself measured otherwise: still the same picture.
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


@pytest.fixture(scope="module")
def redrawn(mnist):
    rng = np.random.default_rng(0)
    return to_glyphs(ink.from_canvas(on_canvas(digit, rng)) for digit in mnist[0][:3000])


@pytest.mark.parametrize("name", ["digits", "lenet5"])
def test_redrawn_digits_score_like_clean_ones(mnist, redrawn, name):
    x, y = mnist[0][:3000], mnist[1][:3000]
    model = classifier.load(name)
    clean = (model.probabilities(x).argmax(axis=1) == y).mean()
    again = (model.probabilities(redrawn).argmax(axis=1) == y).mean()
    assert clean > 0.98
    assert abs(clean - again) <= 0.005


# --- polarity and paper ---------------------------------------------------------------------------


def test_both_polarities_give_the_same_glyph(mnist):
    for digit in mnist[0][:50]:
        dark, light = ink.from_canvas(255 - digit), ink.from_canvas(digit)
        assert np.array_equal(dark, light)
        # Within a level: a digit whose strongest pixel is 254 is stretched to 255.
        assert np.abs(dark.astype(int) - digit).max() <= 1


def test_photo_of_either_polarity_reads_like_the_digit(mnist):
    x, y = mnist[0][:300], mnist[1][:300]
    rng = np.random.default_rng(3)
    photos = []
    for i, digit in enumerate(x):
        picture = on_canvas(digit, rng)[..., :3].astype(float) * 0.6 + 60
        # Light falls off towards one corner, and the sensor is noisy.
        picture *= np.linspace(1.0, 0.6, picture.shape[1])[None, :, None]
        picture = np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
        photos.append(to_glyph(ink.from_image(255 - picture if i % 2 else picture)).pixels)
    answers = classifier.load("digits").probabilities(np.stack(photos)).argmax(axis=1)
    assert (answers == y).mean() >= 0.97


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_a_line_on_paper_of_two_shades_is_dark_on_light(mnist, share):
    """A form's field, printed in grey, with a strip of white paper above it."""
    rng = np.random.default_rng(7)
    for start in range(0, 60, 6):
        digits = np.pad(np.hstack(mnist[0][start : start + 6]), ((8, 8), (6, 6)))
        digits = cv2.erode(cv2.resize(digits, None, fx=2, fy=2), np.ones((2, 2)))
        paper = np.full(digits.shape, 150.0) + rng.normal(0, 3, digits.shape)
        paper[: round(share * len(paper))] += 75
        picture = np.clip(paper * (1 - 0.3 * digits / 255.0), 0, 255).astype(np.uint8)
        assert not is_light_on_dark(picture)
        assert is_light_on_dark(255 - picture)


@pytest.mark.parametrize("desk", [0.4, 0.45, 0.5])
def test_a_small_number_beside_a_dark_desk_is_dark_on_light(mnist, desk):
    """A register's margin between the desk and its first rule: the desk is no paper."""
    rng = np.random.default_rng(11)
    height, width = 200, 130
    for start in range(0, 80, 2):
        picture = np.full((height, width), 225.0)
        digits = cv2.resize(
            np.hstack(mnist[0][start : start + 2]), (28, 14), interpolation=cv2.INTER_AREA
        )
        x = round((1 + desk) / 2 * width) - 14
        picture[60:74, x : x + 28] -= 0.7 * digits
        picture[:, : round(desk * width)] = 15.0
        picture[:, -4:] = 60.0
        picture += rng.normal(0, 4, picture.shape)
        picture = np.clip(picture, 0, 255).astype(np.uint8)
        assert not is_light_on_dark(picture)
        assert is_light_on_dark(255 - picture)


@pytest.mark.parametrize("pen", [(0, 0, 0), (20, 40, 160), (200, 30, 30), (90, 90, 90)])
def test_pens_of_any_colour(mnist, pen):
    digit = mnist[0][0]
    cover = digit[..., None] / 255.0
    picture = (np.array([250, 248, 240]) * (1 - cover) + np.array(pen) * cover).astype(np.uint8)
    found = to_glyph(ink.from_image(picture)).pixels
    assert np.abs(found.astype(int) - digit).mean() < 12


def test_transparent_canvas_with_a_dark_and_a_light_pen(mnist):
    digit = mnist[0][0]
    for colour in (0, 255):
        canvas = np.full((28, 28, 4), colour, np.uint8)
        canvas[..., 3] = digit
        assert np.abs(ink.from_canvas(canvas).astype(int) - digit).max() <= 1


def test_transparent_picture_is_laid_on_paper(mnist):
    digit = mnist[0][0]
    for colour in (0, 255):
        picture = np.full((28, 28, 4), colour, np.uint8)
        picture[..., 3] = digit
        found = to_glyph(ink.from_image(picture)).pixels
        assert np.abs(found.astype(int) - digit).mean() < 5


# --- odd ink --------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("alpha", [0, 255])
def test_blank_is_typed(level, alpha):
    canvas = np.full((280, 280, 4), level, np.uint8)
    canvas[..., 3] = alpha
    for found in (ink.from_canvas(canvas), ink.from_image(canvas)):
        glyph = to_glyph(found)
        assert glyph.kind is GlyphKind.BLANK
        assert glyph.is_blank
        assert not glyph.pixels.any()


def test_paper_grain_is_blank():
    rng = np.random.default_rng(0)
    paper = np.clip(rng.normal(220, 4, (200, 200, 3)), 0, 255).astype(np.uint8)
    assert to_glyph(ink.from_image(paper)).is_blank


@pytest.mark.parametrize("radius", [1, 3, 8, 14])
def test_a_dot_is_typed(radius):
    drawing = np.zeros((280, 280), np.uint8)
    cv2.circle(drawing, (90, 200), radius, 255, cv2.FILLED, cv2.LINE_AA)
    assert to_glyph(drawing).kind is GlyphKind.DOT


def test_small_digits_are_no_dots(mnist):
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
    assert classifier.load("digits").predict_glyph(glyph).label == "7"


def test_a_hairline_is_not_lost():
    for size in (30, 280, 3000):
        drawing = np.zeros((size, size), np.uint8)
        drawing[5:-5, size // 2] = 255
        pixels = to_glyph(drawing).pixels
        assert (pixels.max(axis=1) > 100).sum() >= 19


def test_ink_that_runs_into_the_edge_is_told():
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


def test_stroke_width_of_bars():
    for width in range(2, 30, 3):
        drawing = np.zeros((200, 200), np.uint8)
        drawing[20:180, 50 : 50 + width] = 255
        assert stroke_width(drawing) == pytest.approx(width, rel=0.25, abs=1)


# --- any input ------------------------------------------------------------------------------------

SIDES = st.integers(1, 40)


@settings(max_examples=150, deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(SIDES, SIDES)))
def test_any_ink_gives_a_glyph(drawing):
    glyph = to_glyph(drawing)
    assert glyph.pixels.shape == (28, 28)
    assert glyph.pixels.dtype == np.uint8
    assert glyph.is_blank == (not glyph.pixels.any())


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        hnp.arrays(np.uint8, st.tuples(SIDES, SIDES, st.sampled_from([1, 3, 4]))),
        hnp.arrays(np.bool_, st.tuples(SIDES, SIDES)),
        hnp.arrays(np.uint16, st.tuples(SIDES, SIDES)),
        hnp.arrays(np.float32, st.tuples(SIDES, SIDES), elements=st.floats(width=32)),
    )
)
def test_any_picture_gives_ink(picture):
    for convert in (ink.from_image, ink.from_canvas):
        found = convert(picture)
        assert found.shape == picture.shape[:2]
        assert found.dtype == np.uint8
        to_glyph(found)


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


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((0, 5), np.uint8),
        np.zeros(5, np.uint8),
        np.zeros((5, 5, 2), np.uint8),
        np.zeros((5, 5), complex),
        np.array([["a"]]),
    ],
)
def test_what_is_no_picture_is_refused(picture):
    with pytest.raises(ValueError, match="picture"):
        ink.from_image(picture)


def test_strokes_are_drawn_where_they_are():
    drawing = from_strokes([np.array([[0, 0], [0, 100]]), np.array([[50, 100]])], size=120)
    box = bounding_box(drawing)
    assert box is not None
    assert 90 <= box[3] <= 98  # 120 less two tenths of margin.
    assert from_strokes([]).max() == 0
    assert to_glyph(from_strokes([np.array([[3, 3]])])).kind is GlyphKind.DOT
