"""Training the line model, which reads a whole number at once.

The line model is a convolutional network over a line's image. For every second column it gives the
probabilities of the labels and of a blank. Connectionist temporal classification (CTC: Graves,
Fernández, Gomez and Schmidhuber, 2006) trains it on synthetic lines (`synthesis.lines`), without
the position of each digit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from inkling.recognition import line_model
from inkling.recognition.ctc import beam_search
from inkling.recognition.line_model import LineModel
from inkling.reports.statistics import wilson
from inkling.training import finetune
from inkling.training.data import datasets
from inkling.training.export.keras_model import KERAS_FILE
from inkling.training.export.tflite import to_tflite
from inkling.training.line_network import loss, network
from inkling.training.settings import (
    LineSettings,
    SettingsError,
    check_line,
    resolve_precision,
)
from inkling.training.synthesis import batches, characters
from inkling.training.synthesis.characters import Characters
from inkling.training.synthesis.lines import make_line

# Steps in which the learning rate rises at the start of a cycle, at most, and how far below its
# peak it starts.
WARM_UP = 200
START_FACTOR = 25
# Gradients are scaled down to this norm.
CLIP_NORM = 5.0


def train(
    folder: Path,
    settings: LineSettings,
    *,
    command: str,
    resume: bool = False,
    start: Path | None = None,
) -> None:
    """Train the line model and write its folder: model.keras, model.tflite and line.json.

    Args:
        folder: `model/line/`.
        settings: of the training.
        command: the command line, for line.json.
        resume: continue from the last checkpoint in the folder, if there is one.
        start: the folder of a line model to continue from; None for random weights.

    Raises:
        SettingsError: a setting is out of its range, there is no line model in `start`, or its
            layers are others.
        DatasetError: the digits to write lines with are not available.
    """
    check_line(settings)
    checkpoints = folder / "checkpoint"
    if not resume and checkpoints.is_dir():
        for path in checkpoints.iterdir():
            path.unlink()
    checkpoints.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(settings.seed)
    keras.config.set_dtype_policy(resolve_precision("auto"))
    try:
        model, start_digest = _initial_model(start)
        known = characters.load_characters()
        for number in range(len(settings.cycles)):
            result = checkpoints / f"cycle{number}.weights.h5"
            if result.is_file():
                model.load_weights(result)
                continue
            _Cycle(settings, number, checkpoints, known).fit(model)
            model.save_weights(result)
    finally:
        keras.config.set_dtype_policy("float32")
    _finish(model, folder, settings, command, start_digest)


def average_weights(path: Path, weights: list[NDArray[np.float32]], count: int) -> None:
    """Update the mean of weights in a file with the `count`-th ones."""
    if count > 1:
        with np.load(path) as stored:
            mean = [stored[name] for name in stored.files]
        weights = [old + (new - old) / count for old, new in zip(mean, weights, strict=True)]
    draft = path.with_name("draft.npz")
    np.savez(draft, *weights)
    draft.replace(path)


def measure(model: LineModel, count: int, seed: int = 9) -> tuple[int, int]:
    """Read synthetic lines of digits that were held out from the training.

    Args:
        model: the trained line model.
        count: the number of lines to make; those too wide for training are left out.
        seed: of the lines.

    Returns:
        The number of lines that are read without an error, and the number of lines.
    """
    known = characters.load_characters("validation")
    rng = np.random.default_rng(seed)
    lines = batches.drop_wide([make_line(known, rng) for _ in range(count)])
    right = 0
    for image, labels in lines:
        right += beam_search(model.log_probabilities(image), 1)[0] == labels
    return right, len(lines)


def _initial_model(start: Path | None) -> tuple[keras.Model, str]:
    """A network with the weights to start from, and the sha256 of their model.tflite or ""."""
    model = network()
    if start is None:
        return model, ""
    keras_file, model_file = start / KERAS_FILE, start / line_model.MODEL_FILE
    if not keras_file.is_file() or not model_file.is_file():
        raise SettingsError(f"there is no line model in {start}", "start")
    source = keras.saving.load_model(keras_file)
    finetune.transfer_weights(model, source, start.name, may_grow=True)
    return model, hashlib.sha256(model_file.read_bytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Cycle:
    """One rise and fall of the learning rate, or with `averaged` a rise and a mean of weights.

    After every epoch the weights are saved, so that the cycle can be resumed.
    """

    settings: LineSettings
    number: int
    folder: Path
    known: Characters

    @property
    def steps(self) -> int:
        return self.settings.cycles[self.number]

    @property
    def steps_per_epoch(self) -> int:
        return min(self.settings.steps_per_epoch, self.steps)

    def _file(self, suffix: str) -> Path:
        return self.folder / f"cycle{self.number}.{suffix}"

    def fit(self, model: keras.Model) -> None:
        """Train a network, from the last saved epoch if there is one."""
        state, weights = self._file("json"), self._file("epoch.weights.h5")
        epochs = self.steps // self.steps_per_epoch
        first = 0
        if state.is_file() and weights.is_file():
            first = int(json.loads(state.read_text(encoding="utf-8"))["epochs"])
            model.load_weights(weights)
        self._compile(model, first)

        def save(epoch: int, logs: object = None) -> None:  # noqa: ARG001
            model.save_weights(weights)
            # In its first quarter a training is still far from where it ends.
            count = epoch + 1 - epochs // 4
            if self.settings.averaged and count > 0:
                average_weights(self._file("mean.npz"), model.get_weights(), count)
            state.write_text(json.dumps({"epochs": epoch + 1}), encoding="utf-8")

        model.fit(
            self._batches(first),
            initial_epoch=first,
            epochs=epochs,
            steps_per_epoch=self.steps_per_epoch,
            callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=save)],
            verbose=2,
        )
        if self.settings.averaged:
            self._use_mean(model)

    def _compile(self, model: keras.Model, first: int) -> None:
        """Compile with the cycle's learning rate, `first` epochs into it."""
        peak = self.settings.learning_rate
        warm_up = min(WARM_UP, self.steps // 4)
        rates = keras.optimizers.schedules.CosineDecay(
            peak / START_FACTOR,
            self.steps - warm_up,
            alpha=1.0 if self.settings.averaged else 0.0,
            warmup_target=peak,
            warmup_steps=warm_up,
        )
        model.compile(keras.optimizers.Adam(rates, clipnorm=CLIP_NORM), loss=loss)
        model.optimizer.build(model.trainable_variables)
        model.optimizer.iterations.assign(first * self.steps_per_epoch)

    def _batches(self, number: int) -> Iterator[batches.Batch]:
        """An endless stream of training batches; another one for each number below 1000."""
        seed = (self.settings.seed + self.number) * 1000 + number
        source = batches.make_batches(self.known, size=self.settings.batch_size, seed=seed)
        return batches.vary_first_widths(batches.prefetch(source))

    def _use_mean(self, model: keras.Model) -> None:
        """Replace the weights by their mean over the epochs."""
        with np.load(self._file("mean.npz")) as stored:
            model.set_weights([stored[name] for name in stored.files])
        # The running statistics of the normalisations belong to other weights. Training at rate 0
        # changes nothing but them.
        model.compile(keras.optimizers.Adam(0.0), loss=loss)
        model.fit(self._batches(999), steps_per_epoch=self.steps_per_epoch, callbacks=[], verbose=2)


def _finish(
    trained: keras.Model, folder: Path, settings: LineSettings, command: str, start_digest: str
) -> None:
    """Export the model, measure it on held-out digits, and write line.json."""
    labels = list(datasets.get("mnist").labels)
    model = network(len(labels))
    model.set_weights(trained.get_weights())
    model.save(folder / KERAS_FILE)
    content = to_tflite(model)
    (folder / line_model.MODEL_FILE).write_bytes(content)
    right, total = measure(LineModel(content, labels), settings.validation)
    accuracy = wilson(right, total)
    notes = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "labels": labels,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "seed": settings.seed,
        # The digest of the line model that the training started from; "" for random weights.
        "start": start_digest,
        "steps": list(settings.cycles),
        "parameters": int(model.count_params()),
        "validation": {"n": total, "right": right, "low": accuracy.low, "high": accuracy.high},
    }
    text = json.dumps(notes, indent=1) + "\n"
    (folder / line_model.NOTES_FILE).write_text(text, encoding="utf-8")
