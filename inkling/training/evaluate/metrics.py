"""Metrics from probabilities: scikit-learn's where it has them. No Keras here."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import (
    confusion_matrix,
    log_loss,
    precision_recall_fscore_support,
    roc_auc_score,
)

from inkling.imaging.pixels import Pixels
from inkling.recognition.confidence import evidence
from inkling.reports.schema import (
    LabelResult,
    Rejection,
    Reliability,
    ReliabilityBin,
    SplitResult,
    WrongImage,
    encode_image,
)
from inkling.reports.statistics import wilson
from inkling.training.data.formats import Labels
from inkling.training.evaluate.calibration import Probabilities, Scores, Thresholds


def split_result(dataset: str, split: str, p: Probabilities, y: Labels) -> SplitResult:
    """Accuracy with its interval, and log loss in nats, of p (n, labels) against y (n,)."""
    correct = int((p.argmax(axis=1) == y).sum())
    exact = p.astype(np.float64)
    # float32 rows add up to 1 within rounding only, and scikit-learn is strict.
    exact /= exact.sum(axis=1, keepdims=True)
    loss = float(log_loss(y, exact, labels=np.arange(p.shape[1])))
    ece = calibration_error(p, y)
    return SplitResult(dataset, split, len(y), len(y) - correct, loss, wilson(correct, len(y)), ece)


def label_results(p: Probabilities, y: Labels, labels: list[str]) -> list[LabelResult]:
    """Precision, recall, F1 and support of every label."""
    rows = precision_recall_fscore_support(
        y, p.argmax(axis=1), labels=np.arange(len(labels)), zero_division=0.0
    )
    return [
        LabelResult(label, float(precision), float(recall), float(f1), int(support))
        for label, precision, recall, f1, support in zip(labels, *rows, strict=True)
    ]


def confusion(p: Probabilities, y: Labels) -> list[list[int]]:
    """Counts, true label by row and predicted by column."""
    matrix = confusion_matrix(y, p.argmax(axis=1), labels=np.arange(p.shape[1]))
    return [[int(count) for count in row] for row in matrix]


def wrong_images(x: Pixels, p: Probabilities, y: Labels) -> list[WrongImage]:
    """Every image whose answer is wrong, the most confident mistakes first."""
    predicted = p.argmax(axis=1)
    rows = np.flatnonzero(predicted != y)
    rows = rows[np.argsort(-p[rows].max(axis=1), kind="stable")]
    return [
        WrongImage(
            index=int(i),
            true=int(y[i]),
            predicted=int(predicted[i]),
            probabilities=[round(float(value), 6) for value in p[i]],
            image=encode_image(x[i]),
        )
        for i in rows
    ]


def calibration_error(p: Probabilities, y: Labels, bins: int = 15) -> float:
    """Expected calibration error over equal-width confidence bins (Guo et al., 2017)."""
    return reliability("", p, y, bins).ece


def reliability(data: str, p: Probabilities, y: Labels, bins: int = 15) -> Reliability:
    """The reliability diagram of p (n, labels) against y (n,), and the error it adds up to."""
    confidence = p.max(axis=1)
    correct = p.argmax(axis=1) == y
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    filled = []
    error = 0.0
    for k in range(bins):
        inside = place == k
        if inside.any():
            mean, right = float(confidence[inside].mean()), float(correct[inside].mean())
            error += abs(right - mean) * float(inside.mean())
            filled.append(ReliabilityBin(k / bins, (k + 1) / bins, int(inside.sum()), mean, right))
    return Reliability(data, len(y), error, filled)


def rejection(kind: str, p: Probabilities, limits: Thresholds, digits: Probabilities) -> Rejection:
    """How many of (n, labels) strangers pass for a digit, and how well digits stand out."""
    taken = evidence(p) >= limits.digit
    sure = taken & (p.max(axis=1) >= limits.sure)
    apart = separate(evidence(digits), evidence(p))
    return Rejection(kind, len(p), int(taken.sum()), int(sure.sum()), *apart)


def separate(digits: Scores, strangers: Scores, kept: float = 0.99) -> tuple[float, float]:
    """How well scores (n,) of digits stand above scores (m,) of strangers.

    Returns:
        the area under the ROC curve, and the part of the strangers under the score that `kept` of
        the digits reach.
    """
    is_digit = np.concatenate([np.ones(len(digits)), np.zeros(len(strangers))])
    area = float(roc_auc_score(is_digit, np.concatenate([digits, strangers])))
    # "lower": the score of a digit, so that at least `kept` of them reach it.
    limit = float(np.quantile(digits, 1.0 - kept, method="lower"))
    return area, float((strangers < limit).mean())
