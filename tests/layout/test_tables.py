"""Printed tables are found and flattened, on grids drawn for it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.imaging.ink import from_image
from inkling.layout.ruling import remove_ruling_lines
from inkling.layout.tables import Table, find_tables, without_tables
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
    rest = without_tables(ink, [table])
    assert not rest.any()


def test_tables_are_found_from_top_to_bottom() -> None:
    ink = np.zeros((1200, 900), np.uint8)
    ink[700:1100] = drawn([50, 150, 250, 350], [100, 300, 500, 700], (400, 900))
    ink[100:500] = drawn([50, 200, 350], [60, 200, 340, 480], (400, 900))
    assert [table.shape for table in find_tables(ink)] == [(2, 3), (3, 3)]


def test_a_missing_line_of_a_sudoku_is_filled_in() -> None:
    lines = [60 + 70 * place for place in range(10)]
    ink = drawn(lines, lines, (760, 760))
    ink[lines[4] - 2 : lines[4] + 3, 62:688] = 0
    (table,) = find_tables(ink)
    assert table.shape == (9, 9)
    assert np.abs(np.diff(table.rows) - 70 * table.ink.shape[0] / 631).max() <= 5


def test_a_cells_ink_is_without_its_lines() -> None:
    rows, columns = [60, 160, 260], [50, 250, 450, 650]
    ink = drawn(rows, columns, (320, 700))
    cv2.circle(ink, (350, 210), 20, 255, 4)
    (table,) = find_tables(ink)
    assert table.cell_height == pytest.approx(100, abs=3)
    for row in range(2):
        for column in range(3):
            patch, (x, y) = table.cell(row, column)
            if (row, column) != (1, 1):
                assert not patch.any()
                continue
            found_rows, found_columns = np.nonzero(patch > 127)
            box = (int(found_columns.min()) + x, int(found_rows.min()) + y)
            size = (int(np.ptp(found_columns)) + 1, int(np.ptp(found_rows)) + 1)
            on_page = table.on_page((*box, *size))
            assert np.abs(np.subtract(on_page, (328, 188, 45, 45))).max() <= 4


def test_a_box_of_the_flattened_table_is_moved_to_the_page() -> None:
    to_page = np.array([[0.9, 0.1, 30.0], [-0.05, 1.1, 50.0], [1e-4, -5e-5, 1.0]])
    table = Table(
        np.zeros((200, 300), np.uint8), (0, 199), (0, 299), to_page, np.zeros((4, 2), np.float32)
    )
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
    ink = from_image(page, window=0.12)
    assert find_tables(remove_ruling_lines(ink)) == []
    assert find_tables(np.zeros((300, 400), np.uint8)) == []
    assert without_tables(ink, []) is ink
