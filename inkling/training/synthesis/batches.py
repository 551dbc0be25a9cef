"""Batches of synthetic lines."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Iterator
from itertools import takewhile
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.recognition.line_image import IMAGE_HEIGHT
from inkling.training.data import datasets, negatives, variants
from inkling.training.data.splits import validation_rows
from inkling.training.line_network import PAD
from inkling.training.synthesis import writer
from inkling.training.synthesis.allographs import Lines
from inkling.training.synthesis.lines import ALIKE, LONGEST, Characters, make

Item = TypeVar("Item")
Line = tuple[Pixels, tuple[int, ...]]
Batch = tuple[NDArray[np.float32], NDArray[np.int32]]

# What is shipped: batches of so many lines, the rate rising and falling once in each cycle.
BATCH = 64
# Strips of a batch are padded to a common width, a multiple of this; wider ones are left out.
WIDTH_STEP = 32
WIDEST = 352
# Lines that are made before they are sorted by width into batches.
POOL = 1024
# Sets whose digits are drawn with one pen a line.
PEN_SETS = ("unipen", "pendigits")
LETTERS = "unipen-letters"


def characters(split: str = "train") -> Characters:
    """Digits and letters to write with, from the training sets that are at hand.

    Args:
        split: "train", or "validation" for the twelfth of them that is kept from it.
    """
    digits, labels, drawn = [], [], []

    def add(x: Pixels, y: Pixels) -> None:
        digits.append(x[validation_rows(len(x), split)])
        labels.append(y[validation_rows(len(y), split)])

    for name in ("mnist", *PEN_SETS, "pencil-scans"):
        if name == "mnist" or datasets.is_local(name):
            add(*datasets.load(name, "train"))
        if name in PEN_SETS and datasets.is_local(name):
            found, rows = datasets.strokes(name)
            drawn.append(writer.trajectories(found, rows[validation_rows(len(rows), split)]))
    # Last, for they are shown more often (see `strings.RARE`).
    add(*variants.load("train", limit=1500))
    none = np.zeros((0, *digits[0].shape[1:]), np.uint8)
    others = dict(takewhile(lambda item: item[0] != "pairs", negatives.by_kind(split)))
    scribbles = [others.get(kind, none) for kind in ("scribbles", "blots", "rules", "signs")]
    return Characters(
        np.concatenate(digits),
        np.concatenate(labels),
        others.get("letters", none),
        np.concatenate(scribbles),
        writer.joined(drawn) if drawn else None,
        _alike(split) if datasets.is_local(LETTERS) else {},
    )


def _alike(split: str) -> dict[int, list[list[Lines]]]:
    """The letters of `strings.ALIKE` as pen strokes."""
    found, rows = datasets.strokes(LETTERS)
    rows = rows[validation_rows(len(rows), split)]
    labels = datasets.get(LETTERS).labels

    drawn = {
        letter: writer.trajectories(found, rows[found.labels[rows] == labels.index(letter)]).digits
        for letter in {letter for _, letters in ALIKE.values() for letter in letters}
    }
    return {digit: [drawn[letter] for letter in letters] for digit, (_, letters) in ALIKE.items()}


def batch(lines: list[Line]) -> Batch:
    """Strips float32 (n, IMAGE_HEIGHT, width, 1), padded with paper, and labels (n, LONGEST)."""
    widest = max(strip.shape[1] for strip, _ in lines)
    width = math.ceil(widest / WIDTH_STEP) * WIDTH_STEP
    x = np.zeros((len(lines), IMAGE_HEIGHT, width, 1), np.float32)
    y = np.full((len(lines), LONGEST), PAD, np.int32)
    for row, (strip, said) in enumerate(lines):
        x[row, :, : strip.shape[1], 0] = strip.astype(np.float32) / 255.0
        y[row, : len(said)] = said
    return x, y


def batches(known: Characters, seed: int, size: int = BATCH, pool: int = POOL) -> Iterator[Batch]:
    """Batches without end, each of lines of like width."""
    rng = np.random.default_rng(seed)
    while True:
        lines = [make(known, rng) for _ in range(pool)]
        lines = sorted(narrow(lines), key=lambda line: line[0].shape[1])
        for start in rng.permutation(np.arange(0, len(lines) - size + 1, size)).tolist():
            yield batch(lines[start : start + size])


def narrow(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line[0].shape[1] <= WIDEST]


def ahead(source: Iterator[Item], depth: int = 24) -> Iterator[Item]:
    """The same, made ahead by a thread of its own."""
    kept: queue.Queue[Item] = queue.Queue(depth)

    def work() -> None:
        for item in source:
            kept.put(item)

    threading.Thread(target=work, daemon=True).start()
    while True:
        yield kept.get()


def varied(source: Iterator[Batch]) -> Iterator[Batch]:
    """The same batches, the first two of them of different widths: by these Keras learns that
    widths vary."""
    first = next(source)
    alike = []
    for item in source:
        if item[0].shape != first[0].shape:
            break
        alike.append(item)
    yield first
    yield item
    yield from alike
    yield from source
