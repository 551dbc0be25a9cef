"""Confidence intervals, and metrics of probabilities against labels."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

# The 97.5 % quantile of the standard normal distribution: two-sided intervals of 95 %.
Z_95 = 1.959963984540054


class Interval(msgspec.Struct, frozen=True):
    """A proportion with its 95 % Wilson score interval, all in 0..1."""

    value: float
    low: float
    high: float


def wilson(correct: int, n: int) -> Interval:
    """Return `correct` of `n` as a proportion with its 95 % Wilson score interval (Wilson, 1927).

    Raises:
        ValueError: `n` is not positive, or `correct` is not in 0..n.
    """
    if n <= 0 or not 0 <= correct <= n:
        raise ValueError(f"{correct} of {n} is not a proportion")
    p = correct / n
    middle = (p + Z_95 * Z_95 / (2 * n)) / (1 + Z_95 * Z_95 / n)
    half = Z_95 / (1 + Z_95 * Z_95 / n) * math.sqrt(p * (1 - p) / n + Z_95 * Z_95 / (4 * n * n))
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half))


def measure(
    probabilities: NDArray[np.float64], y: NDArray[np.int64], labels: tuple[str, ...]
) -> dict[str, Any]:
    """Errors, accuracy, log loss and recall per label.

    Args:
        probabilities: (n, labels), each row summing to 1.
        y: true label indices (n,).
        labels: their names.
    """
    is_correct = probabilities.argmax(axis=1) == y
    of_truth = probabilities[np.arange(len(y)), y]
    per_label = []
    for index, label in enumerate(labels):
        of_label = y == index
        n = int(of_label.sum())
        recall = float(is_correct[of_label].mean()) if n else None
        per_label.append({"label": label, "n": n, "recall": recall})
    return {
        "n": len(y),
        "errors": int((~is_correct).sum()),
        "accuracy": msgspec.to_builtins(wilson(int(is_correct.sum()), len(y))),
        "log_loss": float(-np.log(np.maximum(of_truth, 1e-12)).mean()),
        "per_label": per_label,
    }
