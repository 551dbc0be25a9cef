"""Temperature scaling (Guo, Pleiss, Sun and Weinberger, 2017)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from inkling.training.data.formats import Labels
from inkling.training.evaluate.probabilities import Probabilities

# The temperatures that are tried.
LOWEST, HIGHEST = 0.1, 10.0


def temper(p: Probabilities, temperature: float) -> Probabilities:
    """Probabilities (n, labels) whose logits are divided by `temperature`."""
    logits = np.log(np.maximum(p.astype(np.float64), 1e-30)) / temperature
    logits -= logits.max(axis=1, keepdims=True)
    powers = np.exp(logits)
    tempered: Probabilities = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return tempered


def fit_temperature(p: Probabilities, y: Labels) -> float:
    """The temperature with the lowest log loss of p (n, labels) on validation labels y (n,)."""

    def loss(log_temperature: float) -> float:
        tempered = temper(p, float(np.exp(log_temperature))).astype(np.float64)
        return float(-np.log(np.maximum(tempered[np.arange(len(y)), y], 1e-30)).mean())

    bounds = (np.log(LOWEST), np.log(HIGHEST))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))
