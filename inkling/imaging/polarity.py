"""Whether a picture shows a dark pen on light paper or the reverse."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import shrink
from inkling.imaging.pixels import BLANK_LEVEL, Pixels, as_rgb, colour_distance

# Where the border is clean, of one shade, that shade is the paper. It is clean when CLEAN_BORDER of
# the outermost pixels differ from their median by at most CLEAN_LEVELS, of 255, in each channel: a
# digit may touch the border. The shade also covers CLEAN_COVER of the picture, or it is a frame.
CLEAN_BORDER, CLEAN_LEVELS, CLEAN_COVER = 0.6, 8, 0.3
# What stands out from it is no pen but a sheet of paper on a desk when it fills SHEET_FILLED of its
# convex hull and has more marks on it than DIGIT_HOLES, the most holes that a digit has; one mark
# is enough when the hull is a quadrangle to within CORNER of its length. A mark covers at least
# MARK_AREA of it, differs from it by MARK_CONTRAST of its contrast with the desk, and is farther
# from its rim, which is soft, than SHEET_RIM of its shorter side.
SHEET_FILLED, CORNER, DIGIT_HOLES = 0.87, 0.02, 2
MARK_AREA, MARK_CONTRAST, SHEET_RIM = 2e-4, 0.25, 0.15

# Elsewhere, strokes are darker than their surroundings when the pen is dark, and lighter when it is
# light. The skewness of the difference tells the polarity even under a hard shadow or beside a dark
# desk, where brightness alone misleads. It is measured up to three times, each with a REACH, the
# size of the neighbourhood as a part of the longer side, and a SKEW from which it decides.

# The picture's longer side when it is measured, in pixels, at most.
SIDE = 200
# First measurement: lines, more than this many times wider than high, and pictures with a longer
# side of more than this many pixels. Their strokes are fine; anything wide is paper of a second
# brightness or a desk.
LINE_SHAPE, CLOSE_SIDE = 1.5, 100
CLOSE_REACH, CLOSE_SKEW = 0.12, 1.1
# Second measurement: every picture.
WIDE_REACH, WIDE_SKEW = 0.3, 2.0
# Third measurement: pictures with a longer side of more than LARGE_SIDE pixels, at FINE_SIDE
# pixels. In the photo of a whole desk the writing shows only in detail.
LARGE_SIDE, FINE_REACH, FINE_SIDE = 400, 0.04, 800


def is_light_on_dark(image: NDArray[np.generic]) -> bool:
    """True when the pen is brighter than the paper, as chalk is, and as MNIST's digits are."""
    rgb = as_rgb(image)
    contrast = contrast_with_border(rgb)
    if contrast != 0:
        return contrast > 0
    darkest, brightest = darkest_channel(rgb), 255 - darkest_channel(255 - rgb)
    height, width = darkest.shape
    if width > LINE_SHAPE * height or max(height, width) > CLOSE_SIDE:
        skew = _clearer_skew(darkest, brightest, CLOSE_REACH)
        if abs(skew) > CLOSE_SKEW:
            return skew > 0
    skew = _clearer_skew(darkest, brightest, WIDE_REACH)
    if abs(skew) <= WIDE_SKEW and max(darkest.shape) > LARGE_SIDE:
        skew = _clearer_skew(darkest, brightest, FINE_REACH, side=FINE_SIDE)
    if abs(skew) > WIDE_SKEW:
        return skew > 0
    # Where the pen covers about half of the picture, only brightness is left to judge by.
    return _is_paper_dark(brightest)


def contrast_with_border(rgb: Pixels) -> int:
    """How much brighter the pen is than a clean border, summed over its pixels and channels.

    Args:
        rgb: uint8 (h, w, channels), 1 or 3.

    Returns:
        Negative when it is darker; 0 when the border is not clean or is a desk, and when nothing
        is drawn.
    """
    picture = np.atleast_3d(shrink(rgb, FINE_SIDE / max(rgb.shape[:2])))
    paper = np.median(_ring(picture), axis=0)
    distance = colour_distance(picture, paper)
    for pixels, share in ((_ring(distance), CLEAN_BORDER), (distance, CLEAN_COVER)):
        if (pixels <= CLEAN_LEVELS).mean() < share:
            return 0
    if _is_sheet(picture, distance):
        return 0
    pen = distance >= BLANK_LEVEL
    return round(float((picture[pen] - paper).sum()))


