"""Which components cannot be digits: specks, margins, underlines, edges of the sheet."""

from __future__ import annotations

from inkling.layout.components import EDGE, FLAT, THIN, Component

# All sizes below are parts of the typical height of a digit on the page, unless said otherwise.
SPECK = 0.22  # a mark smaller than this both ways is a dot, a comma or dirt
LOW = 0.4  # a mark lower than this is no digit, but may be a part of one
UNDER = 0.8  # a bar at least so wide under others ...
INTO = 0.2  # ... into which it reaches so far at most is drawn under them
# An edge of the sheet seen in the picture: bars of this width for their height, in the outer parts
# of the picture's width, that fill this part of its height.
BAR = 0.3
MARGIN = 0.1
# ... or, in a small crop, that are so much higher than what else there is.
HIGHER = 1.7
# ... and nothing that fills its box so much and is not upright.
SOLID = 0.8
# A picture's single line: marks of this height are specks.
STRIP_SPECK = 0.1
# ... and ones wider than this and lower than that are left of rules.
STRIP_RULE = (1.0, 0.2)


def may_be_part(mark: Component, height: float, tallest: float, shape: tuple[int, ...]) -> bool:
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


def may_stand_in_strip(mark: Component, height: float) -> bool:
    """Whether a mark of a single line is neither a speck nor what is left of a rule."""
    width, tall = mark.box[2:]
    return max(width, tall) >= STRIP_SPECK * height and not (
        width > STRIP_RULE[0] * height and tall < STRIP_RULE[1] * height
    )


def without_margins(
    marks: list[Component], shape: tuple[int, ...], *, is_crop: bool
) -> list[Component]:
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


def without_underlines(marks: list[Component], height: float) -> list[Component]:
    """Marks without the lines drawn by hand under them, straight enough for rules or not."""
    tall = [mark for mark in marks if mark.box[3] >= LOW * height]

    def is_under(mark: Component) -> bool:
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


def without_edges(marks: list[Component], shape: tuple[int, ...]) -> list[Component]:
    """Marks without upright bars along a side of the picture that are much higher than all else."""
    page_width = shape[1]
    bars: list[Component] = []
    others: list[Component] = []
    for mark in marks:
        x, _, width, tall = mark.box
        at_side = x + width < MARGIN * page_width or x > (1.0 - MARGIN) * page_width
        (bars if at_side and width < BAR * tall else others).append(mark)
    top = max((mark.box[3] for mark in others), default=0)
    edges = [mark for mark in bars if mark.box[3] > HIGHER * top]
    return [mark for mark in marks if mark not in edges] if others else marks
