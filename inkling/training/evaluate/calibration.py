"""Temperature scaling and thresholds, fitted on validation data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from inkling.recognition.confidence import evidence
from inkling.training.data.formats import Labels

Probabilities = NDArray[np.float32]
Scores = NDArray[np.floating]
# Sure answers may be wrong this often on validation data, ...
SURE_ERROR = 1e-3
# ... and so many strangers may get one.
SURE_STRANGERS = 5e-3
# So many validation digits may be taken for no digit.
REJECTED = 3e-3


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
