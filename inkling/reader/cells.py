"""Reading the cells of a printed grid: a sudoku's digits, a table's numbers, a form's boxes."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from inkling.geometry import Box
from inkling.imaging.glyph import Glyph, to_glyph
from inkling.imaging.pixels import BOX_LEVEL, Pixels
from inkling.layout.components import main_cluster
from inkling.layout.lines import page_layout
from inkling.layout.tables import SUDOKU, Table
from inkling.recognition.classifier import Classifier
from inkling.recognition.line_reader import read_lines
from inkling.recognition.results import Cell, Digit, Line, Number

# Fainter ink in a cell is what shines through from the other side.
FAINT = 110
# A cell's digit is at least this part of its height, ...
LOWEST = 0.33
# ... and a second mark beside it of this part of the first one's height makes them notes.
NOTES = 0.6
# Cells up to this wide for their height hold one digit each.
SQUARE = 1.35
# Cells' ink is read at this height.
CELL_HEIGHT = 96.0


def read_table(table: Table, number: int, classifier: Classifier) -> list[Line]:
    """The numbers of a grid: a line for each row that has any, boxes in the page's ink.

    A single row of square cells is a form's field: its digits are one number.

    Args:
        table: where it lies.
        number: which of the page's grids it is, from 1.
    """
    rows, columns = table.shape
    is_sudoku = rows == columns == SUDOKU
    if is_sudoku or _is_square(table):
        cells = _single_digits(table, classifier, with_notes=is_sudoku)
    else:
        cells = _numbers(table, classifier)
    if rows == 1 and _is_square(table):
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


Digits = dict[tuple[int, int], tuple[Digit, ...]]


def _is_square(table: Table) -> bool:
    tall, wide = np.median(np.diff(table.rows)), np.median(np.diff(table.columns))
    return bool(1 / SQUARE < wide / tall < SQUARE)


def _single_digits(table: Table, classifier: Classifier, *, with_notes: bool) -> Digits:
    """At most one digit a cell; small notes beside each other are none."""
    found: dict[tuple[int, int], Glyph] = {}
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            ink, (x, y) = table.cell(row, column)
            if int(ink.max(initial=0)) < FAINT:
                continue
            cluster = main_cluster(ink)
            glyph = to_glyph(cluster)
            if glyph.box[3] < LOWEST * ink.shape[0] or (with_notes and _are_notes(ink, glyph.box)):
                continue
            left, top, width, height = glyph.box
            found[row, column] = replace(glyph, box=(left + x, top + y, width, height))
    if not found:
        return {}
    predictions = classifier.predict(np.stack([glyph.pixels for glyph in found.values()]))
    digits: Digits = {}
    for (place, glyph), prediction in zip(found.items(), predictions, strict=True):
        if prediction.is_digit:
            box = table.on_page(glyph.box)
            digits[place] = (
                Digit(
                    prediction.label,
                    prediction.confidence,
                    box,
                    prediction,
                    replace(glyph, box=box),
                ),
            )
    return digits


def _are_notes(ink: Pixels, box: Box) -> bool:
    """Whether there is another mark nearly as high beside the cell's largest one."""
    mask = (ink >= BOX_LEVEL).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    x, _, width, height = box
    others = [
        row
        for row in stats[1:].tolist()
        if row[3] >= NOTES * height and (row[0] >= x + width or row[0] + row[2] <= x)
    ]
    small = height < 0.75 * ink.shape[0]
    return small and len(others) > 0


def _numbers(table: Table, classifier: Classifier) -> Digits:
    """A number of any length in each cell."""
    digits: Digits = {}
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            ink, (x, y) = table.cell(row, column)
            if int(ink.max(initial=0)) < FAINT:
                continue
            scale = max(1.0, CELL_HEIGHT / ink.shape[0])
            size = (round(ink.shape[1] * scale), round(ink.shape[0] * scale))
            large = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC), np.uint8)
            lines = read_lines(page_layout(large, is_crop=True), classifier, keep_all=False)
            found = [digit for line in lines for digit in line if digit is not None]
            if found:
                digits[row, column] = tuple(_on_page(digit, table, scale, x, y) for digit in found)
    return digits


def _on_page(digit: Digit, table: Table, scale: float, x: int, y: int) -> Digit:
    left, top, width, height = (value / scale for value in digit.box)
    box = table.on_page((round(left) + x, round(top) + y, round(width), round(height)))
    return replace(digit, box=box, glyph=replace(digit.glyph, box=box))
