"""Batches of cuts and lines, and streams of batches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice

import numpy as np

from inkling.layout.cut import CUT_HEIGHT
from inkling.training.synthesis.batches import Batch, prefetch, vary_first_widths
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


def test_items_made_in_advance_keep_their_order() -> None:
    assert list(islice(prefetch(iter(count()), 3), 20)) == list(range(20))


def test_the_first_two_batches_differ_in_width_and_none_is_lost() -> None:
    def source() -> Iterator[Batch]:
        for number, width in enumerate((32, 32, 32, 64, 96)):
            yield np.zeros((1, 4, width, 1), np.float32), np.array([number])

    found = list(vary_first_widths(source()))
    assert [batch[0].shape[2] for batch in found[:2]] == [32, 64]
    assert sorted(int(batch[1][0]) for batch in found) == [0, 1, 2, 3, 4]
