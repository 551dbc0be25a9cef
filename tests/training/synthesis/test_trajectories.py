"""Digits as pen strokes: of one height, and sorted by writer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inkling.training.synthesis.trajectories import (
    CHARACTERS_PER_WRITER,
    concatenate,
    to_trajectories,
)
from tests.fixtures.pages_made import pen_strokes


def test_writers_keep_their_digits() -> None:
    strokes = pen_strokes(writers=4)
    found = to_trajectories(strokes, np.arange(len(strokes.labels)))
    assert len(found.writers) == 4 and len(found.digits) == len(found.labels)
    every = np.sort(np.concatenate([rows for known in found.writers for rows in known.values()]))
    assert every.tolist() == list(range(len(found.labels)))
    for known in found.writers:
        for label, rows in known.items():
            assert (found.labels[rows] == label).all()
    # All digits have the same height and begin at the corner.
    for lines in found.digits:
        points = np.concatenate(lines)
        assert points.min() == pytest.approx(0.0) and points[:, 1].max() == pytest.approx(1.0)
    twice = concatenate([found, found])
    assert len(twice.writers) == 8 and len(twice.labels) == 2 * len(found.labels)
    assert (twice.labels[twice.writers[5][1]] == 1).all()


def test_without_writers_neighbouring_characters_share_one() -> None:
    strokes = replace(pen_strokes(writers=4), writers=None)
    count = len(strokes.labels)
    found = to_trajectories(strokes, np.arange(count))
    assert len(found.writers) == -(-count // CHARACTERS_PER_WRITER)
    nothing = concatenate([])
    assert not nothing.digits and not nothing.writers and len(nothing.labels) == 0
