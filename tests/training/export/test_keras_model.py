"""Keras models rebuilt for export."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.training import networks
from inkling.training.data import datasets
from inkling.training.evaluate.probabilities import predict
from inkling.training.export import keras_model

pytestmark = pytest.mark.learning


def test_folding_batch_norms_changes_only_the_last_bits():
    model = networks.build("pocket")
    rng = np.random.default_rng(0)
    for layer in model.layers:
        # Normalisations as training leaves them, not as they are initialised.
        if layer.name.endswith("_norm"):
            n = layer.gamma.shape[0]
            moved = [rng.uniform(0.5, 1.5, n), rng.normal(0, 0.2, n)]
            layer.set_weights([*moved, rng.normal(0, 0.2, n), rng.uniform(0.5, 1.5, n)])
    folded = keras_model.fold_batch_norms(model)
    assert not [layer for layer in folded.layers if "norm" in layer.name]
    assert all((w == w.astype(np.float16)).all() for w in folded.get_weights())
    x = datasets.load("mnist", "train")[0][:200]
    assert predict(folded, x) == pytest.approx(predict(model, x), abs=5e-3)


def test_the_output_for_negatives_is_spread_over_the_labels():
    model = networks.build("lenet5", 11)
    x = datasets.load("mnist", "train")[0][:50]
    eleven = predict(model, x)
    spread = keras_model.spread_negative_output(model, 10)
    assert predict(spread, x) == pytest.approx(eleven[:, :10] + eleven[:, 10:] / 10, abs=1e-6)
    ten = networks.build("lenet5", 10)
    assert keras_model.spread_negative_output(ten, 10) is ten
