"""Find the sheet of paper in a photo and flatten its perspective."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import shrink
from inkling.imaging.pixels import Pixels, bounding_box

# The sheet is searched for in a picture with this longer side, in pixels.
SEARCH_SIDE = 400
# The paper covers at least this part of the picture, and its surroundings at least that part.
LEAST_PAPER = 0.2
LEAST_AROUND = 0.06
# The surroundings are at most this bright, as a part of the paper's brightness. Brighter ones may
# be a shadow on the paper.
DARK = 0.6
# The surroundings take up at least this part of the picture's border.
DARK_BORDER = 0.12
# At a sheet's edge at least this part of the step in brightness lies within a few pixels, or it is
# the edge of a shadow. Not checked in a small crop, where every edge is soft.
SHARP = 0.5
# A sheet's outline fills at least this part of the quadrilateral around it.
FILLED = 0.94
# Corners that differ from an upright rectangle by less than this part of the longer side need no
# flattening.
STRAIGHT = 0.012
# A sheet is flattened only when its sides have at least this many pixels, and none is shorter than
# this part of the opposite side.
LEAST_SIDE, LEAST_RATIO = 60, 0.3
# The paper is taken to end before its edge, so that the edge is no ink: by this part of the
# picture's longer side, and by at least this many pixels.
EDGE = 0.008
EDGE_PIXELS = 5


@dataclass(frozen=True, slots=True, eq=False)
class RectifiedPage:
    """The sheet of paper in a photo, flattened.

    Attributes:
        image: uint8 (h, w, 3), RGB: the photo, or the sheet as seen from above.
        mask: bool (h, w), True on the paper; None when all of the image is paper.
        to_photo: float64 (3, 3), maps (x, y, 1) in the image to the photo.
    """

    image: Pixels
    mask: NDArray[np.bool_] | None
    to_photo: NDArray[np.float64]


def whole_photo(photo: Pixels) -> RectifiedPage:
    """Take a whole photo as paper, without looking for a sheet."""
    return RectifiedPage(photo, None, np.eye(3))


def find_page(photo: Pixels) -> RectifiedPage:
    """Find the sheet of paper in a photo and flatten it.

    Args:
        photo: uint8 (h, w, 3), RGB.

    Returns:
        The sheet, or the whole photo when there is nothing but paper in it.
    """
    height, width = photo.shape[:2]
    scale = min(1.0, SEARCH_SIDE / max(height, width))
    outline, inside = _find_paper(shrink(photo, scale), is_photo=scale < 1.0)
    if outline is None:
        return whole_photo(photo)
    corners = _corners(outline)
    if corners is not None:
        flat = _flattened(photo, corners / scale)
        if flat is not None:
            return flat
    mask = cv2.resize(inside, (width, height), interpolation=cv2.INTER_NEAREST)
    reach = 2 * max(EDGE_PIXELS, round(EDGE * max(height, width))) + 1
    mask = cv2.erode(mask, np.ones((reach, reach), np.uint8), borderValue=1)
    return _cut(photo, mask > 0)


def _find_paper(small: Pixels, *, is_photo: bool) -> tuple[NDArray[np.int32] | None, Pixels]:
    """The outline of the paper and a mask of its inside; no outline when all is paper.

    Args:
        small: uint8 (h, w, 3), RGB.
        is_photo: whether it is a picture made smaller, in which edges must be sharp.
    """
    gray = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    # The median removes writing and keeps edges.
    smooth = np.asarray(cv2.medianBlur(gray, 9 if min(gray.shape) > 60 else 3), np.uint8)
    level, _ = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = (smooth > level).astype(np.uint8)
    inside = np.zeros_like(bright)
    paper = _largest(bright)
    if paper is None or paper.mean() < LEAST_PAPER:
        return None, inside
    outline = _outline(paper)
    cv2.drawContours(inside, [outline], -1, 1, cv2.FILLED)
    around = inside == 0
    if around.mean() < LEAST_AROUND or not _is_dark_at_border(smooth, inside, around):
        return None, inside
    if is_photo and not _is_sharp(gray, smooth, inside):
        return None, inside
    return outline, inside


def _cut(photo: Pixels, mask: NDArray[np.bool_]) -> RectifiedPage:
    """Cut the photo to its paper."""
    box = bounding_box(mask.astype(np.uint8), 1)
    if box is None:
        return whole_photo(photo)
    x, y, width, height = box
    area = (slice(y, y + height), slice(x, x + width))
    to_photo = np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])
    return RectifiedPage(photo[area], mask[area], to_photo)


def _largest(mask: Pixels) -> Pixels | None:
    """The largest connected component of a mask; None for an empty mask."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 2:
        return None
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return np.asarray(labels == best, np.uint8)


def _outline(part: Pixels) -> NDArray[np.int32]:
    contours, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return np.asarray(max(contours, key=cv2.contourArea), np.int32)


def _is_dark_at_border(gray: Pixels, inside: Pixels, around: NDArray[np.bool_]) -> bool:
    """Whether the surroundings are much darker than the paper and lie at the picture's border."""
    if float(np.median(gray[around])) > DARK * float(np.median(gray[inside > 0])):
        return False
    ring = np.concatenate([around[0], around[-1], around[:, 0], around[:, -1]])
    return bool(ring.mean() > DARK_BORDER)


def _is_sharp(gray: Pixels, smooth: Pixels, inside: Pixels) -> bool:
    """Whether brightness falls sharply where the paper ends. Where a shadow begins it does not.

    Args:
        gray: the picture, uint8 (h, w).
        smooth: the picture without its writing, uint8 (h, w).
        inside: 1 on the paper, uint8 (h, w).
    """
    step = float(np.median(smooth[inside > 0])) - float(np.median(smooth[inside == 0]))
    rim = inside > cv2.erode(inside, np.ones((3, 3), np.uint8), borderValue=1)
    fine = cv2.medianBlur(gray, 3)
    near = np.ones((5, 5), np.uint8)
    change = cv2.subtract(cv2.dilate(fine, near), cv2.erode(fine, near))
    return bool(rim.any()) and float(np.median(change[rim])) > SHARP * step


def _corners(outline: NDArray[np.int32]) -> NDArray[np.float64] | None:
    """The outline's four corners, clockwise from the top left; None unless it has exactly four."""
    hull = cv2.convexHull(outline)
    length = cv2.arcLength(hull, True)
    for part in (0.02, 0.03, 0.05):
        found = cv2.approxPolyDP(hull, part * length, True)
        if len(found) == 4 and cv2.contourArea(outline) > FILLED * cv2.contourArea(found):
            points = found.reshape(4, 2).astype(np.float64)
            start = int(points.sum(axis=1).argmin())
            points = np.roll(points, -start, axis=0)
            # For clockwise order the second corner must be the top right one.
            if points[1, 0] < points[3, 0]:
                points = points[[0, 3, 2, 1]]
            return points
    return None


def _flattened(photo: Pixels, corners: NDArray[np.float64]) -> RectifiedPage | None:
    """The sheet with these corners, seen from above; None when it needs no flattening.

    Args:
        photo: uint8 (h, w, 3), RGB.
        corners: float64 (4, 2) in the photo's pixels, clockwise from the top left.
    """
    top, right, bottom, left = (
        float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4)
    )
    width, height = round(max(top, bottom)), round(max(left, right))
    is_skewed = min(top, bottom) < LEAST_RATIO * width or min(left, right) < LEAST_RATIO * height
    if is_skewed or min(width, height) < LEAST_SIDE:
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
