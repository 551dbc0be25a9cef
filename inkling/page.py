"""A picture's ink to marks in lines: what might be digits, in reading order.

A *mark* is what a pen left in one go, or several parts of it that lie so much above each other that
they must belong together: the bar of a 5, the halves of a stroke that ran dry. This module looks at
sizes and places only; what a mark says is for `reader`, which may still cut and join marks.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.ink import BOX_LEVEL, Pixels, stroke_width

Box = tuple[int, int, int, int]

# All sizes below are parts of the typical height of a digit on the page, unless said otherwise.
SPECK = 0.22  # a mark smaller than this both ways is a dot, a comma or dirt
LOW = 0.4  # a mark lower than this is no digit, but may be a part of one
LOOSE = 0.15  # ... if it is this near to it
FLAT = 2.2  # a bar is this much wider than high
UNDER = 0.8  # a bar at least so wide under others ...
INTO = 0.2  # ... into which it reaches so far at most is drawn under them
TALLEST = 2.2  # higher marks are brackets, frames and page edges
CROP_TALLEST = 7.0  # ... in a small crop small print may set what is typical
JOINED = 1.55  # parts above each other make one mark up to this height
OVERLAP = 0.6  # ... if they share this much of the narrower one's width
SAME_LINE = 0.45  # vertical offset of neighbours that still stand in one line
RAISED = 1.1  # ... or of a small one right behind a digit, as a power is
# An edge of the sheet seen in the picture: bars of this width for their height, in the outer parts
# of the picture's width, that fill this part of its height.
BAR = 0.3
MARGIN = 0.1
EDGE = 0.25
# ... or, in a small crop, that are so much higher than what else there is.
HIGHER = 1.7
# Nothing so narrow for its height, and as high as an edge, is a digit.
THIN = 0.12
# ... and nothing that fills its box so much and is not upright.
SOLID = 0.8
# A picture smaller than this, in pixels, is cut close around a number or two.
CROP_SIDE = 600
# ... and when it is no higher than this many of its digits, it holds a single line.
STRIP_HEIGHT = 2.2
# A picture's single line: marks of this height are specks.
STRIP_SPECK = 0.1
# ... and ones wider than this and lower than that are left of rules.
STRIP_RULE = (1.0, 0.2)
# Where what is no frame has less than this part of a crop's ink, a rule ties its digits together.
LEAST_VOTE = 0.2
# Strokes of one character lie within this part of the picture's longer side of each other.
CLUSTER_REACH = 0.04


@dataclass(frozen=True, slots=True)
class Mark:
    """Connected ink, or several such parts that belong together.

    Attributes:
        box: x, y, width, height in the ink's pixels.
        ids: its parts' numbers in `Sheet.labels`.
        area: pixels of ink.
        at_edge: whether it touches the picture's border.
    """

    box: Box
    ids: tuple[int, ...]
    area: int
    at_edge: bool = False

    @property
    def middle(self) -> float:
        return self.box[1] + self.box[3] / 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A picture taken apart.

    Attributes:
        ink: uint8 (h, w).
        labels: int32 (h, w), the number of the part each pixel belongs to; 0 is paper.
        lines: marks from left to right in lines from top to bottom.
        stroke: mean width of the strokes in pixels.
        shade: uint8 (h, w), how dark the picture is, grain, rules and all; None where its ink is
            all that is known.
    """

    ink: Pixels
    labels: NDArray[np.int32]
    lines: tuple[tuple[Mark, ...], ...]
    stroke: float
    shade: Pixels | None = None


def canvas_sheet(ink: Pixels) -> Sheet:
    """A drawing taken apart: clean ink, and always a single line.

    Args:
        ink: uint8 (h, w).
    """
    labels, marks = find_marks(ink)
    stroke = stroke_width(ink)
    if marks:
        tallest = max(max(mark.box[2:]) for mark in marks)
        # A touch of the canvas beside a digit is no digit; alone it is kept, to be told so.
        marks = [mark for mark in marks if max(mark.box[2:]) >= SPECK * tallest]
    line = tuple(_join_stacked(marks, float("inf")))
    return Sheet(ink, labels, (line,) if line else (), stroke)


