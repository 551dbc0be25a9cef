"""What is no digit, to be told so: letters, signs, scribbles, blots, rules, pieces, two in a box.

A network that has only seen digits calls everything one. Shown strangers whose target is "all
labels alike" it learns to be unsure of what it does not know (outlier exposure: Hendrycks, Mazeika
and Dietterich, 2019); shown them as one more output it learns what they are. In both cases the
model that is shipped has an output for each label only, and its confidence tells strangers from
digits. `docs/models.md` compares the ways.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.glyph import GLYPH_SIZE, to_glyphs
from inkling.imaging.pixels import Pixels, bounding_box
from inkling.imaging.strokes import from_strokes
from inkling.training.data import datasets, readers
from inkling.training.data.sources import CAPITALS, SIGNS, DatasetError
from inkling.training.data.sources import LETTERS as SMALL

NAME = "strangers"
# In place of a label: none of them.
NO_LABEL = 255
# Drawn by many just as a digit is: neither shown nor measured.
LOOKALIKES = "OolISsZzBqg"
LETTERS = "".join(sorted(set(CAPITALS + SMALL) - set(LOOKALIKES)))
# Halves that are no digit themselves: not an 8's, for one, which is a 0 or a 3.
HALVES = {0: "lrtb", 2: "tb", 3: "tb", 4: "l", 5: "tb", 8: "l"}
# How many of each kind a drawing of the training strangers holds.
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


def kinds(split: str, seed: int = 0, limit: int = 0) -> Iterator[tuple[str, Pixels]]:
    """The kinds of strangers, each with its glyphs uint8 (n, 28, 28).

    Letters and signs need their data set; where it is not to be had they are left out.

    Args:
        split: "train", "validation" (other letters and digits of the same writers) or "test"
            (other writers).
        seed: chooses brushes, scribbles and, for training, which letters.
        limit: at most so many of each kind; 0: as many as `COUNTS` says.
    """
    rng = np.random.default_rng([seed, 4, ("train", "test", "validation").index(split)])
    source = "test" if split == "test" else "train"
    for kind, name, wanted in (
        ("letters", "unipen-letters", LETTERS),
        ("signs", "unipen-signs", SIGNS),
    ):
        if datasets.is_local(name):
            x, y = datasets.load(name, source, seed=seed)
            known = [datasets.get(name).labels.index(label) for label in wanted]
            rows = readers.split_rows(len(y), split)
            rows = rng.permutation(rows[np.isin(y[rows], known)])
            yield kind, x[rows[: limit or COUNTS[kind]]]
    digits, labels = datasets.load("mnist", source)
    rows = readers.split_rows(len(labels), split)
    digits, labels = digits[rows], labels[rows]
    makers = {"scribbles": _scribble, "blots": _blot, "rules": _rule}
    for kind, make in makers.items():
        n = limit or COUNTS[kind]
        yield kind, to_glyphs(make(rng) for _ in range(n))
    n = limit or COUNTS["pairs"]
    yield "pairs", to_glyphs(_pair(digits, rng) for _ in range(n))
    n = limit or COUNTS["halves"]
    halved = rng.choice(np.flatnonzero(np.isin(labels, list(HALVES))), n)
    yield "halves", to_glyphs(_half(digits[i], int(labels[i]), rng) for i in halved)
    n = limit or COUNTS["cuts"]
    yield "cuts", to_glyphs(_cut(digits, labels, rng) for _ in range(n))


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
    return from_strokes(strokes, size=112, brush=float(rng.uniform(3, 14)))


def _smooth(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners joined by a curve: each between its neighbours' middles (Chaikin, 1974, twice)."""
    for _ in range(2):
        near = 0.75 * corners[:-1] + 0.25 * corners[1:]
        far = 0.25 * corners[:-1] + 0.75 * corners[1:]
        corners = np.stack([near, far], axis=1).reshape(-1, 2)
    return corners


def _rule(rng: np.random.Generator) -> Pixels:
    """A lying rule or minus sign, fine or thick, or two of them. A standing one might be a 1."""
    picture = np.zeros((112, 112), np.uint8)
    middle = 56
    for _ in range(1 if rng.random() < 0.8 else 2):
        tilt = int(rng.integers(-12, 13))
        left, right = int(rng.integers(4, 16)), int(rng.integers(96, 108))
        thick = int(rng.integers(2, 18))
        cv2.line(picture, (left, middle - tilt), (right, middle + tilt), 255, thick, cv2.LINE_AA)
        middle += int(rng.integers(14, 40))
    return picture


def _blot(rng: np.random.Generator) -> Pixels:
    """A stain of no shape."""
    picture = np.zeros((112, 112), np.uint8)
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
    picture = _beside(one, other, int(rng.integers(-2, 7)), rng)
    return picture if beside else np.ascontiguousarray(picture.T)


def _beside(left: Pixels, right: Pixels, gap: int, rng: np.random.Generator) -> Pixels:
    """Two pieces of ink in one picture, neither above the other's end."""
    height = max(left.shape[0], right.shape[0])
    width = max(left.shape[1], right.shape[1], left.shape[1] + right.shape[1] + gap)
    picture = np.zeros((height, width), np.uint8)
    for glyph, start in ((left, 0), (right, width - right.shape[1])):
        top = int(rng.integers(0, height - glyph.shape[0] + 1))
        place = picture[top : top + glyph.shape[0], start : start + glyph.shape[1]]
        np.maximum(place, glyph, out=place)
    return np.pad(picture, 4)


def _half(glyph: Pixels, label: int, rng: np.random.Generator) -> Pixels:
    """What a box that cut the digit has left of it: 35 to 50 % of its height or width."""
    one = _trimmed(glyph)
    side = str(rng.choice(list(HALVES[label])))
    height, width = one.shape
    part = float(rng.uniform(0.35, 0.5))
    rows, columns = max(3, round(part * height)), max(3, round(part * width))
    kept = {"t": one[:rows], "b": one[-rows:], "l": one[:, :columns], "r": one[:, -columns:]}
    return np.pad(kept[side], 4)


def _cut(digits: Pixels, labels: NDArray[np.uint8], rng: np.random.Generator) -> Pixels:
    """A digit and 40 to 70 % of the one that touches it: cut in the wrong place by a reader."""
    whole = _trimmed(digits[int(rng.integers(len(digits)))])
    # Part of a 1 is but a thicker stroke of the other.
    other = _trimmed(digits[int(rng.choice(np.flatnonzero(labels != 1)))])
    kept = max(4, round(float(rng.uniform(0.4, 0.7)) * other.shape[1]))
    is_before = rng.random() < 0.5
    part = other[:, -kept:] if is_before else other[:, :kept]
    left, right = (part, whole) if is_before else (whole, part)
    return _beside(left, right, -int(rng.integers(0, 4)), rng)


def _trimmed(glyph: Pixels) -> Pixels:
    x, y, width, height = bounding_box(glyph) or (0, 0, GLYPH_SIZE, GLYPH_SIZE)
    return glyph[y : y + height, x : x + width]
