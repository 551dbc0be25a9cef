"""MNIST digits redrawn at any size and place on a drawing canvas: the normaliser's oracle."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

CANVAS = 280


def on_canvas(
    glyph: NDArray[np.uint8], rng: np.random.Generator, canvas: int = CANVAS
) -> NDArray[np.uint8]:
    """A digit somewhere on a white canvas, black pen, 35 to 90 % of its side: RGBA (h, w, 4)."""
    rows = np.flatnonzero(glyph.any(axis=1))
    columns = np.flatnonzero(glyph.any(axis=0))
    digit = glyph[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    longer = canvas * rng.uniform(0.35, 0.9)
    scale = longer / max(digit.shape)
    large = cv2.resize(np.pad(digit, 1), None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    height, width = large.shape
    top = int(rng.integers(0, max(1, canvas - height + 1)))
    left = int(rng.integers(0, max(1, canvas - width + 1)))
    large = large[: canvas - top, : canvas - left]
    rgba = np.full((canvas, canvas, 4), 255, np.uint8)
    rgba[top : top + large.shape[0], left : left + large.shape[1], :3] = 255 - large[..., None]
    return rgba
