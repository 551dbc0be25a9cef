"""Each distortion changes glyphs by the amount it says."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from inkling.imaging.distortions import DISTORTIONS, distort
from inkling.imaging.pixels import bounding_box, stroke_width
from inkling.training.data import datasets


def seeded(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@lru_cache(maxsize=1)
def some_digits():
    return datasets.load("mnist", "test")[0][:60]


@pytest.fixture
def digits():
    return some_digits()


@pytest.mark.parametrize("kind", DISTORTIONS)
def test_the_neutral_value_is_in_the_range_and_changes_nothing(kind, digits):
    distortion = DISTORTIONS[kind]
    values = distortion.values()
    assert (values[0], values[-1]) == (distortion.low, distortion.high)
    assert values == sorted(values)
    assert distortion.neutral in values
    same = distort(digits, kind, distortion.neutral, seeded())
    assert np.array_equal(same, digits)
    assert same is not digits


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(DISTORTIONS)), st.floats(0, 1), st.integers(0, 59))
def test_any_value_gives_a_glyph_that_the_seed_decides(kind, part, row):
    glyph = some_digits()[row : row + 1]
    distortion = DISTORTIONS[kind]
    value = distortion.low + part * (distortion.high - distortion.low)
    one, two = (distort(glyph, kind, value, seeded(5)) for _ in range(2))
    assert (one.shape, one.dtype) == ((1, 28, 28), np.uint8)
    assert np.array_equal(one, two)


@pytest.mark.parametrize("kind", DISTORTIONS)
def test_empty_batches_and_blank_glyphs(kind):
    assert distort(np.zeros((0, 28, 28), np.uint8), kind, 1.5, seeded()).shape == (0, 28, 28)
    blank = distort(np.zeros((2, 28, 28), np.uint8), kind, 1.5, seeded())
    assert kind == "noise" or not blank.any()


def test_an_unknown_distortion_is_refused():
    with pytest.raises(KeyError, match="no distortion 'smell'; there are rotation"):
        distort(np.zeros((1, 28, 28), np.uint8), "smell", 1.0, seeded())


@pytest.mark.parametrize("degrees", [-40.0, 15.0, 90.0])
def test_rotation_is_scipys_and_clockwise(degrees, digits):
    turned = distort(digits, "rotation", degrees, seeded()).astype(float)
    # scipy rotates from rows to columns, which is the other direction on a screen.
    theirs = ndimage.rotate(digits, -degrees, axes=(1, 2), reshape=False, order=3, output=float)
    assert np.abs(turned - np.clip(theirs, 0, 255)).mean() < 4
    bar = np.zeros((1, 28, 28), np.uint8)
    bar[0, 2:12, 13:15] = 255
    assert distort(bar, "rotation", 90.0, seeded())[0, 13:15, 18:24].min() > 200


@pytest.mark.parametrize("times", [0.5, 0.8, 1.3])
def test_size_scales_the_box(times, digits):
    resized = distort(digits, "size", times, seeded())

    def longer_side(pixels: np.ndarray) -> int:
        box = bounding_box(pixels)
        assert box is not None
        return max(box[2:])

    ratios = [
        longer_side(after) / longer_side(before)
        for before, after in zip(digits, resized, strict=True)
    ]
    assert np.median(ratios) == pytest.approx(times, abs=0.05)
    ratio = resized.sum(axis=(1, 2), dtype=float) / digits.sum(axis=(1, 2), dtype=float)
    assert np.median(ratio) == pytest.approx(times**2, rel=0.02)


@pytest.mark.parametrize("pixels", [1.0, 2.5, 4.0])
def test_shift_moves_the_centre_of_mass_in_every_direction(pixels, digits):
    # Shrunk first, so that nothing is pushed over the border.
    small = distort(digits, "size", 0.7, seeded())
    moved = distort(small, "shift", pixels, seeded())
    centres = [np.array([ndimage.center_of_mass(glyph) for glyph in x]) for x in (small, moved)]
    steps = centres[1] - centres[0]
    assert np.hypot(*steps.T) == pytest.approx(pixels, abs=0.1)
    assert set(np.sign(steps).astype(int).sum(axis=1)) == {-2, 0, 2}


@pytest.mark.parametrize("pixels", [-1.0, 1.0, 3.0])
def test_thickness_is_added_to_the_strokes(pixels, digits):
    """By the normaliser's measure, and exact to the pixel on a square."""

    def widths(glyphs):
        large = [cv2.resize(x, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC) for x in glyphs]
        return np.array([stroke_width(x) / 8 for x in large])

    change = widths(distort(digits, "thickness", pixels, seeded())) - widths(digits)
    assert np.median(change) == pytest.approx(pixels, rel=0.2)
    square = np.zeros((1, 28, 28), np.uint8)
    square[0, 8:20, 10:16] = 255
    broader = distort(square, "thickness", 2.0, seeded())[0] > 127
    assert broader.any(axis=1).sum() == 12 + 2
    assert broader.any(axis=0).sum() == 6 + 2


def test_blur_is_scipys(digits):
    theirs = ndimage.gaussian_filter(digits.astype(float), (0, 1.5, 1.5), mode="constant")
    assert np.abs(distort(digits, "blur", 1.5, seeded()) - theirs).max() <= 3


def test_noise_has_its_deviation():
    grey = np.full((40, 28, 28), 128, np.uint8)
    noisy = distort(grey, "noise", 25.0, seeded()).astype(float)
    assert noisy.mean() == pytest.approx(128, abs=0.5)
    assert noisy.std() == pytest.approx(25, rel=0.02)
