"""Pictures cut around one number of a form or a cheque: accuracy beside edges, print and rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from inkling.reader.page import read_page
from inkling.recognition import line_reader
from inkling.recognition.classifier import Classifier
from inkling.recognition.config import CROP
from tests.fixtures.crops import cheque_crop, form_crop
from tests.quality.floors import at_least

TEXTS = ("37", "8", "52", "60", "94", "25", "43", "206")
CHEQUES = 30


@pytest.mark.parametrize(
    "surroundings",
    [{"edge": 0.7}, {"print_": "Trykt for Kirkeministeriet"}, {"line": 8}],
    ids=["the form's edge", "print under it", "a bowed line under it"],
)
def test_numbers_of_a_form_are_read_without_their_surroundings(
    digits: Classifier, surroundings: dict[str, Any]
) -> None:
    """Eight crops each: the number is read, and nothing else. At least 7 are right."""
    right = 0
    for seed, text in enumerate(TEXTS):
        reading = read_page(form_crop(text, seed, **surroundings), digits)
        right += [line.text for line in reading.lines] == [text]
    at_least(7, right, len(TEXTS), f"crops with {next(iter(surroundings))}")


def test_darkness_helps_with_a_dry_pen(digits: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    """Strokes of a dry pen are broken in the ink but whole in the picture's darkness.

    At least 18 of 30 crops of cheques are right, and at least 5 more than without the darkness.
    """
    rng = np.random.default_rng(0)
    right = {0.0: 0, CROP.darkness_weight: 0}
    configs = {weight: replace(CROP, darkness_weight=weight) for weight in right}
    for seed in range(CHEQUES):
        text = "".join(map(str, rng.integers(0, 10, int(rng.integers(3, 7)))))
        page = cheque_crop(text, seed)
        for weight, config in configs.items():
            monkeypatch.setattr(line_reader, "CROP", config)
            reading = read_page(page, digits)
            right[weight] += [line.text for line in reading.lines] == [text]
    without, with_darkness = right.values()
    at_least(18, with_darkness, CHEQUES, "cheques with darkness")
    at_least(without + 5, with_darkness, CHEQUES, f"cheques against {without} without darkness")
