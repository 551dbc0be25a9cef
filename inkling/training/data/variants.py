"""Variants of digits that MNIST's writers seldom use: slashed zeros, crossed sevens, flagged ones.

MNIST's own digits get the missing stroke, in the pen they were written with. The open four needs no
variant, because MNIST and the sets of pen strokes hold many.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import Box
from inkling.imaging.glyph import to_glyphs
from inkling.imaging.pixels import Pixels, bounding_box, stroke_width
from inkling.imaging.strokes import draw_lines
from inkling.training.data import datasets
from inkling.training.data.formats import Labels

# The name of the variants in reports, where it is stored.
NAME = "variants"
# Digits are enlarged by this factor before a stroke is added.
ZOOM = 4
# How many of each kind there are at most.
COUNT = 1200
# From this value on a pixel counts as part of a stroke.
STROKE_INK = 100

Rng = np.random.Generator
Points = NDArray[np.float64]


def by_kind(split: str, seed: int = 0, limit: int = 0) -> dict[str, tuple[Pixels, int]]:
    """The kinds of variants by name: glyphs uint8 (n, 28, 28), and the digit that they show.

    Args:
        split: of MNIST, "train" or "test".
        seed: chooses digits and strokes.
        limit: at most this many of each kind; 0: `COUNT`.
    """
    rng = np.random.default_rng([seed, 5, split == "test"])
    x, y = datasets.load("mnist", split)
    variants = {}
    for kind, digit, add_stroke in (
        ("slashed zeros", 0, _slash),
        ("crossed sevens", 7, _cross),
        ("flagged ones", 1, _flag),
    ):
        rows = rng.permutation(np.flatnonzero(y == digit))[: limit or COUNT]
        variants[kind] = to_glyphs(add_stroke(_enlarge(x[i]), rng) for i in rows), digit
    return variants


def load(split: str, seed: int = 0, limit: int = 0) -> tuple[Pixels, Labels]:
    """All kinds together: x uint8 (n, 28, 28), y uint8 (n,); arguments as for `by_kind`."""
    kinds = by_kind(split, seed, limit).values()
    y = [np.full(len(glyphs), digit, np.uint8) for glyphs, digit in kinds]
    return np.concatenate([glyphs for glyphs, _ in kinds]), np.concatenate(y)


def _slash(picture: Pixels, rng: Rng) -> Pixels:
    """A zero with a stroke from the lower left to the upper right, inside the ring or across it."""
    x, y, width, height = _box(picture)
    reach = rng.uniform(0.3, 0.62, 2)
    middle = np.array([x + width / 2, y + height / 2])
    diagonal = np.array([max(width, 0.5 * height), -height]) * rng.uniform(0.85, 1.15, 2)
    return _add_line(picture, middle - diagonal * reach[0], middle + diagonal * reach[1])


def _cross(picture: Pixels, rng: Rng) -> Pixels:
    """A seven with a bar through the middle of its stem."""
    _, y, width, height = _box(picture)
    level = round(y + height * rng.uniform(0.42, 0.62))
    stem = _middle_of_ink(picture, min(level, len(picture) - 1), picture.shape[1] / 2)
    half = max(width, 0.4 * height) * rng.uniform(0.22, 0.42, 2)
    rise = rng.normal(0.0, 0.08) * half.sum()
    return _add_line(picture, (stem - half[0], level + rise), (stem + half[1], level - rise))


def _flag(picture: Pixels, rng: Rng) -> Pixels:
    """A one with a flag to the left of its top, and often with a foot, which a 7 never has."""
    _, y, _, height = _box(picture)
    pen = _pen_width(picture)
    head = _middle_of_ink(picture, y + pen // 2, picture.shape[1] / 2)
    foot = _middle_of_ink(picture, y + height - 1 - pen // 2, head)
    angle = np.deg2rad(rng.uniform(25.0, 60.0))
    has_foot = rng.random() < 0.6
    # Without a foot, many people read a one with a long flag as a 7.
    length = height * rng.uniform(0.2, 0.5 if has_foot else 0.35)
    top = np.array([head, y + pen / 2])
    picture = _add_line(picture, top, top + length * np.array([-np.cos(angle), np.sin(angle)]))
    if has_foot:
        floor = y + height - pen / 2
        half = height * rng.uniform(0.12, 0.32, 2)
        picture = _add_line(picture, (foot - half[0], floor), (foot + half[1], floor))
    return picture


def _enlarge(glyph: Pixels) -> Pixels:
    large = cv2.resize(glyph, None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8)


def _box(picture: Pixels) -> Box:
    return bounding_box(picture) or (0, 0, 1, 1)


def _pen_width(picture: Pixels) -> int:
    return max(2, round(stroke_width(picture)))


def _middle_of_ink(picture: Pixels, row: int, default: float) -> float:
    """The mean column of a row's ink, or the default where the row has none."""
    columns = np.flatnonzero(picture[row] > STROKE_INK)
    return float(columns.mean()) if columns.size else default


def _add_line(
    picture: Pixels, start: Points | tuple[float, float], end: Points | tuple[float, float]
) -> Pixels:
    """The picture with one more stroke, as wide as its own."""
    layer = np.zeros_like(picture)
    draw_lines(layer, [np.array([start, end], np.float64)], _pen_width(picture))
    return np.maximum(picture, layer)
