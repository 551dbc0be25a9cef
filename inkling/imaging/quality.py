"""How good a photo is: what makes reading it doubtful, measured, each with its remedy.

`faults` looks at the size of the digits, the light, the contrast of pen and paper, the sharpness of
the strokes' edges, and glare. Sharpness is measured where ink is: a sharp desk beside a blurred
sheet does not make the sheet sharp, and blank paper is not blurred.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels

# Digits are measured at this height at most: larger ones hold nothing more, and cost time.
MEASURED_HEIGHT = 40.0
# Where no digits are known, the picture is measured with its longer side this long.
MEASURED_SIDE = 1000.0
# No larger picture is measured: it takes long, and tells no more.
MOST_MEASURED = 1600.0

# The limits, from made pages and 900 real photos and cheque amounts, of which none is past one.
# Blurred by 0.09 of their height half of the made numbers are read, by 0.125 (measured: 0.093) one
# in twelve; 0.085 is the most that any of the real pictures has.
# Digits lower than the first lose their shape; those of the second are read as well as any.
LEAST_HEIGHT, GOOD_HEIGHT = 10.0, 20.0
LEAST_PAPER = 0.06
LEAST_CONTRAST = 0.06
MOST_BLUR = 0.087
LEAST_GLARE = 0.03
# A reflection is clipped white; around it, on so much of the picture, paper is darker than that,
# but not as dark as the desk or gutter around an overexposed sheet, and it fades slowly.
GLARE_LEVEL = 250
GLARE_RIM = 0.7
GLARE_AWAY, GLARE_PAPER = 0.25, (0.35, 0.9)

Gray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured on a picture.

    Attributes:
        digit_height: in pixels of the picture; 0 when there are no digits.
        paper: brightness of the brighter part of the picture (its 90th percentile; of a board,
            that of the chalk), 0..1.
        contrast: how much darker (on a board: lighter) than what is around them the strokes are,
            as a part of full brightness, 0..1.
        blur: the standard deviation, in digit heights, of the Gaussian blur that makes a sharp edge
            as wide as the strokes' edges are; 0 where there are none to measure.
        glare: part of the picture washed out by a reflection, 0..1.
    """

    digit_height: float
    paper: float
    contrast: float
    blur: float
    glare: float


def faults(image: Pixels, digit_height: float) -> tuple[str, ...]:
    """What may make reading a photo go wrong: sentences with the figure and the remedy.

    Args:
        image: uint8 (h, w, 3), RGB.
        digit_height: typical height of the digits found, in the image's pixels; 0 when none were,
            and then size and sharpness are not judged.

    Returns:
        Nothing for a good photo.
    """
    found = measure(image, digit_height)
    said = []
    small = 0 < found.digit_height < LEAST_HEIGHT
    if small:
        said.append(
            f"Digits are about {found.digit_height:.0f} pixels high: photograph closer, so that "
            f"they are at least {GOOD_HEIGHT:.0f} high."
        )
    if found.paper < LEAST_PAPER:
        said.append(
            f"The picture is too dark: the paper has {found.paper:.0%} of full brightness. "
            "Photograph it again with more light."
        )
    if found.contrast < LEAST_CONTRAST and found.paper < 0.98:
        said.append(
            f"Writing and paper differ by only {found.contrast:.0%} of full brightness: use a "
            "darker pen or more light."
        )
    elif found.contrast < LEAST_CONTRAST:
        said.append(
            f"The picture is overexposed: writing and paper differ by only {found.contrast:.0%} of "
            "full brightness. Photograph it again with less light."
        )
    # Of tiny digits every edge is wide.
    if found.blur > MOST_BLUR and not small:
        said.append(
            f"The picture is blurred by about {found.blur * found.digit_height:.0f} pixels where "
            f"digits are {found.digit_height:.0f} high: hold the camera still and tap the writing "
            "to focus."
        )
    if found.glare > LEAST_GLARE:
        said.append(
            f"A reflection has washed out {found.glare:.0%} of the picture: tilt the page or turn "
            "the flash off."
        )
    return tuple(said)


def measure(image: Pixels, digit_height: float) -> Quality:
    """All figures of a picture, uint8 (h, w, 3), RGB; see `faults` for the digits' height."""
    small, height = _scaled(image, digit_height)
    glare = _glare(small, height)
    light_pen = _is_pen_light(small, height)
    # The darkest channel shows coloured pens best, and on a board the brightest chalk.
    pen = 255 - small.max(axis=2) if light_pen else small.min(axis=2)
    gray = np.asarray(pen, np.float32) / 255.0
    darkness = _darkness(gray, height)
    contrast = _strongest(darkness, height)
    paper = float(np.percentile(small.max(axis=2), 90)) / 255.0
    if light_pen:
        paper = min(1.0, paper + contrast)
    ink = darkness > 0.5 * contrast
    blur = _blur(gray, ink, contrast, height) if digit_height > 0 and contrast > 0.02 else 0.0
    return Quality(digit_height, paper, contrast, blur / height, glare)


