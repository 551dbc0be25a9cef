"""Drawn numbers and touching digits: accuracy, and whether confidences come true."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.accuracy import touching
from inkling.reader.drawing import read_ink
from inkling.recognition.classifier import Classifier
from tests.fixtures.pages_made import number_ink
from tests.quality.floors import at_least

NUMBERS = 60
TOUCHING_PAIRS, PHOTOGRAPHED_PAIRS = 60, 40


def test_drawn_numbers(digits: Classifier) -> None:
    """60 drawn numbers of one to five digits that do not touch.

    All digits are found in each; at least 55 numbers are right.
    """
    rng = np.random.default_rng(7)
    truths = ["".join(rng.choice(list("0123456789"), 1 + i % 5)) for i in range(NUMBERS)]
    right = 0
    for seed, truth in enumerate(truths):
        reading = read_ink(number_ink(truth, seed), digits)
        assert len(reading.digits) == len(truth)
        right += reading.text == truth
    at_least(55, right, NUMBERS, "drawn numbers")


def test_touching_digits_are_separated() -> None:
    """60 drawn pairs of digits that touch or overlap by up to 20 % (benchmarks' touching.py).

    At least 85 % are right.
    """
    drawn = touching.measure(TOUCHING_PAIRS, 1, "digits", photos=False)["drawn"]
    assert drawn["n"] == TOUCHING_PAIRS
    at_least(51, drawn["right"], TOUCHING_PAIRS, "touching pairs, drawn")


def test_touching_digits_on_a_photographed_page(digits: Classifier) -> None:
    """40 of these pairs on a page photographed with a phone.

    At least 37 are right, and no part that the classifier rejects counts as sure.
    """
    right = 0
    for index, (text, _, ink) in enumerate(touching.make_pairs(PHOTOGRAPHED_PAIRS, 1)):
        reading = touching.read_photographed(ink, digits, index)
        right += reading.text == text
        rejected = [digit for digit in reading.digits if not digit.prediction.is_digit]
        assert not any(digit.prediction.is_sure for digit in rejected)
    at_least(37, right, PHOTOGRAPHED_PAIRS, "touching pairs, photographed")


def test_confidences_come_true(digits: Classifier) -> None:
    """80 touching pairs: their mean confidence, the least of the two digits', against accuracy.

    They differ by at most 0.08, confidence ranks right above wrong with an AUC of at least 0.65,
    and of at least 20 sure pairs all are right.
    """
    confidences, right, sure = [], [], []
    for text, _, ink in touching.make_pairs(80, 4):
        reading = read_ink(ink, digits)
        for digit in reading.digits:
            p = digit.prediction.probabilities
            assert sum(p) == pytest.approx(1.0) and min(p) >= 0.0
            assert p[int(digit.label)] == pytest.approx(digit.confidence)
        confidences.append(min((digit.confidence for digit in reading.digits), default=0.0))
        right.append(reading.text == text)
        sure.append(all(digit.prediction.is_sure for digit in reading.digits))
    auc = roc_auc_score(right, confidences)
    print(f"confidence {np.mean(confidences):.3f}, accuracy {np.mean(right):.3f}, AUC {auc:.3f}")
    print(f"{sum(sure)} sure pairs")
    assert np.mean(confidences) == pytest.approx(np.mean(right), abs=0.08)
    assert auc >= 0.65
    assert sum(sure) >= 20
    assert all(hit for hit, is_sure in zip(right, sure, strict=True) if is_sure)
