"""Group the components of a picture's ink into lines, in reading order.

Components above each other that must belong to one character are joined first: the bar of a 5, the
parts of a broken stroke. This module judges by size and place only. Recognition may still split and
join components.
"""

from __future__ import annotations

import numpy as np

from inkling.deadline import NO_DEADLINE, Deadline
from inkling.imaging.pixels import Pixels, stroke_width
from inkling.layout.components import (
    BAR_ASPECT,
    Component,
    find_components,
    merged,
    typical_height,
)
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

# A picture whose longer side is below this, in pixels, is a crop: cut close around a number or two.
CROP_SIDE = 600
# A crop lower than this many digit heights holds a single line.
STRIP_HEIGHT = 2.2

# The sizes below are parts of the typical height of the page's digits.

# Components higher than this are brackets, frames and page edges. In a crop the limit is higher,
# because small print may decide the typical height.
TALLEST = 2.2
CROP_TALLEST = 7.0
# Components above each other are joined when they share at least this part of the narrower one's
# width, and when the result is at most this high.
SHARED_WIDTH = 0.6
JOINED_HEIGHT = 1.55
# A component joins a line when its vertical distance from the last components' middle is below the
# first, in heights of the highest of them; a raised one, such as a power, below the second.
SAME_LINE = 0.45
RAISED = 1.1
# A low component joins the line of a digit that is at most this far away.
LOOSE = 0.15
# More components than this are grain or a texture, and no lines are looked for: the fullest of 592
# real pictures has 4,400, and the grain of an empty page 18,000 or more.
MAX_COMPONENTS = 10_000
# The width of a page's strokes is measured on at most this many components.
MEASURED = 40


def canvas_layout(ink: Pixels) -> PageLayout:
    """Find the components of a drawing: clean ink that always makes up a single line.

    Args:
        ink: uint8 (h, w).
    """
    labels, components = find_components(ink)
    stroke = stroke_width(ink)
    if components:
        tallest = max(max(component.box[2:]) for component in components)
        # A small touch of the canvas beside a digit is ignored. Alone it is kept, so that people
        # are told that it is no digit.
        components = [
            component for component in components if max(component.box[2:]) >= SPECK * tallest
        ]
    line = tuple(_join_stacked(components, float("inf"), NO_DEADLINE))
    return PageLayout(ink, labels, (line,) if line else (), stroke)


def page_layout(
    ink: Pixels, *, is_crop: bool = False, deadline: Deadline = NO_DEADLINE
) -> PageLayout:
    """Find the components of a photographed or scanned page, in lines.

    Args:
        ink: uint8 (h, w), without ruling lines (see `ruling.remove_ruling_lines`).
        is_crop: whether it is cut close around a number or two; if it is low, it is one line.
        deadline: for finding them.

    Raises:
        DeadlineError: it took too long.
    """
    labels, components = find_components(ink)
    height = typical_height(components, ink.shape, is_crop=is_crop)
    if height == 0.0:
        return PageLayout(ink, labels, (), 0.0)
    if is_crop and ink.shape[0] > ink.shape[1]:
        # Not in a wide crop, where a high bar at the side may be a large 1 before small zeros.
        components = without_edges(components, ink.shape)
    highest = max(component.box[3] for component in components)
    if is_crop and ink.shape[0] < STRIP_HEIGHT * max(height, highest):
        components = [each for each in components if may_stand_in_strip(each, height)]
        return PageLayout(ink, labels, (tuple(components),), stroke_width(ink))
    tallest = (CROP_TALLEST if is_crop else TALLEST) * height
    components = [each for each in components if may_be_part(each, height, tallest, ink.shape)]
    if len(components) > MAX_COMPONENTS:
        return PageLayout(ink, labels, (), 0.0)
    components = without_margins(components, ink.shape, is_crop=is_crop)
    if is_crop:
        components = without_underlines(components, height, deadline)
    components = _join_stacked(components, JOINED_HEIGHT * height, deadline)
    tall = [component for component in components if component.box[3] >= LOW * height]
    low = [component for component in components if component.box[3] < LOW * height]
    lines = _lines(tall, deadline)
    _add_loose(lines, low, height, deadline)
    stroke = _typical_stroke(ink, tall)
    return PageLayout(ink, labels, tuple(tuple(line) for line in lines), stroke)


