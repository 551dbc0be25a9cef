"""Slashed zeros, crossed sevens and flagged ones."""

from __future__ import annotations

import numpy as np

from inkling.imaging.pixels import bounding_box
from inkling.training.data import variants


def test_variants_keep_the_digit_and_add_a_stroke():
    x, y = variants.load("train", seed=1, limit=40)
    assert (x.shape, x.dtype, y.shape) == ((120, 28, 28), np.uint8, (120,))
    assert np.bincount(y, minlength=10).tolist() == [40, 40, 0, 0, 0, 0, 0, 40, 0, 0]
    again, _ = variants.load("train", seed=1, limit=40)
    assert np.array_equal(x, again)
    slashed, _ = variants.by_kind("train", 1, 40)["slashed zeros"]
    # The stroke crosses the ring's hole, so every one has ink in the middle.
    assert (slashed[:, 11:17, 11:17].reshape(40, -1).max(axis=1) > 120).all()
    # They are normalised like all glyphs.
    for glyph in x[::10]:
        box = bounding_box(glyph)
        assert box is not None
        _, _, width, height = box
        assert 18 <= max(width, height) <= 22
