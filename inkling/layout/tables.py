"""Find printed tables on a page: sudokus, tables, rows of boxes on a form.

A table is one large, hollow component with at least two horizontal and three vertical lines. Its
four corners give the perspective. The lines of the flattened table give rows and columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import Box, shrink
from inkling.imaging.pixels import BOX_LEVEL, Pixels

# Tables are searched for in a picture with this longer side, in pixels: small enough to be fast,
# and large enough for the lines to show.
SEARCH_SIDE = 1400
# A table's longer side is at least this part of the picture's longer side, and its shorter side at
# least that part of the shorter one.
MIN_LONG_SIDE = 0.2
MIN_SHORT_SIDE = 0.02
# A table's ink covers at most this part of its box.
MAX_COVER = 0.55
# The shorter of two opposite sides is at least this part of the longer one.
MIN_SIDE_RATIO = 0.5
# The longer side of a flattened table, in pixels, at most.
FLAT_SIDE = 1600
# A line covers at least this part of the flattened table's width or height.
MIN_LINE_COVER = 0.5
# At least this part of a table's component lies on its lines. The rest touches them.
MIN_ON_LINES = 0.6
# Lines that are closer than this, in pixels, are one.
MIN_LINE_DISTANCE = 14
# Cells of a sudoku in each direction.
SUDOKU = 9


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A printed table.

    Attributes:
        rows: the y coordinates of its horizontal lines where it is flat, from top to bottom.
        columns: the x coordinates of its vertical lines there, from left to right.
        to_page: float64 (3, 3), takes flattened (x, y, 1) to the page's ink.
        corners: float32 (4, 2) in the page's ink: top left, top right, bottom right, bottom left.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    to_page: NDArray[np.float64]
    corners: NDArray[np.float32]

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns of cells."""
        return len(self.rows) - 1, len(self.columns) - 1

    @property
    def cell_height(self) -> float:
        """The median height of its cells, in pixels of the page's ink."""
        rows = np.diff(self.rows)
        _, _, _, height = self.on_page((self.columns[0], self.rows[0], 1, round(np.median(rows))))
        return float(height)

    def on_page(self, box: Box) -> Box:
        """The upright box, in the page's ink, around a box in the flattened table."""
        x, y, width, height = box
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        moved = cv2.perspectiveTransform(np.array([corners], np.float64), self.to_page)[0]
        low, high = moved.min(axis=0), moved.max(axis=0)
        left, top = round(float(low[0])), round(float(low[1]))
        return left, top, max(1, round(float(high[0])) - left), max(1, round(float(high[1])) - top)


def find_tables(ink: Pixels) -> list[Table]:
    """Find all tables on a page, from top to bottom.

    Args:
        ink: uint8 (h, w), with ruling lines.
    """
    longer, shorter = max(ink.shape), min(ink.shape)
    scale = min(1.0, SEARCH_SIDE / longer)
    small = shrink(ink, scale)
    # Dilated, because fine printed lines are broken in photos.
    mask = cv2.dilate((small >= BOX_LEVEL).astype(np.uint8), np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for number, (x, y, w, h, area) in enumerate(stats.tolist()):
        is_short = max(w, h) < MIN_LONG_SIDE * longer * scale
        if number == 0 or is_short or min(w, h) < MIN_SHORT_SIDE * shorter * scale:
            continue
        if area > MAX_COVER * w * h:
            continue
        part = (labels[y : y + h, x : x + w] == number).astype(np.uint8)
        corners = (_corners(part) + np.array([x, y])) / scale
        table = _flatten(part, (x, y), scale, corners.astype(np.float32))
        if table is not None:
            found.append(table)
    return sorted(found, key=lambda table: float(table.corners[:, 1].min()))


def _corners(part: Pixels) -> NDArray[np.float32]:
    """The corners of a quadrilateral component: its points furthest out along both diagonals."""
    rows, columns = np.nonzero(part)
    down, across = rows + columns, columns - rows
    picks = [down.argmin(), across.argmax(), down.argmax(), across.argmin()]
    return np.array([(columns[i], rows[i]) for i in picks], np.float32)


def _flatten(
    part: Pixels, at: tuple[int, int], scale: float, corners: NDArray[np.float32]
) -> Table | None:
    """Flatten a table; None when the component is no table.

    Args:
        part: uint8 (h, w), 1 on the component's pixels in its box, in the small picture.
        at: x and y of that box in the small picture.
        scale: small side / page side.
        corners: float32 (4, 2), the component's corners in the page's ink.
    """
    top, right, bottom, left = (
        float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4)
    )
    width, height = max(top, bottom), max(left, right)
    if min(top, bottom) < MIN_SIDE_RATIO * width or min(left, right) < MIN_SIDE_RATIO * height:
        return None
    flat_scale = min(1.0, FLAT_SIDE / max(width, height))
    size = (max(8, round(width * flat_scale)), max(8, round(height * flat_scale)))
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
    if _on_lines(lines, rows, columns) < MIN_ON_LINES:
        return None
    if len(rows) < 2 or len(columns) < 3:
        return None
    to_page = np.asarray(np.linalg.inv(matrix), np.float64)
    return Table(tuple(rows), tuple(columns), to_page, corners)


def _lines(mask: Pixels) -> list[int]:
    """The rows of a flattened table along which a line runs.

    On bent paper a line is not straight: straight stretches within a few rows count together.
    """
    height, width = mask.shape
    stretch = np.ones((1, max(9, width // 24)), np.uint8)
    straight = cv2.morphologyEx(mask, cv2.MORPH_OPEN, stretch)
    wander = max(3, height // 90) | 1
    thick = cv2.dilate(straight, np.ones((wander, 1), np.uint8))
    covered = thick.mean(axis=1)
    weight = cv2.GaussianBlur(straight.mean(axis=1)[:, None], (1, 2 * wander + 1), 0)[:, 0]
    # However thick it is, a line is one run of rows; it lies where most of it is.
    runs = np.flatnonzero(np.diff(np.r_[0, covered >= MIN_LINE_COVER, 0]))
    peaks = [
        start + int(np.argmax(weight[start:end]))
        for start, end in zip(runs[::2].tolist(), runs[1::2].tolist(), strict=True)
    ]
    found: list[int] = []
    for row in sorted(peaks, key=lambda row: -float(weight[row])):
        if all(abs(row - other) >= max(MIN_LINE_DISTANCE, height // 40) for other in found):
            found.append(row)
    return _evened(sorted(found), height)


def _on_lines(mask: Pixels, rows: list[int], columns: list[int]) -> float:
    """The part of a component that is on or near the lines found in it. For text it is small."""
    near = np.zeros_like(mask)
    reach = max(4, max(mask.shape) // 100)
    for row in rows:
        near[max(0, row - reach) : row + reach + 1] = 1
    for column in columns:
        near[:, max(0, column - reach) : column + reach + 1] = 1
    return float(mask[near > 0].sum()) / max(1.0, float(mask.sum()))


def _evened(found: list[int], size: int) -> list[int]:
    """The ten lines of a sudoku when nearly all were found, with the missing ones filled in."""
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
