"""Digits side by side as one hand puts them: apart, touching or tied, with what stands around."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.training.synthesis import clutter
from inkling.training.synthesis.clutter import DIGIT, HEIGHT
from inkling.training.synthesis.writer import Hand, Patch

Rng = np.random.Generator
Columns = NDArray[np.int64]

# How often there is ...
POINT = 0.3  # ... a point or comma after a digit that thousands end with
STRAY_POINT = 0.02  # ... after any other
TAIL = 0.35  # ... a dash or the like after the number
LEAD = 0.06
CLIPPED = 0.05  # ... a picture that ends within the first digit or the last


def write(patches: list[Patch], said: tuple[int, ...], hands: list[Hand], rng: Rng) -> Pixels:
    """Digits side by side on one baseline.

    Args:
        patches: from left to right.
        said: the label of each; -1 for none.
        hands: whose each is.
        rng: of the gaps, and of what stands before and after.

    Returns:
        uint8 (HEIGHT, width) ink.
    """
    wide = sum(patch.ink.shape[1] for patch in patches)
    strip = np.zeros((HEIGHT, 2 * HEIGHT + wide + len(patches) * 2 * DIGIT), np.uint8)
    pen = hands[0].pen
    room = round(float(rng.uniform(0.05, 0.8)) * DIGIT)
    base = HEIGHT / 2 + hands[0].height / 2 + float(rng.normal(0.0, 0.08)) * DIGIT
    climb = float(rng.normal(0.0, 0.02))
    if rng.random() < LEAD:
        end = clutter.tail(strip, room, base, pen, rng, is_before=True)
        room = end + round(float(rng.uniform(0.1, 0.5)) * DIGIT)
    reach = np.full(HEIGHT, room, np.int64)
    left_off: tuple[int, int] | None = None
    for place, (patch, label, hand) in enumerate(zip(patches, said, hands, strict=True)):
        height, width = patch.ink.shape
        bottom = base + hand.below(label) - climb * int(reach.max())
        top = round(bottom - height + rng.normal(0.0, hand.wobble) * DIGIT)
        top = min(max(0, top), max(0, HEIGHT - height))
        ink = patch.ink[: HEIGHT - top]
        left = _left(reach, ink, top, hand, rng)
        area = strip[top : top + ink.shape[0], left : left + width]
        np.maximum(area, ink, out=area)
        if left_off is not None and rng.random() < hand.tie:
            _tie(strip, left_off, _shifted(_start(patch), left, top), hand.pen)
        left_off = _shifted(_end(patch), left, top)
        rows = slice(top, top + ink.shape[0])
        reach[rows] = np.maximum(reach[rows], _right_edges(ink) + left)
        is_thousand = len(patches) - 1 - place in (3, 6)
        if rng.random() < (POINT if is_thousand else STRAY_POINT):
            x = int(reach.max()) + int(rng.integers(1, 8))
            clutter.point(strip, x, round(base), pen, rng)
            reach[-HEIGHT // 3 :] = x + 4
    end = int(reach.max())
    if rng.random() < TAIL:
        start = end + round(float(rng.uniform(0.05, 0.5)) * DIGIT)
        end = clutter.tail(strip, start, base, pen, rng)
    end += round(float(rng.uniform(0.05, 0.8)) * DIGIT)
    strip = strip[:, : max(end, DIGIT)]
    return _clipped(strip, rng) if rng.random() < CLIPPED else strip


def _clipped(strip: Pixels, rng: Rng) -> Pixels:
    """A line whose first ink is cut off at one side: too little of it for a digit to be lost."""
    columns = np.flatnonzero(strip.any(axis=0))
    if not columns.size or np.ptp(columns) < DIGIT:
        return strip
    lost = round(float(rng.uniform(0.0, 0.2)) * DIGIT)
    if rng.random() < 0.7:
        return strip[:, columns[0] + lost :]
    return strip[:, : columns[-1] + 1 - lost]


def _start(patch: Patch) -> tuple[int, int]:
    return patch.start or (2, patch.ink.shape[0] // 2)


def _end(patch: Patch) -> tuple[int, int]:
    return patch.end or (patch.ink.shape[1] - 2, patch.ink.shape[0] // 2)


def _shifted(point: tuple[int, int], left: int, top: int) -> tuple[int, int]:
    return point[0] + left, point[1] + top


def _tie(strip: Pixels, start: tuple[int, int], end: tuple[int, int], pen: float) -> None:
    """The way of a pen that was not lifted between two digits that are near each other."""
    if abs(end[0] - start[0]) < DIGIT:
        cv2.line(strip, start, end, 255, max(1, round(0.8 * pen)), cv2.LINE_AA)


def _left(reach: Columns, ink: Pixels, top: int, hand: Hand, rng: Rng) -> int:
    """Where the next digit begins: its nearest ink at the writer's gap from what stands there."""
    mask = ink >= 64
    first = np.where(mask.any(axis=1), mask.argmax(axis=1), 10_000)
    room = reach[top : top + ink.shape[0]] - first
    gap = (hand.gap + float(rng.normal(0.0, 0.08))) * DIGIT
    # By the nearest ink mostly, for digits tuck under each other; by the boxes at times.
    nearest = int(room.max())
    if rng.random() < 0.5:
        nearest = max(nearest, int(np.percentile(reach, 90)) - round(0.15 * DIGIT))
    return max(0, nearest + round(gap))


def _right_edges(ink: Pixels) -> Columns:
    """For each row the column after its last ink; 0 where there is none."""
    mask = ink >= 64
    last = ink.shape[1] - mask[:, ::-1].argmax(axis=1)
    return np.where(mask.any(axis=1), last, 0).astype(np.int64)
