"""What follows from stored reports: who was right where, and what a threshold would do.

Nothing is measured here and no network is asked: the answers to the whole test split lie in
`report.json`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.reports.files import ReportError
from inkling.reports.schema import Report
from inkling.reports.statistics import Interval, wilson

# From so many images on that tell two models apart, chi-square stands in for the binomial.
FEW_APART = 25


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """All answers to the main test split, in its order.

    Attributes:
        true, predicted: numbers of labels, uint8 (n,).
        confidence: float32 (n,), 0..1.
    """

    true: NDArray[np.uint8]
    predicted: NDArray[np.uint8]
    confidence: NDArray[np.float32]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each answer was, bool (n,)."""
        return np.asarray(self.true == self.predicted)

    def cell(self, true: int, predicted: int) -> NDArray[np.intp]:
        """Places in the split of one cell of the confusion matrix, the least confident first."""
        rows = np.flatnonzero((self.true == true) & (self.predicted == predicted))
        return np.asarray(rows[np.argsort(self.confidence[rows], kind="stable")])


def answered(report: Report) -> Answered:
    """The answers a report holds.

    Raises:
        ReportError: it holds none, or they do not fit together.
    """
    title = f"The report of “{report.name}”"
    if report.answers is None:
        raise ReportError(
            f"{title} is from before every answer was kept: train the model anew to see this."
        )
    try:
        predicted, confidence = report.answers.arrays()
        true = predicted.copy()
        for image in report.wrong:
            true[image.index] = image.true
    except (ValueError, IndexError):
        raise ReportError(f"{title} is damaged: its answers cannot be read.") from None
    if len(predicted) != len(confidence) or len(predicted) != sum(map(sum, report.confusion)):
        raise ReportError(f"{title} is damaged: its answers and its matrix differ.")
    return Answered(true, predicted, confidence)


@dataclass(frozen=True, slots=True)
class McNemar:
    """Two models on the same images: where only one was right, and what chance makes of it.

    Attributes:
        only_a_right, only_b_right: how many images.
        p_value: probability of so uneven a split, or a more uneven one, were both equally good.
    """

    only_a_right: int
    only_b_right: int
    p_value: float


def mcnemar(correct_a: NDArray[np.bool_], correct_b: NDArray[np.bool_]) -> McNemar:
    """McNemar's test (1947) of two models' answers to the same n images.

    The exact binomial test where fewer than `FEW_APART` images tell the models apart, otherwise
    chi-square with Edwards' continuity correction (1948). Two-sided.

    Args:
        correct_a, correct_b: bool (n,), whether each model's answer was right.

    Raises:
        ValueError: not the same images.
    """
    if correct_a.shape != correct_b.shape:
        raise ValueError("the answers are not to the same images")
    only_a, only_b = int((correct_a & ~correct_b).sum()), int((correct_b & ~correct_a).sum())
    apart = only_a + only_b
    if apart == 0:
        p_value = 1.0
    elif apart < FEW_APART:
        tail = sum(math.comb(apart, k) for k in range(min(only_a, only_b) + 1)) / 2**apart
        p_value = min(1.0, 2.0 * tail)
    else:
        # Of chi-square with one degree of freedom: the square of a normal deviate.
        deviate = max(0, abs(only_a - only_b) - 1) / math.sqrt(apart)
        p_value = math.erfc(deviate / math.sqrt(2.0))
    return McNemar(only_a, only_b, p_value)


def same_images(a: Answered, b: Answered) -> bool:
    """Whether two models answered the same test split."""
    return len(a.true) == len(b.true) and bool((a.true == b.true).all())


def gained(a: Answered, b: Answered, labels: int) -> NDArray[np.int64]:
    """Cell by cell, how many more answers the second model gives than the first, (labels, labels).

    Rows are the true labels, columns the answers.
    """
    counts = np.zeros((labels, labels), np.int64)
    np.add.at(counts, (b.true, b.predicted), 1)
    np.subtract.at(counts, (a.true, a.predicted), 1)
    return counts


@dataclass(frozen=True, slots=True)
class Kept:
    """What answering only from some confidence on comes to.

    Attributes:
        threshold: that confidence, 0..1.
        answered, wrong: how many digits of n.
        error: of those answered, with its 95 % interval; None where none is.
    """

    threshold: float
    n: int
    answered: int
    wrong: int
    error: Interval | None

    @property
    def coverage(self) -> float:
        """The part that is answered, 0..1."""
        return self.answered / self.n


def keep(found: Answered, coverage: float) -> Kept:
    """Answer only the most confident part: the threshold for it, and what it comes to.

    Args:
        found: all answers.
        coverage: the part to be answered, 0..1. Answers alike in confidence are answered together,
            so it may become a little more.
    """
    n = len(found.confidence)
    order = np.sort(found.confidence)[::-1]
    wanted = min(n, max(1, round(coverage * n)))
    threshold = float(order[wanted - 1])
    return kept_from(found, threshold)


def kept_from(found: Answered, threshold: float) -> Kept:
    """What answering from a confidence on comes to."""
    sure = found.confidence >= np.float32(threshold)
    count = int(sure.sum())
    wrong = int((sure & ~found.right).sum())
    error = wilson(wrong, count) if count else None
    return Kept(threshold, len(sure), count, wrong, error)


def risk_curve(found: Answered, points: int = 200) -> list[Kept]:
    """From all answers to the surest few: what every threshold comes to (El-Yaniv and Wiener,
    2010). Every number of errors is there once, at its widest coverage."""
    order = np.argsort(-found.confidence, kind="stable")
    wrong = np.cumsum(~found.right[order])
    steps = np.flatnonzero(np.diff(wrong, append=wrong[-1] + 1))
    even = np.linspace(0, len(order) - 1, points).astype(int)
    places = np.union1d(steps, even)[::-1]
    # Of many errors, every one would be too much for a chart.
    chosen = places[:: max(1, len(places) // (3 * points))]
    thresholds = dict.fromkeys(float(value) for value in found.confidence[order[chosen]])
    return [kept_from(found, threshold) for threshold in thresholds]


def histogram(confidence: NDArray[np.float32], bins: int = 20) -> list[int]:
    """Confidences counted in equal-width bins from 0 to 1."""
    counts, _ = np.histogram(confidence, bins=bins, range=(0.0, 1.0))
    return [int(count) for count in counts]


def front(points: Sequence[tuple[float, float]]) -> list[int]:
    """The places of those that no other beats in both at once; less is better. By first value."""
    best = math.inf
    found = []
    for place in sorted(range(len(points)), key=lambda k: points[k]):
        if points[place][1] < best:
            best = points[place][1]
            found.append(place)
    return found
