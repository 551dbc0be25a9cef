"""The picture of a page with boxes and labels."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inkling.geometry import Box
from inkling.imaging.glyph import to_glyph
from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.reader.overlay import RIM_COLOUR, SURE_COLOUR, UNSURE_COLOUR, annotate
from inkling.recognition.results import Digit, Line, Number, Prediction, Reading

PAPER = (246, 240, 224)
SURE = Prediction("7", (0.0,) * 7 + (1.0, 0.0, 0.0), 1.0, True, True)


def page(width: int = 500, height: int = 400, paper: tuple[int, int, int] | int = PAPER) -> Page:
    return Page("page.png", 1, np.full((height, width, 3), paper, np.uint8))


def reading(page: Page, *digits: tuple[Box, bool]) -> Reading:
    """A reading of 7s with these boxes, sure or not."""
    glyph = to_glyph(np.zeros((9, 9), np.uint8))
    found = [
        Digit("7", 1.0, box, replace(SURE, is_sure=is_sure), replace(glyph, box=box))
        for box, is_sure in digits
    ]
    numbers = tuple(Number((digit,)) for digit in found)
    return Reading((Line(numbers),) if numbers else (), page.width, page.height, ())


def painted(picture: Pixels, colour: tuple[int, int, int]) -> np.ndarray:
    """Where a picture has this colour, or nearly so at the soft rim of a line."""
    return np.asarray(np.abs(picture.astype(int) - colour).max(axis=2) <= 30)


@pytest.mark.parametrize(
    ("is_sure", "colour", "other"),
    [(True, SURE_COLOUR, UNSURE_COLOUR), (False, UNSURE_COLOUR, SURE_COLOUR)],
)
def test_a_box_of_its_colour_is_painted_around_a_digit(
    is_sure: bool,
    colour: tuple[int, int, int],
    other: tuple[int, int, int],
) -> None:
    empty = page()
    x, y, width, height = box = (200, 150, 40, 60)
    drawn = annotate(empty, reading(empty, (box, is_sure)))
    found = painted(drawn, colour)
    assert not painted(drawn, other).any()
    # All four sides, just outside of the digit's box.
    assert found[y : y + height, x - 4 : x].any(axis=1).all()
    assert found[y : y + height, x + width : x + width + 4].any(axis=1).all()
    assert found[y - 4 : y, x : x + width].any(axis=0).all()
    assert found[y + height : y + height + 4, x : x + width].any(axis=0).all()
    # The digit itself is not covered.
    assert painted(drawn, PAPER)[y + 1 : y + height - 1, x + 1 : x + width - 1].all()


def test_a_doubtful_digit_has_a_thicker_box_and_a_question_mark() -> None:
    empty = page()
    box = (200, 150, 40, 60)
    sure, unsure = (annotate(empty, reading(empty, (box, is_sure))) for is_sure in (True, False))
    middle = 150 + 30
    sides = [(picture[middle] != PAPER).any(axis=1).sum() for picture in (sure, unsure)]
    assert sides[1] > sides[0]
    # The label above the box is wider by the question mark.
    labels = [np.flatnonzero((p[:140] != PAPER).any(axis=(0, 2))) for p in (sure, unsure)]
    assert np.ptp(labels[1]) > np.ptp(labels[0]) + 5


def test_the_label_is_above_the_box_or_below_it_at_the_top() -> None:
    empty = page()
    low = annotate(empty, reading(empty, ((200, 150, 40, 60), True)))
    assert painted(low, SURE_COLOUR)[100:144].any() and not painted(low, SURE_COLOUR)[216:].any()
    high = annotate(empty, reading(empty, ((200, 6, 40, 60), True)))
    assert painted(high, SURE_COLOUR)[76:110].any()


@pytest.mark.parametrize("is_sure", [True, False])
@pytest.mark.parametrize("size", [1, 4], ids=["small", "large"])
def test_a_label_stands_in_a_white_rim_on_dark_and_on_light_paper(size: int, is_sure: bool) -> None:
    """No paper touches the strokes of a label: all around them the colours do not depend on it."""
    box = (200 * size, 150 * size, 40 * size, 60 * size)
    above = slice(100 * size, 146 * size)
    dark, light = (
        annotate(empty, reading(empty, (box, is_sure)))[above]
        for empty in (page(700 * size, 400 * size, paper) for paper in (0, 255))
    )
    covered = (dark == light).all(axis=2)
    ink = painted(dark, SURE_COLOUR if is_sure else UNSURE_COLOUR)
    around = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert ink.any() and covered[around].all()
    assert painted(dark, RIM_COLOUR).sum() > 0.3 * ink.sum()


def test_every_digit_is_annotated_and_a_larger_page_has_thicker_lines() -> None:
    boxes = [(60 + 90 * place, 150, 40, 60) for place in range(4)]
    empty = page()
    drawn = annotate(
        empty, reading(empty, *((box, place % 2 == 0) for place, box in enumerate(boxes)))
    )
    for place, (x, y, width, height) in enumerate(boxes):
        around = drawn[y - 5 : y + height + 5, x - 5 : x + width + 5]
        assert painted(around, SURE_COLOUR if place % 2 == 0 else UNSURE_COLOUR).any()
        assert not painted(around, UNSURE_COLOUR if place % 2 == 0 else SURE_COLOUR).any()
    large = page(3200, 2400)
    (x, y, width, height) = box = (1000, 1000, 300, 400)
    side = painted(annotate(large, reading(large, (box, True))), SURE_COLOUR)[y + height // 2]
    assert side[: x + width // 2].sum() == pytest.approx(4, abs=1)


def test_the_size_is_kept_and_the_page_is_not_changed() -> None:
    rng = np.random.default_rng(0)
    for height, width in ((40, 30), (300, 1700)):
        image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        original = image.copy()
        noisy = Page("noise.png", 1, image)
        blank = annotate(noisy, reading(noisy))
        np.testing.assert_array_equal(blank, original)
        assert blank is not image
        # A box may reach over the page's border.
        drawn = annotate(
            noisy, reading(noisy, ((-3, -2, width, height + 9), True), ((5, 5, 9, 12), False))
        )
        assert drawn.shape == image.shape and drawn.dtype == np.uint8
        assert (drawn != original).any()
        np.testing.assert_array_equal(image, original)


def test_the_colours_differ_for_every_kind_of_colour_vision() -> None:
    """Sure and doubtful also differ in lightness."""
    lightness = [
        cv2.cvtColor(np.array([[colour]], np.uint8), cv2.COLOR_RGB2LAB)[0, 0, 0]
        for colour in (SURE_COLOUR, UNSURE_COLOUR)
    ]
    assert abs(int(lightness[0]) - int(lightness[1])) > 20
