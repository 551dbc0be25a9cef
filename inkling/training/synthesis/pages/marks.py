"""What is drawn around numbers: rings, boxes, underlines, crossings-out, doodles."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.training.synthesis.pages.handwriting import Hand, draw_curve
from inkling.training.synthesis.pages.sheet import Sheet

Rng = np.random.Generator
Points = NDArray[np.float64]

# How often a number is crossed out, underlined, ringed, boxed, or crossed by a rule.
STRUCK_RATE = 0.05
UNDERLINED_RATE = 0.06
RINGED_RATE = 0.06
BOXED_RATE = 0.05
CROSSED_BY_RULE_RATE = 0.03


def decorate(sheet: Sheet, hand: Hand, first: int, start: float, end: float, y: float) -> None:
    """Sometimes draw something around, under or through a number.

    Args:
        sheet: changed in place.
        hand: who writes.
        first: the number's first character in `sheet.written`.
        start: the column where the number begins.
        end: the column where it ends.
        y: the row of the digits' middle.
    """
    choice = hand.rng.random()
    for rate, draw in (
        (STRUCK_RATE, _strike),
        (UNDERLINED_RATE, _underline),
        (RINGED_RATE, ring),
        (BOXED_RATE, _box),
        (CROSSED_BY_RULE_RATE, _cross),
    ):
        if choice < rate:
            draw(sheet, hand, first, start, end, y)
            return
        choice -= rate


def line(layer: Pixels, start: Points, end: Points, width: float, wobble: float, rng: Rng) -> None:
    """Draw a straight line whose points are off by `wobble` pixels, in place."""
    t = np.linspace(0.0, 1.0, 6)[:, None]
    points = (1 - t) * np.asarray(start) + t * np.asarray(end)
    draw_curve(layer, points + rng.normal(0.0, wobble, points.shape), width)


def doodle(sheet: Sheet, hand: Hand, x: float, y: float) -> float:
    """Draw a scribble, a triangle, an arrow or a tick; returns the column where it ends."""
    rng, height = hand.rng, hand.height
    kind = rng.random()
    if kind < 0.5:
        count = int(rng.integers(4, 12))
        points = np.cumsum(rng.normal(0.0, 0.35 * height, (count, 2)), axis=0) + np.array([x, y])
    else:
        shapes = (
            [(0.0, -0.4), (0.45, 0.4), (-0.45, 0.4), (0.0, -0.4)],
            [(-0.5, 0.0), (0.5, 0.0), (0.25, -0.2), (0.5, 0.0), (0.25, 0.2)],
            [(-0.3, 0.0), (-0.05, 0.35), (0.45, -0.5)],
            [(-0.4, -0.4), (0.4, -0.4), (0.4, 0.4), (-0.4, 0.4), (-0.4, -0.4)],
        )
        shape = np.asarray(shapes[int(rng.integers(len(shapes)))])
        points = shape * height * float(rng.uniform(0.6, 1.5)) + np.array([x + 0.5 * height, y])
    draw_curve(sheet.other, points, hand.writer.pen_width)
    return float(max(x, points[:, 0].max()))


def _strike(sheet: Sheet, hand: Hand, first: int, start: float, end: float, y: float) -> None:
    """Cross a number out: a line, two lines, a cross, or a zigzag."""
    rng, height = hand.rng, hand.height
    kind = rng.random()
    if kind < 0.65:
        for _ in range(int(rng.integers(1, 4))):
            rows = y + rng.normal(0.0, 0.22, 2) * height
            line(
                sheet.other,
                np.array([start - 0.1 * height, rows[0]]),
                np.array([end + 0.1 * height, rows[1]]),
                hand.writer.pen_width,
                0.01 * height,
                rng,
            )
    elif kind < 0.8:
        for sign in (-1, 1):
            line(
                sheet.other,
                np.array([start, y - sign * 0.45 * height]),
                np.array([end, y + sign * 0.45 * height]),
                hand.writer.pen_width,
                0.01 * height,
                rng,
            )
    else:
        count = max(4, round((end - start) / height * 5))
        columns = np.linspace(start, end, count)
        rows = y + 0.4 * height * np.where(np.arange(count) % 2, 1.0, -1.0)
        points = np.stack([columns, rows + rng.normal(0.0, 0.08 * height, count)], axis=1)
        draw_curve(sheet.other, points, hand.writer.pen_width)
    for written in sheet.written[first:]:
        written.is_struck = True
    corner = (int(start - 2), int(y - 0.6 * height))
    opposite = (int(end + 2), int(y + 0.6 * height))
    cv2.rectangle(sheet.ignored, corner, opposite, 255, cv2.FILLED)


def _underline(sheet: Sheet, hand: Hand, _first: int, start: float, end: float, y: float) -> None:
    rng, height = hand.rng, hand.height
    for double in range(1 + (rng.random() < 0.25)):
        rows = y + (0.6 + 0.15 * double + rng.normal(0.0, 0.04, 2)) * height
        ends = np.array([start, end]) + rng.uniform(-0.3, 0.3, 2) * height
        first, last = np.array([ends[0], rows[0]]), np.array([ends[1], rows[1]])
        line(sheet.other, first, last, hand.writer.pen_width, 0.01 * height, rng)


def ring(sheet: Sheet, hand: Hand, _first: int, start: float, end: float, y: float) -> None:
    """A ring around a number, sometimes so tight that it crosses the digits."""
    rng, height = hand.rng, hand.height
    margin = float(rng.uniform(-0.05, 0.45)) * height
    angles = np.linspace(0.0, 2.0 * np.pi * float(rng.uniform(0.95, 1.1)), 28) + rng.uniform(0, 6)
    radii = np.array([(end - start) / 2.0 + margin, 0.6 * height + margin])
    wave = 1.0 + 0.05 * np.sin(2 * angles + rng.uniform(0, 6))
    shape = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii * wave[:, None]
    draw_curve(sheet.other, shape + np.array([(start + end) / 2.0, y]), hand.writer.pen_width)


def _box(sheet: Sheet, hand: Hand, _first: int, start: float, end: float, y: float) -> None:
    """A drawn or printed box, sometimes with a side missing."""
    rng, height = hand.rng, hand.height
    is_drawn = rng.random() < 0.5
    layer = sheet.other if is_drawn else sheet.printed
    width = hand.writer.pen_width if is_drawn else max(1.0, float(rng.uniform(0.02, 0.07)) * height)
    margin = rng.uniform(0.05, 0.5, 2) * height
    corners = np.array(
        [
            [start - margin[0], y - 0.5 * height - margin[1]],
            [end + margin[0], y - 0.5 * height - margin[1]],
            [end + margin[0], y + 0.5 * height + margin[1]],
            [start - margin[0], y + 0.5 * height + margin[1]],
        ]
    )
    wobble = 0.015 * height if is_drawn else 0.0
    for side in range(4):
        if rng.random() < 0.9:
            line(layer, corners[side], corners[(side + 1) % 4], width, wobble, rng)


def _cross(sheet: Sheet, hand: Hand, _first: int, start: float, end: float, y: float) -> None:
    """A printed rule through the digits: the number stays legible and counts."""
    rng, height = hand.rng, hand.height
    row = y + float(rng.uniform(0.2, 0.5)) * height * float(rng.choice([-1.0, 1.0]))
    first, last = np.array([start - 3 * height, row]), np.array([end + 3 * height, row])
    line(sheet.printed, first, last, max(1.0, 0.04 * height), 0.0, rng)
