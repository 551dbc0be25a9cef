"""The fifteen corruptions of MNIST-C: what noise, blur, tilt, light and dirt do to a test digit.

    corrupted = corrupt(glyphs, "fog", rng)             # as the published data set was made
    corrupted = corrupt(glyphs, "fog", rng, severity=1)  # the lightest of five

Written anew from the paper (Mu and Gilmer, "MNIST-C: a robustness benchmark for computer vision",
2019, arXiv 1906.02337) and the parameters in its public code, google-research/mnist-c: eleven
corruptions have five severities there, one of which is its default, with which the published data
set was made; stripe, dotted_line, zigzag and canny_edges have one strength only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels

# Ink as the formulas have it: (n, 28, 28), 0 paper and 1 pen.
Ink = NDArray[np.float32]
Apply = Callable[[Ink, tuple[float, ...], np.random.Generator], Ink]

_CENTRE = (GLYPH_SIZE - 1) / 2.0
# Severity of what has one strength only.
ONLY = 0


@dataclass(frozen=True, slots=True)
class Corruption:
    """One corruption: what it does, and with which parameters at each severity.

    Attributes:
        apply: float ink, parameters and chance to float ink; values outside 0..1 are cut later.
        parameters: of severities 1 to 5; a single entry for what has one strength only.
        published: the severity of the published data set, from 1.
    """

    apply: Apply
    parameters: tuple[tuple[float, ...], ...] = ((),)
    published: int = 1


def corrupt(
    glyphs: Pixels, name: str, rng: np.random.Generator, severity: int | None = None
) -> Pixels:
    """Corrupt every glyph of a batch in its own way.

    Args:
        glyphs: uint8 (n, 28, 28); left as they are.
        name: one of `NAMES`.
        rng: the only source of chance.
        severity: one of `severities(name)`; None: the published data set's.

    Returns:
        uint8 (n, 28, 28).

    Raises:
        KeyError: no such corruption.
        ValueError: it has no such severity.
    """
    if name not in CORRUPTIONS:
        raise KeyError(f"no corruption {name!r}; there are {', '.join(NAMES)}")
    corruption = CORRUPTIONS[name]
    if severity is None:
        severity = published(name)
    if severity not in severities(name):
        raise ValueError(f"{name} has the severities {list(severities(name))}, not {severity}")
    ink = glyphs.astype(np.float32) / np.float32(255.0)
    ink = corruption.apply(ink, corruption.parameters[max(0, severity - 1)], rng)
    return np.asarray(np.rint(np.clip(ink, 0.0, 1.0) * np.float32(255.0)), np.uint8)


def severities(name: str) -> range:
    """1 to 5, or `ONLY` for what has one strength."""
    count = len(CORRUPTIONS[name].parameters)
    return range(1, count + 1) if count > 1 else range(ONLY, ONLY + 1)


def published(name: str) -> int:
    """The severity the published data set was made with."""
    return CORRUPTIONS[name].published if len(severities(name)) > 1 else ONLY


def _shot_noise(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Light counted in few photons."""
    (photons,) = parameters
    return np.asarray(rng.poisson(ink * photons) / photons, np.float32)


