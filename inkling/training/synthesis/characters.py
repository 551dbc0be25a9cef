"""The characters that lines are made of, from the data sets that are at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile

import numpy as np

from inkling.imaging.pixels import Pixels
from inkling.training.data import datasets, negatives, variants
from inkling.training.data.datasets import PEN_STROKE_SETS
from inkling.training.data.splits import validation_rows
from inkling.training.synthesis.allographs import PenStrokes
from inkling.training.synthesis.trajectories import Trajectories, concatenate, to_trajectories

LETTERS = "unipen-letters"
# Letters that people write for a digit: the part of the writers who do, and the letters. A letter
# that is named twice is chosen twice as often.
LETTER_LOOKALIKES: dict[int, tuple[float, str]] = {
    0: (0.14, "OoCC"),
    1: (0.12, "l"),
    2: (0.1, "ZzQ"),
    4: (0.14, "hyu"),
    5: (0.1, "SsrY"),
    6: (0.08, "bG"),
    7: (0.12, "tT"),
    8: (0.08, "B"),
    9: (0.24, "PPppqgeR"),
}
# Variants of each kind (see `data.variants`).
VARIANTS = 1500
# The kinds of negatives that lines hold beside letters; those of several digits are left out.
SCRIBBLES = ("scribbles", "blots", "rules", "signs")
FIRST_LEFT_OUT = "pairs"


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """What lines are made of.

    Attributes:
        digits: uint8 (n, 28, 28) glyphs; the variants are the last of them.
        labels: uint8 (n,), 0 to 9.
        letters: uint8 (m, 28, 28) glyphs; m may be 0.
        scribbles: uint8 (k, 28, 28) glyphs of what is neither; k may be 0.
        trajectories: digits as pen strokes; None where no set of them is at hand.
        lookalikes: for each digit in `LETTER_LOOKALIKES` its letters, each as written by many, as
            pen strokes.
    """

    digits: Pixels
    labels: Pixels
    letters: Pixels
    scribbles: Pixels
    trajectories: Trajectories | None = None
    lookalikes: dict[int, list[list[PenStrokes]]] = field(default_factory=dict)


def load_characters(split: str = "train") -> Characters:
    """Load the characters of the training sets that are at hand.

    Args:
        split: "train", or "validation" for the twelfth of them that is held out.
    """
    digits, labels = _load_digits(split)
    none = np.zeros((0, *digits.shape[1:]), np.uint8)
    kinds = dict(takewhile(lambda kind: kind[0] != FIRST_LEFT_OUT, negatives.by_kind(split)))
    return Characters(
        digits,
        labels,
        kinds.get("letters", none),
        np.concatenate([kinds.get(kind, none) for kind in SCRIBBLES]),
        load_trajectories(split),
        load_lookalikes(split),
    )


def load_trajectories(split: str = "train") -> Trajectories | None:
    """The digits of the sets of pen strokes that are at hand; None where there is none."""
    pen_strokes = []
    for name in PEN_STROKE_SETS:
        if datasets.is_local(name):
            strokes, rows = datasets.strokes(name)
            pen_strokes.append(to_trajectories(strokes, rows[validation_rows(len(rows), split)]))
    return concatenate(pen_strokes) if pen_strokes else None


def _load_digits(split: str) -> tuple[Pixels, Pixels]:
    """The digits of all sets, and after them the variants."""
    names = [name for name in (*PEN_STROKE_SETS, "pencil-scans") if datasets.is_local(name)]
    sets = [datasets.load(name, "train") for name in ("mnist", *names)]
    sets.append(variants.load("train", limit=VARIANTS))
    rows = [validation_rows(len(y), split) for _, y in sets]
    x = np.concatenate([x[each] for (x, _), each in zip(sets, rows, strict=True)])
    y = np.concatenate([y[each] for (_, y), each in zip(sets, rows, strict=True)])
    return x, y


def load_lookalikes(split: str = "train") -> dict[int, list[list[PenStrokes]]]:
    """The letters of `LETTER_LOOKALIKES` as pen strokes; empty where they are not at hand."""
    if not datasets.is_local(LETTERS):
        return {}
    strokes, rows = datasets.strokes(LETTERS)
    rows = rows[validation_rows(len(rows), split)]
    labels = datasets.get(LETTERS).labels
    written = {}
    for letter in {letter for _, letters in LETTER_LOOKALIKES.values() for letter in letters}:
        of_letter = rows[strokes.labels[rows] == labels.index(letter)]
        written[letter] = to_trajectories(strokes, of_letter).digits
    return {
        digit: [written[letter] for letter in letters]
        for digit, (_, letters) in LETTER_LOOKALIKES.items()
    }
