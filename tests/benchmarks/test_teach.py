"""The corrections that the benchmark of Teach now teaches."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy import teach
from inkling.jobs.records import Correction
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.reports.schema import decode_image


@pytest.fixture(scope="module")
def model() -> Classifier:
    return classifier.load("pocket")


def answers(model: Classifier, corrections: list[Correction]) -> list[str]:
    glyphs = np.stack([decode_image(each.image) for each in corrections])
    return [model.labels[k] for k in model.probabilities(glyphs).argmax(axis=1)]


def test_misread_digits_are_misread(model: Classifier):
    corrections = teach.misread(model, 3)
    right = [each.label for each in corrections]
    assert len(corrections) == 3
    assert all(one != other for one, other in zip(answers(model, corrections), right, strict=True))


def test_clear_digits_are_read_and_get_a_wrong_label(model: Classifier):
    corrections = teach.clear_but_wrong(model, 2)
    assert answers(model, corrections) == [teach.CLEAR] * 2
    assert [each.label for each in corrections] == [teach.WRONG] * 2
