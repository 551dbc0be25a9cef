"""How one writer's digits look in a line: drawn from pen strokes, or from glyphs, with one pen."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels, bounding_box, stroke_width
from inkling.imaging.strokes import draw_lines
from inkling.training.data.formats import Strokes
from inkling.training.synthesis.allographs import PLAIN, Lines, Style, styled

Rng = np.random.Generator
Waves = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]

# Digits lower than this part of their width are measured by their width: lying strokes.
FLAT = 0.45
# A hasty line's points are so far apart, in digit heights.
STEP = 0.03
# Where a set names no writers, so many characters in a row are taken for one's.
RUN = 60


@dataclass(frozen=True, slots=True)
class Hand:
    """One writer's way for the length of a number. Lengths are in pixels of the fine strip.

    Attributes:
        height: of digits.
        slant: of uprights, to the right, as a part of the height.
        stretch: of widths.
        gap: between digits, as a part of the height; negative where they overlap.
        wobble: of the baseline, as a part of the height.
        pen: diameter.
        tie: how often the pen is not lifted between two digits.
        drop: how far 4, 7 and 9 reach below the line, as a part of the height.
        one, zero: how high those are beside the others.
        lift: how far above the line digits stand, as a part of the height.
        style: ways of its own (pen strokes alone).
        habit: seed of how it bends its digits, each label's always alike (pen strokes alone).
        bend: how far, as a part of the height.
        haste: over how long a way it cuts corners, as a part of the height (pen strokes alone).
        join: how often the pen is not lifted within a digit (pen strokes alone).
    """

    height: float
    slant: float
    stretch: float
    gap: float
    wobble: float
    pen: float
    tie: float = 0.0
    drop: float = 0.0
    one: float = 1.0
    zero: float = 1.0
    lift: float = 0.0
    style: Style = PLAIN
    habit: int = 0
    bend: float = 0.0
    haste: float = 0.0
    join: float = 0.0

    def share(self, label: int) -> float:
        """How high a digit is beside the others."""
        return {0: self.zero, 1: self.one}.get(label, 1.0)

    def below(self, label: int) -> float:
        """How far a digit reaches below the line, in pixels."""
        part = self.drop if label in (4, 7, 9) else 0.5 * (self.one - 1.0) * (label == 1)
        return (part - self.lift) * self.height


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A digit as it stands in a line, cut to its ink's columns.

    Attributes:
        ink: uint8 (height, width).
        start, end: where the pen came and left, x and y in the patch; None where it is not known.
    """

    ink: Pixels
    start: tuple[int, int] | None = None
    end: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Trajectories:
    """Digits as pen strokes, by writer.

    Attributes:
        digits: each the lines of one digit, (points, 2), x and y down from 0, its height 1.
        labels: uint8 (n,).
        writers: for each writer and label the rows there are.
    """

    digits: list[Lines]
    labels: Pixels
    writers: list[dict[int, NDArray[np.int64]]]


