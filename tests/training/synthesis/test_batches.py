"""Batches of synthetic lines."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.recognition.line_image import IMAGE_HEIGHT
from inkling.training.line_network import PAD
from inkling.training.synthesis import batches
from inkling.training.synthesis.batches import MAX_WIDTH, WIDTH_STEP, to_batch
from inkling.training.synthesis.characters import Characters
from inkling.training.synthesis.lines import MAX_DIGITS, make_line
from tests.fixtures.pages_made import mnist_test


@pytest.fixture(scope="module")
def known() -> Characters:
    x, y = mnist_test()
    return Characters(x[:600], y[:600].astype(np.uint8), x[600:620], x[620:630])


def test_a_batch_is_padded_with_paper(known: Characters) -> None:
    rng = np.random.default_rng(0)
    made = [make_line(known, rng) for _ in range(12)]
    x, y = to_batch(made)
    assert x.dtype == np.float32 and y.dtype == np.int32 and y.shape == (12, MAX_DIGITS)
    assert x.shape[:2] == (12, IMAGE_HEIGHT) and x.shape[2] % WIDTH_STEP == 0
    for row, (image, labels) in enumerate(made):
        width = image.shape[1]
        np.testing.assert_array_equal(np.rint(x[row, :, :width, 0] * 255), image)
        assert not x[row, :, width:].any()
        assert y[row].tolist() == [*labels, *[PAD] * (MAX_DIGITS - len(labels))]


def test_batches_are_of_similar_width_and_depend_on_the_seed(known: Characters) -> None:
    def widths(seed: int) -> list[int]:
        made = batches.make_batches(known, seed, size=4, pool=32)
        return [next(made)[0].shape[2] for _ in range(8)]

    assert widths(1) == widths(1) and len(set(widths(1))) > 2 and max(widths(1)) <= MAX_WIDTH
