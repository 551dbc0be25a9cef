"""How one writer's characters look in a line: drawn from pen strokes or from glyphs, in one pen."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels, bounding_box, stroke_width
from inkling.imaging.strokes import draw_lines
from inkling.training.augment.curves import smooth_corners
from inkling.training.synthesis.allographs import (
    NO_ALLOGRAPHS,
    Allographs,
    PenStrokes,
    apply_allographs,
)

Rng = np.random.Generator
# Waves over the plane: directions and lengths (k, 2), phases (k,) and amplitudes (k, 2).
Waves = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]

# How far two digits of one writer differ, in digit heights.
VARIATION = 0.02
# The longer side of a glyph, in pixels, and from which height on a glyph counts as a flat one,
# which is drawn larger by a factor.
GLYPH_HEIGHT, FLAT_GLYPH_HEIGHT, FLAT_GLYPH_SCALE = 20.0, 12, 1.2
# Paper around a glyph that is drawn, so that the pen can grow broader, in pixels.
GLYPH_BORDER = 2
# Strokes lose at most this part of their width on each side, and gain at most the other.
MAX_THINNING, MAX_THICKENING = 0.22, 0.35
# From these values on a pixel is inside a stroke, and belongs to a character.
STROKE_INK, CHARACTER_INK = 112, 64


@dataclass(frozen=True, slots=True)
class Writer:
    """How one writer writes a number. Lengths are in pixels of the canvas.

    Attributes:
        height: of digits.
        slant: of vertical strokes, to the right, as a part of the height.
        stretch: factor of widths.
        gap: between digits, as a part of the height; negative where they overlap.
        baseline_jitter: standard deviation of the baseline, as a part of the height.
        pen_width: of strokes.
        ligature_rate: how often two digits are joined by a stroke.
        descender: how far 4, 7 and 9 reach below the line, as a part of the height.
        one_height: relative to the other digits.
        zero_height: relative to the other digits.
        elevation: how far above the line digits stand, as a part of the height.
        allographs: of its digits (only for pen strokes).
        habit_seed: chooses how it distorts digits, always the same way for a label (only for pen
            strokes).
        distortion: how far it distorts digits, as a part of the height.
        corner_smoothing: the length over which it cuts corners, as a part of the height (only for
            pen strokes).
        join_rate: how often the strokes of one digit are joined (only for pen strokes).
    """

    height: float
    slant: float
    stretch: float
    gap: float
    baseline_jitter: float
    pen_width: float
    ligature_rate: float = 0.0
    descender: float = 0.0
    one_height: float = 1.0
    zero_height: float = 1.0
    elevation: float = 0.0
    allographs: Allographs = NO_ALLOGRAPHS
    habit_seed: int = 0
    distortion: float = 0.0
    corner_smoothing: float = 0.0
    join_rate: float = 0.0

    def relative_height(self, label: int) -> float:
        """The height of a digit, relative to the other digits."""
        return {0: self.zero_height, 1: self.one_height}.get(label, 1.0)

    def descent(self, label: int) -> float:
        """How far a digit reaches below the line, in pixels."""
        if label in (4, 7, 9):
            part = self.descender
        else:
            part = 0.5 * (self.one_height - 1.0) * (label == 1)
        return (part - self.elevation) * self.height


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A character as it stands in a line, cut to its ink.

    Attributes:
        ink: uint8 (height, width).
        start: where the pen was put down, x and y in the patch; None where it is not known.
        end: where the pen was lifted, likewise.
    """

    ink: Pixels
    start: tuple[int, int] | None = None
    end: tuple[int, int] | None = None


def draw_strokes(strokes: PenStrokes, label: int, writer: Writer, rng: Rng) -> Patch:
    """A digit drawn in the writer's pen.

    Args:
        strokes: y down, from 0 on, the digit's height 1.
        label: the digit.
        writer: how it is drawn.
        rng: varies the digit.
    """
    height = writer.height * writer.relative_height(label) * float(np.exp(rng.normal(0.0, 0.07)))
    slant = writer.slant + float(rng.normal(0.0, 0.04))
    stretch = writer.stretch * float(np.exp(rng.normal(0.0, 0.06)))
    strokes = apply_allographs(strokes, label, writer.allographs, rng)
    # A one that is joined to its foot would be a two.
    if len(strokes) > 1 and label != 1 and rng.random() < writer.join_rate:
        strokes = [np.concatenate(strokes)]
    if writer.corner_smoothing > 0:
        strokes = [smooth_corners(line, writer.corner_smoothing) for line in strokes]
    habit = _waves(np.random.default_rng([writer.habit_seed, label]), writer.distortion)
    variation = _waves(rng, VARIATION)
    slanted = []
    for line in strokes:
        x, y = (line + _shifts(line, habit) + _shifts(line, variation)).T
        slanted.append(np.stack([x * stretch - slant * y, y], 1))
    points = np.concatenate(slanted)
    corner, size = points.min(axis=0), np.ptp(points, axis=0)
    border = writer.pen_width / 2.0 + 1.0
    placed = [(line - corner) * height + border for line in slanted]
    shape = tuple(int(n) for n in np.ceil(size[::-1] * height + 2.0 * border))
    ink = np.zeros(shape, np.uint8)
    draw_lines(ink, placed, writer.pen_width)
    start, end = placed[0][0], placed[-1][-1]
    return _cut(ink, (round(start[0]), round(start[1])), (round(end[0]), round(end[1])))


