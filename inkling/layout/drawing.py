"""The components of a drawing, from left to right.

Components above each other that must belong to one character are joined: the bar of a 5, the parts
of a broken stroke. This module judges by size and place only. Recognition may still split and join
components.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels, stroke_width
from inkling.layout.components import Component, find_components, merged

# A component smaller than this part of the largest one, in width and height, is a touch of the pen.
SPECK = 0.22
# Components above each other are joined when they share at least this part of the narrower one's
# width.
SHARED_WIDTH = 0.6
# A component more than this many times as wide as high is a bar.
BAR_ASPECT = 2.2


@dataclass(frozen=True, slots=True, eq=False)
class DrawingLayout:
    """A drawing taken apart.

    Attributes:
        ink: uint8 (h, w).
        labels: int32 (h, w), the number of the connected component of each pixel; 0 is paper.
        line: components from left to right; none where nothing is drawn.
        stroke: mean width of the strokes in pixels.
    """

    ink: Pixels
    labels: NDArray[np.int32]
    line: tuple[Component, ...]
    stroke: float


def canvas_layout(ink: Pixels) -> DrawingLayout:
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
    return DrawingLayout(ink, labels, tuple(_join_stacked(components)), stroke)


def _join_stacked(components: list[Component]) -> list[Component]:
    """Join components above each other."""
    joined: list[Component] = []
    # Only components that reach past the current one's left edge can belong to it.
    near: list[Component] = []
    for component in sorted(components, key=lambda component: component.box[0]):
        one = component
        reaching: list[Component] = []
        for other in near:
            (reaching if other.box[0] + other.box[2] > one.box[0] else joined).append(other)
        near = reaching
        while (partner := next((each for each in near if _belong(each, one)), None)) is not None:
            near = [each for each in near if each is not partner]
            one = merged(partner, one)
        near.append(one)
    return sorted([*joined, *near], key=lambda component: component.box[0])


def _belong(one: Component, other: Component) -> bool:
    """Whether two components are one character: one above, below or inside the other."""
    shared = min(one.box[0] + one.box[2], other.box[0] + other.box[2]) - max(
        one.box[0], other.box[0]
    )
    if shared < SHARED_WIDTH * min(one.box[2], other.box[2]):
        return False
    # Two bars are an equals sign.
    return not all(each.box[2] > BAR_ASPECT * each.box[3] for each in (one, other))
