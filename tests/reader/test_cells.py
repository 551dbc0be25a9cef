"""The cells of printed tables: single digits, numbers, the boxes of a form, notes of a sudoku."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.layout.tables import Table
from inkling.reader.cells import MIN_INK, read_table
from inkling.reader.page import read_page
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.recognition.results import Line, Reading
from tests.fixtures.no_digits import LETTERS
from tests.fixtures.pages_made import Paper, grid_page, make_page, on_desk, write_number

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
TABLE = [["12", "350", "7"], ["4081", "96", ""], ["22", "135", "60"], ["", "8", "704"]]
# Where a flattened table is on its page: scaled and moved.
TO_PAGE = np.array([[0.5, 0.0, 20.0], [0.0, 0.5, 30.0], [0.0, 0.0, 1.0]])


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return classifier.load("digits")


# --- a flattened table ----------------------------------------------------------------------------


def table_of(
    cells: list[list[str]], cell: tuple[int, int], digit: int = 60, seed: int = 3
) -> Table:
    """A flattened table with printed lines and these numbers in its cells."""
    rng = np.random.default_rng(seed)
    wide, tall = cell
    rows = tuple(tall * place for place in range(len(cells) + 1))
    columns = tuple(wide * place for place in range(len(cells[0]) + 1))
    ink = np.zeros((rows[-1] + 1, columns[-1] + 1), np.float32)
    for row, line in enumerate(cells):
        for column, text in enumerate(line):
            left = column * wide + 0.25 * min(wide, tall)
            base = row * tall + (tall + digit) / 2
            write_number(ink, text, left, base, Paper(digit=digit), rng)
    for y in rows:
        cv2.line(ink, (0, y), (columns[-1], y), 1.0, 3)
    for x in columns:
        cv2.line(ink, (x, 0), (x, rows[-1]), 1.0, 3)
    return Table(
        np.rint(255 * ink).astype(np.uint8), rows, columns, TO_PAGE, np.zeros((4, 2), np.float32)
    )


def drawn_in(table: Table, row: int, column: int) -> Pixels:
    """The part of a table's ink in a cell, without its lines, to draw into."""
    rows, columns = table.rows, table.columns
    return table.ink[
        rows[row] + 4 : rows[row + 1] - 4, columns[column] + 4 : columns[column + 1] - 4
    ]


def texts_of(lines: Sequence[Line]) -> dict[tuple[int, int], str]:
    """What was read in which cell, from 1."""
    return {
        (number.cell.row, number.cell.column): number.text
        for line in lines
        for number in line.numbers
        if number.cell
    }


def test_square_cells_hold_one_digit_each(digits: Classifier) -> None:
    table = table_of([["1", "", "4"], ["7", "2", ""]], (100, 100))
    lines = read_table(table, 1, digits)
    assert texts_of(lines) == {(1, 1): "1", (1, 3): "4", (2, 1): "7", (2, 2): "2"}
    assert [line.text for line in lines] == ["14", "72"]
    assert {number.cell.table for line in lines for number in line.numbers if number.cell} == {1}


def test_wide_cells_hold_numbers_of_any_length(digits: Classifier) -> None:
    table = table_of([["12", "", "407"], ["", "", ""], ["8", "2741", ""]], (320, 100))
    lines = read_table(table, 3, digits)
    assert texts_of(lines) == {(1, 1): "12", (1, 3): "407", (3, 1): "8", (3, 2): "2741"}
    assert len(lines) == 2
    assert {number.cell.table for line in lines for number in line.numbers if number.cell} == {3}


def test_a_row_of_square_cells_is_the_field_of_a_form(digits: Classifier) -> None:
    (line,) = read_table(table_of([list("40725")], (90, 90), digit=54), 1, digits)
    (number,) = line.numbers
    assert number.text == "40725" and number.cell is None
    # A box may be left free.
    (line,) = read_table(table_of([["4", "", "7"]], (90, 90), digit=54), 1, digits)
    assert line.text == "47"
    assert read_table(table_of([["", ""]], (90, 90)), 1, digits) == []


