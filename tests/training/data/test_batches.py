"""The batches of a training."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.training.data.batches import targets
from inkling.training.data.formats import NO_LABEL
from inkling.training.settings import Settings

pytestmark = pytest.mark.learning


def test_the_targets_of_negatives():
    y = np.array([3, NO_LABEL], np.uint8)
    rows = targets(y, Settings(), 10)
    assert rows[0].tolist() == np.eye(10)[3].tolist()
    assert rows[1] == pytest.approx(np.full(10, 0.1))
    rows = targets(y, Settings(negatives="output"), 10)
    assert rows.tolist() == np.eye(11)[[3, 10]].tolist()
