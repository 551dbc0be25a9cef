"""Repairs of a drawing that are tried out, to see whether the network then reads it surely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inkling.geometry import resize
from inkling.imaging.pixels import BOX_LEVEL, Pixels

if TYPE_CHECKING:
    from inkling.geometry import Box

# The longer side, in pixels, of the ink that repairs are tried on: large enough for the network,
# and small enough to be quick.
REPAIR_SIDE = 80
# Pixels of paper around it.
MARGIN = 8
# Ink with fewer pixels is a speck, and so is paper enclosed by ink.
SPECK = 8
# A bar across a stem is looked for between these shares of the ink's height.
BAR_RANGE = (0.3, 0.8)
# The stem's width is this percentile of the ink's width per row.
STEM_PERCENTILE = 40
# In stem widths: the least ink in a row with a bar, the least length of the bar itself, and the
# greatest height of a bar.
BAR_ROW, BAR_LENGTH, BAR_HEIGHT = 1.8, 1.6, 3


def cut_out(ink: Pixels, box: Box) -> Pixels:
    """The ink in a box, at the size at which repairs are tried, with paper around it."""
    x, y, width, height = box
    patch = resize(ink[y : y + height, x : x + width], REPAIR_SIDE / max(width, height))
    return np.pad(patch, MARGIN)


def turned(patch: Pixels) -> Pixels:
    """The ink turned by half a turn."""
    return np.ascontiguousarray(patch[::-1, ::-1])


def joined(patch: Pixels, gap: int) -> Pixels | None:
    """The ink with gaps closed up to a width in pixels.

    Returns:
        None where that neither joins components nor closes a ring.
    """
    side = gap | 1
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    padded = np.pad(patch, side)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, disk)
    result = np.asarray(closed[side:-side, side:-side], np.uint8)
    (components, rings), (new_components, new_rings) = _topology(patch), _topology(result)
    return result if new_components < components or new_rings > rings else None


def without_bar(patch: Pixels) -> Pixels | None:
    """The ink without a bar across its middle; None where there is no bar."""
    mask = (patch >= BOX_LEVEL).astype(np.uint8)
    rows = np.flatnonzero(mask.any(axis=1))
    low, high = (round(rows[0] + share * (rows[-1] - rows[0])) for share in BAR_RANGE)
    widths = mask[low:high].sum(axis=1)
    stem = max(3, round(float(np.percentile(mask[low:].sum(axis=1), STEM_PERCENTILE))))
    if widths.max(initial=0) < BAR_ROW * stem:
        return None
    bar = np.zeros_like(mask)
    kernel = np.ones((1, max(3, round(BAR_LENGTH * stem))), np.uint8)
    bar[low:high] = cv2.morphologyEx(mask[low:high], cv2.MORPH_OPEN, kernel)
    bar_rows = np.flatnonzero(bar.any(axis=1))
    if bar_rows.size == 0 or bar_rows.size > BAR_HEIGHT * stem:
        return None
    first, last = max(0, bar_rows[0] - 2), min(len(mask) - 1, bar_rows[-1] + 2)
    result = patch.copy()
    result[first : last + 1] = 0
    above, below = (_centre(mask[row]) for row in (first - 1, min(last + 1, len(mask) - 1)))
    if above is None or below is None:
        return None
    ends = ((round(above), int(first) - 1), (round(below), int(last) + 1))
    cv2.line(result, *ends, 255, stem, cv2.LINE_AA)
    return result


def halves(patch: Pixels) -> tuple[Pixels, Pixels]:
    """The ink cut in two at the column with the least ink in the middle third."""
    width = patch.shape[1]
    low, high = width // 3, width - width // 3
    column = low + int(np.argmin(patch[:, low:high].sum(axis=0, dtype=np.int64)))
    return np.pad(patch[:, :column], MARGIN), np.pad(patch[:, column:], MARGIN)


def _topology(patch: Pixels) -> tuple[int, int]:
    """The number of components of the ink, and of rings; specks are not counted."""
    mask = (np.pad(patch, 1) >= BOX_LEVEL).astype(np.uint8)
    counts = []
    for image, connectivity in ((mask, 8), (1 - mask, 4)):
        _, _, stats, _ = cv2.connectedComponentsWithStats(image, connectivity=connectivity)
        counts.append(int((stats[1:, cv2.CC_STAT_AREA] > SPECK).sum()))
    # The paper around the ink is a component of paper, too.
    return counts[0], counts[1] - 1


def _centre(row: Pixels) -> float | None:
    """The mean column of a row's ink."""
    columns = np.flatnonzero(row)
    return float(columns.mean()) if columns.size else None
