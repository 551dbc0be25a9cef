"""Negatives: what is no digit, such as letters, signs, scribbles and parts of digits.

A network that has only seen digits takes everything for a digit. Trained on negatives with a
uniform target, it learns to be unsure of what it does not know (outlier exposure: Hendrycks,
Mazeika and Dietterich, 2019). Trained on them with an output of their own, it learns what they are.
Either way the exported model has one output per label, and its confidence tells negatives from
digits. `docs/models.md` compares the two.
"""

from __future__ import annotations

import string
from collections.abc import Iterator

import cv2
import numpy as np

from inkling.imaging.glyph import GLYPH_SIZE, to_glyphs
from inkling.imaging.pixels import Pixels, bounding_box
from inkling.imaging.strokes import from_strokes
from inkling.training.augment.curves import cut_corners
from inkling.training.data import datasets
from inkling.training.data.formats import CANVAS_SIZE, Labels
from inkling.training.data.splits import validation_rows

# The name of the negatives in reports. It is stored there, so it must not change.
NAME = "strangers"
# Letters that many people write like a digit. They are neither trained on nor measured.
LOOKALIKES = "OolISsZzBqg"
LETTERS = sorted(set(string.ascii_letters) - set(LOOKALIKES))
# Sides whose half of a digit is no digit: left, right, top, bottom. A half of most other digits may
# be read as a digit; the top of an 8, for one, is a 0.
HALVES = {0: "lrtb", 2: "tb", 3: "tb", 4: "l", 5: "tb", 8: "l"}
# How many of each kind there are in one rendering of the training negatives. The names are stored
# in reports.
COUNTS = {
    "letters": 9000,
    "signs": 1500,
    "scribbles": 1800,
    "pairs": 2500,
    "blots": 300,
    "rules": 300,
    "halves": 2000,
    "cuts": 2000,
}
# Paper around the ink of what is put together from digits, in pixels.
BORDER = 4

Rng = np.random.Generator


def by_kind(split: str, seed: int = 0, limit: int = 0) -> Iterator[tuple[str, Pixels]]:
    """The negatives, one kind after another: its name and its glyphs, uint8 (n, 28, 28).

    Letters and signs come from data sets. Where those are missing, the kinds are left out.

    Args:
        split: "train", "validation" (other letters and digits by the same writers) or "test"
            (other writers).
        seed: chooses brushes, scribbles and, for training, which letters.
        limit: at most this many of each kind; 0: as many as `COUNTS` says.
    """
    rng = np.random.default_rng([seed, 4, ("train", "test", "validation").index(split)])
    for kind, name, wanted in (
        ("letters", "unipen-letters", LETTERS),
        ("signs", "unipen-signs", list(datasets.get("unipen-signs").labels)),
    ):
        if datasets.is_local(name):
            glyphs = _characters(name, wanted, split, seed, rng)
            yield kind, glyphs[: limit or COUNTS[kind]]
    digits, labels = datasets.load("mnist", _source(split))
    rows = validation_rows(len(labels), split)
    digits, labels = digits[rows], labels[rows]
    n = {kind: limit or count for kind, count in COUNTS.items()}
    # Each picture is made when it is asked for, so the kinds share `rng` in this order.
    pictures = {
        "scribbles": (_scribble(rng) for _ in range(n["scribbles"])),
        "blots": (_blot(rng) for _ in range(n["blots"])),
        "rules": (_rule(rng) for _ in range(n["rules"])),
        "pairs": (_pair(digits, rng) for _ in range(n["pairs"])),
        "halves": _halves(digits, labels, n["halves"], rng),
        "cuts": (_cut(digits, labels, rng) for _ in range(n["cuts"])),
    }
    for kind, made in pictures.items():
        yield kind, to_glyphs(made)


def load(split: str, seed: int = 0, limit: int = 0) -> Pixels:
    """All kinds together, uint8 (n, 28, 28); arguments as for `by_kind`.

    Raises:
        DatasetError: a file is damaged.
    """
    return np.concatenate([glyphs for _, glyphs in by_kind(split, seed, limit)])


def _source(split: str) -> str:
    """The split of a data set that a split of the negatives is made from."""
    return "test" if split == "test" else "train"


def _characters(name: str, wanted: list[str], split: str, seed: int, rng: Rng) -> Pixels:
    """The glyphs of a data set whose label is wanted, shuffled."""
    x, y = datasets.load(name, _source(split), seed=seed)
    numbers = [datasets.get(name).labels.index(label) for label in wanted]
    rows = validation_rows(len(y), split)
    rows = rng.permutation(rows[np.isin(y[rows], numbers)])
    return np.asarray(x[rows], np.uint8)


