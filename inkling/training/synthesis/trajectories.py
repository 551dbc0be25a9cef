"""Digits as pen strokes, of one height and sorted by writer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.training.data.formats import Strokes
from inkling.training.synthesis.allographs import PenStrokes

# A digit's height counts as at least this part of its width: horizontal strokes are scaled by
# their width.
MIN_HEIGHT_PER_WIDTH = 0.45
# In a set without writers, this many characters in a row count as one writer's.
CHARACTERS_PER_WRITER = 60


@dataclass(frozen=True, slots=True, eq=False)
class Trajectories:
    """Digits as pen strokes, by writer.

    Attributes:
        digits: the strokes of each digit, y down, from 0 on, the digit's height 1.
        labels: uint8 (n,).
        writers: for each writer, the rows of each label.
    """

    digits: list[PenStrokes]
    labels: Pixels
    writers: list[dict[int, NDArray[np.int64]]]


def to_trajectories(strokes: Strokes, rows: NDArray[np.int64]) -> Trajectories:
    """Scale some characters of a set of pen strokes to one height, and sort them by writer."""
    digits, labels, writers = [], [], []
    for row in rows.tolist():
        lines = [line.astype(np.float64) for line in strokes.character(row) if len(line)]
        if not lines:
            continue
        points = np.concatenate(lines)
        corner, (width, height) = points.min(axis=0), np.ptp(points, axis=0).tolist()
        unit = max(height, MIN_HEIGHT_PER_WIDTH * width)
        if unit <= 0:
            continue
        digits.append([(line - corner) / unit for line in lines])
        labels.append(int(strokes.labels[row]))
        writers.append(
            row // CHARACTERS_PER_WRITER if strokes.writers is None else str(strokes.writers[row])
        )
    return Trajectories(digits, np.asarray(labels, np.uint8), _rows_by_writer(writers, labels))


def concatenate(sets: list[Trajectories]) -> Trajectories:
    """Several sets as one; each keeps its own writers."""
    digits: list[PenStrokes] = []
    writers: list[dict[int, NDArray[np.int64]]] = []
    for each in sets:
        shift = len(digits)
        writers += [{k: rows + shift for k, rows in by_label.items()} for by_label in each.writers]
        digits += each.digits
    labels = [each.labels for each in sets]
    return Trajectories(digits, np.concatenate([np.zeros(0, np.uint8), *labels]), writers)


def _rows_by_writer(
    writers: list[int | str], labels: list[int]
) -> list[dict[int, NDArray[np.int64]]]:
    """For each writer, in order of appearance, the rows of each label."""
    rows: dict[int | str, dict[int, list[int]]] = {}
    for row, (writer, label) in enumerate(zip(writers, labels, strict=True)):
        rows.setdefault(writer, {}).setdefault(label, []).append(row)
    return [
        {label: np.asarray(of_label) for label, of_label in by_label.items()}
        for by_label in rows.values()
    ]