def trajectories(strokes: Strokes, rows: NDArray[np.int64]) -> Trajectories:
    """Some characters of a set of pen strokes, at one height, sorted by writer."""
    digits, labels, owners = [], [], []
    for row in rows.tolist():
        lines = [line.astype(np.float64) for line in strokes.character(row) if len(line)]
        if not lines:
            continue
        points = np.concatenate(lines)
        low, size = points.min(axis=0), np.ptp(points, axis=0)
        unit = max(float(size[1]), FLAT * float(size[0]))
        if unit <= 0:
            continue
        digits.append([(line - low) / unit for line in lines])
        labels.append(int(strokes.labels[row]))
        owners.append(str(strokes.writers[row]) if strokes.writers is not None else row // RUN)
    y = np.asarray(labels, np.uint8)
    by_writer: dict[object, dict[int, list[int]]] = {}
    for place, (owner, label) in enumerate(zip(owners, labels, strict=True)):
        by_writer.setdefault(owner, {}).setdefault(label, []).append(place)
    writers = [
        {label: np.asarray(places) for label, places in known.items()}
        for known in by_writer.values()
    ]
    return Trajectories(digits, y, writers)


def joined(sets: list[Trajectories]) -> Trajectories:
    """Several sets as one."""
    digits: list[Lines] = []
    writers: list[dict[int, NDArray[np.int64]]] = []
    for each in sets:
        shift = len(digits)
        writers += [{k: rows + shift for k, rows in known.items()} for known in each.writers]
        digits += each.digits
    labels = [each.labels for each in sets]
    return Trajectories(digits, np.concatenate([np.zeros(0, np.uint8), *labels]), writers)


def from_lines(lines: Lines, label: int, hand: Hand, rng: Rng) -> Patch:
    """A digit drawn with the hand's pen."""
    height = hand.height * hand.share(label) * float(np.exp(rng.normal(0.0, 0.07)))
    slant = hand.slant + float(rng.normal(0.0, 0.04))
    across = hand.stretch * float(np.exp(rng.normal(0.0, 0.06)))
    lines = styled(lines, label, hand.style, rng)
    # A one that is joined to its foot is a two.
    if len(lines) > 1 and label != 1 and rng.random() < hand.join:
        lines = [np.concatenate(lines)]
    if hand.haste > 0:
        lines = [hasty(line, hand.haste) for line in lines]
    habit = _waves(np.random.default_rng([hand.habit, label]), hand.bend)
    # A hand never writes a digit twice alike.
    chance = _waves(rng, 0.02)
    bent = []
    for line in lines:
        x, y = (line + _wave(line, habit) + _wave(line, chance)).T
        bent.append(np.stack([x * across - slant * y, y], 1))
    points = np.concatenate(bent)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    edge = hand.pen / 2.0 + 1.0
    placed = [(line - low) * height + edge for line in bent]
    shape = tuple(int(n) for n in np.ceil(size[::-1] * height + 2.0 * edge))
    ink = np.zeros(shape, np.uint8)
    draw_lines(ink, placed, hand.pen)
    start, end = placed[0][0], placed[-1][-1]
    return _cut(ink, (round(start[0]), round(start[1])), (round(end[0]), round(end[1])))


def _waves(rng: Rng, size: float) -> Waves:
    """Three waves over the plane: their directions and lengths, beginnings and heights."""
    turns = rng.normal(0.0, 3.0, (3, 2))
    return turns, rng.uniform(0.0, 2.0 * np.pi, 3), rng.normal(0.0, size, (3, 2))


def _wave(line: NDArray[np.float64], waves: Waves) -> NDArray[np.float64]:
    """How far each point of a line is moved: (points, 2)."""
    turns, begin, height = waves
    moved: NDArray[np.float64] = np.sin(line @ turns.T + begin) @ height
    return moved


def hasty(line: NDArray[np.float64], haste: float) -> NDArray[np.float64]:
    """A line that cuts its corners: the mean over a way of that length, between the same ends.

    Args:
        line: (points, 2).
        haste: in the points' measure.
    """
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0.0], steps.cumsum()])
    count = int(along[-1] / STEP)
    if count < 4:
        return line
    even = np.linspace(0.0, along[-1], count)
    points = np.stack([np.interp(even, along, axis) for axis in line.T], 1)
    reach = max(1, round(haste / STEP / 2.0))
    # Beyond its ends the line is taken to go on, mirrored through them, so that it keeps them.
    padded = np.pad(points, ((reach, reach), (0, 0)), "reflect", reflect_type="odd")
    kernel = np.full(2 * reach + 1, 1.0 / (2 * reach + 1))
    return np.stack([np.convolve(axis, kernel, "valid") for axis in padded.T], 1)


def from_glyph(glyph: Pixels, label: int, hand: Hand, rng: Rng) -> Patch:
    """A glyph's digit, its strokes as wide as the hand's pen, so far as they can be."""
    x, y, width, height = bounding_box(glyph) or (4, 4, 20, 20)
    patch = np.pad(glyph[y : y + height, x : x + width], 1)
    # A 20-pixel glyph may be a flat one; in a line it keeps its proportions.
    scale = hand.height * hand.share(label) / 20.0 * float(np.exp(rng.normal(0.0, 0.08)))
    if height < 12:
        scale *= 1.2
    across = scale * hand.stretch
    slant = hand.slant + float(rng.normal(0.0, 0.05))
    tall, room = round(patch.shape[0] * scale), abs(slant) * patch.shape[0] * scale
    wide = round(patch.shape[1] * across + room)
    shift = room if slant > 0 else 0.0
    # Two pixels of paper all around, for a broader pen.
    matrix = np.array([[across, -slant * scale, shift + 2.0], [0.0, scale, 2.0]], np.float32)
    out = cv2.warpAffine(patch, matrix, (max(3, wide) + 4, max(3, tall) + 4))
    return _cut(with_pen(np.asarray(out, np.uint8), hand.pen))


def with_pen(ink: Pixels, pen: float) -> Pixels:
    """Ink with strokes of another width: its edges moved in or out, by half a pen at most.

    Args:
        ink: uint8 (height, width), with free paper around it.
        pen: the width that is wanted, in pixels.
    """
    now = stroke_width(ink)
    if now <= 0:
        return ink
    by = float(np.clip((pen - now) / 2.0, -0.22 * now, 0.35 * now))
    inside = ink >= 112
    within = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 3)
    without = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 3)
    edge = np.where(inside, within - 0.5, 0.5 - without) + by
    return np.asarray(np.clip(edge + 0.5, 0.0, 1.0) * 255.0, np.uint8)


def _cut(
    ink: Pixels, start: tuple[int, int] | None = None, end: tuple[int, int] | None = None
) -> Patch:
    columns = np.flatnonzero((ink >= 64).any(axis=0))
    rows = np.flatnonzero((ink >= 64).any(axis=1))
    if not columns.size:
        return Patch(ink, start, end)
    left, top = int(columns[0]), int(rows[0])
    part = ink[top : rows[-1] + 1, left : columns[-1] + 1]
    if start is None or end is None:
        return Patch(part)
    return Patch(part, (start[0] - left, start[1] - top), (end[0] - left, end[1] - top))
