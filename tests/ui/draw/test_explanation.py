"""The expanders that explain an answer, as a visitor opens them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.fixtures.app import texts


def page() -> None:
    """A page with one drawing and its explanation."""
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
    """The page with some expanders opened by its address."""
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["model"] = model
    for part in parts:
        app.query_params[part] = "true"
    return app.run()


def test_closed_expanders_show_nothing() -> None:
    app = opened()
    assert not app.exception
    assert [part.label for part in app.expander] == [
        "See inside",
        "What mattered",
        "Similar digits",
    ]
    assert texts(app) == ""


@pytest.mark.parametrize("model", ["digits", "lenet5"])
def test_seven_steps_lead_from_the_drawing_to_the_answer(model: str) -> None:
    app = opened("inside", model=model)
    for step in range(1, 8):
        assert not app.exception
        assert f"Step {step} of 7" in texts(app)
        if step < 7:
            app.button(key="inside-next").click().run()
    assert "The result: a 7 with " in texts(app)
    assert not [button for button in app.button if button.key == "inside-next"]


def test_any_layer_can_be_shown() -> None:
    app = opened("inside")
    app.session_state["inside-step"] = 5
    app.run()
    layers = next(one for one in app.button_group if one.label == "Layer")
    for place, name in enumerate(("1, pooled", "Layer 2", "Layer 3", "Layer 4", "Layer 5")):
        option = layers.options[place]
        assert name in (option, getattr(option, "content", ""))
    app.session_state["inside-layer-6"] = 5
    app.run()
    assert not app.exception
    assert "128 maps of 2 by 2 cells" in texts(app)


def test_what_mattered_and_similar_digits() -> None:
    app = opened("mattered", "alike")
    assert not app.exception
    assert "your 7 would be a 1" in texts(app)
    assert "look most like yours" in texts(app)
