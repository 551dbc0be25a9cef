"""Fitting a network: batches, schedule, early stopping, a checkpoint every epoch, resume.

    settings = Settings(network="lenet5", epochs=10)
    data = prepare(settings)
    model, history = fit(settings, data, folder, resume=True)

One `KeepGoing` callback holds the learning rate, the best weights and early stopping, and writes
all of it beside the weights after every epoch, so a killed run goes on as if nothing had happened.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from typing import Any

import keras
import msgspec
import numpy as np
from numpy.typing import NDArray

from inkling import store
from inkling.classifier import Classifier
from inkling.ink import Pixels
from inkling.learning import datasets, networks, strangers, taught, variants
from inkling.learning.augment import BY_NAME, NONE, augment
from inkling.learning.formats import Labels
from inkling.learning.settings import Settings, resolve_precision
from inkling.reports import Epoch

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
        return self.name != strangers.NAME


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
        np.concatenate([strangers.load("train", settings.seed + k, limit), *own])
        for k in range(count)
    ]
    kept = strangers.load("validation", settings.seed, max(20, limit or 500))
    y = np.full(len(drawings[0]), strangers.NO_LABEL, np.uint8)
    y_kept = np.full(len(kept), strangers.NO_LABEL, np.uint8)
    return Part(strangers.NAME, tuple(drawings), y, kept, y_kept)


def _no_digits(settings: Settings) -> list[Pixels]:
    """What people said is no digit, where a run learns from their corrections."""
    if datasets.CORRECTIONS not in settings.datasets:
        return []
    return [store.labelled(store.all_corrections(), [store.NO_DIGIT], "train")[0]]


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
    if name == datasets.CORRECTIONS:
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


@keras.saving.register_keras_serializable("inkling")
class LabelAccuracy(keras.metrics.Metric):  # type: ignore[misc]
    """Part of right answers among what has a label; an output after the labels is left out."""

    def __init__(self, labels: int = 10, name: str = "accuracy", **rest: Any) -> None:
        super().__init__(name=name, **rest)
        self.labels = labels
        self.right = self.add_weight(name="right", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # noqa: ARG002
        ops = keras.ops
        y_true, y_pred = y_true[:, : self.labels], y_pred[:, : self.labels]
        labelled = ops.cast(ops.max(y_true, axis=-1) > 0.5, "float32")
        same = ops.cast(ops.argmax(y_true, axis=-1) == ops.argmax(y_pred, axis=-1), "float32")
        self.right.assign_add(ops.sum(same * labelled))
        self.count.assign_add(ops.sum(labelled))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "labels": self.labels}

    def result(self) -> Any:
        return self.right / keras.ops.maximum(self.count, 1.0)


def compile_model(model: keras.Model, settings: Settings, labels: int) -> None:
    """Adam, with weight decay where that is asked for, and cross-entropy."""
    accuracy: Any = "accuracy"
    if settings.loss == "sparse":
        loss = keras.losses.SparseCategoricalCrossentropy()
    else:
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=settings.label_smoothing)
        accuracy = LabelAccuracy(labels)
    optimizer = keras.optimizers.Adam(
        settings.learning_rate, weight_decay=settings.weight_decay or None
    )
    model.compile(optimizer=optimizer, loss=loss, metrics=[accuracy])


def one_cycle(part: float) -> float:
    """Factor of the learning rate after a part (0..1) of all steps: up for a quarter, then down.

    A shape of Smith and Topin's (Super-Convergence, 2017), without the momentum's own cycle.
    """
    return max(0.01, 4.0 * part if part < 0.25 else (1.0 - part) / 0.75)


class KeepGoing(keras.callbacks.Callback):  # type: ignore[misc]
    """Learning rate, best weights, early stopping and the checkpoint, as one resumable state."""

    def __init__(self, settings: Settings, batches: Batches, folder: Path) -> None:
        super().__init__()
        self._settings = settings
        self._batches = batches
        self._folder = folder
        self._rate = settings.learning_rate
        self._started = 0.0
        self.history: list[Epoch] = []

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest validation loss."""
        return min(self.history, key=lambda epoch: epoch.val_loss)

    def _waited(self) -> int:
        """Epochs since the validation loss was last at its lowest."""
        return self.history[-1].epoch - self.best.epoch if self.history else 0

    @property
    def is_over(self) -> bool:
        """Whether early stopping has ended the run."""
        return bool(self._settings.patience) and self._waited() >= self._settings.patience

    def restore(self) -> bool:
        """Take up the state a killed run left; False when there is none."""
        state = self._folder / "state.json"
        if not state.is_file():
            return False
        stored = msgspec.json.decode(state.read_bytes())
        # A run begun before a setting was added had its default.
        begun = {**Settings().as_dict(), **stored["settings"]}
        if json.loads(json.dumps(begun)) != json.loads(json.dumps(self._settings.as_dict())):
            raise ValueError(
                f"{self._folder} holds a run with other settings: "
                "give the same ones, or start without --resume"
            )
        self.history = msgspec.convert(stored["history"], list[Epoch])
        self._rate = stored["rate"]
        return True

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        settings = self._settings
        if settings.schedule == "cosine":
            rate = settings.learning_rate * 0.5 * (1.0 + cos(pi * epoch / settings.epochs))
        else:
            if settings.schedule == "plateau" and self._waited() and self._waited() % 2 == 0:
                self._rate *= 0.5
            rate = self._rate
        self.model.optimizer.learning_rate = rate
        self._batches.start_epoch(epoch)
        self._started = time.monotonic()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        if self._settings.schedule == "one-cycle":
            part = (len(self.history) + batch / len(self._batches)) / self._settings.epochs
            rate = self._settings.learning_rate * one_cycle(part)
            self.model.optimizer.learning_rate = rate

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = logs or {}
        self.history.append(
            Epoch(
                epoch=epoch + 1,
                loss=float(logs["loss"]),
                accuracy=float(logs["accuracy"]),
                val_loss=float(logs["val_loss"]),
                val_accuracy=float(logs["val_accuracy"]),
                learning_rate=float(self.model.optimizer.learning_rate),
                seconds=time.monotonic() - self._started,
            )
        )
        self._save()
        if self.is_over:
            self.model.stop_training = True

    def _save(self) -> None:
        """Weights first, state last: a kill in between costs this epoch and nothing else."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number = self.history[-1].epoch
        self.model.save(checkpoint_file(self._folder, number))
        if self.best.epoch == number:
            draft = self._folder / "draft.weights.h5"
            self.model.save_weights(draft)
            draft.replace(best_file(self._folder, number))
        state = {
            "settings": self._settings.as_dict(),
            "history": self.history,
            "rate": self._rate,
        }
        draft = self._folder / "state.tmp"
        draft.write_bytes(msgspec.json.encode(state))
        draft.replace(self._folder / "state.json")
        keep = {checkpoint_file(self._folder, number), best_file(self._folder, self.best.epoch)}
        for pattern in ("epoch-*.keras", "best-*.weights.h5"):
            for path in self._folder.glob(pattern):
                if path not in keep:
                    path.unlink()


def checkpoint_file(folder: Path, epoch: int) -> Path:
    """The whole model, optimizer included, after an epoch (from 1)."""
    return folder / f"epoch-{epoch}.keras"


def best_file(folder: Path, epoch: int) -> Path:
    """The weights of the best epoch so far."""
    return folder / f"best-{epoch}.weights.h5"


def fit(
    settings: Settings,
    parts: list[Part],
    folder: Path,
    *,
    resume: bool = False,
    verbose: int = 1,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> tuple[keras.Model, list[Epoch]]:
    """Train, and return the best epoch's model in float32 with the history.

    Args:
        settings: what to train and how.
        parts: from `prepare`.
        folder: for checkpoints; made, and emptied of an earlier run unless `resume`.
        resume: go on from the last checkpoint in `folder`, where there is one.
        verbose: Keras' own: 1 a live bar with loss and accuracy, 2 a line an epoch, 0 nothing.
        callbacks: more of Keras' callbacks, called after this module's own.

    Raises:
        ValueError: `resume` with other settings than the checkpoint's.
    """
    labels = len(datasets.get(settings.datasets[0]).labels)
    keras.utils.set_random_seed(settings.seed)
    batches = Batches(parts, settings, labels)
    keeper = KeepGoing(settings, batches, folder)
    if resume and keeper.restore():
        model = keras.saving.load_model(checkpoint_file(folder, len(keeper.history)))
    else:
        for path in folder.glob("*"):
            path.unlink()
        keras.config.set_dtype_policy(resolve_precision(settings.precision))
        try:
            count = outputs(settings, labels)
            model = networks.build(settings.network, count, dropout=settings.dropout)
        finally:
            keras.config.set_dtype_policy("float32")
        if settings.start:
            taught.start_from(model, settings.start)
        compile_model(model, settings, labels)
    x = np.concatenate([part.x_validation for part in parts if part.has_labels])
    y = np.concatenate([part.y_validation for part in parts if part.has_labels])
    done = len(keeper.history)
    if done < settings.epochs and not keeper.is_over:
        model.fit(
            batches,
            validation_data=(to_input(x), targets(y, settings, labels)),
            validation_batch_size=512,
            epochs=settings.epochs,
            initial_epoch=done,
            callbacks=[keeper, *callbacks],
            # Batches shuffle by seed and epoch; Keras' own shuffling would not survive a resume.
            shuffle=False,
            verbose=verbose,
        )
    best = networks.build(settings.network, outputs(settings, labels))
    best.load_weights(best_file(folder, keeper.best.epoch))
    if settings.start:
        known = parts[0]
        share = taught.remember(
            best, settings.start, to_input(known.x_validation), known.y_validation
        )
        print(f"Gone {share:.0%} of the way from the old weights to the new.", file=sys.stderr)
    return best, keeper.history
