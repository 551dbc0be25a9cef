"""The thresholds of a model, fitted on validation data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.recognition.confidence import evidence
from inkling.training.data.formats import Labels
from inkling.training.evaluate.probabilities import Probabilities

# The part of the sure answers to digits that may be wrong.
MAX_SURE_ERRORS = 1.5e-3
# The part of the negatives that may get a sure answer.
MAX_SURE_NEGATIVES = 7.5e-3
# The parts of each label's digits that may stay unsure are tried in these steps.
UNSURE_STEP = 5e-3
# No answer of a lower confidence is sure, however few validation digits of its label have one.
MIN_SURE = 0.9
# The part of the digits that may be taken for no digit.
MAX_REJECTED_DIGITS = 3e-3


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The thresholds of a model.

    Attributes:
        sure: for each label the confidence from which its answer is sure.
        digit: the evidence below which a glyph is no digit (see `confidence.evidence`).
    """

    sure: tuple[float, ...]
    digit: float

    def is_sure(self, p: Probabilities) -> NDArray[np.bool_]:
        """Whether answers are confident enough to be sure: bool (n,), for p of (n, labels)."""
        return np.asarray(p.max(axis=1) >= np.asarray(self.sure, np.float32)[p.argmax(axis=1)])


def fit_thresholds(
    p: Probabilities, y: Labels, negatives: Probabilities | None = None
) -> Thresholds:
    """Choose the thresholds on calibrated probabilities of validation data.

    `digit` is the evidence that all but `MAX_REJECTED_DIGITS` of the digits reach. `sure` leaves
    the same part of every label's digits unsure, as small a part as possible (class-conditional
    quantiles, as in Mondrian conformal prediction: Vovk, Gammerman and Shafer, 2005), so that at
    most `MAX_SURE_ERRORS` of the sure answers are wrong and at most `MAX_SURE_NEGATIVES` of the
    negatives get one. One threshold for all labels would doubt nearly every plain 1, since a
    single stroke gives less evidence than a loop.

    Args:
        p: of digits, (n, labels).
        y: their labels, (n,).
        negatives: of negatives, (m, labels); None if the network was not trained on any. Evidence
            then says little about what is no digit, so `digit` is at most one half.
    """
    digit = float(np.quantile(evidence(p), MAX_REJECTED_DIGITS))
    if negatives is None:
        digit = min(0.5, digit)
    is_wrong = p.argmax(axis=1) != y
    for unsure in np.arange(UNSURE_STEP, 1.0, UNSURE_STEP).tolist():
        found = Thresholds(_quantiles(p, y, unsure), digit)
        is_sure = found.is_sure(p)
        if (is_wrong & is_sure).sum() > MAX_SURE_ERRORS * is_sure.sum():
            continue
        if negatives is None or found.is_sure(negatives).mean() <= MAX_SURE_NEGATIVES:
            return found
    return Thresholds((1.0,) * p.shape[1], digit)


def _quantiles(p: Probabilities, y: Labels, part: float) -> tuple[float, ...]:
    """For each label the confidence that all but a part of its digits exceed; 1 without digits."""
    confidence = np.maximum(p.max(axis=1), MIN_SURE)
    of_label = (confidence[y == label] for label in range(p.shape[1]))
    return tuple(float(np.quantile(one, part)) if one.size else 1.0 for one in of_label)
