"""The test digits that a network finds most similar to a glyph."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from inkling.explain import neighbours
from inkling.explain.neighbours import COMPARED, nearest
from inkling.recognition import classifier
from tests.fixtures.keras_models import keras_model
from tests.fixtures.pages_made import mnist_test


@pytest.mark.learning
def test_the_nearest_digits_have_the_most_similar_features() -> None:
    from inkling.training.evaluate.probabilities import predict
    from inkling.training.export.keras_model import feature_model

    name = "lenet5"
    network, (x, y) = classifier.load(name), mnist_test()
    model = keras_model(name)
    features = predict(feature_model(model), x[:COMPARED])
    glyph = x[5000]
    own = predict(feature_model(model), glyph[None])[0]
    cosine = features @ own / np.linalg.norm(features, axis=1) / np.linalg.norm(own)
    read = predict(model, x[:COMPARED]).argmax(axis=1)
    right, wrong = nearest(glyph, network, count=5)
    expected = [k for k in np.argsort(-cosine) if read[k] == y[k]][:5]
    assert [one.similarity for one in right] == pytest.approx(cosine[expected].tolist(), abs=1e-3)
    assert all(one.is_correct for one in right)
    assert {one.label for one in right} == {int(y[5000])}
    listed = {(one.true, one.predicted) for one in network.report.wrong}
    assert wrong
    assert all((one.label, one.predicted) in listed for one in wrong)
    assert [one.similarity for one in wrong] == sorted(
        (one.similarity for one in wrong), reverse=True
    )


def test_only_digits_that_the_model_has_a_label_for_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class FirstPixels:
        """A probe whose features are the first pixels."""

        def features(self, glyphs: np.ndarray) -> np.ndarray:
            return glyphs.reshape(len(glyphs), -1)[:, 200:500].astype(np.float32)

    monkeypatch.setattr(neighbours, "probe_of", lambda _: FirstPixels())
    x, y = mnist_test()
    some: Any = SimpleNamespace(labels=("7", "A"), report=SimpleNamespace(wrong=[]))
    monkeypatch.setattr(neighbours, "_compared", neighbours._compared.__wrapped__)
    right, wrong = nearest(x[y == 7][0], some)
    assert {one.label for one in right} == {0} and not wrong
