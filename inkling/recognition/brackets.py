"""Round brackets among a line's components."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkling.recognition.oversegment import Pieces, pieces_by_mark

# A round bracket is so much higher than the line's digits, so wide at most for its height, ...
BRACKET, BRACKET_WIDTH = 1.12, 0.5
# ... almost everywhere no thicker than so many strokes, ...
BOW_STROKES, BOW_THIN, BOW_SPREAD = 2.2, 0.7, 6.5
# ... and bulges by this part of its height to one side, by this part of that to the other.
BOW, BOW_OTHER = 0.08, 0.3


def brackets(line: Pieces) -> set[int]:
    """Which marks of a line are round brackets: higher than its digits, thin, bowed, and a pair: a
    single one may be somebody's 1."""
    bulging: dict[int, list[int]] = {-1: [], 0: [], 1: []}
    for mark, places in pieces_by_mark(line).items():
        width, height = line.marks[mark].box[2:]
        if height < BRACKET * line.height or width > BRACKET_WIDTH * height:
            continue
        rows, columns = np.nonzero(np.isin(line.number, places))
        bulging[_bulge(rows - rows.min(), columns, line.stroke)].append(mark)
    left = {mark: line.marks[mark].box[0] for mark in (*bulging[-1], *bulging[1])}
    opening = {one for one in bulging[-1] if any(left[one] < left[two] for two in bulging[1])}
    closing = {two for two in bulging[1] if any(left[one] < left[two] for one in bulging[-1])}
    return opening | closing


def _bulge(rows: NDArray[np.int64], columns: NDArray[np.int64], stroke: float) -> int:
    """Where one thin stroke from top to bottom bulges to: -1 left, 1 right, 0 neither or none."""
    height = int(rows.max()) + 1
    count = np.bincount(rows, minlength=height)
    last, first = np.full(height, -1), np.full(height, np.iinfo(np.int64).max)
    np.maximum.at(last, rows, columns)
    np.minimum.at(first, rows, columns)
    inked = np.flatnonzero(count)
    spread = (last - first + 1)[inked]
    is_thin = (spread <= BOW_STROKES * stroke + 1) & (count[inked] >= 0.7 * spread)
    is_flat = np.percentile(spread, 90) > BOW_SPREAD * stroke
    if is_thin.mean() < BOW_THIN or is_flat or len(inked) < 0.9 * height:
        return 0
    middle = ((last + first) / 2.0)[inked]
    ends = max(1, len(inked) // 12)
    top, bottom = float(middle[:ends].mean()), float(middle[-ends:].mean())
    bulge = middle - np.interp(inked, (inked[0], inked[-1]), (top, bottom))
    most, other = max(bulge.max(), -bulge.min()), min(bulge.max(), -bulge.min())
    if most < BOW * height or other > BOW_OTHER * most:
        return 0
    return 1 if bulge.max() == most else -1
