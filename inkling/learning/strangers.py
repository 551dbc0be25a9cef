"""What is no digit, to be told so: letters, signs, scribbles, blots, rules, two digits in one box.

A network that has only seen digits calls everything one. Shown strangers whose target is "all
labels alike" it learns to be unsure of what it does not know (outlier exposure: Hendrycks, Mazeika
and Dietterich, 2019). The model keeps its outputs; its confidence tells strangers from digits.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling import ink
from inkling.ink import GLYPH_SIZE, Pixels
from inkling.learning import datasets
from inkling.learning.datasets import DatasetError

NAME = "strangers"
# In place of a label: none of them.
NO_LABEL = 255
# Letters and signs nobody would take for a digit in any hand; O, l, S, Z, b, g, q and the like are
# left out, for some are drawn just as digits are.
LETTERS = "AEFHKMNRVWXekmnvwx"
# How many of each kind a drawing of the training strangers holds.
COUNTS = {"letters": 6000, "signs": 1500, "scribbles": 1800, "pairs": 2500, "blots": 400}


def kinds(split: str, seed: int = 0, limit: int = 0) -> Iterator[tuple[str, Pixels]]:
    """The kinds of strangers, each with its glyphs uint8 (n, 28, 28).

    Letters and signs need their data set; where it is not to be had they are left out.

    Args:
        split: "train" or "test": other writers, other digits, other scribbles.
        seed: chooses brushes, scribbles and, for training, which letters.
        limit: at most so many of each kind; 0: as many as `COUNTS` says.
    """
    rng = np.random.default_rng([seed, 4, split == "test"])
    for kind, name, wanted in (
        ("letters", "unipen-letters", LETTERS),
        ("signs", "unipen-signs", datasets.SIGNS),
    ):
        if datasets.is_local(name):
            x, y = datasets.load(name, split, seed=seed)
            known = [datasets.get(name).labels.index(label) for label in wanted]
            rows = rng.permutation(np.flatnonzero(np.isin(y, known)))
            yield kind, x[rows[: limit or COUNTS[kind]]]
    digits, _ = datasets.load("mnist", split)
    makers = {"scribbles": _scribble, "blots": _blot}
    for kind, make in makers.items():
        n = limit or COUNTS[kind]
        yield kind, ink.to_glyphs(make(rng) for _ in range(n))
    n = limit or COUNTS["pairs"]
    yield "pairs", ink.to_glyphs(_pair(digits, rng) for _ in range(n))


def load(split: str, seed: int = 0, limit: int = 0) -> Pixels:
    """All kinds together: uint8 (n, 28, 28).

    Raises:
        DatasetError: a file is damaged.
    """
    found = [x for _, x in kinds(split, seed, limit)]
    if not found:
        raise DatasetError("there are no strangers to learn from")
    return np.concatenate(found)


def _scribble(rng: np.random.Generator) -> Pixels:
    """A pen that goes to and fro: smooth, aimless, with many turns."""
    strokes = []
    for _ in range(int(rng.integers(1, 4))):
        turns = int(rng.integers(8, 24))
        corners = rng.normal(0.0, 1.0, (turns, 2)) * rng.uniform(0.4, 1.0, 2)
        corners += np.cumsum(rng.normal(0.0, 0.25, (turns, 2)), axis=0)
        strokes.append(_smooth(corners))
    return ink.from_strokes(strokes, size=112, brush=float(rng.uniform(3, 14)))


def _smooth(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners joined by a curve: each between its neighbours' middles (Chaikin, 1974, twice)."""
    for _ in range(2):
        near = 0.75 * corners[:-1] + 0.25 * corners[1:]
        far = 0.25 * corners[:-1] + 0.75 * corners[1:]
        corners = np.stack([near, far], axis=1).reshape(-1, 2)
    return corners


def _blot(rng: np.random.Generator) -> Pixels:
    """A stain of no shape, or a thick rule that lies."""
    picture = np.zeros((112, 112), np.uint8)
    if rng.random() < 0.4:
        half = int(rng.integers(2, 9))
        tilt = int(rng.integers(-12, 13))
        cv2.line(picture, (8, 56 - tilt), (104, 56 + tilt), 255, 2 * half, cv2.LINE_AA)
        return picture
    for _ in range(int(rng.integers(3, 9))):
        centre = rng.integers(36, 76, 2).tolist()
        axes = rng.integers(10, 30, 2).tolist()
        angle = float(rng.uniform(0, 180))
        cv2.ellipse(picture, centre, axes, angle, 0, 360, 255, cv2.FILLED, cv2.LINE_AA)
    return picture


def _pair(digits: Pixels, rng: np.random.Generator) -> Pixels:
    """Two digits in one box, beside each other and sometimes above."""
    one, other = (_trimmed(digits[int(rng.integers(len(digits)))]) for _ in range(2))
    beside = rng.random() < 0.85
    if not beside:
        one, other = one.T, other.T
    gap = int(rng.integers(-2, 7))
    height = max(one.shape[0], other.shape[0])
    picture = np.zeros((height, max(1, one.shape[1] + other.shape[1] + gap)), np.uint8)
    for glyph, left in ((one, 0), (other, picture.shape[1] - other.shape[1])):
        top = int(rng.integers(0, height - glyph.shape[0] + 1))
        place = picture[top : top + glyph.shape[0], left : left + glyph.shape[1]]
        np.maximum(place, glyph, out=place)
    return np.pad(np.ascontiguousarray(picture if beside else picture.T), 4)


def _trimmed(glyph: Pixels) -> Pixels:
    x, y, width, height = ink.bounding_box(glyph) or (0, 0, GLYPH_SIZE, GLYPH_SIZE)
    return glyph[y : y + height, x : x + width]
