"""The fifteen filters of MNIST-C, which `inkling.imaging.corruptions` names and parametrises.

Each takes ink as the paper's formulas do, float32 (n, 28, 28) from 0 for paper to 1 for pen, the
parameters of one severity, and a random generator. Each returns ink of the same shape, possibly
outside of 0..1. Parameters and formulas: Mu and Gilmer, "MNIST-C: a robustness benchmark for
computer vision", 2019, arXiv 1906.02337, and its public code, google-research/mnist-c.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.glyph import GLYPH_SIZE

# float32 (n, 28, 28), 0 for paper to 1 for pen.
Ink = NDArray[np.float32]

# The glyph's centre, in pixel indices.
CENTRE = (GLYPH_SIZE - 1) / 2.0


def shot_noise(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Poisson noise: the light of a few photons."""
    (photons,) = parameters
    return np.asarray(rng.poisson(ink * photons) / photons, np.float32)


def impulse_noise(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Salt and pepper noise, half and half, on a part of the pixels."""
    (part,) = parameters
    chance = rng.random(ink.shape, np.float32)
    return np.where(chance < part, chance < part / 2.0, ink).astype(np.float32)


def glass_blur(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Swap neighbouring pixels, as wavy glass does, between two blurs.

    The public code blurs along the columns only, because it passes a grey image as one with
    channels. The published images show this, so this filter does the same.
    """
    sigma, reach, rounds = parameters[0], int(parameters[1]), int(parameters[2])
    blurred = np.floor(_blur(ink, sigma, columns=True) * 255.0) / np.float32(255.0)
    # Glyphs last, so that all glyphs' values of one pixel lie next to each other in memory.
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


def motion_blur(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Blur of a camera that moves in one direction, within 45° of the horizontal.

    Half a Gaussian, sampled at whole pixels along the direction, as in ImageMagick's
    MotionBlurImage, which the public code calls.
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


def shear(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Slant to either side by an angle, which also reduces the height (scikit-image, 2019)."""
    angles = parameters[0] * _signs(rng, len(ink))
    zero, one = np.zeros_like(angles), np.ones_like(angles)
    return _warp(ink, one, -np.sin(angles), zero, np.cos(angles))


def rotate(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Rotate about the centre to either side by an angle in radians."""
    angles = parameters[0] * _signs(rng, len(ink))
    return _warp(ink, np.cos(angles), -np.sin(angles), np.sin(angles), np.cos(angles))


def scale(ink: Ink, parameters: tuple[float, ...], _rng: np.random.Generator) -> Ink:
    """Shrink about the centre by a factor."""
    factor = np.full(len(ink), 1.0 / parameters[0])
    return _warp(ink, factor, np.zeros_like(factor), np.zeros_like(factor), factor)


def translate(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Shift diagonally by whole pixels, in one of the four directions."""
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


def brightness(ink: Ink, parameters: tuple[float, ...], _rng: np.random.Generator) -> Ink:
    """Add a constant to every pixel."""
    return ink + np.float32(parameters[0])


def stripe(ink: Ink, _parameters: tuple[float, ...], _rng: np.random.Generator) -> Ink:
    """Invert the left and the right quarter."""
    quarter = GLYPH_SIZE // 4
    striped = ink.copy()
    for side in (slice(0, quarter), slice(GLYPH_SIZE - quarter, GLYPH_SIZE)):
        striped[:, :, side] = 1.0 - ink[:, :, side]
    return striped


def fog(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Lay a plasma fractal over the glyph and scale the sum to the glyph's range."""
    thickness, decay = parameters
    top = ink.max(axis=(1, 2), keepdims=True)
    # 64 maps at a time fit into the processor's cache.
    parts = [_plasma(min(64, len(ink) - i), decay, rng) for i in range(0, len(ink), 64)]
    plasma = np.concatenate(parts) if parts else ink
    # A blank glyph stays blank: its range is 0.
    return np.asarray((ink + thickness * plasma) * top / (top + thickness), np.float32)


def diamond_square(grid: Ink, reach: float, rng: np.random.Generator) -> Ink:
    """Double the resolution of height maps (n, m, m) that wrap around at their edges.

    Args:
        grid: float32 (n, m, m).
        reach: largest random displacement of a new point.
        rng: source of randomness.
    """
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


def spatter(ink: Ink, parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Cover the ink with drops of grey mud."""
    mean, deviation, size, level, softness = parameters
    liquid = _blur(rng.normal(mean, deviation, ink.shape).astype(np.float32), size)
    mud = _blur((liquid > level).astype(np.float32), softness)
    mud[mud < 0.8] = 0.0
    return np.asarray(ink * (1.0 - mud) + mud * (63.0 / 255.0), np.float32)


def dotted_line(ink: Ink, _parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Add a straight line from edge to edge, two pixels drawn and two left out in turn."""
    last = GLYPH_SIZE - 1
    ends = rng.integers(0, last, (len(ink), 2))
    gaps = (np.arange(GLYPH_SIZE) // 2) % 2 == 0
    lines = [_line(0.0, float(start), float(last), float(end)) for start, end in ends]
    drawn = np.stack(lines) if lines else ink
    drawn[:, :, gaps] = 0.0
    return np.asarray(ink + drawn, np.float32)


def zigzag(ink: Ink, _parameters: tuple[float, ...], rng: np.random.Generator) -> Ink:
    """Add a zigzag line from left to right."""
    starts = rng.integers(0, GLYPH_SIZE - 1, len(ink))
    rises = rng.integers(-5, 5, len(ink))
    drawn = [_zigzag_line(int(start), int(rise)) for start, rise in zip(starts, rises, strict=True)]
    return np.asarray(ink + (np.stack(drawn) if drawn else 0.0), np.float32)


def canny_edges(ink: Ink, _parameters: tuple[float, ...], _rng: np.random.Generator) -> Ink:
    """Edges (Canny, 1986): sigma 1, hysteresis between 0.1 and 0.2 of the gradient of full ink."""
    edges = np.empty_like(ink)
    for i, picture in enumerate(ink):
        smooth = cv2.GaussianBlur(picture, (9, 9), 1.0, borderType=cv2.BORDER_CONSTANT)
        # In thousandths, because cv2.Canny takes whole numbers.
        dx, dy = (
            np.rint(cv2.Sobel(smooth, cv2.CV_32F, *order) * 1000.0).astype(np.int16)
            for order in ((1, 0), (0, 1))
        )
        edges[i] = cv2.Canny(dx, dy, 100.0, 200.0, L2gradient=True) / 255.0
    return edges


def _blur(pictures: Ink, sigma: float, *, columns: bool = False) -> Ink:
    """Gaussian blur with repeated edges, cut off at four sigma; `columns` blurs vertically only."""
    reach = 2 * int(4.0 * sigma + 0.5) + 1
    size = (1 if columns else reach, reach)
    blurred = np.empty_like(pictures)
    for i, picture in enumerate(pictures):
        blurred[i] = cv2.GaussianBlur(picture, size, sigma, borderType=cv2.BORDER_REPLICATE)
    return blurred


def _signs(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    return rng.choice([-1.0, 1.0], n)


def _warp(
    ink: Ink,
    xx: NDArray[np.float64],
    xy: NDArray[np.float64],
    yx: NDArray[np.float64],
    yy: NDArray[np.float64],
) -> Ink:
    """Map each output pixel (x, y) to its source (xx x + xy y, yx x + yy y), about the centre."""
    size = (GLYPH_SIZE, GLYPH_SIZE)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = np.empty_like(ink)
    for i in range(len(ink)):
        linear = np.array([[xx[i], xy[i]], [yx[i], yy[i]]])
        offset = CENTRE - linear.sum(axis=1, keepdims=True) * CENTRE
        warped[i] = cv2.warpAffine(ink[i], np.hstack([linear, offset]), size, flags=flags)
    return warped


def _plasma(n: int, decay: float, rng: np.random.Generator) -> Ink:
    """The top left (n, 28, 28) corners of diamond-square fractals of 256x256, each in 0..1.

    Args:
        n: number of fractals.
        decay: its square divides the random displacements at each halving of the grid.
        rng: source of randomness.
    """
    size = 256
    grid = np.zeros((n, 1, 1), np.float32)
    reach = 100.0**2
    while grid.shape[1] < size:
        grid = diamond_square(grid, reach, rng)
        reach /= decay**2
    low = grid.min(axis=(1, 2), keepdims=True)
    high = grid.max(axis=(1, 2), keepdims=True)
    return np.asarray((grid[:, :GLYPH_SIZE, :GLYPH_SIZE] - low) / (high - low), np.float32)


@cache
def _zigzag_line(start: int, rise: int) -> Ink:
    """A zigzag of amplitude 2 and half a wave of 4, from column 2 to 25, falling by `rise` rows."""
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
    """A soft line, (28, 28) in 0..1, that fades with the vertical distance."""
    place = np.arange(GLYPH_SIZE)
    height = y0 + (y1 - y0) / (x1 - x0) * (place - x0)
    distance = np.abs(place[:, None] - height[None, :])
    ink = np.log(np.maximum(1.0 - distance / 2.3, 1e-10)) + 1.0
    ink[:, (place < np.floor(x0)) | (place >= np.ceil(x1))] = 0.0
    return np.clip(ink, 0.0, 1.0).astype(np.float32)
