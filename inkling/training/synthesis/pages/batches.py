"""Batches of made pages for the page network, made by processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.layout.page_model import TURN_PRIOR
from inkling.training.synthesis.pages import scenes
from inkling.training.synthesis.pages.characters import PageCharacters, load_page_characters
from inkling.training.synthesis.pages.make import MadePage, make_page
from inkling.training.synthesis.pages.scenes import Scene
from inkling.training.synthesis.pages.targets import IS_LIGHT, targets
from inkling.training.synthesis.pages.zoom import enlarged, tiled
from inkling.training.synthesis.streams import from_processes, shown_again

# Pictures uint8 (n, height, width, 3), and targets float32 (n, height / 4, width / 4, channels).
PageBatch = tuple[Pixels, NDArray[np.float32]]

# Part of the pages that lie on their side or upside down, of those whose colours are inverted, and
# of those whose colours are exchanged.
TURNED_RATE = 1.0 - TURN_PRIOR[0]
INVERTED_RATE, EXCHANGED_RATE = 0.1, 0.2
# Part of the pages that are shown with others, much smaller, or in part, much larger; and how many
# pages are kept to do so.
TILED_RATE, ENLARGED_RATE = 0.14, 0.06
KEPT_PAGES = 48
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


def make_batch(
    characters: PageCharacters,
    rng: np.random.Generator,
    shape: Shape,
    before: list[MadePage] | None = None,
) -> PageBatch:
    """Make one batch of a kind.

    Args:
        characters: what its pages are made of.
        rng: the only source of randomness.
        shape: the kind.
        before: pages that were made before, to be shown in other sizes; the new ones are added.
            None where no page is shown again.
    """
    images, answers = [], []
    for _ in range(shape.count):
        page = make_page(characters, rng, shape.size, shape.kinds)
        image, answer = _shown(page, rng, before)
        images.append(image)
        answers.append(answer)
    return np.stack(images), np.stack(answers)


def _shown(
    page: MadePage, rng: np.random.Generator, before: list[MadePage] | None
) -> tuple[Pixels, NDArray[np.float32]]:
    """A page as the network sees it: in other colours, turned, or in another size."""
    if rng.random() < EXCHANGED_RATE:
        page = replace(page, image=page.image[..., rng.permutation(3)])
    if rng.random() < INVERTED_RATE:
        page = replace(page, image=255 - page.image, is_light_on_dark=not page.is_light_on_dark)
    if before is not None:
        before.append(page)
        del before[:-KEPT_PAGES]
        choice = rng.random()
        if choice < TILED_RATE:
            return tiled(before, rng)
        if choice < TILED_RATE + ENLARGED_RATE:
            page = enlarged(page, rng)
    turn = 0
    if rng.random() < TURNED_RATE:
        is_square = page.image.shape[0] == page.image.shape[1]
        # On its side, a strip would not fit into its batch.
        turn = int(rng.integers(1, 4)) if is_square else 2
    return np.rot90(page.image, turn), targets(page, turn)


def make_batches(seed: int, processes: int) -> Iterator[PageBatch]:
    """An endless stream of batches, made by other processes. Each is shown `SHOWN` times.

    Args:
        seed: of the pages.
        processes: how many make them.
    """
    made = from_processes(_batches, seed, processes, PREFETCHED)
    rng = np.random.default_rng([seed, processes])
    return shown_again(made, vary, rng, times=SHOWN, kept=KEPT)


def choose_shape(rng: np.random.Generator) -> Shape:
    """One of SHAPES, by their weights."""
    weights = np.asarray([shape.weight for shape in SHAPES])
    return SHAPES[int(rng.choice(len(SHAPES), p=weights / weights.sum()))]


def vary(batch: PageBatch, rng: np.random.Generator) -> PageBatch:
    """A batch with other colours and noise."""
    images, answers = batch
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


def _batches(rng: np.random.Generator) -> Iterator[PageBatch]:
    """An endless stream of batches of new pages."""
    characters = load_page_characters()
    before: list[MadePage] = []
    while True:
        shape = choose_shape(rng)
        is_large = shape is SHAPES[0]
        yield make_batch(characters, rng, shape, before if is_large else None)
