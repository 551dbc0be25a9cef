"""Connected components of a page's ink, and how high its digits are."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import Box
from inkling.imaging.pixels import BOX_LEVEL, Pixels

FLAT = 2.2  # a bar is this much wider than high
EDGE = 0.25
# Nothing so narrow for its height, and as high as an edge, is a digit.
THIN = 0.12
# Where what is no frame has less than this part of a crop's ink, a rule ties its digits together.
LEAST_VOTE = 0.2
# Strokes of one character lie within this part of the picture's longer side of each other.
CLUSTER_REACH = 0.04


@dataclass(frozen=True, slots=True)
class Component:
    """Connected ink, or several such parts that belong together.

    Attributes:
        box: x, y, width, height in the ink's pixels.
        ids: its parts' numbers in `PageLayout.labels`.
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


def digit_height(ink: Pixels, *, is_crop: bool = False) -> float:
    """Typical height of the digits in a page's ink, in pixels; 0 when there are none."""
    return typical_height(find_components(ink)[1], ink.shape, is_crop=is_crop)


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


def find_components(ink: Pixels) -> tuple[NDArray[np.int32], list[Component]]:
    """Connected ink: the label image, and a mark for each part that is more than a pixel or two."""
    mask = (ink >= BOX_LEVEL).astype(np.uint8)
    rows, columns = mask.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    marks = [
        Component(
            (x, y, width, height),
            (number,),
            area,
            x <= 1 or y <= 1 or x + width >= columns - 1 or y + height >= rows - 1,
        )
        for number, (x, y, width, height, area) in enumerate(stats.tolist())
        if number and area > 2
    ]
    return labels.astype(np.int32, copy=False), marks


def typical_height(
    marks: list[Component], shape: tuple[int, ...], *, is_crop: bool = False
) -> float:
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


def _is_frame(mark: Component, page_width: int, page_height: int, is_crop: bool) -> bool:
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


def merged(one: Component, other: Component) -> Component:
    x, y = min(one.box[0], other.box[0]), min(one.box[1], other.box[1])
    right = max(one.box[0] + one.box[2], other.box[0] + other.box[2])
    bottom = max(one.box[1] + one.box[3], other.box[1] + other.box[3])
    at_edge = one.at_edge or other.at_edge
    return Component(
        (x, y, right - x, bottom - y), one.ids + other.ids, one.area + other.area, at_edge
    )
