"""Normalise ink to glyphs by MNIST's recipe. This is the only normaliser.

A *glyph* is one character's ink as MNIST holds it: 28x28 pixels, the longer side of its box scaled
to 20 pixels with the aspect kept, anti-aliased, and moved by whole pixels so that its centre of
mass is at the image's centre (LeCun, Bottou, Bengio and Haffner, 1998, section III.A).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from inkling.geometry import Box, resize
from inkling.imaging.pixels import BLANK_LEVEL, Pixels, bounding_box, stretch, stroke_width

# Side of a glyph, in pixels.
GLYPH_SIZE = 28
# Longer side of the character in it, in pixels.
BOX_SIZE = 20
# MNIST's centre of mass lies between 13.5 and 14.5 on both axes, in pixel indices.
CENTRE = 14.0
# Strokes thinner than this, in glyph pixels, break up when scaled down. MNIST's are 2 to 3 wide.
MIN_STROKE = 1.5
# Strokes are thickened only below this scale, in glyph pixels per source pixel.
THICKENED_SCALE = 0.75
# A single touch of the pen is at most this many stroke widths wide and high, and these pixels
# more: the soft rim of a touch with a fine pen is as wide as the touch. It covers less than this
# part of the picture.
DOT_STROKES, DOT_RIM, DOT_COVER = 1.8, 2.0, 0.25


class GlyphKind(StrEnum):
    """What the ink holds."""

    BLANK = "blank"
    DOT = "dot"
    CHARACTER = "character"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character, normalised.

    Attributes:
        pixels: uint8 (28, 28), 0 paper and 255 pen; all zero when blank.
        kind: blank, a single dot, or a character.
        box: x, y, width, height of the ink in the source's pixels; zeros when blank.
        scale: glyph pixels per source pixel (20 / longer side), above 1 when enlarged; 0 when
            blank.
        stroke_width: mean width of the strokes in source pixels; 0 when blank.
        touches_edge: whether the ink touches the source's border, so that a part may be missing.
    """

    pixels: Pixels
    kind: GlyphKind
    box: Box
    scale: float
    stroke_width: float
    touches_edge: bool

    @property
    def is_blank(self) -> bool:
        return self.kind is GlyphKind.BLANK


def to_glyph(ink: Pixels) -> Glyph:
    """Normalise one character's ink to MNIST's recipe.

    Args:
        ink: uint8 (h, w), 0 paper, 255 pen.

    Returns:
        The glyph. Its kind is blank when there is no ink, and dot for a single touch of the pen.

    Raises:
        ValueError: `ink` is not uint8 (h, w).
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
    is_small = max(width, height) <= DOT_STROKES * stroke + DOT_RIM
    if is_small and width * height < DOT_COVER * ink.size:
        kind = GlyphKind.DOT
    patch, width, height = _cut_patch(ink, box, scale, stroke)
    pixels = _centre(_scale_patch(patch, BOX_SIZE / max(width, height)))
    return Glyph(pixels, kind, box, scale, stroke, edge)


def to_glyphs(inks: Iterable[Pixels]) -> Pixels:
    """Normalise each character's ink and return the pixels alone: uint8 (n, 28, 28)."""
    pixels = [to_glyph(ink).pixels for ink in inks]
    return np.stack(pixels) if pixels else np.zeros((0, GLYPH_SIZE, GLYPH_SIZE), np.uint8)


def _blank_glyph() -> Glyph:
    empty = np.zeros((GLYPH_SIZE, GLYPH_SIZE), np.uint8)
    return Glyph(empty, GlyphKind.BLANK, (0, 0, 0, 0), 0.0, 0.0, False)


def _cut_patch(ink: Pixels, box: Box, scale: float, stroke: float) -> tuple[Pixels, int, int]:
    """The box's ink with a pixel of margin and thin strokes thickened, and the new box's size."""
    x, y, width, height = box
    reach = 0
    if stroke * scale < MIN_STROKE and scale < THICKENED_SCALE:
        reach = max(1, round((MIN_STROKE / scale - stroke) / 2.0))
    margin = reach + 1
    padded = np.pad(ink, margin)
    patch = padded[y : y + height + 2 * margin, x : x + width + 2 * margin]
    if reach:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        patch = np.asarray(cv2.dilate(patch, kernel), np.uint8)
    return patch, width + 2 * reach, height + 2 * reach


def _scale_patch(patch: Pixels, scale: float) -> Pixels:
    """Resize a patch with its margin of one pixel."""
    return patch if scale == 1.0 else stretch(resize(patch, scale, enlarge_by=cv2.INTER_LINEAR))


def _centre(patch: Pixels) -> Pixels:
    """Place a patch on 28x28 so that its centre of mass is at the centre, to the nearest pixel."""
    height, width = patch.shape
    mass = patch.astype(np.float64)
    total = mass.sum()
    mean_x = float((mass.sum(axis=0) * np.arange(width)).sum() / total)
    mean_y = float((mass.sum(axis=1) * np.arange(height)).sum() / total)
    # The mean then lies in 13.5 .. 14.5, as in MNIST. What leaves the image is cut off.
    left = int(np.floor(CENTRE - mean_x + 0.5))
    top = int(np.floor(CENTRE - mean_y + 0.5))
    glyph = np.zeros((GLYPH_SIZE, GLYPH_SIZE), np.uint8)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(GLYPH_SIZE, left + width), min(GLYPH_SIZE, top + height)
    glyph[y0:y1, x0:x1] = patch[y0 - top : y1 - top, x0 - left : x1 - left]
    return glyph
