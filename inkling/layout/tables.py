"""Printed grids on a page: sudokus, tables, rows of boxes on a form, flattened cell by cell.

A grid is one connected mark, large and hollow, with at least two straight lines one way and three
the other. Its four corners give the perspective, the lines' places in the flattened picture give
rows and columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import BOX_LEVEL, Pixels

# A grid is at least this part of the picture's longer side long, and of its shorter side high.
LONG = 0.2
HIGH = 0.02
# ... and no fuller of ink than this.
FULL = 0.55
# Grids are looked for in a picture of this size: their lines still show, and it is fast.
LOOK_SIDE = 1400
# Its flattened picture is no larger, in pixels, ...
FLAT_SIDE = 1600
# ... and a line in it runs along this part of it.
COVERED = 0.5
# This part of a grid's mark is lines; the rest is what touches them.
OWN = 0.6
# Lines nearer to each other than this many pixels are one.
APART = 14
# Part of a cell, on each side, that belongs to the line.
MARGIN = 0.07
SUDOKU = 9
# The outermost lines' width in pixels, with their soft rim.
RIM = 9


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A grid, flattened.

    Attributes:
        ink: uint8 (h, w), the flattened ink with the lines still in it.
        rows, columns: the lines' places in it, from top to bottom and from left to right; one more
            than there are cells.
        to_page: float64 (3, 3), takes flattened (x, y, 1) to the page's ink.
        corners: float32 (4, 2) in the page's ink: top left, top right, bottom right, bottom left.
    """

    ink: Pixels
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    to_page: NDArray[np.float64]
    corners: NDArray[np.float32]

    @property
    def shape(self) -> tuple[int, int]:
        """Cells down and across."""
        return len(self.rows) - 1, len(self.columns) - 1

    @property
    def cell_height(self) -> float:
        """The usual cell's, in pixels of the page's ink."""
        rows = np.diff(self.rows)
        _, _, _, height = self.on_page((self.columns[0], self.rows[0], 1, round(np.median(rows))))
        return float(height)

    def cell(self, row: int, column: int) -> tuple[Pixels, tuple[int, int]]:
        """The ink of a cell, from 0, and the place of its first pixel in the flattened ink.

        What reaches in from the cell's border, as the lines do, is left out.
        """
        top, bottom = self.rows[row], self.rows[row + 1]
        left, right = self.columns[column], self.columns[column + 1]
        margin = max(3, round(MARGIN * min(bottom - top, right - left)))
        y, x = top + margin, left + margin
        patch = self.ink[y : max(y + 1, bottom - margin), x : max(x + 1, right - margin)]
        return _without_border(patch), (x, y)

    def on_page(self, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """A box of the flattened ink as the upright box around it in the page's ink."""
        x, y, width, height = box
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        moved = cv2.perspectiveTransform(np.array([corners], np.float64), self.to_page)[0]
        low, high = moved.min(axis=0), moved.max(axis=0)
        left, top = round(float(low[0])), round(float(low[1]))
        return left, top, max(1, round(float(high[0])) - left), max(1, round(float(high[1])) - top)


def find_tables(ink: Pixels) -> list[Table]:
    """All grids on a page, from top to bottom.

    Args:
        ink: uint8 (h, w), with its rules.
    """
    height, width = ink.shape
    longer, shorter = max(height, width), min(height, width)
    scale = min(1.0, LOOK_SIDE / longer)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    # Printed lines are fine, and photos break them.
    mask = cv2.dilate((small >= BOX_LEVEL).astype(np.uint8), np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for number, (x, y, w, h, area) in enumerate(stats.tolist()):
        if number == 0 or max(w, h) < LONG * longer * scale or min(w, h) < HIGH * shorter * scale:
            continue
        if area > FULL * w * h:
            continue
        part = (labels[y : y + h, x : x + w] == number).astype(np.uint8)
        corners = (_corners(part) + np.array([x, y])) / scale
        table = _flatten(ink, part, (x, y), scale, corners.astype(np.float32))
        if table is not None:
            found.append(table)
    return sorted(found, key=lambda table: float(table.corners[:, 1].min()))


def without_tables(ink: Pixels, tables: list[Table]) -> Pixels:
    """The page's ink with nothing where the grids are."""
    if not tables:
        return ink
    rest = ink.copy()
    for table in tables:
        middle = table.corners.mean(axis=0)
        wider = middle + 1.02 * (table.corners - middle)
        outline = np.rint(wider).astype(np.int32)
        cv2.fillConvexPoly(rest, outline, 0)
        # Of a small grid that part is less than its lines are wide.
        cv2.polylines(rest, [outline], True, 0, RIM)
    return rest


def _corners(part: Pixels) -> NDArray[np.float32]:
    """The corners of a quadrilateral mark: its points furthest out along both diagonals."""
    rows, columns = np.nonzero(part)
    down, across = rows + columns, columns - rows
    picks = [down.argmin(), across.argmax(), down.argmax(), across.argmin()]
    return np.array([(columns[i], rows[i]) for i in picks], np.float32)


def _flatten(
    ink: Pixels, part: Pixels, at: tuple[int, int], scale: float, corners: NDArray[np.float32]
) -> Table | None:
    """The grid of those corners, None when it is none."""
    top, right, bottom, left = (
        float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4)
    )
    width, height = max(top, bottom), max(left, right)
    if min(top, bottom) < 0.5 * width or min(left, right) < 0.5 * height:
        return None
    shrink = min(1.0, FLAT_SIDE / max(width, height))
    size = (max(8, round(width * shrink)), max(8, round(height * shrink)))
    goal = np.array(
        [(0, 0), (size[0] - 1, 0), (size[0] - 1, size[1] - 1), (0, size[1] - 1)], np.float32
    )
    matrix = cv2.getPerspectiveTransform(corners, goal)
    from_part = matrix @ np.array(
        [[1 / scale, 0, at[0] / scale], [0, 1 / scale, at[1] / scale], [0, 0, 1]]
    )
    lines = np.asarray(
        cv2.warpPerspective(part, from_part, size, flags=cv2.INTER_NEAREST), np.uint8
    )
    rows, columns = _lines(lines), _lines(np.ascontiguousarray(lines.T))
    if _on_lines(lines, rows, columns) < OWN:
        return None
    if len(rows) < 2 or len(columns) < 3:
        return None
    flat = np.asarray(cv2.warpPerspective(ink, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)
    to_page = np.asarray(np.linalg.inv(matrix), np.float64)
    return Table(flat, tuple(rows), tuple(columns), to_page, corners)


def _lines(mask: Pixels) -> list[int]:
    """Rows of a flattened grid along which a line runs.

    Lines of bent paper wander: only straight stretches count, and a few rows up and down.
    """
    height, width = mask.shape
    stretch = np.ones((1, max(9, width // 24)), np.uint8)
    straight = cv2.morphologyEx(mask, cv2.MORPH_OPEN, stretch)
    wander = max(3, height // 90) | 1
    thick = cv2.dilate(straight, np.ones((wander, 1), np.uint8))
    covered = thick.mean(axis=1)
    weight = cv2.GaussianBlur(straight.mean(axis=1)[:, None], (1, 2 * wander + 1), 0)[:, 0]
    found: list[int] = []
    for row in np.argsort(-weight, kind="stable").tolist():
        if covered[row] < COVERED:
            continue
        if all(abs(row - other) >= max(APART, height // 40) for other in found):
            found.append(row)
    return _evened(sorted(found), height)


def _on_lines(mask: Pixels, rows: list[int], columns: list[int]) -> float:
    """Which part of a mark lies on or near the lines found in it: a text's marks lie between."""
    near = np.zeros_like(mask)
    reach = max(4, max(mask.shape) // 100)
    for row in rows:
        near[max(0, row - reach) : row + reach + 1] = 1
    for column in columns:
        near[:, max(0, column - reach) : column + reach + 1] = 1
    return float(mask[near > 0].sum()) / max(1.0, float(mask.sum()))


def _evened(found: list[int], size: int) -> list[int]:
    """A sudoku's ten lines where nearly all of them were found, missed ones filled in."""
    if not SUDOKU - 1 <= len(found) <= SUDOKU + 3:
        return found
    even = np.linspace(0.0, size - 1.0, SUDOKU + 1)
    rows = np.array(found)
    nearest = [int(rows[np.abs(rows - line).argmin()]) for line in even.tolist()]
    off = np.abs(np.array(nearest) - even)
    near = off < 0.25 * size / SUDOKU
    if near.sum() < SUDOKU - 1:
        return found
    return [
        row if ok else round(line)
        for row, line, ok in zip(nearest, even.tolist(), near, strict=True)
    ]


def _without_border(patch: Pixels) -> Pixels:
    """A cell's ink without what runs along its border."""
    mask = (patch >= BOX_LEVEL).astype(np.uint8)
    height, width = mask.shape
    _, labels, stats, middles = cv2.connectedComponentsWithStats(mask, connectivity=8)
    gone = np.zeros(len(stats), bool)
    for number, (x, y, w, h, _) in enumerate(stats.tolist()):
        at_side = x == 0 or y == 0 or x + w == width or y + h == height
        across, down = middles[number]
        central = 0.2 < across / width < 0.8 and 0.2 < down / height < 0.8
        # A line that wandered out of its margin, whether or not it touches the border.
        upright = h >= 0.8 * height and not 0.25 < across / width < 0.75
        lying = w >= 0.8 * width and h < 0.3 * height
        gone[number] = bool(number) and (upright or lying or (at_side and not central))
    if not gone.any():
        return patch
    rim = cv2.dilate(gone[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.where(rim & ((mask == 0) | gone[labels]), 0, patch).astype(np.uint8)
