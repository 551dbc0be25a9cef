"""What a photo and a cut from a page add to a glyph: light, JPEG, ruling lines, neighbours, specks.

The effects imitate pages and cameras, not MNIST-C's recipes. Some still resemble its corruptions
(light and brightness, ruling lines and dotted lines, specks and impulse noise, the page's edge and
stripes, outlines and edges), so a network trained on them is partly prepared for those.
"""

from __future__ import annotations

import cv2
import numpy as np

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels, bounding_box
from inkling.training.augment.config import Augmentation

Rng = np.random.Generator
# Each pixel's position, 0 to 1.
ROWS, COLUMNS = np.mgrid[:GLYPH_SIZE, :GLYPH_SIZE].astype(np.float32) / (GLYPH_SIZE - 1)
CROSS_KERNEL = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def add_photo_effects(glyphs: Pixels, rng: Rng, augmentation: Augmentation) -> None:
    """Change some glyphs of a batch to look as they do in a photo of a page.

    Args:
        glyphs: uint8 (n, 28, 28); changed in place.
        rng: the only source of randomness.
        augmentation: the rates.
    """
    if augmentation.neighbour_rate:
        others = glyphs[rng.permutation(len(glyphs))]
        for i in np.flatnonzero(rng.random(len(glyphs)) < augmentation.neighbour_rate):
            glyphs[i] = _add_neighbour(glyphs[i], others[i], rng)
    # In the order in which a page is written, cut and photographed.
    effects = (
        (augmentation.outline_rate, _outline),
        (augmentation.rough_rate, _roughen),
        (augmentation.clip_rate, _clip),
        (augmentation.off_centre_rate, _move_off_centre),
        (augmentation.rule_rate, _add_rule),
        (augmentation.page_edge_rate, _add_page_edge),
        (augmentation.light_rate, _change_light),
        (augmentation.speck_rate, _add_specks),
        (augmentation.jpeg_rate, _compress),
    )
    for rate, effect in effects:
        if rate:
            for i in np.flatnonzero(rng.random(len(glyphs)) < rate):
                glyphs[i] = effect(glyphs[i], rng)


def _shift(glyph: Pixels, x: float, y: float) -> Pixels:
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
    return np.asarray(cv2.warpAffine(glyph, matrix, (GLYPH_SIZE, GLYPH_SIZE)), np.uint8)


def _add_neighbour(glyph: Pixels, other: Pixels, rng: Rng) -> Pixels:
    """Leave the edge of the next digit in a margin or a corner: about five pixels at most."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    away = side * rng.uniform(19.0, 23.0)
    across = rng.uniform(-14.0, 14.0)
    x, y = (away, across) if rng.random() < 0.75 else (across, away)
    return np.maximum(glyph, _shift(other, x, y))


def _outline(glyph: Pixels, _rng: Rng) -> Pixels:
    """Keep only the stroke's edges, as of a hollow pen or a broad marker that has dried out."""
    return np.asarray(cv2.morphologyEx(glyph, cv2.MORPH_GRADIENT, CROSS_KERNEL), np.uint8)


