"""Scores of sudokus, cell by cell."""

from __future__ import annotations

import pytest

from benchmarks.accuracy import photos


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
