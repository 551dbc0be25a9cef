"""Pages that take too long: what was read in time is kept, and the time is kept as well."""

from __future__ import annotations

import time

import numpy as np
import pytest

from inkling.imaging.load import Page
from inkling.reader.deadline import Deadline
from inkling.reader.page import read_page, read_upright
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from tests.fixtures.pages_made import Paper, grid_page, make_page

SECONDS = 1.0
# Between two checks lie single steps over the whole picture.
GRACE = 2.0


class CountedDeadline(Deadline):
    """Over when it has been asked a number of times, however fast the computer is."""

    def __init__(self, questions: float) -> None:
        super().__init__(3600.0)
        self.asked = 0
        self._questions = questions

    def is_over(self) -> bool:
        self.asked += 1
        self.was_missed |= self.asked > self._questions
        return self.was_missed


class ProcessorDeadline(Deadline):
    """Counts this thread's processor time, because tests share their computer."""

    def __init__(self, seconds: float) -> None:
        super().__init__(3600.0)
        self._last = time.thread_time() + seconds

    def is_over(self) -> bool:
        self.was_missed |= time.thread_time() >= self._last
        return self.was_missed


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return classifier.load("digits")


@pytest.fixture(scope="module")
def list_of_numbers() -> Page:
    """Eight numbers of ten digits, more than are read together."""
    rng = np.random.default_rng(5)
    lines = [["".join(map(str, rng.integers(0, 10, 10)))] for _ in range(8)]
    return Page("a.png", 1, make_page(lines, 4, Paper(width=900, height=1000, digit=56)))


@pytest.fixture(scope="module")
def table_of_numbers() -> Page:
    rng = np.random.default_rng(6)
    cells = [[str(rng.integers(10, 9999)) for _ in range(3)] for _ in range(4)]
    paper = Paper(width=800, height=500, digit=40)
    return Page("t.png", 1, grid_page(cells, 3, paper, cell=(200, 90)))


@pytest.mark.parametrize("fixture", ["list_of_numbers", "table_of_numbers"])
def test_what_was_read_in_time_is_kept(
    digits: Classifier, fixture: str, request: pytest.FixtureRequest
) -> None:
    page = request.getfixturevalue(fixture)
    patient = CountedDeadline(float("inf"))
    numbers = [number.text for number in read_page(page, digits, patient).numbers]
    counts = []
    for part in (0.0, 0.6, 0.9, 1.0):
        deadline = CountedDeadline(round(part * patient.asked))
        reading = read_page(page, digits, deadline)
        read = [number.text for number in reading.numbers]
        assert read == numbers[: len(read)]
        assert deadline.was_missed == (part < 1.0)
        counts.append(len(read))
    assert counts == sorted(counts) and counts[0] == 0 and counts[-1] == len(numbers)
    # Not all or nothing.
    assert len(set(counts)) > 2


def test_a_page_of_which_nothing_was_read_has_one_warning_about_it(digits: Classifier) -> None:
    page = Page("a.png", 1, make_page([["12"]], 0))
    for reading in (
        read_page(page, digits, Deadline(0.0)),
        read_upright(page, digits, Deadline(0.0))[1],
    ):
        assert reading.lines == ()
        assert reading.warnings == (
            "Reading took longer than 0 s. The rest of the page was not read.",
        )


def grain(seed: int, side: int, share: float) -> Page:
    """Specks all over a white sheet, of one to four pixels."""
    rng = np.random.default_rng(seed)
    picture = np.full((side, side, 3), 255, np.uint8)
    for reach in (1, 2):
        specks = rng.random((side, side)) < share / reach**2
        for down in range(reach):
            for across in range(reach):
                picture[np.roll(specks, (down, across), (0, 1))] = 40
    return Page("grain.png", 1, picture)


@pytest.mark.parametrize(("side", "share"), [(590, 0.02), (590, 0.1), (1400, 0.01), (1400, 0.05)])
def test_a_page_of_grain_takes_little_more_than_its_time(
    digits: Classifier, side: int, share: float
) -> None:
    page = grain(1, side, share)
    start = time.thread_time()
    read_upright(page, digits, ProcessorDeadline(SECONDS))
    assert time.thread_time() - start < SECONDS + GRACE
