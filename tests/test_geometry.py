"""Boxes and resizing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkling.geometry import Box, clip_box, resize, scale_box, shrink, union

SIDES = st.integers(1, 50)
BOXES = st.tuples(st.integers(-40, 90), st.integers(-40, 90), SIDES, SIDES)


def pixels_of(box: Box) -> set[tuple[int, int]]:
    x, y, width, height = box
    return {(column, row) for column in range(x, x + width) for row in range(y, y + height)}


@given(st.lists(BOXES, min_size=1, max_size=4))
def test_a_union_is_the_smallest_box_around_all(boxes: list[Box]) -> None:
    around = union(*boxes)
    covered = set().union(*map(pixels_of, boxes))
    assert covered <= pixels_of(around)
    columns, rows = zip(*covered, strict=True)
    assert around[:2] == (min(columns), min(rows))
    assert (around[0] + around[2] - 1, around[1] + around[3] - 1) == (max(columns), max(rows))


@given(BOXES)
def test_a_clipped_box_is_inside_its_picture(box: Box) -> None:
    clipped = clip_box(box, 60, 45)
    inside = pixels_of(box) & pixels_of((0, 0, 60, 45))
    assert pixels_of(clipped) <= pixels_of((0, 0, 60, 45))
    assert clipped[2] >= 1 and clipped[3] >= 1
    if inside:
        assert pixels_of(clipped) == inside


@given(BOXES, st.floats(0.01, 5.0))
def test_a_scaled_box_has_scaled_corners_and_at_least_a_pixel(box: Box, scale: float) -> None:
    x, y, width, height = scale_box(box, scale)
    assert width >= 1 and height >= 1
    assert abs(x - box[0] * scale) <= 0.5 and abs(y - box[1] * scale) <= 0.5
    # Half a pixel by rounding, and up to one more for a box that would vanish.
    assert abs(x + width - (box[0] + box[2]) * scale) <= 1.5
    assert abs(y + height - (box[1] + box[3]) * scale) <= 1.5


@pytest.mark.parametrize("shape", [(40, 61), (40, 61, 3)])
def test_a_picture_shrinks_by_averaging_and_grows_by_interpolation(shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    half = cv2.resize(image, (30, 20), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(resize(image, 0.5), half)
    np.testing.assert_array_equal(shrink(image, 0.5), half)
    double = cv2.resize(image, (122, 80), interpolation=cv2.INTER_CUBIC)
    np.testing.assert_array_equal(resize(image, 2.0), double)
    linear = cv2.resize(image, (122, 80), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_array_equal(resize(image, 2.0, enlarge_by=cv2.INTER_LINEAR), linear)
    np.testing.assert_array_equal(resize(image, 1.0), image)
    assert shrink(image, 1.0) is image and shrink(image, 3.0) is image


def test_no_side_vanishes() -> None:
    assert resize(np.full((100, 2), 7, np.uint8), 0.01).shape == (1, 1)
    assert resize(np.full((100, 2), 7, np.uint8), 0.1).shape == (10, 1)
