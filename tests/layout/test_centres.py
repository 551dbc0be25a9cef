"""Centres to digits, from answers that are built from a made page's own targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.layout import page_model
from inkling.layout.centres import Digits, detect, scales
from inkling.layout.page_model import STRIDE, PageModel
from inkling.training.synthesis.pages import targets
from inkling.training.synthesis.pages.characters import load_page_characters
from inkling.training.synthesis.pages.make import DIGIT, MadePage, make_page
from inkling.training.synthesis.pages.scenes import Scene, add_cells, add_lines


def _answer(page: MadePage) -> NDArray[np.float32]:
    """What a perfect page model says about a made page."""
    truth = targets.targets(page)
    answer = np.zeros((*truth.shape[:2], page_model.CHANNELS), np.float32)
    kind = np.minimum(truth[..., targets.INK], 2).astype(int)
    answer[..., page_model.INK] = 8.0 * np.eye(3, dtype=np.float32)[kind]
    heat = np.clip(truth[..., targets.HEAT], 1e-4, 1 - 1e-4)
    answer[..., page_model.CENTRE] = np.log(heat / (1 - heat))
    answer[..., page_model.OFFSET] = truth[..., targets.OFFSET]
    answer[..., page_model.SIZE] = truth[..., targets.SIZE]
    answer[..., page_model.IS_LIGHT] = 8.0 * (2.0 * truth[..., targets.IS_LIGHT] - 1.0)
    digit = truth[..., targets.DIGIT].astype(int)
    answer[..., page_model.CLASSES] = 8.0 * np.eye(11, dtype=np.float32)[digit]
    answer[..., page_model.HAS_NEXT] = np.where(truth[..., targets.HAS_NEXT] > 0, 8.0, -8.0)
    answer[..., page_model.NEXT] = truth[..., targets.NEXT]
    answer[..., page_model.ANGLE] = truth[..., targets.ANGLE]
    return answer


@dataclass
class _Perfect(PageModel):
    """A model that gives a prepared answer."""

    answer: NDArray[np.float32]

    def run(self, image: Pixels) -> NDArray[np.float32]:
        height, width = self.answer.shape[:2]
        assert image.shape[:2] == (STRIDE * height, STRIDE * width)
        return self.answer


def _detected(page: MadePage) -> Digits:
    return detect(_Perfect(_answer(page)), page.image, [1.0])[0]


@pytest.mark.parametrize("scene", [add_lines, add_cells])
def test_digits_are_found_where_they_are_written(scene: Scene) -> None:
    characters = load_page_characters("validation")
    rng = np.random.default_rng(4)
    found = missed = 0
    for _ in range(12):
        page = make_page(characters, rng, kinds=[(scene, 1.0)])
        digits = _detected(page)
        written = [each for each in page.written if each.character.isdigit() and each.height > 12]
        for each in written:
            away = np.hypot(digits.x - each.x, digits.y - each.y)
            near = int(away.argmin()) if len(digits) else 0
            if not len(digits) or away[near] > 0.2 * each.height:
                missed += 1
                continue
            found += 1
            assert digits.height[near] == pytest.approx(each.height, rel=0.25)
            assert (digits.light[near] > 0) == page.is_light_on_dark
    assert found > 100
    # Digits written over each other are one.
    assert missed < 0.05 * found


def test_the_ink_is_where_the_map_says() -> None:
    page = make_page(load_page_characters("validation"), np.random.default_rng(8))
    _, (ink,) = detect(_Perfect(_answer(page)), page.image, [1.0])
    assert np.array_equal(ink.digit > 0.5, page.ink == DIGIT)


def test_an_empty_page_has_no_digits() -> None:
    model = _Perfect(np.full((16, 16, page_model.CHANNELS), -9.0, np.float32))
    digits, _ = detect(model, np.zeros((64, 64, 3), np.uint8), [1.0])
    assert len(digits) == 0


@pytest.mark.parametrize("size", [(4000, 3000), (1536, 20), (600, 400), (60, 40), (28, 28), (3, 2)])
def test_every_picture_has_a_scale_at_which_its_largest_digit_is_small(
    size: tuple[int, int],
) -> None:
    found = scales(*size)
    assert found == sorted(found, reverse=True)
    assert max(size) * found[0] <= 1536
    assert max(size) * found[-1] < 110
