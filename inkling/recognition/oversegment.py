"""Over-segmentation: a line's ink cut into more segments than there are digits.

Digits lean and touch, so cuts follow the slant of the hand: the line is set upright, and components
are cut in columns with little ink. Wide components are cut in columns with much ink, too; what a
cut costs is for `candidates` to decide.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inkling.geometry import union
from inkling.imaging.pixels import Pixels
from inkling.layout.components import Component
from inkling.layout.drawing import DrawingLayout

# Lengths are in line heights, unless said otherwise.
# Components narrower or lower than this are never two digits.
MIN_CUT_WIDTH = 0.5
MIN_CUT_HEIGHT = 0.4
# Shortest distance of a cut from a component's end, and from another cut.
END_DISTANCE = 0.1
CUT_DISTANCE = 0.09
# Most ink that a cut may go through, in stroke widths.
CUT_STROKES = 2.2
# Components wider than this may hold several digits, so they are cut more often.
WIDE = 0.75
# A cut in a wide component may go through this many stroke widths of ink.
WIDE_CUT_STROKES = 4.0
# A wide component is cut at least once in every stretch of this length.
WIDE_CUT_SPACING = 0.3
# Most cuts in a component: a base number, and this many per line height of width.
BASE_CUTS, CUTS_PER_WIDTH = 2, 5.0
# Slants that are tried: columns to the right for each row up.
SLANTS = np.linspace(-0.3, 1.0, 14)
# Paper around the line that is looked at, in pixels.
PAD = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a component between two cuts.

    Attributes:
        component: its number in the line.
        left, right: in columns of the upright line.
        cut: ink under the cut at its left, in stroke widths; 0 where its component begins.
        box: left, top, right, bottom in the layout's pixels.
        area: pixels of ink.
    """

    component: int
    left: int
    right: int
    cut: float
    box: tuple[int, int, int, int]
    area: int


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """A line cut into segments.

    Attributes:
        ink: uint8 (h, w), the part of the layout the line lies in.
        place: x, y of that part in the layout.
        number: int16 (h, w), the segment that a pixel belongs to; -1 for none.
        segments: from left to right.
        components: the line's.
        height: of its digits in pixels.
        stroke: width in pixels.
    """

    ink: Pixels
    place: tuple[int, int]
    number: NDArray[np.int16]
    segments: tuple[Segment, ...]
    components: tuple[Component, ...]
    height: float
    stroke: float


def oversegment(layout: DrawingLayout, height: float) -> Segments:
    """Cut a drawing's components into segments.

    Args:
        layout: at least one component.
        height: of its digits in pixels.
    """
    line = layout.line
    left, top, width, tall = union(*(component.box for component in line))
    x0, y0, x1, y1 = max(0, left - PAD), max(0, top - PAD), left + width + PAD, top + tall + PAD
    ink, labels = layout.ink[y0:y1, x0:x1], layout.labels[y0:y1, x0:x1]
    stroke = max(1.0, layout.stroke)
    owner = _owners(labels, line)
    rows, columns = np.nonzero(owner >= 0)
    upright = _set_upright(rows, columns, _slant(rows, columns))
    owners = owner[rows, columns]
    found: list[tuple[float, Segment, NDArray[np.int64]]] = []
    for index, component in enumerate(line):
        own = np.flatnonzero(owners == index)
        if own.size == 0:
            continue
        start = int(upright[own].min())
        across = upright[own] - start
        profile = np.bincount(across) / stroke
        cuts = _cuts(profile, component.box[3], height, stroke)
        for left, right in zip([0, *cuts], [*cuts, len(profile)], strict=True):
            inside = own[(across >= left) & (across < right)]
            if inside.size == 0:
                continue
            y, x = rows[inside], columns[inside]
            box = (int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1)
            segment = Segment(
                index,
                start + left,
                start + right,
                float(profile[left]) if left else 0.0,
                (box[0] + x0, box[1] + y0, box[2] + x0, box[3] + y0),
                int(inside.size),
            )
            found.append((start + (left + right) / 2.0, segment, inside))
    found.sort(key=lambda item: item[0])
    number = np.full(ink.shape, -1, np.int16)
    for place, (_, _, inside) in enumerate(found):
        number[rows[inside], columns[inside]] = place
    segments = tuple(segment for _, segment, _ in found)
    return Segments(ink, (x0, y0), number, segments, line, height, stroke)


