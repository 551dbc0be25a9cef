"""Synthetic pages: MNIST's test digits written on rendered paper, with the truth beside them.

What a phone makes of a page, in the order it happens: pen colour and pressure, uneven light and
shadows, the camera's blur and noise, JPEG. Everything follows from a seed.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkling.learning.formats import Strokes

MNIST = Path(__file__).resolve().parent.parent / "assets" / "mnist.npz"

Pixels = NDArray[np.uint8]

# The blue of printed rules and squares.
PRINT = (0.62, 0.72, 0.85)


@dataclass(frozen=True, slots=True)
class Paper:
    """How a page looks; the default is a phone's photo of cream paper by a window.

    Attributes:
        width, height: pixels.
        digit: height of a digit in pixels.
        gap: bare paper between two digits of a number, in digit heights (lowest, highest).
        pen, colour: RGB of the pen and of the paper.
        light: how much darker the darkest corner is, 0..1.
        shadow: how much a hard shadow across the page darkens it, 0..1.
        noise: standard deviation of the sensor's noise, of 255.
        blur: standard deviation of the lens' blur in pixels.
        quality: of the JPEG.
        slope: how much a line climbs, in pixels per pixel.
        ruled: distance of printed rules in pixels; 0 for none.
        squared: side of printed squares in pixels; 0 for none.
    """

    width: int = 1000
    height: int = 700
    digit: int = 64
    gap: tuple[float, float] = (0.12, 0.4)
    pen: tuple[int, int, int] = (28, 40, 105)
    colour: tuple[int, int, int] = (246, 240, 224)
    light: float = 0.35
    shadow: float = 0.0
    noise: float = 3.0
    blur: float = 0.7
    quality: int = 88
    slope: float = 0.0
    ruled: int = 0
    squared: int = 0


@cache
def mnist_test() -> tuple[Pixels, Pixels]:
    """MNIST's test images, uint8 (10000, 28, 28), and labels."""
    with np.load(MNIST) as data:
        return data["x_test"], data["y_test"]


# The ten digits as a pen writes them, x and y down, on a square of 100.
WAYS = {
    0: ("50,5 20,30 20,70 50,95 80,70 80,30 50,5",),
    1: ("35,25 55,5 55,95",),
    2: ("22,28 50,5 76,30 20,93 82,93",),
    3: ("25,15 55,5 74,26 45,47 78,66 62,93 22,86",),
    4: ("55,5 18,62 82,62", "62,38 62,96"),
    5: ("30,5 25,45 55,40 78,65 60,92 20,88", "30,5 75,5"),
    6: ("65,5 30,45 25,75 50,95 72,75 50,55 28,70",),
    7: ("20,8 80,8 45,95",),
    8: ("70,15 40,5 30,25 70,65 60,92 30,80 45,50 70,15",),
    9: ("70,30 45,8 28,30 45,50 70,30 65,95",),
}


def pen_strokes(writers: int, seed: int = 0) -> Strokes:
    """Each of so many writers' ten digits, twice, as pen strokes."""
    rng = np.random.default_rng(seed)
    points, ends, characters, labels, owners = [], [0], [0], [], []
    for writer in range(writers):
        own = rng.normal(0.0, 3.0, (8, 2))
        for label in [*WAYS, *WAYS]:
            for way in WAYS[label]:
                line = np.array([point.split(",") for point in way.split()], np.float32)
                points.append(line + own[: len(line)] + rng.normal(0.0, 1.0, line.shape))
                ends.append(ends[-1] + len(line))
            characters.append(len(ends) - 1)
            labels.append(label)
            owners.append(f"writer {writer}")
    return Strokes(
        np.concatenate(points).astype(np.float32),
        np.asarray(ends),
        np.asarray(characters),
        np.asarray(labels, np.uint8),
        np.asarray(owners),
    )


