"""Fitting a network: schedule, early stopping, a checkpoint every epoch, resume.

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
from math import cos, pi
from pathlib import Path
from typing import Any

import keras
import msgspec
import numpy as np

from inkling.reports.schema import Epoch
from inkling.training import finetune, networks
from inkling.training.data import datasets
from inkling.training.data.batches import Batches, Part, outputs, targets, to_input
from inkling.training.settings import Settings, resolve_precision


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
    """Adam and cross-entropy; weight decay, where it is asked for, spares shifts and scales."""
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
            finetune.start_from(model, settings.start)
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
        share = finetune.remember(
            best, settings.start, to_input(known.x_validation), known.y_validation
        )
        print(f"Gone {share:.0%} of the way from the old weights to the new.", file=sys.stderr)
    return best, keeper.history
