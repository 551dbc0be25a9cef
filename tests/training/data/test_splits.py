"""Splits of a data set: no character and no writer is in two of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inkling.training.data.formats import NO_LABEL
from inkling.training.data.splits import stroke_rows, validation_rows
from tests.fixtures.pages_made import pen_strokes


def test_a_twelfth_is_held_out_for_validation():
    train, validation = validation_rows(120, "train"), validation_rows(120, "validation")
    assert len(validation) == 10
    assert sorted([*train, *validation]) == list(range(120))
    assert validation_rows(120, "test").tolist() == list(range(120))


def test_whole_writers_are_held_out_for_testing():
    strokes = pen_strokes(writers=20)
    train, test = (stroke_rows(strokes, split) for split in ("train", "test"))
    assert sorted([*train, *test]) == list(range(len(strokes.labels)))
    assert strokes.writers is not None
    writers = [set(strokes.writers[rows]) for rows in (train, test)]
    assert (len(writers[0]), len(writers[1])) == (18, 2)
    assert not writers[0] & writers[1]


def test_without_writers_the_last_tenth_is_held_out():
    strokes = replace(pen_strokes(writers=5), writers=None)
    assert stroke_rows(strokes, "test").tolist() == list(range(90, 100))


def test_characters_without_a_label_belong_to_no_split():
    strokes = pen_strokes(writers=5)
    labels = strokes.labels.copy()
    labels[::2] = NO_LABEL
    for split in ("train", "test"):
        rows = stroke_rows(replace(strokes, labels=labels), split)
        assert np.all(rows % 2 == 1)
