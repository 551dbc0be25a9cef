"""The pieces of stroke without which a digit would be another."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkling.explain.counterfactual import MAX_INK_SHARE, counterfactual
from inkling.imaging.glyph import to_glyph
from inkling.recognition import classifier
from tests.fixtures.pages_made import mnist_test


def test_a_counterfactual_changes_the_answer_and_is_one_small_piece() -> None:
    network = classifier.load("digits")
    changes = 0
    for glyph in mnist_test()[0][:25]:
        change = counterfactual(glyph, network)
        if change is None:
            continue
        changes += 1
        before = network.predict(glyph[None])[0]
        assert change.prediction.label != before.label
        assert change.prediction.is_digit
        assert network.predict(change.glyph[None])[0] == change.prediction
        large = cv2.resize(glyph, (84, 84), interpolation=cv2.INTER_CUBIC)
        assert (large[change.piece] >= 64).all()
        assert change.ink_share == pytest.approx(change.piece.sum() / (large >= 64).sum())
        assert 0 < change.ink_share <= MAX_INK_SHARE
        assert cv2.connectedComponents(change.piece.astype(np.uint8))[0] == 2
    assert changes > 10


def test_a_seven_without_its_bar_is_a_one() -> None:
    ink = np.zeros((120, 120), np.uint8)
    cv2.polylines(ink, [np.array([[35, 20], [75, 20], [60, 100]])], False, 255, 11, cv2.LINE_AA)
    glyph = to_glyph(ink).pixels
    network = classifier.load("digits")
    assert network.predict(glyph[None])[0].label == "7"
    change = counterfactual(glyph, network)
    assert change is not None
    assert change.prediction.label == "1"
    rows, _ = np.nonzero(change.piece)
    assert rows.mean() < 35


def test_blank_paper_has_no_counterfactual() -> None:
    blank = np.zeros((28, 28), np.uint8)
    assert counterfactual(blank, classifier.load("pocket")) is None
