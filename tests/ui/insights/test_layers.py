"""The network's layers and what they make of a digit."""

from __future__ import annotations

import numpy as np

from inkling.explain import layers as explain_layers
from inkling.recognition import classifier
from inkling.ui.insights.layers import network_html
from tests.ui.insights.page import open_page, texts


def test_every_layer_is_shown_for_every_digit():
    test = open_page("Inside", "lenet5")
    for digit in ("0", "7"):
        test.session_state["inside-of-10"] = digit
        test.run()
        assert not test.exception
    (picture,) = (html.value for html in test.html if "c5" in html.value)
    for name, shape, weights in (("c1", "28 × 28 × 6", "156"), ("c5", "1 × 1 × 120", "48,120")):
        assert name in picture and shape in picture and f"{weights} weights" in picture
    assert "61,706 weights and biases" in texts(test)


def test_the_weights_of_a_network_without_normalisation_add_up():
    for name in ("lenet5", "keras-io"):
        loaded = classifier.load(name)
        layers = explain_layers.probe_of(loaded).layers(np.zeros((28, 28), np.uint8))
        blocks = explain_layers.blocks(layers)
        assert sum(block.weights for block in blocks) == loaded.report.parameters
        assert network_html(blocks).count('role="listitem"') == len(blocks) + 1
