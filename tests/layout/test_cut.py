"""Cuts: level, of one size, and with the paper at 0 and the pen at 255."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.imaging.pixels import Pixels
from inkling.layout.centres import InkMap
from inkling.layout.cut import CUT_HEIGHT, DIGIT_HEIGHT, Pyramid, cut_line, runs
from tests.fixtures.found_digits import found_digits


def _bars(
    height: float, angle: float, paper: tuple[int, int, int], pen: tuple[int, int, int]
) -> tuple[Pixels, list[tuple[float, float]], list[InkMap]]:
    """Four upright bars as high as digits on a tilted line, where they are, and their ink."""
    image = np.full((400, 600, 3), paper, np.uint8)
    ink = np.zeros((400, 600), np.uint8)
    c, s = np.cos(angle), np.sin(angle)
    places = [(300 + (k - 1.5) * height * c, 200 + (k - 1.5) * height * s) for k in range(4)]
    for x, y in places:
        box = cv2.boxPoints(((x, y), (0.3 * height, height), float(np.degrees(angle))))
        cv2.fillPoly(ink, [np.rint(box).astype(np.int32)], 255, cv2.LINE_AA)
    cover = ink[..., None] / 255.0
    image = np.rint(image * (1 - cover) + np.array(pen) * cover).astype(np.uint8)
    map_ = cv2.resize(ink, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA) / 255.0
    return image, places, [InkMap(1.0, map_.astype(np.float32), np.zeros_like(map_, np.float32))]


@settings(max_examples=25, deadline=None)
@given(
    st.floats(24, 90),
    st.floats(-0.4, 0.4),
    st.sampled_from([((250, 250, 240), (20, 20, 90)), ((255, 240, 120), (160, 60, 60))]),
)
def test_digits_are_level_and_of_one_height(
    height: float,
    angle: float,
    colours: tuple[tuple[int, int, int], tuple[int, int, int]],
) -> None:
    image, places, maps = _bars(height, angle, *colours)
    digits = found_digits(places, height=height, angle=angle)
    (cut,) = cut_line(Pyramid([image]), maps, digits, [0, 1, 2, 3], angle)
    assert cut.image.shape[0] == CUT_HEIGHT
    assert np.percentile(cut.image, 30) < 30
    rows = np.flatnonzero((cut.image > 128).any(axis=1))
    assert rows[-1] - rows[0] + 1 == pytest.approx(DIGIT_HEIGHT, abs=2)
    assert (rows[0] + rows[-1]) / 2 == pytest.approx(CUT_HEIGHT / 2, abs=1.5)
    columns = cut.to_cut(digits.x, digits.y)[:, 0]
    for column in columns:
        assert cut.image[CUT_HEIGHT // 2, round(column)] > 200
    # What the map says is a digit's ink lies on the pen's strokes, but for their edges: the map has
    # a quarter of the picture's resolution.
    assert cut.ink.shape == cut.image.shape and cut.ink.dtype == np.float32
    assert (cut.image[cut.ink > 0.5] > 128).mean() > 0.8
    assert (cut.ink[cut.image > 200] > 0.5).mean() > 0.9


def test_light_ink_is_bright_too() -> None:
    image, places, maps = _bars(40, 0.0, (10, 30, 10), (230, 230, 230))
    digits = found_digits(places, height=40)
    digits.light[:] = 5.0
    (cut,) = cut_line(Pyramid([image]), maps, digits, [0, 1, 2, 3], 0.0)
    assert cut.image[CUT_HEIGHT // 2, round(cut.to_cut(digits.x, digits.y)[0, 0])] > 200


def test_beyond_the_picture_there_is_nothing() -> None:
    image = np.full((30, 60, 3), 90, np.uint8)
    maps = [InkMap(1.0, np.zeros((8, 15), np.float32), np.zeros((8, 15), np.float32))]
    (cut,) = cut_line(Pyramid([image]), maps, found_digits([(5.0, 15.0)]), [0], 0.0)
    assert not cut.image[:, :8].any()


def test_a_run_ends_at_a_wide_gap() -> None:
    digits = found_digits([(0, 0), (14, 0), (60, 0)])
    assert runs(digits, [0, 1, 2], 0.0) == [[0, 1], [2]]