def _impulse_noise(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Salt and pepper, half and half, on a part of the pixels."""
    (part,) = parameters
    chance = rng.random(ink.shape, np.float32)
    return np.where(chance < part, chance < part / 2.0, ink).astype(np.float32)


def _glass_blur(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Neighbours change places behind wavy glass, between two blurs.

    The public code blurs along the columns only (it passes a grey image as one with channels);
    the published images are so, and so are these.
    """
    sigma, reach, rounds = parameters[0], int(parameters[1]), int(parameters[2])
    blurred = np.floor(_blur(ink, sigma, columns=True) * 255.0) / np.float32(255.0)
    # Pixels first, so that the glyphs' values of one pixel lie side by side.
    pixels = np.ascontiguousarray(np.moveaxis(blurred, 0, -1))
    glyph = np.arange(len(ink))
    for _ in range(rounds):
        for row in range(GLYPH_SIZE - reach, reach, -1):
            for column in range(GLYPH_SIZE - reach, reach, -1):
                move = rng.integers(-reach, reach, (2, len(ink)))
                move *= rng.random(len(ink), np.float32) < 0.5
                there = (row + move[0], column + move[1], glyph)
                taken = pixels[there]
                pixels[there] = pixels[row, column]
                pixels[row, column] = taken
    return _blur(np.moveaxis(pixels, -1, 0), sigma, columns=True)


def _blur(pictures: Ink, sigma: float, *, columns: bool = False) -> Ink:
    """Gaussian blur, edges repeated, cut off at four sigma; `columns`: from top to bottom only."""
    reach = 2 * int(4.0 * sigma + 0.5) + 1
    size = (1 if columns else reach, reach)
    blurred = np.empty_like(pictures)
    for i, picture in enumerate(pictures):
        blurred[i] = cv2.GaussianBlur(picture, size, sigma, borderType=cv2.BORDER_REPLICATE)
    return blurred


def _motion_blur(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """The camera moved one way while it looked, within 45° of level.

    Half a Gaussian, sampled at whole pixels along the way: ImageMagick's MotionBlurImage, which
    the public code calls.
    """
    radius, sigma = parameters
    step = np.arange(2 * int(radius) + 1)
    weights = np.exp(-(step**2) / (2.0 * sigma**2))
    weights = (weights / weights.sum()).astype(np.float32)
    margin = len(step)
    pad = ((0, 0), (margin, margin), (margin, margin))
    wide = np.pad(ink, pad, mode="edge")
    angles = np.deg2rad(rng.uniform(-45.0, 45.0, len(ink)))
    blurred = np.empty_like(ink)
    for i, angle in enumerate(angles):
        left = margin + np.ceil(step * np.cos(angle) - 0.5).astype(int)
        top = margin + np.ceil(step * np.sin(angle) - 0.5).astype(int)
        windows = np.lib.stride_tricks.sliding_window_view(wide[i], (GLYPH_SIZE, GLYPH_SIZE))
        blurred[i] = np.tensordot(weights, windows[top, left], axes=1)
    return blurred


def _shear(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Slanted to either side. As scikit-image did it in 2019: by an angle, height shrinking."""
    angles = parameters[0] * _signs(rng, len(ink))
    zero, one = np.zeros_like(angles), np.ones_like(angles)
    return _warp(ink, one, -np.sin(angles), zero, np.cos(angles))


def _rotate(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    angles = parameters[0] * _signs(rng, len(ink))
    return _warp(ink, np.cos(angles), -np.sin(angles), np.sin(angles), np.cos(angles))


def _scale(ink: Ink, parameters: tuple[float, ...], _rng: np.random.Generator) -> Ink:
    factor = np.full(len(ink), 1.0 / parameters[0])
    return _warp(ink, factor, np.zeros_like(factor), np.zeros_like(factor), factor)


def _translate(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """By whole pixels, sideways and up or down as much."""
    reach = int(parameters[0])
    signs = _signs(rng, 2 * len(ink)).astype(int).reshape(-1, 2)
    wide = np.pad(ink, ((0, 0), (reach, reach), (reach, reach)))
    moved = np.empty_like(ink)
    for right in (-1, 1):
        for down in (-1, 1):
            these = (signs == (right, down)).all(axis=1)
            top, left = reach - down * reach, reach - right * reach
            moved[these] = wide[these, top : top + GLYPH_SIZE, left : left + GLYPH_SIZE]
    return moved


def _signs(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    return rng.choice([-1.0, 1.0], n)


def _warp(
    ink: Ink,
    xx: NDArray[np.float64],
    xy: NDArray[np.float64],
    yx: NDArray[np.float64],
    yy: NDArray[np.float64],
) -> Ink:
    """Where each output pixel comes from: x' = xx x + xy y about the centre, and y' likewise."""
    size = (GLYPH_SIZE, GLYPH_SIZE)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = np.empty_like(ink)
    for i in range(len(ink)):
        linear = np.array([[xx[i], xy[i]], [yx[i], yy[i]]])
        offset = _CENTRE - linear.sum(axis=1, keepdims=True) * _CENTRE
        warped[i] = cv2.warpAffine(ink[i], np.hstack([linear, offset]), size, flags=flags)
    return warped


def _brightness(ink: Ink, parameters: tuple[float, ...], _rng: np.random.Generator) -> Ink:
    return ink + np.float32(parameters[0])


def _stripe(ink: Ink, _parameters: tuple[float, ...], _rng: np.random.Generator) -> Ink:
    """The left and the right quarter inverted."""
    quarter = GLYPH_SIZE // 4
    striped = ink.copy()
    for side in (slice(0, quarter), slice(GLYPH_SIZE - quarter, GLYPH_SIZE)):
        striped[:, :, side] = 1.0 - ink[:, :, side]
    return striped


def _fog(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    thickness, decay = parameters
    top = ink.max(axis=(1, 2), keepdims=True)
    # 64 maps at a time stay within the processor's cache.
    parts = [_plasma(min(64, len(ink) - i), decay, rng) for i in range(0, len(ink), 64)]
    plasma = np.concatenate(parts) if parts else ink
    # Nothing drawn: nothing to keep in proportion, and all is fog-coloured paper.
    return np.asarray((ink + thickness * plasma) * top / (top + thickness), np.float32)


def _plasma(n: int, decay: float, rng: np.random.Generator) -> Ink:
    """The top left (n, 28, 28) corners of diamond-square fractals of 256x256, each in 0..1.

    Args:
        n: how many.
        decay: each halving of the grid divides the chance displacements by its square.
        rng: chance.
    """
    size = 256
    grid = np.zeros((n, 1, 1), np.float32)
    reach = 100.0**2
    while grid.shape[1] < size:
        grid = _diamond_square(grid, reach, rng)
        reach /= decay**2
    low = grid.min(axis=(1, 2), keepdims=True)
    high = grid.max(axis=(1, 2), keepdims=True)
    return np.asarray((grid[:, :GLYPH_SIZE, :GLYPH_SIZE] - low) / (high - low), np.float32)


def _diamond_square(grid: Ink, reach: float, rng: np.random.Generator) -> Ink:
    """A height map (n, m, m), wrapped around at its edges, at twice the resolution."""
    n, m, _ = grid.shape

    def means(total: Ink) -> Ink:
        chance = rng.random((n, m, m), np.float32)
        chance -= np.float32(0.5)
        chance *= np.float32(2.0 * reach)
        total *= np.float32(0.25)
        total += chance
        return total

    below, right = np.roll(grid, -1, axis=1), np.roll(grid, -1, axis=2)
    middle = means(grid + below + right + np.roll(below, -1, axis=2))
    fine = np.empty((n, 2 * m, 2 * m), np.float32)
    fine[:, ::2, ::2] = grid
    fine[:, 1::2, 1::2] = middle
    fine[:, 1::2, ::2] = means(grid + below + middle + np.roll(middle, 1, axis=2))
    fine[:, ::2, 1::2] = means(grid + right + middle + np.roll(middle, 1, axis=1))
    return fine


def _spatter(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Drops of grey mud that cover the ink."""
    mean, deviation, size, level, softness = parameters
    liquid = _blur(rng.normal(mean, deviation, ink.shape).astype(np.float32), size)
    mud = _blur((liquid > level).astype(np.float32), softness)
    mud[mud < 0.8] = 0.0
    return np.asarray(ink * (1.0 - mud) + mud * (63.0 / 255.0), np.float32)


def _dotted_line(ink: Ink, _parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """A straight line from edge to edge, two pixels drawn and two not."""
    last = GLYPH_SIZE - 1
    ends = rng.integers(0, last, (len(ink), 2))
    gaps = (np.arange(GLYPH_SIZE) // 2) % 2 == 0
    lines = [_line(0.0, float(start), float(last), float(end)) for start, end in ends]
    drawn = np.stack(lines) if lines else ink
    drawn[:, :, gaps] = 0.0
    return np.asarray(ink + drawn, np.float32)


def _zigzag(ink: Ink, _parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    starts = rng.integers(0, GLYPH_SIZE - 1, len(ink))
    rises = rng.integers(-5, 5, len(ink))
    drawn = [_zigzag_line(int(start), int(rise)) for start, rise in zip(starts, rises, strict=True)]
    return np.asarray(ink + (np.stack(drawn) if drawn else 0.0), np.float32)


@cache
def _zigzag_line(start: int, rise: int) -> Ink:
    """A zigzag of amplitude 2 and half wave 4 from column 2 to 25, `rise` rows further down."""
    left, right, length, amplitude = 2.0, 25.0, 2.0, 2.0
    angle = np.arctan(rise / (right - left))
    reach = (right - left) / np.cos(angle)
    turns = np.arange(int((reach - length) // (2 * length)) + 1)
    along = (2 * turns + 1) * length
    across = (-1.0) ** turns * amplitude
    rest = reach - 2 * length * (reach // (2 * length))
    along = np.concatenate([[0.0], along, [reach]])
    across = np.concatenate([[0.0], across, [across[-1] / (2 * rest)]])
    x = left + np.cos(angle) * along - np.sin(angle) * across
    y = start + np.sin(angle) * along + np.cos(angle) * across
    return np.asarray(sum(_line(*ends) for ends in zip(x, y, x[1:], y[1:], strict=False)))


def _line(x0: float, y0: float, x1: float, y1: float) -> Ink:
    """A soft line, (28, 28) in 0..1, fading with the distance straight up or down."""
    place = np.arange(GLYPH_SIZE)
    height = y0 + (y1 - y0) / (x1 - x0) * (place - x0)
    distance = np.abs(place[:, None] - height[None, :])
    ink = np.log(np.maximum(1.0 - distance / 2.3, 1e-10)) + 1.0
    ink[:, (place < np.floor(x0)) | (place >= np.ceil(x1))] = 0.0
    return np.clip(ink, 0.0, 1.0).astype(np.float32)


def _canny_edges(ink: Ink, _parameters: tuple[float, ...], _rng: np.random.Generator) -> Ink:
    """Outlines (Canny, 1986): sigma 1, hysteresis between 0.1 and 0.2 of full ink's gradient."""
    edges = np.empty_like(ink)
    for i, picture in enumerate(ink):
        smooth = cv2.GaussianBlur(picture, (9, 9), 1.0, borderType=cv2.BORDER_CONSTANT)
        # Thousandths: cv2.Canny takes whole numbers.
        dx, dy = (
            np.rint(cv2.Sobel(smooth, cv2.CV_32F, *order) * 1000.0).astype(np.int16)
            for order in ((1, 0), (0, 1))
        )
        edges[i] = cv2.Canny(dx, dy, 100.0, 200.0, L2gradient=True) / 255.0
    return edges


CORRUPTIONS: dict[str, Corruption] = {
    "shot_noise": Corruption(_shot_noise, ((60,), (25,), (12,), (5,), (3,)), 5),
    "impulse_noise": Corruption(_impulse_noise, ((0.03,), (0.06,), (0.09,), (0.17,), (0.27,)), 4),
    "glass_blur": Corruption(
        _glass_blur, ((0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)), 1
    ),
    "motion_blur": Corruption(_motion_blur, ((10, 3), (15, 5), (15, 8), (15, 12), (20, 15)), 1),
    "shear": Corruption(_shear, ((0.2,), (0.4,), (0.6,), (0.8,), (1.0,)), 2),
    "scale": Corruption(_scale, ((0.9,), (0.8,), (0.7,), (0.6,), (0.5,)), 3),
    "rotate": Corruption(_rotate, ((0.2,), (0.4,), (0.6,), (0.8,), (1.0,)), 2),
    "brightness": Corruption(_brightness, ((0.1,), (0.2,), (0.3,), (0.4,), (0.5,)), 5),
    "translate": Corruption(_translate, ((1,), (2,), (3,), (4,), (5,)), 3),
    "stripe": Corruption(_stripe),
    "fog": Corruption(_fog, ((1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)), 5),
    "spatter": Corruption(
        _spatter,
        (
            (0.65, 0.3, 4, 0.69, 0.6),
            (0.65, 0.3, 3, 0.68, 0.6),
            (0.65, 0.3, 2, 0.68, 0.5),
            (0.65, 0.3, 1, 0.65, 1.5),
            (0.67, 0.4, 1, 0.65, 1.5),
        ),
        4,
    ),
    "dotted_line": Corruption(_dotted_line),
    "zigzag": Corruption(_zigzag),
    "canny_edges": Corruption(_canny_edges),
}
NAMES = tuple(CORRUPTIONS)