def unite(line: Segments, components: Collection[int]) -> Segments:
    """The same line with some of its components in one segment each.

    Args:
        line: as `oversegment` gives it.
        components: numbers of components whose segments follow one another.
    """
    runs: list[list[int]] = []
    for place, segment in enumerate(line.segments):
        before = line.segments[runs[-1][-1]].component if runs else None
        if segment.component in components and segment.component == before:
            runs[-1].append(place)
        else:
            runs.append([place])
    # The last entry is for -1, no segment at all.
    table = np.full(len(line.segments) + 1, -1, np.int16)
    united = []
    for number, run in enumerate(runs):
        table[run] = number
        united.append(_united([line.segments[place] for place in run]))
    return replace(line, number=table[line.number], segments=tuple(united))


def segments_by_component(line: Segments) -> dict[int, list[int]]:
    """By component, the numbers of the segments it is cut into."""
    whole: dict[int, list[int]] = {}
    for place, segment in enumerate(line.segments):
        whole.setdefault(segment.component, []).append(place)
    return whole


def _united(parts: Sequence[Segment]) -> Segment:
    boxes = np.array([part.box for part in parts])
    x0, y0 = boxes[:, :2].min(axis=0).tolist()
    x1, y1 = boxes[:, 2:].max(axis=0).tolist()
    return Segment(
        parts[0].component,
        min(part.left for part in parts),
        max(part.right for part in parts),
        parts[0].cut,
        (x0, y0, x1, y1),
        sum(part.area for part in parts),
    )


def _owners(labels: NDArray[np.int32], line: Sequence[Component]) -> NDArray[np.int32]:
    """For each pixel the number of the line's component it belongs to, -1 for none."""
    table = np.full(int(labels.max(initial=0)) + 1, -1, np.int32)
    for index, component in enumerate(line):
        for part in component.ids:
            if part < len(table):
                table[part] = index
    return table[labels]


def _slant(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> float:
    """The slant at which the columns are fullest: upright strokes make high columns."""
    if rows.size == 0:
        return 0.0
    best, most = 0.0, -1.0
    for slant in SLANTS.tolist():
        upright = _set_upright(rows, columns, slant)
        profile = np.bincount(upright - int(upright.min())).astype(np.float64)
        power = float((profile**2).sum())
        if power > most:
            best, most = slant, power
    return best


def _set_upright(
    rows: NDArray[np.int64], columns: NDArray[np.int64], slant: float
) -> NDArray[np.int64]:
    """Columns of the pixels once a line of that slant is set upright.

    The offset keeps rounding off halves, which would put two rows' ink into every second column.
    """
    return np.asarray(np.floor(columns + slant * rows + 0.37), np.int64)


def _cuts(profile: NDArray[np.float64], tall: int, height: float, stroke: float) -> list[int]:
    """Columns at which a component may be cut, in order.

    Args:
        profile: ink in each column, in stroke widths.
        tall: the component's height in pixels.
        height: the line's, in pixels.
        stroke: width in pixels.
    """
    width = len(profile)
    if width < MIN_CUT_WIDTH * height or tall < MIN_CUT_HEIGHT * height:
        return []
    # Smoothed over half a stroke, because the ragged rim of a stroke is no valley.
    span = max(1, round(stroke / 2)) | 1
    smooth = np.convolve(np.pad(profile, span // 2, "edge"), np.ones(span) / span, "valid")
    margin, apart = max(2, round(END_DISTANCE * height)), max(2, round(CUT_DISTANCE * height))
    is_wide = width > WIDE * height
    chosen: list[int] = []
    for column in np.argsort(smooth, kind="stable").tolist():
        most = WIDE_CUT_STROKES if is_wide else CUT_STROKES
        if smooth[column] > most or len(chosen) >= BASE_CUTS + CUTS_PER_WIDTH * width / height:
            break
        near = smooth[max(0, column - apart // 2) : column + apart // 2 + 1]
        if (
            margin <= column < width - margin
            and smooth[column] <= near.min()
            and all(abs(column - other) >= apart for other in chosen)
        ):
            chosen.append(column)
    if is_wide:
        chosen += _between(smooth, sorted(chosen), height, margin)
    return sorted(chosen)


def _between(
    smooth: NDArray[np.float64], chosen: list[int], height: float, margin: int
) -> list[int]:
    """More cuts in long stretches without one, each where there is least ink near its place."""
    width = len(smooth)
    more: list[int] = []
    ends = [0, *chosen, width]
    for start, end in pairwise(ends):
        count = int((end - start) / (WIDE_CUT_SPACING * height))
        for number in range(1, count):
            place = start + (end - start) * number / count
            low = max(margin, round(place - 0.05 * height))
            high = min(width - margin, round(place + 0.05 * height) + 1)
            if high > low:
                column = low + int(np.argmin(smooth[low:high]))
                if all(abs(column - other) > 0.07 * height for other in (*chosen, *more)):
                    more.append(column)
    return more
