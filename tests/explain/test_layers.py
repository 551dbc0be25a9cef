"""What is shown of a network's inside, against Keras and against plain arithmetic."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inkling.explain import attribution, layers
from inkling.explain.layers import Field, Layer
from inkling.imaging.glyph import to_glyph
from inkling.paths import model_folder
from inkling.recognition import classifier
from tests.fixtures.pages_made import mnist_test

pytestmark = pytest.mark.learning
MODELS = ("digits", "pocket", "lenet5", "keras-io")


def layers_of(name: str, glyph: NDArray[np.uint8]) -> list[Layer]:
    return layers.of(classifier.load(name)).layers(glyph)


@cache
def keras_model(name: str) -> Any:
    import keras

    return keras.saving.load_model(model_folder() / name / "model.keras")


def keras_answers(name: str, glyphs: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """By layer, Keras' own answers to a batch."""
    import keras

    model = keras_model(name)
    parts = keras.Model(model.input, [layer.output for layer in model.layers])
    answers = parts(glyphs[..., None].astype(np.float32) / 255.0, training=False)
    return {
        layer.name: np.asarray(answer) for layer, answer in zip(model.layers, answers, strict=True)
    }


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_answers_as_keras_does(name: str) -> None:
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
        # Nothing a person would call a layer is left out.
        planes = {key for key in theirs if key.startswith(("c", "p", "s")) and "_" not in key}
        shown = {layer.name for layer in ours if layer.field}
        assert shown == {key for key in planes if theirs[key].ndim == 3}


@pytest.mark.parametrize("name", MODELS)
def test_features_are_what_the_last_layer_is_given(name: str) -> None:
    from inkling.training.evaluate.probabilities import predict
    from inkling.training.export.keras_model import feature_model

    # More than a batch, and not a whole number of them.
    x = mnist_test()[0][:70]
    theirs = predict(feature_model(keras_model(name)), x)
    ours = layers.of(classifier.load(name)).features(x)
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
    # Its corners are seen.
    for corner_y, corner_x in ((y, x), (y + height - 1, x + width - 1)):
        changed = [glyph.copy(), glyph.copy()]
        changed[0][corner_y, corner_x], changed[1][corner_y, corner_x] = 0, 255
        answers = [layers_of(name, one)[place].values[row, column] for one in changed]
        if layer.kind == "convolution" and place == 0:
            assert not np.array_equal(*answers)


def test_fields_grow_as_the_textbook_says() -> None:
    # 5x5, pooled by two, 3x3: 5, 6, 10 pixels; steps 1, 2, 2.
    field = Field().through(5, 1, 0)
    assert (field.size, field.step) == (5, 1)
    field = field.through(2, 2, 0)
    assert (field.size, field.step) == (6, 2)
    field = field.through(3, 1, 0)
    assert field.patch(0, 0) == (0, 0, 10, 10)
    assert field.patch(1, 9) == (18, 2, 10, 10)


def test_many_threads_are_told_the_same() -> None:
    x = mnist_test()[0][:12]
    inside = layers.of(classifier.load("pocket"))
    alone = [inside.layers(glyph)[3].values for glyph in x]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda k: inside.layers(x[k % 12])[3].values, range(60)))
    assert all(np.array_equal(alone[k % 12], values) for k, values in enumerate(together))


@pytest.mark.parametrize("wrong", [np.zeros((28, 28)), np.zeros((28, 27), np.uint8)])
def test_what_is_no_glyph_is_refused(wrong: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match="glyphs are uint8"):
        layers.of(classifier.load("pocket")).layers(wrong)


# --- reasons -------------------------------------------------------------------------------------


@given(st.lists(st.floats(0.001, 1.0), min_size=2, max_size=10), st.integers(0, 9))
def test_log_odds_are_those_of_the_odds(weights: list[float], label: int) -> None:
    p = np.array([weights], np.float32)
    p /= p.sum()
    label %= len(weights)
    odds = float(np.exp(attribution.log_odds(p, label)[0]))
    assert odds / (1 + odds) == pytest.approx(float(p[0, label]), rel=1e-3)