def test_boxes_are_in_the_pages_ink(digits: Classifier) -> None:
    for cell in ((100, 100), (300, 100)):
        table = table_of([["4", "7"], ["2", "6"]], cell)
        lines = read_table(table, 1, digits)
        assert len(texts_of(lines)) == 4
        for number in (number for line in lines for number in line.numbers):
            assert number.cell is not None
            (digit,) = number.digits
            x, y, width, height = digit.box
            assert digit.glyph.box == digit.box
            left, top = 20 + cell[0] / 2 * (number.cell.column - 1), 30 + 50 * (number.cell.row - 1)
            assert left <= x and x + width <= left + cell[0] / 2
            assert top <= y and y + height <= top + 50
            assert 24 <= max(width, height) <= 36


def test_faint_low_and_foreign_ink_is_not_read(digits: Classifier) -> None:
    truth = [["1", "3"], ["", "2"]]
    plain = texts_of(read_table(table_of(truth, (100, 100)), 1, digits))
    assert plain == {(1, 1): "1", (1, 2): "3", (2, 2): "2"}
    table = table_of(truth, (100, 100))
    cv2.line(drawn_in(table, 1, 0), (45, 15), (45, 75), MIN_INK - 10, 6)  # shines through
    assert texts_of(read_table(table, 1, digits)) == plain
    table = table_of(truth, (100, 100))
    cv2.line(drawn_in(table, 1, 0), (45, 40), (45, 58), 255, 6)  # lower than a third of the cell
    assert texts_of(read_table(table, 1, digits)) == plain
    table = table_of(truth, (100, 100))
    for stroke in LETTERS["M"]:
        points = (0.6 * np.array(stroke) + 15).astype(np.int32)
        cv2.polylines(drawn_in(table, 1, 0), [points], False, 255, 5)
    assert texts_of(read_table(table, 1, digits)) == plain


def test_notes_are_left_out_of_a_sudoku_only(digits: Classifier) -> None:
    cells = [["" for _ in range(9)] for _ in range(9)]
    cells[0][0], cells[4][4] = "5", "3"
    table = table_of(cells, (90, 90), digit=54)
    notes = drawn_in(table, 2, 6)
    for x in (25, 45):
        cv2.line(notes, (x, 15), (x, 48), 255, 4)
    assert texts_of(read_table(table, 1, digits)) == {(1, 1): "5", (5, 5): "3"}
    # The same strokes in a table of ten rows.
    cells.append(["" for _ in range(9)])
    longer = table_of(cells, (90, 90), digit=54)
    drawn_in(longer, 2, 6)[:] = notes
    assert (3, 7) in texts_of(read_table(longer, 1, digits))


# --- a page with tables ---------------------------------------------------------------------------


def sudoku(**options: object) -> np.ndarray:
    cells = [[digit.replace("0", "") for digit in row] for row in SUDOKU]
    return grid_page(cells, 1, PHONE, cell=(84, 84), **options)  # type: ignore[arg-type]


def read(picture: np.ndarray, model: Classifier) -> Reading:
    return read_page(Page("grid.jpg", 1, picture), model)


def cells_of(reading: Reading) -> dict[tuple[int, int], str]:
    """What was read in which cell, from 0."""
    return {(row - 1, column - 1): text for (row, column), text in texts_of(reading.lines).items()}


def truth_of(rows: list[list[str]]) -> dict[tuple[int, int], str]:
    return {(i, j): text for i, row in enumerate(rows) for j, text in enumerate(row) if text}


