"""One change to a glyph, to a chosen degree: what a slider turns and a sweep runs through.

    tilted = distort(glyphs, "rotation", 25.0, rng)

Changes the glyph itself, after the normaliser, which would undo some of them. OpenCV and numpy
only: serving and learning both use it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels

# Geometry is done at so many times the size: averaged back down, edges stay as soft as they were.
ZOOM = 3
_CENTRE = (GLYPH_SIZE - 1) / 2.0
_LARGE = (GLYPH_SIZE * ZOOM, GLYPH_SIZE * ZOOM)

Change = Callable[[Pixels, float, np.random.Generator], Pixels]


@dataclass(frozen=True, slots=True)
class Distortion:
    """A change to one glyph and the range it makes sense in.

    Attributes:
        apply: glyph uint8 (28, 28), value and chance to glyph.
        unit: of its values, in words.
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
        """From low to high in steps."""
        count = round((self.high - self.low) / self.step) + 1
        return [round(self.low + k * self.step, 6) for k in range(count)]


def distort(glyphs: Pixels, kind: str, value: float, rng: np.random.Generator) -> Pixels:
    """Change every glyph of a batch to the same degree.

    Args:
        glyphs: uint8 (n, 28, 28); left as they are.
        kind: one of `DISTORTIONS`.
        value: how much, in the distortion's unit; not confined to its range.
        rng: the direction of a shift and the grains of noise; the others use no chance.

    Returns:
        uint8 (n, 28, 28).

    Raises:
        KeyError: no such distortion.
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
    """About the glyph's centre, clockwise."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return _warp(glyph, turn, np.zeros(2))


def _resize(glyph: Pixels, times: float, _rng: np.random.Generator) -> Pixels:
    """About the glyph's centre; what grows beyond its border is lost."""
    return _warp(glyph, np.eye(2) / times, np.zeros(2))


def _shift(glyph: Pixels, pixels: float, rng: np.random.Generator) -> Pixels:
    angle = rng.uniform(0.0, 2.0 * np.pi)
    return _warp(glyph, np.eye(2), pixels * np.array([np.cos(angle), np.sin(angle)]))


def _warp(glyph: Pixels, linear: NDArray[np.float64], shift: NDArray[np.float64]) -> Pixels:
    """Output place p shows what lay at linear (p - centre - shift) + centre."""
    # Pixel k of the large picture lies at (k + 0.5) / ZOOM - 0.5 of the glyph.
    large = linear / ZOOM
    corner = 0.5 / ZOOM - 0.5 - _CENTRE - shift
    matrix = np.column_stack([large, linear @ corner + _CENTRE])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return _shrink(np.asarray(cv2.warpAffine(glyph, matrix, _LARGE, flags=flags), np.uint8))


def _shrink(large: Pixels) -> Pixels:
    size = (GLYPH_SIZE, GLYPH_SIZE)
    return np.asarray(cv2.resize(large, size, interpolation=cv2.INTER_AREA), np.uint8)


def _thicken(glyph: Pixels, pixels: float, _rng: np.random.Generator) -> Pixels:
    """Strokes so much wider, or narrower below 0: their outline moved by half of it."""
    top = int(glyph.max())
    if top == 0:
        return glyph
    large = cv2.resize(glyph, _LARGE, interpolation=cv2.INTER_CUBIC)
    inside = (large >= (top + 1) // 2).astype(np.uint8)
    # To the outline, positive inside; the outline runs half a pixel from the pixels at it.
    within = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    beyond = cv2.distanceTransform(1 - inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    depth = np.where(inside > 0, within - 0.5, 0.5 - beyond)
    covered = np.clip(depth + pixels / 2.0 * ZOOM + 0.5, 0.0, 1.0)
    return _shrink(np.rint(covered * top).astype(np.uint8))


def _blur(glyph: Pixels, pixels: float, _rng: np.random.Generator) -> Pixels:
    """Gaussian, of so many pixels' standard deviation."""
    border = cv2.BORDER_CONSTANT
    return np.asarray(cv2.GaussianBlur(glyph, (0, 0), pixels, borderType=border), np.uint8)


def _add_noise(glyph: Pixels, levels: float, rng: np.random.Generator) -> Pixels:
    """Gaussian, of so many grey levels' standard deviation, cut at paper and pen."""
    noisy = glyph + rng.normal(0.0, levels, glyph.shape)
    return np.asarray(np.rint(np.clip(noisy, 0, 255)), np.uint8)


DISTORTIONS = {
    "rotation": Distortion(_rotate, "degrees clockwise", -60.0, 60.0, 10.0),
    "size": Distortion(_resize, "times", 0.5, 1.5, 0.1, neutral=1.0),
    "thickness": Distortion(_thicken, "pixels added to the stroke", -1.5, 4.0, 0.5),
    "shift": Distortion(_shift, "pixels", 0.0, 8.0, 1.0),
    "blur": Distortion(_blur, "pixels", 0.0, 3.0, 0.5),
    "noise": Distortion(_add_noise, "grey levels of 255", 0.0, 160.0, 20.0),
}
