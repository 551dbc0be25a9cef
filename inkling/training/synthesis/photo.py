"""From a line's canvas to the line model's image, as a camera or scanner and the reader make it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.recognition.line_image import IMAGE_HEIGHT, contrasted
from inkling.training.synthesis.canvas import OVERSAMPLING
from inkling.training.synthesis.clutter import add_printed_baseline

Rng = np.random.Generator

# Part of the lines that are warped, blurred, unevenly inked and noisy.
WARP_RATE = 0.3
BLUR_RATE = 0.3
FADE_RATE = 0.2
NOISE_RATE = 0.08
# Part of the darkness images with a printed baseline, and with a printed pattern.
BASELINE_RATE = 0.4
PATTERN_RATE = 0.6
# The narrowest image, in pixels.
MIN_WIDTH = 8


def photograph_ink(canvas: Pixels, rng: Rng) -> Pixels:
    """The image of a line's ink (see `line_image.ink_image`), with the flaws of a photo.

    Args:
        canvas: uint8 (CANVAS_HEIGHT, width) ink.
        rng: chooses the flaws.

    Returns:
        uint8 (IMAGE_HEIGHT, width) ink.
    """
    values = _shrink(canvas, rng)
    if rng.random() < NOISE_RATE:
        noise = rng.normal(0.0, rng.uniform(2.0, 25.0), values.shape)
        # Mostly the ink is uneven, sometimes the paper as well.
        values += noise * (values > 20 if rng.random() < 0.7 else 1.0)
    values *= 255.0 / max(1.0, float(values.max()))
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def photograph_darkness(canvas: Pixels, rng: Rng) -> Pixels:
    """The image of a line's darkness in a picture: ink on printed paper.

    Args:
        canvas: uint8 (CANVAS_HEIGHT, width) ink; a printed baseline may be drawn on it.
        rng: chooses paper, print and flaws.

    Returns:
        uint8 (IMAGE_HEIGHT, width) darkness.
    """
    if rng.random() < BASELINE_RATE:
        add_printed_baseline(canvas, rng)
    ink = _shrink(canvas, rng) / 255.0
    paper = _smooth_field(ink.shape, 12, rng) * rng.uniform(0.0, 0.1)
    if rng.random() < PATTERN_RATE:
        paper = paper + _pattern(ink.shape, rng)
    # A faint pen is hardly darker than what is printed.
    pen = float(rng.uniform(0.3, 1.0))
    darkness = paper + (1.0 - paper) * pen * ink
    grain = rng.normal(0.0, float(np.exp(rng.uniform(np.log(0.005), np.log(0.06)))), ink.shape)
    if rng.random() < 0.5:
        grain[:] = cv2.GaussianBlur(grain, (0, 0), float(rng.uniform(0.4, 0.9)))
    return contrasted((darkness + grain).astype(np.float32))


def _shrink(canvas: Pixels, rng: Rng) -> NDArray[np.float32]:
    """A line at the image's size, sometimes warped, blurred or unevenly inked: 0 to 255."""
    if rng.random() < WARP_RATE:
        canvas = _warp(canvas, rng)
    width = max(MIN_WIDTH, canvas.shape[1] // OVERSAMPLING)
    size = (width, IMAGE_HEIGHT)
    small = cv2.resize(canvas, size, interpolation=cv2.INTER_AREA)
    if rng.random() < BLUR_RATE:
        small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.3, 0.9)))
    values = small.astype(np.float32)
    if rng.random() < FADE_RATE:
        coarse = rng.uniform(0.45, 1.0, (4, max(2, width // 10))).astype(np.float32)
        values *= cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
    return values


def _warp(canvas: Pixels, rng: Rng) -> Pixels:
    """The canvas distorted by smooth random shifts."""
    height, width = canvas.shape
    coarse = rng.normal(0.0, 1.0, (2, 3, max(3, width // 48))).astype(np.float32)
    rows, columns = np.indices(canvas.shape).astype(np.float32)
    reach = rng.uniform(0.5, 2.5)
    x, y = (cv2.resize(axis, (width, height), interpolation=cv2.INTER_CUBIC) for axis in coarse)
    warped = cv2.remap(canvas, columns + reach * x, rows + reach * y, cv2.INTER_LINEAR)
    return np.asarray(warped, np.uint8)


def _smooth_field(shape: tuple[int, ...], cell: int, rng: Rng) -> NDArray[np.float32]:
    """Random values that change slowly from place to place.

    Args:
        shape: height and width.
        cell: pixels between two independent values.
        rng: chooses the values.

    Returns:
        float32 of that shape, 0 to 1.
    """
    height, width = shape
    coarse = rng.random((height // cell + 2, width // cell + 2)).astype(np.float32)
    field = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(field, np.float32)


def _pattern(shape: tuple[int, ...], rng: Rng) -> NDArray[np.float32]:
    """Waves of fine lines or dots in a part of the image, as printed on cheques: 0 to 1."""
    rows, columns = np.indices(shape).astype(np.float32)
    waves = np.zeros(shape, np.float32)
    for _ in range(int(rng.integers(1, 3))):
        angle, length = rng.uniform(0.0, np.pi), rng.uniform(2.0, 8.0)
        distance = np.cos(angle) * columns + np.sin(angle) * rows
        bent = distance + 6.0 * rng.random() * _smooth_field(shape, 16, rng)
        # High powers make fine lines of waves.
        power = float(rng.uniform(1.0, 4.0))
        waves = np.maximum(waves, (0.5 + 0.5 * np.sin(2.0 * np.pi * bent / length)) ** power)
    strength = float(rng.uniform(0.02, 0.3))
    where = np.clip(2.0 * _smooth_field(shape, 24, rng) - float(rng.uniform(-0.5, 0.8)), 0.0, 1.0)
    return np.asarray(strength * waves * where, np.float32)