def digit_image(label: str, rng: np.random.Generator) -> Pixels:
    """One of MNIST's test images of a digit, cropped to its ink: uint8 (h, w)."""
    images, labels = mnist_test()
    # Of the first 5,000: the cleaner half, whose shapes people agree on.
    choices = np.flatnonzero(labels[:5000] == int(label))
    image = images[rng.choice(choices)]
    rows = np.flatnonzero(image.any(axis=1))
    columns = np.flatnonzero(image.any(axis=0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def write_number(
    ink: NDArray[np.float32],
    text: str,
    left: float,
    base: float,
    paper: Paper,
    rng: np.random.Generator,
) -> float:
    """Write digits onto ink (0..1, changed in place); gives the x where they end."""
    for place, label in enumerate(text):
        image = digit_image(label, rng)
        tall = paper.digit * rng.uniform(0.9, 1.1)
        # A digit that lies is as long as others are high; the rest keep their height.
        scale = tall / max(image.shape)
        size = (max(2, round(image.shape[1] * scale)), max(2, round(image.shape[0] * scale)))
        # A border of one source pixel, or the pen's outermost edges would be cut straight.
        rim = round(scale)
        room = (size[0] + 2 * rim, size[1] + 2 * rim)
        drawn = (
            cv2.resize(np.pad(image, 1), room, interpolation=cv2.INTER_CUBIC).astype(np.float32)
            / 255.0
        )
        # Enlarged edges are soft; a pen's are not.
        drawn = np.clip((cv2.GaussianBlur(drawn, (0, 0), scale / 3.0) - 0.3) / 0.4, 0.0, 1.0)
        if place:
            left += paper.digit * rng.uniform(*paper.gap)
        x = max(0, round(left) - rim)
        lift = rng.uniform(-0.05, 0.05) * paper.digit - paper.slope * left
        y = max(0, round(base - size[1] + lift) - rim)
        area = ink[y : y + room[1], x : x + room[0]]
        np.maximum(area, drawn[: area.shape[0], : area.shape[1]], out=area)
        left += size[0]
    return left


def make_page(lines: list[list[str]], seed: int = 0, paper: Paper | None = None) -> Pixels:
    """A page of numbers.

    Args:
        lines: for each line its numbers, as digits.
        seed: of all chance.
        paper: how it looks.

    Returns:
        uint8 (height, width, 3), RGB.
    """
    paper = paper or Paper()
    rng = np.random.default_rng(seed)
    ink = np.zeros((paper.height, paper.width), np.float32)
    pitch = 1.9 * paper.digit
    top = max(1.6 * paper.digit, (paper.height - pitch * len(lines)) / 2 + paper.digit)
    for row, numbers in enumerate(lines):
        left = paper.digit * rng.uniform(0.8, 1.4)
        base = top + row * pitch + paper.slope * paper.width / 2
        for number in numbers:
            left = write_number(ink, number, left, base, paper, rng) + 1.6 * paper.digit
    return render(ink, paper, rng)


def render(ink: NDArray[np.float32], paper: Paper, rng: np.random.Generator) -> Pixels:
    """Ink 0..1 on paper, photographed: uint8 (h, w, 3), RGB."""
    height, width = ink.shape
    base = np.array(paper.colour, np.float32) / 255.0
    sheet = np.broadcast_to(base, (height, width, 3)).copy()
    fibre = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 1.5)
    sheet *= 1.0 + 0.02 * fibre[..., None]
    if paper.ruled:
        sheet[paper.ruled :: paper.ruled] = PRINT
    if paper.squared:
        sheet[paper.squared :: paper.squared] = PRINT
        sheet[:, paper.squared :: paper.squared] = PRINT
    pressure = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 20.0)
    pressure = 0.92 + 0.08 * pressure / max(1e-6, float(np.abs(pressure).max()))
    cover = (ink * pressure)[..., None]
    pen = np.array(paper.pen, np.float32) / 255.0
    picture = sheet * (1.0 - cover) + pen * cover
    picture *= _light(height, width, paper, rng)[..., None]
    if paper.blur:
        picture = cv2.GaussianBlur(picture, (0, 0), paper.blur)
    picture = picture * 255.0 + rng.normal(0, paper.noise, picture.shape)
    pixels = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    return np.asarray(Image.open(io.BytesIO(encode(pixels, "JPEG", quality=paper.quality))))


