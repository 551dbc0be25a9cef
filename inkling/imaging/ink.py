"""Pictures and canvases to ink, ink to glyphs: the only normaliser.

*Ink* is a grayscale uint8 image of any size in which 0 is paper and 255 is pen. A *glyph* is one
character's ink in MNIST's own form: 28x28, the longer side of its box scaled to 20 pixels with the
aspect kept, anti-aliased, and moved by whole pixels so that its centre of mass falls on the image's
centre (LeCun, Bottou, Bengio and Haffner, 1998, section III.A). Training, serving, the command line
and the pages all come through here, so what the network learnt on is what it is shown.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import BLANK_LEVEL, Pixels, as_rgb, as_uint8, flatten_alpha, stretch
from inkling.imaging.polarity import darkest_channel, is_light_on_dark


def from_canvas(rgba: NDArray[np.generic]) -> Pixels:
    """A drawing surface's pixels as ink.

    A canvas is clean, so its paper is one colour and nothing needs guessing but which: the colour
    at most of the border. A fully transparent canvas, or one of a single colour, is blank.

    Args:
        rgba: (h, w, 4), (h, w, 3) or (h, w), any numeric type.

    Returns:
        uint8 (h, w) ink; the pen's strongest colour is 255, anti-aliasing kept.
    """
    picture = as_uint8(rgba)
    if picture.ndim == 3 and picture.shape[2] == 4:
        alpha = picture[..., 3]
        if int(alpha.min()) < 255 and float((alpha > 127).mean()) < 0.5:
            # Drawn on nothing: how opaque a pixel is, is how much pen it holds.
            return stretch(alpha)
        picture = picture[..., :3] if int(alpha.min()) == 255 else flatten_alpha(picture)
    if picture.ndim == 2:
        picture = picture[..., None]
    ring = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    distance = _distance(picture, np.median(ring, axis=0))
    if float((distance > 127).mean()) > 0.6:
        # Ink along most of the border: then the majority inside is the paper.
        distance = _distance(picture, np.median(picture.reshape(-1, picture.shape[2]), axis=0))
    return stretch(distance)


def _distance(picture: Pixels, colour: NDArray[np.float64]) -> Pixels:
    """How far each pixel is from a colour in the channel where it is furthest: (h, w)."""
    furthest = np.zeros(picture.shape[:2], np.uint8)
    for channel, level in enumerate(colour):
        plane = np.ascontiguousarray(picture[..., channel])
        difference = cv2.absdiff(plane, np.full_like(plane, round(float(level))))
        np.maximum(furthest, difference, out=furthest)
    return furthest


def from_image(image: NDArray[np.generic], *, window: float = 0.25) -> Pixels:
    """A photographed, scanned or painted picture as ink, whatever its polarity and light.

    The paper's brightness is estimated everywhere (so a shadow is not ink), the pen is what differs
    from it in the strongest colour channel, and noise is cut at a level measured from the paper.

    Args:
        image: (h, w), (h, w, 1), RGB or RGBA; any numeric type.
        window: widest thing that can be ink, as a part of the picture's longer side.

    Returns:
        uint8 (h, w) ink.

    Raises:
        ValueError: not a picture (see `as_uint8`).
    """
    return cut_noise(darkness_of(image, window=window))


def darkness_of(image: NDArray[np.generic], *, window: float = 0.25) -> NDArray[np.float32]:
    """How much darker than its paper a picture is, grain and all: what `from_image` cuts ink from.

    Args:
        image: as `from_image` takes it.
        window: as there.

    Returns:
        float32 (h, w), 0 for paper to 1 for black.

    Raises:
        ValueError: not a picture (see `as_uint8`).
    """
    rgb = as_rgb(image)
    if is_light_on_dark(rgb):
        rgb = 255 - rgb
    # The darkest channel shows coloured pens best: red ink is black in blue and green.
    gray = darkest_channel(rgb)
    paper = _estimate_paper(gray, window)
    darkness = np.clip(1.0 - gray.astype(np.float32) / np.maximum(paper, 1.0), 0.0, 1.0)
    return np.asarray(darkness, np.float32)


def _estimate_paper(gray: Pixels, window: float) -> NDArray[np.float32]:
    """Brightness of the bare paper at every pixel, float32 (h, w)."""
    height, width = gray.shape
    longer = max(height, width)
    shrink = min(1.0, 160.0 / longer)
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    reach = max(3, int(window * max(size)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    # Grey noise would lift a plain maximum; the blur first makes the closing see paper, not grain.
    smooth = cv2.GaussianBlur(small, (0, 0), 1.0) if longer > 64 else small
    closed = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    closed = cv2.GaussianBlur(closed, (0, 0), reach / 4.0, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR)
    return paper.astype(np.float32)


def cut_noise(darkness: NDArray[np.float32]) -> Pixels:
    """Shade to ink: paper grain to 0, the pen to 255, anti-aliased edges in between.

    Args:
        darkness: float32 (h, w), as `darkness_of` gives it.

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
    grain = float(np.median(paper)) + 3.0 * float(np.median(np.abs(paper - np.median(paper))))
    top = float(np.percentile(pen, 90))
    # Between grain and pen there must be room, or the "pen" is grain.
    if top - grain < BLANK_LEVEL:
        return np.zeros_like(levels)
    low = grain + 0.08 * (top - grain) if grain > 0 else 0.0
    ramp = (levels.astype(np.float32) - low) * (255.0 / (top - low))
    return np.asarray(np.clip(np.rint(ramp), 0, 255), np.uint8)
