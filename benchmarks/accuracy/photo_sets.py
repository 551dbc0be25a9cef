"""Labelled pictures of several digits each, and how a reading of them is scored.

A folder holds some of `people/`, `photos/`, `cheques/`, `register/` and `sudoku/`: pictures with a
labels.csv, whose column `digits`, `label` or `digits_by_line` ("|" between lines) has the truth. A
sudoku has its nine rows of nine numbers in NAME.txt (0 for a blank cell, 10 for a cell with
pencilled notes).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

SETS = ("cheques", "photos", "sudoku", "register")
# Sets of one number per picture; however many lines a reader splits it into, they are joined.
ONE_LINE = ("cheques", "register", "people_digits")
GRIDS = "sudoku"
# A pair of lines: its index in the truth and in the reading; None for a line that has no partner.
Pair = tuple[int | None, int | None]
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
        extra: lines read that are no line of the truth.
        sure: lines read that the reader is sure of; None if it does not say.
        sure_right: how many of these are right; an extra line is wrong.
    """

    right: int
    lines: int
    errors: int
    digits: int
    extra: int = 0
    sure: int | None = None
    sure_right: int | None = None


def load_pictures(folder: Path, name: str, limit: int = 0) -> list[LabelledPicture]:
    """A set's pictures: photos of sudokus count as sudokus, and exam pages (mostly print) do not
    count.

    Args:
        folder: holds the set's folder.
        name: of the set.
        limit: the most pictures, spread evenly over the set; 0 for all.
    """
    pictures = load_set(folder, name)
    if name == GRIDS:
        pictures += [each for each in load_set(folder, "photos") if each.is_grid]
    else:
        pictures = [each for each in pictures if not each.is_grid and not each.is_exam]
    count = min(limit or len(pictures), len(pictures))
    return [pictures[i * len(pictures) // count] for i in range(count)]


def load_set(folder: Path, name: str) -> list[LabelledPicture]:
    """The pictures of a set, in the order of their labels; an empty list if the set is missing."""
    root = folder / name
    if name == GRIDS:
        return [_load_sudoku(path) for path in sorted(root.glob("*.txt"))]
    if not (root / "labels.csv").is_file():
        return []
    with (root / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pictures = []
    for row in rows:
        truth = row.get("digits_by_line") or row.get("digits") or row.get("label") or ""
        lines = tuple(truth.split("|"))
        is_grid = len(lines) == SIDE and all(len(line) == SIDE for line in lines)
        is_exam = "exam" in row.get("kind", "")
        pictures.append(LabelledPicture(root / row["file"], lines, is_grid, is_exam))
    return pictures


def score_lines(
    truth: Sequence[str], read: Sequence[str], sure: Sequence[bool] | None = None
) -> Score:
    """Compare lines of digits. A line that was missed, or one too many, costs all its digits.

    Args:
        truth: the lines of the picture.
        read: the lines that were read.
        sure: whether the reader is sure of each line read; None if it does not say.
    """
    pairs = align(truth, read)
    errors = 0
    right = set()
    for i, j in pairs:
        one, other = "" if i is None else truth[i], "" if j is None else read[j]
        errors += Levenshtein.distance(one, other)
        if i is not None and j is not None and one == other:
            right.add(j)
    return Score(
        right=len(right),
        lines=len(truth),
        errors=errors,
        digits=sum(map(len, truth)),
        extra=sum(i is None for i, _ in pairs),
        sure=None if sure is None else sum(sure),
        sure_right=None if sure is None else sum(sure[j] for j in right),
    )


def align(truth: Sequence[str], read: Sequence[str]) -> list[Pair]:
    """Pair lines in order so that the number of edits is smallest.

    Among such pairings, one with the most equal lines is chosen.
    """
    # One edit weighs more than any number of equal lines.
    edit = min(len(truth), len(read)) + 1
    cost = np.zeros((len(truth) + 1, len(read) + 1), int)
    cost[1:, 0] = edit * np.cumsum([len(line) for line in truth])
    cost[0, 1:] = edit * np.cumsum([len(line) for line in read])

    def paired(i: int, j: int) -> int:
        """The cost when the last lines of the first i and the first j are a pair."""
        one, other = truth[i - 1], read[j - 1]
        return int(cost[i - 1, j - 1]) + edit * Levenshtein.distance(one, other) - (one == other)

    for i, line in enumerate(truth, 1):
        for j, other in enumerate(read, 1):
            missed, extra = cost[i - 1, j] + edit * len(line), cost[i, j - 1] + edit * len(other)
            cost[i, j] = min(paired(i, j), missed, extra)
    i, j = len(truth), len(read)
    pairs: list[Pair] = []
    while i or j:
        if i and j and cost[i, j] == paired(i, j):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and cost[i, j] == cost[i - 1, j] + edit * len(truth[i - 1]):
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


def differences(truth: Sequence[str], read: Sequence[str]) -> list[tuple[int | None, str]]:
    """What is wrong with a reading.

    Returns:
        The index of the line read, None for a line that was missed, and words about it, for each
        line of digits that was missed, misread or invented.
    """
    found: list[tuple[int | None, str]] = []
    for i, j in align(truth, read):
        if j is None:
            found += [] if i is None else [(None, f"{truth[i]} was not read")]
        elif i is None:
            found.append((j, f"no such line, read as {read[j]}"))
        elif truth[i] != read[j]:
            found.append((j, f"{truth[i]} read as {read[j]}"))
    return found


def _load_sudoku(labels: Path) -> LabelledPicture:
    cells = np.loadtxt(labels, dtype=int)
    cells[cells == NOTES] = 0
    lines = tuple("".join(map(str, row)) for row in cells.tolist())
    return LabelledPicture(labels.with_suffix(".jpg"), lines, is_grid=True)