@pytest.mark.parametrize("which", [0, 1, 8])
def test_occlusion_is_what_hiding_each_place_does(which: int) -> None:
    network, glyph = classifier.load("pocket"), mnist_test()[0][which]
    heat = attribution.occlusion(glyph, network)
    label = int(network.probabilities(glyph[None]).argmax())

    def odds(image: NDArray[np.uint8]) -> float:
        p = network.probabilities(image[None])[0].astype(np.float64)
        return float(np.log(p[label] / np.delete(p, label).sum()))

    rng = np.random.default_rng(which)
    for row, column in rng.integers(0, 28, (12, 2)).tolist():
        drops = []
        for top in range(-4, 28, 2):
            for left in range(-4, 28, 2):
                if top <= row < top + 5 and left <= column < left + 5:
                    image = glyph.copy()
                    image[max(0, top) : top + 5, max(0, left) : left + 5] = 0
                    drops.append(odds(glyph) - odds(image))
        assert heat[row, column] == pytest.approx(np.mean(drops), abs=2e-3)


def test_occlusion_of_blank_paper_is_nothing() -> None:
    heat = attribution.occlusion(np.zeros((28, 28), np.uint8), classifier.load("pocket"))
    assert not heat.any()


def test_a_change_of_mind_is_real_small_and_in_one_piece() -> None:
    network = classifier.load("digits")
    changes = 0
    for glyph in mnist_test()[0][:25]:
        change = attribution.change_of_mind(glyph, network)
        if change is None:
            continue
        changes += 1
        before = network.predict(glyph[None])[0]
        assert change.prediction.label != before.label
        assert change.prediction.is_digit
        assert network.predict(change.glyph[None])[0] == change.prediction
        large = cv2.resize(glyph, (84, 84), interpolation=cv2.INTER_CUBIC)
        assert (large[change.piece] >= 64).all()
        assert change.part == pytest.approx(change.piece.sum() / (large >= 64).sum())
        assert 0 < change.part <= attribution.LARGEST
        assert cv2.connectedComponents(change.piece.astype(np.uint8))[0] == 2
    assert changes > 10


def test_a_seven_without_its_bar_is_a_one() -> None:
    ink = np.zeros((120, 120), np.uint8)
    cv2.polylines(ink, [np.array([[35, 20], [75, 20], [60, 100]])], False, 255, 11, cv2.LINE_AA)
    glyph = to_glyph(ink).pixels
    network = classifier.load("digits")
    assert network.predict(glyph[None])[0].label == "7"
    change = attribution.change_of_mind(glyph, network)
    assert change is not None
    assert change.prediction.label == "1"
    rows, _ = np.nonzero(change.piece)
    assert rows.mean() < 35


def test_blank_paper_has_no_mind_to_change() -> None:
    assert (
        attribution.change_of_mind(np.zeros((28, 28), np.uint8), classifier.load("pocket")) is None
    )


def test_the_nearest_are_those_with_the_most_alike_features() -> None:
    name = "lenet5"
    network, (x, y) = classifier.load(name), mnist_test()
    from inkling.training.evaluate.probabilities import predict
    from inkling.training.export.keras_model import feature_model

    model = keras_model(name)
    features = predict(feature_model(model), x[: attribution.KNOWN])
    glyph = x[5000]
    own = predict(feature_model(model), glyph[None])[0]
    cosine = features @ own / np.linalg.norm(features, axis=1) / np.linalg.norm(own)
    read = predict(model, x[: attribution.KNOWN]).argmax(axis=1)
    right, wrong = attribution.nearest(glyph, network, count=5)
    expected = [k for k in np.argsort(-cosine) if read[k] == y[k]][:5]
    assert [one.likeness for one in right] == pytest.approx(cosine[expected].tolist(), abs=1e-3)
    assert all(one.is_right for one in right)
    assert {one.label for one in right} == {int(y[5000])}
    listed = {(one.true, one.predicted) for one in network.report.wrong}
    assert wrong
    assert all((one.label, one.read) in listed for one in wrong)
    assert [one.likeness for one in wrong] == sorted((one.likeness for one in wrong), reverse=True)
