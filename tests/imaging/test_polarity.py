"""Which is the pen and which the paper, on pictures where brightness alone misleads."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkling.imaging.polarity import darkest_channel, is_light_on_dark


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
    """A register's margin between the desk and its first ruling line: the desk is not paper."""
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


def test_a_digit_and_its_negative_differ(mnist) -> None:
    """MNIST's digits are light on dark, at 28 pixels and enlarged."""
    for digit in mnist[0][:50]:
        for picture in (np.pad(digit, 10), np.kron(np.pad(digit, 10), np.ones((6, 6), np.uint8))):
            assert is_light_on_dark(picture)
            assert not is_light_on_dark(255 - picture)


@pytest.mark.parametrize(("level", "expected"), [(30, True), (220, False)])
def test_an_empty_picture_is_judged_by_its_brightness(level: int, expected: bool) -> None:
    noise = np.random.default_rng(0).normal(0, 1, (60, 60))
    picture = np.rint(level + noise).astype(np.uint8)
    assert is_light_on_dark(picture) is expected


def test_the_darkest_channel_is_the_minimum() -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    before = rgb.copy()
    np.testing.assert_array_equal(darkest_channel(rgb), rgb.min(axis=2))
    np.testing.assert_array_equal(rgb, before)
