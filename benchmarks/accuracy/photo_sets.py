"""Labelled pictures of several digits each, and how a reading of them is scored.

A folder of them holds `photos/`, `cheques/`, `register/` and `sudoku/`, each where it is to be had:
pictures with a labels.csv, whose column `digits` or `digits_by_line` ("|" between lines) has the
truth; a sudoku has its nine lines of nine numbers in NAME.txt (0 blank, 10 pencilled notes).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

SETS = ("cheques", "photos", "sudoku", "register")
# A sudoku's cell with pencilled notes in it, in its labels.
NOTES = 10
SIDE = 9


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture and what stands on it.

    Attributes:
        path: the picture.
        lines: its digits, line by line; of a sudoku its rows, "0" for a blank cell.
        is_grid: whether it is a sudoku, to be read cell by cell.
        is_exam: whether it is a printed page with one handwritten digit.
    """

    path: Path
    lines: tuple[str, ...]
    is_grid: bool = False
    is_exam: bool = False


def load(folder: Path, name: str) -> list[Labelled]:
    """The pictures of a set, in the order of their labels; none where the set is not there."""
    root = folder / name
    if name == "sudoku":
        return [_sudoku(path) for path in sorted(root.glob("*.txt"))]
    if not (root / "labels.csv").is_file():
        return []
    with (root / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        lines = tuple((row.get("digits_by_line") or row.get("digits") or "").split("|"))
        is_grid = len(lines) == SIDE and all(len(line) == SIDE for line in lines)
        is_exam = "exam" in row.get("kind", "")
        found.append(Labelled(root / row["file"], lines, is_grid, is_exam))
    return found


def _sudoku(labels: Path) -> Labelled:
    cells = np.loadtxt(labels, dtype=int)
    cells[cells == NOTES] = 0
    lines = tuple("".join(map(str, row)) for row in cells.tolist())
    return Labelled(labels.with_suffix(".jpg"), lines, is_grid=True)


@dataclass(frozen=True, slots=True)
class Score:
    """How much of one picture was read right.

    Attributes:
        right, lines: lines read without a mistake, of how many.
        errors, digits: edits that make the reading right, and the digits there are.
    """

    right: int
    lines: int
    errors: int
    digits: int


def score(truth: Sequence[str], read: Sequence[str]) -> Score:
    """Compare lines of digits, matched in order so that the fewest edits are left (a line that was
    missed, or one too many, costs all its digits)."""
    cost = np.zeros((len(truth) + 1, len(read) + 1), int)
    cost[1:, 0] = np.cumsum([len(line) for line in truth])
    cost[0, 1:] = np.cumsum([len(line) for line in read])
    for i, line in enumerate(truth, 1):
        for j, other in enumerate(read, 1):
            cost[i, j] = min(
                cost[i - 1, j - 1] + Levenshtein.distance(line, other),
                cost[i - 1, j] + len(line),
                cost[i, j - 1] + len(other),
            )
    return Score(_matched(truth, read, cost), len(truth), int(cost[-1, -1]), sum(map(len, truth)))


def _matched(truth: Sequence[str], read: Sequence[str], cost: NDArray[np.int_]) -> int:
    """How many lines are equal on the cheapest way through the table of costs."""
    i, j, equal = len(truth), len(read), 0
    while i and j:
        if cost[i, j] == cost[i - 1, j - 1] + Levenshtein.distance(truth[i - 1], read[j - 1]):
            equal += truth[i - 1] == read[j - 1]
            i, j = i - 1, j - 1
        elif cost[i, j] == cost[i - 1, j] + len(truth[i - 1]):
            i -= 1
        else:
            j -= 1
    return equal
