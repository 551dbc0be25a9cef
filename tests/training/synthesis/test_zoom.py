"""Pages in other sizes: what is said of them agrees with their pixels."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.training.synthesis.pages import targets, zoom
from inkling.training.synthesis.pages.make import DIGIT, PAPER, STRIDE, MadePage
from inkling.training.synthesis.pages.sheet import Written


def _page(height: float) -> MadePage:
    """A white page of 64 by 64 pixels with a black digit, half as wide as high."""
    image = np.full((64, 64, 3), 255, np.uint8)
    x, y = 24.0, 28.0
    rows = slice(int(y - height / 2), int(y + height / 2))
    columns = slice(int(x - height / 4), int(x + height / 4))
    image[rows, columns] = 0
    squares = image[..., 0].reshape(16, STRIDE, 16, STRIDE).min(axis=(1, 3))
    ink = np.where(squares == 0, DIGIT, PAPER).astype(np.uint8)
    written = [Written("7", x - 0.5, y - 0.5, height / 2, height, 0)]
    return MadePage(image, ink, written, np.zeros(1, np.float32), False)


@pytest.mark.parametrize(("height", "is_found"), [(24, True), (16, False)])
def test_a_shrunk_page_keeps_what_can_be_found(height: int, is_found: bool) -> None:
    small = zoom.shrunk(_page(height), 2)
    assert small.image.shape == (32, 32, 3)
    assert small.ink.shape == (8, 8)
    assert len(small.written) == len(small.angles) == is_found
    dark = np.argwhere(small.image[..., 0] < 128)
    top, left = dark.min(axis=0)
    bottom, right = dark.max(axis=0)
    for each in small.written:
        assert each.height == height / 2
        assert each.x == pytest.approx((left + right) / 2.0)
        assert each.y == pytest.approx((top + bottom) / 2.0)


def test_tiles_have_their_targets() -> None:
    image, answer = zoom.tiled([_page(40)], np.random.default_rng(0))
    assert image.shape == (64, 64, 3)
    assert answer.shape == (16, 16, targets.CHANNELS)
    centres = np.argwhere(answer[..., targets.HEAT] == 1.0)
    assert len(centres) in (4, 16)
    for row, column in centres:
        assert image[row * STRIDE + 1, column * STRIDE + 1].max() < 128


def test_an_enlarged_page_shows_what_it_says() -> None:
    for seed in range(20):
        page = zoom.enlarged(_page(32), np.random.default_rng(seed))
        assert page.image.shape == (64, 64, 3)
        assert page.ink.shape == (16, 16)
        dark = (page.image[..., 0] < 128).mean()
        assert dark == pytest.approx((page.ink == DIGIT).mean(), abs=0.1)
        for each in page.written:
            assert each.height in (64, 128)
            assert page.image[int(each.y), int(each.x)].max() < 128


def test_digits_that_are_far_too_large_are_none() -> None:
    page = _page(40)
    for seed in range(20):
        larger = zoom.enlarged(page, np.random.default_rng(seed))
        assert all(each.height <= zoom.LARGEST for each in larger.written)
