"""Batches of made pages for the page network, made by processes of their own."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.training.synthesis.pages import scenes
from inkling.training.synthesis.pages.characters import PageCharacters, load_page_characters
from inkling.training.synthesis.pages.make import make_page
from inkling.training.synthesis.pages.scenes import Scene
from inkling.training.synthesis.pages.targets import IS_LIGHT, targets

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

# Pictures uint8 (n, height, width, 3), and targets float32 (n, height / 4, width / 4, channels).
PageBatch = tuple[Pixels, NDArray[np.float32]]

# Part of the pages that lie on their side or upside down, of those whose colours are inverted, and
# of those whose colours are exchanged.
TURNED_RATE, INVERTED_RATE, EXCHANGED_RATE = 0.12, 0.1, 0.2
# Batches that are made in advance, for each process.
PREFETCHED = 6
# Making a batch takes as long as training on it, so each is shown this often, with other colours
# and noise, between batches that were made up to `KEPT` batches ago.
SHOWN = 3
KEPT = 64


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of batch.

    Attributes:
        size: height and width of its pictures, in pixels.
        count: pictures in it.
        kinds: the scenes to choose from.
        weight: how often such a batch is made.
    """

    size: tuple[int, int]
    count: int
    kinds: tuple[tuple[Scene, float], ...]
    weight: float


SHAPES = (
    Shape((256, 256), 8, scenes.SCENES, 0.62),
    Shape((128, 384), 10, scenes.STRIP_SCENES, 0.2),
    Shape((128, 128), 24, scenes.SMALL_SCENES, 0.18),
)


def make_batch(characters: PageCharacters, rng: np.random.Generator, shape: Shape) -> PageBatch:
    """Make one batch of a kind."""
    images, answers = [], []
    for _ in range(shape.count):
        page = make_page(characters, rng, shape.size, shape.kinds)
        is_square = shape.size[0] == shape.size[1]
        turn = int(rng.integers(1, 4)) if is_square and rng.random() < TURNED_RATE else 0
        image, answer = page.image, page
        if rng.random() < EXCHANGED_RATE:
            image = image[..., rng.permutation(3)]
        is_light = page.is_light_on_dark
        if rng.random() < INVERTED_RATE:
            image, is_light = 255 - image, not is_light
        answer = type(page)(image, page.ink, page.written, page.angles, is_light)
        images.append(np.rot90(image, turn))
        answers.append(targets(answer, turn))
    return np.stack(images), np.stack(answers)


def make_batches(seed: int, processes: int, split: str = "train") -> Iterator[PageBatch]:
    """An endless stream of batches, made by other processes. Each is shown `SHOWN` times.

    With one process the same seed gives the same stream; with more, the order may differ.

    Args:
        seed: of the pages.
        processes: how many make them.
        split: see `load_page_characters`.
    """
    # Forking a process that runs TensorFlow can hang.
    context = multiprocessing.get_context("spawn")
    ready: Queue[PageBatch] = context.Queue(PREFETCHED * processes)
    workers = [
        context.Process(target=_work, args=(ready, [seed, k], split, os.getpid()), daemon=True)
        for k in range(processes)
    ]
    for worker in workers:
        worker.start()
    rng = np.random.default_rng([seed, processes])
    kept: list[PageBatch] = []
    try:
        while True:
            batch = ready.get()
            yield batch
            kept = [*kept[-KEPT + 1 :], batch]
            for _ in range(SHOWN - 1):
                yield vary(*kept[int(rng.integers(len(kept)))], rng)
    finally:
        for worker in workers:
            worker.terminate()


def vary(images: Pixels, answers: NDArray[np.float32], rng: np.random.Generator) -> PageBatch:
    """A batch with other colours and noise.

    Args:
        images: uint8 (n, height, width, 3).
        answers: their targets.
        rng: chooses the colours and the noise.
    """
    varied, answers = images.copy(), answers.copy()
    levels = np.arange(256, dtype=np.float32)
    for k in range(len(images)):
        colours = 3 if rng.random() < 0.4 else 1
        slope, shift = rng.uniform(0.65, 1.15, colours), rng.uniform(-20.0, 20.0, colours)
        curve = np.clip(levels[:, None] * slope + shift, 0, 255)
        if rng.random() < INVERTED_RATE:
            curve = 255.0 - curve
            answers[k, ..., IS_LIGHT] = 1.0 - answers[k, ..., IS_LIGHT]
        table = np.broadcast_to(curve, (256, 3)).astype(np.uint8)
        varied[k] = cv2.LUT(varied[k], np.ascontiguousarray(table[None]))
        if rng.random() < 0.3:
            grain = rng.standard_normal(varied[k].shape, np.float32) * rng.uniform(1.0, 8.0)
            varied[k] = np.clip(varied[k] + grain, 0, 255).astype(np.uint8)
    return varied, answers


def _work(ready: Queue[PageBatch], seed: list[int], split: str, parent: int) -> None:
    """Make batches until the parent process ends."""
    cv2.setNumThreads(1)
    characters = load_page_characters(split)
    rng = np.random.default_rng(seed)
    weights = np.asarray([shape.weight for shape in SHAPES])
    weights /= weights.sum()
    while os.getppid() == parent:
        ready.put(make_batch(characters, rng, SHAPES[int(rng.choice(len(SHAPES), p=weights))]))
