"""Components in lines, on ink drawn by hand."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.layout.components import Component
from inkling.layout.lines import canvas_layout, page_layout
from tests.fixtures.inks import blank, draw_zero


def places(lines: tuple[tuple[Component, ...], ...]) -> list[list[tuple[int, int]]]:
    """The left and top of each component, line by line."""
    return [[component.box[:2] for component in line] for line in lines]


def test_blank_ink_has_no_lines() -> None:
    assert page_layout(blank()).lines == () and canvas_layout(blank()).lines == ()


@settings(max_examples=25, deadline=None)
@given(
    counts=st.lists(st.integers(1, 8), min_size=1, max_size=4),
    slope=st.floats(-0.05, 0.05),
    seed=st.integers(0, 99),
)
def test_lines_in_reading_order(counts: list[int], slope: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ink = blank()
    truth: list[list[int]] = []
    for row, count in enumerate(counts):
        truth.append([])
        for place in range(count):
            x = 40 + 62 * place + int(rng.integers(0, 12))
            y = round(50 + 80 * row + slope * x + rng.integers(-3, 4))
            draw_zero(ink, x, y)
            truth[-1].append(x)
    found = page_layout(ink).lines
    assert [[round(x / 62 - 0.65) for x, _ in line] for line in places(found)] == [
        [round(x / 62 - 0.65) for x in line] for line in truth
    ]


def test_specks_bars_and_edges_are_left_out() -> None:
    ink = blank()
    for x in (100, 160, 220):
        draw_zero(ink, x, 100)
    clean = places(page_layout(ink).lines)
    rng = np.random.default_rng(0)
    for x, y in zip(rng.integers(5, 595, 60), rng.integers(200, 395, 60), strict=True):
        ink[y : y + 2, x : x + 3] = 255
    cv2.line(ink, (290, 120), (315, 120), 255, 5)  # a hyphen after the number
    cv2.circle(ink, (335, 138), 3, 255, -1)  # a full stop
    ink[:, :9] = 255  # the desk beside the sheet
    assert places(page_layout(ink).lines) == clean


def test_an_edge_much_higher_than_the_number_is_left_out_of_a_crop() -> None:
    ink = blank(120, 300)
    ink[10:250, 2:7] = 255
    cv2.ellipse(ink, (60, 120), (14, 20), 0, 0, 360, 255, 4)
    (line,) = page_layout(ink, is_crop=True).lines
    assert [component.box[0] > 40 for component in line] == [True]


def test_the_bar_of_a_five_belongs_to_it() -> None:
    ink = blank()
    for x in (100, 220):
        draw_zero(ink, x, 100, 50)
    cv2.line(ink, (165, 102), (188, 102), 255, 5)
    cv2.ellipse(ink, (172, 132), (14, 16), 0, -110, 130, 255, 5)
    (line,) = page_layout(ink).lines
    assert len(line) == 3 and len(line[1].ids) == 2
    (line,) = canvas_layout(ink[:, 150:205]).lines
    assert len(line) == 1


def test_an_equals_sign_stays_two_bars() -> None:
    ink = blank(300, 300)
    for y in (120, 150):
        cv2.line(ink, (100, y), (180, y), 255, 9)
    (line,) = canvas_layout(ink).lines
    assert len(line) == 2


def test_two_digits_above_each_other_are_two_lines() -> None:
    ink = blank()
    for y in (100, 148):
        for x in (100, 160):
            draw_zero(ink, x, y)
    assert [len(line) for line in page_layout(ink).lines] == [2, 2]


def test_a_power_is_in_its_digits_line() -> None:
    ink = blank()
    for x in (100, 300):
        draw_zero(ink, x, 150, 60)
        draw_zero(ink, x + 42, 115, 30)
    (line,) = page_layout(ink).lines
    assert [component.box[3] > 40 for component in line] == [True, False, True, False]


def test_a_low_component_near_a_digit_joins_its_line() -> None:
    ink = blank()
    for x in (100, 160):
        draw_zero(ink, x, 100)
    cv2.line(ink, (131, 112), (146, 112), 255, 5)
    (line,) = page_layout(ink).lines
    assert len(line) == 3
    cv2.line(ink, (400, 112), (415, 112), 255, 5)
    (line,) = page_layout(ink).lines
    assert len(line) == 3


def test_the_components_of_a_low_crop_are_one_line() -> None:
    ink = blank(260, 94)
    for x, y in ((10, 2), (70, 46), (130, 2), (190, 46)):
        draw_zero(ink, x, y, 44)
    (line,) = page_layout(ink, is_crop=True).lines
    assert len(line) == 4
    higher = np.pad(ink, ((60, 60), (0, 0)))
    assert [len(line) for line in page_layout(higher, is_crop=True).lines] == [2, 2]


def test_a_touch_of_the_canvas_beside_a_digit_is_ignored() -> None:
    ink = blank(300, 300)
    draw_zero(ink, 100, 80, 120)
    cv2.circle(ink, (250, 250), 4, 255, -1)
    (line,) = canvas_layout(ink).lines
    assert len(line) == 1 and line[0].box[3] > 100
    alone = blank(300, 300)
    cv2.circle(alone, (250, 250), 4, 255, -1)
    (line,) = canvas_layout(alone).lines
    assert len(line) == 1


def test_strokes_are_measured() -> None:
    ink = blank()
    for x in (100, 160, 220):
        ink[100:150, x : x + 9] = 255
    assert page_layout(ink).stroke == pytest.approx(9.0, abs=1.0)
    assert canvas_layout(ink).stroke == pytest.approx(9.0, abs=1.0)
