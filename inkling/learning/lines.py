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
import math
import queue
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from inkling import line as serving
from inkling.ink import Pixels
from inkling.learning import datasets, hands, strangers, strings, taught, variants
from inkling.learning.settings import resolve_precision
from inkling.learning.strings import ALIKE, LONGEST, Characters
from inkling.learning.styles import Lines
from inkling.line import STRIP_HEIGHT, LineNetwork
from inkling.reports import wilson

Item = TypeVar("Item")
Line = tuple[Pixels, tuple[int, ...]]
Batch = tuple[NDArray[np.float32], NDArray[np.int32]]

# What is shipped: batches of so many lines, the rate rising and falling once in each cycle.
BATCH = 64
CYCLES = (4000, 5200, 5000)
EPOCH = 200
RATE = 2.5e-3
VALIDATION = 2000
# Strips of a batch are padded to a common width, a multiple of this; wider ones are left out.
WIDTH_STEP = 32
WIDEST = 352
# Lines that are made before they are sorted by width into batches.
POOL = 1024
# Sets whose digits are drawn with one pen a line.
PEN_SETS = ("unipen", "pendigits")
LETTERS = "unipen-letters"
# In place of a label: none any more.
PAD = -1


def network(labels: int = 10) -> keras.Model:
    """Strips float32 (n, STRIP_HEIGHT, width, 1) in 0..1 to logits (n, 1, width / 2, labels + 1).

    The last logit is for "nothing new". The layers named `more…` are residual ones (He, Zhang, Ren
    and Sun, 2016) that begin by adding nothing, so a network without them can be gone on from.
    """
    strip = keras.Input((STRIP_HEIGHT, None, 1), name="strip")

    def block(
        hidden: Any, filters: int, size: tuple[int, int], name: str, pool: tuple[int, int] = (1, 1)
    ) -> Any:
        padding = "valid" if size == (4, 1) else "same"
        convolved = layers.Conv2D(filters, size, padding=padding, use_bias=False, name=name)
        hidden = convolved(hidden)
        if pool != (1, 1):
            hidden = layers.MaxPooling2D(pool, name=f"{name}_pool")(hidden)
        hidden = layers.BatchNormalization(name=f"{name}_norm")(hidden)
        return layers.ReLU(name=f"{name}_relu")(hidden)

    def more(hidden: Any, size: tuple[int, int], name: str, apart: int = 1) -> Any:
        convolved = layers.Conv2D(
            hidden.shape[-1],
            size,
            padding="same",
            dilation_rate=(1, apart),
            use_bias=False,
            name=name,
        )
        added = convolved(hidden)
        norm = layers.BatchNormalization(gamma_initializer="zeros", name=f"{name}_norm")
        hidden = layers.Add(name=f"{name}_add")([hidden, norm(added)])
        return layers.ReLU(name=f"{name}_relu")(hidden)

    hidden = block(strip, 32, (5, 5), "conv1", (2, 2))
    hidden = block(hidden, 64, (3, 3), "conv2", (2, 1))
    hidden = block(hidden, 96, (3, 3), "conv3")
    hidden = more(hidden, (3, 3), "more1")
    hidden = block(hidden, 144, (3, 3), "conv4", (2, 1))
    hidden = block(hidden, 144, (3, 3), "conv5")
    hidden = more(hidden, (3, 3), "more2")
    hidden = more(hidden, (3, 3), "more3")
    # The rows become one, then neighbouring columns are looked at together.
    hidden = block(hidden, 224, (4, 1), "column")
    hidden = layers.Dropout(0.2, name="dropout1")(hidden)
    hidden = block(hidden, 224, (1, 5), "context1")
    hidden = more(hidden, (1, 5), "more4")
    hidden = more(hidden, (1, 5), "more5")
    # How a hand writes its other digits says what this one is: convolutions that reach far, with
    # gaps (Yu and Koltun, 2016).
    for number, apart in enumerate((3, 9, 3, 9), 6):
        hidden = more(hidden, (1, 5), f"more{number}", apart)
    hidden = layers.Dropout(0.2, name="dropout2")(hidden)
    hidden = block(hidden, 192, (1, 5), "context2")
    logits = layers.Conv2D(labels + 1, 1, name="logits", dtype="float32")(hidden)
    return keras.Model(strip, logits, name=serving.NAME)


def loss(y_true: Any, y_pred: Any) -> Any:
    """CTC's, of logits (n, 1, columns, labels + 1) and labels (n, LONGEST) padded with PAD."""
    logits = ops.cast(y_pred, "float32")[:, 0]
    y = ops.cast(y_true, "int32")
    lengths = ops.sum(ops.cast(y != PAD, "int32"), axis=1)
    # Keras' own "nothing new" comes first.
    logits = ops.concatenate([logits[..., -1:], logits[..., :-1]], axis=-1)
    wanted = ops.where(y == PAD, 0, y + 1)
    columns = ops.ones_like(lengths) * ops.shape(logits)[1]
    return ops.ctc_loss(wanted, logits, lengths, columns, mask_index=0)


