"""Connected components of a drawing's ink."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import Box, union
from inkling.imaging.pixels import BOX_LEVEL, Pixels

# Components of at most this many pixels are ignored.
MIN_AREA = 2
# Strokes of one character are at most this part of the picture's longer side apart.
CLUSTER_REACH = 0.04


@dataclass(frozen=True, slots=True)
class Component:
    """A connected component of ink, or several that belong together.

    Attributes:
        box: x, y, width, height in the ink's pixels.
        ids: the numbers of its connected components in `DrawingLayout.labels`.
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


def merged(one: Component, other: Component) -> Component:
    """Two components as one."""
    return Component(
        union(one.box, other.box),
        one.ids + other.ids,
        one.area + other.area,
        one.at_edge or other.at_edge,
    )
