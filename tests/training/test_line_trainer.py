"""Training the line model: the folder it writes, resuming, and starting from another one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from inkling.recognition import line_model
from inkling.recognition.line_image import IMAGE_HEIGHT
from inkling.training import line_trainer
from inkling.training.settings import LineSettings, SettingsError
from inkling.training.synthesis import batches, characters
from inkling.training.synthesis.characters import Characters
from tests.fixtures.pages_made import mnist_test


@pytest.fixture(scope="module")
def known() -> Characters:
    x, y = mnist_test()
    return Characters(x[:600], y[:600].astype(np.uint8), x[600:620], x[620:630])


class StoppedError(Exception):
    """The training was stopped from outside."""


@pytest.fixture
def in_small(monkeypatch: pytest.MonkeyPatch, known: Characters) -> None:
    """Train on a handful of lines."""
    monkeypatch.setattr(characters, "load_characters", lambda split="train": known)
    monkeypatch.setattr(batches, "make_batches", partial(batches.make_batches, pool=8))
    monkeypatch.setattr(batches, "prefetch", lambda source: source)


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch, in_small: None) -> list[int]:
    """The epochs that were started. After a -1 the next one raises."""
    done: list[int] = []

    class Stopper(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if done and done[-1] == -1:
                raise StoppedError
            done.append(epoch)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if len(done) == 3:
                done.append(-1)

    original = keras.Model.fit

    def fit(model: keras.Model, *values: Any, callbacks: list[Any], **named: Any) -> Any:
        return original(model, *values, callbacks=[*callbacks, Stopper()], **named)

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
    trained = keras.saving.load_model(folder / "model.keras", compile=False)
    for layer, *each in zip(trained.weights, *ends, strict=True):
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
    trained = keras.saving.load_model(folder / "model.keras", compile=False)
    assert notes["parameters"] == trained.count_params()
    # Another training can start from the result.
    before = trained.get_weights()
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
