"""A picture to the ink and the tables in it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging import rectify
from inkling.imaging.ink import cut_noise, darkness_of
from inkling.imaging.load import Page
from inkling.imaging.pixels import BOX_LEVEL, Pixels
from inkling.layout.components import digit_height
from inkling.layout.lines import CROP_SIDE
from inkling.layout.ruling import remove_components_on, remove_ruling_lines, vertical_lines
from inkling.layout.tables import Table, find_tables

# Larger pages are read at this size: digits lose nothing by it, and 12 megapixels take a second.
LONGEST_SIDE = 2400
# Of a crop so much wider than high all is paper.
LINE = 1.2
# On a page pens are finer than this part of it, and shadows wider; in a small crop neither holds.
PAGE_WINDOW = 0.12
CROP_WINDOW = 0.25
# Digits higher than this, in pixels, are read from smaller ink: as well, and faster.
DIGIT_HEIGHT = 72.0
# ... and lower ones from larger ink, enlarged at most so many times.
MOST_ENLARGED = 3.0
MOST_PIXELS = 8e6
# A grid's cells are at most this many digits high.
CELL_LINES = 4.5
# A grid of so many cells both down and across is squared paper.
SQUARED = 18
# Where less than this part of what rules leave is dark, it is grain, and nothing was written.
DARK = 200
WRITTEN = 0.09


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A page's ink before anything is read in it."""

    ink: Pixels
    # ... without rules and grids; of a crop they are taken off once it is enlarged.
    plain: Pixels
    is_crop: bool
    # From pixels of the ink to the page's.
    to_page: NDArray[np.float64]
    # What a crop's ink was cut from, and where lines run through the whole of it.
    darkness: Pixels | None
    lines: NDArray[np.bool_] | None


def prepare(page: Page) -> Prepared:
    """The ink of a page's paper, flattened."""
    image = _shrunk(page.image, LONGEST_SIDE / max(page.width, page.height))
    scale = scaling_matrix(page.width / image.shape[1])
    is_crop = max(page.width, page.height) < CROP_SIDE
    is_line = is_crop and page.width > LINE * page.height
    sheet = rectify.whole_photo(image) if is_line else rectify.find_page(image)
    image = sheet.image
    if sheet.mask is not None:
        # What is not paper looks like it, so that the desk's edge is no ink.
        image = image.copy()
        image[~sheet.mask] = np.median(image[sheet.mask], axis=0).astype(np.uint8)
    darkness = darkness_of(image, window=CROP_WINDOW if is_crop else PAGE_WINDOW)
    ink = cut_noise(darkness)
    lines = vertical_lines(darkness) if is_crop and not is_line else None
    if lines is not None:
        ink = remove_components_on(ink, lines)
    kept = np.rint(darkness * 255.0).astype(np.uint8) if is_crop else None
    # A page's is large.
    del darkness
    if sheet.mask is not None:
        ink = np.where(sheet.mask, ink, 0).astype(np.uint8)
    plain = ink if is_crop else _written(remove_ruling_lines(ink))
    return Prepared(ink, plain, is_crop, scale @ sheet.to_photo, kept, lines)


def _written(plain: Pixels) -> Pixels:
    """A page's ink without its rules, or none: on an empty page the rules were taken for the pen,
    beside which the paper's grain is not as faint as beside one."""
    there = int(np.count_nonzero(plain >= BOX_LEVEL))
    dark = int(np.count_nonzero(plain >= DARK))
    return plain if dark >= WRITTEN * there else np.zeros_like(plain)


def tables_of(prepared: Prepared) -> list[Table]:
    """The grids whose cells hold one line of digits: larger ones are frames, very many paper."""
    found = find_tables(prepared.ink)
    if not found:
        return []
    height = digit_height(prepared.plain)
    return [
        table
        for table in found
        if table.cell_height < CELL_LINES * height and min(table.shape) < SQUARED
    ]


def _shrunk(image: Pixels, scale: float) -> Pixels:
    """A picture made smaller; as it is for a scale of 1 and more."""
    if scale >= 1.0:
        return image
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def resized(ink: Pixels, scale: float) -> Pixels:
    """Ink whose digits are of the size that is read best; not much enlarged."""
    scale = min(scale, MOST_ENLARGED)
    if scale < 1.0:
        return _shrunk(ink, scale)
    if scale < 1.3:
        return ink
    size = (round(ink.shape[1] * scale), round(ink.shape[0] * scale))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def scaling_matrix(scale: float) -> NDArray[np.float64]:
    return np.diag([scale, scale, 1.0])
