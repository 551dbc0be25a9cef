"""Made pages much smaller and much larger than they were made.

The page network looks at a picture at several scales, so at most of them its digits are far too
small or far too large. There it must find none.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.training.synthesis.pages.make import DIGIT, IGNORED, PAPER, STRIDE, MadePage
from inkling.training.synthesis.pages.sheet import Written
from inkling.training.synthesis.pages.targets import targets

Rng = np.random.Generator

# Digits of these heights are to be found, in pixels. Whether slightly smaller ones are found does
# not matter, down to the second height.
SMALLEST, NEGLIGIBLE = 9.0, 6.0
LARGEST = 130.0
# How much smaller or larger pages become.
SHRINKING, ENLARGING = (2, 4), (2, 4)


def tiled(pages: list[MadePage], rng: Rng) -> tuple[Pixels, NDArray[np.float32]]:
    """A picture of several pages side by side, and its targets; as large as one of them was.

    Args:
        pages: to choose from, all of one size, whose sides are multiples of 4 * STRIDE.
        rng: chooses.
    """
    factor = int(rng.choice(SHRINKING))
    chosen = rng.integers(0, len(pages), (factor, factor))
    tiles = [[shrunk(pages[k], factor) for k in row] for row in chosen.tolist()]
    image = np.vstack([np.hstack([tile.image for tile in row]) for row in tiles])
    answer = np.vstack([np.hstack([targets(tile) for tile in row]) for row in tiles])
    return image, answer


def shrunk(page: MadePage, factor: int) -> MadePage:
    """A page, smaller by a whole number.

    Args:
        page: its sides are multiples of factor * STRIDE.
        factor: how much smaller.
    """
    height, width = (side // factor for side in page.image.shape[:2])
    image = np.asarray(
        cv2.resize(page.image, (width, height), interpolation=cv2.INTER_AREA), np.uint8
    )
    rows, columns = height // STRIDE, width // STRIDE
    squares = (
        page.ink.reshape(rows, factor, columns, factor)
        .swapaxes(1, 2)
        .reshape(rows, columns, factor * factor)
    )
    ink = np.where(squares == IGNORED, PAPER, squares).max(axis=-1)
    ink = np.where((squares == DIGIT).any(axis=-1), DIGIT, ink)
    ink = np.where((squares == IGNORED).mean(axis=-1) > 0.5, IGNORED, ink).astype(np.uint8)
    written = [_scaled(each, 1.0 / factor) for each in page.written]
    for each in written:
        if NEGLIGIBLE < each.height < SMALLEST:
            _around(ink, each)[:] = IGNORED
    return _kept(replace(page, image=image, ink=ink), written, SMALLEST, LARGEST)


def enlarged(page: MadePage, rng: Rng) -> MadePage:
    """A part of a page, larger, and as large as the page was.

    Args:
        page: its sides are multiples of 4 * STRIDE.
        rng: chooses the part and the size.
    """
    factor = int(rng.choice(ENLARGING))
    rows, columns = page.ink.shape
    part_rows, part_columns = rows // factor, columns // factor
    top = int(rng.integers(0, rows - part_rows + 1))
    left = int(rng.integers(0, columns - part_columns + 1))
    ink = page.ink[top : top + part_rows, left : left + part_columns]
    y, x = top * STRIDE, left * STRIDE
    part = page.image[y : y + part_rows * STRIDE, x : x + part_columns * STRIDE]
    size = (columns * STRIDE, rows * STRIDE)
    image = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    moved = [replace(each, x=each.x - x, y=each.y - y) for each in page.written]
    written = [_scaled(each, float(factor)) for each in moved]
    return _kept(
        replace(page, image=image, ink=ink.repeat(factor, 0).repeat(factor, 1)),
        written,
        SMALLEST,
        LARGEST,
    )


def _scaled(each: Written, factor: float) -> Written:
    """A character on a page of another size."""
    # The middle of the first pixel is at 0.
    x, y = ((value + 0.5) * factor - 0.5 for value in (each.x, each.y))
    return replace(each, x=x, y=y, width=each.width * factor, height=each.height * factor)


def _around(ink: Pixels, each: Written) -> Pixels:
    """The squares that a character covers."""
    top, bottom = (int((each.y + side * each.height / 2.0) // STRIDE) for side in (-1, 1))
    left, right = (int((each.x + side * each.width / 2.0) // STRIDE) for side in (-1, 1))
    return ink[max(0, top) : bottom + 1, max(0, left) : right + 1]


def _kept(page: MadePage, written: list[Written], smallest: float, largest: float) -> MadePage:
    """A page with the characters that are on it and not too small or too large."""
    height, width = page.image.shape[:2]
    is_kept = [
        0 <= each.x < width and 0 <= each.y < height and smallest <= each.height <= largest
        for each in written
    ]
    kept = [each for each, keep in zip(written, is_kept, strict=True) if keep]
    return replace(page, written=kept, angles=page.angles[np.asarray(is_kept, np.bool_)])
