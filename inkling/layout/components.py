"""Connected components of a page's ink, and the typical height of its digits."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import Box, union
from inkling.imaging.pixels import BOX_LEVEL, Pixels

# Components of at most this many pixels are ignored.
MIN_AREA = 2
# A component more than this many times as wide as high is a bar, not a digit.
BAR_ASPECT = 2.2
# No digit is narrower than this part of its height. A narrower component that is higher than
# EDGE_HEIGHT of an upright picture is the edge of a sheet.
THIN = 0.12
EDGE_HEIGHT = 0.25
# A frame is at least this part of the picture wide or high, and more in a crop, in which digits are
# large. Its ink covers less than HOLLOW of its box, or it touches the picture's border.
FRAME_SIDE = 0.3
CROP_FRAME_SIDE = 0.9
HOLLOW = 0.3
# In a wide crop, a component of at least this part of the picture's height counts even when it is a
# bar: ruling lines may connect its digits. When less than MIN_UNFRAMED_INK of this ink is outside
# of frames, the frames count as well.
CROP_DIGIT_HEIGHT = 0.3
MIN_UNFRAMED_INK = 0.2
# Strokes of one character are at most this part of the picture's longer side apart.
CLUSTER_REACH = 0.04


@dataclass(frozen=True, slots=True)
class Component:
    """A connected component of ink, or several that belong together.

    Attributes:
        box: x, y, width, height in the ink's pixels.
        ids: the numbers of its connected components in `PageLayout.labels`.
        area: pixels of ink.
        at_edge: whether it touches the picture's border.
    """

    box: Box
    ids: tuple[int, ...]
    area: int
    at_edge: bool = False

    @property
    def middle(self) -> float:
        """The y coordinate of the middle of its box."""
        return self.box[1] + self.box[3] / 2.0


def digit_height(ink: Pixels, *, is_crop: bool = False) -> float:
    """Typical height of the digits in a page's ink, in pixels; 0 when there is no ink."""
    return typical_height(find_components(ink)[1], ink.shape, is_crop=is_crop)


def main_cluster(ink: Pixels) -> Pixels:
    """The ink of the only character in a picture: the cluster of strokes with the most ink.

    Specks, a frame's corner and a neighbour's end are removed. The strokes of a character are
    within `CLUSTER_REACH` of each other and stay together.

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
    """Find the connected components of ink.

    Args:
        ink: uint8 (h, w).

    Returns:
        The label image, int32 (h, w), and the components of more than `MIN_AREA` pixels.
    """
    mask = (ink >= BOX_LEVEL).astype(np.uint8)
    rows, columns = mask.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    components = [
        Component(
            (x, y, width, height),
            (number,),
            area,
            x <= 1 or y <= 1 or x + width >= columns - 1 or y + height >= rows - 1,
        )
        for number, (x, y, width, height, area) in enumerate(stats.tolist())
        if number and area > MIN_AREA
    ]
    return labels.astype(np.int32, copy=False), components


def typical_height(
    components: list[Component], shape: tuple[int, ...], *, is_crop: bool = False
) -> float:
    """Typical height of a page's digits in pixels; 0 when there are no components.

    The median over all ink rather than over components, so that a thousand specks do not outvote
    ten digits. Bars, frames and page edges do not count.

    Args:
        components: the page's components.
        shape: the page's height and width in pixels.
        is_crop: whether the page is cut close around a line or two.
    """
    page_height, page_width = shape[:2]
    is_wide_crop = is_crop and page_width > page_height
    high = CROP_DIGIT_HEIGHT * page_height if is_wide_crop else float("inf")
    upright = [
        component
        for component in components
        if component.box[2] <= BAR_ASPECT * component.box[3] or component.box[3] >= high
    ]
    counted = [
        component
        for component in upright
        if not _is_frame(component, page_width, page_height, is_wide_crop)
    ]
    counted_ink, upright_ink = (sum(each.area for each in group) for group in (counted, upright))
    if is_wide_crop and counted_ink < MIN_UNFRAMED_INK * upright_ink:
        counted = upright
    counted = counted or upright or components
    if not counted:
        return 0.0
    heights = [component.box[3] for component in counted]
    weights = [component.area for component in counted]
    order = np.argsort(heights)
    below = np.cumsum(np.asarray(weights, np.float64)[order])
    return float(heights[int(order[np.searchsorted(below, below[-1] / 2.0)])])


def merged(one: Component, other: Component) -> Component:
    """Two components as one."""
    return Component(
        union(one.box, other.box),
        one.ids + other.ids,
        one.area + other.area,
        one.at_edge or other.at_edge,
    )


def _is_frame(component: Component, page_width: int, page_height: int, is_wide_crop: bool) -> bool:
    """Whether a component is a grid, a box, or the picture's dark border."""
    x, y, width, height = component.box
    large = CROP_FRAME_SIDE if is_wide_crop else FRAME_SIDE
    is_thin = width < THIN * height and height > EDGE_HEIGHT * page_height
    if is_thin and page_height > page_width:
        return True
    if max(width / page_width, height / page_height) < large:
        return False
    edge = x == 0 or y == 0 or x + width == page_width or y + height == page_height
    return edge or component.area < HOLLOW * width * height
