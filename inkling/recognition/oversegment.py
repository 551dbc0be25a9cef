"""Over-segmentation: a line's ink cut into pieces, more of them than there are digits.

Digits lean and touch, so cuts follow the hand's slant: a line is looked at as if it were written
upright, and cut where little ink stands above each other. Wide marks are cut in places where much
ink stands, too; what a cut costs is for `segment` to weigh.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.layout.components import Component
from inkling.layout.lines import PageLayout

# Sizes are parts of the line's height.
CUT_FROM = 0.5  # narrower marks are never two digits
LOWEST = 0.4  # nor are lower ones
MARGIN = 0.1  # no cut nearer to a mark's end than this
APART = 0.09  # ... nor to another cut
CUT_STROKES = 2.2  # most ink a cut may go through, in stroke widths
WIDE = 0.75  # marks wider than this may hold several digits: cut them in worse places, too
WIDE_STROKES = 4.0
EVERY = 0.3  # ... and somewhere in each stretch of this length
# Most cuts in a mark: so many, and so many more for each line height of its width.
CUTS, MORE_CUTS = 2, 5.0
# Slants that are tried: columns to the right for each row up.
SLANTS = np.linspace(-0.3, 1.0, 14)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a mark between two cuts.

    Attributes:
        mark: its number in the line.
        left, right: in columns of the upright line.
        cut: ink that the cut at its left goes through, in stroke widths; 0 where its mark begins.
        box: x, y, right, bottom in the sheet's pixels.
        area: pixels of ink.
    """

    mark: int
    left: int
    right: int
    cut: float
    box: tuple[int, int, int, int]
    area: int


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """A line cut up.

    Attributes:
        ink: uint8 (h, w), the part of the sheet the line lies in.
        place: x, y of that part in the sheet.
        number: int16 (h, w), which piece a pixel belongs to; -1 for none.
        pieces: from left to right.
        marks: the line's.
        height: of its digits in pixels.
        stroke: width in pixels.
    """

    ink: Pixels
    place: tuple[int, int]
    number: NDArray[np.int16]
    pieces: tuple[Piece, ...]
    marks: tuple[Component, ...]
    height: float
    stroke: float


def cut(sheet: PageLayout, line: Sequence[Component], height: float) -> Pieces:
    """Cut a line of marks into pieces.

    Args:
        sheet: where they lie.
        line: at least one mark.
        height: of the line's digits in pixels.
    """
    pad = 2
    x0 = max(0, min(mark.box[0] for mark in line) - pad)
    y0 = max(0, min(mark.box[1] for mark in line) - pad)
    x1 = max(mark.box[0] + mark.box[2] for mark in line) + pad
    y1 = max(mark.box[1] + mark.box[3] for mark in line) + pad
    ink, labels = sheet.ink[y0:y1, x0:x1], sheet.labels[y0:y1, x0:x1]
    stroke = max(1.0, sheet.stroke)
    owner = _owners(labels, line)
    rows, columns = np.nonzero(owner >= 0)
    slant = _slant(rows, columns)
    upright = _leant(rows, columns, slant)
    pixels = owner[rows, columns]
    found: list[tuple[float, Piece, NDArray[np.int64]]] = []
    for index, mark in enumerate(line):
        mine = np.flatnonzero(pixels == index)
        if mine.size == 0:
            continue
        start = int(upright[mine].min())
        across = upright[mine] - start
        profile = np.bincount(across) / stroke
        cuts = _cuts(profile, mark.box[3], height, stroke)
        ends = [*cuts, len(profile)]
        for left, right in zip([0, *cuts], ends, strict=True):
            inside = mine[(across >= left) & (across < right)]
            if inside.size == 0:
                continue
            y, x = rows[inside], columns[inside]
            box = (int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1)
            piece = Piece(
                index,
                start + left,
                start + right,
                float(profile[left]) if left else 0.0,
                (box[0] + x0, box[1] + y0, box[2] + x0, box[3] + y0),
                int(inside.size),
            )
            found.append((start + (left + right) / 2.0, piece, inside))
    found.sort(key=lambda item: item[0])
    number = np.full(ink.shape, -1, np.int16)
    for place, (_, _, inside) in enumerate(found):
        number[rows[inside], columns[inside]] = place
    pieces = tuple(piece for _, piece, _ in found)
    return Pieces(ink, (x0, y0), number, pieces, tuple(line), height, stroke)


