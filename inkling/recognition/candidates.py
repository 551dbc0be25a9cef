"""Which pieces of a line's ink are one digit each: the best path through a lattice.

Every run of neighbouring pieces that could be a digit is a candidate, the classifier scores each,
any whole mark may also be left out as no digit, and the cheapest way through the line from left to
right is found exactly (Viterbi), as in LeCun, Bottou, Bengio and Haffner (1998), section V.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import Box
from inkling.imaging.glyph import Glyph, GlyphKind, to_glyph
from inkling.imaging.pixels import Pixels
from inkling.layout.components import Component
from inkling.recognition.brackets import brackets
from inkling.recognition.oversegment import Piece, Pieces, pieces_by_mark

# Sizes are parts of the line's height.
WIDEST = 1.7  # a digit is no wider
GAP = 0.35  # strokes further apart are not one digit
MOST_PIECES = 14
ONE_DIGIT = 1.0  # no wider mark is taken for one digit before it is cut
SMALL = 0.3  # a point or a speck: a digit beside it is looked at without it, too

# A line is as high as the mark at which this part of its ink lies in lower ones: parts are lower
# than whole digits.
HALF = 0.6


@dataclass(frozen=True, slots=True)
class Costs:
    """What speaks against a candidate, in nats: added to the negative log-probability of its label.

    Chosen by random search so that most of half of the benchmark's amounts and of synthetic lines
    come out right (tools/tune_reader.py); the other half measures.
    """

    trust: float = 0.73  # of the classifier's own nats
    least: float = 1e-6  # no probability is taken to be lower
    digit: float = 0.28  # for every digit: fewer are better
    one: float = 1.06  # ... for a 1, which any upright stroke is
    cut: float = 0.17  # each side that is a cut
    cut_ink: float = 0.27  # ... for each stroke width of ink it goes through
    gap: float = 4.3  # for each line height of bare paper inside
    join: float = 0.47  # for each mark after the first
    drop: float = 1.66  # for each speck inside that is left out
    wide: float = 5.3  # for each line height of width beyond one
    wide_one: float = 1.2  # ... of a 1 beyond a half
    narrow: float = 36.0  # for each line height of width under 0.4, but of a 1
    low: float = 1.83  # for each line height under three quarters
    tall: float = 6.0  # for each line height over 1.2: a bracket, a stroke through
    dot: float = 6.0
    junk: float = 0.39  # for leaving a mark out,
    junk_height: float = 8.3  # ... times its height, squared
    junk_width: float = 3.3  # ... times its width and height
    junk_edge: float = -0.65  # ... at the picture's edge
    bracket: float = 8.0  # for a bracket within a digit


COSTS = Costs()


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """Ink that may be one digit, or a mark that may be none.

    Attributes:
        first, last: the pieces it is made of, the last one excluded.
        box: x, y, width, height in the sheet's pixels.
        glyph: the ink normalised; None for a mark to be left out.
        cost: what speaks against it before it is looked at.
        width: in line heights, of the upright line.
    """

    first: int
    last: int
    box: Box
    glyph: Glyph | None
    cost: float
    width: float


def line_height(marks: Sequence[Component]) -> float:
    """Height of a line's digits in pixels: the median over the ink, so that specks have no say."""
    heights = np.array([mark.box[3] for mark in marks], np.float64)
    areas = np.array([mark.area for mark in marks], np.float64)
    order = np.argsort(heights, kind="stable")
    below = np.cumsum(areas[order])
    return float(heights[order[np.searchsorted(below, HALF * below[-1])]])


def candidates(line: Pieces, costs: Costs = COSTS) -> list[Candidate]:
    """Everything in a line that may be one digit, and each mark that may be none."""
    whole = pieces_by_mark(line)
    small = [_is_small(line.marks[piece.mark], line.height) for piece in line.pieces]
    bows = brackets(line)
    found = []
    for first in range(len(line.pieces)):
        for last in range(first + 1, min(first + MOST_PIECES, len(line.pieces)) + 1):
            run = line.pieces[first:last]
            width = max(piece.right for piece in run) - min(piece.left for piece in run)
            gap = _gap(run)
            if last - first > 1 and (width > WIDEST * line.height or gap > GAP * line.height):
                break
            cuts = _cut_cost(line, whole, first, last, costs)
            if any(piece.mark in bows for piece in run):
                cuts += costs.bracket
            specks = [place for place in range(first, last) if small[place]]
            variants: list[list[int]] = [[]]
            if specks and len(specks) < last - first:
                variants.append(specks)
            for specks in variants:
                kept = [place for place in range(first, last) if place not in specks]
                candidate = _candidate(line, first, last, kept, costs)
                if candidate is not None:
                    extra = cuts + costs.gap * gap / line.height + costs.drop * len(specks)
                    found.append((candidate, extra))
    digits = [_dearer(candidate, extra) for candidate, extra in found]
    return digits + [
        _left_out(line, places, costs, is_bracket=mark in bows)
        for mark, places in whole.items()
        if _is_run(places)
    ]


def cut_marks(line: Pieces) -> dict[int, Glyph]:
    """The marks of a line that are cut and may be one digit, each whole."""
    whole = pieces_by_mark(line)
    found = {}
    for mark, places in whole.items():
        wide = line.marks[mark].box[2] <= ONE_DIGIT * line.height
        if len(places) > 1 and wide and _is_run(places):
            candidate = _candidate(line, places[0], places[-1] + 1, places, COSTS)
            if candidate is not None and candidate.glyph is not None:
                found[mark] = candidate.glyph
    return found


