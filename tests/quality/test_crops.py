"""Pictures cut around one number of a form or a cheque: accuracy beside edges, print and rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from inkling.reader.page import read_page
from inkling.recognition.classifier import Classifier
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


def test_amounts_on_cheques_are_read(digits: Classifier) -> None:
    """Thirty crops of cheques written with a dry pen: at least 25 are right."""
    rng = np.random.default_rng(0)
    right = 0
    for seed in range(CHEQUES):
        text = "".join(map(str, rng.integers(0, 10, int(rng.integers(3, 7)))))
        reading = read_page(cheque_crop(text, seed), digits)
        right += [line.text for line in reading.lines] == [text]
    at_least(25, right, CHEQUES, "cheques")
