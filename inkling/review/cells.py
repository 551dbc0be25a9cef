"""Which cell of a table each number of a draft stands in, also after a person moved or added it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inkling.geometry import Box
from inkling.recognition.results import Cell
from inkling.review.draft import Draft, NumberEntry

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TablePlan:
    """Where the rows and columns of a table lie.

    Attributes:
        rows: float64 (n + 2,), the y of its rows, after the tilt is taken off, with a row that it
            does not have above the first and below the last one.
        columns: likewise, the x of its columns.
        tilt: how far a row falls, in pixels per column.
        lean: how far a column shifts to the right, in pixels per row.
        is_ruled: whether lines show its size, so that it has no further rows and columns.
    """

    rows: Array
    columns: Array
    tilt: float
    lean: float
    is_ruled: bool

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns."""
        return len(self.rows) - 2, len(self.columns) - 2

    def place(self, box: Box) -> tuple[float, float]:
        """The row and the column of a box's middle, from 1, with fractions.

        Where it is outside the table, they are less than 0.5, or at least 0.5 more than the last
        row or column.
        """
        x, y = middle(box)
        row, column = (len(self.rows) - 1) / 2, (len(self.columns) - 1) / 2
        # Either needs the other, which changes little after the first time.
        for _ in range(3):
            column = _index(self.columns, x - self.lean * row)
            row = _index(self.rows, y - self.tilt * column)
        return row, column

    def cell(self, box: Box) -> tuple[int, int] | None:
        """The row and the column that a box is in or would add; None where it is further off."""
        row, column = (int(np.floor(place + 0.5)) for place in self.place(box))
        first = 1 if self.is_ruled else 0
        rows, columns = (size + 1 - first for size in self.shape)
        is_inside = first <= row <= rows and first <= column <= columns
        return (row, column) if is_inside else None


def middle(box: Box) -> tuple[float, float]:
    """The middle of a box, x and y."""
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def cells(draft: Draft) -> dict[int, Cell]:
    """The cell of each number that stands in a table, by the number's id.

    A number that nobody moved, added, split or joined is where the reader saw it. The others are
    put where those show the rows and columns. They may add a row or a column to a table without
    lines.
    """
    settled = {entry.id: entry.cell for entry in draft.entries if entry.cell and _is_settled(entry)}
    found = plans(draft, settled)
    known = dict(settled)
    for entry in draft.entries:
        if entry.id in known or _is_settled(entry):
            continue
        for table, plan in found.items():
            at = plan.cell(entry.box)
            if at is not None:
                size = plan.shape if plan.is_ruled else None
                known[entry.id] = Cell(table, *at, size)
                break
    return _counted_from_one(known)


def plans(draft: Draft, cell_of: Mapping[int, Cell]) -> dict[int, TablePlan]:
    """Where the rows and columns of each table lie, by the table's number.

    Args:
        draft: of the page.
        cell_of: by id, the cells of the numbers that show it.
    """
    by_table: dict[int, list[tuple[Cell, tuple[float, float]]]] = {}
    for entry in draft.entries:
        cell = cell_of.get(entry.id)
        if cell is not None:
            by_table.setdefault(cell.table, []).append((cell, middle(entry.box)))
    return {table: _plan(both) for table, both in sorted(by_table.items())}


def _is_settled(entry: NumberEntry) -> bool:
    """Whether the number is still where the reader saw it."""
    return not entry.regrouped and not any(each.placed_by_hand for each in entry.boxes)


def _plan(both: Sequence[tuple[Cell, tuple[float, float]]]) -> TablePlan:
    """Measure a table from the cells of numbers and their middles; at least one."""
    at = np.array([(cell.row, cell.column) for cell, _ in both])
    x, y = np.array([place for _, place in both], np.float64).T
    size = next((cell.size for cell, _ in both if cell.size), None)
    rows, columns = size or at.max(axis=0)
    step_x, lean = _slopes(x, at[:, 1], at[:, 0])
    step_y, tilt = _slopes(y, at[:, 0], at[:, 1])
    return TablePlan(
        _places(y - tilt * at[:, 1], at[:, 0], int(rows), step_y),
        _places(x - lean * at[:, 0], at[:, 1], int(columns), step_x),
        tilt,
        lean,
        size is not None,
    )


def _slopes(
    values: Array, along: NDArray[np.int64], across: NDArray[np.int64]
) -> tuple[float, float]:
    """How much values grow per step along and across; at least 1 and 0 where nothing shows it."""
    one = np.ones_like(values)
    varied = [each for each in (along, across) if np.ptp(each) > 0]
    found = iter(np.linalg.lstsq(np.stack([one, *varied], 1), values, rcond=None)[0][1:].tolist())
    step, slope = (next(found) if np.ptp(each) > 0 else 0.0 for each in (along, across))
    return max(step, 1.0), slope


def _places(values: Array, index: NDArray[np.int64], count: int, step: float) -> Array:
    """The places of `count` rows or columns, with one more at either end.

    Those without numbers lie between their neighbours, or a step from the outermost one.
    """
    known = np.unique(index)
    means = np.array([values[index == each].mean() for each in known])
    wanted = np.arange(count + 2)
    places = np.interp(wanted, known, means)
    before, after = wanted < known[0], wanted > known[-1]
    places[before] = means[0] - step * (known[0] - wanted[before])
    places[after] = means[-1] + step * (wanted[after] - known[-1])
    return np.maximum.accumulate(places)


def _index(places: Array, value: float) -> float:
    """Where a value lies among ascending places, with fractions; beyond them, a whole step off."""
    first, last = places[1] - places[0], places[-1] - places[-2]
    if value < places[0] - first / 2 or value > places[-1] + last / 2:
        return -1.0 if value < places[0] else float(len(places))
    return float(np.interp(value, places, np.arange(len(places))))


def _counted_from_one(known: Mapping[int, Cell]) -> dict[int, Cell]:
    """The same cells, where those of a table that got a row or a column before its first one."""
    first: dict[int, tuple[int, int]] = {}
    for cell in known.values():
        row, column = first.get(cell.table, (1, 1))
        first[cell.table] = min(row, cell.row), min(column, cell.column)
    return {
        entry_id: replace(
            cell,
            row=cell.row + 1 - first[cell.table][0],
            column=cell.column + 1 - first[cell.table][1],
        )
        for entry_id, cell in known.items()
    }
