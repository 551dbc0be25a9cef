"""A sheet as a picture: paper, ink, light, a camera, and a file."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.training.synthesis.pages.sheet import Sheet, log_uniform

Rng = np.random.Generator
Colour = NDArray[np.float32]
Picture = NDArray[np.float32]

# Part of the pictures with light ink on dark paper, and of those that are pure white on black.
LIGHT_ON_DARK_RATE = 0.25
PURE_RATE = 0.35
# Part of the pictures that are clean, as a screen's: no grain, blur or shadow.
CLEAN_RATE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How a sheet looks.

    Attributes:
        is_light_on_dark: whether the ink is lighter than the paper.
        is_clean: as on a screen.
        contrast: between pen and paper, in grey levels.
        paper: its colour.
        pen: likewise.
        print_: likewise, of the form.
        ruling: likewise, of ruled paper.
        ruling_strength: how much of the ruling shows, 0 to 1.
    """

    is_light_on_dark: bool
    is_clean: bool
    contrast: float
    paper: Colour
    pen: Colour
    print_: Colour
    ruling: Colour
    ruling_strength: float


def choose_look(rng: Rng) -> Look:
    """Random colours of paper and pen."""
    is_light = bool(rng.random() < LIGHT_ON_DARK_RATE)
    is_clean = bool(rng.random() < CLEAN_RATE)
    paper = float(rng.uniform(5, 140) if is_light else rng.uniform(90, 252))
    contrast = float(
        rng.choice(
            [rng.uniform(22, 60), rng.uniform(50, 130), rng.uniform(100, 235)], p=[0.2, 0.4, 0.4]
        )
    )
    saturation = float(rng.choice([2, 10, 30], p=[0.4, 0.35, 0.25]))
    if rng.random() < (PURE_RATE if is_light else 0.1):
        paper, contrast, saturation = (0.0 if is_light else 255.0), 255.0, 0.0
    side = 1.0 if is_light else -1.0
    pen = float(np.clip(paper + side * contrast, 0, 255))
    if abs(pen - paper) < 20:
        paper = pen - 20 * side
    contrast = abs(pen - paper)

    def shade(low: float, high: float, colourful: float) -> Colour:
        level = float(np.clip(paper + side * contrast * rng.uniform(low, high), 0, 255))
        return _colour(level, colourful, rng)

    return Look(
        is_light,
        is_clean,
        contrast,
        _colour(paper, 0.5 * saturation, rng),
        _colour(pen, saturation, rng),
        shade(0.25, 1.15, 2 * saturation + 3),
        shade(0.2, 0.9, 2 * saturation + 5),
        float(rng.uniform(0.3, 1.0)),
    )


def add_ruling(sheet: Sheet, height: float, rng: Rng) -> None:
    """Sometimes draw ruled or squared paper under the writing, in place."""
    choice = rng.random()
    if choice > 0.35:
        return
    pitch = height * float(rng.uniform(0.9, 2.5)) if rng.random() < 0.6 else rng.uniform(12, 60)
    thickness = max(1, round(float(pitch) * float(rng.uniform(0.015, 0.05))))
    for y in np.arange(rng.uniform(0, pitch), sheet.shape[0], pitch):
        sheet.ruling[int(y) : int(y) + thickness] = 255
    if choice < 0.16:
        for x in np.arange(rng.uniform(0, pitch), sheet.shape[1], pitch):
            sheet.ruling[:, int(x) : int(x) + thickness] = 255
    elif rng.random() < 0.2:
        x = int(rng.uniform(0, sheet.shape[1]))
        sheet.ruling[:, x : x + thickness] = 255