@pytest.mark.parametrize("view", ["from above", "from below"])
def test_a_sudoku_is_read_cell_by_cell(digits: Classifier, view: str) -> None:
    picture = sudoku()
    if view == "from below":
        picture, _ = on_desk(picture, BELOW, SIZE)
    found = cells_of(read(picture, digits))
    truth = truth_of([[digit.replace("0", "") for digit in row] for row in SUDOKU])
    assert found.keys() <= truth.keys()  # nothing in a blank cell
    wrong = sum(found.get(place) != digit for place, digit in truth.items())
    assert wrong <= 1, found


def test_a_cells_box_is_on_its_digit_in_the_photo(digits: Classifier) -> None:
    picture, matrix = on_desk(sudoku(), BELOW, SIZE)
    # The middle of each cell in the photo, from the perspective with which the photo was made.
    left, top = (1000 - 9 * 84) / 2, (900 - 9 * 84) / 2
    for number in read(picture, digits).numbers:
        assert number.cell is not None
        x, y = left + (number.cell.column - 0.5) * 84, top + (number.cell.row - 0.5) * 84
        there = matrix @ (x, y, 1.0)
        box = number.box
        middle = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
        assert np.abs(middle - there[:2] / there[2]).max() < 0.5 * 84
        assert max(box[2:]) < 84


def test_pencilled_notes_are_left_out(digits: Classifier) -> None:
    notes = {(0, 2): "12", (4, 1): "25", (4, 4): "59", (6, 4): "35", (8, 0): "13"}
    found = cells_of(read(sudoku(notes=notes), digits))
    plain = cells_of(read(sudoku(), digits))
    assert not found.keys() & notes.keys()
    # The other cells are read as before.
    same = sum(found.get(place) == digit for place, digit in plain.items())
    assert same >= len(plain) - 1


@pytest.mark.parametrize("view", ["from above", "from below"])
def test_a_table_of_numbers_keeps_rows_and_columns(digits: Classifier, view: str) -> None:
    picture = grid_page(TABLE, 6, PHONE, cell=(270, 90))
    if view == "from below":
        picture, _ = on_desk(picture, BELOW, SIZE)
    reading = read(picture, digits)
    found, truth = cells_of(reading), truth_of(TABLE)
    assert found.keys() == truth.keys()
    assert sum(found[place] != text for place, text in truth.items()) <= 1, found
    assert [len(line.numbers) for line in reading.lines] == [3, 2, 3, 2]
    assert {number.cell.table for number in reading.numbers if number.cell} == {1}


def test_a_forms_row_of_boxes_is_one_number(digits: Classifier) -> None:
    picture = grid_page([list("40725")], 2, PHONE, cell=(90, 90))
    (number,) = read(picture, digits).numbers
    assert number.text == "40725" and number.cell is None


def test_a_frame_around_the_writing_is_not_a_table(digits: Classifier) -> None:
    lines = [["12", "350"], ["7", "4081"], ["96", "22"]]
    picture = make_page(lines, 2)
    plain = read(picture, digits)
    for frame in ((30, 30, 970, 670), (12, 90, 900, 600)):
        framed = picture.copy()
        cv2.rectangle(framed, frame[:2], frame[2:], (40, 40, 45), 3)
        reading = read(framed, digits)
        assert reading.text == plain.text and all(one.cell is None for one in reading.numbers)
    # Two large fields side by side are not a table either.
    cv2.line(framed, (700, 90), (700, 600), (40, 40, 45), 3)
    reading = read(framed, digits)
    assert reading.text == plain.text and all(one.cell is None for one in reading.numbers)


def test_numbers_beside_a_table_are_read_too(digits: Classifier) -> None:
    picture = grid_page(TABLE[:2], 6, PHONE, cell=(270, 90))
    above = make_page([["305"]], 4, Paper(width=1000, height=200, digit=46, light=0.2))
    picture = np.concatenate([above, picture[200:]])
    reading = read(picture, digits)
    free = [number.text for number in reading.numbers if number.cell is None]
    assert free == ["305"] and len(cells_of(reading)) == 5
    assert reading.lines[0].text == "305"
