"""Reading the cells of a printed table: a sudoku's digits, a table's numbers, a form's boxes."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from inkling.deadline import NO_DEADLINE, Deadline, DeadlineError
from inkling.geometry import Box, resize
from inkling.imaging.glyph import Glyph, to_glyph
from inkling.imaging.pixels import BOX_LEVEL, Pixels
from inkling.layout.components import main_cluster
from inkling.layout.lines import page_layout
from inkling.layout.tables import SUDOKU, Table
from inkling.recognition.classifier import Classifier
from inkling.recognition.line_reader import read_lines
from inkling.recognition.results import Cell, Digit, Line, Number

# A cell whose darkest ink is lighter than this, of 255, holds what shines through from behind.
MIN_INK = 110
# A cell's digit is at least this high, in cell heights.
MIN_DIGIT_HEIGHT = 0.33
# A sudoku's cell holds pencilled notes when its largest component is lower than this, in cell
# heights, and another one stands beside it that is at least this high, in the first one's heights.
MAX_NOTE_HEIGHT = 0.75
MIN_NOTE_RATIO = 0.6
# Cells whose width and height differ by less than this factor are square: they hold one digit each.
SQUARE_RATIO = 1.35
# Other cells are enlarged to this height in pixels.
CELL_HEIGHT = 96.0

# By row and column, from 0, the digits of a cell.
Cells = dict[tuple[int, int], tuple[Digit, ...]]


def read_table(
    table: Table, number: int, classifier: Classifier, deadline: Deadline = NO_DEADLINE
) -> list[Line]:
    """The numbers of a table: one line for each row that has any, boxes in the page's ink.

    A single row of square cells is a form's field: its digits are one number. The cells for which
    the time is too short are left out.

    Args:
        table: where it is.
        number: which of the page's tables it is, from 1.
        classifier: any model.
        deadline: for all cells.
    """
    rows, columns = table.shape
    is_sudoku = rows == columns == SUDOKU
    is_square = _is_square(table)
    if is_sudoku or is_square:
        cells = _single_digits(table, classifier, deadline, with_notes=is_sudoku)
    else:
        cells = _numbers(table, classifier, deadline)
    if rows == 1 and is_square:
        digits = tuple(digit for _, found in sorted(cells.items()) for digit in found)
        return [Line((Number(digits),))] if digits else []
    lines = []
    for row in range(rows):
        numbers = [
            Number(cells[row, column], Cell(number, row + 1, column + 1))
            for column in range(columns)
            if cells.get((row, column))
        ]
        if numbers:
            lines.append(Line(tuple(numbers)))
    return lines


def _is_square(table: Table) -> bool:
    tall, wide = np.median(np.diff(table.rows)), np.median(np.diff(table.columns))
    return bool(1 / SQUARE_RATIO < wide / tall < SQUARE_RATIO)


def _single_digits(
    table: Table, classifier: Classifier, deadline: Deadline, *, with_notes: bool
) -> Cells:
    """At most one digit per cell; with notes, cells of several small digits count as empty."""
    found: dict[tuple[int, int], Glyph] = {}
    for row, column in np.ndindex(table.shape):
        if deadline.is_over():
            break
        ink, (x, y) = table.cell(row, column)
        if int(ink.max(initial=0)) < MIN_INK:
            continue
        glyph = to_glyph(main_cluster(ink))
        if glyph.box[3] < MIN_DIGIT_HEIGHT * ink.shape[0]:
            continue
        if with_notes and _are_notes(ink, glyph.box):
            continue
        left, top, width, height = glyph.box
        found[row, column] = replace(glyph, box=(left + x, top + y, width, height))
    if not found:
        return {}
    predictions = classifier.predict(np.stack([glyph.pixels for glyph in found.values()]))
    return {
        place: (Digit.of(prediction, replace(glyph, box=table.on_page(glyph.box))),)
        for (place, glyph), prediction in zip(found.items(), predictions, strict=True)
        if prediction.is_digit
    }


def _are_notes(ink: Pixels, box: Box) -> bool:
    """Whether another component nearly as high stands beside the cell's largest, small one."""
    mask = (ink >= BOX_LEVEL).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    x, _, width, height = box
    others = [
        row
        for row in stats[1:].tolist()
        if row[3] >= MIN_NOTE_RATIO * height and (row[0] >= x + width or row[0] + row[2] <= x)
    ]
    return height < MAX_NOTE_HEIGHT * ink.shape[0] and len(others) > 0


def _numbers(table: Table, classifier: Classifier, deadline: Deadline) -> Cells:
    """A number of any length in each cell."""
    cells: Cells = {}
    for row, column in np.ndindex(table.shape):
        ink, (x, y) = table.cell(row, column)
        if int(ink.max(initial=0)) < MIN_INK:
            continue
        scale = max(1.0, CELL_HEIGHT / ink.shape[0])
        try:
            layout = page_layout(resize(ink, scale), is_crop=True, deadline=deadline)
        except DeadlineError:
            break
        lines = read_lines(layout, classifier, keep_all=False, deadline=deadline)
        if deadline.was_missed:
            # Half a number is worse than none.
            break
        digits = [digit for line in lines for digit in line if digit is not None]
        if digits:
            cells[row, column] = tuple(_on_page(each, table, scale, x, y) for each in digits)
    return cells


def _on_page(digit: Digit, table: Table, scale: float, x: int, y: int) -> Digit:
    """A digit of an enlarged cell with its box in the page's ink.

    Args:
        scale: by which the cell was enlarged.
        x, y: the cell's first pixel in the flattened table.
    """
    left, top, width, height = (value / scale for value in digit.box)
    box = table.on_page((round(left) + x, round(top) + y, round(width), round(height)))
    return replace(digit, box=box, glyph=replace(digit.glyph, box=box))
