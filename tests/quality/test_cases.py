"""Cases: pictures of kinds that the reader failed on, several of each kind (see fixtures/cases)."""

from __future__ import annotations

import pytest

from inkling.imaging import ink
from inkling.imaging.load import Page
from inkling.reader.deadline import Deadline
from inkling.reader.drawing import read_digit, read_ink
from inkling.reader.page import read_upright
from inkling.recognition.classifier import Classifier
from tests.fixtures.cases import KINDS, Case, make_case
from tests.quality.floors import at_least

# Cases of each kind, and seconds for one; a case that takes longer is wrong.
COUNT, TIMEOUT = 2, 60.0
# Cases that are right, of COUNT.
FLOORS = {
    "strip with specks": 2,
    "column line": 2,
    "large digit with specks": 2,
    "note on a desk": 2,
    "rows from one": 2,
    "closed table": 2,
    "faint table": 2,
    "nine boxes": 2,
    "two rules": 2,
    "decimal": 2,
    "uneven baseline": 2,
    "sharp large digit": 2,
    "dim noisy digit": 2,
    "yellow paper": 2,
    "ones at the left": 2,
    "hard shadow": 2,
    "open table": 2,
    "seven boxes": 2,
    "open noughts": 2,
    "small table": 1,
    "tilted table": 1,
    "bent table": 1,
}
# Kinds that are not read yet: none of COUNT is right. `benchmarks/accuracy/cases.py` tries them.
NOT_READ = ("circled", "date", "struck out", "equals sign", "looped four")


def is_right(case: Case, model: Classifier) -> bool:
    """Whether a case is read as it should be: its lines, and nothing else."""
    if case.how == "classify":
        _, prediction = read_digit(ink.from_image(case.picture), model)
        return prediction is not None and (prediction.label,) == case.lines
    if case.how == "draw":
        # A drawing is shown even where it holds no digit; then its prediction says so.
        reading = read_ink(ink.from_canvas(case.picture), model)
        return tuple(d.label for d in reading.digits if d.prediction.is_digit) == case.lines
    _, reading = read_upright(Page("case.png", 1, case.picture), model, Deadline(TIMEOUT))
    lines = tuple(line.text for line in reading.lines)
    return lines == case.lines and not (case.is_sharp and reading.warnings)


def test_each_kind_has_a_floor_or_a_reason() -> None:
    assert sorted([*FLOORS, *NOT_READ]) == sorted(KINDS)


@pytest.mark.parametrize("kind", FLOORS)
def test_cases_are_read(digits: Classifier, kind: str) -> None:
    """COUNT cases of each kind, in sizes that their seeds choose."""
    right = sum(is_right(make_case(kind, seed), digits) for seed in range(COUNT))
    at_least(FLOORS[kind], right, COUNT, kind)
