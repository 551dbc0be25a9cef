"""What a run learns from: its data sets cut in two, and their shuffled, augmented batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.recognition.classifier import Classifier
from inkling.storage.dataset import labelled
from inkling.storage.drawings import NO_DIGIT, all_corrections
from inkling.training.augment.config import BY_NAME, NONE
from inkling.training.augment.glyphs import augment
from inkling.training.data import datasets, negatives, variants
from inkling.training.data.catalogue import CORRECTIONS
from inkling.training.data.formats import Labels
from inkling.training.settings import Settings

# Sets whose glyphs are drawn from pen strokes.
DRAWN = ("unipen", "pendigits")
# Pen strokes are drawn anew with other brushes this many times; epochs take turns.
DRAWINGS = 3
# Corrections are repeated until there is one for so many other glyphs, each at most so often.
CORRECTED = 0.25
MOST_REPEATS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """One data set, cut. `drawings` are the training glyphs, (n, 28, 28) each, same labels; an
    epoch shows each `repeats` times."""

    name: str
    drawings: tuple[Pixels, ...]
    y: Labels
    x_validation: Pixels
    y_validation: Labels
    repeats: int = 1

    @property
    def has_labels(self) -> bool:
        """False for what is no digit."""
        return self.name != negatives.NAME


def prepare(settings: Settings) -> list[Part]:
    """Load all a run learns from, cut in two: data sets, then variants, then strangers.

    Raises:
        datasets.DatasetError: a set is not to be had.
        ValueError: settings that contradict each other.
    """
    shown = settings.strangers != "none"
    if shown and settings.loss == "sparse":
        raise ValueError("--strangers needs --loss categorical: they have no label number")
    if settings.teacher and (settings.loss == "sparse" or settings.strangers == "output"):
        raise ValueError("--teacher needs --loss categorical, and not --strangers output")
    parts = [_prepare(name, settings) for name in settings.datasets]
    if settings.variants:
        parts.append(_prepare_variants(settings))
    return [*parts, _prepare_strangers(settings)] if shown else parts


def _prepare_variants(settings: Settings) -> Part:
    x, y = variants.load("train", settings.seed, settings.limit // 10)
    rng = np.random.default_rng([settings.seed, 6])
    order = rng.permutation(len(y))
    cut = max(1, round(settings.validation * len(y)))
    kept, rest = order[:cut], order[cut:]
    return Part(variants.NAME, (x[rest],), y[rest], x[kept], y[kept])


def _prepare_strangers(settings: Settings) -> Part:
    count = DRAWINGS if settings.epochs > 1 else 1
    limit = settings.limit // 10
    own = _no_digits(settings)
    drawings = [
        np.concatenate([negatives.load("train", settings.seed + k, limit), *own])
        for k in range(count)
    ]
    kept = negatives.load("validation", settings.seed, max(20, limit or 500))
    y = np.full(len(drawings[0]), negatives.NO_LABEL, np.uint8)
    y_kept = np.full(len(kept), negatives.NO_LABEL, np.uint8)
    return Part(negatives.NAME, tuple(drawings), y, kept, y_kept)


def _no_digits(settings: Settings) -> list[Pixels]:
    """What people said is no digit, where a run learns from their corrections."""
    if CORRECTIONS not in settings.datasets:
        return []
    return [labelled(all_corrections(), [NO_DIGIT], "train")[0]]


def _prepare(name: str, settings: Settings) -> Part:
    x, y = datasets.load(name, "train", seed=settings.seed)
    rng = np.random.default_rng([settings.seed, 1])
    order = rng.permutation(len(y))
    cut = max(1, round(settings.validation * len(y)))
    kept, rest = np.sort(order[:cut]), np.sort(order[cut:])
    if settings.limit:
        rest = rest[: settings.limit]
    drawings = [x[rest]]
    # Sets of pen strokes give other pictures for other seeds; the rest give the same ones.
    if settings.epochs > 1 and name in DRAWN:
        seeds = range(settings.seed + 1, settings.seed + DRAWINGS)
        drawings += [datasets.load(name, "train", seed=seed)[0][rest] for seed in seeds]
    repeats = 1
    if name == CORRECTIONS:
        # A handful among thousands would go unheard; and too often heard, be learnt by heart.
        wanted = CORRECTED * (settings.limit or len(rest))
        repeats = max(1, min(MOST_REPEATS, round(wanted / max(1, len(rest)))))
    return Part(name, tuple(drawings), y[rest], x[kept], y[kept], repeats)


def to_input(glyphs: Pixels) -> NDArray[np.float32]:
    """Glyphs uint8 (n, 28, 28) as networks take them: float32 (n, 28, 28, 1) in 0..1."""
    return glyphs.astype(np.float32)[..., None] / np.float32(255.0)


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Shuffled, augmented batches, prepared by a loader thread while the network trains.

    Every batch depends on the seed, the epoch and its number alone, so a resumed run sees the same.
    """

    def __init__(self, parts: list[Part], settings: Settings, labels: int) -> None:
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=8)
        self._parts = parts
        self._settings = settings
        self._labels = labels
        self._y = np.concatenate([np.tile(part.y, part.repeats) for part in parts])
        self._augmentation = BY_NAME[settings.augmentation]
        self._teacher = Classifier(settings.teacher) if settings.teacher else None
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Shuffle for an epoch, counted from 0."""
        self._epoch = epoch
        self._x = np.concatenate(
            [
                np.tile(part.drawings[epoch % len(part.drawings)], (part.repeats, 1, 1))
                for part in self._parts
            ]
        )
        rng = np.random.default_rng([self._settings.seed, 2, epoch])
        self._order = rng.permutation(len(self._y))

    def __len__(self) -> int:
        return -(-len(self._y) // self._settings.batch_size)

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[Any]]:
        size = self._settings.batch_size
        rows = self._order[index * size : (index + 1) * size]
        glyphs, y = self._x[rows], self._y[rows]
        if self._augmentation != NONE:
            rng = np.random.default_rng([self._settings.seed, 3, self._epoch, index])
            glyphs = augment(glyphs, rng, self._augmentation)
        wanted = targets(y, self._settings, self._labels)
        if self._teacher is not None:
            # On the very glyph the pupil sees. What the teacher takes for no digit, it smears.
            wanted = 0.5 * wanted + 0.5 * self._teacher.probabilities(glyphs)
        return to_input(glyphs), wanted


def targets(y: Labels, settings: Settings, labels: int) -> NDArray[Any]:
    """Labels as the run's loss wants them: one-hot float32 (n, outputs), or numbers (n,).

    What has no label gets all labels alike, or the output after them.
    """
    if settings.loss == "sparse":
        return y.astype(np.int32)
    if settings.strangers == "output":
        rows = np.eye(labels + 1, dtype=np.float32)
    else:
        alike = np.full((1, labels), 1.0 / labels)
        rows = np.concatenate([np.eye(labels), alike]).astype(np.float32)
    return np.asarray(rows[np.minimum(y, labels)])


def outputs(settings: Settings, labels: int) -> int:
    """How many outputs the network has while it learns."""
    return labels + (settings.strangers == "output")
