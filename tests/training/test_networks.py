"""The networks' sizes."""

from __future__ import annotations

import pytest

from inkling.training import networks
from inkling.training.export.keras_model import multiply_adds

pytestmark = pytest.mark.learning


def test_pocket_fits_a_pocket():
    model = networks.build("pocket")
    assert model.count_params() <= 60_000
    assert multiply_adds(model) <= 2_500_000


def test_lenet5_has_the_size_in_the_paper():
    model = networks.build("lenet5")
    assert model.count_params() == 61_706
    # By hand: 28*28*6*25 + 10*10*16*150 + 120*400 + 120*84 + 84*10.
    assert multiply_adds(model) == 117_600 + 240_000 + 48_000 + 10_080 + 840


def test_a_sprint_is_small():
    model = networks.build("sprint")
    # By hand: kernels 5x5x24 and 3x3x24x32, 800 to 256 to 10; each norm has four per channel.
    weights = 600 + 6_912 + 800 * 256 + 2_560 + 10
    assert model.count_params() == weights + 4 * (24 + 32 + 256)
    assert multiply_adds(model) == 24 * 24 * 600 + 10 * 10 * 6_912 + 800 * 256 + 2_560
