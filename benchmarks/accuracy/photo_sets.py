"""Labelled pictures of several digits each, and how a reading of them is scored.

A folder holds some of `photos/`, `cheques/`, `register/` and `sudoku/`: pictures with a labels.csv,
whose column `digits` or `digits_by_line` ("|" between lines) has the truth. A sudoku has its nine
rows of nine numbers in NAME.txt (0 for a blank cell, 10 for a cell with pencilled notes).
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
# In the labels of a sudoku: a cell with pencilled notes.
NOTES = 10
# Rows and columns of a sudoku.
SIDE = 9


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture and the digits on it.

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


@dataclass(frozen=True, slots=True)
class Score:
    """How much of one picture was read correctly.

    Attributes:
        right: lines read without a mistake.
        lines: lines of the truth.
        errors: edits that turn the reading into the truth.
        digits: digits of the truth.
    """

    right: int
    lines: int
    errors: int
    digits: int


def load_set(folder: Path, name: str) -> list[LabelledPicture]:
    """The pictures of a set, in the order of their labels; an empty list if the set is missing."""
    root = folder / name
    if name == "sudoku":
        return [_load_sudoku(path) for path in sorted(root.glob("*.txt"))]
    if not (root / "labels.csv").is_file():
        return []
    with (root / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pictures = []
    for row in rows:
        lines = tuple((row.get("digits_by_line") or row.get("digits") or "").split("|"))
        is_grid = len(lines) == SIDE and all(len(line) == SIDE for line in lines)
        is_exam = "exam" in row.get("kind", "")
        pictures.append(LabelledPicture(root / row["file"], lines, is_grid, is_exam))
    return pictures


def score_lines(truth: Sequence[str], read: Sequence[str]) -> Score:
    """Compare lines of digits, aligned in order so that the number of edits is smallest.

    A line that was missed, or one too many, costs all its digits.
    """
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
    right = _count_equal(truth, read, cost)
    return Score(right, len(truth), int(cost[-1, -1]), sum(map(len, truth)))


def _load_sudoku(labels: Path) -> LabelledPicture:
    cells = np.loadtxt(labels, dtype=int)
    cells[cells == NOTES] = 0
    lines = tuple("".join(map(str, row)) for row in cells.tolist())
    return LabelledPicture(labels.with_suffix(".jpg"), lines, is_grid=True)


def _count_equal(truth: Sequence[str], read: Sequence[str], cost: NDArray[np.int_]) -> int:
    """How many lines are equal on a cheapest path through the table of costs."""
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