def label_costs(
    found: Sequence[Candidate], probabilities: NDArray[np.float32], costs: Costs = COSTS
) -> NDArray[np.float64]:
    """What each candidate costs as each label.

    Args:
        found: as `candidates` gives them.
        probabilities: (n, labels), the classifier's answers; of a mark to be left out unused.

    Returns:
        float64 (n, labels); for a mark that is left out, the same in each column.
    """
    # The part that all labels share says "none of them" (see `classifier.evidence`).
    own = probabilities - probabilities.min(axis=1, keepdims=True)
    total = -costs.trust * np.log(np.maximum(own.astype(np.float64), costs.least))
    total += np.array([candidate.cost for candidate in found])[:, None]
    width = np.array([candidate.width for candidate in found])
    narrow = costs.narrow * np.maximum(0.0, 0.4 - width)
    as_one = costs.one + costs.wide_one * np.maximum(0.0, width - 0.5)
    is_one = np.arange(probabilities.shape[1]) == 1
    total += np.where(is_one, as_one[:, None], narrow[:, None])
    for row, candidate in enumerate(found):
        if candidate.glyph is None:
            total[row] = candidate.cost
    return np.asarray(total, np.float64)


def _is_small(mark: Component, height: float) -> bool:
    return max(mark.box[2:]) < SMALL * height


def _is_run(places: list[int]) -> bool:
    return places[-1] - places[0] + 1 == len(places)


def _gap(run: Sequence[Piece]) -> int:
    """Widest stretch of bare paper between neighbouring pieces, in pixels; 0 when they overlap."""
    ordered = sorted(run, key=lambda piece: piece.left)
    reach = ordered[0].right
    gap = 0
    for piece in ordered[1:]:
        gap = max(gap, piece.left - reach)
        reach = max(reach, piece.right)
    return gap


def _cut_cost(
    line: Pieces, whole: dict[int, list[int]], first: int, last: int, costs: Costs
) -> float:
    """For the cuts at which a run of pieces leaves the rest of its marks, left and right."""
    left = right = 0.0
    sides = [False, False]
    for mark in {piece.mark for piece in line.pieces[first:last]}:
        places = sorted(whole[mark], key=lambda place: line.pieces[place].left)
        inside = [first <= place < last for place in places]
        if all(inside):
            continue
        begin = inside.index(True)
        end = len(inside) - inside[::-1].index(True)
        if begin > 0:
            sides[0] = True
            left += line.pieces[places[begin]].cut
        if end < len(places):
            sides[1] = True
            right += line.pieces[places[end]].cut
    return costs.cut * sum(sides) + costs.cut_ink * (left + right)


def _candidate(
    line: Pieces, first: int, last: int, kept: list[int], costs: Costs
) -> Candidate | None:
    """The glyph of some pieces of a run, and what its size costs."""
    run = [line.pieces[place] for place in kept]
    x0, y0 = min(piece.box[0] for piece in run), min(piece.box[1] for piece in run)
    x1, y1 = max(piece.box[2] for piece in run), max(piece.box[3] for piece in run)
    glyph = to_glyph(_patch(line, kept, (x0, y0, x1, y1)))
    if glyph.is_blank:
        return None
    width = (max(piece.right for piece in run) - min(piece.left for piece in run)) / line.height
    cost = costs.digit + costs.join * (len({piece.mark for piece in run}) - 1)
    cost += costs.wide * max(0.0, width - 1.0)
    cost += costs.low * max(0.0, 0.75 - (y1 - y0) / line.height)
    cost += costs.tall * max(0.0, (y1 - y0) / line.height - 1.2)
    if glyph.kind is GlyphKind.DOT:
        cost += costs.dot
    return Candidate(first, last, (x0, y0, x1 - x0, y1 - y0), glyph, cost, width)


def _patch(line: Pieces, kept: list[int], box: tuple[int, int, int, int]) -> Pixels:
    """The ink of some pieces, with the soft rim of its strokes and free paper around."""
    x, y = line.place
    left, top = max(0, box[0] - x - 2), max(0, box[1] - y - 2)
    area = (slice(top, box[3] - y + 2), slice(left, box[2] - x + 2))
    number = line.number[area]
    own = (number >= kept[0]) & (number <= kept[-1])
    for place in set(range(kept[0], kept[-1] + 1)).difference(kept):
        own &= number != place
    rim = cv2.dilate(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    patch = np.where(own | (rim & (number < 0)), line.ink[area], 0).astype(np.uint8)
    # So much paper that a lone dot is seen to be one.
    return np.pad(patch, max(patch.shape) // 2 + 2)


def _dearer(candidate: Candidate, extra: float) -> Candidate:
    return Candidate(
        candidate.first,
        candidate.last,
        candidate.box,
        candidate.glyph,
        candidate.cost + extra,
        candidate.width,
    )


def _left_out(line: Pieces, places: list[int], costs: Costs, *, is_bracket: bool) -> Candidate:
    """A whole mark taken for no digit: cheap for what is small or a bracket, else dear."""
    mark = line.marks[line.pieces[places[0]].mark]
    width, height = mark.box[2:]
    tall, wide = min(1.2, height / line.height), min(1.5, width / line.height)
    cost = costs.junk
    if not is_bracket:
        cost += costs.junk_height * tall**2 + costs.junk_width * wide * tall
    if mark.at_edge:
        cost += costs.junk_edge
    return Candidate(places[0], places[-1] + 1, mark.box, None, cost, wide)
