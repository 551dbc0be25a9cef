"""Ruled tables of a picture, and which cell a point is in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.geometry import shrink
from inkling.imaging.ink import cut_noise, darkness_of
from inkling.imaging.pixels import Pixels
from inkling.layout.tables import find_tables

# The longer side of the picture in which lines are looked for, in pixels.
SEARCH_SIDE = 1600
# The widest thing that can be a line, as a part of that side: shadows are wider.
WINDOW = 0.12
# A table's cells are at most this high, in digit heights; higher ones belong to a frame.
MAX_CELL_HEIGHT = 4.5
# A table with this many cells both down and across is squared paper.
SQUARED_PAPER = 18


@dataclass(frozen=True, slots=True, eq=False)
class RuledTable:
    """A table with lines between its cells.

    Attributes:
        rows: the y of its horizontal lines where it is flat, from top to bottom.
        columns: the x of its vertical lines, from left to right.
        to_flat: float64 (3, 3), takes (x, y, 1) of the picture to where the table is flat.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    to_flat: NDArray[np.float64]

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns of cells."""
        return len(self.rows) - 1, len(self.columns) - 1

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The row and column, from 0, of a point of the picture; None outside the table."""
        flat_x, flat_y, depth = self.to_flat @ np.array([x, y, 1.0])
        row = int(np.searchsorted(self.rows, flat_y / depth)) - 1
        column = int(np.searchsorted(self.columns, flat_x / depth)) - 1
        is_inside = 0 <= row < len(self.rows) - 1 and 0 <= column < len(self.columns) - 1
        return (row, column) if is_inside else None


def find_ruled_tables(image: Pixels, digit_height: float) -> list[RuledTable]:
    """Find the ruled tables of a picture whose cells hold one line of digits each.

    Args:
        image: uint8 (height, width, 3), RGB.
        digit_height: of its digits, in pixels.
    """
    small = shrink(image, SEARCH_SIDE / max(image.shape[:2]))
    scale = small.shape[1] / image.shape[1]
    ink = cut_noise(darkness_of(small, window=WINDOW))
    to_small = np.diag([scale, scale, 1.0])
    return [
        RuledTable(
            table.rows,
            table.columns,
            np.asarray(np.linalg.inv(table.to_page) @ to_small, np.float64),
        )
        for table in find_tables(ink)
        if table.cell_height < MAX_CELL_HEIGHT * digit_height * scale
        and min(table.shape) < SQUARED_PAPER
    ]
