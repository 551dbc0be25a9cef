"""The sheet of paper in a photo: where it lies on a darker desk, and how to see it from above."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels

# The sheet is looked for in a picture of this size.
LOOK_SIDE = 400
# Paper is at least this part of the picture, what is around it at least that part of it, ...
LEAST_PAPER = 0.2
LEAST_AROUND = 0.06
# ... and at most this bright beside the paper: less, and it may be a shadow.
DARK = 0.6
# ... and in a photo its edge is sharp: this part of the step lies within a few pixels, or it is the
# edge of a shadow. (In a small crop every edge is soft.)
SHARP = 0.5
# A sheet's outline fills this part of the quadrilateral around it.
FILLED = 0.94
# Corners nearer to an upright rectangle than this part of the longer side: nothing to flatten.
STRAIGHT = 0.012
# Paper is taken to end this part of the picture's longer side before it does: its edge is no ink.
EDGE = 0.008
EDGE_PIXELS = 5


@dataclass(frozen=True, slots=True, eq=False)
class RectifiedPage:
    """The paper of a photo.

    Attributes:
        image: uint8 (h, w, 3), RGB: the photo, or the sheet seen from above.
        mask: bool (h, w), where the paper is; None for everywhere.
        to_photo: float64 (3, 3), takes (x, y, 1) of the image to the photo.
    """

    image: Pixels
    mask: NDArray[np.bool_] | None
    to_photo: NDArray[np.float64]


def whole_photo(photo: Pixels) -> RectifiedPage:
    """A photo that is nothing but paper."""
    return RectifiedPage(photo, None, np.eye(3))


def find_page(photo: Pixels) -> RectifiedPage:
    """The sheet of paper in a photo; the photo itself where it is nothing but paper.

    Args:
        photo: uint8 (h, w, 3), RGB.
    """
    all_of_it = whole_photo(photo)
    height, width = photo.shape[:2]
    scale = min(1.0, LOOK_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    gray = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    # Writing is gone, edges stay.
    smooth = np.asarray(cv2.medianBlur(gray, 9 if min(size) > 60 else 3), np.uint8)
    level, _ = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = (smooth > level).astype(np.uint8)
    paper = _largest(bright)
    if paper is None or paper.mean() < LEAST_PAPER:
        return all_of_it
    outline = _outline(paper)
    inside = np.zeros_like(paper)
    cv2.drawContours(inside, [outline], -1, 1, cv2.FILLED)
    around = inside == 0
    if around.mean() < LEAST_AROUND or not _is_dark_at_border(smooth, inside, around):
        return all_of_it
    if scale < 1.0 and not _is_sharp(gray, smooth, inside):
        return all_of_it
    corners = _corners(outline)
    if corners is not None:
        flat = _flattened(photo, corners / scale)
        if flat is not None:
            return flat
    mask = cv2.resize(inside, (width, height), interpolation=cv2.INTER_NEAREST)
    reach = 2 * max(EDGE_PIXELS, round(EDGE * max(height, width))) + 1
    mask = cv2.erode(mask, np.ones((reach, reach), np.uint8), borderValue=1)
    return _cut(photo, mask > 0)


def _cut(photo: Pixels, mask: NDArray[np.bool_]) -> RectifiedPage:
    """The photo cut to its paper."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if columns.size == 0:
        return RectifiedPage(photo, None, np.eye(3))
    x, y = int(columns[0]), int(rows[0])
    area = (slice(y, int(rows[-1]) + 1), slice(x, int(columns[-1]) + 1))
    to_photo = np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])
    return RectifiedPage(photo[area], mask[area], to_photo)


def _largest(mask: Pixels) -> Pixels | None:
    """The largest connected part of a mask."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 2:
        return None
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return np.asarray(labels == best, np.uint8)


def _outline(part: Pixels) -> NDArray[np.int32]:
    contours, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return np.asarray(max(contours, key=cv2.contourArea), np.int32)


def _is_dark_at_border(gray: Pixels, inside: Pixels, around: NDArray[np.bool_]) -> bool:
    """Whether what is around the paper is much darker, and lies along the picture's border."""
    if float(np.median(gray[around])) > DARK * float(np.median(gray[inside > 0])):
        return False
    ring = np.concatenate([around[0], around[-1], around[:, 0], around[:, -1]])
    return bool(ring.mean() > 0.12)


def _is_sharp(gray: Pixels, smooth: Pixels, inside: Pixels) -> bool:
    """Whether brightness falls at once where the paper ends, as it does not where a shadow begins.

    Args:
        gray, smooth: the picture, and without its writing.
        inside: 1 on the paper.
    """
    step = float(np.median(smooth[inside > 0])) - float(np.median(smooth[inside == 0]))
    rim = inside > cv2.erode(inside, np.ones((3, 3), np.uint8), borderValue=1)
    fine = cv2.medianBlur(gray, 3)
    near = np.ones((5, 5), np.uint8)
    change = cv2.subtract(cv2.dilate(fine, near), cv2.erode(fine, near))
    return bool(rim.any()) and float(np.median(change[rim])) > SHARP * step


def _corners(outline: NDArray[np.int32]) -> NDArray[np.float64] | None:
    """The outline's four corners from the top left on, clockwise; None when it has not four."""
    hull = cv2.convexHull(outline)
    length = cv2.arcLength(hull, True)
    for part in (0.02, 0.03, 0.05):
        found = cv2.approxPolyDP(hull, part * length, True)
        if len(found) == 4 and cv2.contourArea(outline) > FILLED * cv2.contourArea(found):
            points = found.reshape(4, 2).astype(np.float64)
            start = int(points.sum(axis=1).argmin())
            points = np.roll(points, -start, axis=0)
            # Clockwise in pixels, where y points down: the second corner is the right one.
            if points[1, 0] < points[3, 0]:
                points = points[[0, 3, 2, 1]]
            return points
    return None


def _flattened(photo: Pixels, corners: NDArray[np.float64]) -> RectifiedPage | None:
    """The sheet of those corners seen from above; None when it is seen so already."""
    top, right, bottom, left = (
        float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4)
    )
    width, height = round(max(top, bottom)), round(max(left, right))
    if min(top, bottom) < 0.3 * width or min(left, right) < 0.3 * height or min(width, height) < 60:
        return None
    low, high = corners.min(axis=0), corners.max(axis=0)
    upright = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
    if np.abs(corners - upright).max() < STRAIGHT * max(width, height):
        return None
    goal = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), goal)
    image = cv2.warpPerspective(photo, matrix, (width, height), flags=cv2.INTER_LINEAR)
    mask = np.ones((height, width), bool)
    edge = max(EDGE_PIXELS // 2, round(EDGE * max(width, height)))
    mask[:edge] = mask[-edge:] = False
    mask[:, :edge] = mask[:, -edge:] = False
    return RectifiedPage(
        np.asarray(image, np.uint8), mask, np.asarray(np.linalg.inv(matrix), np.float64)
    )
