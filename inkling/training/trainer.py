"""Training a network: schedule, early stopping, a checkpoint after every epoch, resuming.

    settings = Settings(network="lenet5", epochs=10)
    sets = prepare(settings)
    model, history = fit(settings, sets, folder, resume=True)

One callback, `ResumableTraining`, holds the learning rate, the best epoch and early stopping. It
saves all of it with the weights after every epoch, so a killed run resumes to the same result.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from math import cos, pi
from pathlib import Path
from typing import Any

import keras
import msgspec
import numpy as np
from numpy.typing import NDArray

from inkling.engine import as_input
from inkling.paths import write_atomically
from inkling.reports.schema import Epoch
from inkling.training import finetune, networks
from inkling.training.data import datasets
from inkling.training.data.batches import (
    Batches,
    SplitDataset,
    output_count,
    targets,
    validation_digits,
)
from inkling.training.settings import Settings, SettingsError, resolve_precision

# Everything that a resumed run needs beside the weights.
STATE_FILE = "state.json"
# Epochs without a better validation loss before the plateau schedule halves the rate.
PLATEAU = 2


@keras.saving.register_keras_serializable("inkling")
class LabelAccuracy(keras.metrics.Metric):  # type: ignore[misc]
    """Accuracy on digits alone: without negatives, and without an output after the labels."""

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
    """Compile with Adam and cross-entropy. Weight decay leaves biases and norms' scales alone."""
    accuracy: Any = "accuracy"
    if settings.loss == "sparse":
        loss = keras.losses.SparseCategoricalCrossentropy()
    else:
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=settings.label_smoothing)
        accuracy = LabelAccuracy(labels)
    optimizer = keras.optimizers.Adam(
        settings.learning_rate, weight_decay=settings.weight_decay or None
    )
    if settings.weight_decay:
        optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    model.compile(optimizer=optimizer, loss=loss, metrics=[accuracy])


def one_cycle(part: float) -> float:
    """The learning rate's factor after a part (0..1) of all steps: up for a quarter, then down.

    After Smith and Topin (Super-Convergence, 2017), without their cycle of the momentum.
    """
    return max(0.01, 4.0 * part if part < 0.25 else (1.0 - part) / 0.75)


