"""What handwriting, pens, cameras and scanners do to a glyph.

Works on whole batches of uint8 glyphs with OpenCV and numpy. OpenCV lets go of the interpreter
lock, so Keras' loader threads prepare the next batches while the network trains on this one.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels
from inkling.training.augment.config import HANDWRITING, NONE, Augmentation
from inkling.training.augment.photo import photographed

_CENTRE = (GLYPH_SIZE - 1) / 2.0
_THIN = cv2.getStructuringElement(cv2.MORPH_RECT, (2, 2))
_THICK = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
_GRID_Y, _GRID_X = np.mgrid[:GLYPH_SIZE, :GLYPH_SIZE].astype(np.float32)


def augment(glyphs: Pixels, rng: np.random.Generator, how: Augmentation = HANDWRITING) -> Pixels:
    """Bend every glyph of a batch in its own way.

    Args:
        glyphs: uint8 (n, 28, 28); left as they are.
        rng: the only source of chance, so a seed gives the same batch again.
        how: limits of the changes.

    Returns:
        uint8 (n, 28, 28).
    """
    if how == NONE:
        return glyphs.copy()
    matrices = _affine_matrices(len(glyphs), rng, how)
    fields = _elastic_fields(len(glyphs), rng, how)
    chance = rng.random((len(glyphs), 4))
    strength = rng.random((len(glyphs), 4)).astype(np.float32)
    bent = np.empty_like(glyphs)
    for i, glyph in enumerate(glyphs):
        field = fields[i] if fields is not None else None
        picture = _thicken(glyph, strength[i, 0]) if chance[i, 0] < how.thickness_rate else glyph
        picture = _warp(picture, matrices[i], field)
        if chance[i, 1] < how.blur_rate:
            picture = cv2.GaussianBlur(picture, (0, 0), 0.4 + 0.5 * float(strength[i, 1]))
        bent[i] = picture
    _fade_and_grain(bent, rng, chance[:, 2:], strength[:, 2:], how)
    return photographed(bent, rng, how)


def _affine_matrices(n: int, rng: np.random.Generator, how: Augmentation) -> NDArray[np.float32]:
    """(n, 2, 3) inverse maps: where each output pixel comes from."""
    angle = np.deg2rad(rng.uniform(-how.rotation, how.rotation, n))
    slant = rng.uniform(-how.slant, how.slant, n)
    stretch = np.exp(rng.uniform(-how.stretch, how.stretch, (n, 2)))
    shift = rng.uniform(-how.shift, how.shift, (n, 2))
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], 1)
    shear = np.tile(np.eye(2), (n, 1, 1))
    shear[:, 0, 1] = slant
    linear = turn @ shear * stretch[:, None, :]
    centre = np.full((n, 2), _CENTRE)
    offset = centre - np.einsum("nij,nj->ni", linear, centre + shift)
    return np.concatenate([linear, offset[:, :, None]], 2).astype(np.float32)


def _elastic_fields(
    n: int, rng: np.random.Generator, how: Augmentation
) -> NDArray[np.float32] | None:
    """Smooth displacements (n, 28, 28, 2) in pixels, or None (Simard, Steinkraus and Platt, 2003).

    A coarse 5x5 grid of random shifts is enlarged with cubic interpolation: as smooth as the
    paper's Gaussian filter, and a hundred times cheaper.
    """
    if how.elastic == 0 or how.elastic_rate == 0:
        return None
    coarse = rng.normal(0.0, how.elastic, (n, 5, 5, 2)).astype(np.float32)
    coarse[rng.random(n) >= how.elastic_rate] = 0.0
    size = (GLYPH_SIZE, GLYPH_SIZE)
    return np.stack([cv2.resize(field, size, interpolation=cv2.INTER_CUBIC) for field in coarse])


def _warp(glyph: Pixels, matrix: NDArray[np.float32], field: NDArray[np.float32] | None) -> Pixels:
    if field is None or not field.any():
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (GLYPH_SIZE, GLYPH_SIZE)
        return np.asarray(cv2.warpAffine(glyph, matrix, size, flags=flags), np.uint8)
    x = _GRID_X + field[..., 0]
    y = _GRID_Y + field[..., 1]
    map_x = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]
    map_y = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]
    return np.asarray(cv2.remap(glyph, map_x, map_y, cv2.INTER_LINEAR), np.uint8)


def _thicken(glyph: Pixels, strength: float) -> Pixels:
    """A broader or finer pen: below 0.5 thinner, above thicker; part way, so widths vary."""
    weight = abs(strength - 0.5) * 2.0
    other = cv2.erode(glyph, _THIN) if strength < 0.5 else cv2.dilate(glyph, _THICK)
    # A thin stroke must not vanish.
    if strength < 0.5 and int(other.max()) < 200:
        return glyph
    return np.asarray(cv2.addWeighted(glyph, 1.0 - weight, other, weight, 0.0), np.uint8)


def _fade_and_grain(
    glyphs: Pixels,
    rng: np.random.Generator,
    chance: NDArray[np.float64],
    strength: NDArray[np.float32],
    how: Augmentation,
) -> None:
    """Faint pencil and paper grain, in place."""
    faded = np.flatnonzero(chance[:, 0] < how.fade_rate)
    if faded.size:
        level = 0.45 + 0.55 * strength[faded, 0]
        glyphs[faded] = (glyphs[faded] * level[:, None, None]).astype(np.uint8)
    grainy = np.flatnonzero(chance[:, 1] < how.noise_rate)
    if grainy.size:
        sigma = 5.0 + 20.0 * strength[grainy, 1]
        grain = rng.standard_normal((len(grainy), GLYPH_SIZE, GLYPH_SIZE), np.float32)
        noisy = glyphs[grainy] + grain * sigma[:, None, None]
        glyphs[grainy] = np.clip(noisy, 0, 255).astype(np.uint8)
