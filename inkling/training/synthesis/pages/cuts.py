"""Cuts of made pages, as the line model gets them, and what they say.

The places of digits come from the page and are off by as much as the page model's are, so the line
model can be trained without it.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from inkling.imaging.pixels import Pixels
from inkling.layout import cut, rows
from inkling.layout.centres import Digits, InkMap
from inkling.layout.cut import (
    CUT_HEIGHT,
    DIGIT_HEIGHT,
    NEAR_REACH,
    OWN_REACH,
    Cut,
    Pyramid,
)
from inkling.recognition.cut_reader import ELSE, STRUCK
from inkling.training.synthesis.pages.make import DIGIT, OTHER, MadePage
from inkling.training.synthesis.pages.sheet import Written

Rng = np.random.Generator
# A cut's image, uint8 (CUT_HEIGHT, width), and the numbers of its labels.
LabelledCut = tuple[Pixels, tuple[int, ...]]

# The labels of the line model: digits, the signs that stand between them, a crossed-out character,
# and any other.
LABELS = (*"0123456789", *".,/-+=:", STRUCK, ELSE)

# Digits that are found on a page where nothing is written, on average.
NOWHERE = 0.4
# Part of the digits that are not found, and how far the places of the others are off, as a part of
# their height (and of sizes, as a logarithm).
MISSED_RATE, FALSE_RATE = 0.04, 0.03
PLACE_ERROR, SIZE_ERROR, ANGLE_ERROR = 0.05, 0.07, 0.015
# How far the height of a cut varies, as a logarithm.
HEIGHT_SPREAD = 0.12
# A character belongs to a cut where its middle is within OWN_REACH of the cut's. If it is just
# beyond that, or if a vertical edge goes through it, nobody can say whether it counts.
MIN_SEEN = 0.7
# Smaller characters cannot be read, in pixels of the cut or of the page.
MIN_HEIGHT, MIN_PAGE_HEIGHT = 9.0, 7.0
# The longest text of a cut.
MAX_LABELS = 16
# Cuts of one page, at most.
MAX_CUTS = 16


def make_cuts(page: MadePage, rng: Rng) -> Iterator[LabelledCut]:
    """The cuts of one page whose text is certain.

    Args:
        page: as it was made.
        rng: makes the errors of the places.
    """
    digits = _found(page, rng)
    if not len(digits):
        return
    pyramid, maps = Pyramid([page.image]), [_ink_map(page)]
    lines = rows.find_lines(digits)
    made = 0
    for k in rng.permutation(len(lines)):
        for each in _cuts_of_line(pyramid, maps, digits, lines[int(k)], rng):
            labels = labels_of(page, each)
            if labels is not None and made < MAX_CUTS:
                made += 1
                yield each.image, labels


def _cuts_of_line(
    pyramid: Pyramid, maps: list[InkMap], digits: Digits, line: rows.Line, rng: Rng
) -> Iterator[Cut]:
    """A line's cuts, and each once more with another height and other ends."""
    angle = line.angle + float(rng.normal(0.0, ANGLE_ERROR))
    for each in cut.cut_line(pyramid, maps, digits, line.digits, angle):
        if each.image.shape[1] > 512:
            continue
        height = cut.typical_height(digits, each.digits)
        reach = (np.abs(rng.normal(0.9, 0.35, 2)) * height).tolist()
        varied = height * float(np.exp(rng.normal(0.0, HEIGHT_SPREAD)))
        yield each
        yield cut.cut(pyramid, maps, digits, each.digits, angle, (reach[0], reach[1]), varied)


