"""Training the line model: the network's shapes and loss, the folder, and LiteRT's answers."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from inkling.recognition import ctc, line_model
from inkling.recognition.line_image import IMAGE_HEIGHT
from inkling.recognition.line_model import LineModel
from inkling.training import finetune, line_network, line_trainer
from inkling.training.export.tflite import to_tflite
from inkling.training.line_network import PAD
from inkling.training.settings import LineSettings, SettingsError
from inkling.training.synthesis import batches
from inkling.training.synthesis.batches import WIDEST, WIDTH_STEP, batch
from inkling.training.synthesis.lines import LONGEST, Characters, make
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


def test_a_batch_is_padded_with_paper(known: Characters) -> None:
    rng = np.random.default_rng(0)
    made = [make(known, rng) for _ in range(12)]
    x, y = batch(made)
    assert x.dtype == np.float32 and y.dtype == np.int32 and y.shape == (12, LONGEST)
    assert x.shape[:2] == (12, IMAGE_HEIGHT) and x.shape[2] % WIDTH_STEP == 0
    for row, (strip, said) in enumerate(made):
        width = strip.shape[1]
        np.testing.assert_array_equal(np.rint(x[row, :, :width, 0] * 255), strip)
        assert not x[row, :, width:].any()
        assert y[row].tolist() == [*said, *[PAD] * (LONGEST - len(said))]


def test_batches_are_of_like_width_and_follow_the_seed(known: Characters) -> None:
    def widths(seed: int) -> list[int]:
        made = batches.batches(known, seed, size=4, pool=32)
        return [next(made)[0].shape[2] for _ in range(8)]

    assert widths(1) == widths(1) and len(set(widths(1))) > 2 and max(widths(1)) <= WIDEST


def by_all_alignments(logits: np.ndarray, labels: tuple[int, ...]) -> float:
    """-log of the sum over all alignments that say the labels; the last logit says nothing."""
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    blank, total = logits.shape[1] - 1, 0.0
    for states in itertools.product(range(blank + 1), repeat=len(logits)):
        collapsed = tuple(state for state, _ in itertools.groupby(states) if state != blank)
        if collapsed == labels:
            total += math.exp(sum(log_p[i, state] for i, state in enumerate(states)))
    return -math.log(total)


@pytest.mark.parametrize("said", [(), (0,), (2,), (0, 1), (1, 1), (2, 0, 2), (0, 0, 1)])
def test_the_loss_is_that_of_all_alignments(said: tuple[int, ...]) -> None:
    logits = np.random.default_rng(len(said)).normal(0.0, 1.5, (6, 4)).astype(np.float32)
    y = np.full((1, LONGEST), PAD, np.int32)
    y[0, : len(said)] = said
    found = float(np.asarray(line_network.loss(y, logits[None, None])).mean())
    assert found == pytest.approx(by_all_alignments(logits.astype(float), said), rel=1e-4)
    # Serving weighs readings by the same sum.
    log_p = logits.astype(float) - np.log(np.exp(logits.astype(float)).sum(1, keepdims=True))
    assert found == pytest.approx(-ctc.ctc_log_likelihood(log_p, said), rel=1e-4)


def test_litert_answers_as_keras_does(model: keras.Model, known: Characters) -> None:
    network = LineModel(to_tflite(model), "0123456789")
    rng = np.random.default_rng(4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ctc, "CERTAIN_BLANK", 1.0)  # every column, pauses too
        for _ in range(4):
            strip, _ = make(known, rng)
            width = math.ceil(strip.shape[1] / WIDTH_STEP) * WIDTH_STEP
            x = np.zeros((1, IMAGE_HEIGHT, width, 1), np.float32)
            x[0, :, : strip.shape[1], 0] = strip / 255.0
            logits = np.asarray(model(x, training=False), np.float64)[0, 0]
            truth = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
            found = network.log_probabilities(strip)
            np.testing.assert_allclose(
                found, np.maximum(truth, line_model.MIN_LOG_PROBABILITY), atol=2e-4
            )


def test_a_deeper_network_starts_with_the_answers_of_a_shallower_one(model: keras.Model) -> None:
    kept = [layer for layer in model.layers if not layer.name.startswith("more")]
    smaller = keras.Sequential(kept)
    keras.utils.set_random_seed(8)
    larger = line_network.network()
    strip = np.random.default_rng(0).random((2, IMAGE_HEIGHT, 64, 1), np.float32)
    before = np.asarray(smaller(strip))
    assert np.abs(np.asarray(larger(strip)) - before).max() > 0.01
    finetune.transfer_weights(larger, smaller, "line", may_grow=True)
    np.testing.assert_allclose(larger(strip), before, atol=1e-5)
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="other")])
    with pytest.raises(SettingsError, match="the network “line” cannot start from “other”"):
        finetune.transfer_weights(larger, other, "other", may_grow=True)
    with pytest.raises(SettingsError, match="cannot start from “line”"):
        finetune.transfer_weights(larger, smaller, "line")


def test_a_wider_network_starts_with_the_answers_of_a_narrower_one() -> None:
    def network(filters: int) -> keras.Model:
        strip = keras.Input((IMAGE_HEIGHT, None, 1))
        hidden = keras.layers.Conv2D(filters, 3, padding="same", name="conv")(strip)
        hidden = keras.layers.BatchNormalization(name="norm")(hidden)
        hidden = keras.layers.ReLU()(hidden)
        hidden = keras.layers.Conv2D(filters, (1, 3), padding="same", name="context")(hidden)
        return keras.Model(strip, keras.layers.Conv2D(11, 1, name="logits")(hidden))

    narrow, wide = network(5), network(9)
    rng = np.random.default_rng(1)
    narrow.set_weights([rng.uniform(0.2, 1.0, w.shape) for w in narrow.get_weights()])
    finetune.transfer_weights(wide, narrow, "narrow", may_grow=True)
    strip = rng.random((2, IMAGE_HEIGHT, 64, 1), np.float32)
    np.testing.assert_allclose(wide(strip), narrow(strip), rtol=1e-4)
    with pytest.raises(SettingsError, match="cannot start from “wide”"):
        finetune.transfer_weights(narrow, wide, "wide", may_grow=True)
    with pytest.raises(SettingsError, match="cannot start from “narrow”"):
        finetune.transfer_weights(wide, narrow, "narrow")


class StoppedError(Exception):
    """The training was stopped from outside."""


@pytest.fixture
def in_small(monkeypatch: pytest.MonkeyPatch, known: Characters) -> None:
    """Train on a handful of lines."""
    monkeypatch.setattr(batches, "characters", lambda split="train": known)
    monkeypatch.setattr(batches, "batches", partial(batches.batches, pool=8))
    monkeypatch.setattr(batches, "ahead", lambda source: source)


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch, in_small: None) -> list[int]:
    """The epochs that were started. After a -1 the next one raises."""
    done: list[int] = []

    class Stopper(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if done and done[-1] == -1:
                raise StoppedError
            done.append(epoch)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if len(done) == 3:
                done.append(-1)

    whole = keras.Model.fit

    def fit(model: keras.Model, *values: Any, callbacks: list[Any], **named: Any) -> Any:
        return whole(model, *values, callbacks=[*callbacks, Stopper()], **named)

    monkeypatch.setattr(keras.Model, "fit", fit)
    return done


def test_with_a_constant_rate_the_mean_of_the_epochs_weights_is_used(
    tmp_path: Path, in_small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[list[np.ndarray]] = []
    average = line_trainer.average_weights

    def noted(path: Path, weights: list[np.ndarray], count: int) -> None:
        ends.append(weights)
        assert count == len(ends)
        average(path, weights, count)

    monkeypatch.setattr(line_trainer, "average_weights", noted)
    folder = tmp_path / "line"
    settings = LineSettings(
        cycles=(5,),
        steps_per_epoch=1,
        batch_size=4,
        validation=4,
        learning_rate=0.01,
        averaged=True,
    )
    line_trainer.train(folder, settings, command="make it")
    assert len(ends) == 4  # all but the first quarter
    kept = keras.saving.load_model(folder / "model.keras", compile=False)
    for layer, *each in zip(kept.weights, *ends, strict=True):
        if "moving" not in layer.name:
            np.testing.assert_allclose(layer.numpy(), np.mean(each, axis=0), atol=1e-6)
            assert layer.name == "bias" or np.ptp(each, axis=0).max() > 0


def test_training_writes_the_folder_and_resumes_where_it_was_stopped(
    tmp_path: Path, fits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = LineSettings(seed=1, cycles=(2, 2), steps_per_epoch=1, batch_size=4, validation=12)
    folder = tmp_path / "line"
    with pytest.raises(StoppedError):
        line_trainer.train(folder, small, command="make it")
    assert fits == [0, 1, 0, -1] and not (folder / line_model.MODEL_FILE).exists()
    assert keras.config.dtype_policy().name == "float32"
    fits.clear()
    line_trainer.train(folder, small, command="make it", resume=True)
    assert fits == [1]  # the second of the second cycle
    notes = json.loads((folder / line_model.NOTES_FILE).read_text())
    content = (folder / line_model.MODEL_FILE).read_bytes()
    assert notes["sha256"] == hashlib.sha256(content).hexdigest()
    assert (notes["command"], notes["seed"], notes["steps"]) == ("make it", 1, [2, 2])
    assert notes["start"] == "" and notes["labels"] == list("0123456789")
    right, total = notes["validation"]["right"], notes["validation"]["n"]
    assert 0 <= right <= total <= 12
    assert 0.0 <= notes["validation"]["low"] < notes["validation"]["high"] <= 1.0
    kept = keras.saving.load_model(folder / "model.keras", compile=False)
    assert notes["parameters"] == kept.count_params()
    # Another training can start from the result.
    before = kept.get_weights()
    line_trainer.train(folder, replace(small, cycles=()), command="make it", start=folder)
    after = keras.saving.load_model(folder / "model.keras", compile=False).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert json.loads((folder / line_model.NOTES_FILE).read_text())["start"] == notes["sha256"]
    # The app can load the folder.
    line_model.load.cache_clear()
    monkeypatch.setattr(line_model, "model_folder", lambda: tmp_path)
    loaded = line_model.load()
    line_model.load.cache_clear()
    assert loaded is not None
    assert loaded.log_probabilities(np.zeros((IMAGE_HEIGHT, 64), np.uint8)).shape[1] == 11


def test_a_start_that_is_missing_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no line model in") as problem:
        line_trainer.train(
            tmp_path / "line", LineSettings(), command="make it", start=tmp_path / "nothing"
        )
    assert problem.value.settings == ("start",)