def draw_glyph(glyph: Pixels, label: int, writer: Writer, rng: Rng) -> Patch:
    """A glyph's character at the writer's size, its strokes about as wide as the writer's pen.

    Args:
        glyph: uint8 (28, 28).
        label: the digit; -1 for what is none.
        writer: how it is drawn.
        rng: varies the character.
    """
    x, y, width, height = bounding_box(glyph) or (4, 4, 20, 20)
    patch = np.pad(glyph[y : y + height, x : x + width], 1)
    # A wide glyph is low. In a line it keeps its proportions.
    relative = writer.height * writer.relative_height(label) / GLYPH_HEIGHT
    scale = relative * float(np.exp(rng.normal(0.0, 0.08)))
    if height < FLAT_GLYPH_HEIGHT:
        scale *= FLAT_GLYPH_SCALE
    scale_x = scale * writer.stretch
    slant = writer.slant + float(rng.normal(0.0, 0.05))
    overhang = abs(slant) * patch.shape[0] * scale
    size = (round(patch.shape[1] * scale_x + overhang), round(patch.shape[0] * scale))
    shift = overhang if slant > 0 else 0.0
    border = float(GLYPH_BORDER)
    matrix = np.array([[scale_x, -slant * scale, shift + border], [0.0, scale, border]], np.float32)
    width, height = (max(3, side) + 2 * GLYPH_BORDER for side in size)
    ink = cv2.warpAffine(patch, matrix, (width, height))
    return _cut(set_pen_width(np.asarray(ink, np.uint8), writer.pen_width))


def set_pen_width(ink: Pixels, pen_width: float) -> Pixels:
    """Ink with strokes of another width, as far as that keeps the character legible.

    Args:
        ink: uint8 (height, width), with paper around it.
        pen_width: the wanted width, in pixels.

    Returns:
        uint8 (height, width).
    """
    now = stroke_width(ink)
    if now <= 0:
        return ink
    growth = float(np.clip((pen_width - now) / 2.0, -MAX_THINNING * now, MAX_THICKENING * now))
    is_inside = ink >= STROKE_INK
    inside = cv2.distanceTransform(is_inside.astype(np.uint8), cv2.DIST_L2, 3)
    outside = cv2.distanceTransform((~is_inside).astype(np.uint8), cv2.DIST_L2, 3)
    edge = np.where(is_inside, inside - 0.5, 0.5 - outside) + growth
    return np.asarray(np.clip(edge + 0.5, 0.0, 1.0) * 255.0, np.uint8)


def _waves(rng: Rng, amplitude: float) -> Waves:
    """Three random waves over the plane."""
    directions = rng.normal(0.0, 3.0, (3, 2))
    return directions, rng.uniform(0.0, 2.0 * np.pi, 3), rng.normal(0.0, amplitude, (3, 2))


def _shifts(line: NDArray[np.float64], waves: Waves) -> NDArray[np.float64]:
    """How far the waves move each point of a line: float64 (points, 2)."""
    directions, phases, amplitudes = waves
    shifts: NDArray[np.float64] = np.sin(line @ directions.T + phases) @ amplitudes
    return shifts


def _cut(
    ink: Pixels, start: tuple[int, int] | None = None, end: tuple[int, int] | None = None
) -> Patch:
    """Cut a character to its ink."""
    columns = np.flatnonzero((ink >= CHARACTER_INK).any(axis=0))
    rows = np.flatnonzero((ink >= CHARACTER_INK).any(axis=1))
    if not columns.size:
        return Patch(ink, start, end)
    left, top = int(columns[0]), int(rows[0])
    part = ink[top : rows[-1] + 1, left : columns[-1] + 1]
    if start is None or end is None:
        return Patch(part)
    return Patch(part, (start[0] - left, start[1] - top), (end[0] - left, end[1] - top))
