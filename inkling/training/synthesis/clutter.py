"""Clutter: what is around a number on forms and cheques, and is no part of it."""

from __future__ import annotations

import cv2
import numpy as np

from inkling.imaging.pixels import Pixels
from inkling.training.synthesis.canvas import CANVAS_DIGIT, CANVAS_HEIGHT

Rng = np.random.Generator

# Part of the lines that have ruling lines, a frame's side, ink of the neighbouring lines, specks, a
# gap where a ruling line was erased, and an edge of the picture.
RULE_RATE = 0.25
FRAME_RATE = 0.1
NEIGHBOUR_RATE = 0.12
SPECKS_RATE = 0.2
GAP_RATE = 0.12
EDGE_RATE = 0.06


def add_clutter(canvas: Pixels, rng: Rng) -> None:
    """Draw clutter over a line's canvas, in place."""
    for rate, add in (
        (RULE_RATE, _add_rules),
        (FRAME_RATE, _add_frame),
        (NEIGHBOUR_RATE, _add_neighbours),
        (SPECKS_RATE, _add_specks),
        (GAP_RATE, _erase_rule),
        (EDGE_RATE, _add_edge),
    ):
        if rng.random() < rate:
            add(canvas, rng)


def add_printed_baseline(canvas: Pixels, rng: Rng) -> None:
    """Draw the ruling line that a number stands on or crosses, solid or dotted, in place."""
    width = canvas.shape[1]
    y = round(CANVAS_HEIGHT / 2 + CANVAS_DIGIT * float(rng.uniform(0.3, 0.75)))
    climb = int(rng.integers(-3, 4))
    level, thickness = int(rng.integers(70, 256)), int(rng.integers(1, 5))
    step = int(rng.integers(4, 12)) if rng.random() < 0.3 else width
    line = np.zeros_like(canvas)
    cv2.line(line, (0, y), (width, y + climb), level, thickness, cv2.LINE_AA)
    line[:, (np.arange(width) % step) > 0.6 * step] = 0
    np.maximum(canvas, line, out=canvas)


def _add_rules(canvas: Pixels, rng: Rng) -> None:
    """One or two ruling lines near the top or the bottom."""
    height, width = canvas.shape
    for _ in range(int(rng.integers(1, 3))):
        top, bottom = rng.integers(0, height // 6), rng.integers(height * 4 // 5, height)
        y = int(rng.choice([top, bottom]))
        x = int(rng.integers(-width, width // 2))
        end = (x + int(rng.integers(width // 3, 2 * width)), y + int(rng.integers(-3, 4)))
        cv2.line(canvas, (x, y), end, int(rng.integers(90, 256)), int(rng.integers(1, 3)))


def _add_frame(canvas: Pixels, rng: Rng) -> None:
    """The left or the right side of a box."""
    height, width = canvas.shape
    x = int(rng.choice([rng.integers(0, 8), rng.integers(max(0, width - 8), width)]))
    end = (x + int(rng.integers(-2, 3)), height)
    cv2.line(canvas, (x, 0), end, int(rng.integers(90, 256)), int(rng.integers(1, 4)))


def _add_neighbours(canvas: Pixels, rng: Rng) -> None:
    """Ink of the line above or below that reaches into this one."""
    height, width = canvas.shape
    row = 0 if rng.random() < 0.4 else height - 1
    for x in rng.integers(0, width, int(rng.integers(2, 14))).tolist():
        y = row + int(rng.integers(-7, 8))
        end = (x + int(rng.integers(-8, 9)), row)
        cv2.line(canvas, (x, y), end, 255, int(rng.integers(2, 4)), cv2.LINE_AA)


def _add_specks(canvas: Pixels, rng: Rng) -> None:
    height, width = canvas.shape
    for x in rng.integers(0, width, int(rng.integers(1, 12))).tolist():
        y, level = int(rng.integers(0, height)), int(rng.integers(60, 256))
        cv2.circle(canvas, (x, y), int(rng.integers(1, 3)), level, cv2.FILLED)


def _erase_rule(canvas: Pixels, rng: Rng) -> None:
    """The gap that is left where a ruling line was erased together with the ink on it."""
    height, width = canvas.shape
    y = int(rng.integers(height // 4, height))
    start, end = sorted(rng.integers(-width // 4, width + width // 4, 2).tolist())
    end_y = y + int(rng.integers(-3, 4))
    cv2.line(canvas, (start, y), (end, end_y), 0, int(rng.integers(2, 6)))


def _add_edge(canvas: Pixels, rng: Rng) -> None:
    """The edge of the picture above or below, beyond which there is nothing."""
    part = float(rng.uniform(0.0, 0.25))
    lost = round((CANVAS_HEIGHT - CANVAS_DIGIT) / 2 + part * CANVAS_DIGIT)
    if rng.random() < 0.6:
        canvas[:lost] = 0
    if rng.random() < 0.4:
        canvas[canvas.shape[0] - lost :] = 0
