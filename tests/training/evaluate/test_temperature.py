"""Temperature scaling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.training.evaluate.metrics import calibration_error
from inkling.training.evaluate.temperature import fit_temperature, temper


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.2, 5.0))
def test_tempering_keeps_the_answers(seed, temperature):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(10), 50).astype(np.float32)
    tempered = temper(p, temperature)
    assert np.allclose(tempered.sum(axis=1), 1.0, atol=1e-5)
    assert np.array_equal(tempered.argmax(axis=1), p.argmax(axis=1))


def test_the_fitted_temperature_undoes_a_distortion():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 10))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = (rng.random((20_000, 1)) > p.cumsum(axis=1)).sum(axis=1).clip(0, 9).astype(np.uint8)
    overconfident = temper(p.astype(np.float32), 0.4)
    assert fit_temperature(overconfident, y) == pytest.approx(2.5, rel=0.05)
    assert calibration_error(p, y) < 0.02
    assert calibration_error(overconfident, y) > 0.1
