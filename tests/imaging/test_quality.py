"""What is wrong with a photo: found on pages made bad by a known amount, silent on good ones."""

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
    """Brightness multiplied and shifted, with a sensor's noise."""
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
        # Enlarged edges are soft; a pen's are not.
        crisp = np.where(cv2.GaussianBlur(drawn, (0, 0), 4) > 127, 255, 0).astype(np.uint8)
        assert faults(crisp, 160.0) == ()


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_blur_is_measured_in_digit_heights_whatever_the_size(scale: float) -> None:
    """A sharp page blurred by a Gaussian of known width: the oracle is that width.

    Of a line much thinner than the blur the steepest slope is 0.61 of its height a deviation, and
    a step's 0.40: two thirds are measured then, all where strokes are wide.
    """
    sharp = page(blur=0.0, noise=0.0, light=0.0, quality=98)
    sharp = cv2.resize(sharp, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height = HEIGHT * scale
    for sigma in (0.07, 0.1, 0.13):
        blurred = np.asarray(cv2.GaussianBlur(sharp, (0, 0), sigma * height), np.uint8)
        assert 0.62 * sigma <= quality.measure(blurred, height).blur <= 1.1 * sigma


def test_blur_is_said_with_its_figure() -> None:
    (said,) = faults(page(blur=0.2 * HEIGHT), HEIGHT)
    assert "blurred" in said and f"digits are {HEIGHT} high" in said
    # A moved camera: rows are smeared, and the edges of upright strokes with them.
    moved = cv2.blur(page(), (HEIGHT // 2, 1))
    assert any("blurred" in said for said in faults(np.asarray(moved, np.uint8), HEIGHT))


def test_small_digits_are_said_with_the_remedy() -> None:
    image = page()
    small = cv2.resize(image, None, fx=8 / HEIGHT, fy=8 / HEIGHT, interpolation=cv2.INTER_AREA)
    (said,) = faults(np.asarray(small, np.uint8), 8.4)
    assert said.startswith("Digits are about 8 pixels high") and "at least 20 high" in said


def test_darkness_faintness_and_too_much_light_have_a_sentence_each() -> None:
    image = page()
    assert any("too dark" in said for said in faults(dimmed(image, 0.05), HEIGHT))
    faint = faults(dimmed(image.astype(float), 0.04, 170.0), HEIGHT)
    assert len(faint) == 1 and "differ by only" in faint[0] and "darker pen" in faint[0]
    over = faults(np.clip(image.astype(float) * 0.02 + 251, 0, 255).astype(np.uint8), HEIGHT)
    assert len(over) == 1 and "overexposed" in over[0]


def with_glare(image: np.ndarray, radius: float) -> np.ndarray:
    """A lamp's reflection in the middle."""
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    distance = (x - width / 2) ** 2 + (y - height / 2) ** 2
    lamp = 500.0 * np.exp(-distance / (2 * radius**2))[..., None]
    return np.clip(image * 0.75 + lamp, 0, 255).astype(np.uint8)


def test_a_reflection_is_said_and_a_white_sheet_is_none() -> None:
    said = faults(with_glare(page(), 100.0), HEIGHT)
    assert len(said) == 1 and "reflection" in said[0]
    desk = np.full((600, 900, 3), 90, np.uint8)
    sheet = page(colour=(255, 255, 255), light=0.0, noise=0.0)
    desk[100:520, 100:800] = sheet
    assert faults(desk, HEIGHT) == ()


def test_without_digits_size_and_sharpness_are_not_judged() -> None:
    assert faults(page(blur=0.2 * HEIGHT), 0.0) == ()
    assert any("too dark" in said for said in faults(np.full((50, 60, 3), 5, np.uint8), 0.0))


@settings(max_examples=60, deadline=None)
@given(
    image=st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
        lambda size: arrays(np.uint8, (*size, 3))
    ),
    height=st.one_of(st.just(0.0), st.floats(0.1, 500.0)),
)
def test_any_picture_gives_sentences(image: np.ndarray, height: float) -> None:
    for said in faults(image, height):
        assert said.endswith(".") and "nan" not in said and "inf" not in said
