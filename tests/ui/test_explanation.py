"""“See inside” as a visitor opens it, and the pictures it shows."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from inkling.explain import layers as explain_layers
from inkling.imaging.glyph import to_glyph
from inkling.imaging.ink import from_canvas
from inkling.recognition import classifier
from inkling.ui.shared import feature_maps, heatmap, images
from tests.fixtures.pages_made import mnist_test
from tests.fixtures.redrawn import on_canvas


def page() -> None:
    """A page with one drawing on it, and the section."""
    import numpy as np
    import streamlit as st

    from inkling.ui.draw import explanation, prediction
    from inkling.ui.shared import resources
    from tests.fixtures.pages_made import mnist_test
    from tests.fixtures.redrawn import on_canvas

    pixels = on_canvas(mnist_test()[0][0], np.random.default_rng(0))
    classifier = resources.classifier(st.session_state.get("model", "digits"))
    explanation.section(prediction.read(pixels, classifier)[0], pixels, classifier)


def opened(*parts: str, model: str = "digits") -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["model"] = model
    for part in parts:
        app.query_params[part] = "true"
    return app.run()


def said(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def test_closed_it_shows_and_computes_nothing() -> None:
    app = opened()
    assert not app.exception
    assert [part.label for part in app.expander] == ["See inside", "What mattered", "Looks like"]
    assert said(app) == ""


@pytest.mark.parametrize("model", ["digits", "lenet5"])
def test_seven_steps_lead_from_the_drawing_to_the_answer(model: str) -> None:
    app = opened("inside", model=model)
    for step in range(1, 8):
        assert not app.exception
        assert f"Step {step} of 7" in said(app)
        if step < 7:
            app.button(key="inside-next").click().run()
    assert "So it is a 7 with " in said(app)
    assert not [button for button in app.button if button.key == "inside-next"]


def test_any_layer_can_be_looked_at() -> None:
    app = opened("inside")
    app.session_state["inside-step"] = 5
    app.run()
    layers = next(one for one in app.button_group if one.label == "Layer")
    for place, name in enumerate(("1, pooled", "Layer 2", "Layer 3", "Layer 4", "Layer 5")):
        assert layers.options[place] == name or layers.options[place].content == name
    app.session_state["inside-layer-6"] = 5
    app.run()
    assert not app.exception
    assert "128 maps of 2 by 2 cells" in said(app)


def test_what_mattered_and_what_is_alike() -> None:
    app = opened("mattered", "alike")
    assert not app.exception
    assert "your 7 would be a 1" in said(app)
    assert "most like it" in said(app)


# --- pictures -------------------------------------------------------------------------------------


def test_a_chosen_place_is_kept_as_far_as_a_layer_has_it() -> None:
    first, *_, last = [
        layer
        for layer in explain_layers.of(classifier.load("pocket")).layers(mnist_test()[0][0])
        if layer.field
    ]
    strongest = feature_maps.chosen(first, None)
    assert abs(first.values[strongest.row, strongest.column, strongest.map]) == pytest.approx(
        np.abs(first.values).max()
    )
    wanted = {"map": 3, "row": 20, "column": 7}
    assert feature_maps.chosen(first, wanted) == feature_maps.Place(3, 20, 7)
    assert feature_maps.chosen(last, wanted) == feature_maps.Place(3, *last.strongest(3))
    for nonsense in ({}, {"map": -1}, {"map": "3"}, {"map": 99}, "3", {"map": 3, "row": 1.5}):
        place = feature_maps.chosen(first, nonsense)
        assert 0 <= place.map < first.maps
        assert 0 <= place.row < 24
        assert 0 <= place.column < 24


def test_the_sprite_holds_the_maps_one_below_the_other() -> None:
    layer = explain_layers.of(classifier.load("pocket")).layers(mnist_test()[0][0])[0]
    picture = images.rgb(feature_maps.sprite(layer)).astype(float)
    assert picture.shape == (24 * 16, 24, 3)
    darkness = 255.0 - picture.mean(axis=2)
    top = np.percentile(layer.values, 98.5)
    for number in range(16):
        tile = darkness[24 * number : 24 * (number + 1)].ravel()
        values = np.minimum(layer.values[..., number].ravel(), top)
        if np.ptp(values) > 0.1 * top:
            assert np.corrcoef(tile, values)[0, 1] > 0.99


@pytest.mark.parametrize("seed", range(6))
def test_the_window_shows_a_drawing_where_its_glyph_has_it(seed: int) -> None:
    ink = from_canvas(on_canvas(mnist_test()[0][seed], np.random.default_rng(seed), 400))
    glyph = to_glyph(ink)
    where = heatmap.window(ink, glyph)
    shrunk = cv2.resize(where.ink, (28, 28), interpolation=cv2.INTER_AREA).astype(float)
    assert np.corrcoef(shrunk.ravel(), glyph.pixels.ravel().astype(float))[0, 1] > 0.95
    laid = where.laid_over(glyph.pixels.astype(np.float32))
    assert np.corrcoef(laid.ravel(), where.ink.ravel().astype(float))[0, 1] > 0.9
    large = cv2.resize(glyph.pixels, (84, 84), interpolation=cv2.INTER_LINEAR)
    again = where.laid_over(large.astype(np.float32), 3.0)
    assert np.abs(again - laid)[20:-20, 20:-20].mean() < 6.0


def test_signs_have_colours_of_their_own() -> None:
    colours = feature_maps.signed(np.array([[-1.0, 0.0, 1.0]], np.float32)).astype(int)
    assert np.abs(colours[0, 0] - np.array(feature_maps.NEGATIVE)).max() <= 6
    assert np.abs(colours[0, 1] - np.array(images.PAPER)).max() <= 1
    assert np.abs(colours[0, 2] - np.array(feature_maps.POSITIVE)).max() <= 6