def page_sheet(ink: Pixels, *, is_crop: bool = False) -> Sheet:
    """A photographed or scanned page taken apart.

    Args:
        ink: uint8 (h, w), without rules (see `rules.remove_rules`).
        is_crop: cut close around a number or two; if it is low, it is one line.
    """
    labels, marks = find_marks(ink)
    height = typical_height(marks, ink.shape, is_crop=is_crop)
    if height == 0.0:
        return Sheet(ink, labels, (), 0.0)
    if is_crop and ink.shape[0] > ink.shape[1]:
        # In a wide one it may be an amount's 1 before small noughts.
        marks = _without_edges(marks, ink.shape)
    highest = max(mark.box[3] for mark in marks)
    if is_crop and ink.shape[0] < STRIP_HEIGHT * max(height, highest):
        marks = [mark for mark in marks if _may_stand_in_strip(mark, height)]
        return Sheet(ink, labels, (tuple(marks),), stroke_width(ink))
    tallest = (CROP_TALLEST if is_crop else TALLEST) * height
    marks = [mark for mark in marks if _may_be_part(mark, height, tallest, ink.shape)]
    marks = _without_margins(marks, ink.shape, is_crop=is_crop)
    if is_crop:
        marks = _without_underlines(marks, height)
    marks = _join_stacked(marks, JOINED * height)
    tall = [mark for mark in marks if mark.box[3] >= LOW * height]
    lines = _lines(tall)
    _add_loose(lines, [mark for mark in marks if mark.box[3] < LOW * height], height)
    stroke = _typical_stroke(ink, tall)
    return Sheet(ink, labels, tuple(tuple(line) for line in lines), stroke)


def digit_height(ink: Pixels, *, is_crop: bool = False) -> float:
    """Typical height of the digits in a page's ink, in pixels; 0 when there are none."""
    return typical_height(find_marks(ink)[1], ink.shape, is_crop=is_crop)


def main_cluster(ink: Pixels) -> Pixels:
    """The one character of a picture that holds only one: the most ink that lies together.

    Specks, a frame's corner or a neighbour's end are left out; the strokes of a character drawn in
    several are within reach of each other and stay together.

    Args:
        ink: uint8 (h, w).

    Returns:
        uint8 (h, w), the same ink without the rest.
    """
    mask = ink >= BOX_LEVEL
    if not mask.any():
        return ink
    reach = max(1, round(CLUSTER_REACH * max(ink.shape)))
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    near = cv2.dilate(mask.astype(np.uint8), disk)
    count, labels = cv2.connectedComponents(near, connectivity=8)
    if count == 2:
        return ink
    mass = np.bincount(labels.ravel(), weights=ink.ravel(), minlength=count)
    mass[0] = 0.0
    kept: Pixels = np.where(labels == int(np.argmax(mass)), ink, 0).astype(np.uint8)
    return kept


# --- finding marks -------------------------------------------------------------------------------


def find_marks(ink: Pixels) -> tuple[NDArray[np.int32], list[Mark]]:
    """Connected ink: the label image, and a mark for each part that is more than a pixel or two."""
    mask = (ink >= BOX_LEVEL).astype(np.uint8)
    rows, columns = mask.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    marks = [
        Mark(
            (x, y, width, height),
            (number,),
            area,
            x <= 1 or y <= 1 or x + width >= columns - 1 or y + height >= rows - 1,
        )
        for number, (x, y, width, height, area) in enumerate(stats.tolist())
        if number and area > 2
    ]
    return labels.astype(np.int32, copy=False), marks


def typical_height(marks: list[Mark], shape: tuple[int, ...], *, is_crop: bool = False) -> float:
    """Height of the page's digits in pixels, 0 without marks.

    The median over all ink rather than over marks, so that a thousand specks do not outvote ten
    digits; bars, frames and page edges have no say.
    """
    page_height, page_width = shape[:2]
    # In a crop even what a rule ties together tells how high its digits are.
    high = 0.3 * page_height if is_crop and page_width > page_height else float("inf")
    upright = [mark for mark in marks if mark.box[2] <= FLAT * mark.box[3] or mark.box[3] >= high]
    voters = [mark for mark in upright if not _is_frame(mark, page_width, page_height, is_crop)]
    inked = [sum(mark.area for mark in some) for some in (voters, upright)]
    if is_crop and page_width > page_height and inked[0] < LEAST_VOTE * inked[1]:
        voters = upright
    voters = voters or upright or marks
    if not voters:
        return 0.0
    heights = [mark.box[3] for mark in voters]
    weights = [mark.area for mark in voters]
    order = np.argsort(heights)
    below = np.cumsum(np.asarray(weights, np.float64)[order])
    return float(heights[int(order[np.searchsorted(below, below[-1] / 2.0)])])


