"""Characters side by side as one writer puts them: apart, touching or joined, with marks around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.training.synthesis import marks
from inkling.training.synthesis.canvas import CANVAS_DIGIT, CANVAS_HEIGHT
from inkling.training.synthesis.writer import CHARACTER_INK, Patch, Writer

Rng = np.random.Generator
# For each row of the canvas, a column: int64 (CANVAS_HEIGHT,).
Columns = NDArray[np.int64]

# Part of the digits that are followed by a point or comma: those before which thousands are
# separated, and all others.
THOUSANDS_RATE = 0.3
STRAY_POINT_RATE = 0.02
# Part of the lines with a mark after or before the number, and of those whose picture ends within
# the first or the last character.
TRAILING_MARK_RATE = 0.35
LEADING_MARK_RATE = 0.06
CLIPPED_RATE = 0.05
# How many characters stand behind a separator of thousands.
THOUSANDS = (3, 6)


def compose_line(
    patches: Sequence[Patch], labels: Sequence[int], writers: Sequence[Writer], rng: Rng
) -> Pixels:
    """Place characters side by side on one baseline.

    Args:
        patches: from left to right.
        labels: the digit of each; -1 for what is none.
        writers: the writer of each.
        rng: chooses the gaps, and the marks before, between and after.

    Returns:
        uint8 (CANVAS_HEIGHT, width) ink.
    """
    line = _start(patches, writers[0], rng)
    for place, (patch, label, writer) in enumerate(zip(patches, labels, writers, strict=True)):
        line.add(patch, label, writer, rng)
        is_thousand = len(patches) - 1 - place in THOUSANDS
        if rng.random() < (THOUSANDS_RATE if is_thousand else STRAY_POINT_RATE):
            line.add_separator(rng)
    end = int(line.reach.max())
    if rng.random() < TRAILING_MARK_RATE:
        start = end + _margin(0.05, 0.5, rng)
        end = marks.draw_mark(line.canvas, start, line.base, line.pen_width, rng)
    end += _margin(0.05, 0.8, rng)
    canvas = line.canvas[:, : max(end, CANVAS_DIGIT)]
    return _clip(canvas, rng) if rng.random() < CLIPPED_RATE else canvas


@dataclass(slots=True)
class _Line:
    """A line in progress.

    Attributes:
        canvas: uint8 (CANVAS_HEIGHT, width) ink, wide enough for the whole line.
        base: the row of the baseline at the left.
        climb: how far the baseline rises, in rows per column.
        pen_width: of the marks, in pixels.
        reach: for each row the column up to which it is used.
        pen_lifted: where the pen left the last character, x and y; None before the first.
    """

    canvas: Pixels
    base: float
    climb: float
    pen_width: float
    reach: Columns
    pen_lifted: tuple[int, int] | None = None

    def add(self, patch: Patch, label: int, writer: Writer, rng: Rng) -> None:
        """Place a character to the right of those that are there."""
        height, width = patch.ink.shape
        bottom = self.base + writer.descent(label) - self.climb * int(self.reach.max())
        top = round(bottom - height + rng.normal(0.0, writer.baseline_jitter) * CANVAS_DIGIT)
        top = min(max(0, top), max(0, CANVAS_HEIGHT - height))
        ink = patch.ink[: CANVAS_HEIGHT - top]
        left = _left(self.reach, ink, top, writer, rng)
        rows = slice(top, top + ink.shape[0])
        area = self.canvas[rows, left : left + width]
        np.maximum(area, ink, out=area)
        if self.pen_lifted is not None and rng.random() < writer.ligature_rate:
            start = patch.start or (2, height // 2)
            self._join(_shift(start, left, top), writer.pen_width)
        self.pen_lifted = _shift(patch.end or (width - 2, height // 2), left, top)
        self.reach[rows] = np.maximum(self.reach[rows], _right_edges(ink) + left)

    def add_separator(self, rng: Rng) -> None:
        """Place a point or comma after the last character."""
        x = int(self.reach.max()) + int(rng.integers(1, 8))
        marks.draw_separator(self.canvas, x, round(self.base), self.pen_width, rng)
        self.reach[-CANVAS_HEIGHT // 3 :] = x + 4

    def _join(self, start: tuple[int, int], pen_width: float) -> None:
        """Draw a ligature from the last character to the next one's start, if they are near."""
        if self.pen_lifted is not None and abs(start[0] - self.pen_lifted[0]) < CANVAS_DIGIT:
            thickness = max(1, round(0.8 * pen_width))
            cv2.line(self.canvas, self.pen_lifted, start, 255, thickness, cv2.LINE_AA)


def _start(patches: Sequence[Patch], writer: Writer, rng: Rng) -> _Line:
    """An empty line, or one with a mark before the number."""
    width = sum(patch.ink.shape[1] for patch in patches) + len(patches) * 2 * CANVAS_DIGIT
    canvas = np.zeros((CANVAS_HEIGHT, 2 * CANVAS_HEIGHT + width), np.uint8)
    left = _margin(0.05, 0.8, rng)
    base = CANVAS_HEIGHT / 2 + writer.height / 2 + float(rng.normal(0.0, 0.08)) * CANVAS_DIGIT
    climb = float(rng.normal(0.0, 0.02))
    if rng.random() < LEADING_MARK_RATE:
        end = marks.draw_mark(canvas, left, base, writer.pen_width, rng, is_before=True)
        left = end + _margin(0.1, 0.5, rng)
    reach = np.full(CANVAS_HEIGHT, left, np.int64)
    return _Line(canvas, base, climb, writer.pen_width, reach)


def _margin(low: float, high: float, rng: Rng) -> int:
    """A random width in pixels, between two parts of a digit's height."""
    return round(float(rng.uniform(low, high)) * CANVAS_DIGIT)


def _clip(canvas: Pixels, rng: Rng) -> Pixels:
    """A line whose first or last character is cut, but so little that it stays legible."""
    columns = np.flatnonzero(canvas.any(axis=0))
    if not columns.size or np.ptp(columns) < CANVAS_DIGIT:
        return canvas
    lost = _margin(0.0, 0.2, rng)
    if rng.random() < 0.7:
        return canvas[:, columns[0] + lost :]
    return canvas[:, : columns[-1] + 1 - lost]


def _shift(point: tuple[int, int], left: int, top: int) -> tuple[int, int]:
    return point[0] + left, point[1] + top


def _left(reach: Columns, ink: Pixels, top: int, writer: Writer, rng: Rng) -> int:
    """The column where the next character begins.

    Mostly its nearest ink is at the writer's gap from what is there, since characters reach under
    each other. Sometimes the boxes are.
    """
    mask = ink >= CHARACTER_INK
    first = np.where(mask.any(axis=1), mask.argmax(axis=1), 10_000)
    room = reach[top : top + ink.shape[0]] - first
    gap = (writer.gap + float(rng.normal(0.0, 0.08))) * CANVAS_DIGIT
    nearest = int(room.max())
    if rng.random() < 0.5:
        nearest = max(nearest, int(np.percentile(reach, 90)) - round(0.15 * CANVAS_DIGIT))
    return max(0, nearest + round(gap))


def _right_edges(ink: Pixels) -> Columns:
    """For each row the column after its last ink; 0 where the row has none."""
    mask = ink >= CHARACTER_INK
    last = ink.shape[1] - mask[:, ::-1].argmax(axis=1)
    return np.where(mask.any(axis=1), last, 0).astype(np.int64)
