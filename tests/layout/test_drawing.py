"""The components of a drawing, on ink drawn by hand."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.imaging.pixels import BOX_LEVEL
from inkling.layout.drawing import canvas_layout
from tests.fixtures.inks import blank, draw_zero


def test_a_blank_drawing_has_no_components() -> None:
    layout = canvas_layout(blank())
    assert layout.line == () and layout.stroke == 0.0 and not layout.labels.any()


@settings(max_examples=25, deadline=None)
@given(tops=st.lists(st.integers(5, 340), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_all_that_stands_side_by_side_is_one_line_in_order(tops: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    ink = blank()
    lefts = [20 + 70 * place + int(rng.integers(0, 30)) for place in range(len(tops))]
    for place in rng.permutation(len(tops)).tolist():
        draw_zero(ink, lefts[place], tops[place])
    layout = canvas_layout(ink)
    assert len(layout.line) == len(tops)
    for component, x, y in zip(layout.line, lefts, tops, strict=True):
        assert np.abs(np.subtract(component.box[:2], (x, y))).max() <= 2
        assert (layout.labels == component.ids[0]).sum() == component.area
    np.testing.assert_array_equal(layout.labels > 0, ink >= BOX_LEVEL)
    assert layout.ink is ink


def test_the_bar_of_a_five_belongs_to_it() -> None:
    ink = blank()
    for x in (100, 220):
        draw_zero(ink, x, 100, 50)
    cv2.line(ink, (165, 102), (188, 102), 255, 5)
    cv2.ellipse(ink, (172, 132), (14, 16), 0, -110, 130, 255, 5)
    line = canvas_layout(ink).line
    assert [len(component.ids) for component in line] == [1, 2, 1]
    (alone,) = canvas_layout(ink[:, 150:205]).line
    assert len(alone.ids) == 2 and alone.area == line[1].area


def test_the_parts_of_a_broken_stroke_are_one_character() -> None:
    ink = blank()
    for top in (60, 140, 220):
        cv2.line(ink, (100, top), (100, top + 60), 255, 7)
    draw_zero(ink, 200, 60, 220)
    # A stroke inside of the 0 that does not touch it.
    cv2.line(ink, (300, 130), (245, 210), 255, 7)
    one, zero = canvas_layout(ink).line
    assert len(one.ids) == 3 and len(zero.ids) == 2
    assert one.box[1] < 60 and one.box[1] + one.box[3] > 280


def test_characters_that_lean_over_their_neighbours_stay_apart() -> None:
    ink = blank()
    for foot in (100, 130):
        cv2.line(ink, (foot, 200), (foot + 50, 60), 255, 7)
    assert [len(component.ids) for component in canvas_layout(ink).line] == [1, 1]


def test_an_equals_sign_stays_two_bars() -> None:
    ink = blank(300, 300)
    for y in (120, 150):
        cv2.line(ink, (100, y), (180, y), 255, 9)
    assert len(canvas_layout(ink).line) == 2


def test_a_touch_of_the_canvas_beside_a_digit_is_ignored() -> None:
    ink = blank(300, 300)
    draw_zero(ink, 100, 80, 120)
    cv2.circle(ink, (250, 250), 4, 255, -1)
    (zero,) = canvas_layout(ink).line
    assert zero.box[3] > 100
    alone = blank(300, 300)
    cv2.circle(alone, (250, 250), 4, 255, -1)
    assert len(canvas_layout(alone).line) == 1


def test_strokes_are_measured() -> None:
    ink = blank()
    for x in (100, 160, 220):
        ink[100:150, x : x + 9] = 255
    assert canvas_layout(ink).stroke == pytest.approx(9.0, abs=1.0)
