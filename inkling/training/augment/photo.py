"""What a photo and a cut from a page add to a glyph: light, JPEG, rules, neighbours, specks.

These are drawn from pages and cameras, not from MNIST-C's recipes; yet some are cousins of its
corruptions (light of brightness, rules of dotted lines, specks of impulse noise, the page's edge of
stripes, outlines of edges), so a network that has seen them meets those half prepared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels, bounding_box

if TYPE_CHECKING:
    from inkling.training.augment.config import Augmentation

Rng = np.random.Generator
_ROWS, _COLUMNS = np.mgrid[:GLYPH_SIZE, :GLYPH_SIZE].astype(np.float32) / (GLYPH_SIZE - 1)
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def photographed(glyphs: Pixels, rng: Rng, how: Augmentation) -> Pixels:
    """Some glyphs of a batch as a photo would show them, the others as they are.

    Args:
        glyphs: uint8 (n, 28, 28); changed in place.
        rng: the only source of chance.
        how: the rates.

    Returns:
        `glyphs`.
    """
    # In the order in which a page is written, cut and photographed.
    steps = (
        (how.outline_rate, _outline),
        (how.rough_rate, _rough),
        (how.clip_rate, _clip),
        (how.stray_rate, _stray),
        (how.rule_rate, _rule),
        (how.edge_rate, _edge),
        (how.light_rate, _light),
        (how.speck_rate, _specks),
        (how.jpeg_rate, _jpeg),
    )
    if how.neighbour_rate:
        others = glyphs[rng.permutation(len(glyphs))]
        for i in np.flatnonzero(rng.random(len(glyphs)) < how.neighbour_rate):
            glyphs[i] = _neighbour(glyphs[i], others[i], rng)
    for rate, change in steps:
        if rate:
            for i in np.flatnonzero(rng.random(len(glyphs)) < rate):
                glyphs[i] = change(glyphs[i], rng)
    return glyphs


def _moved(glyph: Pixels, x: float, y: float) -> Pixels:
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
    return np.asarray(cv2.warpAffine(glyph, matrix, (GLYPH_SIZE, GLYPH_SIZE)), np.uint8)


def _neighbour(glyph: Pixels, other: Pixels, rng: Rng) -> Pixels:
    """The next digit's edge in a margin or a corner: at most some five pixels of it."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    away = side * rng.uniform(19.0, 23.0)
    across = rng.uniform(-14.0, 14.0)
    x, y = (away, across) if rng.random() < 0.75 else (across, away)
    return np.maximum(glyph, _moved(other, x, y))


def _outline(glyph: Pixels, _rng: Rng) -> Pixels:
    """Only the stroke's edges: a hollow pen, or a broad marker that has dried out."""
    return np.asarray(cv2.morphologyEx(glyph, cv2.MORPH_GRADIENT, _CROSS), np.uint8)


