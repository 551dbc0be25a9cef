"""Marks beside and between digits on forms and cheques: points, dashes, brackets, dots."""

from __future__ import annotations

import cv2
import numpy as np

from inkling.imaging.pixels import Pixels
from inkling.training.synthesis.canvas import CANVAS_DIGIT, CANVAS_HEIGHT

Rng = np.random.Generator

# What stands before or after a number. The order decides which random numbers mean which mark.
KINDS = ("point", "dash", "double dash", "point and dash", "bracket", "scribble")
# Part of the marks after a number that are scribbles. Before a number there are none: a scribble
# could be zeros after a number, but before it would look like a one.
SCRIBBLE_RATE = 0.06


def draw_separator(canvas: Pixels, x: int, base: int, pen_width: float, rng: Rng) -> None:
    """Draw a point or a comma.

    Args:
        canvas: uint8 ink, changed in place.
        x: its column.
        base: the row of the baseline.
        pen_width: in pixels.
        rng: chooses its shape.
    """
    factor = float(rng.uniform(0.6, 2.0 if rng.random() < 0.3 else 1.3))
    width = max(1, round(pen_width * factor))
    y = min(CANVAS_HEIGHT - 4, base - int(rng.integers(0, 10)))
    if rng.random() < 0.5:
        cv2.circle(canvas, (x, y), max(1, width // 2), 255, cv2.FILLED, cv2.LINE_AA)
    else:
        end = (x - int(rng.integers(0, 6)), min(CANVAS_HEIGHT - 1, y + int(rng.integers(4, 14))))
        cv2.line(canvas, (x, y), end, 255, width, cv2.LINE_AA)


def dot(height: float, rng: Rng) -> Pixels:
    """A round or slightly flattened dot, uint8.

    Args:
        height: in pixels.
        rng: chooses its width.
    """
    radius = max(1.0, height / 2.0)
    size = 2 * int(radius * 1.4) + 5
    patch = np.zeros((size, size), np.uint8)
    axes = (round(radius * float(rng.uniform(0.8, 1.3))), round(radius))
    centre = (size // 2, size // 2)
    cv2.ellipse(patch, centre, axes, 0.0, 0.0, 360.0, 255, cv2.FILLED, cv2.LINE_AA)
    return patch


def draw_mark(
    canvas: Pixels, x: int, base: float, pen_width: float, rng: Rng, *, is_before: bool = False
) -> int:
    """Draw one of `KINDS` before or after a number.

    Args:
        canvas: uint8 ink, changed in place.
        x: the column where it begins.
        base: the row of the baseline.
        pen_width: in pixels.
        rng: chooses the mark and its shape.
        is_before: whether it stands before the number.

    Returns:
        The column where it ends.
    """
    scribbles = 0.0 if is_before else SCRIBBLE_RATE
    others = len(KINDS) - 1
    kind = str(rng.choice(KINDS, p=[*[(1.0 - scribbles) / others] * others, scribbles]))
    thickness = max(1, round(pen_width * float(rng.uniform(0.8, 1.1))))
    width = int(rng.integers(8, 30))
    middle = round(base - float(rng.uniform(0.2, 0.9)) * CANVAS_DIGIT)
    if kind in ("point", "point and dash"):
        draw_separator(canvas, x, round(base), pen_width, rng)
        x += 6
    if kind.endswith("dash"):
        tilt = int(rng.integers(-6, 3))
        cv2.line(canvas, (x, middle), (x + width, middle + tilt), 255, thickness, cv2.LINE_AA)
        if kind == "double dash":
            lower = middle + int(rng.integers(6, 14))
            cv2.line(canvas, (x, lower), (x + width, lower + tilt), 255, thickness, cv2.LINE_AA)
        return x + width
    if kind == "bracket":
        return _draw_bracket(canvas, x, base, thickness, rng, opens=is_before)
    if kind == "scribble":
        return _draw_scribble(canvas, x + 12, middle, thickness, rng)
    return x


def _draw_bracket(
    canvas: Pixels, x: int, base: float, thickness: int, rng: Rng, *, opens: bool
) -> int:
    """Draw an opening or closing bracket, taller than digits, and return where it ends."""
    width = rng.uniform(0.2, 0.45) * CANVAS_DIGIT
    height = rng.uniform(1.1, 1.6) * CANVAS_DIGIT
    position = np.linspace(-1.0, 1.0, 16)
    middle = base - CANVAS_DIGIT / 2.0 + float(rng.normal(0.0, 0.08)) * CANVAS_DIGIT
    bow = width * (1.0 - position**2)
    columns, rows = x + (width - bow if opens else bow), middle + position * height / 2.0
    points = np.rint(np.stack([columns, rows], axis=1)).astype(np.int32)
    cv2.polylines(canvas, [points], False, 255, thickness, cv2.LINE_AA)
    return round(x + width)


def _draw_scribble(canvas: Pixels, x: int, y: int, thickness: int, rng: Rng) -> int:
    """Draw a scribble that begins near (x, y), and return where it ends."""
    corners = rng.normal(0.0, 5.0, (6, 2)).cumsum(axis=0) + np.array([x, y])
    points = np.clip(corners, 0, [canvas.shape[1] - 1, CANVAS_HEIGHT - 1]).astype(np.int32)
    cv2.polylines(canvas, [points], False, 255, thickness, cv2.LINE_AA)
    return int(points[:, 0].max())