def _is_frame(mark: Mark, page_width: int, page_height: int, is_crop: bool) -> bool:
    """Whether a mark is a grid, a box or the picture's dark rim: large, and hollow or outside."""
    x, y, width, height = mark.box
    # Of a picture cut close around a number its digits are a large part.
    large = 0.9 if is_crop and page_width > page_height else 0.3
    if width < THIN * height and height > EDGE * page_height and page_height > page_width:
        return True
    if max(width / page_width, height / page_height) < large:
        return False
    edge = x == 0 or y == 0 or x + width == page_width or y + height == page_height
    return edge or mark.area < 0.3 * width * height


def _may_be_part(mark: Mark, height: float, tallest: float, shape: tuple[int, ...]) -> bool:
    """Whether a mark is of a size and at a place that a digit or its part can have."""
    x, y, width, tall = mark.box
    if max(width, tall) < SPECK * height or tall > tallest or mark.area < 4:
        return False
    if mark.area > SOLID * width * tall and width > 0.5 * tall and tall > 0.5 * height:
        return False
    if width < THIN * tall and tall > 1.3 * height:
        return False
    page_height, page_width = shape[:2]
    edge = x == 0 or y == 0 or x + width == page_width or y + tall == page_height
    # What runs out of a page is its edge or the desk; on a tight crop it may be a digit.
    return not edge or tall >= 0.6 * height


def _may_stand_in_strip(mark: Mark, height: float) -> bool:
    """Whether a mark of a single line is neither a speck nor what is left of a rule."""
    width, tall = mark.box[2:]
    return max(width, tall) >= STRIP_SPECK * height and not (
        width > STRIP_RULE[0] * height and tall < STRIP_RULE[1] * height
    )


def _without_margins(marks: list[Mark], shape: tuple[int, ...], *, is_crop: bool) -> list[Mark]:
    """Marks without the edge of the sheet or the book: upright bars along a side of the picture."""
    page_height, page_width = shape[:2]
    for side in (0, 1):
        bars = [
            mark
            for mark in marks
            if mark.box[2] < BAR * mark.box[3]
            and (
                mark.box[0] + mark.box[2] < MARGIN * page_width
                if side == 0
                else mark.box[0] > (1.0 - MARGIN) * page_width
            )
        ]
        # One bar is a 1; a quarter of the page's height full of them is an edge.
        most = sum(mark.box[3] for mark in bars) > EDGE * page_height
        if is_crop or (len(bars) > 1 and most):
            marks = [mark for mark in marks if mark not in bars]
    return marks


def _without_underlines(marks: list[Mark], height: float) -> list[Mark]:
    """Marks without the lines drawn by hand under them, straight enough for rules or not."""
    tall = [mark for mark in marks if mark.box[3] >= LOW * height]

    def is_under(mark: Mark) -> bool:
        x, y, width, low = mark.box
        if width < max(FLAT * low, UNDER * height):
            return False
        above = [
            other
            for other in tall
            if other is not mark
            and other.box[0] < x + width
            and x < other.box[0] + other.box[2]
            and other.middle < y
            and y < other.box[1] + other.box[3] + height
        ]
        middle = y + low / 2.0
        return bool(above) and all(
            middle > other.box[1] + other.box[3] - INTO * height for other in above
        )

    return [mark for mark in marks if not is_under(mark)]


def _without_edges(marks: list[Mark], shape: tuple[int, ...]) -> list[Mark]:
    """Marks without upright bars along a side of the picture that are much higher than all else."""
    page_width = shape[1]
    bars: list[Mark] = []
    others: list[Mark] = []
    for mark in marks:
        x, _, width, tall = mark.box
        at_side = x + width < MARGIN * page_width or x > (1.0 - MARGIN) * page_width
        (bars if at_side and width < BAR * tall else others).append(mark)
    top = max((mark.box[3] for mark in others), default=0)
    edges = [mark for mark in bars if mark.box[3] > HIGHER * top]
    return [mark for mark in marks if mark not in edges] if others else marks


