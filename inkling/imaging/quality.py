"""Measure the quality of a photo and say what makes it hard to read, with a remedy.

`faults` checks the size of the digits, the light, the contrast of pen and paper, the sharpness of
the strokes' edges, and glare. Sharpness is measured only where there is ink: a sharp desk does not
make a blurred sheet sharp, and blank paper is not blurred.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import shrink
from inkling.imaging.pixels import Pixels

# float32 (h, w), brightness from 0 to 1.
Gray = NDArray[np.float32]

# The picture is measured at a size at which its digits are at most this many pixels high: larger
# digits tell no more and take longer.
MEASURED_HEIGHT = 40.0
# The picture's longer side is then at most this many pixels.
MOST_MEASURED = 1600.0
# When no digits are known, the longer side is at most this many pixels.
MEASURED_SIDE = 1000.0

# The limits below come from made pages and from 900 real photos and cheque amounts. None of the
# real pictures exceeds one.

# In pixels: digits lower than the first lose their shape, digits of the second or more are read as
# well as larger ones.
LEAST_HEIGHT, GOOD_HEIGHT = 10.0, 20.0
# Brightness of the paper, 0..1; from OVEREXPOSED on, a lack of contrast is too much light.
LEAST_PAPER, OVEREXPOSED = 0.06, 0.98
# Contrast of pen and paper, as a part of full brightness.
LEAST_CONTRAST = 0.06
# A page without digits and with less contrast than this is blank, apart from a camera's noise.
BLANK_CONTRAST = 0.04
# Blur in digit heights. Half of the made numbers blurred by 0.09 are read, and one in twelve
# blurred by 0.125 (measured as 0.093). The most blurred real picture has 0.085.
MOST_BLUR = 0.087
# Part of the picture.
LEAST_GLARE = 0.03
# A reflection is clipped white, from this level (of 255) on.
GLARE_LEVEL = 250
# The paper around a reflection fades slowly: nine tenths of the pixels along its rim are brighter
# than this part of full brightness.
GLARE_RIM = 0.7
# At least GLARE_AWAY of the picture lies away from the reflection. The paper there has a brightness
# within GLARE_PAPER: darker than the reflection, but not as dark as a desk or a gutter.
GLARE_AWAY, GLARE_PAPER = 0.25, (0.35, 0.9)


@dataclass(frozen=True, slots=True)
class Quality:
    """Measurements of a picture.

    Attributes:
        digit_height: in pixels of the picture; 0 when there are no digits.
        paper: brightness of the paper (the picture's 90th percentile), or of the chalk on a board,
            0..1.
        contrast: how much darker the strokes are than their surroundings (on a board: lighter), as
            a part of full brightness, 0..1.
        blur: the standard deviation, in digit heights, of the Gaussian blur that would make a sharp
            edge as wide as the strokes' edges; 0 when there is no edge to measure.
        glare: the part of the picture that a reflection has washed out, 0..1.
    """

    digit_height: float
    paper: float
    contrast: float
    blur: float
    glare: float


def faults(image: Pixels, digit_height: float) -> tuple[str, ...]:
    """List what may make a photo hard to read: sentences with the figure and the remedy.

    Args:
        image: uint8 (h, w, 3), RGB.
        digit_height: typical height of the digits found, in the image's pixels; 0 when none were
            found. Size and sharpness are then not judged.

    Returns:
        The sentences; none for a good photo.
    """
    quality = measure(image, digit_height)
    checks = (_size_fault, _light_fault, _contrast_fault, _blur_fault, _glare_fault)
    return tuple(fault for check in checks if (fault := check(quality)))


def measure(image: Pixels, digit_height: float) -> Quality:
    """Measure a picture.

    Args:
        image: uint8 (h, w, 3), RGB.
        digit_height: typical height of the digits in pixels, 0 when there are none.
    """
    small, height = _scaled(image, digit_height)
    glare = _glare(small, height)
    light_pen = _is_pen_light(small, height)
    # The darkest channel shows coloured pens best; on a board, the brightest channel shows chalk.
    pen = 255 - small.max(axis=2) if light_pen else small.min(axis=2)
    gray = np.asarray(pen, np.float32) / 255.0
    darkness = _darkness(gray, height)
    contrast = _strongest(darkness, height)
    paper = float(np.percentile(small.max(axis=2), 90)) / 255.0
    if light_pen:
        paper = min(1.0, paper + contrast)
    ink = darkness > 0.5 * contrast
    has_edges = digit_height > 0 and contrast > 0.02 and min(gray.shape) > 1
    blur = _blur(gray, ink, contrast, height) if has_edges else 0.0
    return Quality(digit_height, paper, contrast, blur / height, glare)


def _is_tiny(quality: Quality) -> bool:
    return 0 < quality.digit_height < LEAST_HEIGHT


def _size_fault(quality: Quality) -> str:
    if not _is_tiny(quality):
        return ""
    return (
        f"Digits are about {quality.digit_height:.0f} pixels high: photograph closer, so that "
        f"they are at least {GOOD_HEIGHT:.0f} high."
    )


def _light_fault(quality: Quality) -> str:
    if quality.paper >= LEAST_PAPER:
        return ""
    return (
        f"The picture is too dark: the paper has {quality.paper:.0%} of full brightness. "
        "Photograph it again with more light."
    )


def _contrast_fault(quality: Quality) -> str:
    if quality.contrast >= LEAST_CONTRAST:
        return ""
    if not quality.digit_height and quality.contrast < BLANK_CONTRAST:
        return (
            "The page looks blank. If something is written on it, use a darker pen or more light."
        )
    difference = f"differ by only {quality.contrast:.0%} of full brightness"
    if quality.paper < OVEREXPOSED:
        return f"Writing and paper {difference}: use a darker pen or more light."
    return (
        f"The picture is overexposed: writing and paper {difference}. Photograph it again with "
        "less light."
    )


def _blur_fault(quality: Quality) -> str:
    # All edges of tiny digits are wide.
    if quality.blur <= MOST_BLUR or _is_tiny(quality):
        return ""
    return (
        f"The picture is blurred by about {quality.blur * quality.digit_height:.0f} pixels where "
        f"digits are {quality.digit_height:.0f} high: hold the camera still and tap the writing "
        "to focus."
    )


def _glare_fault(quality: Quality) -> str:
    if quality.glare <= LEAST_GLARE:
        return ""
    return (
        f"A reflection has washed out {quality.glare:.0%} of the picture: tilt the page or turn "
        "the flash off."
    )


def _scaled(image: Pixels, digit_height: float) -> tuple[Pixels, float]:
    """A picture at the size at which it is measured, and the height of its digits in it."""
    longer = max(image.shape[:2])
    if digit_height > 0:
        scale = min(1.0, MEASURED_HEIGHT / digit_height, MOST_MEASURED / longer)
        return shrink(image, scale), digit_height * scale
    return shrink(image, MEASURED_SIDE / longer), MEASURED_HEIGHT


def _is_pen_light(image: Pixels, height: float) -> bool:
    """Whether things as thin as strokes are brighter than their surroundings.

    `polarity.is_light_on_dark` has to judge before any digit is known. Here the digits' height is
    known, so that a dark desk and its edge do not count.
    """
    gray = np.asarray(image.mean(axis=2), np.float32)
    reach = max(3, round(0.3 * height) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    smooth = cv2.GaussianBlur(gray, (0, 0), 1.0)
    dark = cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, kernel)
    light = cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, kernel)
    return float(np.square(light).sum()) > float(np.square(dark).sum())


def _darkness(gray: Gray, height: float) -> Gray:
    """How much darker each pixel is than the paper around it (a black top-hat), about 0..1."""
    reach = max(3, round(0.75 * height) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    # Smoothed, so that grain counts neither as the brightest paper nor as the darkest ink.
    smooth = cv2.GaussianBlur(gray, (0, 0), 1.0)
    paper = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel)
    grainless = cv2.medianBlur(gray, 3) if height > 24 else gray
    return np.asarray(paper - grainless, np.float32)


def _strongest(darkness: Gray, height: float) -> float:
    """The darkness reached by as many pixels as one digit has, so that a speck does not count."""
    count = min(darkness.size, max(5, round(0.04 * height * height)))
    return max(0.0, float(np.partition(darkness.ravel(), -count)[-count]))


def _blur(gray: Gray, ink: NDArray[np.bool_], contrast: float, height: float) -> float:
    """The width of the strokes' edges as the standard deviation of a Gaussian blur, in pixels.

    Edge widths as in Marziliano et al. (2002), "A no-reference perceptual blur metric", with the
    width taken from the slope: a step of height c, blurred by a Gaussian of deviation s, has a
    slope of c / (s √2π) in its middle. Rows and columns are measured separately and the worse
    counts, because a moving camera blurs in one direction only. For strokes much thinner than the
    blur, two thirds of it are measured.
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
        # Only edges that run across the axis: a diagonal edge would look wider than it is.
        crest = (slope >= cv2.dilate(slope, beside)) & (slope > 2.0 * other) & (slope > 1e-3)
        edge = crest & near & (rise > 0.6 * contrast)
        if np.count_nonzero(edge) >= 20:
            widths.append(float(np.median(rise[edge] / slope[edge])))
    return max(widths) / math.sqrt(2.0 * math.pi)


def _glare(image: Pixels, height: float) -> float:
    """The part of the picture that is clipped white, free of strokes, on paper that is darker."""
    white = (image.min(axis=2) >= GLARE_LEVEL).astype(np.uint8)
    reach = max(3, round(height) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    # Areas as high as a digit without a stroke: writing in them would show.
    washed = cv2.morphologyEx(white, cv2.MORPH_OPEN, kernel)
    part = float(washed.mean())
    # Beyond a reflection's halo the paper is darker. An overexposed page is white all over.
    away = cv2.dilate(washed, kernel, iterations=3) == 0
    if part == 0.0 or float(away.mean()) < GLARE_AWAY:
        return 0.0
    paper = cv2.morphologyEx(image.max(axis=2), cv2.MORPH_CLOSE, kernel)
    rim = (cv2.dilate(washed, kernel) > 0) & (washed == 0)
    low, high = GLARE_PAPER
    median, bright = np.percentile(paper[away], (50, 90)) / 255.0
    fades = np.percentile(paper[rim], 10) / 255.0 > GLARE_RIM
    return part if fades and median > low and bright < high else 0.0
