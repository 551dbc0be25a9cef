"""Batches of synthetic lines for the line model's training."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inkling.recognition.line_image import IMAGE_HEIGHT
from inkling.training.line_network import PAD
from inkling.training.synthesis.characters import Characters
from inkling.training.synthesis.lines import MAX_DIGITS, Line, make_line

Item = TypeVar("Item")
# Any batch: its examples first.
AnyBatch = TypeVar("AnyBatch", bound=tuple[NDArray[np.float32], NDArray[np.generic]])
# Images float32 (n, IMAGE_HEIGHT, width, 1) and labels int32 (n, MAX_DIGITS), padded with PAD.
Batch = tuple[NDArray[np.float32], NDArray[np.int32]]

# Lines in a batch.
BATCH_SIZE = 64
# The images of a batch are padded to a common width, a multiple of this. Wider lines than
# MAX_WIDTH are left out. Both in pixels.
WIDTH_STEP = 32
MAX_WIDTH = 352
# Lines that are made before they are sorted by width into batches.
POOL = 1024
# Batches that are made in advance.
PREFETCHED = 24


def to_batch(lines: list[Line]) -> Batch:
    """Lines as the line model takes them: images padded with paper, and labels."""
    widest = max(image.shape[1] for image, _ in lines)
    width = math.ceil(widest / WIDTH_STEP) * WIDTH_STEP
    x = np.zeros((len(lines), IMAGE_HEIGHT, width, 1), np.float32)
    y = np.full((len(lines), MAX_DIGITS), PAD, np.int32)
    for row, (image, digits) in enumerate(lines):
        x[row, :, : image.shape[1], 0] = image.astype(np.float32) / 255.0
        y[row, : len(digits)] = digits
    return x, y


def make_batches(
    characters: Characters, seed: int, size: int = BATCH_SIZE, pool: int = POOL
) -> Iterator[Batch]:
    """An endless stream of batches, each of lines of similar width.

    Args:
        characters: what the lines are made of.
        seed: of the lines and their order.
        size: lines in a batch.
        pool: lines that are made at a time and sorted by width.
    """
    rng = np.random.default_rng(seed)
    while True:
        lines = [make_line(characters, rng) for _ in range(pool)]
        lines = sorted(drop_wide(lines), key=lambda line: line[0].shape[1])
        for start in rng.permutation(np.arange(0, len(lines) - size + 1, size)).tolist():
            yield to_batch(lines[start : start + size])


def drop_wide(lines: list[Line]) -> list[Line]:
    """The lines that are at most `MAX_WIDTH` wide."""
    return [line for line in lines if line[0].shape[1] <= MAX_WIDTH]


def prefetch(source: Iterator[Item], depth: int = PREFETCHED) -> Iterator[Item]:
    """The same items, made in advance by a thread of their own."""
    ready: queue.Queue[Item] = queue.Queue(depth)

    def work() -> None:
        for item in source:
            ready.put(item)

    threading.Thread(target=work, daemon=True).start()
    while True:
        yield ready.get()


def vary_first_widths(source: Iterator[AnyBatch]) -> Iterator[AnyBatch]:
    """The same batches, reordered so that the first two differ in width.

    Keras takes the width as fixed if the first batches agree in it.
    """
    first = next(source)
    same_width = []
    for batch in source:
        if batch[0].shape != first[0].shape:
            break
        same_width.append(batch)
    yield first
    yield batch
    yield from same_width
    yield from source
