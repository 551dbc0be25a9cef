"""Metrics of probabilities, with scikit-learn where it has them. No Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
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
from inkling.training.evaluate.probabilities import Probabilities
from inkling.training.evaluate.thresholds import Thresholds

Scores = NDArray[np.floating]


def split_result(dataset: str, split: str, p: Probabilities, y: Labels) -> SplitResult:
    """Accuracy with its interval, log loss in nats and calibration error of p (n, labels)."""
    correct = int((p.argmax(axis=1) == y).sum())
    exact = p.astype(np.float64)
    # Rows of float32 sum to 1 only within rounding, which scikit-learn does not accept.
    exact /= exact.sum(axis=1, keepdims=True)
    loss = float(log_loss(y, exact, labels=np.arange(p.shape[1])))
    ece = calibration_error(p, y)
    return SplitResult(dataset, split, len(y), len(y) - correct, loss, wilson(correct, len(y)), ece)


def label_results(p: Probabilities, y: Labels, labels: list[str]) -> list[LabelResult]:
    """Precision, recall, F1 and support of each label."""
    rows = precision_recall_fscore_support(
        y, p.argmax(axis=1), labels=np.arange(len(labels)), zero_division=0.0
    )
    return [
        LabelResult(label, float(precision), float(recall), float(f1), int(support))
        for label, precision, recall, f1, support in zip(labels, *rows, strict=True)
    ]


def confusion(p: Probabilities, y: Labels) -> list[list[int]]:
    """The confusion matrix: counts, true label by row and predicted label by column."""
    matrix = confusion_matrix(y, p.argmax(axis=1), labels=np.arange(p.shape[1]))
    return [[int(count) for count in row] for row in matrix]


def wrong_images(x: Pixels, p: Probabilities, y: Labels) -> list[WrongImage]:
    """The images that p gets wrong, the most confident errors first."""
    predicted = p.argmax(axis=1)
    rows = np.flatnonzero(predicted != y)
    rows = rows[np.argsort(-p[rows].max(axis=1), kind="stable")]
    return [WrongImage(**image_fields(i, x, p, y)) for i in rows.tolist()]


def image_fields(i: int, x: Pixels, p: Probabilities, y: Labels) -> dict[str, Any]:
    """The fields of a `WrongImage` for row i of test images x (n, 28, 28), p and y."""
    return {
        "index": int(i),
        "true": int(y[i]),
        "predicted": int(p[i].argmax()),
        "probabilities": [round(float(value), 6) for value in p[i]],
        "image": encode_image(x[i]),
    }


def calibration_error(p: Probabilities, y: Labels, bins: int = 15) -> float:
    """The expected calibration error over equal-width confidence bins (Guo et al., 2017)."""
    return reliability("", p, y, bins).ece


def reliability(data: str, p: Probabilities, y: Labels, bins: int = 15) -> Reliability:
    """The reliability diagram of p (n, labels) against y (n,), with its calibration error."""
    confidence = p.max(axis=1)
    correct = p.argmax(axis=1) == y
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    filled = []
    error = 0.0
    for k in range(bins):
        inside = bin_of == k
        if inside.any():
            mean, accuracy = float(confidence[inside].mean()), float(correct[inside].mean())
            error += abs(accuracy - mean) * float(inside.mean())
            n = int(inside.sum())
            filled.append(ReliabilityBin(k / bins, (k + 1) / bins, n, mean, accuracy))
    return Reliability(data, len(y), error, filled)


def rejection(
    kind: str, p: Probabilities, thresholds: Thresholds, digits: Probabilities
) -> Rejection:
    """How many negatives of one kind pass for a digit, and how well digits stand out.

    Args:
        kind: its name.
        p: of the negatives, (n, labels).
        thresholds: of the model.
        digits: of true digits, (m, labels).
    """
    is_taken = evidence(p) >= thresholds.digit
    is_sure = is_taken & thresholds.is_sure(p)
    auroc, rejected = separability(evidence(digits), evidence(p))
    return Rejection(kind, len(p), int(is_taken.sum()), int(is_sure.sum()), auroc, rejected)


def separability(digits: Scores, negatives: Scores, recall: float = 0.99) -> tuple[float, float]:
    """How well a score separates digits from negatives.

    Args:
        digits: their scores, (n,).
        negatives: their scores, (m,).
        recall: the part of the digits to accept.

    Returns:
        The area under the ROC curve, and the part of the negatives below the score that `recall` of
        the digits reach.
    """
    is_digit = np.concatenate([np.ones(len(digits)), np.zeros(len(negatives))])
    auroc = float(roc_auc_score(is_digit, np.concatenate([digits, negatives])))
    # "lower" takes the score of a digit, so at least `recall` of them reach it.
    threshold = float(np.quantile(digits, 1.0 - recall, method="lower"))
    return auroc, float((negatives < threshold).mean())