def _light(height: int, width: int, paper: Paper, rng: np.random.Generator) -> NDArray[np.float32]:
    """How bright each pixel is lit, 0..1."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle) + 0.5
    light = 1.0 - paper.light * np.clip(ramp, 0.0, 1.0)
    if paper.shadow:
        edge = x + 0.35 * y - rng.uniform(0.4, 0.8)
        light *= 1.0 - paper.shadow / (1.0 + np.exp(-edge * 60.0))
    return np.asarray(light, np.float32)


def encode(pixels: Pixels, kind: str = "PNG", **options: object) -> bytes:
    """A picture as a file's bytes."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


def number_ink(
    text: str, seed: int, *, digit: int = 120, gap: tuple[float, float] = (0.1, 0.4)
) -> Pixels:
    """A drawing of a number as ink: uint8 (h, w), clean."""
    paper = Paper(digit=digit, gap=gap)
    rng = np.random.default_rng(seed)
    ink = np.zeros((2 * digit, int((1.7 * len(text) + 1) * digit)), np.float32)
    write_number(ink, text, digit / 2, 1.5 * digit, paper, rng)
    return np.rint(ink * 255.0).astype(np.uint8)


def grid_page(
    cells: list[list[str]],
    seed: int = 0,
    paper: Paper | None = None,
    *,
    cell: tuple[int, int] = (80, 80),
    notes: dict[tuple[int, int], str] | None = None,
) -> Pixels:
    """A printed grid in the middle of a page, numbers written into its cells.

    Args:
        cells: what stands in each, row by row; "" for nothing.
        seed, paper: as for `make_page`.
        cell: width and height in pixels.
        notes: small digits at the top of a cell (row, column from 0), as sudokus are solved with.

    Returns:
        uint8 (height, width, 3), RGB.
    """
    paper = paper or Paper()
    rng = np.random.default_rng(seed)
    ink = np.zeros((paper.height, paper.width), np.float32)
    wide, tall = cell
    across, down = len(cells[0]), len(cells)
    left, top = (paper.width - across * wide) // 2, (paper.height - down * tall) // 2
    for row, line in enumerate(cells):
        for column, text in enumerate(line):
            x, y = left + column * wide, top + row * tall
            base = y + (tall + paper.digit) / 2
            write_number(ink, text, x + 0.25 * min(wide, tall), base, paper, rng)
    small = replace(paper, digit=round(0.27 * tall), gap=(0.2, 0.3))
    for (row, column), text in (notes or {}).items():
        x, y = left + column * wide, top + row * tall
        write_number(ink, text, x + 0.14 * wide, y + 0.42 * tall, small, rng)
    for column in range(across + 1):
        x = left + column * wide
        cv2.line(ink, (x, top), (x, top + down * tall), 0.85, 2)
    for row in range(down + 1):
        y = top + row * tall
        cv2.line(ink, (left, y), (left + across * wide, y), 0.85, 2)
    return render(ink, paper, rng)


def on_desk(
    page: Pixels,
    corners: list[tuple[int, int]],
    size: tuple[int, int],
    desk: tuple[int, int, int] = (66, 48, 38),
    seed: int = 0,
) -> tuple[Pixels, NDArray[np.float64]]:
    """A page photographed from aside where it lies on a dark desk.

    Args:
        page: uint8 (h, w, 3), RGB.
        corners: where its corners come to lie, from the top left on, clockwise.
        size: width and height of the photo.
        desk: its colour.
        seed: of the sensor's noise.

    Returns:
        uint8 (height, width, 3), RGB, and float64 (3, 3), which takes the page's (x, y, 1) to it.
    """
    height, width = page.shape[:2]
    own = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(own, np.array(corners, np.float32))
    there = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size)
    photo = cv2.warpPerspective(page, matrix, size, flags=cv2.INTER_AREA).astype(np.float32)
    cover = (there / 255.0)[..., None]
    photo = photo * cover + np.array(desk, np.float32) * (1.0 - cover)
    photo += np.random.default_rng(seed).normal(0.0, 2.0, photo.shape)
    return np.clip(np.rint(photo), 0, 255).astype(np.uint8), np.asarray(matrix, np.float64)
