"""Which characters of a data set belong to training, validation and test."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkling.training.data.formats import NO_LABEL, Strokes

# Of this many characters in a row one is held out for validation.
VALIDATION_STEP = 12
VALIDATION_OFFSET = 5
# Of this many writers one is held out for testing.
TEST_STEP = 10
TEST_OFFSET = 3
# Without writers, the characters after this part of the set are held out for testing.
TRAIN_PART = 0.9


def validation_rows(n: int, split: str) -> NDArray[np.int64]:
    """The rows of a split of n training characters.

    Args:
        n: the number of characters.
        split: "train" or "validation"; "test" has rows of its own set, so it gets all of them.

    Returns:
        int64 row numbers, in order.
    """
    rows = np.arange(n)
    is_held_out = rows % VALIDATION_STEP == VALIDATION_OFFSET
    is_in = {"train": ~is_held_out, "validation": is_held_out}.get(split, np.ones(n, bool))
    return np.asarray(rows[is_in], np.int64)


def first_test_row(n: int) -> int:
    """The first test row of n characters whose writers are unknown."""
    return int(TRAIN_PART * n)


def stroke_rows(strokes: Strokes, split: str) -> NDArray[np.int64]:
    """The rows of a set of pen strokes that have a label and belong to a split.

    Whole writers are held out where the writers are known, else the last tenth.

    Args:
        strokes: the whole set.
        split: "train" or "test".
    """
    rows = np.flatnonzero(strokes.labels != NO_LABEL)
    is_test = _is_test(strokes)[rows]
    return rows[is_test if split == "test" else ~is_test]


def _is_test(strokes: Strokes) -> NDArray[np.bool_]:
    if strokes.writers is None:
        n = len(strokes.labels)
        return np.arange(n) >= first_test_row(n)
    _, writer = np.unique(strokes.writers, return_inverse=True)
    return np.asarray(writer % TEST_STEP == TEST_OFFSET)