def _typical_stroke(ink: Pixels, marks: list[Mark]) -> float:
    widths = [stroke_width(ink[y : y + h, x : x + w]) for x, y, w, h in (m.box for m in marks[:40])]
    return float(np.median(widths)) if widths else 0.0


# --- joining and ordering ------------------------------------------------------------------------


def _join_stacked(marks: list[Mark], highest: float) -> list[Mark]:
    """Join marks above each other, left to right; none gets higher than `highest` by it."""
    joined: list[Mark] = []
    # Those that reach past the mark that is looked at: only they can belong to it.
    near: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: mark.box[0]):
        one = mark
        reaching: list[Mark] = []
        for other in near:
            (reaching if other.box[0] + other.box[2] > one.box[0] else joined).append(other)
        near = reaching
        while (
            found := next((each for each in near if _belong(each, one, highest)), None)
        ) is not None:
            near = [each for each in near if each is not found]
            one = _union(found, one)
        near.append(one)
    return sorted([*joined, *near], key=lambda mark: mark.box[0])


def _belong(one: Mark, other: Mark, highest: float) -> bool:
    """Whether one lies so much above, below or inside the other that they are one character."""
    shared = min(one.box[0] + one.box[2], other.box[0] + other.box[2]) - max(
        one.box[0], other.box[0]
    )
    if shared < OVERLAP * min(one.box[2], other.box[2]):
        return False
    top = min(one.box[1], other.box[1])
    bottom = max(one.box[1] + one.box[3], other.box[1] + other.box[3])
    taller = max(one.box[3], other.box[3])
    # Two bars are an equals sign, and two whole digits above each other are two lines.
    bars = all(mark.box[2] > FLAT * mark.box[3] for mark in (one, other))
    return not bars and bottom - top <= max(highest, 1.1 * taller)


def _union(one: Mark, other: Mark) -> Mark:
    x, y = min(one.box[0], other.box[0]), min(one.box[1], other.box[1])
    right = max(one.box[0] + one.box[2], other.box[0] + other.box[2])
    bottom = max(one.box[1] + one.box[3], other.box[1] + other.box[3])
    at_edge = one.at_edge or other.at_edge
    return Mark((x, y, right - x, bottom - y), one.ids + other.ids, one.area + other.area, at_edge)


def _lines(marks: list[Mark]) -> list[list[Mark]]:
    """Marks in lines, each from left to right, the lines from top to bottom.

    A line may climb or fall: a mark joins the line whose last marks stand at its height. A power
    belongs to its digit, but says nothing of where the line runs.
    """
    lines: list[list[Mark]] = []
    courses: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda mark: mark.box[0]):
        best, nearest, raised = -1, float("inf"), False
        for number, (line, course) in enumerate(zip(lines, courses, strict=True)):
            recent = course[-3:]
            size = max([mark.box[3], *(near.box[3] for near in recent)])
            middle = sum(near.middle for near in recent) / len(recent)
            offset = abs(middle - mark.middle) / size
            is_raised = offset >= SAME_LINE and _is_raised(mark, line[-1])
            if offset < (RAISED if is_raised else SAME_LINE) and offset < nearest:
                best, nearest, raised = number, offset, is_raised
        if best < 0:
            lines.append([mark])
            courses.append([mark])
            continue
        lines[best].append(mark)
        if not raised:
            courses[best].append(mark)
    return sorted(lines, key=lambda line: float(np.mean([mark.middle for mark in line])))


def _is_raised(mark: Mark, before: Mark) -> bool:
    """Whether a mark is small and right behind another, as a power is."""
    gap = mark.box[0] - before.box[0] - before.box[2]
    return mark.box[3] < 0.8 * before.box[3] and gap < 0.5 * before.box[3]


def _add_loose(lines: list[list[Mark]], low: list[Mark], height: float) -> None:
    """Put low marks into the line of a digit that they nearly touch; others are left out."""
    reach = LOOSE * height
    for mark in low:
        x, y, width, tall = mark.box
        for line in lines:
            near = any(
                x - reach < other.box[0] + other.box[2]
                and other.box[0] < x + width + reach
                and y - reach < other.box[1] + other.box[3]
                and other.box[1] < y + tall + reach
                for other in line
            )
            if near:
                line.append(mark)
                line.sort(key=lambda mark: mark.box[0])
                break
