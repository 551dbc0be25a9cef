"""The layers' answers, compared with those of Keras and with plain arithmetic."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inkling.explain.layers import Layer, ReceptiveField, probe_of
from inkling.recognition import classifier
from tests.fixtures.keras_models import keras_model
from tests.fixtures.pages_made import mnist_test

pytestmark = pytest.mark.learning
MODELS = ("digits", "pocket", "lenet5", "keras-io")


def layers_of(name: str, glyph: NDArray[np.uint8]) -> list[Layer]:
    return probe_of(classifier.load(name)).layers(glyph)


def keras_answers(name: str, glyphs: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """Keras' answers to a batch, by layer."""
    import keras

    model = keras_model(name)
    parts = keras.Model(model.input, [layer.output for layer in model.layers])
    answers = parts(glyphs[..., None].astype(np.float32) / 255.0, training=False)
    return {
        layer.name: np.asarray(answer) for layer, answer in zip(model.layers, answers, strict=True)
    }


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_gives_the_answer_of_keras(name: str) -> None:
    x, _ = mnist_test()
    for glyph in x[:3]:
        ours = layers_of(name, glyph)
        theirs = {key: value[0] for key, value in keras_answers(name, glyph[None]).items()}
        for layer in ours[:-2]:
            answer = theirs.get(f"{layer.name}_relu", theirs[layer.name])
            assert layer.values.shape == answer.shape
            np.testing.assert_allclose(layer.values, answer, atol=2e-4, rtol=2e-4)
        scores, probabilities = ours[-2:]
        odds = np.exp(scores.values - scores.values.max())
        np.testing.assert_allclose(odds / odds.sum(), theirs["probabilities"], atol=1e-5)
        np.testing.assert_allclose(
            probabilities.values, theirs.get("spread", theirs["probabilities"]), atol=1e-5
        )
        # No layer with maps is left out.
        planes = {key for key in theirs if key.startswith(("c", "p", "s")) and "_" not in key}
        shown = {layer.name for layer in ours if layer.field}
        assert shown == {key for key in planes if theirs[key].ndim == 3}


@pytest.mark.parametrize("name", MODELS)
def test_features_are_the_input_of_the_last_layer(name: str) -> None:
    from inkling.training.evaluate.probabilities import predict
    from inkling.training.export.keras_model import feature_model

    # This is more than one batch, and the last one is not full.
    x = mnist_test()[0][:70]
    theirs = predict(feature_model(keras_model(name)), x)
    ours = probe_of(classifier.load(name)).features(x)
    np.testing.assert_allclose(ours, theirs, atol=3e-4, rtol=3e-4)


@pytest.mark.parametrize("name", MODELS)
def test_filters_are_the_weights_that_make_the_first_maps(name: str) -> None:
    glyph = mnist_test()[0][0]
    first = layers_of(name, glyph)[0]
    assert first.filters is not None
    side, rim = first.filters.shape[0], first.filters.shape[0] // 2
    scaled = glyph.astype(np.float32) / 255.0
    for number in range(first.maps):
        # OpenCV's filter2D correlates, as networks do.
        whole = cv2.filter2D(
            scaled, -1, first.filters[:, :, 0, number], borderType=cv2.BORDER_CONSTANT
        )
        same = first.values.shape[0] == 28
        response = whole if same else whole[rim : 28 - rim, rim : 28 - rim]
        assert side % 2 == 1
        values = first.values[..., number]
        if name == "lenet5":
            values = np.arctanh(np.clip(values, -0.999, 0.999))
            active = np.abs(values) < 3.0
        else:
            active = values > 1e-3
        if active.sum() > 1:
            assert np.ptp((values - response)[active]) < 2e-2


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(MODELS), st.integers(0, 99), st.randoms(use_true_random=False))
def test_a_cell_sees_its_patch_and_nothing_else(name: str, which: int, chance: Any) -> None:
    glyph = mnist_test()[0][which]
    before = layers_of(name, glyph)
    place = chance.choice([k for k, layer in enumerate(before) if layer.field])
    layer = before[place]
    row, column = (chance.randrange(side) for side in layer.values.shape[:2])
    assert layer.field is not None
    x, y, width, height = layer.field.patch(row, column)
    assert 0 <= x < x + width <= 28
    assert 0 <= y < y + height <= 28
    noise = np.random.default_rng(which).integers(0, 256, (28, 28), dtype=np.uint8)
    outside = noise.copy()
    outside[y : y + height, x : x + width] = glyph[y : y + height, x : x + width]
    after = layers_of(name, outside)[place]
    np.testing.assert_allclose(after.values[row, column], layer.values[row, column], atol=2e-5)
    # It does see the corners of its patch.
    for corner_y, corner_x in ((y, x), (y + height - 1, x + width - 1)):
        changed = [glyph.copy(), glyph.copy()]
        changed[0][corner_y, corner_x], changed[1][corner_y, corner_x] = 0, 255
        answers = [layers_of(name, one)[place].values[row, column] for one in changed]
        if layer.kind == "convolution" and place == 0:
            assert not np.array_equal(*answers)


def test_receptive_fields_grow_from_layer_to_layer() -> None:
    # A 5x5 convolution, pooling by two and a 3x3 convolution see 5, 6 and 10 pixels.
    field = ReceptiveField().through(5, 1, 0)
    assert (field.size, field.step) == (5, 1)
    field = field.through(2, 2, 0)
    assert (field.size, field.step) == (6, 2)
    field = field.through(3, 1, 0)
    assert field.patch(0, 0) == (0, 0, 10, 10)
    assert field.patch(1, 9) == (18, 2, 10, 10)


def test_many_threads_get_the_same_answers() -> None:
    x = mnist_test()[0][:12]
    probe = probe_of(classifier.load("pocket"))
    alone = [probe.layers(glyph)[3].values for glyph in x]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda k: probe.layers(x[k % 12])[3].values, range(60)))
    assert all(np.array_equal(alone[k % 12], values) for k, values in enumerate(together))


@pytest.mark.parametrize("wrong", [np.zeros((28, 28)), np.zeros((28, 27), np.uint8)])
def test_other_arrays_than_glyphs_are_refused(wrong: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match="glyphs are uint8"):
        probe_of(classifier.load("pocket")).layers(wrong)
