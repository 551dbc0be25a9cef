"""Ruled tables: which cell a point of the picture is in."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkling.imaging.pixels import Pixels
from inkling.layout.ruled_tables import find_ruled_tables

CELL, ROWS, COLUMNS = 60, 5, 7


def _picture(angle: float) -> tuple[Pixels, np.ndarray]:
    """A table with a digit's stroke in each cell, turned; and the middles of its cells.

    Returns:
        uint8 (h, w, 3), and float64 (ROWS, COLUMNS, 2).
    """
    flat = np.full((700, 800), 235, np.uint8)
    left, top = 160, 180
    for row in range(ROWS + 1):
        y = top + row * CELL
        cv2.line(flat, (left, y), (left + COLUMNS * CELL, y), 40, 3)
    for column in range(COLUMNS + 1):
        x = left + column * CELL
        cv2.line(flat, (x, top), (x, top + ROWS * CELL), 40, 3)
    rows, columns = np.indices((ROWS, COLUMNS)) + 0.5
    middles = np.stack([left + columns * CELL, top + rows * CELL], axis=-1)
    for x, y in middles.reshape(-1, 2).round().astype(int).tolist():
        cv2.line(flat, (x, y - 15), (x, y + 15), 40, 4)
    matrix = cv2.getRotationMatrix2D((400, 350), angle, 1.0)
    turned = cv2.warpAffine(flat, matrix, (800, 700), borderValue=235.0)
    return np.dstack([np.asarray(turned, np.uint8)] * 3), middles @ matrix[:, :2].T + matrix[:, 2]


@pytest.mark.parametrize("angle", [0.0, 4.0, -6.0])
def test_points_are_in_their_cells(angle: float) -> None:
    image, middles = _picture(angle)
    (table,) = find_ruled_tables(image, digit_height=30.0)
    for row in range(ROWS):
        for column in range(COLUMNS):
            assert table.cell_at(*middles[row, column]) == (row, column)
    assert table.cell_at(20.0, 20.0) is None


def test_fields_much_higher_than_the_writing_are_no_cells() -> None:
    image, _ = _picture(0.0)
    assert find_ruled_tables(image, digit_height=8.0) == []
    assert find_ruled_tables(np.full((300, 400, 3), 235, np.uint8), digit_height=30.0) == []


@pytest.mark.parametrize(("columns", "count"), [(4, 1), (20, 0)])
def test_squared_paper_is_no_table(columns: int, count: int) -> None:
    """Twenty rows of a few columns are one."""
    paper = np.full((760, 760, 3), 235, np.uint8)
    for place in range(21):
        cv2.line(
            paper, (40, 40 + 34 * place), (40 + 34 * columns, 40 + 34 * place), (40, 40, 40), 2
        )
    for place in range(columns + 1):
        cv2.line(paper, (40 + 34 * place, 40), (40 + 34 * place, 720), (40, 40, 40), 2)
    assert len(find_ruled_tables(paper, digit_height=20.0)) == count
