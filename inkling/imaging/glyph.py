"""Ink to glyphs: MNIST's recipe, the only normaliser.

A *glyph* is one character's ink in MNIST's own form: 28x28, the longer side of its box scaled to 20
pixels with the aspect kept, anti-aliased, and moved by whole pixels so that its centre of mass is
at the image's centre (LeCun, Bottou, Bengio and Haffner, 1998, section III.A).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from inkling.imaging.pixels import BLANK_LEVEL, Pixels, bounding_box, stretch, stroke_width

GLYPH_SIZE = 28
BOX_SIZE = 20
# MNIST's centre of mass lies between 13.5 and 14.5 on both axes, in pixel indices.
CENTRE = 14.0
# Thinner strokes (in glyph pixels) break up when scaled down; MNIST's own are 2 to 3 wide.
MIN_STROKE = 1.5
# A pen laid on paper once: the mark is this small and nearly as wide as high.
DOT_STROKES = 1.8


class GlyphKind(StrEnum):
    """What the normaliser was given."""

    BLANK = "blank"
    DOT = "dot"
    CHARACTER = "character"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character, normalised.

    Attributes:
        pixels: uint8 (28, 28), 0 paper and 255 pen; all zero when blank.
        kind: blank, a single dot, or a character.
        box: x, y, width, height of the ink in the source, in its pixels; zeros when blank.
        scale: glyph pixels per source pixel (20 / longer side); 0 when blank. Above 1: enlarged.
        stroke_width: mean width of the strokes in source pixels; 0 when blank.
        touches_edge: the ink runs into the border of the source, so a part may be missing.
    """

    pixels: Pixels
    kind: GlyphKind
    box: tuple[int, int, int, int]
    scale: float
    stroke_width: float
    touches_edge: bool

    @property
    def is_blank(self) -> bool:
        return self.kind is GlyphKind.BLANK


def _blank_glyph() -> Glyph:
    empty = np.zeros((GLYPH_SIZE, GLYPH_SIZE), np.uint8)
    return Glyph(empty, GlyphKind.BLANK, (0, 0, 0, 0), 0.0, 0.0, False)


def to_glyph(ink: Pixels) -> Glyph:
    """Normalise one character's ink to MNIST's recipe.

    Args:
        ink: uint8 (h, w), 0 paper, 255 pen.

    Returns:
        The glyph; its kind is blank when no pixel is inked, and dot for a single round mark.
    """
    if ink.dtype != np.uint8 or ink.ndim != 2:
        raise ValueError(f"ink is uint8 (h, w), not {ink.dtype} {ink.shape}")
    if ink.size == 0 or int(ink.max()) < BLANK_LEVEL:
        return _blank_glyph()
    ink = stretch(ink)
    box = bounding_box(ink)
    if box is None:
        return _blank_glyph()
    x, y, width, height = box
    scale = BOX_SIZE / max(width, height)
    stroke = stroke_width(ink[y : y + height, x : x + width])
    edge = x == 0 or y == 0 or x + width == ink.shape[1] or y + height == ink.shape[0]
    kind = GlyphKind.CHARACTER
    # Two pixels more: the soft rim of a touch with a fine pen is as wide as the touch.
    if max(width, height) <= DOT_STROKES * stroke + 2.0 and width * height < ink.size / 4:
        kind = GlyphKind.DOT
    patch, width, height = _cut_patch(ink, box, scale, stroke)
    pixels = _centre(_scale_patch(patch, BOX_SIZE / max(width, height)))
    return Glyph(pixels, kind, box, scale, stroke, edge)


def to_glyphs(inks: Iterable[Pixels]) -> Pixels:
    """The pixels of each ink's glyph: uint8 (n, 28, 28)."""
    pixels = [to_glyph(ink).pixels for ink in inks]
    return np.stack(pixels) if pixels else np.zeros((0, GLYPH_SIZE, GLYPH_SIZE), np.uint8)


def _cut_patch(
    ink: Pixels, box: tuple[int, int, int, int], scale: float, stroke: float
) -> tuple[Pixels, int, int]:
    """The box's ink with a pixel of margin, thin strokes thickened; and the new box's size."""
    x, y, width, height = box
    reach = 0
    if stroke * scale < MIN_STROKE and scale < 0.75:
        reach = max(1, round((MIN_STROKE / scale - stroke) / 2.0))
    margin = reach + 1
    padded = np.pad(ink, margin)
    patch = padded[y : y + height + 2 * margin, x : x + width + 2 * margin]
    if reach:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        patch = np.asarray(cv2.dilate(patch, kernel), np.uint8)
    return patch, width + 2 * reach, height + 2 * reach


def _scale_patch(patch: Pixels, scale: float) -> Pixels:
    """Resize a patch that carries a one-pixel margin; averaging when it shrinks."""
    height, width = patch.shape
    if scale == 1.0:
        return patch
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    return stretch(np.asarray(cv2.resize(patch, size, interpolation=method), np.uint8))


def _centre(patch: Pixels) -> Pixels:
    """Place a patch on 28x28 so that its centre of mass is at the centre, to the nearest pixel."""
    height, width = patch.shape
    mass = patch.astype(np.float64)
    total = mass.sum()
    mean_x = float((mass.sum(axis=0) * np.arange(width)).sum() / total)
    mean_y = float((mass.sum(axis=1) * np.arange(height)).sum() / total)
    # The shift lands the mean in 13.5 .. 14.5, as in MNIST; a lopsided one still stays inside.
    left = int(np.floor(CENTRE - mean_x + 0.5))
    top = int(np.floor(CENTRE - mean_y + 0.5))
    glyph = np.zeros((GLYPH_SIZE, GLYPH_SIZE), np.uint8)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(GLYPH_SIZE, left + width), min(GLYPH_SIZE, top + height)
    glyph[y0:y1, x0:x1] = patch[y0 - top : y1 - top, x0 - left : x1 - left]
    return glyph
