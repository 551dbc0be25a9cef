"""Batches for the line model: cuts of made pages and synthetic lines, made by other processes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.layout.cut import CUT_HEIGHT
from inkling.training.synthesis.characters import load_characters
from inkling.training.synthesis.lines import make_line
from inkling.training.synthesis.pages.batches import choose_shape
from inkling.training.synthesis.pages.characters import PageCharacters, load_page_characters
from inkling.training.synthesis.pages.cuts import MAX_LABELS, LabelledCut, make_cuts
from inkling.training.synthesis.pages.make import make_page
from inkling.training.synthesis.streams import from_processes, shown_again

# Images uint8 (n, CUT_HEIGHT, width), and labels int32 (n, MAX_LABELS), padded with -1.
LineBatch = tuple[Pixels, NDArray[np.int32]]

# Part of the lines that are cuts; the others are synthetic lines of digits alone, made without a
# page.
CUT_RATE = 0.5
# Lines that are made before they are sorted by width into batches.
POOL = 256
# The images of a batch are padded to a common width, a multiple of this; wider ones are left out.
WIDTH_STEP, MAX_WIDTH = 32, 352
# Batches that are made in advance, for each process.
PREFETCHED = 16
# Each batch is shown this often, with another contrast and noise; see `batches.SHOWN`.
SHOWN, KEPT = 2, 96


def make_line_batches(seed: int, processes: int, size: int) -> Iterator[LineBatch]:
    """An endless stream of batches, made by other processes. Each is shown `SHOWN` times.

    Args:
        seed: of the lines.
        processes: how many make them.
        size: lines in a batch.
    """
    made = from_processes(partial(_batches, size), seed, processes, PREFETCHED)
    rng = np.random.default_rng([seed, processes])
    return shown_again(made, _vary, rng, times=SHOWN, kept=KEPT)


def cuts_of_pages(characters: PageCharacters, rng: np.random.Generator) -> Iterator[LabelledCut]:
    """An endless stream of cuts of made pages."""
    while True:
        shape = choose_shape(rng)
        yield from make_cuts(make_page(characters, rng, shape.size, shape.kinds), rng)


def to_batch(lines: list[LabelledCut]) -> LineBatch:
    """Lines padded with paper to one width, and their labels."""
    widest = max(image.shape[1] for image, _ in lines)
    width = math.ceil(widest / WIDTH_STEP) * WIDTH_STEP
    x = np.zeros((len(lines), CUT_HEIGHT, width), np.uint8)
    y = np.full((len(lines), MAX_LABELS), -1, np.int32)
    for row, (image, labels) in enumerate(lines):
        x[row, :, : image.shape[1]] = image
        y[row, : len(labels)] = labels
    return x, y


def _batches(size: int, rng: np.random.Generator) -> Iterator[LineBatch]:
    """An endless stream of batches of new lines."""
    cuts = cuts_of_pages(load_page_characters(), rng)
    characters = load_characters()
    while True:
        lines = [
            next(cuts) if rng.random() < CUT_RATE else make_line(characters, rng)
            for _ in range(POOL)
        ]
        lines = [line for line in lines if line[0].shape[1] <= MAX_WIDTH]
        lines.sort(key=lambda line: line[0].shape[1])
        for start in rng.permutation(np.arange(0, len(lines) - size + 1, size)).tolist():
            yield to_batch(lines[start : start + size])


def _vary(batch: LineBatch, rng: np.random.Generator) -> LineBatch:
    """A batch with another contrast and noise."""
    images, labels = batch
    factor = rng.uniform(0.7, 1.3, (len(images), 1, 1)).astype(np.float32)
    noise = rng.standard_normal(images.shape, np.float32)
    strength = rng.uniform(0.0, 14.0, (len(images), 1, 1)).astype(np.float32)
    # Beyond a picture's edge and a line's end there is nothing.
    varied = np.where(images > 0, images * factor + noise * strength, 0.0)
    return np.clip(varied, 0, 255).astype(np.uint8), labels
