"""How the writing of a picture is tilted."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.layout.centres import Digits, InkMap
from inkling.layout.page_model import STRIDE
from inkling.layout.rows import find_lines, tilt
from inkling.layout.tilt import ANGLES, TiltWeights, features_of, with_tilt
from tests.fixtures.found_digits import found_digits

WEIGHTS = TiltWeights()
BARE = [InkMap(1.0, *np.zeros((2, 150, 150), np.float32))]


def _turned(places: np.ndarray, angle: float) -> list[tuple[float, float]]:
    c, s = np.cos(angle), np.sin(angle)
    turned = 300.0 + places @ np.array([[c, s], [-s, c]])
    return [(float(x), float(y)) for x, y in turned]


def _table(angle: float, seed: int) -> Digits:
    """A table of 8 rows and 6 columns, whose digits stand a little askew."""
    rng = np.random.default_rng(seed)
    grid = np.array([(40.0 * column, 33.0 * row) for row in range(8) for column in range(6)])
    return found_digits(_turned(grid + rng.normal(0.0, 1.0, grid.shape), angle))


def _ruled(angle: float) -> list[InkMap]:
    """Ruled paper."""
    other = np.zeros((600, 600), np.uint8)
    c, s = np.cos(angle), np.sin(angle)
    for y in range(-400, 1000, 60):
        ends = [(int(x * c - y * s), int(x * s + y * c)) for x in (-900, 1500)]
        cv2.line(other, ends[0], ends[1], 255, 2)
    squares = other.reshape(150, STRIDE, 150, STRIDE).max(axis=(1, 3)).astype(np.float32) / 255.0
    return [InkMap(1.0, np.zeros_like(squares), squares)]


@settings(max_examples=30, deadline=None)
@given(st.floats(-0.3, 0.3), st.integers(0, 99))
def test_the_tilt_of_a_table_is_that_of_its_rows(angle: float, seed: int) -> None:
    assert tilt(with_tilt(_table(angle, seed), BARE, WEIGHTS)) == pytest.approx(angle, abs=0.02)


@pytest.mark.parametrize("degrees", [-25.0, -12.0, 0.0, 3.0, 22.0])
def test_few_digits_on_ruled_paper_are_tilted_like_its_lines(degrees: float) -> None:
    angle = np.radians(degrees)
    # Too far from each other to say anything.
    places = np.array([(-150.0, -150.0), (150.0, -90.0), (-90.0, 150.0), (130.0, 140.0)])
    scattered = found_digits(_turned(places, angle))
    features = features_of(scattered, _ruled(angle))
    assert np.degrees(ANGLES[int(np.argmax(features[:, 1]))]) == pytest.approx(degrees, abs=1.0)
    found = tilt(with_tilt(scattered, _ruled(angle), WEIGHTS))
    assert np.degrees(found) == pytest.approx(degrees, abs=4.0)


def test_a_tilted_number_is_one_line_although_its_links_are_level() -> None:
    angle = np.radians(24.0)
    places = _turned(np.array([(16.0 * k, 0.0) for k in range(5)]), angle)
    digits = found_digits(places, links=[(k, k + 1) for k in range(4)])
    # As the page model gives them.
    digits.next_x[:4], digits.next_y[:4] = 16.0, 0.0
    (line,) = find_lines(with_tilt(digits, BARE, WEIGHTS))
    assert line.numbers == [[0, 1, 2, 3, 4]]
    assert line.angle == pytest.approx(angle, abs=0.01)


def test_without_digits_there_is_no_tilt() -> None:
    assert tilt(with_tilt(found_digits([]), BARE, WEIGHTS)) == 0.0


def test_a_single_digit_is_level() -> None:
    assert tilt(with_tilt(found_digits([(50.0, 50.0)]), BARE, WEIGHTS)) == 0.0
