"""Whether a picture shows a dark pen on light paper or the reverse."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import shrink
from inkling.imaging.pixels import BLANK_LEVEL, Pixels, as_rgb

# Strokes are darker than their surroundings when the pen is dark, and lighter when it is light. The
# skewness of the difference tells the polarity even under a hard shadow or beside a dark desk,
# where brightness alone misleads. It is measured up to three times, each with a REACH, the size of
# the neighbourhood as a part of the picture's longer side, and a SKEW from which it decides.

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


def darkest_channel(rgb: Pixels) -> Pixels:
    """The darkest channel of every pixel, (h, w): ten times faster than `rgb.min(axis=2)`."""
    darkest = rgb[..., 0].copy()
    for channel in range(1, rgb.shape[2]):
        np.minimum(darkest, rgb[..., channel], out=darkest)
    return darkest


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
    ring = np.concatenate([bright[0], bright[-1], bright[:, 0], bright[:, -1]])
    score = 2.0 * float(ring.mean()) + float(bright.mean())
    return bright if score > 1.5 else ~bright


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
