"""Round brackets among a line's components."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkling.recognition.oversegment import Segments, segments_by_component

# Least height of a round bracket, in line heights.
MIN_HEIGHT = 1.12
# Greatest width of a round bracket, in its own heights.
MAX_WIDTH = 0.5
# A bracket is one thin stroke. A row is thin when its ink spreads over at most this many stroke
# widths.
THIN_STROKES = 2.2
# Share of its rows that must be thin.
THIN_ROWS = 0.7
# Spread of its rows, as the 90th percentile, in stroke widths.
MAX_SPREAD_STROKES = 6.5
# It bulges by this part of its height to one side, and by this part of that bulge to the other.
MIN_BULGE = 0.08
MAX_COUNTER_BULGE = 0.3


def brackets(line: Segments) -> set[int]:
    """Numbers of the components that are round brackets: high, thin and bowed, in a pair.

    A single one may be a 1.
    """
    bulging: dict[int, list[int]] = {-1: [], 0: [], 1: []}
    for component, places in segments_by_component(line).items():
        width, height = line.components[component].box[2:]
        if height < MIN_HEIGHT * line.height or width > MAX_WIDTH * height:
            continue
        rows, columns = np.nonzero(np.isin(line.number, places))
        bulging[_bulge(rows - rows.min(), columns, line.stroke)].append(component)
    left = {each: line.components[each].box[0] for each in (*bulging[-1], *bulging[1])}
    opening = {one for one in bulging[-1] if any(left[one] < left[two] for two in bulging[1])}
    closing = {two for two in bulging[1] if any(left[one] < left[two] for one in bulging[-1])}
    return opening | closing


def _bulge(rows: NDArray[np.int64], columns: NDArray[np.int64], stroke: float) -> int:
    """The side to which one thin stroke from top to bottom bulges: -1 left, 1 right, 0 neither."""
    height = int(rows.max()) + 1
    count = np.bincount(rows, minlength=height)
    last, first = np.full(height, -1), np.full(height, np.iinfo(np.int64).max)
    np.maximum.at(last, rows, columns)
    np.minimum.at(first, rows, columns)
    inked = np.flatnonzero(count)
    spread = (last - first + 1)[inked]
    is_thin = (spread <= THIN_STROKES * stroke + 1) & (count[inked] >= 0.7 * spread)
    is_flat = np.percentile(spread, 90) > MAX_SPREAD_STROKES * stroke
    if is_thin.mean() < THIN_ROWS or is_flat or len(inked) < 0.9 * height:
        return 0
    middle = ((last + first) / 2.0)[inked]
    ends = max(1, len(inked) // 12)
    top, bottom = float(middle[:ends].mean()), float(middle[-ends:].mean())
    bulge = middle - np.interp(inked, (inked[0], inked[-1]), (top, bottom))
    most, other = max(bulge.max(), -bulge.min()), min(bulge.max(), -bulge.min())
    if most < MIN_BULGE * height or other > MAX_COUNTER_BULGE * most:
        return 0
    return 1 if bulge.max() == most else -1
