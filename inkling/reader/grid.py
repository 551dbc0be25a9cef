"""Tables: numbers in the cells of ruled ones, and numbers whose lines and columns align."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from inkling.layout import rows
from inkling.layout.centres import Digits
from inkling.layout.rows import Joint
from inkling.layout.ruled_tables import RuledTable
from inkling.recognition.results import Cell, Digit, Line, Number

Array = NDArray[np.float64]

# A table has at least so many lines and columns, and most lines have a number in most columns.
MIN_LINES, MIN_COLUMNS = 3, 2
# A table's numbers are connected by steps of up to so many usual ones, between digits whose heights
# differ by less than this factor.
BLOCK_REACH, HEIGHT_RATIO = 3.5, 1.6
# The usual step from a number to the next one in its line is this percentile of all steps, as some
# cells are empty.
STEP_PERCENTILE = 20
# Numbers of one column are apart by at most this part of a step, across all lines.
MAX_APART = 0.4
# Columns may lean this much, sideways per pixel down.
LEANS = np.linspace(-0.35, 0.35, 71)
# At least this part of the numbers is in columns of several lines, each alone in its cell.
MIN_IN_COLUMNS = 0.85
# Columns and rows are counted by steps where few gaps, this part of them, are off by more than this
# part of a step; otherwise an empty one is not noticed.
MAX_OFF_PART, MAX_OFF = 0.2, 0.3


def in_ruled_tables(lines: Sequence[Line], tables: Sequence[RuledTable]) -> tuple[Line, ...]:
    """The same lines, with the cell of each number in a ruled table.

    A number that reaches over a line between cells is several numbers.

    Args:
        lines: from top to bottom; all digits have a box.
        tables: of the picture.
    """
    return tuple(
        Line(tuple(part for number in line.numbers for part in _in_cells(number, tables)))
        for line in lines
    )


def _in_cells(number: Number, tables: Sequence[RuledTable]) -> Iterator[Number]:
    """The parts of a number by the cells that they are in."""
    grouped = groupby(number.digits, lambda digit: _cell(digit, tables))
    parts = [(cell, tuple(digits)) for cell, digits in grouped]
    for cell, digits in parts:
        yield replace(
            number,
            digits=digits,
            cell=cell,
            signed=number.signed if len(parts) == 1 else "",
        )


def _cell(digit: Digit, tables: Sequence[RuledTable]) -> Cell | None:
    x, y, width, height = digit.box
    for count, table in enumerate(tables, 1):
        at = table.cell_at(x + width / 2.0, y + height / 2.0)
        if at is not None:
            return Cell(count, at[0] + 1, at[1] + 1, table.shape)
    return None


def find_lines(digits: Digits, joint: Joint) -> list[rows.Line]:
    """The lines of a picture, divided into numbers.

    In a table without lines, digits of neighbouring cells may stand as close as those of a number.
    So where only the page model's links make a table of the digits, they alone divide them.

    Args:
        digits: of the picture.
        joint: joins digits to numbers elsewhere.
    """
    linked = rows.find_lines(digits)
    joined = rows.divided(linked, digits, joint)
    is_table = _digits_in_tables(linked, digits) > _digits_in_tables(joined, digits)
    return linked if is_table else joined


def _digits_in_tables(lines: Sequence[rows.Line], digits: Digits) -> int:
    """How many digits stand in tables, whether ruled or not."""
    numbers = [number for line in lines for number in line.numbers]
    row_of = np.repeat(np.arange(len(lines)), [len(line.numbers) for line in lines])
    along, across = rows.level(digits, rows.tilt(digits))
    x, y = (np.array([np.mean(at[number]) for number in numbers]) for at in (along, across))
    height = np.array([np.median(digits.height[number]) for number in numbers], np.float64)
    return sum(
        sum(len(numbers[k]) for k in block)
        for block in _blocks(x, y, height, row_of)
        if columns(x[block], y[block], row_of[block]) is not None
    )


def with_cells(lines: Sequence[Line], angle: float) -> tuple[Line, ...]:
    """The same lines, with the cell of each number that stands in a table without lines.

    Args:
        lines: from top to bottom; all numbers have a box. Those that have a cell keep it.
        angle: of the writing, in radians, clockwise.
    """
    free = [[number for number in line.numbers if number.cell is None] for line in lines]
    numbers = [number for line in free for number in line]
    row_of = np.repeat(np.arange(len(lines)), [len(line) for line in free])
    x, y = _level_middles(numbers, angle)
    height = np.array([np.median([digit.box[3] for digit in each.digits]) for each in numbers])
    ruled = [number for line in lines for number in line.numbers if number.cell]
    ruled_x, ruled_y = _level_middles(ruled, angle)
    count = max((number.cell.table for number in ruled if number.cell), default=0)
    cells: dict[int, Cell] = {}
    for block in _blocks(x, y, height, row_of):
        column_of = columns(x[block], y[block], row_of[block])
        # What stands around a ruled table is no table.
        is_around = (
            (ruled_x > x[block].min())
            & (ruled_x < x[block].max())
            & (ruled_y > y[block].min())
            & (ruled_y < y[block].max())
        )
        if column_of is None or is_around.any():
            continue
        count += 1
        for k, row, column in zip(
            block.tolist(), _rows(y[block], row_of[block]).tolist(), column_of.tolist(), strict=True
        ):
            cells[k] = Cell(count, row + 1, column + 1)
    at = iter(range(len(numbers)))
    return tuple(
        Line(
            tuple(
                replace(number, cell=cells.get(next(at))) if number.cell is None else number
                for number in line.numbers
            )
        )
        for line in lines
    )


def _level_middles(numbers: Sequence[Number], angle: float) -> tuple[Array, Array]:
    """The middles of numbers, x along the lines and y across them."""
    boxes = np.array([number.box for number in numbers], np.float64).reshape(-1, 4)
    middles = boxes[:, :2] + boxes[:, 2:] / 2.0
    x = middles @ np.array([np.cos(angle), np.sin(angle)])
    y = middles @ np.array([-np.sin(angle), np.cos(angle)])
    return x, y


def _blocks(
    x: Array, y: Array, height: Array, row_of: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """Numbers about equally high that stand near each other, in order of their first one."""
    steps = np.diff(x)[np.diff(row_of) == 0]
    if not steps.size:
        return []
    reach = BLOCK_REACH * max(float(np.percentile(steps, STEP_PERCENTILE)), 1.0)
    is_left = np.ones(len(x), np.bool_)
    blocks = []
    while is_left.any():
        block = [int(np.argmax(is_left))]
        is_left[block] = False
        for k in block:
            is_near = np.maximum(np.abs(x - x[k]), np.abs(y - y[k])) < reach
            is_alike = np.abs(np.log(height / height[k])) < np.log(HEIGHT_RATIO)
            near = np.flatnonzero(is_left & is_near & is_alike)
            is_left[near] = False
            block += near.tolist()
        blocks.append(np.array(sorted(block), np.int64))
    return blocks


def _rows(y: Array, row_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """The row of each number of a table, from 0."""
    lines, index = np.unique(row_of, return_inverse=True)
    places = np.array([np.mean(y[index == k]) for k in range(len(lines))])
    return _counted(places, float(np.percentile(np.diff(places), STEP_PERCENTILE)))[index]


def columns(x: Array, y: Array, row_of: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """The column of each number, from 0; None where they form no table.

    Args:
        x: float64 (n,), the middles of numbers along the lines.
        y: likewise, across them.
        row_of: the line of each; not empty, ascending.
    """
    if len(np.unique(row_of)) < MIN_LINES:
        return None
    steps = np.diff(x)[np.diff(row_of) == 0]
    if not steps.size or steps.min() <= 0.0:
        return None
    step = float(np.percentile(steps, STEP_PERCENTILE))
    upright = x - _lean(x, y, step) * y
    order = np.argsort(upright)
    starts = np.diff(upright[order], prepend=-np.inf) > MAX_APART * step
    group = np.empty(len(x), np.int64)
    group[order] = np.cumsum(starts) - 1
    places = np.array([np.mean(upright[group == k]) for k in range(group.max() + 1)])
    spans = np.array([np.ptp(upright[group == k]) for k in range(len(places))])
    lines_of = np.array([len(np.unique(row_of[group == k])) for k in range(len(places))])
    is_column = (lines_of >= 2) & (spans < step)
    # A second number of a line in a column is not in a cell of its own.
    alone = len(np.unique(np.stack([row_of, group], 1)[is_column[group]], axis=0))
    if is_column.sum() < MIN_COLUMNS or alone < MIN_IN_COLUMNS * len(x):
        return None
    return _counted(places, step)[group]


def _lean(x: Array, y: Array, step: float) -> float:
    """How much columns lean: where they do, most numbers pile up in few places."""
    best, most = 0.0, -1.0
    for lean in sorted(LEANS.tolist(), key=abs):
        places = np.floor((x - lean * y) / (0.25 * step)).astype(np.int64)
        piled = float((np.unique(places, return_counts=True)[1] ** 2).sum())
        if piled > most:
            best, most = lean, piled
    return best


def _counted(places: Array, step: float) -> NDArray[np.int64]:
    """The numbers of rows or columns, from 0, in ascending order of their places."""
    gaps = np.diff(places) / step
    counts = np.maximum(1, np.rint(gaps))
    if np.mean(np.abs(gaps - counts) > MAX_OFF) > MAX_OFF_PART:
        return np.arange(len(places))
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
