"""What a training sees: its data sets, split, and their shuffled and augmented batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from inkling.engine import as_input
from inkling.imaging.pixels import Pixels
from inkling.recognition.classifier import Classifier
from inkling.storage.dataset import labelled
from inkling.storage.drawings import NO_DIGIT, all_corrections
from inkling.training.augment.config import AUGMENTATIONS, NONE
from inkling.training.augment.glyphs import augment
from inkling.training.data import datasets, negatives, variants
from inkling.training.data.catalogue import CORRECTIONS
from inkling.training.data.datasets import PEN_STROKE_SETS
from inkling.training.data.formats import NO_LABEL, Labels
from inkling.training.settings import Settings, check

# Pen strokes are drawn this many times, with other brushes each time; the epochs take turns.
RENDERINGS = 3
# Corrections are repeated until they are this part of the other glyphs. A few among thousands would
# change nothing.
CORRECTIONS_PART = 0.25
# A correction is repeated at most this often, so that the network does not learn it by heart.
MAX_REPEATS = 20
# With a limit on the glyphs of a set, variants and negatives get this part of it for each kind.
KIND_PART = 10
# Validation negatives of each kind: with a limit at least MIN_NEGATIVES, without one NEGATIVES.
MIN_NEGATIVES, NEGATIVES = 20, 500


@dataclass(frozen=True, slots=True)
class SplitDataset:
    """A data set, split into training and validation.

    Attributes:
        name: of the data set.
        renderings: the training glyphs, uint8 (n, 28, 28). Sets of pen strokes are drawn several
            times, and the epochs take turns.
        y: training labels, uint8 (n,), the same for every rendering.
        x_validation: validation glyphs, uint8 (m, 28, 28).
        y_validation: validation labels, uint8 (m,).
        repeats: how often an epoch shows each training glyph.
    """

    name: str
    renderings: tuple[Pixels, ...]
    y: Labels
    x_validation: Pixels
    y_validation: Labels
    repeats: int = 1

    @property
    def has_labels(self) -> bool:
        """False for the negatives."""
        return self.name != negatives.NAME


def prepare(settings: Settings) -> list[SplitDataset]:
    """Load and split what a training sees: data sets, then variants, then negatives.

    Raises:
        DatasetError: a data set is missing or damaged.
        SettingsError: the settings contradict each other.
    """
    check(settings)
    sets = [_prepare_dataset(name, settings) for name in settings.datasets]
    if settings.variants:
        sets.append(_prepare_variants(settings))
    if settings.negatives != "none":
        sets.append(_prepare_negatives(settings))
    return sets


def validation_digits(sets: list[SplitDataset]) -> tuple[Pixels, Labels]:
    """The validation digits of all sets that have labels: uint8 (n, 28, 28) and uint8 (n,)."""
    labelled_sets = [each for each in sets if each.has_labels]
    x = np.concatenate([each.x_validation for each in labelled_sets])
    y = np.concatenate([each.y_validation for each in labelled_sets])
    return x, y


def targets(y: Labels, settings: Settings, labels: int) -> NDArray[Any]:
    """Training targets in the form that the loss takes.

    Args:
        y: label numbers, uint8 (n,); larger ones for negatives.
        settings: their loss and their way to train on negatives decide the form.
        labels: the number of labels.

    Returns:
        int32 (n,) label numbers for the "sparse" loss, else float32 (n, outputs): one-hot rows for
        labels, and for negatives a uniform row or the output after the labels.
    """
    if settings.loss == "sparse":
        return y.astype(np.int32)
    if settings.negatives == "output":
        rows = np.eye(labels + 1, dtype=np.float32)
    else:
        uniform = np.full((1, labels), 1.0 / labels)
        rows = np.concatenate([np.eye(labels), uniform]).astype(np.float32)
    return np.asarray(rows[np.minimum(y, labels)])


def output_count(settings: Settings, labels: int) -> int:
    """The number of outputs that the network has in training."""
    return labels + (settings.negatives == "output")


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Shuffled, augmented batches, prepared by a loader thread while the network trains.

    A batch depends only on the seed, the epoch and its number, so a resumed training sees the same.
    """

    def __init__(self, sets: list[SplitDataset], settings: Settings, labels: int) -> None:
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=8)
        self._sets = sets
        self._settings = settings
        self._labels = labels
        self._y = np.concatenate([np.tile(each.y, each.repeats) for each in sets])
        self._augmentation = AUGMENTATIONS[settings.augmentation]
        self._teacher = Classifier(settings.teacher) if settings.teacher else None
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Shuffle for an epoch, counted from 0."""
        self._epoch = epoch
        shown = [
            np.tile(each.renderings[epoch % len(each.renderings)], (each.repeats, 1, 1))
            for each in self._sets
        ]
        self._x = np.concatenate(shown)
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
            # The teacher answers for the same augmented glyphs that the student sees.
            wanted = 0.5 * wanted + 0.5 * self._teacher.probabilities(glyphs)
        return as_input(glyphs), wanted


def _shuffled_split(
    n: int, settings: Settings, stream: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The shuffled rows of n glyphs for training and for validation.

    Args:
        n: the number of glyphs.
        settings: their seed and their validation part.
        stream: tells this random stream from others of the same seed.
    """
    order = np.random.default_rng([settings.seed, stream]).permutation(n)
    count = max(1, round(settings.validation * n))
    return order[count:], order[:count]


def _prepare_dataset(name: str, settings: Settings) -> SplitDataset:
    x, y = datasets.load(name, "train", seed=settings.seed)
    train, validation = (np.sort(rows) for rows in _shuffled_split(len(y), settings, 1))
    if settings.limit:
        train = train[: settings.limit]
    renderings = [x[train]]
    if settings.epochs > 1 and name in PEN_STROKE_SETS:
        seeds = range(settings.seed + 1, settings.seed + RENDERINGS)
        renderings += [datasets.load(name, "train", seed=seed)[0][train] for seed in seeds]
    repeats = 1
    if name == CORRECTIONS:
        wanted = CORRECTIONS_PART * (settings.limit or len(train))
        repeats = max(1, min(MAX_REPEATS, round(wanted / max(1, len(train)))))
    return SplitDataset(name, tuple(renderings), y[train], x[validation], y[validation], repeats)


def _prepare_variants(settings: Settings) -> SplitDataset:
    x, y = variants.load("train", settings.seed, settings.limit // KIND_PART)
    train, validation = _shuffled_split(len(y), settings, 6)
    return SplitDataset(variants.NAME, (x[train],), y[train], x[validation], y[validation])


def _prepare_negatives(settings: Settings) -> SplitDataset:
    limit = settings.limit // KIND_PART
    corrections = _corrected_to_negatives(settings)
    renderings = [
        np.concatenate([negatives.load("train", settings.seed + k, limit), *corrections])
        for k in range(RENDERINGS if settings.epochs > 1 else 1)
    ]
    validation = negatives.load("validation", settings.seed, max(MIN_NEGATIVES, limit or NEGATIVES))
    y = np.full(len(renderings[0]), NO_LABEL, np.uint8)
    y_validation = np.full(len(validation), NO_LABEL, np.uint8)
    return SplitDataset(negatives.NAME, tuple(renderings), y, validation, y_validation)


def _corrected_to_negatives(settings: Settings) -> list[Pixels]:
    """The drawings that people marked as no digit, if the training uses their corrections."""
    if CORRECTIONS not in settings.datasets:
        return []
    return [labelled(all_corrections(), [NO_DIGIT], "train")[0]]
