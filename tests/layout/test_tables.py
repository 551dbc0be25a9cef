"""Printed grids: found, flattened, and read cell by cell, on pages made for it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.imaging.ink import from_image
from inkling.imaging.load import Page
from inkling.layout.ruling import remove_ruling_lines
from inkling.layout.tables import Table, find_tables, without_tables
from inkling.reader.page import read_page
from inkling.recognition import classifier
from inkling.recognition.results import Reading
from tests.fixtures.pages_made import Paper, grid_page, make_page, on_desk

PHONE = Paper(width=1000, height=900, digit=46, light=0.2)
SIZE = (1300, 1150)
BELOW = [(190, 110), (1080, 140), (1180, 1060), (90, 1020)]
SUDOKU = [
    "530070000",
    "600195000",
    "098000060",
    "800060003",
    "400803001",
    "700020006",
    "060000280",
    "000419005",
    "000080079",
]


def sudoku(**options: object) -> np.ndarray:
    cells = [[digit.replace("0", "") for digit in row] for row in SUDOKU]
    return grid_page(cells, 1, PHONE, cell=(84, 84), **options)  # type: ignore[arg-type]


def read(picture: np.ndarray) -> Reading:
    return read_page(Page("grid.jpg", 1, picture), classifier.load("digits"))


def cells_of(reading: Reading) -> dict[tuple[int, int], str]:
    """What was read in which cell, from 0."""
    return {
        (number.cell.row - 1, number.cell.column - 1): number.text
        for number in reading.numbers
        if number.cell
    }


def truth_of(rows: list[list[str]]) -> dict[tuple[int, int], str]:
    return {(i, j): text for i, row in enumerate(rows) for j, text in enumerate(row) if text}


@pytest.mark.parametrize("seen", ["from above", "from below"])
def test_a_sudoku_is_read_cell_by_cell(seen: str) -> None:
    picture = sudoku()
    if seen == "from below":
        picture, _ = on_desk(picture, BELOW, SIZE)
    found = cells_of(read(picture))
    truth = truth_of([[digit.replace("0", "") for digit in row] for row in SUDOKU])
    assert found.keys() <= truth.keys()  # nothing in a blank cell
    wrong = sum(found.get(place) != digit for place, digit in truth.items())
    assert wrong <= 1, found


def test_a_cells_box_lies_on_its_digit_in_the_photo() -> None:
    picture, matrix = on_desk(sudoku(), BELOW, SIZE)
    # Where each cell's middle lies in the photo, by the way the page came there.
    left, top = (1000 - 9 * 84) / 2, (900 - 9 * 84) / 2
    for number in read(picture).numbers:
        assert number.cell is not None
        x, y = left + (number.cell.column - 0.5) * 84, top + (number.cell.row - 0.5) * 84
        there = matrix @ (x, y, 1.0)
        box = number.box
        middle = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
        assert np.abs(middle - there[:2] / there[2]).max() < 0.5 * 84
        assert max(box[2:]) < 84


def test_pencilled_notes_are_left_out() -> None:
    notes = {(0, 2): "12", (4, 1): "25", (4, 4): "59", (6, 4): "35", (8, 0): "13"}
    found = cells_of(read(sudoku(notes=notes)))
    plain = cells_of(read(sudoku()))
    assert not found.keys() & notes.keys()
    # What is written beside them is read as it was.
    same = sum(found.get(place) == digit for place, digit in plain.items())
    assert same >= len(plain) - 1


TABLE = [["12", "350", "7"], ["4081", "96", ""], ["22", "135", "60"], ["", "8", "704"]]


@pytest.mark.parametrize("seen", ["from above", "from below"])
def test_a_table_of_numbers_keeps_rows_and_columns(seen: str) -> None:
    picture = grid_page(TABLE, 6, PHONE, cell=(270, 90))
    if seen == "from below":
        picture, _ = on_desk(picture, BELOW, SIZE)
    reading = read(picture)
    found, truth = cells_of(reading), truth_of(TABLE)
    assert found.keys() == truth.keys()
    assert sum(found[place] != text for place, text in truth.items()) <= 1, found
    assert [len(line.numbers) for line in reading.lines] == [3, 2, 3, 2]
    assert {number.cell.table for number in reading.numbers if number.cell} == {1}


def test_a_forms_row_of_boxes_is_one_number() -> None:
    picture = grid_page([list("40725")], 2, PHONE, cell=(90, 90))
    (number,) = read(picture).numbers
    assert number.text == "40725" and number.cell is None


def test_a_frame_around_the_writing_is_no_table() -> None:
    lines = [["12", "350"], ["7", "4081"], ["96", "22"]]
    picture = make_page(lines, 2)
    plain = read(picture)
    for way in ((30, 30, 970, 670), (12, 90, 900, 600)):
        framed = picture.copy()
        cv2.rectangle(framed, way[:2], way[2:], (40, 40, 45), 3)
        reading = read(framed)
        assert reading.text == plain.text and all(one.cell is None for one in reading.numbers)
    # Nor are two large fields side by side.
    cv2.line(framed, (700, 90), (700, 600), (40, 40, 45), 3)
    reading = read(framed)
    assert reading.text == plain.text and all(one.cell is None for one in reading.numbers)


def test_numbers_beside_a_table_are_read_too() -> None:
    picture = grid_page(TABLE[:2], 6, PHONE, cell=(270, 90))
    above = make_page([["305"]], 4, Paper(width=1000, height=200, digit=46, light=0.2))
    picture = np.concatenate([above, picture[200:]])
    reading = read(picture)
    free = [number.text for number in reading.numbers if number.cell is None]
    assert free == ["305"] and len(cells_of(reading)) == 5
    assert reading.lines[0].text == "305"


# --- where the grid lies --------------------------------------------------------------------------


def drawn(rows: list[int], columns: list[int], shape: tuple[int, int]) -> np.ndarray:
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
    ink = cv2.warpPerspective(flat, turn, size)
    (table,) = find_tables(ink)
    assert table.shape == (len(down), len(across))
    for row, y in zip(table.rows, rows, strict=True):
        for column, x in zip(table.columns, columns, strict=True):
            there = cv2.perspectiveTransform(np.array([[[column, row]]], float), table.to_page)
            truth = (turn @ (x, y, 1.0))[:2]
            assert np.abs(there[0, 0] - truth).max() <= 8
    rest = without_tables(ink, [table])
    assert not rest.any()


def test_a_box_of_the_flattened_grid_is_moved_to_the_page() -> None:
    to_page = np.array([[0.9, 0.1, 30.0], [-0.05, 1.1, 50.0], [1e-4, -5e-5, 1.0]])
    table = Table(np.zeros((200, 300), np.uint8), (0, 199), (0, 299), to_page, np.zeros((4, 2)))
    box = (40, 60, 80, 30)
    ends = [to_page @ (40 + 80 * i, 60 + 30 * j, 1.0) for i in (0, 1) for j in (0, 1)]
    corners = np.array([end[:2] / end[2] for end in ends])
    low, high = corners.min(axis=0), corners.max(axis=0)
    x, y, width, height = table.on_page(box)
    assert np.abs(np.array([x, y]) - low).max() <= 1
    assert np.abs(np.array([x + width, y + height]) - high).max() <= 1


@pytest.mark.parametrize("paper", [Paper(ruled=70), Paper(), Paper(shadow=0.5)])
def test_no_grid_is_seen_in_writing_or_rules(paper: Paper) -> None:
    page = make_page([["12", "350"], ["7", "4081"], ["96", "22"]], 2, paper)
    ink = from_image(page, window=0.12)
    assert find_tables(remove_ruling_lines(ink)) == []
    assert find_tables(np.zeros((300, 400), np.uint8)) == []
    assert without_tables(ink, []) is ink
