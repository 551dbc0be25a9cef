"""Cutting and joining: which pieces of a line's ink are one digit each.

Touching digits are one mark, and a digit drawn in two strokes may be two. So every wide mark gets
candidate cuts, neighbouring pieces get candidate joins, the classifier scores each candidate, and
the best way through the line from left to right is found exactly (Viterbi), as in LeCun, Bottou,
Bengio and Haffner (1998), section V.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inkling.ink import BOX_LEVEL, Glyph, to_glyph
from inkling.page import Box, Mark, Sheet, cut_out

# Sizes are parts of the line's height.
CUT_FROM = 0.55  # narrower marks are never two digits
MARGIN = 0.12  # no cut nearer to a mark's end than this
APART = 0.1  # ... nor to another cut
CUTS = 6  # most candidate cuts in one mark
CUT_STROKES = 2.2  # most ink a cut may go through, in stroke widths
WIDEST = 1.5  # a digit is no wider
GAP = 0.18  # strokes further apart are not one digit
PIECES = CUTS + 1  # most pieces in one digit: a whole mark is always a candidate

NARROWEST = 0.8  # no narrower gap parts two numbers
WIDEST_GAP = 2.0  # and any wider one does

# Costs are in nats, like the negative log-probabilities they are added to.
CUT_COST = 1.6
CUT_INK_COST = 0.8  # for each stroke width of ink a cut goes through
JOIN_COST = 0.0  # joining costs nothing but the gap: near strokes are as often one digit as two
JOIN_GAP_COST = 10.0  # for each line height of paper between what is joined
WIDE_COST = 5.0  # for each line height of width beyond WIDE
WIDE = 0.95
LOW_COST = 5.0  # for each line height that a piece is lower than LOW
LOW = 0.8
PART = 0.4  # a mark lower than this is no digit of its own
LOOSE_COST = 1.5  # for leaving such a mark out
# One certain mistake must not outweigh all else.
MOST = 7.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """Ink that may be one digit.

    Attributes:
        first, last: the pieces it is made of, the last one excluded.
        box: x, y, width, height in the sheet's pixels.
        glyph: the ink normalised.
        cost: what speaks against it before it is looked at.
        is_loose: too low for a digit: on the path it stands for ink that is left out.
    """

    first: int
    last: int
    box: Box
    glyph: Glyph
    cost: float
    is_loose: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    mark: Mark
    left: int
    right: int
    # Ink at the cut that begins it, in strokes; 0 where it begins its mark.
    cut: float


def line_height(marks: tuple[Mark, ...]) -> float:
    """Height of a line's digits: most marks are whole digits, and parts are lower."""
    return float(np.percentile([mark.box[3] for mark in marks], 75, method="higher"))


def candidates(sheet: Sheet, line: tuple[Mark, ...]) -> list[Candidate]:
    """Everything in a line that may be one digit, in no particular order."""
    height = line_height(line)
    pieces = [piece for mark in line for piece in _cut(sheet, mark, height)]
    found = []
    for first in range(len(pieces)):
        for last in range(first + 1, min(first + PIECES, len(pieces)) + 1):
            run = pieces[first:last]
            left = min(piece.left for piece in run)
            right = max(piece.right for piece in run)
            if last - first > 1 and (right - left > WIDEST * height or _gap(run) > GAP * height):
                break
            candidate = _candidate(sheet, run, first, last, height, len(pieces))
            if candidate is not None:
                found.append(candidate)
    return found


def best_path(found: list[Candidate], probabilities: NDArray[np.float32]) -> list[int]:
    """The cheapest way through a line.

    Args:
        found: as `candidates` gives them.
        probabilities: (n, labels), the classifier's answer for each.

    Returns:
        Indices into `found`, from left to right.
    """
    if not found:
        return []
    end = max(candidate.last for candidate in found)
    doubt = np.minimum(-np.log(np.maximum(probabilities.max(axis=1), 1e-6)), MOST)
    doubt[[candidate.is_loose for candidate in found]] = LOOSE_COST
    cost = [0.0] + [math.inf] * end
    choice = [-1] * (end + 1)
    for index in sorted(range(len(found)), key=lambda index: found[index].last):
        candidate = found[index]
        total = cost[candidate.first] + candidate.cost + float(doubt[index])
        if total < cost[candidate.last]:
            cost[candidate.last] = total
            choice[candidate.last] = index
    path: list[int] = []
    place = end
    while place > 0:
        path.append(choice[place])
        place = found[choice[place]].first
    return path[::-1]


