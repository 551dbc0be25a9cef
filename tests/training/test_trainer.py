"""Training a network: compiling, schedules, early stopping."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from inkling.training import networks
from inkling.training.data.batches import prepare
from inkling.training.settings import Settings
from inkling.training.trainer import compile_model, fit

pytestmark = pytest.mark.learning


@pytest.fixture(autouse=True)
def only_mnist(monkeypatch, tmp_path):
    """Train on MNIST alone, whatever data sets this machine has."""
    monkeypatch.delenv("INKLING_DATA", raising=False)
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "cache"))


def test_dropout_takes_a_factor_and_only_kernels_decay():
    def rates(model):
        return [layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)]

    own, fewer = rates(networks.build("inkling")), networks.build("inkling", dropout=0.4)
    assert rates(fewer) == pytest.approx([0.4 * rate for rate in own]) and len(own) == 2
    settings = Settings(network="inkling", learning_rate=0.01, weight_decay=0.5)
    compile_model(fewer, settings, 10)
    before = [weight.numpy() for weight in fewer.trainable_variables]
    still = [np.zeros(weight.shape, np.float32) for weight in before]
    fewer.optimizer.apply(still, fewer.trainable_variables)
    names = {weight.name for weight in fewer.trainable_variables}
    assert names == {"kernel", "bias", "gamma", "beta"}
    for old, weight in zip(before, fewer.trainable_variables, strict=True):
        left = 1.0 - 0.01 * 0.5 if weight.name == "kernel" else 1.0
        np.testing.assert_allclose(weight.numpy(), old * left, rtol=1e-5)


def test_early_stopping_and_the_falling_rate(tmp_path):
    # The loss cannot fall at such a rate, so patience ends the run and the plateau halves the rate.
    settings = Settings(
        network="lenet5", epochs=12, limit=256, learning_rate=5.0, patience=4, augmentation="none"
    )
    _, history = fit(settings, prepare(settings), tmp_path, verbose=0)
    best = min(history, key=lambda epoch: epoch.val_loss).epoch
    assert len(history) == min(12, best + 4)
    if len(history) >= best + 4:
        assert history[-1].learning_rate < history[0].learning_rate


def test_one_cycle_rises_and_falls_step_by_step(tmp_path):
    class Rates(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.seen = []

        def on_train_batch_end(self, batch, logs=None):
            self.seen.append(float(self.model.optimizer.learning_rate))

    settings = Settings(
        network="lenet5",
        epochs=2,
        limit=256,
        validation=0.005,
        precision="float32",
        batch_size=64,
        learning_rate=0.004,
        schedule="one-cycle",
    )
    rates = Rates()
    fit(settings, prepare(settings), tmp_path, verbose=0, callbacks=[rates])
    # Eight steps: from nearly 0 to the peak at the third, then down by a sixth of it each.
    wanted = [0.00004, 0.002, *(0.004 * part / 6 for part in (6, 5, 4, 3, 2, 1))]
    assert rates.seen == pytest.approx(wanted, rel=1e-5)
