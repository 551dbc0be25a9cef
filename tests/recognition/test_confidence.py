"""How sure an answer is."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.recognition.confidence import evidence, no_ink


def test_evidence_is_the_probability_that_the_labels_do_not_share():
    p = np.full((3, 10), 0.1, np.float32)
    p[1] = np.eye(10)[4]
    p[2] = 0.5 * np.eye(10)[4] + 0.05
    assert evidence(p) == pytest.approx([0.0, 1.0, 0.5], abs=1e-6)


def test_a_place_without_ink_is_no_digit_and_never_sure():
    found = no_ink("0123456789")
    assert (found.label, found.confidence, found.is_digit, found.is_sure) == ("", 0.0, False, False)
    assert found.probabilities == pytest.approx((0.1,) * 10)
