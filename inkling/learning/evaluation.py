"""Metrics from probabilities: scikit-learn's where it has them. No Keras here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.metrics import (
    confusion_matrix,
    log_loss,
    precision_recall_fscore_support,
    roc_auc_score,
)

from inkling.classifier import evidence

# Of these metrics the one that the pages need, too.
from inkling.comparing import FEW_APART, mcnemar  # noqa: F401
from inkling.ink import Pixels
from inkling.learning.formats import Labels
from inkling.reports import (
    LabelResult,
    Rejection,
    Reliability,
    ReliabilityBin,
    SplitResult,
    WrongImage,
    encode_image,
    wilson,
)

Probabilities = NDArray[np.float32]
Scores = NDArray[np.floating]
# Sure answers may be wrong this often on validation data, ...
SURE_ERROR = 1e-3
# ... and so many strangers may get one.
SURE_STRANGERS = 5e-3
# So many validation digits may be taken for no digit.
REJECTED = 3e-3


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


def temper(p: Probabilities, temperature: float) -> Probabilities:
    """Probabilities whose logits are divided by `temperature`."""
    logits = np.log(np.maximum(p.astype(np.float64), 1e-30)) / temperature
    logits -= logits.max(axis=1, keepdims=True)
    powers = np.exp(logits)
    tempered: Probabilities = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return tempered


def fit_temperature(p: Probabilities, y: Labels) -> float:
    """The temperature with the least log loss on validation data (Guo et al., 2017)."""

    def loss(log_temperature: float) -> float:
        tempered = temper(p, float(np.exp(log_temperature))).astype(np.float64)
        return float(-np.log(np.maximum(tempered[np.arange(len(y)), y], 1e-30)).mean())

    found = minimize_scalar(loss, bounds=(np.log(0.1), np.log(10.0)), method="bounded")
    return float(np.exp(found.x))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence from which an answer is sure; evidence under which a glyph is no digit."""

    sure: float
    digit: float


def fit_thresholds(
    p: Probabilities, y: Labels, strangers: Probabilities | None = None
) -> Thresholds:
    """Choose both on calibrated validation probabilities.

    `digit` is the evidence that only `REJECTED` of true digits lack. `sure` is the lowest
    confidence above which at most `SURE_ERROR` of the answers are wrong and at most
    `SURE_STRANGERS` of the strangers are found.

    Args:
        p, y: of digits, (n, labels) and (n,).
        strangers: of what is no digit, (m, labels); None for a network that was shown none. Its
            evidence says little about them, so `digit` stays under one half.
    """
    confidence = p.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum((p.argmax(axis=1) != y)[order])
    good = np.flatnonzero(wrong <= SURE_ERROR * np.arange(1, len(y) + 1))
    sure = float(confidence[order][good[-1]]) if good.size else 1.0
    digit = float(np.quantile(evidence(p), REJECTED))
    if strangers is None:
        digit = min(0.5, digit)
    else:
        sure = max(sure, float(np.quantile(strangers.max(axis=1), 1.0 - SURE_STRANGERS)))
    return Thresholds(sure=sure, digit=digit)


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