class ResumableTraining(keras.callbacks.Callback):  # type: ignore[misc]
    """Learning rate, best epoch, early stopping and checkpoints, as one state that is saved."""

    def __init__(self, settings: Settings, batches: Batches, folder: Path) -> None:
        super().__init__()
        self._settings = settings
        self._batches = batches
        self._folder = folder
        self._rate = settings.learning_rate
        self._start = 0.0
        self.history: list[Epoch] = []

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest validation loss."""
        return min(self.history, key=lambda epoch: epoch.val_loss)

    def _epochs_since_best(self) -> int:
        """Epochs since the validation loss was at its lowest."""
        return self.history[-1].epoch - self.best.epoch if self.history else 0

    @property
    def is_over(self) -> bool:
        """Whether early stopping has ended the run."""
        patience = self._settings.patience
        return bool(patience) and self._epochs_since_best() >= patience

    def restore(self) -> bool:
        """Load the state that an earlier run saved.

        Returns:
            False if there is none.

        Raises:
            SettingsError: that run had other settings.
        """
        path = self._folder / STATE_FILE
        if not path.is_file():
            return False
        stored = msgspec.json.decode(path.read_bytes())
        # Settings that did not exist when the run was started had their default.
        before = {**Settings().as_dict(), **stored["settings"]}
        if json.loads(json.dumps(before)) != json.loads(json.dumps(self._settings.as_dict())):
            raise SettingsError(
                f"the run in {self._folder} has other settings and cannot be resumed with these",
                "resume",
            )
        self.history = msgspec.convert(stored["history"], list[Epoch])
        self._rate = stored["rate"]
        return True

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        settings = self._settings
        if settings.schedule == "cosine":
            rate = settings.learning_rate * 0.5 * (1.0 + cos(pi * epoch / settings.epochs))
        else:
            waited = self._epochs_since_best()
            if settings.schedule == "plateau" and waited and waited % PLATEAU == 0:
                self._rate *= 0.5
            rate = self._rate
        self.model.optimizer.learning_rate = rate
        self._batches.start_epoch(epoch)
        self._start = time.monotonic()

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
                seconds=time.monotonic() - self._start,
            )
        )
        self._save()
        if self.is_over:
            self.model.stop_training = True

    def _save(self) -> None:
        """Save the checkpoint, the state last, so that a kill in between costs this epoch only."""
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
        write_atomically(self._folder / STATE_FILE, msgspec.json.encode(state))
        keep = {checkpoint_file(self._folder, number), best_file(self._folder, self.best.epoch)}
        for pattern in ("epoch-*.keras", "best-*.weights.h5"):
            for path in self._folder.glob(pattern):
                if path not in keep:
                    path.unlink()


def checkpoint_file(folder: Path, epoch: int) -> Path:
    """The file of the whole model, with its optimizer, after an epoch (from 1)."""
    return folder / f"epoch-{epoch}.keras"


def best_file(folder: Path, epoch: int) -> Path:
    """The file of the weights of the best epoch so far (from 1)."""
    return folder / f"best-{epoch}.weights.h5"


def fit(
    settings: Settings,
    sets: list[SplitDataset],
    folder: Path,
    *,
    resume: bool = False,
    verbose: int = 1,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> tuple[keras.Model, list[Epoch]]:
    """Train a network.

    Args:
        settings: what to train and how.
        sets: from `prepare`.
        folder: for checkpoints; created, and emptied of an earlier run unless `resume`.
        resume: continue from the last checkpoint in `folder`, if there is one.
        verbose: as in Keras: 1 for a live bar with loss and accuracy, 2 for a line per epoch, 0 for
            nothing.
        callbacks: more Keras callbacks, called after this module's own.

    Returns:
        The model of the best epoch in float32, and all epochs.

    Raises:
        SettingsError: `resume` with other settings than the checkpoint's, or no such network.
    """
    labels = len(datasets.get(settings.datasets[0]).labels)
    keras.utils.set_random_seed(settings.seed)
    batches = Batches(sets, settings, labels)
    training = ResumableTraining(settings, batches, folder)
    if resume and training.restore():
        model = keras.saving.load_model(
            checkpoint_file(folder, len(training.history)), safe_mode=True
        )
    else:
        for path in folder.glob("*"):
            path.unlink()
        model = _initial_model(settings, labels)
    done = len(training.history)
    if done < settings.epochs and not training.is_over:
        model.fit(
            batches,
            validation_data=_validation_data(settings, sets, labels),
            validation_batch_size=512,
            epochs=settings.epochs,
            initial_epoch=done,
            callbacks=[training, *callbacks],
            # Batches shuffle by seed and epoch; Keras' own order would not survive resuming.
            shuffle=False,
            verbose=verbose,
        )
    best = networks.build(settings.network, output_count(settings, labels))
    best.load_weights(best_file(folder, training.best.epoch))
    if settings.start:
        _interpolate(best, settings, sets[0])
    return best, training.history


def _initial_model(settings: Settings, labels: int) -> keras.Model:
    """A compiled network at the training precision, with the weights to start from."""
    keras.config.set_dtype_policy(resolve_precision(settings.precision))
    try:
        count = output_count(settings, labels)
        model = networks.build(settings.network, count, dropout=settings.dropout)
    finally:
        keras.config.set_dtype_policy("float32")
    if settings.start:
        finetune.start_from(model, settings.start)
    compile_model(model, settings, labels)
    return model


def _validation_data(
    settings: Settings, sets: list[SplitDataset], labels: int
) -> tuple[NDArray[np.float32], NDArray[Any]]:
    """The validation digits of all data sets as the network takes them, and their targets."""
    x, y = validation_digits(sets)
    return as_input(x), targets(y, settings, labels)


def _interpolate(best: keras.Model, settings: Settings, known: SplitDataset) -> None:
    """Move a fine-tuned model back towards its start, as far as `known` data demand it."""
    x, y = as_input(known.x_validation), known.y_validation
    weight = finetune.interpolate_weights(best, settings.start, x, y)
    print(f"Used {weight:.0%} of the way from the old weights to the new.", file=sys.stderr)
