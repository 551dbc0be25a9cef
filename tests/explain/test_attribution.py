"""Occlusion maps, compared with plain arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inkling.explain import attribution
from inkling.recognition import classifier
from tests.fixtures.pages_made import mnist_test


@given(st.lists(st.floats(0.001, 1.0), min_size=2, max_size=10), st.integers(0, 9))
def test_log_odds_belong_to_the_probability(weights: list[float], label: int) -> None:
    p = np.array([weights], np.float32)
    p /= p.sum()
    label %= len(weights)
    odds = float(np.exp(attribution.log_odds(p, label)[0]))
    assert odds / (1 + odds) == pytest.approx(float(p[0, label]), rel=1e-3)


@pytest.mark.parametrize("which", [0, 1, 8])
def test_occlusion_is_the_mean_effect_of_covering_a_pixel(which: int) -> None:
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


def test_occlusion_of_blank_paper_is_zero() -> None:
    heat = attribution.occlusion(np.zeros((28, 28), np.uint8), classifier.load("pocket"))
    assert not heat.any()
