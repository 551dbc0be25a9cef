"""Which is the pen and which the paper, on pictures where brightness alone misleads."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from inkling.imaging.pixels import Pixels
from inkling.imaging.polarity import contrast_with_border, darkest_channel, is_light_on_dark


def shaded(mask: Pixels, paper: int, pen: int) -> Pixels:
    """A picture of ink, uint8 (h, w), in two shades."""
    return np.rint(paper + (float(pen) - paper) * (mask / 255.0)).astype(np.uint8)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    seed=st.integers(0, 2**20),
    strokes=st.integers(1, 3),
    width=st.integers(2, 12),
    margin=st.integers(8, 60),
    paper=st.integers(0, 215),
    contrast=st.integers(40, 255),
    is_light=st.booleans(),
)
def test_a_clean_border_is_the_paper(
    seed: int, strokes: int, width: int, margin: int, paper: int, contrast: int, is_light: bool
) -> None:
    """Any strokes on paper of any shade, brighter or darker than the pen."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((100 + 2 * margin, 100 + 2 * margin), np.uint8)
    for _ in range(strokes):
        points = rng.integers(margin, margin + 100, (4, 2), dtype=np.int32)
        cv2.polylines(mask, [points], False, 255, width, cv2.LINE_AA)
    ink = mask > 127
    hull = cv2.contourArea(cv2.convexHull(np.argwhere(ink).astype(np.int32)))
    # Ink that fills its outline, but for a few holes, may be a sheet of paper on a desk.
    assume(ink.sum() < 0.5 * hull)
    picture = shaded(mask, paper, min(255, paper + contrast))
    assert is_light_on_dark(picture if is_light else 255 - picture) is is_light


@settings(max_examples=80, deadline=None)
@given(
    index=st.integers(0, 999),
    reach=st.integers(0, 9),
    margin=st.integers(0, 30),
    is_light=st.booleans(),
    noise=st.integers(0, 3),
)
def test_bold_digits_are_told_from_their_paper(
    mnist: tuple[Pixels, Pixels], index: int, reach: int, margin: int, is_light: bool, noise: int
) -> None:
    """MNIST's digits with strokes of up to a fifth of their height, also cut without a margin."""
    digit = cv2.resize(mnist[0][index], None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    digit = 255 * (digit > 127).astype(np.uint8)
    rows, columns = np.nonzero(digit)
    digit = np.pad(digit[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1], reach)
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    mask = np.pad(np.asarray(cv2.dilate(digit, disk), np.uint8), margin)
    # Little paper is left of a digit cut without a margin: nothing tells what it is.
    edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    assume((edge < 8).mean() > 0.6 and (mask < 8).mean() > 0.3)
    picture = shaded(mask, 20, 235) if is_light else shaded(mask, 235, 20)
    grain = np.random.default_rng(index).normal(0, noise, picture.shape)
    picture = np.clip(picture + grain, 0, 255).astype(np.uint8)
    assert is_light_on_dark(picture) is is_light
    assert is_light_on_dark(np.repeat(picture[..., None], 3, axis=2)) is is_light


def test_a_coloured_pen_on_coloured_paper_is_told_by_its_brightness() -> None:
    mask = np.zeros((80, 80), bool)
    mask[20:60, 30:50] = True
    for paper, pen in (((229, 224, 79), (60, 80, 120)), ((40, 80, 60), (240, 240, 235))):
        picture = np.where(mask[..., None], pen, paper).astype(np.uint8)
        assert is_light_on_dark(picture) is (sum(pen) > sum(paper))


def test_the_border_is_no_paper_when_it_is_a_desk_or_a_frame(mnist: tuple[Pixels, Pixels]) -> None:
    sheet = np.full((140, 200), 230, np.uint8)
    sheet[40:96, 40:96] = 230 - cv2.resize(mnist[0][0], (56, 56)) * 0.8
    assert contrast_with_border(np.pad(sheet, 60, constant_values=15)[..., None]) == 0
    assert contrast_with_border(np.pad(sheet, 3, constant_values=15)[..., None]) == 0
    # A box with a digit in it, drawn on the paper.
    box = np.full((200, 200), 230, np.uint8)
    cv2.rectangle(box, (40, 40), (160, 160), 15, 3)
    box[72:128, 72:128] = 230 - cv2.resize(mnist[0][0], (56, 56)) * 0.8
    assert contrast_with_border(box[..., None]) < 0 < contrast_with_border(255 - box[..., None])


def test_a_border_of_several_shades_and_bare_paper_tell_nothing() -> None:
    rng = np.random.default_rng(3)
    grain = rng.normal(200, 12, (90, 120, 3)).clip(0, 255).astype(np.uint8)
    assert contrast_with_border(grain) == 0
    assert contrast_with_border(np.full((90, 120, 3), 200, np.uint8)) == 0


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_a_line_on_paper_of_two_shades_is_dark_on_light(mnist, share):
    """A form's field, printed in grey, with a strip of white paper above it."""
    rng = np.random.default_rng(7)
    for start in range(0, 60, 6):
        digits = np.pad(np.hstack(mnist[0][start : start + 6]), ((8, 8), (6, 6)))
        digits = cv2.erode(cv2.resize(digits, None, fx=2, fy=2), np.ones((2, 2)))
        paper = np.full(digits.shape, 150.0) + rng.normal(0, 3, digits.shape)
        paper[: round(share * len(paper))] += 75
        picture = np.clip(paper * (1 - 0.3 * digits / 255.0), 0, 255).astype(np.uint8)
        assert not is_light_on_dark(picture)
        assert is_light_on_dark(255 - picture)


@pytest.mark.parametrize("desk", [0.4, 0.45, 0.5])
def test_a_small_number_beside_a_dark_desk_is_dark_on_light(mnist, desk):
    """A register's margin between the desk and its first ruling line: the desk is not paper."""
    rng = np.random.default_rng(11)
    height, width = 200, 130
    for start in range(0, 80, 2):
        picture = np.full((height, width), 225.0)
        digits = cv2.resize(
            np.hstack(mnist[0][start : start + 2]), (28, 14), interpolation=cv2.INTER_AREA
        )
        x = round((1 + desk) / 2 * width) - 14
        picture[60:74, x : x + 28] -= 0.7 * digits
        picture[:, : round(desk * width)] = 15.0
        picture[:, -4:] = 60.0
        picture += rng.normal(0, 4, picture.shape)
        picture = np.clip(picture, 0, 255).astype(np.uint8)
        assert not is_light_on_dark(picture)
        assert is_light_on_dark(255 - picture)


def test_a_digit_and_its_negative_differ(mnist) -> None:
    """MNIST's digits are light on dark, at 28 pixels and enlarged."""
    for digit in mnist[0][:50]:
        for picture in (np.pad(digit, 10), np.kron(np.pad(digit, 10), np.ones((6, 6), np.uint8))):
            assert is_light_on_dark(picture)
            assert not is_light_on_dark(255 - picture)


@pytest.mark.parametrize(("level", "expected"), [(30, True), (220, False)])
def test_an_empty_picture_is_judged_by_its_brightness(level: int, expected: bool) -> None:
    noise = np.random.default_rng(0).normal(0, 1, (60, 60))
    picture = np.rint(level + noise).astype(np.uint8)
    assert is_light_on_dark(picture) is expected


def test_the_darkest_channel_is_the_minimum() -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    before = rgb.copy()
    np.testing.assert_array_equal(darkest_channel(rgb), rgb.min(axis=2))
    np.testing.assert_array_equal(rgb, before)
