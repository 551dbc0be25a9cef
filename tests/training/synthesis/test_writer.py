"""One writer's characters: drawn at the writer's height and slant, in the writer's pen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.imaging.pixels import stroke_width
from inkling.training.synthesis import writer
from inkling.training.synthesis.writer import Writer, draw_glyph, draw_strokes, set_pen_width
from tests.fixtures.pages_made import mnist_test

PLAIN = Writer(height=40.0, slant=0.0, stretch=1.0, gap=0.1, baseline_jitter=0.0, pen_width=4.0)
UPRIGHT = [np.array([[0.0, 0.0], [0.0, 1.0]])]


class Still(np.random.Generator):
    """Randomness that never moves anything."""

    def __init__(self) -> None:
        super().__init__(np.random.PCG64(0))

    def normal(self, loc=0.0, scale=1.0, size=None):
        return np.full(size, loc) if size is not None else loc


@settings(max_examples=30, deadline=None)
@given(height=st.floats(20, 60), pen_width=st.floats(2, 8))
def test_a_stroke_has_the_writers_height_and_pen_width(height: float, pen_width: float) -> None:
    plain = replace(PLAIN, height=height, pen_width=pen_width)
    patch = draw_strokes(UPRIGHT, 1, plain, Still())
    assert patch.ink.shape[0] == pytest.approx(height + pen_width, abs=3.5)
    assert patch.ink.shape[1] == pytest.approx(pen_width, abs=3.0)
    # The pen was put down at the top and lifted at the foot, in the middle of the stroke.
    assert patch.start is not None and patch.end is not None
    assert patch.end[1] - patch.start[1] == pytest.approx(height, abs=1.5)
    assert patch.ink[patch.start[1], patch.start[0]] == 255


def test_slant_is_to_the_right() -> None:
    patch = draw_strokes(UPRIGHT, 1, replace(PLAIN, slant=0.5), Still())
    top = np.flatnonzero(patch.ink[2] >= 128).mean()
    foot = np.flatnonzero(patch.ink[-3] >= 128).mean()
    assert top - foot == pytest.approx(0.5 * 40, abs=3)


def test_some_digits_are_higher_or_reach_below_the_line() -> None:
    uneven = replace(PLAIN, one_height=1.5, zero_height=0.5, descender=0.2)
    assert [uneven.relative_height(label) for label in (0, 1, 2)] == [0.5, 1.5, 1.0]
    assert uneven.descent(7) == pytest.approx(8) and uneven.descent(1) == pytest.approx(10)
    assert uneven.descent(2) == 0.0


def test_a_writer_distorts_a_label_always_in_the_same_way() -> None:
    def ink(label: int, **changes: Any) -> np.ndarray:
        return draw_strokes(UPRIGHT, label, replace(PLAIN, **changes), Still()).ink

    np.testing.assert_array_equal(ink(2, distortion=0.0, habit_seed=1), ink(2))
    one = ink(2, distortion=0.06, habit_seed=1)
    np.testing.assert_array_equal(one, ink(2, distortion=0.06, habit_seed=1))
    different = [ink(2), one, ink(3, distortion=0.06, habit_seed=1)]
    different.append(ink(2, distortion=0.06, habit_seed=2))
    assert len({each.tobytes() for each in different}) == len(different)


@pytest.mark.parametrize(("label", "parts"), [(4, 1), (1, 2)])
def test_a_writer_may_join_the_strokes_of_a_digit(label: int, parts: int) -> None:
    apart = [np.array([[0.0, 0.0], [0.0, 1.0]]), np.array([[0.6, 0.0], [0.6, 1.0]])]
    patch = draw_strokes(apart, label, replace(PLAIN, join_rate=1.0), Still())
    assert cv2.connectedComponents((patch.ink >= 100).astype(np.uint8))[0] - 1 == parts


@settings(max_examples=40, deadline=None)
@given(before=st.integers(3, 9), pen_width=st.floats(2, 12), angle=st.floats(0, np.pi))
def test_strokes_become_as_wide_as_the_pen(before: int, pen_width: float, angle: float) -> None:
    ink = np.zeros((120, 120), np.uint8)
    reach = 45 * np.array([np.cos(angle), np.sin(angle)])
    ends = [tuple(int(n) for n in np.rint(60 + sign * reach)) for sign in (-1, 1)]
    cv2.line(ink, ends[0], ends[1], 255, before, cv2.LINE_AA)
    now = stroke_width(ink)
    # Each edge moves by half of the difference, but not so far that strokes would close up.
    thinnest, broadest = 1.0 - 2 * writer.MAX_THINNING, 1.0 + 2 * writer.MAX_THICKENING
    assert (thinnest, broadest) == pytest.approx((0.56, 1.7))
    wanted = float(np.clip(pen_width, thinnest * now, broadest * now))
    assert stroke_width(set_pen_width(ink, pen_width)) == pytest.approx(wanted, abs=1.3)


def test_blank_paper_stays_blank() -> None:
    assert not set_pen_width(np.zeros((30, 30), np.uint8), 4.0).any()


def test_a_glyph_has_the_writers_height() -> None:
    x, y = mnist_test()
    heights = [
        draw_glyph(x[row], int(y[row]), PLAIN, Still()).ink.shape[0]
        for row in range(100)
        if y[row] not in (1, 5, 7)
    ]
    assert np.median(heights) == pytest.approx(40, abs=4)
