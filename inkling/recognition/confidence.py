"""How sure an answer about a glyph or a drawing is: makes their `Prediction`s.

`reader.verdicts` makes those of the digits on a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.recognition.results import Prediction
from inkling.reports.schema import Calibration


def evidence(p: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much speaks for a glyph being one of the labels at all, in 0..1.

    The networks are trained to give all labels the same probability for anything that is no digit.
    So the part of the probability that every label shares, which is the lowest one times the number
    of labels, measures "none of them".

    Args:
        p: probabilities, float32 (n, labels).

    Returns:
        float32 (n,): 1 when some label is ruled out, 0 when all labels are equally probable.
    """
    return np.asarray(1.0 - p.shape[1] * p.min(axis=1), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class LineVerdict:
    """What a whole line says about one of its digits.

    Attributes:
        label: index of the label that it has in the best hypothesis.
        confidence: its posterior, 0..1.
        is_sure: whether that can be trusted without a second look.
        probabilities: one per label; they sum to 1.
    """

    label: int
    confidence: float
    is_sure: bool
    probabilities: NDArray[np.floating]


def predict(
    row: NDArray[np.float32],
    labels: Sequence[str],
    limits: Calibration,
    *,
    is_dot: bool = False,
    line: LineVerdict | None = None,
) -> Prediction:
    """The prediction of one glyph.

    Args:
        row: the classifier's probabilities, float32 (labels,).
        labels: the classifier's labels, in the order of `row`.
        limits: the classifier's thresholds.
        is_dot: the glyph is a single dot, which is never a digit.
        line: what the line says about it; None when the classifier alone decides.
    """
    if line is None:
        best = int(np.argmax(row))
        confidence = float(row[best])
        line = LineVerdict(best, confidence, confidence >= limits.sure_of(best), row)
    is_digit = bool(evidence(row[None])[0] >= limits.digit) and not is_dot
    return Prediction(
        label=labels[line.label],
        probabilities=tuple(float(value) for value in line.probabilities),
        confidence=line.confidence,
        is_digit=is_digit,
        is_sure=is_digit and line.is_sure,
    )


def no_ink(labels: Sequence[str]) -> Prediction:
    """The prediction of a place without ink: no label, all labels equally probable."""
    count = len(labels)
    return Prediction("", (1.0 / count,) * count, 0.0, False, False)
