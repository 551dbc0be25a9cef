"""The thresholds of a model, fitted on validation data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkling.recognition.confidence import evidence
from inkling.training.data.formats import Labels
from inkling.training.evaluate.probabilities import Probabilities

# The part of the sure answers to digits that may be wrong.
MAX_SURE_ERRORS = 1e-3
# The part of the negatives that may get a sure answer.
MAX_SURE_NEGATIVES = 5e-3
# The part of the digits that may be taken for no digit.
MAX_REJECTED_DIGITS = 3e-3


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The thresholds of a model.

    Attributes:
        sure: the confidence from which an answer is sure.
        digit: the evidence below which a glyph is no digit (see `confidence.evidence`).
    """

    sure: float
    digit: float


def fit_thresholds(
    p: Probabilities, y: Labels, negatives: Probabilities | None = None
) -> Thresholds:
    """Choose both thresholds on calibrated probabilities of validation data.

    `digit` is the evidence that all but `MAX_REJECTED_DIGITS` of the digits reach. `sure` is the
    lowest confidence above which at most `MAX_SURE_ERRORS` of the answers are wrong and which at
    most `MAX_SURE_NEGATIVES` of the negatives reach.

    Args:
        p: of digits, (n, labels).
        y: their labels, (n,).
        negatives: of negatives, (m, labels); None if the network was not trained on any. Evidence
            then says little about what is no digit, so `digit` is at most one half.
    """
    confidence = p.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    errors = np.cumsum((p.argmax(axis=1) != y)[order])
    allowed = np.flatnonzero(errors <= MAX_SURE_ERRORS * np.arange(1, len(y) + 1))
    sure = float(confidence[order][allowed[-1]]) if allowed.size else 1.0
    digit = float(np.quantile(evidence(p), MAX_REJECTED_DIGITS))
    if negatives is None:
        digit = min(0.5, digit)
    else:
        sure = max(sure, float(np.quantile(negatives.max(axis=1), 1.0 - MAX_SURE_NEGATIVES)))
    return Thresholds(sure=sure, digit=digit)
