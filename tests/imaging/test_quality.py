"""Faults of a photo are found on pages spoiled by a known amount, and none on good pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inkling.imaging import quality
from inkling.imaging.quality import faults
from tests.fixtures.pages_made import Paper, make_page, mnist_test

LINES = [["302", "95"], ["1478", "60"]]
HEIGHT = 48
PAPER = Paper(width=700, height=420, digit=HEIGHT)


def page(seed: int = 1, **options: Any) -> np.ndarray:
    return make_page(LINES, seed, replace(PAPER, **options))


def dimmed(image: np.ndarray, factor: float, shift: float = 0.0) -> np.ndarray:
    """A picture with other brightness and contrast, and a sensor's noise."""
    noise = np.random.default_rng(0).normal(0, 2, image.shape)
    return np.clip(image * factor + shift + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "paper",
    [
        {},
        {"light": 0.6, "noise": 6.0},
        {"shadow": 0.5},
        {"ruled": 60},
        {"blur": 2.0},
        {"colour": (255, 255, 255), "light": 0.0, "noise": 0.0, "blur": 0.0},
        {"pen": (150, 150, 150)},
        {"pen": (200, 40, 40), "colour": (250, 250, 250)},
    ],
)
def test_readable_pages_have_no_faults(paper: dict) -> None:
    assert faults(page(**paper), HEIGHT) == ()
    assert faults(255 - page(**paper), HEIGHT) == (), "a blackboard"


def test_a_drawn_digit_has_no_faults() -> None:
    images, _ = mnist_test()
    for image in images[:20]:
        drawn = cv2.cvtColor(255 - np.kron(image, np.ones((8, 8), np.uint8)), cv2.COLOR_GRAY2RGB)
        # Enlarging makes edges soft, so they are sharpened again.
        crisp = np.where(cv2.GaussianBlur(drawn, (0, 0), 4) > 127, 255, 0).astype(np.uint8)
        assert faults(crisp, 160.0) == ()


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_blur_is_measured_in_digit_heights_at_any_size(scale: float) -> None:
    """A sharp page is blurred by a Gaussian of known width, which must be measured.

    The steepest slope of a line much thinner than the blur is 0.61 of its height per deviation,
    and that of a step 0.40. So two thirds of the blur are measured on thin strokes, and all of it
    on wide ones.
    """
    sharp = page(blur=0.0, noise=0.0, light=0.0, quality=98)
    sharp = cv2.resize(sharp, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height = HEIGHT * scale
    for sigma in (0.07, 0.1, 0.13):
        blurred = np.asarray(cv2.GaussianBlur(sharp, (0, 0), sigma * height), np.uint8)
        assert 0.62 * sigma <= quality.measure(blurred, height).blur <= 1.1 * sigma


def test_blur_is_reported_with_its_figure() -> None:
    (sentence,) = faults(page(blur=0.2 * HEIGHT), HEIGHT)
    assert "blurred" in sentence and f"digits are {HEIGHT} high" in sentence
    # A camera that moved sideways: the edges of upright strokes are smeared.
    moved = cv2.blur(page(), (HEIGHT // 2, 1))
    assert any("blurred" in sentence for sentence in faults(np.asarray(moved, np.uint8), HEIGHT))


def test_small_digits_are_reported_with_the_remedy() -> None:
    image = page()
    small = cv2.resize(image, None, fx=8 / HEIGHT, fy=8 / HEIGHT, interpolation=cv2.INTER_AREA)
    (sentence,) = faults(np.asarray(small, np.uint8), 8.4)
    assert sentence.startswith("Digits are about 8 pixels high") and "at least 20 high" in sentence


def test_too_little_light_contrast_and_too_much_light_are_told_apart() -> None:
    image = page()
    assert any("too dark" in sentence for sentence in faults(dimmed(image, 0.05), HEIGHT))
    faint = faults(dimmed(image.astype(float), 0.04, 170.0), HEIGHT)
    assert len(faint) == 1 and "differ by only" in faint[0] and "darker pen" in faint[0]
    over = faults(np.clip(image.astype(float) * 0.02 + 251, 0, 255).astype(np.uint8), HEIGHT)
    assert len(over) == 1 and "overexposed" in over[0]


def test_a_picture_of_one_row_is_judged() -> None:
    row = np.repeat(np.array([[238, 238, 255, 255, 0, 255, 248]], np.uint8)[..., None], 3, axis=2)
    assert isinstance(faults(row, 5.0), tuple)


@pytest.mark.parametrize("noise", [0.0, 4.0])
@pytest.mark.parametrize("paper", [255, 246, 120])
def test_an_empty_page_is_blank_and_not_overexposed(paper: int, noise: float) -> None:
    shades = np.random.default_rng(1).normal(paper, noise, (400, 300, 3))
    blank = np.clip(np.rint(shades), 0, 255).astype(np.uint8)
    (sentence,) = faults(blank, 0.0)
    assert sentence.startswith("The page looks blank.")


def with_glare(image: np.ndarray, radius: float) -> np.ndarray:
    """A page with the reflection of a lamp in the middle."""
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    distance = (x - width / 2) ** 2 + (y - height / 2) ** 2
    lamp = 500.0 * np.exp(-distance / (2 * radius**2))[..., None]
    return np.clip(image * 0.75 + lamp, 0, 255).astype(np.uint8)


def test_a_reflection_is_reported_and_a_white_sheet_is_not() -> None:
    (sentence,) = faults(with_glare(page(), 100.0), HEIGHT)
    assert "reflection" in sentence
    desk = np.full((600, 900, 3), 90, np.uint8)
    sheet = page(colour=(255, 255, 255), light=0.0, noise=0.0)
    desk[100:520, 100:800] = sheet
    assert faults(desk, HEIGHT) == ()


def test_without_digits_size_and_sharpness_are_not_judged() -> None:
    assert faults(page(blur=0.2 * HEIGHT), 0.0) == ()
    assert any(
        "too dark" in sentence for sentence in faults(np.full((50, 60, 3), 5, np.uint8), 0.0)
    )


@settings(max_examples=60, deadline=None)
@given(
    image=st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
        lambda size: arrays(np.uint8, (*size, 3))
    ),
    height=st.one_of(st.just(0.0), st.floats(0.1, 500.0)),
)
def test_any_picture_gives_sentences(image: np.ndarray, height: float) -> None:
    for sentence in faults(image, height):
        assert sentence.endswith(".") and "nan" not in sentence and "inf" not in sentence