def _found(page: MadePage, rng: Rng) -> Digits:
    """The page's digits as the page model might find them."""
    digits = [k for k, each in enumerate(page.written) if each.character.isdigit()]
    others = [k for k, each in enumerate(page.written) if not each.character.isdigit()]
    digits = [k for k in digits if rng.random() >= MISSED_RATE]
    false = [k for k in others if page.written[k].height > 6 and rng.random() < FALSE_RATE]
    chosen = sorted(digits + false)
    nowhere = _nowhere(page, rng) if chosen else []
    written = [*(page.written[k] for k in chosen), *nowhere]
    angles = np.concatenate([page.angles[chosen], np.zeros(len(nowhere), np.float32)])
    count = len(written)
    heights = np.array([each.height for each in written], np.float32)
    x = np.array([each.x for each in written], np.float32)
    y = np.array([each.y for each in written], np.float32)
    noise = rng.normal(0.0, 1.0, (5, count)).astype(np.float32)
    has_next, next_x, next_y = (np.zeros(count, np.float32) for _ in range(3))
    for k in range(count - 1):
        a, b = written[k], written[k + 1]
        if a.number == b.number >= 0 and abs(b.x - a.x) < 3 * a.height:
            has_next[k], next_x[k], next_y[k] = 1.0, b.x - a.x, b.y - a.y
    light = np.full(count, 6.0 if page.is_light_on_dark else -6.0, np.float32)
    return Digits(
        x + PLACE_ERROR * heights * noise[0],
        y + PLACE_ERROR * heights * noise[1],
        np.array([each.width for each in written], np.float32) * np.exp(SIZE_ERROR * noise[2]),
        heights * np.exp(SIZE_ERROR * noise[3]),
        np.ones(count, np.float32),
        light,
        np.zeros((count, 11), np.float32),
        has_next,
        next_x,
        next_y,
        angles + ANGLE_ERROR * noise[4],
        np.zeros((count, 4), np.float32),
        np.ones(count, np.float32),
    )


def _nowhere(page: MadePage, rng: Rng) -> list[Written]:
    """Characters at random places of a page, about as large as its own."""
    height, width = page.image.shape[:2]
    size = float(np.median([each.height for each in page.written]))
    found = []
    for _ in range(int(rng.poisson(NOWHERE))):
        tall = size * float(np.exp(rng.normal(0.0, 0.3)))
        x, y = (float(rng.uniform(0.0, side)) for side in (width, height))
        found.append(Written("", x, y, tall * float(rng.uniform(0.3, 0.9)), tall))
    return found


def _ink_map(page: MadePage) -> InkMap:
    """The page's ink as the page model might see it."""
    digit, other = ((page.ink == kind).astype(np.float32) for kind in (DIGIT, OTHER))
    window = (3, 3)
    return InkMap(
        1.0,
        np.asarray(cv2.GaussianBlur(digit, window, 0.5), np.float32),
        np.asarray(cv2.GaussianBlur(other, window, 0.5), np.float32),
    )


def labels_of(page: MadePage, each: Cut) -> tuple[int, ...] | None:
    """The label numbers of a cut, from left to right; None where they are not certain.

    A cut without characters reads as one that is no digit.
    """
    written = page.written
    middles = each.to_cut(
        np.array([one.x for one in written]), np.array([one.y for one in written])
    )
    step = float(np.hypot(*each.matrix[:, 0]))
    width = each.image.shape[1]
    found: list[tuple[float, Written]] = []
    for (x, y), one in zip(middles, written, strict=True):
        half_width, height = one.width / step / 2.0, one.height / step
        if x + half_width < 1 or x - half_width > width - 1:
            continue
        away = abs(y - CUT_HEIGHT / 2) / DIGIT_HEIGHT
        is_small = one.character in ".,-:'=;"
        if away > NEAR_REACH + (0.0 if is_small else height / DIGIT_HEIGHT / 4.0):
            continue
        seen = (min(x + half_width, width) - max(x - half_width, 0.0)) / max(2 * half_width, 1.0)
        is_own = away < OWN_REACH + (0.15 if is_small else 0.0) and seen > MIN_SEEN
        is_legible = is_small or (height > MIN_HEIGHT and one.height > MIN_PAGE_HEIGHT)
        if not is_own or not is_legible or height > 1.6 * CUT_HEIGHT:
            return None
        found.append((float(x), one))
    found.sort(key=lambda pair: pair[0])
    # The loss cannot take an empty text.
    labels = tuple(label_of(one) for _, one in found) or (LABELS.index(ELSE),)
    return labels if len(labels) <= MAX_LABELS else None


def label_of(one: Written) -> int:
    """The number of a character's label."""
    if one.is_struck:
        return LABELS.index(STRUCK)
    return LABELS.index(one.character) if one.character in LABELS else LABELS.index(ELSE)
