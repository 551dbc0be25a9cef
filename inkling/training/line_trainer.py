"""The line network: a whole number at a time, for what cannot be cut into digits.

A convolutional network over a line's strip of ink gives, every two columns, eleven probabilities:
ten digits and "nothing new". Connectionist temporal classification (Graves, Fernández, Gomez and
Schmidhuber, 2006) trains it on made lines (`strings`) without being told where each digit stands.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from inkling.recognition import line_model
from inkling.recognition.ctc import best_labels
from inkling.recognition.line_model import LineNetwork
from inkling.reports.statistics import wilson
from inkling.training import finetune
from inkling.training.line_network import loss, network
from inkling.training.settings import resolve_precision
from inkling.training.synthesis.batches import (
    BATCH,
    Batch,
    ahead,
    batches,
    characters,
    narrow,
    varied,
)
from inkling.training.synthesis.lines import make

CYCLES = (4000, 5200, 5000)
EPOCH = 200
RATE = 2.5e-3
VALIDATION = 2000


def train(
    folder: Path,
    *,
    command: str,
    seed: int = 0,
    cycles: tuple[int, ...] = CYCLES,
    epoch: int = EPOCH,
    size: int = BATCH,
    rate: float = RATE,
    averaged: bool = False,
    resume: bool = False,
    start: Path | None = None,
    validation: int = VALIDATION,
) -> None:
    """Train the line network and write its folder: model.keras, model.tflite and line.json.

    Args:
        folder: model/line/.
        command: what to write down as the way to make it again.
        seed: of weights and lines.
        cycles: steps in each rise and fall of the learning rate.
        epoch: steps between two checkpoints.
        size: lines a step.
        rate: Adam's, at the height of a cycle.
        averaged: let the rate stay at that height, and take the mean of the weights at the ends of
            the epochs (Izmailov et al., 2018): lines that are not like the made ones are read
            better than with a rate that falls.
        resume: go on from the last checkpoint.
        start: the folder of a line network to go on from; None: begin with chance weights.
        validation: lines it is measured on, of digits kept from the training.
    """
    kept = folder / "checkpoint"
    if not resume and kept.is_dir():
        for old in kept.iterdir():
            old.unlink()
    kept.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy(resolve_precision("auto"))
    try:
        model = network()
        began = ""
        if start is not None:
            before = keras.saving.load_model(start / "model.keras")
            finetune.take_over(model, before, start.name, may_grow=True)
            began = hashlib.sha256((start / line_model.MODEL_FILE).read_bytes()).hexdigest()
        known = characters()
        for number, steps in enumerate(cycles):
            done = kept / f"cycle{number}.weights.h5"
            if done.is_file():
                model.load_weights(done)
                continue
            source = partial(batches, known, size=size)
            place = kept / f"cycle{number}.json"
            _cycle(model, source, seed + number, steps, epoch, rate, place, averaged=averaged)
            model.save_weights(done)
    finally:
        keras.config.set_dtype_policy("float32")
    _finish(model, folder, command, seed, cycles, validation, began)


def _cycle(
    model: keras.Model,
    source: Callable[..., Iterator[Batch]],
    seed: int,
    steps: int,
    epoch: int,
    rate: float,
    place: Path,
    *,
    averaged: bool,
) -> None:
    """One rise and fall of the learning rate, or a rise and an average; an epoch's weights are kept
    for `resume`."""
    weights = place.with_suffix(".epoch.weights.h5")
    means = place.with_suffix(".mean.npz")
    first = 0
    if place.is_file() and weights.is_file():
        first = int(json.loads(place.read_text(encoding="utf-8"))["epochs"])
        model.load_weights(weights)
    epoch = min(epoch, steps)
    warm = min(200, steps // 4)
    rates = keras.optimizers.schedules.CosineDecay(
        rate / 25,
        steps - warm,
        alpha=1.0 if averaged else 0.0,
        warmup_target=rate,
        warmup_steps=warm,
    )
    model.compile(keras.optimizers.Adam(rates, clipnorm=5.0), loss=loss)
    model.optimizer.build(model.trainable_variables)
    model.optimizer.iterations.assign(first * epoch)

    def keep(number: int, logs: object = None) -> None:  # noqa: ARG001
        model.save_weights(weights)
        # The first quarter is on its way from where it began.
        seen = number + 1 - steps // epoch // 4
        if averaged and seen > 0:
            _average(means, model.get_weights(), seen)
        place.write_text(json.dumps({"epochs": number + 1}), encoding="utf-8")

    model.fit(
        varied(ahead(source(seed=seed * 1000 + first))),
        initial_epoch=first,
        epochs=steps // epoch,
        steps_per_epoch=epoch,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=keep)],
        verbose=2,
    )
    if averaged:
        with np.load(means) as kept:
            model.set_weights([kept[name] for name in kept.files])
        # The norms' own averages are of other weights' answers: a fit at rate 0 moves them alone.
        model.compile(keras.optimizers.Adam(0.0), loss=loss)
        more = varied(ahead(source(seed=seed * 1000 + 999)))
        model.fit(more, steps_per_epoch=epoch, callbacks=[], verbose=2)


def _average(path: Path, weights: list[NDArray[np.float32]], count: int) -> None:
    """Take weights into the mean of `count` that is kept in a file."""
    if count > 1:
        with np.load(path) as kept:
            before = [kept[name] for name in kept.files]
        weights = [old + (new - old) / count for old, new in zip(before, weights, strict=True)]
    draft = path.with_name("draft.npz")
    np.savez(draft, *weights)
    draft.replace(path)


def _finish(
    trained: keras.Model,
    folder: Path,
    command: str,
    seed: int,
    cycles: tuple[int, ...],
    validation: int,
    began: str,
) -> None:
    """Export, measure on lines of digits that were kept from the training, and write it down."""
    model = network()
    model.set_weights(trained.get_weights())
    model.save(folder / "model.keras")
    content = to_tflite(model)
    (folder / line_model.MODEL_FILE).write_bytes(content)
    right, total = measure(LineNetwork(content), validation)
    part = wilson(right, total)
    notes = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "seed": seed,
        # The network it went on from; "" where it began with chance weights.
        "start": began,
        "steps": list(cycles),
        "parameters": int(model.count_params()),
        "validation": {"n": total, "right": right, "low": part.low, "high": part.high},
    }
    text = json.dumps(notes, indent=1) + "\n"
    (folder / line_model.NOTES_FILE).write_text(text, encoding="utf-8")


def to_tflite(model: keras.Model) -> bytes:
    """The model for LiteRT, float32, any width."""
    import tensorflow as tf

    # The converter tells stdout about every tensor it has met.
    with contextlib.redirect_stdout(io.StringIO()):
        content: bytes = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    return content


def measure(read: LineNetwork, count: int, seed: int = 9) -> tuple[int, int]:
    """How many of so many made lines of kept digits are read without a mistake, and of how many."""
    known = characters("validation")
    rng = np.random.default_rng(seed)
    lines = narrow([make(known, rng) for _ in range(count)])
    right = 0
    for strip, said in lines:
        labels = best_labels(read.log_probabilities(strip), 1)
        right += labels[0] == said
    return right, len(lines)
