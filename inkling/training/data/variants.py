"""Other ways to write a digit: slashed zeros, crossed sevens, ones with a flag and a foot.

MNIST's writers seldom wrote so.

MNIST's own digits get the missing stroke, in the pen they were written with. (The open four needs
none: pen strokes and MNIST are full of them.)
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.glyph import to_glyphs
from inkling.imaging.pixels import Pixels, bounding_box, stroke_width
from inkling.training.data import datasets
from inkling.training.data.formats import Labels

NAME = "variants"
ZOOM = 4
COUNT = 1200

Rng = np.random.Generator
Points = NDArray[np.float64]


def kinds(split: str, seed: int = 0, limit: int = 0) -> dict[str, tuple[Pixels, int]]:
    """The kinds of variants: glyphs uint8 (n, 28, 28), and what they say.

    Args:
        split: of MNIST, "train" or "test".
        seed: chooses digits and strokes.
        limit: at most so many of each kind; 0: `COUNT`, or as many as the split has.
    """
    rng = np.random.default_rng([seed, 5, split == "test"])
    x, y = datasets.load("mnist", split)
    found = {}
    for kind, digit, change in (
        ("slashed zeros", 0, _slash),
        ("crossed sevens", 7, _cross),
        ("flagged ones", 1, _flag),
    ):
        rows = rng.permutation(np.flatnonzero(y == digit))[: limit or COUNT]
        found[kind] = to_glyphs(change(_enlarged(x[i]), rng) for i in rows), digit
    return found


def load(split: str, seed: int = 0, limit: int = 0) -> tuple[Pixels, Labels]:
    """All kinds together: x uint8 (n, 28, 28), y uint8 (n,)."""
    found = kinds(split, seed, limit).values()
    y = [np.full(len(glyphs), digit, np.uint8) for glyphs, digit in found]
    return np.concatenate([glyphs for glyphs, _ in found]), np.concatenate(y)


def _enlarged(glyph: Pixels) -> Pixels:
    large = cv2.resize(glyph, None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8)


def _with(picture: Pixels, points: Points) -> Pixels:
    """A stroke more, as wide as the digit's own."""
    width = max(2, round(stroke_width(picture)))
    layer = np.zeros_like(picture)
    corners = np.round(points * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(layer, [corners], False, 255, width, cv2.LINE_AA, shift=4)
    return np.maximum(picture, layer)


def _slash(picture: Pixels, rng: Rng) -> Pixels:
    """From the lower left to the upper right, just inside or somewhat over the ring."""
    x, y, width, height = bounding_box(picture) or (0, 0, 1, 1)
    reach = rng.uniform(0.3, 0.62, 2)
    middle = np.array([x + width / 2, y + height / 2])
    way = np.array([max(width, 0.5 * height), -height]) * rng.uniform(0.85, 1.15, 2)
    return _with(picture, np.stack([middle - way * reach[0], middle + way * reach[1]]))


def _cross(picture: Pixels, rng: Rng) -> Pixels:
    """A bar through the stem, near its middle."""
    _, y, width, height = bounding_box(picture) or (0, 0, 1, 1)
    level = round(y + height * rng.uniform(0.42, 0.62))
    columns = np.flatnonzero(picture[min(level, len(picture) - 1)] > 100)
    stem = float(columns.mean()) if columns.size else picture.shape[1] / 2
    half = max(width, 0.4 * height) * rng.uniform(0.22, 0.42, 2)
    rise = rng.normal(0.0, 0.08) * half.sum()
    ends = [[stem - half[0], level + rise], [stem + half[1], level - rise]]
    return _with(picture, np.array(ends))


def _flag(picture: Pixels, rng: Rng) -> Pixels:
    """A flag to the left of the top; often a foot, which tells it from a 7 for good."""
    _, y, _, height = bounding_box(picture) or (0, 0, 1, 1)
    width = max(2, round(stroke_width(picture)))
    top = np.flatnonzero(picture[y + width // 2] > 100)
    bottom = np.flatnonzero(picture[y + height - 1 - width // 2] > 100)
    head = float(top.mean()) if top.size else picture.shape[1] / 2
    sole = float(bottom.mean()) if bottom.size else head
    angle = np.deg2rad(rng.uniform(25.0, 60.0))
    foot = rng.random() < 0.6
    # Without a foot a long flag makes a 7 of it, for many readers.
    length = height * rng.uniform(0.2, 0.5 if foot else 0.35)
    peak = np.array([head, y + width / 2])
    way = length * np.array([-np.cos(angle), np.sin(angle)])
    picture = _with(picture, np.stack([peak, peak + way]))
    if foot:
        floor = y + height - width / 2
        half = height * rng.uniform(0.12, 0.32, 2)
        picture = _with(picture, np.array([[sole - half[0], floor], [sole + half[1], floor]]))
    return picture
