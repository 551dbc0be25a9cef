"""Printed tables are found, and where they are flat, on grids drawn for it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.imaging.ink import cut_noise, darkness_of
from inkling.layout.ruled_tables import WINDOW
from inkling.layout.tables import Table, find_tables
from tests.fixtures.pages_made import Paper, make_page


def drawn(rows: list[int], columns: list[int], shape: tuple[int, int]) -> np.ndarray:
    """A grid with lines at these places."""
    ink = np.zeros(shape, np.uint8)
    for y in rows:
        cv2.line(ink, (columns[0], y), (columns[-1], y), 255, 3)
    for x in columns:
        cv2.line(ink, (x, rows[0]), (x, rows[-1]), 255, 3)
    return ink


@settings(max_examples=25, deadline=None)
@given(
    down=st.lists(st.integers(60, 140), min_size=2, max_size=6),
    across=st.lists(st.integers(60, 200), min_size=2, max_size=5),
    tilt=st.floats(-0.06, 0.06),
)
def test_lines_are_found_where_they_were_drawn(
    down: list[int], across: list[int], tilt: float
) -> None:
    rows = [80 + int(each) for each in np.cumsum([0, *down])]
    columns = [70 + int(each) for each in np.cumsum([0, *across])]
    size = (columns[-1] + 80, rows[-1] + 80)
    flat = drawn(rows, columns, size[::-1])
    middle = (size[0] / 2, size[1] / 2)
    turn = np.vstack([cv2.getRotationMatrix2D(middle, np.degrees(tilt), 1.0), [0, 0, 1]])
    ink = np.asarray(cv2.warpPerspective(flat, turn, size), np.uint8)
    (table,) = find_tables(ink)
    assert table.shape == (len(down), len(across))
    for row, y in zip(table.rows, rows, strict=True):
        for column, x in zip(table.columns, columns, strict=True):
            there = cv2.perspectiveTransform(np.array([[[column, row]]], float), table.to_page)
            truth = (turn @ (x, y, 1.0))[:2]
            assert np.abs(there[0, 0] - truth).max() <= 8


def test_tables_are_found_from_top_to_bottom() -> None:
    ink = np.zeros((1200, 900), np.uint8)
    ink[700:1100] = drawn([50, 150, 250, 350], [100, 300, 500, 700], (400, 900))
    ink[100:500] = drawn([50, 200, 350], [60, 200, 340, 480], (400, 900))
    assert [table.shape for table in find_tables(ink)] == [(2, 3), (3, 3)]


@pytest.mark.parametrize("thickness", [3, 12, 20])
def test_a_thick_line_is_one_line(thickness: int) -> None:
    ink = np.zeros((1000, 1400), np.uint8)
    for y in (50, 350, 650, 950):
        cv2.line(ink, (50, y), (1350, y), 255, thickness)
    for x in (50, 480, 910, 1350):
        cv2.line(ink, (x, 50), (x, 950), 255, thickness)
    (table,) = find_tables(ink)
    assert table.shape == (3, 3)


def test_a_missing_line_of_a_sudoku_is_filled_in() -> None:
    lines = [60 + 70 * place for place in range(10)]
    ink = drawn(lines, lines, (760, 760))
    ink[lines[4] - 2 : lines[4] + 3, 62:688] = 0
    (table,) = find_tables(ink)
    assert table.shape == (9, 9)
    assert np.abs(np.diff(table.rows) - np.ptp(table.rows) / 9).max() <= 5


@pytest.mark.parametrize("scale", [1, 4])
def test_a_cells_height_is_that_on_the_page(scale: int) -> None:
    """A large table is flattened to a smaller one."""
    rows, columns = ([scale * y for y in (60, 160, 260)], [scale * x for x in (50, 250, 450, 650)])
    (table,) = find_tables(drawn(rows, columns, (320 * scale, 700 * scale)))
    assert table.shape == (2, 3)
    assert table.cell_height == pytest.approx(100 * scale, abs=3 * scale)


def test_a_box_of_the_flattened_table_is_moved_to_the_page() -> None:
    to_page = np.array([[0.9, 0.1, 30.0], [-0.05, 1.1, 50.0], [1e-4, -5e-5, 1.0]])
    table = Table((0, 199), (0, 299), to_page, np.zeros((4, 2), np.float32))
    box = (40, 60, 80, 30)
    ends = [to_page @ (40 + 80 * i, 60 + 30 * j, 1.0) for i in (0, 1) for j in (0, 1)]
    corners = np.array([end[:2] / end[2] for end in ends])
    low, high = corners.min(axis=0), corners.max(axis=0)
    x, y, width, height = table.on_page(box)
    assert np.abs(np.array([x, y]) - low).max() <= 1
    assert np.abs(np.array([x + width, y + height]) - high).max() <= 1


@pytest.mark.parametrize("paper", [Paper(ruled=70), Paper(), Paper(shadow=0.5)])
def test_writing_and_ruling_lines_are_not_tables(paper: Paper) -> None:
    page = make_page([["12", "350"], ["7", "4081"], ["96", "22"]], 2, paper)
    assert find_tables(cut_noise(darkness_of(page, window=WINDOW))) == []
    assert find_tables(np.zeros((300, 400), np.uint8)) == []
