"""Cuts: a run of digits, level and at the size that the line model takes, with all around it.

Nothing is erased. What the page model says of paper and digits only sets the grey levels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.layout.centres import Digits, InkMap
from inkling.layout.page_model import STRIDE

# Height of a cut and of the digits in it, and its greatest width, in pixels.
CUT_HEIGHT, DIGIT_HEIGHT, MAX_WIDTH = 32, 20, 2048
# What stands within the first of these digit heights from a line's middle is in its cut's text, and
# what is beyond the second is not. In between nobody can say.
OWN_REACH, NEAR_REACH = 0.475, 0.7
# Rows above and below a cut that are looked at for its grey levels, in pixels.
AROUND = 8
# A cut reaches beyond its outer digits by this much, in digit heights, but not further than half
# the way to the next digit of the line.
REACH = 1.1
# Bare picture at both ends, in pixels.
END_PAD = 4
# A run goes on over a gap of up to this many digit heights.
MAX_GAP = 1.0
# A digit's height in the model's picture where the ink map is finest, in pixels.
BEST_HEIGHT = 40.0
# Where the map says at least this of a digit's ink, it is ink; at most the others, paper.
IS_DIGIT, MAX_DIGIT, MAX_OTHER = 0.5, 0.1, 0.2
# The paper's level is this percentile of a window this wide, in pixels; the pen's, this percentile
# of the digits' ink.
PAPER_PERCENTILE, PAPER_WINDOW = 45.0, 40
PEN_PERCENTILE = 88.0
# The least contrast of pen and paper, in grey levels.
MIN_CONTRAST = 5.0


@dataclass(slots=True, eq=False)
class Pyramid:
    """A picture at halved sizes, each made when it is asked for.

    Attributes:
        levels: uint8 (h, w, 3), RGB, the full size first.
    """

    levels: list[Pixels] = field(default_factory=list)

    def at(self, step: float) -> tuple[Pixels, float]:
        """The level to sample every `step` pixels of, and its pixels' size."""
        level = 0
        while step >= 2.0 ** (level + 1) and min(self.levels[level].shape[:2]) > 8:
            level += 1
            if level == len(self.levels):
                size = tuple(max(1, side // 2) for side in self.levels[-1].shape[1::-1])
                small = cv2.resize(self.levels[-1], size, interpolation=cv2.INTER_AREA)
                self.levels.append(np.asarray(small, np.uint8))
        return self.levels[level], 2.0**level


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A run of digits as the line model takes it.

    Attributes:
        image: uint8 (CUT_HEIGHT, width); 0 is paper, 255 is pen.
        ink: float32, as large as the image, the probability that a pixel is a digit's ink.
        matrix: float64 (2, 3), from the cut's pixels to the picture's.
        digits: row numbers of its digits, from left to right.
    """

    image: Pixels
    ink: NDArray[np.float32]
    matrix: NDArray[np.float64]
    digits: list[int]

    def to_cut(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points of the picture in the cut: float64 (n, 2)."""
        inverse = np.linalg.inv(self.matrix[:, :2])
        return np.asarray((np.stack([x, y], 1) - self.matrix[:, 2]) @ inverse.T, np.float64)


def runs(digits: Digits, line: list[int], angle: float) -> list[list[int]]:
    """A line's digits in runs without wide gaps.

    Args:
        digits: of the picture.
        line: row numbers, from left to right.
        angle: of the line, in radians.
    """
    x = digits.x * np.cos(angle) + digits.y * np.sin(angle)
    found = [[line[0]]]
    height = float(np.median(digits.height[line]))
    for a, b in pairwise(line):
        gap = (x[b] - digits.width[b] / 2.0) - (x[a] + digits.width[a] / 2.0)
        if gap > MAX_GAP * height:
            found.append([])
        found[-1].append(b)
    return found


def cut_line(
    pyramid: Pyramid, maps: list[InkMap], digits: Digits, line: list[int], angle: float
) -> list[Cut]:
    """The cuts of one line, from left to right.

    Args:
        pyramid: the picture.
        maps: the ink of the picture at several scales.
        digits: of the picture.
        line: row numbers of the line's digits, from left to right.
        angle: of the line, in radians, clockwise.
    """
    parts = runs(digits, line, angle)
    ends = [_ends(digits, part, angle) for part in parts]
    cuts = []
    for k, part in enumerate(parts):
        height = typical_height(digits, part)
        left = right = REACH * height
        if k:
            left = min(left, max(0.0, (ends[k][0] - ends[k - 1][1]) / 2.0))
        if k + 1 < len(parts):
            right = min(right, max(0.0, (ends[k + 1][0] - ends[k][1]) / 2.0))
        cuts.append(cut(pyramid, maps, digits, part, angle, (left, right)))
    return cuts


def typical_height(digits: Digits, run: list[int]) -> float:
    """The height of a run's digits, in pixels; rather that of its larger ones."""
    heights = digits.height[run]
    return float(np.median(heights) if len(run) < 4 else np.percentile(heights, 55))


def cut(
    pyramid: Pyramid,
    maps: list[InkMap],
    digits: Digits,
    run: list[int],
    angle: float,
    reach: tuple[float, float],
    height: float | None = None,
) -> Cut:
    """Cut one run out of a picture.

    Args:
        pyramid: the picture.
        maps: the ink of the picture at several scales.
        digits: of the picture.
        run: row numbers of the digits, from left to right.
        angle: of the line, in radians, clockwise.
        reach: how far the cut goes beyond the outer digits, left and right, in pixels.
        height: of its digits in pixels; by default `typical_height`.
    """
    height = typical_height(digits, run) if height is None else height
    step = max(height, 1.0) / DIGIT_HEIGHT
    c, s = np.cos(angle), np.sin(angle)
    first, last = _ends(digits, run, angle)
    middle = float(np.median(digits.y[run] * c - digits.x[run] * s))
    left = first - reach[0] - END_PAD * step
    width = (last + reach[1] - first + reach[0]) / step + 2 * END_PAD
    width = int(np.clip(round(float(width)), 16, MAX_WIDTH))
    top = middle - (CUT_HEIGHT / 2 + AROUND) * step
    # The middle of the cut's first pixel is half a step inside.
    left, top = left + step / 2.0, top + step / 2.0
    matrix = np.array(
        [[c * step, -s * step, c * left - s * top], [s * step, c * step, s * left + c * top]]
    )
    shape = (CUT_HEIGHT + 2 * AROUND, width)
    colours = _sample(pyramid, matrix, shape, step)
    is_light = float(np.sum(np.tanh(digits.light[run] / 2.0) * digits.score[run])) > 0.0
    digit, other = _ink(maps, matrix, shape, height)
    grey = _grey(colours, digit, other, is_light)
    image = _levelled(grey, digit)
    image[~_is_inside(pyramid.levels[0].shape, matrix, shape)] = 0
    inner = matrix.copy()
    inner[:, 2] += matrix[:, 1] * AROUND
    rows = slice(AROUND, -AROUND)
    return Cut(np.ascontiguousarray(image[rows]), digit[rows], inner, run)


def _ends(digits: Digits, run: list[int], angle: float) -> tuple[float, float]:
    """Where a run begins and ends, along its line."""
    along = digits.x[run] * np.cos(angle) + digits.y[run] * np.sin(angle)
    half = digits.width[run] / 2.0
    return float((along - half).min()), float((along + half).max())


def _sample(
    pyramid: Pyramid, matrix: NDArray[np.float64], shape: tuple[int, int], step: float
) -> NDArray[np.float32]:
    """The picture's pixels in the cut: float32 (height, width, 3)."""
    image, size = pyramid.at(step)
    scaled = matrix / size
    scaled[:, 2] += 0.5 / size - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    sampled = cv2.warpAffine(
        image, scaled, shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(sampled, np.float32)


def _ink(
    maps: list[InkMap], matrix: NDArray[np.float64], shape: tuple[int, int], height: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The probability of a digit's and of other ink in the cut, from the finest fitting map."""
    best = min(maps, key=lambda each: abs(np.log(each.scale * height / BEST_HEIGHT)))
    scaled = matrix * (best.scale / STRIDE)
    scaled[:, 2] -= (STRIDE - 1) / 2.0 / STRIDE
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    digit, other = (
        np.asarray(cv2.warpAffine(layer, scaled, shape[::-1], flags=flags), np.float32)
        for layer in (best.digit, best.other)
    )
    return digit, other


def _grey(
    colours: NDArray[np.float32],
    digit: NDArray[np.float32],
    other: NDArray[np.float32],
    is_light: bool,
) -> NDArray[np.float32]:
    """The mix of colours in which the digits stand out most; more is pen."""
    side = 1.0 if is_light else -1.0
    mix = np.array([0.299, 0.587, 0.114], np.float32)
    is_pen, is_paper = digit > IS_DIGIT, (digit < MAX_DIGIT) & (other < MAX_OTHER)
    if is_pen.sum() > 5 and is_paper.sum() > 5:
        contrast = np.median(colours[is_pen], axis=0) - np.median(colours[is_paper], axis=0)
        weight = np.clip(side * contrast, 0.0, None) ** 2
        if weight.sum() > 0.0:
            mix = (weight / weight.sum()).astype(np.float32)
    grey = colours @ mix
    return np.asarray(grey if is_light else 255.0 - grey, np.float32)


def _levelled(grey: NDArray[np.float32], digit: NDArray[np.float32]) -> Pixels:
    """Grey levels with the paper at 0 and the digits' pen at 255: uint8 (height, width)."""
    width = grey.shape[1]
    edges = np.linspace(0, width, max(1, -(-width // PAPER_WINDOW)) + 1).astype(int)
    beyond = PAPER_WINDOW // 2
    levels = [
        np.percentile(grey[:, max(0, a - beyond) : b + beyond], PAPER_PERCENTILE)
        for a, b in pairwise(edges.tolist())
    ]
    paper = np.interp(np.arange(width), (edges[:-1] + edges[1:]) / 2.0, levels)
    ink = grey - paper.astype(np.float32)[None, :]
    is_pen = digit > 0.3
    if is_pen.sum() > 12:
        pen = float(np.percentile(ink[is_pen], PEN_PERCENTILE))
    else:
        pen = float(np.percentile(ink, 96.0))
    scaled = np.rint(ink * (255.0 / max(pen, MIN_CONTRAST)))
    return np.asarray(np.clip(scaled, 0, 255), np.uint8)


def _is_inside(
    picture: tuple[int, ...], matrix: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """Which of the cut's pixels lie in the picture: bool (height, width)."""
    columns, rows = np.meshgrid(np.arange(shape[1]), np.arange(shape[0]))
    x = matrix[0, 0] * columns + matrix[0, 1] * rows + matrix[0, 2]
    y = matrix[1, 0] * columns + matrix[1, 1] * rows + matrix[1, 2]
    return np.asarray((x > -0.5) & (y > -0.5) & (x < picture[1] - 0.5) & (y < picture[0] - 0.5))
