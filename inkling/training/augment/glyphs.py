"""Augmentation of glyphs: what handwriting, pens, cameras and scanners change.

Works on whole batches of uint8 glyphs with OpenCV and numpy. OpenCV releases the interpreter lock,
so Keras' loader threads prepare the next batches while the network trains on this one.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels
from inkling.training.augment.config import HANDWRITING, NONE, Augmentation
from inkling.training.augment.photo import add_photo_effects

CENTRE = (GLYPH_SIZE - 1) / 2.0
# Elastic distortion: points a side of the grid of random displacements.
ELASTIC_GRID = 5
# A stroke that is thinned must keep a pixel of this value, or it would vanish.
MIN_THINNED_INK = 200
THINNING_KERNEL = cv2.getStructuringElement(cv2.MORPH_RECT, (2, 2))
THICKENING_KERNEL = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
ROWS, COLUMNS = np.mgrid[:GLYPH_SIZE, :GLYPH_SIZE].astype(np.float32)


def augment(
    glyphs: Pixels, rng: np.random.Generator, augmentation: Augmentation = HANDWRITING
) -> Pixels:
    """Change every glyph of a batch in its own way.

    Args:
        glyphs: uint8 (n, 28, 28); not changed.
        rng: the only source of randomness, so the same seed gives the same batch.
        augmentation: limits and rates of the changes.

    Returns:
        uint8 (n, 28, 28).
    """
    if augmentation == NONE:
        return glyphs.copy()
    matrices = _affine_matrices(len(glyphs), rng, augmentation)
    fields = _elastic_fields(len(glyphs), rng, augmentation)
    chance = rng.random((len(glyphs), 4))
    strength = rng.random((len(glyphs), 4)).astype(np.float32)
    changed = np.empty_like(glyphs)
    for i, glyph in enumerate(glyphs):
        if chance[i, 0] < augmentation.thickness_rate:
            glyph = _change_thickness(glyph, strength[i, 0])
        picture = _warp(glyph, matrices[i], fields[i] if fields is not None else None)
        if chance[i, 1] < augmentation.blur_rate:
            sigma = 0.4 + 0.5 * float(strength[i, 1])
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)
        changed[i] = picture
    _fade(changed, chance[:, 2] < augmentation.fade_rate, strength[:, 2])
    _add_grain(changed, chance[:, 3] < augmentation.noise_rate, strength[:, 3], rng)
    add_photo_effects(changed, rng, augmentation)
    return changed


def _affine_matrices(
    n: int, rng: np.random.Generator, augmentation: Augmentation
) -> NDArray[np.float32]:
    """Inverse maps, float32 (n, 2, 3): where each output pixel comes from."""
    angle = np.deg2rad(rng.uniform(-augmentation.rotation, augmentation.rotation, n))
    slant = rng.uniform(-augmentation.slant, augmentation.slant, n)
    stretch = np.exp(rng.uniform(-augmentation.stretch, augmentation.stretch, (n, 2)))
    shift = rng.uniform(-augmentation.shift, augmentation.shift, (n, 2))
    cos, sin = np.cos(angle), np.sin(angle)
    rotation = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], 1)
    shear = np.tile(np.eye(2), (n, 1, 1))
    shear[:, 0, 1] = slant
    linear = rotation @ shear * stretch[:, None, :]
    centre = np.full((n, 2), CENTRE)
    offset = centre - np.einsum("nij,nj->ni", linear, centre + shift)
    return np.concatenate([linear, offset[:, :, None]], 2).astype(np.float32)


def _elastic_fields(
    n: int, rng: np.random.Generator, augmentation: Augmentation
) -> NDArray[np.float32] | None:
    """Smooth displacements in pixels (Simard, Steinkraus and Platt, 2003).

    A coarse grid of random shifts is enlarged with cubic interpolation. That is as smooth as the
    paper's Gaussian filter and a hundred times faster.

    Returns:
        float32 (n, 28, 28, 2), 0 for glyphs without distortion; None if no glyph has any.
    """
    if augmentation.elastic == 0 or augmentation.elastic_rate == 0:
        return None
    shape = (n, ELASTIC_GRID, ELASTIC_GRID, 2)
    coarse = rng.normal(0.0, augmentation.elastic, shape).astype(np.float32)
    coarse[rng.random(n) >= augmentation.elastic_rate] = 0.0
    size = (GLYPH_SIZE, GLYPH_SIZE)
    return np.stack([cv2.resize(field, size, interpolation=cv2.INTER_CUBIC) for field in coarse])


def _warp(glyph: Pixels, matrix: NDArray[np.float32], field: NDArray[np.float32] | None) -> Pixels:
    if field is None or not field.any():
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (GLYPH_SIZE, GLYPH_SIZE)
        return np.asarray(cv2.warpAffine(glyph, matrix, size, flags=flags), np.uint8)
    x = COLUMNS + field[..., 0]
    y = ROWS + field[..., 1]
    map_x = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]
    map_y = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]
    return np.asarray(cv2.remap(glyph, map_x, map_y, cv2.INTER_LINEAR), np.uint8)


def _change_thickness(glyph: Pixels, strength: float) -> Pixels:
    """The glyph in a thinner pen (strength 0 to 0.5) or a thicker one (0.5 to 1)."""
    weight = abs(strength - 0.5) * 2.0
    if strength < 0.5:
        other = cv2.erode(glyph, THINNING_KERNEL)
        if int(other.max()) < MIN_THINNED_INK:
            return glyph
    else:
        other = cv2.dilate(glyph, THICKENING_KERNEL)
    return np.asarray(cv2.addWeighted(glyph, 1.0 - weight, other, weight, 0.0), np.uint8)


def _fade(glyphs: Pixels, is_faded: NDArray[np.bool_], strength: NDArray[np.float32]) -> None:
    """Make some glyphs as faint as pencil, in place."""
    rows = np.flatnonzero(is_faded)
    if rows.size:
        level = 0.45 + 0.55 * strength[rows]
        glyphs[rows] = (glyphs[rows] * level[:, None, None]).astype(np.uint8)


def _add_grain(
    glyphs: Pixels,
    is_grainy: NDArray[np.bool_],
    strength: NDArray[np.float32],
    rng: np.random.Generator,
) -> None:
    """Add the grain of paper to some glyphs, in place."""
    rows = np.flatnonzero(is_grainy)
    if rows.size:
        sigma = 5.0 + 20.0 * strength[rows]
        grain = rng.standard_normal((len(rows), GLYPH_SIZE, GLYPH_SIZE), np.float32)
        noisy = glyphs[rows] + grain * sigma[:, None, None]
        glyphs[rows] = np.clip(noisy, 0, 255).astype(np.uint8)
