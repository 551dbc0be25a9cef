"""Comparisons and operating points, computed from stored reports.

Nothing is measured here and no network is run: `report.json` holds every prediction on the test
split.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.reports.files import TRAIN_COMMAND, ReportError
from inkling.reports.schema import Report
from inkling.reports.statistics import Interval, wilson

# From this many discordant images on, McNemar's test uses chi-square instead of the binomial.
MIN_DISCORDANT_FOR_CHI_SQUARE = 25


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """A model's predictions on the main test split, in its order.

    Attributes:
        true, predicted: label indices, uint8 (n,).
        confidence: probability of the predicted label, float32 (n,), 0..1.
    """

    true: NDArray[np.uint8]
    predicted: NDArray[np.uint8]
    confidence: NDArray[np.float32]

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether each prediction is correct, bool (n,)."""
        return np.asarray(self.true == self.predicted)

    def cell(self, true: int, predicted: int) -> NDArray[np.intp]:
        """Indices of the images in one cell of the confusion matrix, the least confident first."""
        rows = np.flatnonzero((self.true == true) & (self.predicted == predicted))
        return np.asarray(rows[np.argsort(self.confidence[rows], kind="stable")])


@dataclass(frozen=True, slots=True)
class McNemar:
    """The result of McNemar's test: two models on the same images.

    Attributes:
        only_a_right, only_b_right: number of images that only one of the models gets right.
        p_value: probability of a split at least this uneven if both models were equally good.
    """

    only_a_right: int
    only_b_right: int
    p_value: float


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What a model does if it answers only from a confidence threshold on.

    Attributes:
        threshold: the lowest confidence that is answered, 0..1.
        n: number of images.
        answered, wrong: how many of them are answered, and answered wrongly.
        error: error rate among those answered, with its 95 % interval; None if none is.
    """

    threshold: float
    n: int
    answered: int
    wrong: int
    error: Interval | None

    @property
    def coverage(self) -> float:
        """The share of the images that is answered, 0..1."""
        return self.answered / self.n


def predictions_of(report: Report) -> Predictions:
    """Decode the predictions that a report holds.

    Raises:
        ReportError: it holds none, or they contradict the rest of the report.
    """
    title = f"The report of “{report.name}”"
    remedy = f"{TRAIN_COMMAND} {report.name}"
    if report.answers is None:
        raise ReportError(f"{title} does not hold the individual predictions.", remedy)
    try:
        predicted, confidence = report.answers.arrays()
        true = predicted.copy()
        for image in report.wrong:
            true[image.index] = image.true
    except (ValueError, IndexError):
        raise ReportError(f"{title} is damaged: its predictions cannot be read.", remedy) from None
    if len(predicted) != len(confidence) or len(predicted) != sum(map(sum, report.confusion)):
        raise ReportError(
            f"{title} is damaged: its predictions do not match its confusion matrix.", remedy
        )
    return Predictions(true, predicted, confidence)


def mcnemar(correct_a: NDArray[np.bool_], correct_b: NDArray[np.bool_]) -> McNemar:
    """McNemar's test (1947) of two models on the same n images, two-sided.

    The exact binomial test for fewer than `MIN_DISCORDANT_FOR_CHI_SQUARE` discordant images,
    otherwise chi-square with Edwards' continuity correction (1948).

    Args:
        correct_a, correct_b: whether each model's prediction is correct, bool (n,).

    Raises:
        ValueError: the arrays differ in shape.
    """
    if correct_a.shape != correct_b.shape:
        raise ValueError("the two models were not tested on the same images")
    only_a, only_b = int((correct_a & ~correct_b).sum()), int((correct_b & ~correct_a).sum())
    discordant = only_a + only_b
    if discordant == 0:
        p_value = 1.0
    elif discordant < MIN_DISCORDANT_FOR_CHI_SQUARE:
        smaller = min(only_a, only_b)
        tail = sum(math.comb(discordant, k) for k in range(smaller + 1)) / 2**discordant
        p_value = min(1.0, 2.0 * tail)
    else:
        # Chi-square with one degree of freedom is the square of a standard normal deviate.
        deviate = max(0, abs(only_a - only_b) - 1) / math.sqrt(discordant)
        p_value = math.erfc(deviate / math.sqrt(2.0))
    return McNemar(only_a, only_b, p_value)


def same_images(a: Predictions, b: Predictions) -> bool:
    """Whether two models were tested on the same split."""
    return len(a.true) == len(b.true) and bool((a.true == b.true).all())


def confusion_difference(a: Predictions, b: Predictions, labels: int) -> NDArray[np.int64]:
    """The confusion matrix of `b` minus that of `a`, int64 (labels, labels).

    Rows are the true labels, columns the predicted ones.
    """
    counts = np.zeros((labels, labels), np.int64)
    np.add.at(counts, (b.true, b.predicted), 1)
    np.subtract.at(counts, (a.true, a.predicted), 1)
    return counts


def at_threshold(predictions: Predictions, threshold: float) -> OperatingPoint:
    """The operating point of answering only from a confidence threshold on."""
    is_answered = predictions.confidence >= np.float32(threshold)
    count = int(is_answered.sum())
    wrong = int((is_answered & ~predictions.correct).sum())
    error = wilson(wrong, count) if count else None
    return OperatingPoint(threshold, len(is_answered), count, wrong, error)


def sure_by_label(report: Report, predictions: Predictions) -> list[OperatingPoint]:
    """For each label, what becomes of its test digits if only sure answers count.

    Args:
        report: holds the thresholds.
        predictions: of the same model.
    """
    limits = np.array(
        [report.calibration.sure_of(label) for label in range(len(report.labels))], np.float32
    )
    is_sure = predictions.confidence >= limits[predictions.predicted]
    points = []
    for label, threshold in enumerate(limits.tolist()):
        is_it = predictions.true == label
        count = int((is_it & is_sure).sum())
        wrong = int((is_it & is_sure & ~predictions.correct).sum())
        error = wilson(wrong, count) if count else None
        points.append(OperatingPoint(threshold, int(is_it.sum()), count, wrong, error))
    return points


def at_coverage(predictions: Predictions, coverage: float) -> OperatingPoint:
    """The operating point of answering only the most confident share.

    Args:
        predictions: of one model.
        coverage: the share to answer, 0..1. Images of equal confidence are answered together, so
            the point's own coverage may be a little higher.
    """
    n = len(predictions.confidence)
    descending = np.sort(predictions.confidence)[::-1]
    wanted = min(n, max(1, round(coverage * n)))
    return at_threshold(predictions, float(descending[wanted - 1]))


def risk_coverage_curve(predictions: Predictions, points: int = 200) -> list[OperatingPoint]:
    """Operating points from full coverage down to the most confident few images.

    The risk-coverage curve of El-Yaniv and Wiener (2010). Each number of errors appears once, at
    its widest coverage.
    """
    order = np.argsort(-predictions.confidence, kind="stable")
    wrong = np.cumsum(~predictions.correct[order])
    steps = np.flatnonzero(np.diff(wrong, append=wrong[-1] + 1))
    even = np.linspace(0, len(order) - 1, points).astype(int)
    places = np.union1d(steps, even)[::-1]
    # A model with many errors has more steps than a chart can show.
    chosen = places[:: max(1, len(places) // (3 * points))]
    thresholds = dict.fromkeys(float(value) for value in predictions.confidence[order[chosen]])
    return [at_threshold(predictions, threshold) for threshold in thresholds]


def confidence_histogram(confidence: NDArray[np.float32], bins: int = 20) -> list[int]:
    """Confidences counted in equal-width bins from 0 to 1."""
    counts, _ = np.histogram(confidence, bins=bins, range=(0.0, 1.0))
    return [int(count) for count in counts]


def pareto_front(points: Sequence[tuple[float, float]]) -> list[int]:
    """Indices of the points that no other point beats in both values, by the first value.

    Smaller values are better.
    """
    best = math.inf
    front = []
    for place in sorted(range(len(points)), key=lambda k: points[k]):
        if points[place][1] < best:
            best = points[place][1]
            front.append(place)
    return front
