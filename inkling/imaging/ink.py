"""Convert pictures and canvases to ink.

*Ink* is a grayscale uint8 image of any size in which 0 is paper and 255 is pen. Training, serving,
the command line and the pages all use these functions, so that a network sees at work what it saw
in training.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import shrink
from inkling.imaging.pixels import (
    BLANK_LEVEL,
    Pixels,
    as_rgb,
    as_uint8,
    colour_distance,
    flatten_alpha,
    stretch,
)
from inkling.imaging.polarity import darkest_channel, is_light_on_dark

# Paper grain ends this many median absolute deviations above the paper's median darkness.
GRAIN_DEVIATIONS = 3.0
# The pen's darkness is this percentile of the darker of Otsu's two classes.
PEN_PERCENTILE = 90
# Ink begins at this part of the way from the grain to the pen.
INK_START = 0.08
# The widest thing that can be ink, as a part of the picture's longer side; wider is a shadow.
WINDOW = 0.25
# The paper's brightness is estimated in a picture with this longer side, in pixels: it changes
# slowly from place to place.
PAPER_SIDE = 160.0


def from_canvas(rgba: NDArray[np.generic]) -> Pixels:
    """Convert a canvas to ink.

    A canvas is clean: its paper is of one colour, the colour at most of the border. A canvas that
    is fully transparent, or of a single colour, is blank.

    Args:
        rgba: (h, w, 4), (h, w, 3) or (h, w), any numeric type.

    Returns:
        uint8 (h, w) ink; the pen's strongest colour becomes 255, anti-aliasing is kept.
    """
    picture = as_uint8(rgba)
    if picture.ndim == 3 and picture.shape[2] == 4:
        alpha = picture[..., 3]
        if int(alpha.min()) < 255 and float((alpha > 127).mean()) < 0.5:
            # Drawn on a transparent canvas: a pixel's opacity is its ink.
            return stretch(alpha)
        picture = picture[..., :3] if int(alpha.min()) == 255 else flatten_alpha(picture)
    if picture.ndim == 2:
        picture = picture[..., None]
    ring = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    distance = colour_distance(picture, np.median(ring, axis=0))
    if float((distance > 127).mean()) > 0.6:
        # With ink along most of the border, the most common colour inside is the paper.
        distance = colour_distance(
            picture, np.median(picture.reshape(-1, picture.shape[2]), axis=0)
        )
    return stretch(distance)


def from_image(image: NDArray[np.generic]) -> Pixels:
    """Convert a photographed, scanned or painted picture to ink, in any polarity and light.

    The paper's brightness is estimated at every pixel, so that a shadow is not ink. The pen is what
    differs from it in the strongest colour channel. Noise is cut at a level measured on the paper.

    Args:
        image: (h, w), (h, w, 1), RGB or RGBA; any numeric type.

    Returns:
        uint8 (h, w) ink.

    Raises:
        ValueError: `image` is not a picture (see `as_uint8`).
    """
    return cut_noise(darkness_of(image))


def darkness_of(image: NDArray[np.generic], *, window: float = WINDOW) -> NDArray[np.float32]:
    """Measure how much darker than its paper every pixel is, with the paper's grain.

    `cut_noise` makes ink of it.

    Args:
        image: (h, w), (h, w, 1), RGB or RGBA; any numeric type.
        window: the widest thing that can be ink, as a part of the picture's longer side.

    Returns:
        float32 (h, w), from 0 for paper to 1 for black.

    Raises:
        ValueError: `image` is not a picture (see `as_uint8`).
    """
    rgb = as_rgb(image)
    if is_light_on_dark(rgb):
        rgb = 255 - rgb
    # The darkest channel shows coloured pens best: red ink is black in the blue and green channels.
    gray = darkest_channel(rgb)
    paper = _estimate_paper(gray, window)
    darkness = np.clip(1.0 - gray.astype(np.float32) / np.maximum(paper, 1.0), 0.0, 1.0)
    return np.asarray(darkness, np.float32)


def cut_noise(darkness: NDArray[np.float32]) -> Pixels:
    """Convert darkness to ink: paper grain to 0, the pen to 255, anti-aliased edges in between.

    Args:
        darkness: float32 (h, w), 0 to 1, as `darkness_of` returns it.

    Returns:
        uint8 (h, w).
    """
    levels = np.clip(np.rint(darkness * 255.0), 0, 255).astype(np.uint8)
    if int(levels.max()) < BLANK_LEVEL:
        return np.zeros_like(levels)
    otsu, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    pen = levels[levels > otsu]
    paper = levels[levels <= otsu].astype(np.float32)
    if pen.size == 0 or paper.size == 0:
        return np.zeros_like(levels)
    deviation = float(np.median(np.abs(paper - np.median(paper))))
    grain = float(np.median(paper)) + GRAIN_DEVIATIONS * deviation
    top = float(np.percentile(pen, PEN_PERCENTILE))
    # Without a gap between grain and pen, what looks like a pen is grain.
    if top - grain < BLANK_LEVEL:
        return np.zeros_like(levels)
    low = grain + INK_START * (top - grain) if grain > 0 else 0.0
    ramp = (levels.astype(np.float32) - low) * (255.0 / (top - low))
    return np.asarray(np.clip(np.rint(ramp), 0, 255), np.uint8)


def _estimate_paper(gray: Pixels, window: float) -> NDArray[np.float32]:
    """Brightness of the bare paper at every pixel, float32 (h, w)."""
    height, width = gray.shape
    longer = max(height, width)
    small = shrink(gray, PAPER_SIDE / longer)
    reach = max(3, int(window * max(small.shape)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    # Noise would raise the maximum that the closing takes: the blur removes it first.
    smooth = cv2.GaussianBlur(small, (0, 0), 1.0) if longer > 64 else small
    closed = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    closed = cv2.GaussianBlur(closed, (0, 0), reach / 4.0, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR)
    return paper.astype(np.float32)