def _typical_stroke(ink: Pixels, components: list[Component]) -> float:
    boxes = (component.box for component in components[:MEASURED])
    widths = [stroke_width(ink[y : y + h, x : x + w]) for x, y, w, h in boxes]
    return float(np.median(widths)) if widths else 0.0


def _join_stacked(
    components: list[Component], highest: float, deadline: Deadline
) -> list[Component]:
    """Join components above each other, unless the result is higher than `highest` pixels."""
    joined: list[Component] = []
    # Only components that reach past the current one's left edge can belong to it.
    near: list[Component] = []
    for component in sorted(components, key=lambda component: component.box[0]):
        deadline.check()
        one = component
        reaching: list[Component] = []
        for other in near:
            (reaching if other.box[0] + other.box[2] > one.box[0] else joined).append(other)
        near = reaching
        while (
            partner := next((each for each in near if _belong(each, one, highest)), None)
        ) is not None:
            near = [each for each in near if each is not partner]
            one = merged(partner, one)
        near.append(one)
    return sorted([*joined, *near], key=lambda component: component.box[0])


def _belong(one: Component, other: Component, highest: float) -> bool:
    """Whether two components are one character: one above, below or inside the other."""
    shared = min(one.box[0] + one.box[2], other.box[0] + other.box[2]) - max(
        one.box[0], other.box[0]
    )
    if shared < SHARED_WIDTH * min(one.box[2], other.box[2]):
        return False
    top = min(one.box[1], other.box[1])
    bottom = max(one.box[1] + one.box[3], other.box[1] + other.box[3])
    taller = max(one.box[3], other.box[3])
    # Two bars are an equals sign. Two whole digits above each other are two lines.
    are_bars = all(each.box[2] > BAR_ASPECT * each.box[3] for each in (one, other))
    return not are_bars and bottom - top <= max(highest, 1.1 * taller)


def _lines(components: list[Component], deadline: Deadline) -> list[list[Component]]:
    """Components in lines, each from left to right, the lines from top to bottom.

    A line may rise or fall: a component joins the line whose last components are at its height. A
    power belongs to its digit's line, but does not count for the line's direction.
    """
    lines: list[list[Component]] = []
    # The lines without raised components.
    courses: list[list[Component]] = []
    for component in sorted(components, key=lambda component: component.box[0]):
        deadline.check()
        best, nearest, raised = -1, float("inf"), False
        for number, (line, course) in enumerate(zip(lines, courses, strict=True)):
            recent = course[-3:]
            size = max([component.box[3], *(near.box[3] for near in recent)])
            middle = sum(near.middle for near in recent) / len(recent)
            offset = abs(middle - component.middle) / size
            is_raised = offset >= SAME_LINE and _is_raised(component, line[-1])
            if offset < (RAISED if is_raised else SAME_LINE) and offset < nearest:
                best, nearest, raised = number, offset, is_raised
        if best < 0:
            lines.append([component])
            courses.append([component])
            continue
        lines[best].append(component)
        if not raised:
            courses[best].append(component)
    return sorted(lines, key=lambda line: float(np.mean([each.middle for each in line])))


def _is_raised(component: Component, before: Component) -> bool:
    """Whether a component is small and right behind another one, as a power is."""
    gap = component.box[0] - before.box[0] - before.box[2]
    return component.box[3] < 0.8 * before.box[3] and gap < 0.5 * before.box[3]


def _add_loose(
    lines: list[list[Component]], low: list[Component], height: float, deadline: Deadline
) -> None:
    """Add low components to the line of a digit that they nearly touch; drop the others."""
    reach = LOOSE * height
    for component in low:
        deadline.check()
        x, y, width, tall = component.box
        for line in lines:
            near = any(
                x - reach < other.box[0] + other.box[2]
                and other.box[0] < x + width + reach
                and y - reach < other.box[1] + other.box[3]
                and other.box[1] < y + tall + reach
                for other in line
            )
            if near:
                line.append(component)
                line.sort(key=lambda component: component.box[0])
                break
