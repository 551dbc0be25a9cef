"""What is no digit."""

from __future__ import annotations

import numpy as np

from inkling.training.data import negatives


def test_negatives_need_only_mnist():
    one = dict(negatives.by_kind("train", seed=1, limit=5))
    again = dict(negatives.by_kind("train", seed=1, limit=5))
    other = dict(negatives.by_kind("test", seed=1, limit=5))
    assert set(one) == {"scribbles", "blots", "rules", "pairs", "halves", "cuts"}
    for kind, glyphs in one.items():
        assert (glyphs.shape, glyphs.dtype) == ((5, 28, 28), np.uint8)
        assert (glyphs.reshape(5, -1).max(axis=1) > 200).all()
        assert np.array_equal(glyphs, again[kind])
        assert not np.array_equal(glyphs, other[kind])
