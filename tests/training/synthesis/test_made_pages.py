"""Made pages: what is said of them agrees with their pixels, and the targets with both."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkling.layout import page_model
from inkling.layout.cut import CUT_HEIGHT
from inkling.training.synthesis.pages import cuts, make, scenes, targets
from inkling.training.synthesis.pages.batches import SHAPES, make_batch, vary
from inkling.training.synthesis.pages.characters import PageCharacters, load_page_characters
from inkling.training.synthesis.pages.make import DIGIT, STRIDE, MadePage, make_page

# Pages that each test looks at.
PAGES = 24


@pytest.fixture(scope="module")
def characters() -> PageCharacters:
    return load_page_characters("validation")


@pytest.fixture(scope="module")
def pages(characters: PageCharacters) -> list[MadePage]:
    rng = np.random.default_rng(1)
    return [make_page(characters, rng) for _ in range(PAGES)]


def test_the_same_seed_makes_the_same_page(characters: PageCharacters) -> None:
    first, again = (make_page(characters, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.ink, again.ink)
    assert first.written == again.written


def test_digits_are_where_they_are_said_to_be(pages: list[MadePage]) -> None:
    inked = total = 0
    for page in pages:
        for each in page.written:
            if not each.character.isdigit() or each.is_struck:
                continue
            x, y = int(each.x // STRIDE), int(each.y // STRIDE)
            reach = max(1, int(each.height / STRIDE / 2))
            around = page.ink[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
            inked += bool((around == DIGIT).any())
            total += 1
    assert total > 200
    assert inked > 0.98 * total


def test_ink_is_lighter_or_darker_than_paper_as_is_said(pages: list[MadePage]) -> None:
    right = total = 0
    for page in pages:
        grey = cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(grey, page.ink.shape[::-1], interpolation=cv2.INTER_AREA)
        is_pen, is_paper = page.ink == DIGIT, page.ink == make.PAPER
        if is_pen.sum() < 20 or is_paper.sum() < 20:
            continue
        near = cv2.dilate(is_pen.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        if not (near & is_paper).any():
            continue
        lighter = float(np.median(small[is_pen])) > float(np.median(small[near & is_paper]))
        right += lighter == page.is_light_on_dark
        total += 1
    assert total > PAGES // 2
    assert right >= total - 2


def test_the_targets_peak_at_each_digit(pages: list[MadePage]) -> None:
    for page in pages:
        answer = targets.targets(page)
        digits = [each for each in page.written if each.character.isdigit()]
        squares = {(int(each.y // STRIDE), int(each.x // STRIDE)) for each in digits}
        assert int((answer[..., targets.HEAT] == 1.0).sum()) == len(squares)
        if not digits:
            assert not answer[..., targets.OWN].any()


def test_a_turned_target_is_the_target_of_the_turned_page(pages: list[MadePage]) -> None:
    page = pages[0]
    upright, turned = targets.targets(page), targets.targets(page, 1)
    assert np.array_equal(np.rot90(upright[..., targets.HEAT]), turned[..., targets.HEAT])
    assert not turned[..., targets.OWN].any()
    assert (turned[..., targets.TURN] == 1).all()


def test_batches_have_the_shapes_that_the_network_takes(characters: PageCharacters) -> None:
    for shape in SHAPES:
        images, answers = make_batch(characters, np.random.default_rng(3), shape)
        assert images.shape == (shape.count, *shape.size, 3)
        assert images.dtype == np.uint8
        height, width = (side // page_model.STRIDE for side in shape.size)
        assert answers.shape == (shape.count, height, width, targets.CHANNELS)


def test_an_inverted_picture_has_ink_of_the_other_kind(characters: PageCharacters) -> None:
    images, answers = make_batch(characters, np.random.default_rng(3), SHAPES[-1])
    rng = np.random.default_rng(0)
    for _ in range(20):
        varied, changed = vary((images, answers), rng)
        for k in range(len(images)):
            before, after = (
                cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).ravel() for each in (images[k], varied[k])
            )
            likeness = float(np.corrcoef(before, after)[0, 1])
            own = answers[k, ..., targets.OWN] > 0
            if before.std() < 10 or abs(likeness) < 0.7 or not own.any():
                continue
            is_same = changed[k, ..., targets.IS_LIGHT] == answers[k, ..., targets.IS_LIGHT]
            assert bool(is_same[own].all()) == (likeness > 0)


def test_cuts_say_what_is_written(pages: list[MadePage]) -> None:
    found = [cut for page in pages for cut in cuts.make_cuts(page, np.random.default_rng(2))]
    assert len(found) > PAGES
    for image, labels in found:
        assert image.dtype == np.uint8
        assert image.shape[0] == CUT_HEIGHT
        assert all(0 <= label < len(cuts.LABELS) for label in labels)
        # A character is at least two pixels wide.
        assert len(labels) <= image.shape[1] / 2


def test_a_page_without_digits_has_no_digit_ink(characters: PageCharacters) -> None:
    rng = np.random.default_rng(5)
    for _ in range(10):
        page = make_page(characters, rng, kinds=[(scenes.add_none, 1.0)])
        assert not (page.ink == DIGIT).any()
        assert not any(each.character.isdigit() for each in page.written)
