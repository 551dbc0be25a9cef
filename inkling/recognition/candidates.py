"""Which segments of a line may be one digit each, and what speaks against it.

Every run of neighbouring segments that could be a digit is a candidate, and any whole component may
also be rejected as no digit (LeCun, Bottou, Bengio and Haffner, 1998, section V). The classifier
scores the candidates (`lattice`); `search` finds the cheapest path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import Box
from inkling.imaging.glyph import Glyph, GlyphKind, to_glyph
from inkling.imaging.pixels import Pixels
from inkling.layout.components import Component
from inkling.recognition.brackets import brackets
from inkling.recognition.config import LATTICE_COSTS as COSTS
from inkling.recognition.oversegment import Segment, Segments, segments_by_component

# Widest digit, in line heights.
MAX_WIDTH = 1.7
# Widest bare paper inside one digit, in line heights.
MAX_GAP = 0.35
# Most segments in one digit.
MAX_SEGMENTS = 14
# A component wider than this, in line heights, is not tried as one digit before it is cut.
MAX_WHOLE_WIDTH = 1.0
# A component smaller than this both ways, in line heights, is a point or a speck. A digit that
# contains one is tried without it, too.
SPECK_SIZE = 0.3
# The line's height is that of the component at which this share of the ink lies in lower ones.
# Above one half, because parts of digits are lower than whole digits.
HEIGHT_QUANTILE = 0.6
# The label whose width says little: any upright stroke may be one.
ONE = "1"


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """Ink that may be one digit, or a component to be rejected.

    Attributes:
        first, last: the segments it is made of, the last one excluded.
        box: x, y, width, height in the layout's pixels.
        glyph: the ink normalised; None for a component to be rejected.
        cost: in nats, before the classifier is asked.
        width: of the line set upright, in line heights.
    """

    first: int
    last: int
    box: Box
    glyph: Glyph | None
    cost: float
    width: float


def line_height(components: Sequence[Component]) -> float:
    """Height of a line's digits in pixels: a quantile over the ink, so that specks do not count."""
    heights = np.array([component.box[3] for component in components], np.float64)
    areas = np.array([component.area for component in components], np.float64)
    order = np.argsort(heights, kind="stable")
    below = np.cumsum(areas[order])
    return float(heights[order[np.searchsorted(below, HEIGHT_QUANTILE * below[-1])]])


def candidates(line: Segments) -> list[Candidate]:
    """Everything in a line that may be one digit, and each component that may be rejected."""
    whole = segments_by_component(line)
    is_speck = [_is_speck(line.components[each.component], line.height) for each in line.segments]
    bracketed = brackets(line)
    found: list[Candidate] = []
    for first in range(len(line.segments)):
        for last in range(first + 1, min(first + MAX_SEGMENTS, len(line.segments)) + 1):
            run = line.segments[first:last]
            width = max(each.right for each in run) - min(each.left for each in run)
            gap = _gap(run)
            if last - first > 1 and (
                width > MAX_WIDTH * line.height or gap > MAX_GAP * line.height
            ):
                break
            cost = _cut_cost(line, whole, first, last)
            if any(each.component in bracketed for each in run):
                cost += COSTS.bracket
            specks = [place for place in range(first, last) if is_speck[place]]
            variants: list[list[int]] = [[]]
            if specks and len(specks) < last - first:
                variants.append(specks)
            for dropped in variants:
                kept = [place for place in range(first, last) if place not in dropped]
                candidate = _candidate(line, first, last, kept)
                if candidate is not None:
                    extra = cost + COSTS.gap * gap / line.height
                    extra += COSTS.dropped_speck * len(dropped)
                    found.append(replace(candidate, cost=candidate.cost + extra))
    return found + [
        _rejected(line, places, is_bracket=component in bracketed)
        for component, places in whole.items()
        if _is_run(places)
    ]


def whole_glyphs(line: Segments) -> dict[int, Glyph]:
    """By component, the whole glyph of each that was cut and yet may be one digit."""
    found = {}
    for component, places in segments_by_component(line).items():
        is_narrow = line.components[component].box[2] <= MAX_WHOLE_WIDTH * line.height
        if len(places) > 1 and is_narrow and _is_run(places):
            candidate = _candidate(line, places[0], places[-1] + 1, places)
            if candidate is not None and candidate.glyph is not None:
                found[component] = candidate.glyph
    return found


