"""Decoded pictures in any of Pillow's modes to RGB, in strips, so that little memory is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkling.imaging.pixels import AlphaSums, Pixels, flatten_alpha

# So many rows of a picture are converted at a time: its decoder holds it once, and the page once.
STRIP = 256


def to_rgb(picture: Image.Image) -> Pixels:
    """Convert a decoded picture in any of Pillow's modes to RGB, uint8 (h, w, 3), in strips."""
    mode = picture.mode
    convert: Callable[[Image.Image], Pixels]
    if mode == "F" or mode.startswith("I"):
        top = max(float(_numbers(strip).max()) for strip in _strips(picture))
        convert = partial(_deep_gray, top=top)
    elif mode.endswith(("A", "a")) or "transparency" in picture.info:
        sums = AlphaSums()
        for strip in _strips(picture):
            sums.add(_rgba(strip))
        convert = partial(_on_paper, sums=sums)
    else:
        convert = _opaque
    pixels = np.empty((picture.height, picture.width, 3), np.uint8)
    for place, strip in enumerate(_strips(picture)):
        pixels[place * STRIP : place * STRIP + strip.height] = convert(strip)
    return pixels


def _strips(picture: Image.Image) -> Iterator[Image.Image]:
    """A decoded picture in strips of `STRIP` rows, the last one lower."""
    for top in range(0, picture.height, STRIP):
        yield picture.crop((0, top, picture.width, min(picture.height, top + STRIP)))


def _opaque(strip: Image.Image) -> Pixels:
    return np.asarray(strip if strip.mode == "RGB" else strip.convert("RGB"), np.uint8)


def _rgba(strip: Image.Image) -> Pixels:
    return np.asarray(strip.convert("RGBA"), np.uint8)


def _on_paper(strip: Image.Image, sums: AlphaSums) -> Pixels:
    """A strip with transparency, on the paper that suits the whole picture."""
    rgba = _rgba(strip)
    return flatten_alpha(rgba, sums.paper) if sums.lowest < 255 else rgba[..., :3]


def _numbers(strip: Image.Image) -> NDArray[np.float32]:
    return np.nan_to_num(np.asarray(strip).astype(np.float32))


def _deep_gray(strip: Image.Image, top: float) -> Pixels:
    """Convert grey levels of 16 or 32 bits or floats to uint8 (h, w, 1).

    Args:
        strip: of the picture.
        top: the picture's largest value, which shows how many of the bits are in use.
    """
    if strip.mode == "F" and top <= 1.0:
        white = 1.0
    else:
        # Scanners of 12 bits store their values in 16 bits unscaled.
        white = next((limit for limit in (255.0, 4095.0) if top <= limit), 65535.0)
    gray = np.clip(np.rint(_numbers(strip) * (255.0 / white)), 0, 255).astype(np.uint8)
    return np.asarray(gray[..., None], np.uint8)
