"""Teaching: the last layers of a trained model learn a visit's corrections, within seconds.

The layers up to the flattened features stay as they are, so features are computed once. What
follows learns the corrections, with small changes, and the model's own former answers to digits
that it knows, so that it forgets little (learning without forgetting: Li and Hoiem, 2016).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.recognition.config import EARLY_EXIT_CONFIDENCE
from inkling.reports.schema import Epoch
from inkling.training import finetune
from inkling.training.augment.config import AFFINE
from inkling.training.augment.glyphs import augment
from inkling.training.data import datasets
from inkling.training.data.formats import Labels
from inkling.training.evaluate.probabilities import Probabilities, predict
from inkling.training.export.keras_model import SOFTMAX, load_trained

Floats = NDArray[np.float32]

# Digits of each label that keep the model from forgetting, and those that check whether it does.
KNOWN, CHECKED = 600, 200
# Each correction is shown this often in an epoch: changed at random, and as it is.
CHANGED, UNCHANGED = 20, 5
# Weight of all corrections together, as a part of that of the known digits. More makes the model
# forget more, and misread drawings are learnt with this (benchmarks/accuracy/teach.py).
CORRECTIONS_WEIGHT = 0.05
EPOCHS, BATCH_SIZE, LEARNING_RATE = 25, 128, 2e-3
# A correction is learnt once its probability is this much over that from which a drawing's digit is
# taken without asking the line model, which knows nothing of what was taught. Until all are, there
# are more rounds of epochs, each with twice the weight on corrections, up to this many.
LEARNT, ROUNDS = EARLY_EXIT_CONFIDENCE + 0.01, 3
# The most accuracy on the checked digits that may be lost, 0..1. If more is, the new weights are
# mixed with the old ones.
MAX_LOSS = 0.005


@dataclass(frozen=True, slots=True)
class Parts:
    """A trained model, cut at its flattened features.

    Attributes:
        model: the whole.
        body: from glyphs to features, float32 (n, d).
        head: from features to the outputs of the softmax, float32 (n, labels or one more). Its
            layers are copies, without dropout.
        labels: the number of labels.
    """

    model: keras.Model
    body: keras.Model
    head: keras.Model
    labels: int

    def features(self, glyphs: Pixels) -> Floats:
        """Features of glyphs, uint8 (n, 28, 28)."""
        return predict(self.body, glyphs)

    def outputs(self, features: Floats) -> Floats:
        """What the softmax gives for features."""
        return np.asarray(self.head(features, training=False), np.float32)

    def probabilities(self, features: Floats) -> Probabilities:
        """Label probabilities, float32 (n, labels), as the whole model gives them."""
        p = self.outputs(features)
        no_digit = p[:, self.labels :].sum(axis=1, keepdims=True)
        return np.asarray(p[:, : self.labels] + no_digit / self.labels, np.float32)

    def use_head(self) -> None:
        """Copy the head's weights into the whole model."""
        for layer in self.head.layers:
            if layer.weights:
                self.model.get_layer(layer.name).set_weights(layer.get_weights())


@dataclass(frozen=True, slots=True)
class Known:
    """Features of digits that a model knows, float32 (n, d).

    Attributes:
        rehearsed: training digits.
        answers: the model's outputs for them, float32 (n, outputs).
        checked, checked_y: other training digits and their labels.
        test, test_y: the test split and its labels.
    """

    rehearsed: Floats
    answers: Floats
    checked: Floats
    checked_y: Labels
    test: Floats
    test_y: Labels


def cut(model: keras.Model, labels: int) -> Parts:
    """Cut a model after its `Flatten` layer.

    Args:
        model: a chain of layers from there on, as all of `networks` are.
        labels: the number of labels.
    """
    place = next(k for k, one in enumerate(model.layers) if isinstance(one, keras.layers.Flatten))
    body = keras.Model(model.input, model.layers[place].output)
    output = features = keras.Input(body.output_shape[1:])
    for layer in model.layers[place + 1 :]:
        if isinstance(layer, keras.layers.Dropout):
            continue
        copy = type(layer).from_config(layer.get_config())
        # A few corrections say nothing about the mean of all digits.
        copy.trainable = not isinstance(layer, keras.layers.BatchNormalization)
        output = copy(output)
        copy.set_weights(layer.get_weights())
        if layer.name == SOFTMAX:
            break
    return Parts(model, body, keras.Model(features, output), labels)


@lru_cache(maxsize=2)
def known(name: str, sha256: str, dataset: str, labels: int) -> Known:  # noqa: ARG001  (cache's key)
    """Features of known digits, computed once per process and model.

    Args:
        name: the model.
        sha256: the digest of its Keras file.
        dataset: the data set of the digits.
        labels: the number of labels.
    """
    parts = cut(load_trained(name), labels)
    x, y = datasets.load(dataset, "train")
    x_test, y_test = datasets.load(dataset, "test")
    rng = np.random.default_rng(0)
    by_label = [rng.permutation(np.flatnonzero(y == label)) for label in range(labels)]
    rehearsed = np.concatenate([rows[:KNOWN] for rows in by_label])
    checked = np.concatenate([rows[KNOWN : KNOWN + CHECKED] for rows in by_label])
    features = parts.features(x[rehearsed])
    return Known(
        rehearsed=features,
        answers=parts.outputs(features),
        checked=parts.features(x[checked]),
        checked_y=y[checked],
        test=parts.features(x_test),
        test_y=y_test,
    )


