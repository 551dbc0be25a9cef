"""Taking pages apart: lines, specks, rules and broken strokes, on ink drawn by hand."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.layout.components import Component, digit_height, main_cluster
from inkling.layout.lines import canvas_layout, page_layout
from inkling.layout.ruling import remove_ruling_lines
from inkling.recognition.candidates import candidates, line_height
from inkling.recognition.oversegment import oversegment


def blank(width: int = 600, height: int = 400) -> np.ndarray:
    return np.zeros((height, width), np.uint8)


def ring(ink: np.ndarray, x: int, y: int, size: int = 40) -> None:
    """A 0, its box at x, y."""
    centre = (x + size // 3, y + size // 2)
    cv2.ellipse(ink, centre, (size // 3 - 3, size // 2 - 3), 0, 0, 360, 255, 5)


def boxes(lines: tuple[tuple[Component, ...], ...]) -> list[list[tuple[int, int]]]:
    return [[mark.box[:2] for mark in line] for line in lines]


def test_nothing_on_blank_ink() -> None:
    assert page_layout(blank()).lines == () and canvas_layout(blank()).lines == ()
    assert not main_cluster(blank()).any() and not remove_ruling_lines(blank()).any()


@settings(max_examples=25, deadline=None)
@given(
    counts=st.lists(st.integers(1, 8), min_size=1, max_size=4),
    slope=st.floats(-0.05, 0.05),
    seed=st.integers(0, 99),
)
def test_lines_in_reading_order(counts: list[int], slope: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ink = blank()
    truth = []
    for row, count in enumerate(counts):
        truth.append([])
        for place in range(count):
            x = 40 + 62 * place + int(rng.integers(0, 12))
            y = round(50 + 80 * row + slope * x + rng.integers(-3, 4))
            ring(ink, x, y)
            truth[-1].append(x)
    found = page_layout(ink).lines
    assert [[round(x / 62 - 0.65) for x, _ in line] for line in boxes(found)] == [
        [round(x / 62 - 0.65) for x in line] for line in truth
    ]


def test_a_rule_that_ties_a_crops_digits_together_does_not_hide_how_high_they_are() -> None:
    ink = blank(260, 90)
    for x in range(10, 230, 50):
        ring(ink, x, 10, 66)
    cv2.line(ink, (0, 74), (259, 74), 255, 2)
    for x in range(40, 200, 20):
        ink[0:3, x : x + 3] = 255  # what the paper's pattern left
    height = digit_height(ink, is_crop=True)
    assert 60 <= height <= 72
    clean = remove_ruling_lines(ink, is_crop=True)
    rings = blank(260, 90)
    for x in range(10, 230, 50):
        ring(rings, x, 10, 66)
    assert ((clean > 0) & (rings > 0)).sum() > 0.9 * (rings > 0).sum()
    assert not clean[73:76, :8].any()


def test_specks_bars_and_edges_are_left_out() -> None:
    ink = blank()
    for x in (100, 160, 220):
        ring(ink, x, 100)
    clean = boxes(page_layout(ink).lines)
    rng = np.random.default_rng(0)
    for x, y in zip(rng.integers(5, 595, 60), rng.integers(200, 395, 60), strict=True):
        ink[y : y + 2, x : x + 3] = 255
    cv2.line(ink, (290, 120), (315, 120), 255, 5)  # a hyphen after the number
    cv2.circle(ink, (335, 138), 3, 255, -1)  # a full stop
    ink[:, :9] = 255  # the desk beside the sheet
    assert boxes(page_layout(ink).lines) == clean


def test_the_bar_of_a_five_belongs_to_it() -> None:
    ink = blank()
    for x in (100, 220):
        ring(ink, x, 100, 50)
    cv2.line(ink, (165, 102), (188, 102), 255, 5)
    cv2.ellipse(ink, (172, 132), (14, 16), 0, -110, 130, 255, 5)
    (line,) = page_layout(ink).lines
    assert len(line) == 3 and len(line[1].ids) == 2
    (line,) = canvas_layout(ink[:, 150:205]).lines
    assert len(line) == 1


def test_two_lines_are_not_taken_for_two_halves() -> None:
    ink = blank()
    for y in (100, 148):
        for x in (100, 160):
            ring(ink, x, y)
    assert [len(line) for line in page_layout(ink).lines] == [2, 2]


@pytest.mark.parametrize("lean", [0, 2])
def test_rules_go_and_strokes_stay(lean: int) -> None:
    digits = blank()
    for x in (100, 160, 220):
        ring(digits, x, 100)
    ruled = digits.copy()
    for y in (60, 120, 180):
        cv2.line(ruled, (0, y), (599, y + lean), 255, 2)
    clean = remove_ruling_lines(ruled)
    assert not clean[175:190].any() and not clean[55:66].any()
    # The upright strokes that a rule crosses stay whole; of the digits next to nothing is lost.
    assert (clean[digits > 0] > 0).mean() > 0.97
    assert [len(line) for line in page_layout(clean).lines] == [3]


def test_the_stem_of_a_large_nine_is_no_rule() -> None:
    ink = blank(600, 250)
    cv2.ellipse(ink, (200, 80), (30, 40), 0, 0, 360, 255, 12)
    cv2.line(ink, (230, 80), (230, 220), 255, 12)
    np.testing.assert_array_equal(remove_ruling_lines(ink), ink)


def test_a_digit_is_cut_out_without_its_neighbours() -> None:
    ink = blank(200, 100)
    for x in (60, 80):  # leaning ones, each with its box over the other's ink
        cv2.line(ink, (x, 20), (x - 30, 70), 255, 5)
    sheet = canvas_layout(ink)
    (line,) = sheet.lines
    glyphs = []
    for mark in line:
        pieces = oversegment(sheet, (mark,), line_height(line))
        whole = max(candidates(pieces), key=lambda found: found.box[2])
        assert whole.box == mark.box and whole.glyph is not None
        glyphs.append(whole.glyph.pixels)
    np.testing.assert_array_equal(glyphs[0], glyphs[1])


def test_main_cluster_keeps_the_strokes_of_one_character() -> None:
    ink = blank(280, 280)
    cv2.line(ink, (100, 60), (90, 150), 255, 10)
    cv2.line(ink, (90, 150), (170, 150), 255, 10)
    cv2.line(ink, (182, 60), (182, 220), 255, 10)  # a 4 whose strokes miss each other
    four = ink.copy()
    cv2.circle(ink, (20, 260), 5, 255, -1)
    ink[:4, :] = 200
    np.testing.assert_array_equal(main_cluster(ink)[10:, 40:], four[10:, 40:])
    assert not main_cluster(ink)[:4].any()
