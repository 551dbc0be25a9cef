"""The characters that pages are made of: digits, letters and signs of the sets at hand."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.training.data import datasets
from inkling.training.data.splits import validation_rows
from inkling.training.synthesis.allographs import PenStrokes
from inkling.training.synthesis.characters import load_lookalikes, load_trajectories
from inkling.training.synthesis.trajectories import Trajectories, to_trajectories

# The set of letters and signs, as pen strokes.
WRITING = "unipen-writing"
# Letters that some people would take for a digit, where they stand alone.
AMBIGUOUS = frozenset("OoDQlIiJjSsZzBbqgGtPyuhAaUvVfTYrReCcd")
# Letters and signs of each kind that are kept, at most.
MAX_PER_CHARACTER = 300


@dataclass(frozen=True, slots=True, eq=False)
class PageCharacters:
    """What pages are made of.

    Attributes:
        glyphs: digits, uint8 (n, 28, 28).
        rows: for each digit, its rows in `glyphs`.
        trajectories: digits as pen strokes; None where no set of them is at hand.
        lookalikes: for each digit that some people write like a letter, the letters, each as
            written by many.
        letters: for each letter, pen strokes of many writers; may be empty.
        signs: for each sign, likewise.
    """

    glyphs: Pixels
    rows: dict[int, NDArray[np.int64]]
    trajectories: Trajectories | None = None
    lookalikes: dict[int, list[list[PenStrokes]]] = field(default_factory=dict)
    letters: dict[str, list[PenStrokes]] = field(default_factory=dict)
    signs: dict[str, list[PenStrokes]] = field(default_factory=dict)

    def clear_letters(self) -> list[str]:
        """The letters that nobody takes for a digit."""
        return [letter for letter in self.letters if letter not in AMBIGUOUS]


def load_page_characters(split: str = "train") -> PageCharacters:
    """Load the characters of the training sets that are at hand.

    Args:
        split: "train", or "validation" for the twelfth of them that is held out.
    """
    names = ["mnist", *(name for name in ("pencil-scans",) if datasets.is_local(name))]
    sets = [datasets.load(name, "train") for name in names]
    kept = [validation_rows(len(y), split) for _, y in sets]
    glyphs = np.concatenate([x[rows] for (x, _), rows in zip(sets, kept, strict=True)])
    labels = np.concatenate([y[rows] for (_, y), rows in zip(sets, kept, strict=True)])
    rows_of = {int(label): np.flatnonzero(labels == label) for label in np.unique(labels)}
    letters, signs = _load_writing(split)
    return PageCharacters(
        glyphs, rows_of, load_trajectories(split), load_lookalikes(split), letters, signs
    )


def _load_writing(split: str) -> tuple[dict[str, list[PenStrokes]], dict[str, list[PenStrokes]]]:
    """Letters and signs as pen strokes; empty where they are not at hand."""
    letters: dict[str, list[PenStrokes]] = {}
    signs: dict[str, list[PenStrokes]] = {}
    if not datasets.is_local(WRITING):
        return letters, signs
    strokes, rows = datasets.strokes(WRITING)
    rows = rows[validation_rows(len(rows), split)]
    for number, character in enumerate(datasets.get(WRITING).labels):
        of_character = rows[strokes.labels[rows] == number]
        step = max(1, len(of_character) // MAX_PER_CHARACTER)
        drawn = to_trajectories(strokes, of_character[::step]).digits
        if drawn:
            (letters if character.isalpha() else signs)[character] = drawn
    return letters, signs
