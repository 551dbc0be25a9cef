"""A page's numbers in rows and columns, as they stand on it: its tables, lists and other lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from inkling.geometry import Box, union
from inkling.review.cells import TablePlan, cells, middle, plans
from inkling.review.draft import Draft, NumberEntry

# Numbers of a column overlap by at least this part of their height. Less is chance.
MIN_OVERLAP = 0.2
# Lines form columns if this part of the numbers are in columns of several lines, each alone in its
# line there.
MIN_IN_COLUMNS = 0.85
# Blocks stand side by side when this part of the lower one's height is beside the other.
MIN_BESIDE = 0.5

# Numbers by row and column, from 0.
Places = dict[tuple[int, int], list[NumberEntry]]


@dataclass(frozen=True, slots=True)
class PageGrid:
    """The numbers of a page in rows and columns.

    Attributes:
        cells: row by row, what is in each cell: one number, none, or several from left to right.
            All rows have equally many cells.
    """

    cells: tuple[tuple[tuple[NumberEntry, ...], ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns."""
        return len(self.cells), len(self.cells[0])

    @property
    def columns(self) -> tuple[tuple[NumberEntry, ...], ...]:
        """The numbers of each column, from top to bottom."""
        return tuple(
            tuple(entry for cell in column for entry in cell)
            for column in zip(*self.cells, strict=True)
        )


@dataclass(frozen=True, slots=True)
class _Block:
    """Numbers that belong together: a table, or lines around one.

    Attributes:
        places: of its numbers.
        size: its rows and columns.
        box: around its numbers.
    """

    places: Places
    size: tuple[int, int]
    box: Box


def page_grid(draft: Draft) -> PageGrid | None:
    """Lay a page's numbers out in rows and columns; excluded numbers are left out.

    A table keeps its cells, also the empty ones, and what stands beside it keeps its row. Other
    lines are rows, whose numbers share a column where they stand below each other. A table that is
    below another is below it here, with an empty row between them, and likewise beside it.

    Returns:
        The grid. None where nothing aligns: there is no table, and the lines form no columns.
    """
    included = [entry for entry in draft.entries if not entry.is_excluded]
    cell_of = cells(draft)
    plan_of = plans(draft, cell_of)
    tables: dict[int, Places] = {}
    free = []
    for entry in included:
        cell = cell_of.get(entry.id)
        if cell is None:
            free.append(entry)
        else:
            place = (cell.row - 1, cell.column - 1)
            tables.setdefault(cell.table, {}).setdefault(place, []).append(entry)
    if not tables:
        lines = _columns(free)
        return _grid([_block(lines)]) if lines is not None else None
    blocks, others = _tables(tables, plan_of, free)
    return _grid([*blocks, *_lines_between(blocks, others)])


def as_lines(draft: Draft) -> tuple[tuple[NumberEntry, ...], ...]:
    """The numbers of each line, for a page without a grid; excluded numbers are left out."""
    lines = (tuple(e for e in line if not e.is_excluded) for line in draft.lines)
    return tuple(line for line in lines if line)


def _tables(
    tables: Mapping[int, Places], plan_of: Mapping[int, TablePlan], free: Iterable[NumberEntry]
) -> tuple[list[_Block], list[NumberEntry]]:
    """Each table with what stands beside it in its rows, and all other numbers."""
    beside: dict[int, list[tuple[int, NumberEntry]]] = {table: [] for table in tables}
    others = []
    for entry in free:
        for table in tables:
            rows, _ = plan_of[table].shape
            row, _ = plan_of[table].place(entry.box)
            if 0.5 <= row < rows + 0.5:
                beside[table].append((int(row - 0.5), entry))
                break
        else:
            others.append(entry)
    return [_table(tables[t], plan_of[t], beside[t]) for t in tables], others


def _table(places: Places, plan: TablePlan, beside: Sequence[tuple[int, NumberEntry]]) -> _Block:
    """A table with the numbers beside it, each with its row, in further columns."""
    rows, columns = plan.shape
    inner = {place: list(entries) for place, entries in places.items()}
    left, right = [], []
    for row, entry in beside:
        column = plan.place(entry.box)[1]
        if column < 0.5:
            left.append((row, entry))
        elif column >= columns + 0.5:
            right.append((row, entry))
        else:
            inner.setdefault((row, int(column - 0.5)), []).append(entry)
    size = [
        max(rows, *(row + 1 for row, _ in inner)),
        max(columns, *(column + 1 for _, column in inner)),
    ]
    found: Places = {}
    offset = 0
    for side in (left, inner, right):
        if isinstance(side, dict):
            shift, offset = offset, offset + size[1]
            found |= {(row, shift + column): each for (row, column), each in side.items()}
            continue
        groups = _overlapping([entry for _, entry in side], 0.0)
        for (row, entry), group in zip(side, groups, strict=True):
            found.setdefault((row, offset + group), []).append(entry)
        offset += max(groups, default=-1) + 1
    return _block(found, (size[0], offset))


