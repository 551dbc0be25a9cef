"""Tables, ruled or not: numbers whose lines and columns align."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inkling.recognition.results import Cell, Line

Array = NDArray[np.float64]

# A table has at least so many lines and columns, and most lines have a number in most columns.
MIN_LINES, MIN_COLUMNS = 3, 2
# The usual step from a number to the next one in its line is this percentile of all steps, as some
# cells are empty.
STEP_PERCENTILE = 20
# Numbers of one column are apart by at most this part of a step, across all lines.
MAX_APART = 0.4
# Columns may lean this much, sideways per pixel down.
LEANS = np.linspace(-0.35, 0.35, 71)
# At least this part of the numbers is in columns of several lines, each alone in its cell.
MIN_IN_COLUMNS = 0.85
# Columns and rows are counted by steps where each is off by at most this part of one; otherwise an
# empty one is not noticed.
MAX_OFF = 0.25


def with_cells(lines: Sequence[Line], angle: float) -> tuple[Line, ...]:
    """The same lines, with the cell of each number where they form a table.

    Args:
        lines: from top to bottom; all numbers have a box.
        angle: of the writing, in radians, clockwise.
    """
    boxes = [[number.box for number in line.numbers] for line in lines]
    row_of = np.repeat(np.arange(len(lines)), [len(row) for row in boxes])
    middles = np.array(
        [(x + w / 2.0, y + h / 2.0) for row in boxes for x, y, w, h in row], np.float64
    ).reshape(-1, 2)
    x = middles @ np.array([np.cos(angle), np.sin(angle)])
    y = middles @ np.array([-np.sin(angle), np.cos(angle)])
    column_of = columns(x, y, row_of)
    if column_of is None:
        return tuple(lines)
    heights = np.array([np.mean(y[row_of == row]) for row in range(len(lines))])
    rows = _counted(heights, float(np.percentile(np.diff(heights), STEP_PERCENTILE)))
    cells = iter(column_of.tolist())
    return tuple(
        Line(
            tuple(
                replace(number, cell=Cell(1, row + 1, next(cells) + 1)) for number in line.numbers
            )
        )
        for line, row in zip(lines, rows.tolist(), strict=True)
    )


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
    count = (places - places[0]) / step
    if np.abs(np.diff(count) - np.rint(np.diff(count))).max(initial=0.0) < MAX_OFF:
        return np.concatenate([[0], np.cumsum(np.maximum(1, np.rint(np.diff(count))))]).astype(
            np.int64
        )
    return np.arange(len(places))