def unite(line: Pieces, marks: Collection[int]) -> Pieces:
    """The same line with these of its marks in one piece each.

    Args:
        line: as `cut` gives it.
        marks: numbers of marks whose pieces follow one another.
    """
    runs: list[list[int]] = []
    for place, piece in enumerate(line.pieces):
        if runs and piece.mark in marks and line.pieces[runs[-1][-1]].mark == piece.mark:
            runs[-1].append(place)
        else:
            runs.append([place])
    # The last entry is for -1, no piece at all.
    table = np.full(len(line.pieces) + 1, -1, np.int16)
    united = []
    for number, run in enumerate(runs):
        table[run] = number
        parts = [line.pieces[place] for place in run]
        boxes = np.array([part.box for part in parts])
        x0, y0 = boxes[:, :2].min(axis=0).tolist()
        x1, y1 = boxes[:, 2:].max(axis=0).tolist()
        united.append(
            Piece(
                parts[0].mark,
                min(part.left for part in parts),
                max(part.right for part in parts),
                parts[0].cut,
                (x0, y0, x1, y1),
                sum(part.area for part in parts),
            )
        )
    return replace(line, number=table[line.number], pieces=tuple(united))


def _owners(labels: NDArray[np.int32], line: Sequence[Component]) -> NDArray[np.int32]:
    """For each pixel the number of the mark of the line it belongs to, -1 for none."""
    table = np.full(int(labels.max(initial=0)) + 1, -1, np.int32)
    for index, mark in enumerate(line):
        for part in mark.ids:
            if part < len(table):
                table[part] = index
    return table[labels]


def _slant(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> float:
    """The slant in which most ink stands above each other: upright strokes make high columns."""
    if rows.size == 0:
        return 0.0
    best, most = 0.0, -1.0
    for slant in SLANTS.tolist():
        upright = _leant(rows, columns, slant)
        profile = np.bincount(upright - int(upright.min())).astype(np.float64)
        power = float((profile**2).sum())
        if power > most:
            best, most = slant, power
    return best


def _leant(rows: NDArray[np.int64], columns: NDArray[np.int64], slant: float) -> NDArray[np.int64]:
    """The columns in which pixels stand once a line of that slant is set upright.

    Rounding must not fall on halves: it would put two rows' ink into every second column.
    """
    return np.asarray(np.floor(columns + slant * rows + 0.37), np.int64)


def _cuts(profile: NDArray[np.float64], tall: int, height: float, stroke: float) -> list[int]:
    """Columns of a mark at which it may be cut, in order.

    Args:
        profile: ink in each column, in stroke widths.
        tall: the mark's height.
        height: the line's.
        stroke: width in pixels.
    """
    width = len(profile)
    if width < CUT_FROM * height or tall < LOWEST * height:
        return []
    # Smoothed over half a stroke: the ragged rim of a stroke is no valley.
    span = max(1, round(stroke / 2)) | 1
    smooth = np.convolve(np.pad(profile, span // 2, "edge"), np.ones(span) / span, "valid")
    margin, apart = max(2, round(MARGIN * height)), max(2, round(APART * height))
    is_wide = width > WIDE * height
    chosen: list[int] = []
    for column in np.argsort(smooth, kind="stable").tolist():
        most = WIDE_STROKES if is_wide else CUT_STROKES
        if smooth[column] > most or len(chosen) >= CUTS + MORE_CUTS * width / height:
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
    """Cuts in long stretches without one, each where there is least ink near its place."""
    width = len(smooth)
    more: list[int] = []
    ends = [0, *chosen, width]
    for start, end in pairwise(ends):
        count = int((end - start) / (EVERY * height))
        for number in range(1, count):
            place = start + (end - start) * number / count
            low = max(margin, round(place - 0.05 * height))
            high = min(width - margin, round(place + 0.05 * height) + 1)
            if high > low:
                column = low + int(np.argmin(smooth[low:high]))
                if all(abs(column - other) > 0.07 * height for other in (*chosen, *more)):
                    more.append(column)
    return more


def pieces_by_mark(line: Pieces) -> dict[int, list[int]]:
    """By mark, which pieces it is cut into."""
    whole: dict[int, list[int]] = {}
    for place, piece in enumerate(line.pieces):
        whole.setdefault(piece.mark, []).append(place)
    return whole
