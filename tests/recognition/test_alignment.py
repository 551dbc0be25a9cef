"""Forced alignment, against the best of all paths."""

from __future__ import annotations

from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.recognition.alignment import align


def _said(path: tuple[int, ...], blank: int) -> tuple[int, ...]:
    """What a path of CTC states says: repeated labels once, without blanks."""
    return tuple(label for label, _ in groupby(path) if label != blank)


@settings(deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(0, 2), min_size=1, max_size=3))
def test_the_columns_are_those_of_the_best_path(seed: int, labels: list[int]) -> None:
    log_p = np.log(np.random.default_rng(seed).dirichlet(np.ones(4), 6))
    paths = [path for path in product(range(4), repeat=6) if _said(path, 3) == tuple(labels)]
    best = max(paths, key=lambda path: sum(log_p[column, k] for column, k in enumerate(path)))
    runs = [(label, len(list(same))) for label, same in groupby(best)]
    expected, column = [], 0
    for label, length in runs:
        if label != 3:
            expected.append((column, column + length))
        column += length
    # Beside a longer and an empty text.
    assert align(log_p, [labels, [0, 1, 2, 0, 1, 2], []])[0] == expected


def test_no_label_has_no_columns() -> None:
    assert align(np.log(np.full((4, 3), 1 / 3)), [[], [1]])[0] == []


def test_too_few_columns_are_an_error() -> None:
    with pytest.raises(ValueError, match="2 columns cannot say 2 labels"):
        align(np.log(np.full((2, 3), 1 / 3)), [[0], [1, 1]])
