"""The feature maps as pictures, and the choice of a cell."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.explain import layers as explain_layers
from inkling.explain.layers import Layer
from inkling.recognition import classifier
from inkling.ui.shared import feature_maps, images
from tests.fixtures.pages_made import mnist_test


@pytest.fixture(scope="module")
def layers() -> list[Layer]:
    """The layers of the pocket network that have a plane, for one digit."""
    found = explain_layers.probe_of(classifier.load("pocket")).layers(mnist_test()[0][0])
    return [layer for layer in found if layer.field is not None]


def test_without_a_choice_the_strongest_cell_is_chosen(layers: list[Layer]) -> None:
    cell = feature_maps.chosen_cell(layers[0], None)
    value = abs(layers[0].values[cell.row, cell.column, cell.map])
    assert value == pytest.approx(np.abs(layers[0].values).max())


def test_a_choice_is_kept_as_far_as_a_layer_has_it(layers: list[Layer]) -> None:
    first, *_, last = layers
    choice = {"map": 3, "row": 20, "column": 7}
    assert feature_maps.chosen_cell(first, choice) == feature_maps.Cell(3, 20, 7)
    assert feature_maps.chosen_cell(last, choice) == feature_maps.Cell(3, *last.strongest(3))


@pytest.mark.parametrize(
    "choice", [{}, {"map": -1}, {"map": "3"}, {"map": 99}, "3", {"map": 3, "row": 1.5}]
)
def test_a_choice_that_is_not_valid_still_gives_a_cell(layers: list[Layer], choice: object) -> None:
    cell = feature_maps.chosen_cell(layers[0], choice)
    assert 0 <= cell.map < layers[0].maps
    assert 0 <= cell.row < 24
    assert 0 <= cell.column < 24


def test_the_sprite_holds_the_maps_one_below_the_other(layers: list[Layer]) -> None:
    layer = layers[0]
    picture = images.rgb(feature_maps.sprite(layer)).astype(float)
    assert picture.shape == (24 * 16, 24, 3)
    darkness = 255.0 - picture.mean(axis=2)
    top = np.percentile(layer.values, 98.5)
    for number in range(16):
        tile = darkness[24 * number : 24 * (number + 1)].ravel()
        values = np.minimum(layer.values[..., number].ravel(), top)
        if np.ptp(values) > 0.1 * top:
            assert np.corrcoef(tile, values)[0, 1] > 0.99


def test_each_sign_has_its_own_colour() -> None:
    colours = feature_maps.signed(np.array([[-1.0, 0.0, 1.0]], np.float32)).astype(int)
    assert np.abs(colours[0, 0] - np.array(feature_maps.NEGATIVE)).max() <= 6
    assert np.abs(colours[0, 1] - np.array(images.PAPER)).max() <= 1
    assert np.abs(colours[0, 2] - np.array(feature_maps.POSITIVE)).max() <= 6
