"""Remove components that cannot be digits: specks, margins, underlines, edges of a sheet."""

from __future__ import annotations

from inkling.deadline import NO_DEADLINE, Deadline
from inkling.layout.components import BAR_ASPECT, EDGE_HEIGHT, THIN, Component

# Sizes are parts of the typical height of the page's digits, unless the comment says otherwise.

# A component smaller than this in width and height is a dot, a comma or dirt.
SPECK = 0.22
# No component with fewer pixels than this is part of a digit.
MIN_AREA = 4
# A component lower than this is no digit, but may be part of one.
LOW = 0.4
# A thin component (see THIN) higher than this is a ruling line or an edge.
MAX_THIN_HEIGHT = 1.3
# A component that fills more than this part of its box is a solid area, unless it is low or narrow.
SOLID = 0.8
# A component at the picture's border is kept only from this height on: in a tight crop it may be a
# digit, on a page it is an edge of the sheet or the desk.
MIN_HEIGHT_AT_BORDER = 0.6
# A bar of at least this width is an underline when it overlaps the components above it by at most
# UNDERLINE_OVERLAP.
UNDERLINE_WIDTH = 0.8
UNDERLINE_OVERLAP = 0.2
# The edge of a sheet: components narrower than this part of their height, within this part of the
# picture's width from a side.
EDGE_ASPECT = 0.3
MARGIN = 0.1
# In a crop, such a component is an edge when it is higher than all others by this factor.
EDGE_FACTOR = 1.7
# In a crop of a single line, a component smaller than this in width and height is a speck.
STRIP_SPECK = 0.1
# In a crop of a single line, a component wider than the first and lower than the second is what is
# left of a ruling line.
STRIP_RULING_LINE = (1.0, 0.2)


def may_be_part(
    component: Component, height: float, tallest: float, shape: tuple[int, ...]
) -> bool:
    """Whether a component's size and place are those of a digit or of part of a digit.

    Args:
        component: on a page.
        height: typical height of the page's digits, in pixels.
        tallest: the highest possible digit, in pixels.
        shape: the page's height and width in pixels.
    """
    x, y, width, tall = component.box
    if max(width, tall) < SPECK * height or tall > tallest or component.area < MIN_AREA:
        return False
    if component.area > SOLID * width * tall and width > 0.5 * tall and tall > 0.5 * height:
        return False
    if width < THIN * tall and tall > MAX_THIN_HEIGHT * height:
        return False
    page_height, page_width = shape[:2]
    edge = x == 0 or y == 0 or x + width == page_width or y + tall == page_height
    return not edge or tall >= MIN_HEIGHT_AT_BORDER * height


def may_stand_in_strip(component: Component, height: float) -> bool:
    """Whether a component of a single line is neither a speck nor the rest of a ruling line."""
    width, tall = component.box[2:]
    return max(width, tall) >= STRIP_SPECK * height and not (
        width > STRIP_RULING_LINE[0] * height and tall < STRIP_RULING_LINE[1] * height
    )


def without_margins(
    components: list[Component], shape: tuple[int, ...], *, is_crop: bool
) -> list[Component]:
    """Remove the edge of a sheet or a book: upright bars along a side of the picture."""
    page_height, page_width = shape[:2]
    for side in (0, 1):
        bars = [
            component
            for component in components
            if component.box[2] < EDGE_ASPECT * component.box[3]
            and (
                component.box[0] + component.box[2] < MARGIN * page_width
                if side == 0
                else component.box[0] > (1.0 - MARGIN) * page_width
            )
        ]
        # A single bar is a 1. Bars that add up to a quarter of the page's height are an edge.
        are_high = sum(bar.box[3] for bar in bars) > EDGE_HEIGHT * page_height
        if is_crop or (len(bars) > 1 and are_high):
            components = [component for component in components if component not in bars]
    return components


def without_underlines(
    components: list[Component], height: float, deadline: Deadline = NO_DEADLINE
) -> list[Component]:
    """Remove lines drawn by hand under other components, however crooked.

    Raises:
        DeadlineError: it took too long.
    """
    tall = [component for component in components if component.box[3] >= LOW * height]

    def is_underline(component: Component) -> bool:
        x, y, width, low = component.box
        if width < max(BAR_ASPECT * low, UNDERLINE_WIDTH * height):
            return False
        deadline.check()
        above = [
            other
            for other in tall
            if other is not component
            and other.box[0] < x + width
            and x < other.box[0] + other.box[2]
            and other.middle < y
            and y < other.box[1] + other.box[3] + height
        ]
        middle = y + low / 2.0
        return bool(above) and all(
            middle > other.box[1] + other.box[3] - UNDERLINE_OVERLAP * height for other in above
        )

    return [component for component in components if not is_underline(component)]


def without_edges(components: list[Component], shape: tuple[int, ...]) -> list[Component]:
    """Remove upright bars along a side of the picture that are much higher than everything else."""
    page_width = shape[1]
    bars: list[Component] = []
    others: list[Component] = []
    for component in components:
        x, _, width, tall = component.box
        at_side = x + width < MARGIN * page_width or x > (1.0 - MARGIN) * page_width
        (bars if at_side and width < EDGE_ASPECT * tall else others).append(component)
    top = max((other.box[3] for other in others), default=0)
    edges = [bar for bar in bars if bar.box[3] > EDGE_FACTOR * top]
    if not others:
        return components
    return [component for component in components if component not in edges]