def darkest_channel(rgb: Pixels) -> Pixels:
    """The darkest channel of every pixel, (h, w): ten times faster than `rgb.min(axis=2)`."""
    darkest = rgb[..., 0].copy()
    for channel in range(1, rgb.shape[2]):
        np.minimum(darkest, rgb[..., channel], out=darkest)
    return darkest


def _is_sheet(picture: Pixels, distance: Pixels) -> bool:
    """Whether the largest thing that stands out is a sheet of one shade with marks on it.

    Args:
        picture: uint8 (h, w, channels).
        distance: uint8 (h, w), by how much each pixel stands out from the border.
    """
    # At half of the contrast, so that the soft rim of strokes does not fill their bays.
    level = max(BLANK_LEVEL, int(distance.max()) // 2)
    found, _ = cv2.findContours(
        (distance >= level).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not found:
        return False
    outline = max(found, key=cv2.contourArea)
    hull, area = cv2.convexHull(outline), cv2.contourArea(outline)
    if area < SHEET_FILLED * cv2.contourArea(hull):
        return False
    filled = cv2.drawContours(np.zeros_like(distance), [outline], -1, 1, cv2.FILLED)
    rim = 2 * round(SHEET_RIM * min(cv2.minAreaRect(outline)[1])) + 1
    inside = cv2.erode(filled, np.ones((rim, rim), np.uint8)) > 0
    contrast = float(np.median(distance[inside])) if inside.any() else 0.0
    if contrast < BLANK_LEVEL:
        # A box that was drawn is empty for the most part.
        return False
    differs = colour_distance(picture, np.median(picture[inside], axis=0))
    marks = inside & (differs >= max(float(BLANK_LEVEL), MARK_CONTRAST * contrast))
    _, _, stats, _ = cv2.connectedComponentsWithStats(marks.astype(np.uint8), connectivity=8)
    count = int((stats[1:, cv2.CC_STAT_AREA] >= MARK_AREA * area).sum())
    is_quadrangle = len(cv2.approxPolyDP(hull, CORNER * cv2.arcLength(hull, True), True)) == 4
    return count > (0 if is_quadrangle else DIGIT_HOLES)


def _is_paper_dark(gray: Pixels) -> bool:
    """Whether the darker of Otsu's two classes is the paper."""
    paper = _paper_mask(gray)
    is_dark = bool(gray.mean() < 127)
    if paper.all() or not paper.any():
        return is_dark
    contrast = float(gray[~paper].mean()) - float(gray[paper].mean())
    # Nothing is drawn when the classes are two halves of the paper's grain.
    return is_dark if abs(contrast) < BLANK_LEVEL else contrast > 0


def _paper_mask(gray: Pixels) -> NDArray[np.bool_]:
    """True where `gray` is paper: the one of Otsu's classes with most of the border and area."""
    level, _ = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = gray > level
    score = 2.0 * float(_ring(bright).mean()) + float(bright.mean())
    return bright if score > 1.5 else ~bright


def _ring(picture: NDArray[Any]) -> NDArray[Any]:
    """The outermost pixels of a picture, (n,) or (n, channels)."""
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])


def _clearer_skew(darkest: Pixels, brightest: Pixels, reach: float, side: int = SIDE) -> float:
    """The skewness of the detail (see `_detail`) in the channel that shows more of it."""
    details = (_detail(gray, reach, side) for gray in (darkest, brightest))
    return max(details, key=lambda detail: detail[1])[0]


def _detail(gray: Pixels, reach: float, side: int) -> tuple[float, float]:
    """How a picture differs from its local median: the skewness, and the root mean square.

    Args:
        gray: uint8 (h, w).
        reach: size of the median's window, as a part of the longer side.
        side: the longer side in pixels at which it is measured, at most.
    """
    small = shrink(gray, side / max(gray.shape))
    window = max(3, int(reach * max(small.shape)) | 1)
    difference = small.astype(np.float64) - cv2.medianBlur(small, window)
    power = float((difference**2).mean()) ** 0.5
    if power < 1e-6:
        return 0.0, 0.0
    return float((difference**3).mean()) / power**3, power