def _lines_between(tables: Sequence[_Block], others: Sequence[NumberEntry]) -> list[_Block]:
    """The lines above, between and below tables, as one block each."""
    middles = [middle(table.box)[1] for table in tables]
    groups: dict[int, list[NumberEntry]] = {}
    for entry in others:
        above = sum(each < middle(entry.box)[1] for each in middles)
        groups.setdefault(above, []).append(entry)
    return [_block(_columns(group) or _one_by_one(group)) for group in groups.values()]


def _columns(entries: Sequence[NumberEntry]) -> Places | None:
    """Lines with a column for numbers that stand below each other; None where few do."""
    lines = sorted({entry.line for entry in entries})
    if len(lines) < 2:
        return None
    groups = _overlapping(entries, _slope(entries))
    lines_of: dict[int, set[int]] = {}
    places: Places = {}
    for entry, group in zip(entries, groups, strict=True):
        lines_of.setdefault(group, set()).add(entry.line)
        places.setdefault((lines.index(entry.line), group), []).append(entry)
    in_columns = sum(
        len(lines_of[group]) > 1 and len(each) == 1 for (_, group), each in places.items()
    )
    return places if in_columns >= MIN_IN_COLUMNS * len(entries) else None


def _one_by_one(entries: Iterable[NumberEntry]) -> Places:
    """Lines with their numbers one after the other."""
    lines: dict[int, list[NumberEntry]] = {}
    for entry in entries:
        lines.setdefault(entry.line, []).append(entry)
    return {
        (row, column): [entry]
        for row, line in enumerate(lines.values())
        for column, entry in enumerate(line)
    }


def _slope(entries: Sequence[NumberEntry]) -> float:
    """How far lines fall, in pixels per pixel to the right: the median between neighbours."""
    slopes = [
        (middle(right.box)[1] - middle(left.box)[1])
        / max(1.0, middle(right.box)[0] - middle(left.box)[0])
        for left, right in pairwise(entries)
        if left.line == right.line
    ]
    return float(np.median(slopes)) if slopes else 0.0


def _overlapping(entries: Sequence[NumberEntry], slope: float) -> list[int]:
    """The column of each number, from 0: those that overlap from left to right share one."""
    spans = []
    for place, entry in enumerate(entries):
        x, _, width, height = entry.box
        start, edge = x + slope * middle(entry.box)[1], min(width, height) * MIN_OVERLAP / 2
        spans.append((start + edge, start + width - edge, place))
    columns = [0] * len(spans)
    column, end = -1, -np.inf
    for start, stop, place in sorted(spans):
        column += start > end
        end = max(end, stop)
        columns[place] = column
    return columns


def _block(places: Places, size: tuple[int, int] | None = None) -> _Block:
    size = size or (max(row for row, _ in places) + 1, max(column for _, column in places) + 1)
    return _Block(places, size, union(*(entry.box for each in places.values() for entry in each)))


def _grid(blocks: Sequence[_Block]) -> PageGrid:
    """Put blocks below each other, and beside each other where they are on the page."""
    placed: Places = {}
    row, width = 0, 0
    for band in _bands(blocks):
        column = 0
        for block in sorted(band, key=lambda block: block.box[0]):
            for (down, right), entries in block.places.items():
                placed[row + down, column + right] = entries
            column += block.size[1] + 1
        width = max(width, column - 1)
        row += max(block.size[0] for block in band) + 1
    empty: list[NumberEntry] = []
    return PageGrid(
        tuple(
            tuple(
                tuple(sorted(placed.get((down, right), empty), key=lambda entry: entry.box[0]))
                for right in range(width)
            )
            for down in range(row - 1)
        )
    )


def _bands(blocks: Iterable[_Block]) -> list[list[_Block]]:
    """Blocks from top to bottom; those that stand side by side together."""
    bands: list[list[_Block]] = []
    for block in sorted(blocks, key=lambda block: block.box[1]):
        if bands and any(_are_beside(block.box, other.box) for other in bands[-1]):
            bands[-1].append(block)
        else:
            bands.append([block])
    return bands


def _are_beside(a: Box, b: Box) -> bool:
    common = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return common > MIN_BESIDE * min(a[3], b[3])