def paint(sheet: Sheet, look: Look, height: float, rng: Rng) -> Picture:
    """The sheet's ink on its paper: float32 (h, w, 3), 0 to 255."""
    h, w = sheet.shape
    picture = np.empty((h, w, 3), np.float32)
    picture[:] = look.paper
    side = 1.0 if look.is_light_on_dark else -1.0
    if not look.is_clean:
        _add_texture(picture, look, height, side, rng)
    _lay(picture, sheet.ruling, look.ruling, look.ruling_strength)
    _lay(picture, sheet.printed, look.print_, float(rng.uniform(0.6, 1.0)))
    ink = np.maximum(sheet.digits, sheet.other)
    strength = float(rng.uniform(0.7, 1.0)) if not look.is_clean else 1.0
    if not look.is_clean and rng.random() < 0.5:
        # A pen presses unevenly.
        pressure = 1.0 - np.clip(
            smooth_noise((h, w), int(rng.integers(4, 20)), rng) * rng.uniform(0.0, 0.3), -0.1, 0.6
        )
        ink = np.clip(ink * pressure, 0, 255).astype(np.uint8)
    _lay(picture, ink, look.pen, strength)
    return picture


def light(picture: Picture, rng: Rng) -> None:
    """Uneven light and shadows with soft or hard edges, in place."""
    h, w = picture.shape[:2]
    if rng.random() < 0.45:
        factor = 1.0 + smooth_noise((h, w), int(rng.integers(60, 200)), rng) * float(
            rng.uniform(0.02, 0.14)
        )
        picture *= np.clip(factor, 0.3, 1.6)[..., None]
    if rng.random() < 0.12:
        edge = _half_plane((h, w), float(rng.uniform(0.7, 12)), rng)
        picture *= (1.0 - edge * float(rng.uniform(0.2, 0.65)))[..., None]
    if rng.random() < 0.04:
        # A lamp's reflection.
        rows, columns = np.indices((h, w), np.float32)
        far = np.hypot(rows - rng.uniform(0, h), columns - rng.uniform(0, w))
        glare = np.exp(-0.5 * (far / rng.uniform(0.1 * h, 0.5 * h)) ** 2)
        picture += (glare * float(rng.uniform(20, 120)))[..., None]


def expose(picture: Picture, height: float, look: Look, rng: Rng) -> Pixels:
    """Blur, grain and compression: uint8 (h, w, 3)."""
    h, w = picture.shape[:2]
    if not look.is_clean:
        blur = float(rng.uniform(0.0, 0.035)) * height if rng.random() < 0.5 else 0.0
        if blur > 0.35:
            picture = cv2.GaussianBlur(picture, (0, 0), min(blur, 3.5))  # type: ignore[assignment]
        elif rng.random() < 0.3:
            picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.4, 0.8)))  # type: ignore[assignment]
        if height > 22 and rng.random() < 0.2:
            part = max(0.2, min(0.8, float(rng.uniform(9, 20)) / height))
            small = cv2.resize(picture, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
            method = cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LINEAR
            picture = cv2.resize(small, (w, h), interpolation=method)  # type: ignore[assignment]
        if rng.random() < 0.65:
            strength = log_uniform(rng, 0.5, 14.0)
            shape = (h, w, 1 if rng.random() < 0.5 else 3)
            picture = picture + rng.standard_normal(shape, np.float32) * np.float32(strength)
        if rng.random() < 0.06:
            _add_specks(picture, look, rng)
    image = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < (0.6 if not look.is_clean else 0.3):
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 95))]
        image = cv2.imdecode(cv2.imencode(".jpg", image, quality)[1], cv2.IMREAD_COLOR)  # type: ignore[assignment]
    return np.asarray(image, np.uint8)


def desk(shape: tuple[int, int], rng: Rng) -> tuple[Picture, NDArray[np.bool_]]:
    """A desk beyond an edge of the sheet: its picture, and where it is seen."""
    h, w = shape
    rows, columns = np.indices(shape, np.float32)
    angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.12, 0.45) * max(h, w)
    is_desk = (columns - w / 2) * np.cos(angle) + (rows - h / 2) * np.sin(angle) > far
    wood = cv2.GaussianBlur(
        rng.standard_normal(shape, np.float32), (0, 0), 0.7, sigmaY=float(rng.uniform(0.7, 10))
    )
    colour = _colour(float(rng.uniform(10, 240)), 20.0, rng)
    return colour + (wood * float(rng.uniform(5, 60)))[..., None], is_desk


