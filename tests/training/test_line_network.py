"""The line network: its shapes, its loss, growing it, and LiteRT's answers."""

from __future__ import annotations

import itertools
import math

import keras
import numpy as np
import pytest

from inkling.recognition import ctc, line_model
from inkling.recognition.line_image import IMAGE_HEIGHT
from inkling.recognition.line_model import LineModel
from inkling.training import finetune, line_network
from inkling.training.export.tflite import to_tflite
from inkling.training.line_network import PAD
from inkling.training.settings import SettingsError
from inkling.training.synthesis.characters import Characters
from inkling.training.synthesis.lines import MAX_DIGITS, make_line
from inkling.training.synthesis.pages.line_batches import WIDTH_STEP
from tests.fixtures.pages_made import mnist_test


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(3)
    return line_network.network()


@pytest.fixture(scope="module")
def known() -> Characters:
    x, y = mnist_test()
    return Characters(x[:600], y[:600].astype(np.uint8), x[600:620], x[620:630])


def test_every_second_column_has_logits(model: keras.Model) -> None:
    for width in (32, 96):
        out = model(np.zeros((2, IMAGE_HEIGHT, width, 1), np.float32), training=False)
        assert tuple(out.shape) == (2, 1, width // 2, 11)
    assert line_network.network(labels=4).output_shape[-1] == 5


def by_all_alignments(logits: np.ndarray, labels: tuple[int, ...]) -> float:
    """-log of the sum over all alignments that give the labels; the last logit is the blank."""
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    blank, total = logits.shape[1] - 1, 0.0
    for states in itertools.product(range(blank + 1), repeat=len(logits)):
        collapsed = tuple(state for state, _ in itertools.groupby(states) if state != blank)
        if collapsed == labels:
            total += math.exp(sum(log_p[i, state] for i, state in enumerate(states)))
    return -math.log(total)


@pytest.mark.parametrize("labels", [(), (0,), (2,), (0, 1), (1, 1), (2, 0, 2), (0, 0, 1)])
def test_the_loss_is_that_of_all_alignments(labels: tuple[int, ...]) -> None:
    logits = np.random.default_rng(len(labels)).normal(0.0, 1.5, (6, 4)).astype(np.float32)
    y = np.full((1, MAX_DIGITS), PAD, np.int32)
    y[0, : len(labels)] = labels
    loss = float(np.asarray(line_network.loss(y, logits[None, None])).mean())
    assert loss == pytest.approx(by_all_alignments(logits.astype(float), labels), rel=1e-4)
    # The app ranks hypotheses by the same sum.
    log_p = logits.astype(float) - np.log(np.exp(logits.astype(float)).sum(1, keepdims=True))
    assert loss == pytest.approx(-ctc.ctc_log_likelihood(log_p, labels), rel=1e-4)


def test_litert_answers_as_keras_does(model: keras.Model, known: Characters) -> None:
    network = LineModel(to_tflite(model), "0123456789")
    rng = np.random.default_rng(4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ctc, "CERTAIN_BLANK", 1.0)  # every column, blanks too
        for _ in range(4):
            image, _ = make_line(known, rng)
            width = math.ceil(image.shape[1] / WIDTH_STEP) * WIDTH_STEP
            x = np.zeros((1, IMAGE_HEIGHT, width, 1), np.float32)
            x[0, :, : image.shape[1], 0] = image / 255.0
            logits = np.asarray(model(x, training=False), np.float64)[0, 0]
            truth = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
            log_p = network.log_probabilities(image)
            np.testing.assert_allclose(
                log_p, np.maximum(truth, line_model.MIN_LOG_PROBABILITY), atol=2e-4
            )


def test_a_deeper_network_starts_with_the_answers_of_a_shallower_one(model: keras.Model) -> None:
    first_layers = [layer for layer in model.layers if not layer.name.startswith("more")]
    smaller = keras.Sequential(first_layers)
    keras.utils.set_random_seed(8)
    larger = line_network.network()
    image = np.random.default_rng(0).random((2, IMAGE_HEIGHT, 64, 1), np.float32)
    before = np.asarray(smaller(image))
    assert np.abs(np.asarray(larger(image)) - before).max() > 0.01
    finetune.transfer_weights(larger, smaller, "line", may_grow=True)
    np.testing.assert_allclose(larger(image), before, atol=1e-5)
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="other")])
    with pytest.raises(SettingsError, match="the network “line” cannot start from “other”"):
        finetune.transfer_weights(larger, other, "other", may_grow=True)
    with pytest.raises(SettingsError, match="cannot start from “line”"):
        finetune.transfer_weights(larger, smaller, "line")


def test_a_wider_network_starts_with_the_answers_of_a_narrower_one() -> None:
    def network(filters: int) -> keras.Model:
        image = keras.Input((IMAGE_HEIGHT, None, 1))
        hidden = keras.layers.Conv2D(filters, 3, padding="same", name="conv")(image)
        hidden = keras.layers.BatchNormalization(name="norm")(hidden)
        hidden = keras.layers.ReLU()(hidden)
        hidden = keras.layers.Conv2D(filters, (1, 3), padding="same", name="context")(hidden)
        return keras.Model(image, keras.layers.Conv2D(11, 1, name="logits")(hidden))

    narrow, wide = network(5), network(9)
    rng = np.random.default_rng(1)
    narrow.set_weights([rng.uniform(0.2, 1.0, w.shape) for w in narrow.get_weights()])
    finetune.transfer_weights(wide, narrow, "narrow", may_grow=True)
    image = rng.random((2, IMAGE_HEIGHT, 64, 1), np.float32)
    np.testing.assert_allclose(wide(image), narrow(image), rtol=1e-4)
    with pytest.raises(SettingsError, match="cannot start from “wide”"):
        finetune.transfer_weights(narrow, wide, "wide", may_grow=True)
    with pytest.raises(SettingsError, match="cannot start from “narrow”"):
        finetune.transfer_weights(wide, narrow, "narrow")
