"""Metrics of probabilities, compared with scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score

from inkling.training.evaluate.metrics import reliability, split_result


def test_a_split_result_counts_errors():
    p = np.eye(10, dtype=np.float32)[[1, 2, 3, 4]] * 0.9 + 0.01
    y = np.array([1, 2, 3, 5], np.uint8)
    result = split_result("made", "test", p, y)
    assert (result.n, result.errors) == (4, 1)
    assert result.accuracy.value == accuracy_score(y, p.argmax(axis=1))


def test_reliability_is_scikit_learns_and_sums_to_the_error():
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.full(10, 0.2), 4000).astype(np.float32)
    y = rng.integers(0, 10, 4000).astype(np.uint8)
    diagram = reliability("made", p, y)
    right, mean = calibration_curve(p.argmax(axis=1) == y, p.max(axis=1), n_bins=15)
    assert [one.accuracy for one in diagram.bins] == pytest.approx(right.tolist())
    assert [one.confidence for one in diagram.bins] == pytest.approx(mean.tolist(), rel=1e-5)
    assert sum(one.n for one in diagram.bins) == diagram.n == 4000
    gaps = [one.n / 4000 * abs(one.accuracy - one.confidence) for one in diagram.bins]
    assert diagram.ece == pytest.approx(sum(gaps))
