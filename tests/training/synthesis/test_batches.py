"""Batches of cuts."""

from __future__ import annotations

from itertools import islice

import numpy as np

from inkling.layout.cut import CUT_HEIGHT
from inkling.training.synthesis.pages.characters import load_page_characters
from inkling.training.synthesis.pages.cuts import MAX_LABELS
from inkling.training.synthesis.pages.line_batches import WIDTH_STEP, cuts_of_pages, to_batch


def test_a_batch_is_padded_with_paper() -> None:
    cuts = cuts_of_pages(load_page_characters("validation"), np.random.default_rng(0))
    made = list(islice(cuts, 12))
    x, y = to_batch(made)
    assert x.dtype == np.uint8 and y.dtype == np.int32 and y.shape == (12, MAX_LABELS)
    assert x.shape[:2] == (12, CUT_HEIGHT) and x.shape[2] % WIDTH_STEP == 0
    for row, (image, labels) in enumerate(made):
        width = image.shape[1]
        np.testing.assert_array_equal(x[row, :, :width], image)
        assert not x[row, :, width:].any()
        assert y[row].tolist() == [*labels, *[-1] * (MAX_LABELS - len(labels))]


def test_the_same_seed_makes_the_same_cuts() -> None:
    known = load_page_characters("validation")
    first, again = (
        list(islice(cuts_of_pages(known, np.random.default_rng(5)), 6)) for _ in range(2)
    )
    for (image, labels), (same_image, same_labels) in zip(first, again, strict=True):
        assert labels == same_labels
        np.testing.assert_array_equal(image, same_image)