def _roughen(glyph: Pixels, rng: Rng) -> Pixels:
    """Take every pixel from a random place nearby: rough paper, a dry pen, coarse scanning."""
    reach = rng.uniform(0.4, 1.3)
    away = rng.normal(0.0, reach, (2, GLYPH_SIZE, GLYPH_SIZE)).astype(np.float32)
    grid = (GLYPH_SIZE - 1) * np.stack([COLUMNS, ROWS]) + away
    rough = cv2.remap(glyph, grid[0], grid[1], cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        rough = cv2.GaussianBlur(rough, (0, 0), float(rng.uniform(0.4, 0.9)))
    return np.asarray(rough, np.uint8)


def _clip(glyph: Pixels, rng: Rng) -> Pixels:
    """Cut one to three pixels off a side of the digit, as too small a box does."""
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


def _move_off_centre(glyph: Pixels, rng: Rng) -> Pixels:
    """Move the digit, as a mark beside it does when it moves the centre of mass."""
    x, y = rng.uniform(-6.0, 6.0, 2)
    return _shift(glyph, float(x), float(y))


def _add_rule(glyph: Pixels, rng: Rng) -> Pixels:
    """Leave a ruling line, a box, a fold or a crossing-out: a line, solid, dashed or jagged."""
    is_jagged = rng.random() < 0.2
    count = int(rng.integers(5, 14) if is_jagged else rng.integers(2, 6))
    along = np.linspace(-2.0, GLYPH_SIZE + 1.0, count)
    start, end = rng.uniform(0.0, GLYPH_SIZE - 1.0, 2)
    # Most lines are parallel to an edge. The others are folds of any direction.
    is_parallel = rng.random() < 0.6 or is_jagged
    across = np.linspace(start, start + rng.normal(0.0, 1.0) if is_parallel else end, count)
    if not is_parallel and rng.random() < 0.5:
        across += rng.normal(0.0, 3.0, count)
    if is_jagged:
        across += rng.uniform(1.0, 5.0) * (-1.0) ** np.arange(count) + rng.normal(0.0, 0.5, count)
    points = np.stack([along, across] if rng.random() < 0.6 else [across, along], axis=1)
    layer = np.zeros_like(glyph)
    level = int(rng.integers(90, 256))
    corners = np.round(points * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(layer, [corners], False, level, 1, cv2.LINE_AA, shift=4)
    if rng.random() < 0.35:
        gap = int(rng.integers(2, 5))
        is_drawn = (np.arange(GLYPH_SIZE)[:, None] + np.arange(GLYPH_SIZE)) % (2 * gap) < gap
        layer[~is_drawn] = 0
    return np.maximum(glyph, layer)


def _add_page_edge(glyph: Pixels, rng: Rng) -> Pixels:
    """Leave the dark desk beside the page, at one side or two opposite sides.

    Ink that lies on it is lost, or it is brighter than the desk.
    """
    width = int(rng.integers(2, 9))
    band = np.zeros(GLYPH_SIZE, bool)
    band[:width] = True
    if rng.random() < 0.5:
        band[-width:] = True
    is_vertical = rng.random() < 0.5
    changed = (glyph if is_vertical else glyph.T).copy()
    level = int(rng.integers(120, 256))
    hides_ink = rng.random() < 0.5
    changed[:, band] = (
        level if hides_ink else np.abs(level - changed[:, band].astype(int)).astype("u1")
    )
    return np.ascontiguousarray(changed if is_vertical else changed.T)


def _change_light(glyph: Pixels, rng: Rng) -> Pixels:
    """Make the paper grey: all over, darker to one side, or cloudy. The ink loses contrast."""
    level = rng.uniform(0.1, 0.75)
    kind = rng.random()
    if kind < 0.4:
        darkness = np.full(glyph.shape, level, np.float32)
    elif kind < 0.7:
        angle = rng.uniform(0.0, 2.0 * np.pi)
        slope = (COLUMNS - 0.5) * np.cos(angle) + (ROWS - 0.5) * np.sin(angle)
        darkness = np.clip(level * (0.5 + slope), 0.0, 1.0)
    else:
        coarse = rng.random((4, 4), np.float32) * np.float32(1.3 * level)
        size = (GLYPH_SIZE, GLYPH_SIZE)
        darkness = np.clip(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), 0.0, 1.0)
    ink = glyph.astype(np.float32) / 255.0
    # Half of the time the two add up, half of the time the ink covers the grey.
    mixed = ink + darkness if rng.random() < 0.5 else darkness + (1.0 - darkness) * ink
    return (255.0 * np.clip(mixed, 0.0, 1.0)).astype(np.uint8)


def _add_specks(glyph: Pixels, rng: Rng) -> Pixels:
    """Add dust and dead pixels, dark and bright, single or in small clusters."""
    specked = glyph.copy()
    chance = rng.random(glyph.shape)
    rate = rng.uniform(0.01, 0.12)
    specked[chance < rate / 2] = int(rng.integers(120, 256))
    specked[chance > 1.0 - rate / 2] = 0
    for _ in range(int(rng.integers(0, 4))):
        centre = rng.integers(0, GLYPH_SIZE, 2).tolist()
        cv2.circle(specked, centre, int(rng.integers(1, 3)), int(rng.integers(80, 256)), -1)
    return specked


def _compress(glyph: Pixels, rng: Rng) -> Pixels:
    """Add JPEG artefacts."""
    quality = int(rng.integers(5, 50))
    _, data = cv2.imencode(".jpg", glyph, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
