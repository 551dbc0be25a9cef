"""Training on an endless stream of made examples: checkpoints, resuming, a rate that can wait.

The learning rate rises, stays, and falls in the last part (Hägele et al., 2024). So a training can
be prolonged at any time: resume it with more epochs. The result is a moving average of the weights
(Polyak and Juditsky, 1992), which is better than any of them while the rate is high.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from inkling.reports import checksums
from inkling.training.export.keras_model import KERAS_FILE
from inkling.training.settings import EndlessSettings

WEIGHTS_FILE, AVERAGE_FILE = "epoch.weights.h5", "average.weights.h5"
STATE_FILE, LOG_FILE = "state.json", "history.jsonl"
# The average is taken every so many steps, and its weight falls to 1 / e in this many of them.
AVERAGE_EVERY, AVERAGE_STEPS = 10, 800
# Gradients are scaled down to this norm.
CLIP_NORM = 5.0
# Makes the examples from an epoch on.
Examples = Callable[[int], Iterator[tuple[Any, Any]]]


@keras.saving.register_keras_serializable("inkling")
class RiseStayFall(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A learning rate that rises linearly, stays, and falls linearly to 0.

    Args:
        peak: the rate while it stays.
        warm_up: steps in which it rises.
        start: the step from which it falls.
        end: the step at which it is 0.
    """

    def __init__(self, peak: float, warm_up: int, start: int, end: int) -> None:
        self.peak, self.warm_up, self.start, self.end = peak, warm_up, start, end

    def __call__(self, step: Any) -> Any:
        step = keras.ops.cast(step, "float32")
        rise = keras.ops.minimum(1.0, (step + 1.0) / max(1, self.warm_up))
        fall = keras.ops.clip((self.end - step) / max(1, self.end - self.start), 0.0, 1.0)
        return self.peak * rise * fall

    def get_config(self) -> dict[str, Any]:
        return {
            "peak": self.peak,
            "warm_up": self.warm_up,
            "start": self.start,
            "end": self.end,
        }


class MovingAverage(keras.callbacks.Callback):  # type: ignore[misc]
    """The moving average of a model's weights, and of what its normalisations have measured.

    Attributes:
        weights: one array for each of the model's weights.
    """

    def __init__(self, weights: list[NDArray[np.float32]]) -> None:
        super().__init__()
        self.weights = weights

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Take the weights after a step into the average."""
        del logs
        if batch % AVERAGE_EVERY:
            return
        share = AVERAGE_EVERY / AVERAGE_STEPS
        for average, weight in zip(self.weights, self.model.get_weights(), strict=True):
            average += share * (weight - average)


def write_model(
    model: keras.Model,
    content: bytes,
    folder: Path,
    files: tuple[str, str],
    notes: dict[str, Any],
) -> None:
    """Write a trained model: Keras' file, LiteRT's, and notes with the digest of the latter.

    Args:
        model: float32.
        content: the model converted for LiteRT.
        folder: under `model/`.
        files: the names of LiteRT's file and of the notes.
        notes: what else they say.
    """
    # Without the state of the optimizer, which is twice as large as the model.
    bare = keras.Model.from_config(model.get_config())
    bare.set_weights(model.get_weights())
    bare.save(folder / KERAS_FILE)
    (folder / files[0]).write_bytes(content)
    notes = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "parameters": int(model.count_params()),
        **notes,
    }
    (folder / files[1]).write_text(json.dumps(notes, indent=1) + "\n", encoding="utf-8")
    checksums.record(folder)


def completed_epochs(checkpoints: Path) -> int:
    """How many epochs the checkpoint in a folder has seen; 0 where there is none."""
    state = checkpoints / STATE_FILE
    if not state.is_file() or not (checkpoints / WEIGHTS_FILE).is_file():
        return 0
    return int(json.loads(state.read_text(encoding="utf-8"))["epochs"])


def fit(
    model: keras.Model,
    examples: Examples,
    settings: EndlessSettings,
    checkpoints: Path,
    *,
    loss: Any,
    metrics: list[Any] | None = None,
    resume: bool = False,
) -> None:
    """Train a network; write a checkpoint after each epoch.

    Args:
        model: changed in place; in the end it has the average of its weights.
        examples: makes batches, endlessly, from an epoch on.
        settings: of the training.
        checkpoints: the folder of the checkpoint; created.
        loss: as Keras takes it.
        metrics: likewise.
        resume: continue from the checkpoint, if there is one.
    """
    checkpoints.mkdir(parents=True, exist_ok=True)
    first = completed_epochs(checkpoints) if resume else 0
    if first:
        model.load_weights(checkpoints / WEIGHTS_FILE)
    average = MovingAverage(_average(model, checkpoints if first else None))
    if first >= settings.epochs:
        model.set_weights(average.weights)
        return
    optimizer = _optimizer(settings)
    # Compiled for each width anew, XLA would take longer than it saves.
    model.compile(optimizer, loss=loss, metrics=metrics, jit_compile=False)
    optimizer.build(model.trainable_variables)
    optimizer.iterations.assign(first * settings.steps_per_epoch)

    def save(epoch: int, logs: dict[str, Any] | None = None) -> None:
        weights = model.get_weights()
        model.set_weights(average.weights)
        _save_weights(model, checkpoints / AVERAGE_FILE)
        model.set_weights(weights)
        _save_weights(model, checkpoints / WEIGHTS_FILE)
        state = {"epochs": epoch + 1, "settings": asdict(settings)}
        (checkpoints / STATE_FILE).write_text(json.dumps(state), encoding="utf-8")
        with (checkpoints / LOG_FILE).open("a", encoding="utf-8") as log:
            values = {name: round(float(value), 5) for name, value in (logs or {}).items()}
            log.write(json.dumps({"epoch": epoch + 1, **values}) + "\n")

    model.fit(
        examples(first),
        initial_epoch=first,
        epochs=settings.epochs,
        steps_per_epoch=settings.steps_per_epoch,
        callbacks=[average, keras.callbacks.LambdaCallback(on_epoch_end=save)],
        verbose=2,
    )
    model.set_weights(average.weights)


def _optimizer(settings: EndlessSettings) -> keras.optimizers.Optimizer:
    total = settings.epochs * settings.steps_per_epoch
    start = round(total * (1.0 - settings.cool_down))
    rates = RiseStayFall(settings.learning_rate, settings.warm_up, start, total)
    optimizer = keras.optimizers.AdamW(
        rates, weight_decay=settings.weight_decay, clipnorm=CLIP_NORM
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "beta", "gamma"])
    return optimizer


def _average(model: keras.Model, checkpoints: Path | None) -> list[NDArray[np.float32]]:
    """The average in a checkpoint; without one, the model's weights. The model stays as it is."""
    weights = model.get_weights()
    if checkpoints is None or not (checkpoints / AVERAGE_FILE).is_file():
        return [np.array(weight, np.float32) for weight in weights]
    model.load_weights(checkpoints / AVERAGE_FILE)
    average = [np.array(weight, np.float32) for weight in model.get_weights()]
    model.set_weights(weights)
    return average


def _save_weights(model: keras.Model, path: Path) -> None:
    """Write a model's weights so that a kill leaves the file before or after, and never a part."""
    draft = path.with_name(f"draft-{path.name}")
    model.save_weights(draft)
    draft.replace(path)