def _cut(sheet: Sheet, mark: Mark, height: float) -> list[_Piece]:
    """A mark's pieces between its candidate cuts, left to right."""
    x, y, width, tall = mark.box
    whole = [_Piece(mark, x, x + width, 0.0)]
    if width < CUT_FROM * height or tall < PART * height:
        return whole
    own = np.isin(sheet.labels[y : y + tall, x : x + width], mark.ids)
    own &= sheet.ink[y : y + tall, x : x + width] >= BOX_LEVEL
    stroke = max(1.0, sheet.stroke)
    columns = own.sum(axis=0) / stroke
    # Smoothed over half a stroke: the ragged rim of a stroke is no valley.
    span = max(1, round(stroke / 2)) | 1
    smooth = np.convolve(np.pad(columns, span // 2, "edge"), np.ones(span) / span, "valid")
    margin, apart = max(2, round(MARGIN * height)), max(2, round(APART * height))
    chosen: list[int] = []
    for column in np.argsort(smooth, kind="stable").tolist():
        if smooth[column] > CUT_STROKES or len(chosen) == CUTS:
            break
        near = smooth[max(0, column - apart // 2) : column + apart // 2 + 1]
        if (
            margin <= column < width - margin
            and smooth[column] <= near.min()
            and all(abs(column - other) >= apart for other in chosen)
        ):
            chosen.append(column)
    if not chosen:
        return whole
    starts = [0, *sorted(chosen)]
    ends = [*starts[1:], width]
    return [
        _Piece(mark, x + start, x + end, float(columns[start]) if start else 0.0)
        for start, end in zip(starts, ends, strict=True)
    ]


def _gap(run: list[_Piece]) -> int:
    """Widest stretch of bare paper between neighbouring pieces, in pixels; 0 when they overlap."""
    reach = run[0].right
    gap = 0
    for piece in run[1:]:
        gap = max(gap, piece.left - reach)
        reach = max(reach, piece.right)
    return gap


def _candidate(
    sheet: Sheet, run: list[_Piece], first: int, last: int, height: float, total: int
) -> Candidate | None:
    marks = tuple(dict.fromkeys(piece.mark for piece in run))
    if len(marks) == 1:
        patch, box = cut_out(sheet, marks, run[0].left, run[-1].right)
    elif run[0].cut or (last < total and _ends_inside(run[-1])):
        # Half a mark joined to another mark: nobody writes so.
        return None
    else:
        patch, box = cut_out(sheet, marks)
    if box[2] == 0:
        return None
    cost = 0.0
    if run[0].cut:
        cost += CUT_COST + CUT_INK_COST * run[0].cut
    if len(marks) > 1:
        cost += (len(marks) - 1) * JOIN_COST + JOIN_GAP_COST * _gap(run) / height
    cost += WIDE_COST * max(0.0, box[2] / height - WIDE)
    loose = len(run) == 1 and box == run[0].mark.box and box[3] < PART * height
    if not loose:
        cost += LOW_COST * max(0.0, LOW - box[3] / height)
    return Candidate(first, last, box, to_glyph(patch), cost, loose)


def _ends_inside(piece: _Piece) -> bool:
    return piece.right < piece.mark.box[0] + piece.mark.box[2]


def gaps(boxes: list[Box]) -> list[float]:
    """Bare paper between neighbouring digits of a line, in digit heights; 0 where they overlap."""
    height = float(np.median([box[3] for box in boxes]))
    return [max(0, right[0] - left[0] - left[2]) / height for left, right in pairwise(boxes)]


def gap_limit(found: list[float]) -> float:
    """How wide a gap must be to part two numbers, in digit heights.

    Wide is relative to how far apart this hand sets the digits of one number: the usual gap, a
    little under the median, for a list of short numbers has nearly as many gaps between them.

    Args:
        found: all gaps of a page.
    """
    usual = float(np.percentile(found, 40, method="lower")) if found else 0.0
    return min(max(2.2 * usual, NARROWEST), WIDEST_GAP)
