"""Distort glyphs by a chosen amount: used by the sliders of the app and by robustness sweeps.

    tilted = distort(glyphs, "rotation", 25.0, rng)

A distortion is applied to the glyph after normalising, because the normaliser would undo some of
them. Serving and training both use this module, so it needs OpenCV and numpy only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.geometry import resize, shrink
from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels

# Glyphs are distorted at this many times their size and averaged back: edges stay equally soft.
ZOOM = 3
# The glyph's centre, in pixel indices.
CENTRE = (GLYPH_SIZE - 1) / 2.0

# A glyph, a value and a random generator to a glyph.
Change = Callable[[Pixels, float, np.random.Generator], Pixels]


@dataclass(frozen=True, slots=True)
class Distortion:
    """A change to one glyph and the range in which it makes sense.

    Attributes:
        apply: turns a glyph, uint8 (28, 28), a value and a random generator into a glyph.
        unit: the unit of its values, as shown to people.
        low, high, step: the range.
        neutral: the value that changes nothing.
    """

    apply: Change
    unit: str
    low: float
    high: float
    step: float
    neutral: float = 0.0

    def values(self) -> list[float]:
        """The values from `low` to `high`, `step` apart."""
        count = round((self.high - self.low) / self.step) + 1
        return [round(self.low + k * self.step, 6) for k in range(count)]


def distort(glyphs: Pixels, kind: str, value: float, rng: np.random.Generator) -> Pixels:
    """Distort every glyph of a batch by the same amount.

    Args:
        glyphs: uint8 (n, 28, 28); not changed.
        kind: one of `DISTORTIONS`.
        value: the amount, in the distortion's unit; may lie outside of its range.
        rng: decides the direction of a shift and the noise; the other distortions do not use it.

    Returns:
        uint8 (n, 28, 28).

    Raises:
        KeyError: there is no such distortion.
    """
    if kind not in DISTORTIONS:
        raise KeyError(f"no distortion {kind!r}; there are {', '.join(DISTORTIONS)}")
    distortion = DISTORTIONS[kind]
    changed = glyphs.copy()
    if value != distortion.neutral:
        for i, glyph in enumerate(glyphs):
            changed[i] = distortion.apply(glyph, value, rng)
    return changed


def _rotate(glyph: Pixels, degrees: float, _rng: np.random.Generator) -> Pixels:
    """Rotate clockwise about the glyph's centre."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return _warp(glyph, turn, np.zeros(2))


def _resize(glyph: Pixels, times: float, _rng: np.random.Generator) -> Pixels:
    """Scale about the glyph's centre; what leaves the image is cut off."""
    return _warp(glyph, np.eye(2) / times, np.zeros(2))


def _shift(glyph: Pixels, pixels: float, rng: np.random.Generator) -> Pixels:
    """Shift in a random direction."""
    angle = rng.uniform(0.0, 2.0 * np.pi)
    return _warp(glyph, np.eye(2), pixels * np.array([np.cos(angle), np.sin(angle)]))


def _warp(glyph: Pixels, linear: NDArray[np.float64], shift: NDArray[np.float64]) -> Pixels:
    """Map each output point p to its source, linear (p - centre - shift) + centre."""
    # Pixel k of the enlarged picture lies at (k + 0.5) / ZOOM - 0.5 in the glyph.
    large = linear / ZOOM
    corner = 0.5 / ZOOM - 0.5 - CENTRE - shift
    matrix = np.column_stack([large, linear @ corner + CENTRE])
    size = (GLYPH_SIZE * ZOOM, GLYPH_SIZE * ZOOM)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(glyph, matrix, size, flags=flags)
    return shrink(np.asarray(warped, np.uint8), 1.0 / ZOOM)


def _thicken(glyph: Pixels, pixels: float, _rng: np.random.Generator) -> Pixels:
    """Widen the strokes, or narrow them for a value below 0: move their outline by half of it."""
    top = int(glyph.max())
    if top == 0:
        return glyph
    large = resize(glyph, ZOOM)
    inside = (large >= (top + 1) // 2).astype(np.uint8)
    # Distance to the outline, positive inside. The outline lies half a pixel off the pixel centres.
    within = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    beyond = cv2.distanceTransform(1 - inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    depth = np.where(inside > 0, within - 0.5, 0.5 - beyond)
    covered = np.clip(depth + pixels / 2.0 * ZOOM + 0.5, 0.0, 1.0)
    return shrink(np.rint(covered * top).astype(np.uint8), 1.0 / ZOOM)


def _blur(glyph: Pixels, pixels: float, _rng: np.random.Generator) -> Pixels:
    """Blur with a Gaussian whose standard deviation is `pixels`."""
    border = cv2.BORDER_CONSTANT
    return np.asarray(cv2.GaussianBlur(glyph, (0, 0), pixels, borderType=border), np.uint8)


def _add_noise(glyph: Pixels, levels: float, rng: np.random.Generator) -> Pixels:
    """Add Gaussian noise whose standard deviation is `levels`; the result stays in 0..255."""
    noisy = glyph + rng.normal(0.0, levels, glyph.shape)
    return np.asarray(np.rint(np.clip(noisy, 0, 255)), np.uint8)


# By name, in the order in which they are shown.
DISTORTIONS = {
    "rotation": Distortion(_rotate, "degrees clockwise", -60.0, 60.0, 10.0),
    "size": Distortion(_resize, "times", 0.5, 1.5, 0.1, neutral=1.0),
    "thickness": Distortion(_thicken, "pixels added to the stroke", -1.5, 4.0, 0.5),
    "shift": Distortion(_shift, "pixels", 0.0, 8.0, 1.0),
    "blur": Distortion(_blur, "pixels", 0.0, 3.0, 0.5),
    "noise": Distortion(_add_noise, "grey levels of 255", 0.0, 160.0, 20.0),
}
