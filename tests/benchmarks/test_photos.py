"""Scores of sudokus, cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy import photos
from inkling.imaging.glyph import to_glyph
from inkling.imaging.load import Page
from inkling.reader.deadline import Deadline
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.recognition.results import Cell, Digit, Line, Number, Prediction, Reading

GLYPH = to_glyph(np.full((20, 12), 255, np.uint8))


@pytest.mark.parametrize(
    ("truth", "read", "right", "digits", "digits_right", "pictures_right"),
    [
        (["120", "003"], ["120", "003"], 6, 3, 3, 1),
        (["120", "003"], ["120", "083"], 5, 3, 3, 0),
        (["120", "003"], ["170", "000"], 4, 3, 1, 0),
        # "?" is a cell that was read as several digits.
        (["120", "003"], ["1?0", "003"], 5, 3, 2, 0),
        (["000"], ["000"], 3, 0, 0, 1),
    ],
)
def test_cells_and_whole_grids_are_counted(
    truth: list[str],
    read: list[str],
    right: int,
    digits: int,
    digits_right: int,
    pictures_right: int,
) -> None:
    assert photos.score_grid(truth, read) == {
        "right": right,
        "digits": digits,
        "digits_right": digits_right,
        "pictures_right": pictures_right,
    }


def _number(label: str, x: int, y: int, size: int, cell: Cell) -> Number:
    prediction = Prediction(label, (0.1,) * 10, 1.0, True, True)
    return Number((Digit(label, 1.0, (x, y, size, size), prediction, GLYPH),), cell)


def test_the_sudoku_is_the_largest_table() -> None:
    small = [_number("7", 10 * k, 0, 8, Cell(1, 1, k + 1)) for k in range(3)]
    large = [_number("4", 50, 50, 60, Cell(2, 1, 2)), _number("2", 250, 150, 60, Cell(2, 9, 9))]

    def read_upright(page: Page, model: Classifier, deadline: Deadline) -> tuple[Page, Reading]:
        del model, deadline
        return page, Reading((Line((*small, *large)),), 400, 400)

    page = Page("s.png", 1, np.zeros((400, 400, 3), np.uint8))
    rows = photos.read_grid(page, read_upright, classifier.load())
    assert rows == ["040000000", *["000000000"] * 7, "000000002"]
