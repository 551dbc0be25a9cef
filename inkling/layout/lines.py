"""A picture's ink to marks in lines: what might be digits, in reading order.

A *mark* is what a pen left in one go, or several parts of it that lie so much above each other that
they must belong together: the bar of a 5, the halves of a stroke that ran dry. This module looks at
sizes and places only; what a mark says is for `reader`, which may still cut and join marks.
"""

from __future__ import annotations

import numpy as np

from inkling.imaging.pixels import Pixels, stroke_width
from inkling.layout.components import FLAT, Component, find_components, merged, typical_height
from inkling.layout.filters import (
    LOW,
    SPECK,
    may_be_part,
    may_stand_in_strip,
    without_edges,
    without_margins,
    without_underlines,
)
from inkling.layout.page_layout import PageLayout

LOOSE = 0.15  # ... if it is this near to it
TALLEST = 2.2  # higher marks are brackets, frames and page edges
CROP_TALLEST = 7.0  # ... in a small crop small print may set what is typical
JOINED = 1.55  # parts above each other make one mark up to this height
OVERLAP = 0.6  # ... if they share this much of the narrower one's width
SAME_LINE = 0.45  # vertical offset of neighbours that still stand in one line
RAISED = 1.1  # ... or of a small one right behind a digit, as a power is
# A picture smaller than this, in pixels, is cut close around a number or two.
CROP_SIDE = 600
# ... and when it is no higher than this many of its digits, it holds a single line.
STRIP_HEIGHT = 2.2


def canvas_layout(ink: Pixels) -> PageLayout:
    """A drawing taken apart: clean ink, and always a single line.

    Args:
        ink: uint8 (h, w).
    """
    labels, marks = find_components(ink)
    stroke = stroke_width(ink)
    if marks:
        tallest = max(max(mark.box[2:]) for mark in marks)
        # A touch of the canvas beside a digit is no digit; alone it is kept, to be told so.
        marks = [mark for mark in marks if max(mark.box[2:]) >= SPECK * tallest]
    line = tuple(_join_stacked(marks, float("inf")))
    return PageLayout(ink, labels, (line,) if line else (), stroke)


def page_layout(ink: Pixels, *, is_crop: bool = False) -> PageLayout:
    """A photographed or scanned page taken apart.

    Args:
        ink: uint8 (h, w), without rules (see `rules.remove_ruling_lines`).
        is_crop: cut close around a number or two; if it is low, it is one line.
    """
    labels, marks = find_components(ink)
    height = typical_height(marks, ink.shape, is_crop=is_crop)
    if height == 0.0:
        return PageLayout(ink, labels, (), 0.0)
    if is_crop and ink.shape[0] > ink.shape[1]:
        # In a wide one it may be an amount's 1 before small noughts.
        marks = without_edges(marks, ink.shape)
    highest = max(mark.box[3] for mark in marks)
    if is_crop and ink.shape[0] < STRIP_HEIGHT * max(height, highest):
        marks = [mark for mark in marks if may_stand_in_strip(mark, height)]
        return PageLayout(ink, labels, (tuple(marks),), stroke_width(ink))
    tallest = (CROP_TALLEST if is_crop else TALLEST) * height
    marks = [mark for mark in marks if may_be_part(mark, height, tallest, ink.shape)]
    marks = without_margins(marks, ink.shape, is_crop=is_crop)
    if is_crop:
        marks = without_underlines(marks, height)
    marks = _join_stacked(marks, JOINED * height)
    tall = [mark for mark in marks if mark.box[3] >= LOW * height]
    lines = _lines(tall)
    _add_loose(lines, [mark for mark in marks if mark.box[3] < LOW * height], height)
    stroke = _typical_stroke(ink, tall)
    return PageLayout(ink, labels, tuple(tuple(line) for line in lines), stroke)


def _typical_stroke(ink: Pixels, marks: list[Component]) -> float:
    widths = [stroke_width(ink[y : y + h, x : x + w]) for x, y, w, h in (m.box for m in marks[:40])]
    return float(np.median(widths)) if widths else 0.0


def _join_stacked(marks: list[Component], highest: float) -> list[Component]:
    """Join marks above each other, left to right; none gets higher than `highest` by it."""
    joined: list[Component] = []
    # Those that reach past the mark that is looked at: only they can belong to it.
    near: list[Component] = []
    for mark in sorted(marks, key=lambda mark: mark.box[0]):
        one = mark
        reaching: list[Component] = []
        for other in near:
            (reaching if other.box[0] + other.box[2] > one.box[0] else joined).append(other)
        near = reaching
        while (
            found := next((each for each in near if _belong(each, one, highest)), None)
        ) is not None:
            near = [each for each in near if each is not found]
            one = merged(found, one)
        near.append(one)
    return sorted([*joined, *near], key=lambda mark: mark.box[0])


def _belong(one: Component, other: Component, highest: float) -> bool:
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


def _lines(marks: list[Component]) -> list[list[Component]]:
    """Marks in lines, each from left to right, the lines from top to bottom.

    A line may climb or fall: a mark joins the line whose last marks stand at its height. A power
    belongs to its digit, but says nothing of where the line runs.
    """
    lines: list[list[Component]] = []
    courses: list[list[Component]] = []
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


def _is_raised(mark: Component, before: Component) -> bool:
    """Whether a mark is small and right behind another, as a power is."""
    gap = mark.box[0] - before.box[0] - before.box[2]
    return mark.box[3] < 0.8 * before.box[3] and gap < 0.5 * before.box[3]


def _add_loose(lines: list[list[Component]], low: list[Component], height: float) -> None:
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