def label_costs(
    found: Sequence[Candidate],
    probabilities: NDArray[np.float32],
    labels: Sequence[str],
) -> NDArray[np.float64]:
    """What each candidate costs as each label.

    Args:
        found: as `candidates` gives them.
        probabilities: float32 (n, labels), the classifier's; rows of rejected ones do not count.
        labels: the classifier's labels, in the order of the columns.

    Returns:
        float64 (n, labels) in nats; for a rejected component, the same in each column.
    """
    # The part that all labels share says "none of them" (see `confidence.evidence`).
    own = probabilities - probabilities.min(axis=1, keepdims=True)
    likelihood = np.log(np.maximum(own.astype(np.float64), COSTS.min_probability))
    total = -COSTS.classifier_weight * likelihood
    total += np.array([candidate.cost for candidate in found])[:, None]
    width = np.array([candidate.width for candidate in found])
    narrow = COSTS.narrow * np.maximum(0.0, 0.4 - width)
    as_one = COSTS.one + COSTS.wide_one * np.maximum(0.0, width - 0.5)
    is_one = np.array([label == ONE for label in labels])
    total += np.where(is_one, as_one[:, None], narrow[:, None])
    for row, candidate in enumerate(found):
        if candidate.glyph is None:
            total[row] = candidate.cost
    return np.asarray(total, np.float64)


def _is_speck(component: Component, height: float) -> bool:
    return max(component.box[2:]) < SPECK_SIZE * height


def _is_run(places: list[int]) -> bool:
    return places[-1] - places[0] + 1 == len(places)


def _gap(run: Sequence[Segment]) -> int:
    """Widest bare paper between neighbouring segments, in pixels; 0 when they overlap."""
    ordered = sorted(run, key=lambda segment: segment.left)
    reach = ordered[0].right
    gap = 0
    for segment in ordered[1:]:
        gap = max(gap, segment.left - reach)
        reach = max(reach, segment.right)
    return gap


def _cut_cost(line: Segments, whole: dict[int, list[int]], first: int, last: int) -> float:
    """Cost of the cuts at which a run of segments leaves its components, on the left and right."""
    left = right = 0.0
    sides = [False, False]
    for component in {segment.component for segment in line.segments[first:last]}:
        places = sorted(whole[component], key=lambda place: line.segments[place].left)
        inside = [first <= place < last for place in places]
        if all(inside):
            continue
        begin = inside.index(True)
        end = len(inside) - inside[::-1].index(True)
        if begin > 0:
            sides[0] = True
            left += line.segments[places[begin]].cut
        if end < len(places):
            sides[1] = True
            right += line.segments[places[end]].cut
    return COSTS.cut * sum(sides) + COSTS.cut_ink * (left + right)


def _candidate(line: Segments, first: int, last: int, kept: list[int]) -> Candidate | None:
    """The glyph of the kept segments of a run, and what its size costs; None without ink."""
    run = [line.segments[place] for place in kept]
    x0, y0 = min(each.box[0] for each in run), min(each.box[1] for each in run)
    x1, y1 = max(each.box[2] for each in run), max(each.box[3] for each in run)
    glyph = to_glyph(_patch(line, kept, (x0, y0, x1, y1)))
    if glyph.is_blank:
        return None
    width = (max(each.right for each in run) - min(each.left for each in run)) / line.height
    cost = COSTS.digit + COSTS.join * (len({each.component for each in run}) - 1)
    cost += COSTS.wide * max(0.0, width - 1.0)
    cost += COSTS.low * max(0.0, 0.75 - (y1 - y0) / line.height)
    cost += COSTS.tall * max(0.0, (y1 - y0) / line.height - 1.2)
    if glyph.kind is GlyphKind.DOT:
        cost += COSTS.dot
    return Candidate(first, last, (x0, y0, x1 - x0, y1 - y0), glyph, cost, width)


def _patch(line: Segments, kept: list[int], corners: tuple[int, int, int, int]) -> Pixels:
    """The ink of some segments with its anti-aliased rim, on enough paper around it.

    Args:
        kept: their numbers in the line, in order.
        corners: left, top, right, bottom in the layout's pixels.
    """
    x, y = line.place
    left, top = max(0, corners[0] - x - 2), max(0, corners[1] - y - 2)
    area = (slice(top, corners[3] - y + 2), slice(left, corners[2] - x + 2))
    number = line.number[area]
    own = (number >= kept[0]) & (number <= kept[-1])
    for place in set(range(kept[0], kept[-1] + 1)).difference(kept):
        own &= number != place
    rim = cv2.dilate(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    patch = np.where(own | (rim & (number < 0)), line.ink[area], 0).astype(np.uint8)
    # Enough paper that the normaliser can tell a lone dot from a character.
    return np.pad(patch, max(patch.shape) // 2 + 2)


def _rejected(line: Segments, places: list[int], *, is_bracket: bool) -> Candidate:
    """A whole component taken for no digit: cheap when it is small or a bracket, else dear."""
    component = line.components[line.segments[places[0]].component]
    width, height = component.box[2:]
    tall, wide = min(1.2, height / line.height), min(1.5, width / line.height)
    cost = COSTS.reject
    if not is_bracket:
        cost += COSTS.reject_height * tall**2 + COSTS.reject_width * wide * tall
    if component.at_edge:
        cost += COSTS.reject_edge
    return Candidate(places[0], places[-1] + 1, component.box, None, cost, wide)