def characters(split: str = "train") -> Characters:
    """Digits and letters to write with, from the training sets that are at hand.

    Args:
        split: "train", or "validation" for the twelfth of them that is kept from it.
    """
    digits, labels, drawn = [], [], []

    def add(x: Pixels, y: Pixels) -> None:
        digits.append(x[datasets.split_rows(len(x), split)])
        labels.append(y[datasets.split_rows(len(y), split)])

    for name in ("mnist", *PEN_SETS, "pencil-scans"):
        if name == "mnist" or datasets.is_local(name):
            add(*datasets.load(name, "train"))
        if name in PEN_SETS and datasets.is_local(name):
            found, rows = datasets.strokes(name)
            drawn.append(hands.trajectories(found, rows[datasets.split_rows(len(rows), split)]))
    # Last, for they are shown more often (see `strings.RARE`).
    add(*variants.load("train", limit=1500))
    none = np.zeros((0, *digits[0].shape[1:]), np.uint8)
    others = dict(takewhile(lambda item: item[0] != "pairs", strangers.kinds(split)))
    scribbles = [others.get(kind, none) for kind in ("scribbles", "blots", "rules", "signs")]
    return Characters(
        np.concatenate(digits),
        np.concatenate(labels),
        others.get("letters", none),
        np.concatenate(scribbles),
        hands.joined(drawn) if drawn else None,
        _alike(split) if datasets.is_local(LETTERS) else {},
    )


def _alike(split: str) -> dict[int, list[list[Lines]]]:
    """The letters of `strings.ALIKE` as pen strokes."""
    found, rows = datasets.strokes(LETTERS)
    rows = rows[datasets.split_rows(len(rows), split)]
    labels = datasets.get(LETTERS).labels

    drawn = {
        letter: hands.trajectories(found, rows[found.labels[rows] == labels.index(letter)]).digits
        for letter in {letter for _, letters in ALIKE.values() for letter in letters}
    }
    return {digit: [drawn[letter] for letter in letters] for digit, (_, letters) in ALIKE.items()}


def batch(lines: list[Line]) -> Batch:
    """Strips float32 (n, STRIP_HEIGHT, width, 1), padded with paper, and labels (n, LONGEST)."""
    widest = max(strip.shape[1] for strip, _ in lines)
    width = math.ceil(widest / WIDTH_STEP) * WIDTH_STEP
    x = np.zeros((len(lines), STRIP_HEIGHT, width, 1), np.float32)
    y = np.full((len(lines), LONGEST), PAD, np.int32)
    for row, (strip, said) in enumerate(lines):
        x[row, :, : strip.shape[1], 0] = strip.astype(np.float32) / 255.0
        y[row, : len(said)] = said
    return x, y


def batches(known: Characters, seed: int, size: int = BATCH, pool: int = POOL) -> Iterator[Batch]:
    """Batches without end, each of lines of like width."""
    rng = np.random.default_rng(seed)
    while True:
        lines = [strings.make(known, rng) for _ in range(pool)]
        lines = sorted(_narrow(lines), key=lambda line: line[0].shape[1])
        for start in rng.permutation(np.arange(0, len(lines) - size + 1, size)).tolist():
            yield batch(lines[start : start + size])


def _narrow(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line[0].shape[1] <= WIDEST]


def ahead(source: Iterator[Item], depth: int = 24) -> Iterator[Item]:
    """The same, made ahead by a thread of its own."""
    kept: queue.Queue[Item] = queue.Queue(depth)

    def work() -> None:
        for item in source:
            kept.put(item)

    threading.Thread(target=work, daemon=True).start()
    while True:
        yield kept.get()


def varied(source: Iterator[Batch]) -> Iterator[Batch]:
    """The same batches, the first two of them of different widths: by these Keras learns that
    widths vary."""
    first = next(source)
    alike = []
    for item in source:
        if item[0].shape != first[0].shape:
            break
        alike.append(item)
    yield first
    yield item
    yield from alike
    yield from source


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
            taught.take_over(model, before, start.name, may_grow=True)
            began = hashlib.sha256((start / serving.MODEL_FILE).read_bytes()).hexdigest()
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
    (folder / serving.MODEL_FILE).write_bytes(content)
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
    (folder / serving.NOTES_FILE).write_text(text, encoding="utf-8")


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
    lines = _narrow([strings.make(known, rng) for _ in range(count)])
    right = 0
    for strip, said in lines:
        labels = serving.best_labels(read.log_probabilities(strip), 1)
        right += labels[0] == said
    return right, len(lines)
