"""The thresholds of a model."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from inkling.recognition.confidence import evidence
from inkling.training.evaluate.metrics import rejection
from inkling.training.evaluate.thresholds import (
    MAX_REJECTED_DIGITS,
    MAX_SURE_ERRORS,
    MAX_SURE_NEGATIVES,
    fit_thresholds,
)


def test_thresholds_hold_on_the_data_they_were_fitted_on():
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.full(10, 0.1), 5000).astype(np.float32)
    y = p.argmax(axis=1).astype(np.uint8)
    wrong = rng.random(5000) > p.max(axis=1)
    y[wrong] = (y[wrong] + 1) % 10
    limits = fit_thresholds(p, y)
    sure = limits.is_sure(p)
    assert sure.any()
    np.testing.assert_array_equal(
        sure, [row.max() >= limits.sure[row.argmax()] for row in p.astype(np.float64)]
    )
    assert (p.argmax(axis=1) != y)[sure].mean() <= MAX_SURE_ERRORS
    assert (evidence(p) < limits.digit).mean() <= MAX_REJECTED_DIGITS


def test_thresholds_shut_negatives_out():
    rng = np.random.default_rng(2)
    y = rng.integers(0, 10, 4000).astype(np.uint8)
    p = np.full((4000, 10), 0.002, np.float32)
    p[np.arange(4000), y] = 0.982
    negatives = rng.dirichlet(np.full(10, 50.0), 1000).astype(np.float32)
    negatives[:3] = p[:3]  # Three are as confident as digits, which is few enough.
    limits = fit_thresholds(p, y, negatives)
    assert limits.digit == pytest.approx(0.98)
    row = rejection("made", negatives, limits, p)
    assert (row.kind, row.n) == ("made", 1000)
    assert row.sure <= row.accepted <= 5
    is_digit = np.r_[np.ones(len(p)), np.zeros(len(negatives))]
    scores = np.r_[evidence(p), evidence(negatives)]
    assert row.auroc == pytest.approx(roc_auc_score(is_digit, scores))
    assert row.rejected == pytest.approx(1 - 3 / 1000)


def test_the_same_part_of_every_label_is_sure():
    rng = np.random.default_rng(3)
    y = np.arange(20_000, dtype=np.int64) % 10
    # A label that gives less evidence than the others is not doubted more often.
    p = np.zeros((len(y), 10), np.float32)
    top = rng.uniform(0.97, 1.0, len(y)) - 0.05 * (y == 1)
    p[:] = ((1.0 - top) / 9.0)[:, None]
    p[np.arange(len(y)), y] = top
    negatives = np.full((1000, 10), 0.1, np.float32)
    negatives[:60] = 0.015 / 9.0
    negatives[:60, 4] = 0.985
    limits = fit_thresholds(p, y.astype(np.uint8), negatives)
    assert limits.is_sure(negatives).mean() <= MAX_SURE_NEGATIVES
    parts = [float(limits.is_sure(p[y == label]).mean()) for label in range(10)]
    assert max(parts) - min(parts) < 0.002
    assert 0.0 < min(parts) < 1.0
    assert limits.sure[1] == min(limits.sure)


def test_without_a_threshold_that_is_good_enough_nothing_is_sure():
    rng = np.random.default_rng(4)
    p = rng.dirichlet(np.full(10, 0.01), 500).astype(np.float32)
    y = ((p.argmax(axis=1) + 1) % 10).astype(np.uint8)
    limits = fit_thresholds(p, y)
    assert limits.sure == (1.0,) * 10
