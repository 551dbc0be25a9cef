"""Pictures and canvases as ink, in any polarity, colour and light."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkling.imaging import ink
from inkling.imaging.glyph import to_glyph

SIDES = st.integers(1, 40)


def test_a_canvas_of_either_polarity_gives_the_same_ink(mnist):
    for digit in mnist[0][:50]:
        dark, light = ink.from_canvas(255 - digit), ink.from_canvas(digit)
        assert np.array_equal(dark, light)
        # Within a level: a digit whose strongest pixel is 254 is stretched to 255.
        assert np.abs(dark.astype(int) - digit).max() <= 1


@pytest.mark.parametrize("pen", [(0, 0, 0), (20, 40, 160), (200, 30, 30), (90, 90, 90)])
def test_pens_of_any_colour(mnist, pen):
    digit = mnist[0][0]
    cover = digit[..., None] / 255.0
    picture = (np.array([250, 248, 240]) * (1 - cover) + np.array(pen) * cover).astype(np.uint8)
    found = to_glyph(ink.from_image(picture)).pixels
    assert np.abs(found.astype(int) - digit).mean() < 12


def test_opacity_is_ink_on_a_transparent_canvas(mnist):
    digit = mnist[0][0]
    for colour in (0, 255):
        canvas = np.full((28, 28, 4), colour, np.uint8)
        canvas[..., 3] = digit
        assert np.abs(ink.from_canvas(canvas).astype(int) - digit).max() <= 1


def test_a_transparent_picture_is_put_on_paper(mnist):
    digit = mnist[0][0]
    for colour in (0, 255):
        picture = np.full((28, 28, 4), colour, np.uint8)
        picture[..., 3] = digit
        found = to_glyph(ink.from_image(picture)).pixels
        assert np.abs(found.astype(int) - digit).mean() < 5


@pytest.mark.parametrize("margin", [3, 20])
def test_bold_ink_saved_as_a_picture_is_the_same_ink(mnist, margin):
    """However bold, light on dark or dark on light: what was ink is ink."""
    for digit in mnist[0][:60]:
        crisp = 255 * (cv2.resize(digit, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC) > 127)
        disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (21, 21))
        bold = cv2.dilate(np.pad(crisp.astype(np.uint8), 12 + 2 * margin), disk)
        bold = cv2.resize(bold, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        light, dark = ink.from_image(bold), ink.from_image(255 - bold)
        np.testing.assert_array_equal(light, dark)
        assert ((light > 127) == (bold > 127)).mean() > 0.99


def test_paper_grain_is_blank():
    rng = np.random.default_rng(0)
    paper = np.clip(rng.normal(220, 4, (200, 200, 3)), 0, 255).astype(np.uint8)
    assert to_glyph(ink.from_image(paper)).is_blank


def test_darkness_does_not_depend_on_the_light() -> None:
    """Paper lit from the left, with a bar of half the paper's brightness."""
    light = np.linspace(240.0, 120.0, 300)[None, :].repeat(200, axis=0)
    picture = light.copy()
    picture[95:105, 30:270] *= 0.5
    darkness = ink.darkness_of(np.rint(picture).astype(np.uint8))
    assert darkness.dtype == np.float32
    bar = darkness[97:103, 40:260]
    assert bar.mean() == pytest.approx(0.5, abs=0.03) and bar.std() < 0.03
    assert darkness[20:80, 20:280].max() < 0.08


def test_noise_is_cut_below_the_pen_and_edges_stay_soft() -> None:
    rng = np.random.default_rng(4)
    darkness = rng.uniform(0.0, 0.05, (100, 100)).astype(np.float32)
    darkness[40:60, 20:80] = 0.6
    darkness[39, 20:80] = 0.3
    found = ink.cut_noise(darkness)
    assert found.dtype == np.uint8
    assert (found[40:60, 20:80] == 255).all()
    assert not found[:30].any() and not found[70:].any()
    assert ((found[39, 20:80] > 60) & (found[39, 20:80] < 200)).all()
    assert not ink.cut_noise(np.zeros((5, 5), np.float32)).any()


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
def test_arrays_that_are_no_picture_are_refused(picture):
    with pytest.raises(ValueError, match="picture"):
        ink.from_image(picture)
