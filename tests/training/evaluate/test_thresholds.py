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
    fit_thresholds,
)


def test_thresholds_hold_on_the_data_they_were_fitted_on():
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.full(10, 0.1), 5000).astype(np.float32)
    y = p.argmax(axis=1).astype(np.uint8)
    wrong = rng.random(5000) > p.max(axis=1)
    y[wrong] = (y[wrong] + 1) % 10
    limits = fit_thresholds(p, y)
    sure = p.max(axis=1) >= limits.sure
    assert sure.any()
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