def _rough(glyph: Pixels, rng: Rng) -> Pixels:
    """Rough paper, a dry pen, coarse scanning: every pixel taken from somewhere near."""
    reach = rng.uniform(0.4, 1.3)
    away = rng.normal(0.0, reach, (2, GLYPH_SIZE, GLYPH_SIZE)).astype(np.float32)
    grid = (GLYPH_SIZE - 1) * np.stack([_COLUMNS, _ROWS]) + away
    rough = cv2.remap(glyph, grid[0], grid[1], cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        rough = cv2.GaussianBlur(rough, (0, 0), float(rng.uniform(0.4, 0.9)))
    return np.asarray(rough, np.uint8)


def _clip(glyph: Pixels, rng: Rng) -> Pixels:
    """One side of the digit cut off by its box: one to three pixels of it."""
    box = bounding_box(glyph)
    if box is None:
        return glyph
    x, y, width, height = box
    lost = int(rng.integers(1, 4))
    clipped = glyph.copy()
    side = int(rng.integers(4))
    if side == 0:
        clipped[: y + lost] = 0
    elif side == 1:
        clipped[y + height - lost :] = 0
    elif side == 2:
        clipped[:, : x + lost] = 0
    else:
        clipped[:, x + width - lost :] = 0
    return clipped


def _stray(glyph: Pixels, rng: Rng) -> Pixels:
    """Far off the middle, as a mark beside the digit pulls the centre of mass."""
    x, y = rng.uniform(-6.0, 6.0, 2)
    return _moved(glyph, float(x), float(y))


def _rule(glyph: Pixels, rng: Rng) -> Pixels:
    """What is left of a rule, a box, a fold or a crossing-out: a line, whole, dashed or jagged."""
    jagged = rng.random() < 0.2
    count = int(rng.integers(5, 14) if jagged else rng.integers(2, 6))
    along = np.linspace(-2.0, GLYPH_SIZE + 1.0, count)
    start, end = rng.uniform(0.0, GLYPH_SIZE - 1.0, 2)
    # Most rules lie straight; some lines are folds and go anywhere.
    straight = rng.random() < 0.6 or jagged
    across = np.linspace(start, start + rng.normal(0.0, 1.0) if straight else end, count)
    if not straight and rng.random() < 0.5:
        across += rng.normal(0.0, 3.0, count)
    if jagged:
        across += rng.uniform(1.0, 5.0) * (-1.0) ** np.arange(count) + rng.normal(0.0, 0.5, count)
    points = np.stack([along, across] if rng.random() < 0.6 else [across, along], axis=1)
    layer = np.zeros_like(glyph)
    level = int(rng.integers(90, 256))
    corners = np.round(points * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(layer, [corners], False, level, 1, cv2.LINE_AA, shift=4)
    if rng.random() < 0.35:
        gap = int(rng.integers(2, 5))
        shown = (np.arange(GLYPH_SIZE)[:, None] + np.arange(GLYPH_SIZE)) % (2 * gap) < gap
        layer[~shown] = 0
    return np.maximum(glyph, layer)


def _edge(glyph: Pixels, rng: Rng) -> Pixels:
    """The dark desk beside the page, at one side or two; ink on it is lost or shines through."""
    width = int(rng.integers(2, 9))
    band = np.zeros(GLYPH_SIZE, bool)
    band[:width] = True
    if rng.random() < 0.5:
        band[-width:] = True
    beside = rng.random() < 0.5
    changed = (glyph if beside else glyph.T).copy()
    level = int(rng.integers(120, 256))
    bare = rng.random() < 0.5
    changed[:, band] = level if bare else np.abs(level - changed[:, band].astype(int)).astype("u1")
    return np.ascontiguousarray(changed if beside else changed.T)


def _light(glyph: Pixels, rng: Rng) -> Pixels:
    """Paper that is not white: grey all over, darker to one side, or cloudy; ink loses contrast."""
    level = rng.uniform(0.1, 0.75)
    kind = rng.random()
    if kind < 0.4:
        shade = np.full(glyph.shape, level, np.float32)
    elif kind < 0.7:
        angle = rng.uniform(0.0, 2.0 * np.pi)
        slope = (_COLUMNS - 0.5) * np.cos(angle) + (_ROWS - 0.5) * np.sin(angle)
        shade = np.clip(level * (0.5 + slope), 0.0, 1.0)
    else:
        coarse = rng.random((4, 4), np.float32) * np.float32(1.3 * level)
        size = (GLYPH_SIZE, GLYPH_SIZE)
        shade = np.clip(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), 0.0, 1.0)
    ink = glyph.astype(np.float32) / 255.0
    # Half the time light adds to the ink, half the time ink lies on the grey.
    mixed = ink + shade if rng.random() < 0.5 else shade + (1.0 - shade) * ink
    return (255.0 * np.clip(mixed, 0.0, 1.0)).astype(np.uint8)


def _specks(glyph: Pixels, rng: Rng) -> Pixels:
    """Dust and dead pixels, single or in small clusters, dark and bright."""
    specked = glyph.copy()
    chance = rng.random(glyph.shape)
    rate = rng.uniform(0.01, 0.12)
    specked[chance < rate / 2] = int(rng.integers(120, 256))
    specked[chance > 1.0 - rate / 2] = 0
    for _ in range(int(rng.integers(0, 4))):
        centre = rng.integers(0, GLYPH_SIZE, 2).tolist()
        cv2.circle(specked, centre, int(rng.integers(1, 3)), int(rng.integers(80, 256)), -1)
    return specked


def _jpeg(glyph: Pixels, rng: Rng) -> Pixels:
    quality = int(rng.integers(5, 50))
    _, data = cv2.imencode(".jpg", glyph, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
