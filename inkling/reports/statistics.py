"""Intervals and measurements of probabilities against labels."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray


def measure(
    probabilities: NDArray[np.float64], y: NDArray[np.int64], labels: tuple[str, ...]
) -> dict[str, Any]:
    """Errors, accuracy, log loss and recall of (n, labels) probabilities against n labels."""
    right = probabilities.argmax(axis=1) == y
    chosen = probabilities[np.arange(len(y)), y]
    per_label = []
    for index, label in enumerate(labels):
        of_label = y == index
        n = int(of_label.sum())
        recall = float(right[of_label].mean()) if n else None
        per_label.append({"label": label, "n": n, "recall": recall})
    return {
        "n": len(y),
        "errors": int((~right).sum()),
        "accuracy": msgspec.to_builtins(wilson(int(right.sum()), len(y))),
        "log_loss": float(-np.log(np.maximum(chosen, 1e-12)).mean()),
        "per_label": per_label,
    }


class Interval(msgspec.Struct, frozen=True):
    """A proportion with its 95 % Wilson score interval, all in 0..1."""

    value: float
    low: float
    high: float


def wilson(correct: int, n: int) -> Interval:
    """`correct` of `n` as a proportion with its 95 % Wilson score interval (Wilson, 1927).

    Raises:
        ValueError: `n` is not positive, or `correct` is not in 0..n.
    """
    if n <= 0 or not 0 <= correct <= n:
        raise ValueError(f"{correct} of {n} is no proportion")
    z = 1.959963984540054
    p = correct / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(p, max(0.0, middle - reach), min(1.0, middle + reach))
