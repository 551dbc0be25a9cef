"""A photographed or scanned page to its layout: the paper, its ink, its tables and its lines."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inkling.deadline import NO_DEADLINE, Deadline
from inkling.geometry import resize, shrink
from inkling.imaging import rectify
from inkling.imaging.ink import cut_noise, darkness_of
from inkling.imaging.load import Page
from inkling.imaging.pixels import BOX_LEVEL, Pixels
from inkling.imaging.polarity import contrast_with_border
from inkling.layout.components import digit_height
from inkling.layout.lines import CROP_SIDE, page_layout
from inkling.layout.page_layout import PageLayout
from inkling.layout.ruling import remove_components_on, remove_ruling_lines, vertical_lines
from inkling.layout.tables import Table, find_tables, without_tables

# Larger pages are read at this size, in pixels: digits lose nothing, and 12 megapixels take 1 s.
LONGEST_SIDE = 2400
# A crop this much wider than high is paper all over.
LINE_ASPECT = 1.2
# Widest thing that can be ink, as a part of the longer side. On a page pens are finer than this and
# shadows wider; in a small crop neither holds.
PAGE_WINDOW = 0.12
CROP_WINDOW = 0.25
# Height in pixels at which digits are read best; the ink is resized to it.
DIGIT_HEIGHT = 72.0
# The ink is enlarged by at most this factor, and a whole page to at most this number of pixels.
MAX_ENLARGEMENT = 3.0
MAX_PIXELS = 8e6
# Enlarging by less than this factor is not worth the time.
MIN_ENLARGEMENT = 1.3
# A table's cells are at most this high, in digit heights; higher ones belong to a frame.
MAX_CELL_HEIGHT = 4.5
# A table with this many cells both down and across is squared paper.
SQUARED_PAPER = 18
# On an empty page, ruling lines are taken for the pen, and what is left is the paper's grain: less
# than this share of it is at least this dark, of 255.
MIN_DARK_SHARE = 0.09
DARK = 200


@dataclass(frozen=True, slots=True, eq=False)
class _PageInk:
    """A page's ink.

    Attributes:
        ink: uint8 (h, w), with ruling lines and tables.
        plain: the same without ruling lines; of a crop with them, because they are removed once it
            is enlarged.
        is_crop: see `PageLayout`.
        to_page: float64 (3, 3), takes (x, y, 1) of the ink to the page.
        darkness: uint8 (h, w), see `PageLayout`; of crops only.
        vertical: bool (h, w), where vertical lines run through the whole of a high crop.
    """

    ink: Pixels
    plain: Pixels
    is_crop: bool
    to_page: NDArray[np.float64]
    darkness: Pixels | None
    vertical: NDArray[np.bool_] | None


def analyse(page: Page, deadline: Deadline = NO_DEADLINE) -> PageLayout:
    """Find what may be digits in a page: its tables, and components in lines.

    Raises:
        DeadlineError: it took too long.
    """
    found = _page_ink(page, deadline)
    tables = [] if found.is_crop else _tables(found, deadline)
    rest = without_tables(found.plain, tables)
    before = rest.shape[1]
    if found.is_crop:
        rest, darkness = _crop_ink(rest, found)
    else:
        # A whole page is enlarged less, because it would take long.
        largest = math.sqrt(MAX_PIXELS / rest.size)
        rest = _resized(rest, min(largest, DIGIT_HEIGHT / max(1.0, digit_height(rest))))
        darkness = None
    deadline.check()
    return replace(
        page_layout(rest, is_crop=found.is_crop, deadline=deadline),
        darkness=darkness,
        is_crop=found.is_crop,
        to_page=found.to_page @ _scaling_matrix(before / rest.shape[1]),
        tables=tuple(tables),
        page_ink=found.plain,
        ink_to_page=found.to_page,
    )


def _page_ink(page: Page, deadline: Deadline) -> _PageInk:
    """The ink of a page's paper, flattened."""
    image = shrink(page.image, LONGEST_SIDE / max(page.width, page.height))
    scale = _scaling_matrix(page.width / image.shape[1])
    is_crop = max(page.width, page.height) < CROP_SIDE
    is_line = is_crop and page.width > LINE_ASPECT * page.height
    # A clean border is paper, too; a bold digit inside, light on dark, would be taken for a sheet.
    is_paper = is_line or contrast_with_border(image) != 0
    paper = rectify.whole_photo(image) if is_paper else rectify.find_page(image)
    deadline.check()
    image = paper.image
    if paper.mask is not None:
        # Everything else takes the paper's colour, so that the desk's edge is no ink.
        image = image.copy()
        image[~paper.mask] = np.median(image[paper.mask], axis=0).astype(np.uint8)
    darkness = darkness_of(image, window=CROP_WINDOW if is_crop else PAGE_WINDOW)
    ink = cut_noise(darkness)
    deadline.check()
    vertical = vertical_lines(darkness) if is_crop and not is_line else None
    if vertical is not None:
        ink = remove_components_on(ink, vertical)
    kept = np.rint(darkness * 255.0).astype(np.uint8) if is_crop else None
    # A page's darkness is large: free it before the ruling lines are looked for.
    del darkness
    if paper.mask is not None:
        ink = np.where(paper.mask, ink, 0).astype(np.uint8)
    plain = ink if is_crop else _unless_grain(remove_ruling_lines(ink))
    return _PageInk(ink, plain, is_crop, scale @ paper.to_photo, kept, vertical)


def _crop_ink(ink: Pixels, found: _PageInk) -> tuple[Pixels, Pixels | None]:
    """A crop's ink without ruling lines, and its darkness, both at the size that is read best.

    It is enlarged first: at a few pixels a ruling line is hardly told from a stroke.
    """
    scale = DIGIT_HEIGHT / max(1.0, digit_height(ink, is_crop=True))
    ink = _resized(ink, scale)
    darkness = None if found.darkness is None else _resized(found.darkness, scale)
    ink = remove_ruling_lines(ink, is_crop=True)
    if found.vertical is not None:
        # Other ruling lines may have kept some of the vertical ones.
        mask = _resized(255 * found.vertical.astype(np.uint8), scale) > 127
        ink = remove_components_on(ink, mask)
    return ink, darkness


def _unless_grain(plain: Pixels) -> Pixels:
    """A page's ink without ruling lines; blank when it is the grain of an empty page."""
    there = int(np.count_nonzero(plain >= BOX_LEVEL))
    dark = int(np.count_nonzero(plain >= DARK))
    return plain if dark >= MIN_DARK_SHARE * there else np.zeros_like(plain)


def _tables(found: _PageInk, deadline: Deadline) -> list[Table]:
    """The tables whose cells hold one line of digits each."""
    tables = find_tables(found.ink, deadline)
    if not tables:
        return []
    height = digit_height(found.plain)
    return [
        table
        for table in tables
        if table.cell_height < MAX_CELL_HEIGHT * height and min(table.shape) < SQUARED_PAPER
    ]


def _resized(ink: Pixels, scale: float) -> Pixels:
    """Ink shrunk, or enlarged by at most `MAX_ENLARGEMENT` if that is worth it."""
    scale = min(scale, MAX_ENLARGEMENT)
    return ink if 1.0 <= scale < MIN_ENLARGEMENT else resize(ink, scale)


def _scaling_matrix(scale: float) -> NDArray[np.float64]:
    return np.diag([scale, scale, 1.0])