def _scaled(image: Pixels, digit_height: float) -> tuple[Pixels, float]:
    """A picture at the size it is measured at, and the height of its digits then."""
    if digit_height > 0:
        scale = min(1.0, MEASURED_HEIGHT / digit_height, MOST_MEASURED / max(image.shape[:2]))
        height = digit_height * scale
    else:
        scale = min(1.0, MEASURED_SIDE / max(image.shape[:2]))
        height = MEASURED_HEIGHT
    if scale == 1.0:
        return image, height
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8), height


def _is_pen_light(image: Pixels, height: float) -> bool:
    """Whether what is as thin as strokes is brighter than what is around it.

    `ink.is_light_on_dark` has to judge before any digit is known. Here their height is, and so
    neither a dark desk around the sheet nor its edge says anything about the pen.
    """
    gray = np.asarray(image.mean(axis=2), np.float32)
    reach = max(3, round(0.3 * height) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    smooth = cv2.GaussianBlur(gray, (0, 0), 1.0)
    dark = cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, kernel)
    light = cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, kernel)
    return float(np.square(light).sum()) > float(np.square(dark).sum())


def _darkness(gray: Gray, height: float) -> Gray:
    """How much darker every pixel is than the paper around it (a black top-hat), about 0..1."""
    reach = max(3, round(0.75 * height) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    # The paper's brightness, not its brightest grain; and of the ink not its darkest grain.
    smooth = cv2.GaussianBlur(gray, (0, 0), 1.0)
    paper = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel)
    grainless = cv2.medianBlur(gray, 3) if height > 24 else gray
    return np.asarray(paper - grainless, np.float32)


def _strongest(darkness: Gray, height: float) -> float:
    """The darkness that as many pixels reach as one digit's ink has: a speck's is not counted."""
    count = min(darkness.size, max(5, round(0.04 * height * height)))
    return max(0.0, float(np.partition(darkness.ravel(), -count)[-count]))


def _blur(gray: Gray, ink: NDArray[np.bool_], contrast: float, height: float) -> float:
    """The edges' width as the standard deviation of a Gaussian blur, in pixels.

    Edge widths as of Marziliano et al. (2002), "A no-reference perceptual blur metric", the width
    taken from the slope: a step of height c, blurred by a Gaussian of deviation s, is c / (s √2π)
    steep in its middle. Rows and columns are measured apart and the worse counts, for a moved
    camera blurs one way only. Of strokes much thinner than the blur two thirds of it are measured.
    """
    near = cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    reach = 2 * max(4, round(0.25 * height)) + 1
    widths = [0.0]
    slopes = [np.abs(slope).astype(np.float32) for slope in np.gradient(gray)]
    for axis, across in ((0, (1, 0)), (1, (0, 1))):
        along = np.ones([reach if step else 1 for step in across], np.uint8)
        beside = np.ones([3 if step else 1 for step in across], np.uint8)
        slope, other = slopes[axis], slopes[1 - axis]
        rise = cv2.dilate(gray, along) - cv2.erode(gray, along)
        # Cut across: an edge that is met aslant is as much wider as the cut is longer.
        crest = (slope >= cv2.dilate(slope, beside)) & (slope > 2.0 * other) & (slope > 1e-3)
        edge = crest & near & (rise > 0.6 * contrast)
        if np.count_nonzero(edge) >= 20:
            widths.append(float(np.median(rise[edge] / slope[edge])))
    return max(widths) / math.sqrt(2.0 * math.pi)


def _glare(image: Pixels, height: float) -> float:
    """Part of the picture that is clipped white, without strokes, on paper that is not white."""
    white = (image.min(axis=2) >= GLARE_LEVEL).astype(np.uint8)
    reach = max(3, round(height) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    # Where no stroke is for a digit's height: what is written in it would show.
    washed = cv2.morphologyEx(white, cv2.MORPH_OPEN, kernel)
    part = float(washed.mean())
    # Beyond its halo the paper is darker; on an overexposed page there is white all over.
    away = cv2.dilate(washed, kernel, iterations=3) == 0
    if part == 0.0 or float(away.mean()) < GLARE_AWAY:
        return 0.0
    paper = cv2.morphologyEx(image.max(axis=2), cv2.MORPH_CLOSE, kernel)
    rim = (cv2.dilate(washed, kernel) > 0) & (washed == 0)
    low, high = GLARE_PAPER
    median, bright = np.percentile(paper[away], (50, 90)) / 255.0
    fades = np.percentile(paper[rim], 10) / 255.0 > GLARE_RIM
    return part if fades and median > low and bright < high else 0.0