def learn(
    parts: Parts, known: Known, glyphs: Pixels, y: Labels, show: Callable[[int, int], None]
) -> tuple[list[Epoch], float]:
    """Train the head on corrections; the whole model has its weights afterwards.

    Args:
        parts: changed in place.
        known: what it is not to forget.
        glyphs: the corrected drawings, uint8 (n, 28, 28).
        y: their labels, uint8 (n,); `NO_LABEL` for what is no digit.
        show: called after every epoch with its number and the number of epochs.

    Returns:
        The epochs, and how far the weights were moved from the old to the new ones, 0..1.
    """
    keras.utils.set_random_seed(0)
    shown = np.repeat(glyphs, CHANGED, axis=0)
    changed = augment(shown, np.random.default_rng(0), AFFINE)
    shown = np.concatenate([changed, np.repeat(glyphs, UNCHANGED, axis=0)])
    wanted = _targets(np.concatenate([np.repeat(y, CHANGED), np.repeat(y, UNCHANGED)]), parts)
    x = np.concatenate([known.rehearsed, parts.features(shown)])
    y_all = np.concatenate([known.answers, wanted])
    old = parts.head.get_weights()
    accuracy_before = _checked_accuracy(parts, known)
    head = parts.head
    head.compile(
        keras.optimizers.Adam(LEARNING_RATE), "categorical_crossentropy", metrics=["accuracy"]
    )
    recorder = _Recorder(parts, known, show)
    weight = CORRECTIONS_WEIGHT * len(known.rehearsed) / len(shown)
    own = parts.features(glyphs)
    for _ in range(ROUNDS):
        weights = np.full(len(x), weight, np.float32)
        weights[: len(known.rehearsed)] = 1.0
        head.fit(
            x,
            y_all,
            sample_weight=weights,
            batch_size=BATCH_SIZE,
            epochs=EPOCHS,
            callbacks=[recorder],
            verbose=0,
        )
        if _are_learnt(parts, own, y):
            break
        weight *= 2.0
    new_weight = _keep(parts, known, old, accuracy_before)
    parts.use_head()
    return recorder.history, new_weight


def _are_learnt(parts: Parts, features: Floats, y: Labels) -> bool:
    """Whether every correction to a label is so sure that no line model is asked about it."""
    rows = np.flatnonzero(y < parts.labels)
    p = parts.probabilities(features)[rows, y[rows]]
    return bool((p >= LEARNT).all())


def _targets(y: Labels, parts: Parts) -> Floats:
    """Target outputs for labels: one-hot; for no digit its own output, or all labels alike."""
    outputs = parts.head.output_shape[-1]
    rows = np.eye(outputs, dtype=np.float32)[: parts.labels]
    if outputs > parts.labels:
        no_digit = np.eye(outputs, dtype=np.float32)[parts.labels]
    else:
        no_digit = np.full(outputs, 1.0 / outputs, np.float32)
    return np.asarray(np.vstack([rows, no_digit])[np.minimum(y, parts.labels)])


def _keep(parts: Parts, known: Known, old: list[NDArray[Any]], before: float) -> float:
    """Move the head back towards its old weights as far as the checked digits demand it."""
    new = parts.head.get_weights()
    new_weight = 1.0
    for new_weight in finetune.NEW_WEIGHTS:
        pairs = zip(old, new, strict=True)
        parts.head.set_weights([finetune.mean(a, b, new_weight) for a, b in pairs])
        if _checked_accuracy(parts, known) >= before - MAX_LOSS:
            break
    return new_weight


def _checked_accuracy(parts: Parts, known: Known) -> float:
    p = parts.probabilities(known.checked)
    return float((p.argmax(axis=1) == known.checked_y).mean())


class _Recorder(keras.callbacks.Callback):  # type: ignore[misc]
    """Records every epoch with its results on the checked digits."""

    def __init__(self, parts: Parts, known: Known, show: Callable[[int, int], None]) -> None:
        super().__init__()
        self._parts, self._known, self._show = parts, known, show
        self.history: list[Epoch] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        logs = logs or {}
        p = np.maximum(self._parts.probabilities(self._known.checked), 1e-7)
        y = self._known.checked_y
        self.history.append(
            Epoch(
                epoch=len(self.history) + 1,
                loss=float(logs["loss"]),
                accuracy=float(logs["accuracy"]),
                val_loss=float(-np.log(p[np.arange(len(y)), y]).mean()),
                val_accuracy=float((p.argmax(axis=1) == y).mean()),
                learning_rate=LEARNING_RATE,
                seconds=0.0,
            )
        )
        # Further rounds are rare, and are not counted.
        self._show(min(len(self.history), EPOCHS), EPOCHS)