def smooth_noise(shape: tuple[int, int], cell: int, rng: Rng) -> Picture:
    """Normal noise that changes over `cell` pixels: float32 (h, w)."""
    size = (max(2, shape[0] // cell + 2), max(2, shape[1] // cell + 2))
    coarse = rng.standard_normal(size, np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _colour(level: float, saturation: float, rng: Rng) -> Colour:
    """A random colour of this luminance."""
    shift = rng.normal(0.0, saturation, 3)
    shift -= shift @ np.array([0.299, 0.587, 0.114])
    return np.clip(level + shift, 0, 255).astype(np.float32)


def _lay(picture: Picture, ink: Pixels, colour: Colour, strength: float) -> None:
    """Lay ink of a colour over a picture, in place."""
    if ink.any():
        cover = (ink.astype(np.float32) * (strength / 255.0))[..., None]
        picture += cover * (colour - picture)


def _add_texture(picture: Picture, look: Look, height: float, side: float, rng: Rng) -> None:
    """The paper's grain, stains, fibres and security print, in place."""
    h, w = picture.shape[:2]
    if rng.random() < 0.6:
        grain = smooth_noise((h, w), int(rng.integers(1, 6)), rng)
        picture += (grain * float(rng.uniform(1, 7)))[..., None]
    if rng.random() < 0.2:
        picture += (smooth_noise((h, w), int(rng.integers(10, 80)), rng) * rng.uniform(2, 9))[
            ..., None
        ].astype(np.float32)
    if rng.random() < 0.1:
        noise = rng.standard_normal((h, w), np.float32)
        along = (8.0, 0.8) if rng.random() < 0.5 else (0.8, 8.0)
        fibres = np.abs(cv2.GaussianBlur(noise, (0, 0), along[0], sigmaY=along[1]))
        picture += (fibres * np.float32(side * rng.uniform(5, 40)))[..., None]
    if rng.random() < 0.2:
        waves = _security_print((h, w), height, rng)
        picture += (waves * np.float32(look.contrast * rng.uniform(0.03, 0.22)))[..., None]


def _security_print(shape: tuple[int, int], height: float, rng: Rng) -> Picture:
    """Wavy lines as on cheques: float32 (h, w), -1 to 1."""
    rows, columns = np.indices(shape, np.float32)
    angle = float(rng.uniform(-0.4, 0.4)) + (np.pi / 2 if rng.random() < 0.2 else 0.0)
    period = max(2.2, height * float(rng.uniform(0.05, 0.3)))
    across = columns * np.sin(angle) + rows * np.cos(angle)
    along = columns * np.cos(angle) - rows * np.sin(angle)
    bend = np.sin(along / (period * rng.uniform(1, 8)))
    phase = across + rng.uniform(0.0, 1.5) * period * bend
    phase = phase + smooth_noise(shape, 60, rng) * period * rng.uniform(0, 2)
    return np.asarray(np.sin(phase * (2 * np.pi / period)), np.float32)


def _add_specks(picture: Picture, look: Look, rng: Rng) -> None:
    """Dust of the pen's colour, in place."""
    h, w = picture.shape[:2]
    count = int(log_uniform(rng, 3, 400) * h * w / 65536)
    rows, columns = rng.integers(0, h, count), rng.integers(0, w, count)
    picture[rows, columns] = look.pen


def _half_plane(shape: tuple[int, int], softness: float, rng: Rng) -> Picture:
    """1 on one side of a line and 0 on the other, over `softness` pixels: float32 (h, w)."""
    h, w = shape
    rows, columns = np.indices(shape, np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    far = (columns - w / 2) * np.cos(angle) + (rows - h / 2) * np.sin(angle)
    far = (far + rng.uniform(-0.35, 0.35) * max(h, w)) / softness
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(far, -30, 30))), np.float32)