def _scribble(rng: Rng) -> Pixels:
    """Smooth, aimless pen strokes with many turns."""
    strokes = []
    for _ in range(int(rng.integers(1, 4))):
        turns = int(rng.integers(8, 24))
        corners = rng.normal(0.0, 1.0, (turns, 2)) * rng.uniform(0.4, 1.0, 2)
        corners += np.cumsum(rng.normal(0.0, 0.25, (turns, 2)), axis=0)
        strokes.append(cut_corners(corners, 2, keep_ends=False))
    return from_strokes(strokes, size=CANVAS_SIZE, brush=float(rng.uniform(3, 14)))


def _rule(rng: Rng) -> Pixels:
    """One or two horizontal lines, thin or thick. A vertical line could be a 1."""
    picture = np.zeros((CANVAS_SIZE, CANVAS_SIZE), np.uint8)
    middle = CANVAS_SIZE // 2
    for _ in range(1 if rng.random() < 0.8 else 2):
        tilt = int(rng.integers(-12, 13))
        left, right = int(rng.integers(4, 16)), int(rng.integers(96, 108))
        thickness = int(rng.integers(2, 18))
        start, end = (left, middle - tilt), (right, middle + tilt)
        cv2.line(picture, start, end, 255, thickness, cv2.LINE_AA)
        middle += int(rng.integers(14, 40))
    return picture


def _blot(rng: Rng) -> Pixels:
    """A stain: some ellipses on top of each other."""
    picture = np.zeros((CANVAS_SIZE, CANVAS_SIZE), np.uint8)
    for _ in range(int(rng.integers(3, 9))):
        centre = rng.integers(36, 76, 2).tolist()
        axes = rng.integers(10, 30, 2).tolist()
        angle = float(rng.uniform(0, 180))
        cv2.ellipse(picture, centre, axes, angle, 0, 360, 255, cv2.FILLED, cv2.LINE_AA)
    return picture


def _pair(digits: Pixels, rng: Rng) -> Pixels:
    """Two digits in one box, mostly side by side, sometimes one above the other."""
    first, second = (_trim(digits[int(rng.integers(len(digits)))]) for _ in range(2))
    side_by_side = rng.random() < 0.85
    if not side_by_side:
        first, second = first.T, second.T
    picture = _put_together(first, second, int(rng.integers(-2, 7)), rng)
    return picture if side_by_side else np.ascontiguousarray(picture.T)


def _halves(digits: Pixels, labels: Labels, n: int, rng: Rng) -> Iterator[Pixels]:
    """What a box that cuts through a digit keeps of it: 35 to 50 % of its height or width."""
    rows = rng.choice(np.flatnonzero(np.isin(labels, list(HALVES))), n)
    for row in rows:
        digit = _trim(digits[row])
        side = str(rng.choice(list(HALVES[int(labels[row])])))
        part = float(rng.uniform(0.35, 0.5))
        height, width = (max(3, round(part * size)) for size in digit.shape)
        half = {
            "t": digit[:height],
            "b": digit[-height:],
            "l": digit[:, :width],
            "r": digit[:, -width:],
        }
        yield np.pad(half[side], BORDER)


def _cut(digits: Pixels, labels: Labels, rng: Rng) -> Pixels:
    """A digit with 40 to 70 % of the one that touches it: a line that is cut in the wrong place."""
    whole = _trim(digits[int(rng.integers(len(digits)))])
    # A part of a 1 would only thicken a stroke of the other digit.
    other = _trim(digits[int(rng.choice(np.flatnonzero(labels != 1)))])
    width = max(4, round(float(rng.uniform(0.4, 0.7)) * other.shape[1]))
    is_before = rng.random() < 0.5
    part = other[:, -width:] if is_before else other[:, :width]
    left, right = (part, whole) if is_before else (whole, part)
    return _put_together(left, right, -int(rng.integers(0, 4)), rng)


def _put_together(left: Pixels, right: Pixels, gap: int, rng: Rng) -> Pixels:
    """Two pieces of ink side by side. The lower one stands anywhere within the height of the other.

    Args:
        left, right: uint8 (height, width).
        gap: pixels between them; negative where they overlap.
        rng: chooses the vertical positions.
    """
    height = max(left.shape[0], right.shape[0])
    width = max(left.shape[1], right.shape[1], left.shape[1] + right.shape[1] + gap)
    picture = np.zeros((height, width), np.uint8)
    for glyph, start in ((left, 0), (right, width - right.shape[1])):
        top = int(rng.integers(0, height - glyph.shape[0] + 1))
        area = picture[top : top + glyph.shape[0], start : start + glyph.shape[1]]
        np.maximum(area, glyph, out=area)
    return np.pad(picture, BORDER)


def _trim(glyph: Pixels) -> Pixels:
    """The glyph's ink without the paper around it."""
    x, y, width, height = bounding_box(glyph) or (0, 0, GLYPH_SIZE, GLYPH_SIZE)
    return glyph[y : y + height, x : x + width]
