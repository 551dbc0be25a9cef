"""Trainings on made examples: interrupted, resumed and prolonged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from inkling.training import endless
from inkling.training.settings import EndlessSettings

SETTINGS = EndlessSettings(
    epochs=4, steps_per_epoch=3, learning_rate=0.01, warm_up=1, cool_down=0.0, weight_decay=0.0
)


class StoppedError(Exception):
    """The training was stopped from outside."""


def _model() -> keras.Model:
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])


class _Examples:
    """Examples of y = x0 + x1; notes from which epochs on they were asked for."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.firsts: list[int] = []
        self.stop_after = stop_after

    def __call__(self, first: int) -> Iterator[tuple[Any, Any]]:
        self.firsts.append(first)
        rng = np.random.default_rng(first)
        made = 0
        while True:
            if made == self.stop_after:
                raise StoppedError
            made += 1
            x = rng.normal(size=(8, 2)).astype(np.float32)
            yield x, x.sum(axis=1, keepdims=True)


def _epochs(folder: Path) -> list[int]:
    lines = (folder / endless.LOG_FILE).read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["epoch"] for line in lines]


def test_an_interrupted_training_goes_on_after_its_last_epoch(tmp_path: Path) -> None:
    stopped = _Examples(stop_after=7)
    # TensorFlow passes the error on as its own.
    with pytest.raises(Exception, match="StoppedError"):
        endless.fit(_model(), stopped, SETTINGS, tmp_path, loss="mse")
    assert endless.completed_epochs(tmp_path) == 2
    model, examples = _model(), _Examples()
    endless.fit(model, examples, SETTINGS, tmp_path, loss="mse", resume=True)
    assert examples.firsts == [2]
    assert _epochs(tmp_path) == [1, 2, 3, 4]
    assert int(model.optimizer.iterations) == 12


def test_a_finished_training_is_prolonged_with_more_epochs(tmp_path: Path) -> None:
    endless.fit(_model(), _Examples(), SETTINGS, tmp_path, loss="mse")
    done = _model()
    endless.fit(done, _Examples(), SETTINGS, tmp_path, loss="mse", resume=True)
    longer, examples = _model(), _Examples()
    endless.fit(longer, examples, replace(SETTINGS, epochs=6), tmp_path, loss="mse", resume=True)
    assert examples.firsts == [4]
    assert endless.completed_epochs(tmp_path) == 6
    assert not np.array_equal(done.get_weights()[0], longer.get_weights()[0])


def test_without_resume_a_training_begins_anew(tmp_path: Path) -> None:
    endless.fit(_model(), _Examples(), SETTINGS, tmp_path, loss="mse")
    examples = _Examples()
    endless.fit(_model(), examples, replace(SETTINGS, epochs=1), tmp_path, loss="mse")
    assert examples.firsts == [0]
    assert endless.completed_epochs(tmp_path) == 1


def test_the_result_is_the_average_of_the_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endless, "AVERAGE_EVERY", 1)
    monkeypatch.setattr(endless, "AVERAGE_STEPS", 4)
    seen: list[np.ndarray] = []

    class Watch(endless.MovingAverage):
        def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
            super().on_train_batch_end(batch, logs)
            seen.append(self.model.get_weights()[0])

    monkeypatch.setattr(endless, "MovingAverage", Watch)
    model = _model()
    expected = model.get_weights()[0]
    endless.fit(model, _Examples(), replace(SETTINGS, epochs=2), tmp_path, loss="mse")
    # Interrupted and resumed, it goes on with the average and with the last weights.
    endless.fit(model, _Examples(), SETTINGS, tmp_path, loss="mse", resume=True)
    assert len(seen) == 12
    for weights in seen:
        expected = 0.75 * expected + 0.25 * weights
    np.testing.assert_allclose(model.get_weights()[0], expected, rtol=1e-5)


def test_the_rate_rises_stays_and_falls() -> None:
    rate = endless.RiseStayFall(2.0, 10, 50, 100)
    found = [float(rate(step)) for step in (0, 9, 30, 50, 75, 100)]
    assert found == pytest.approx([0.2, 2.0, 2.0, 2.0, 1.0, 0.0])
    assert endless.RiseStayFall(**rate.get_config()).get_config() == rate.get_config()
