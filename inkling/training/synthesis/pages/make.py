"""Make one picture of a page, and say where its digits are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.training.synthesis.pages import camera, scenes
from inkling.training.synthesis.pages.characters import PageCharacters
from inkling.training.synthesis.pages.scenes import Scene
from inkling.training.synthesis.pages.sheet import Sheet, Written, empty_sheet

Rng = np.random.Generator

# The sheet reaches beyond the picture by this much on each side, in pixels, so that a tilted
# picture shows no end of it.
MARGIN = 32
# Classes of the ink map. Where it says IGNORED, nothing is known.
PAPER, DIGIT, OTHER, IGNORED = 0, 1, 2, 255
# The ink map has one value for each square of this many pixels.
STRIDE = 4
# From these values on (of 255) a pixel is ink, and perhaps ink.
IS_INK, MAY_BE_INK = 90, 20
# Part of the pictures that are tilted like a photo, and like a page that lies askew.
TILTED_RATE, ASKEW_RATE = 0.65, 0.14
# Part of the pictures that end within the crop, and of those that show the desk.
CUT_RATE = 0.35
DESK_RATE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class MadePage:
    """A picture of a page.

    Attributes:
        image: uint8 (height, width, 3), RGB.
        ink: uint8 (height / STRIDE, width / STRIDE): PAPER, DIGIT, OTHER or IGNORED.
        written: the digits and signs whose middle is in the picture, in its pixels; `width` and
            `height` are those of the upright character.
        angles: float32 (n,), the direction of each one's line of writing, in radians, clockwise.
        is_light_on_dark: whether the ink is lighter than the paper.
    """

    image: Pixels
    ink: Pixels
    written: list[Written]
    angles: NDArray[np.float32]
    is_light_on_dark: bool


def make_page(
    characters: PageCharacters,
    rng: Rng,
    size: tuple[int, int] = (256, 256),
    kinds: Sequence[tuple[Scene, float]] = scenes.SCENES,
) -> MadePage:
    """Make one page.

    Args:
        characters: what it is made of.
        rng: the only source of randomness.
        size: height and width in pixels, multiples of STRIDE.
        kinds: the scenes to choose from, with weights.
    """
    sheet = empty_sheet(size[0] + 2 * MARGIN, size[1] + 2 * MARGIN)
    weights = np.asarray([weight for _, weight in kinds])
    scene = kinds[int(rng.choice(len(kinds), p=weights / weights.sum()))][0]
    height = scene(sheet, characters, rng)
    look = camera.choose_look(rng)
    camera.add_ruling(sheet, height, rng)
    picture = camera.paint(sheet, look, height, rng)
    matrix = _view(size, rng)
    picture = np.asarray(
        cv2.warpPerspective(picture, matrix, size[::-1], borderMode=cv2.BORDER_REFLECT), np.float32
    )
    ruling = (sheet.ruling * look.ruling_strength).astype(np.uint8)
    printed = np.maximum(sheet.printed, ruling)
    layers = np.dstack([sheet.digits, np.maximum(sheet.other, printed), sheet.ignored])
    layers = np.asarray(cv2.warpPerspective(layers, matrix, size[::-1]), np.uint8)
    is_seen = np.ones(size, np.bool_)
    if rng.random() < DESK_RATE:
        desk, is_desk = camera.desk(size, rng)
        picture[is_desk] = desk[is_desk]
        layers[is_desk] = 0
        is_seen = ~is_desk
    if not look.is_clean:
        camera.light(picture, rng)
    image = camera.expose(picture, height, look, rng)
    ink = _ink_map(layers)
    if rng.random() < CUT_RATE:
        image, is_picture = _cut(image, rng)
        ink[~is_picture[STRIDE // 2 :: STRIDE, STRIDE // 2 :: STRIDE]] = IGNORED
        is_seen &= is_picture
    written, angles = _seen(sheet, matrix, is_seen)
    return MadePage(image, ink, written, angles, look.is_light_on_dark)


def _view(size: tuple[int, int], rng: Rng) -> NDArray[np.float64]:
    """The homography from the sheet to the picture."""
    choice = rng.random()
    if choice < TILTED_RATE:
        angle = float(rng.normal(0.0, 3.0))
    elif choice < TILTED_RATE + ASKEW_RATE:
        angle = float(rng.uniform(-32.0, 32.0))
    else:
        angle = float(rng.normal(0.0, 0.3))
    height, width = size
    scale = float(np.exp(rng.normal(0.0, 0.08)))
    turn = cv2.getRotationMatrix2D((width / 2 + MARGIN, height / 2 + MARGIN), angle, scale)
    matrix = np.vstack([turn, [0.0, 0.0, 1.0]])
    shear = np.eye(3)
    shear[0, 1] = float(rng.normal(0.0, 0.03))
    if rng.random() < 0.3:
        shear[2, :2] = rng.normal(0.0, 0.12, 2) / max(size)
    to_middle = np.array([[1, 0, -width / 2 - MARGIN], [0, 1, -height / 2 - MARGIN], [0, 0, 1.0]])
    from_middle = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1.0]])
    return np.asarray(from_middle @ shear @ to_middle @ matrix, np.float64)


def _ink_map(layers: Pixels) -> Pixels:
    """The classes of squares, from the layers of digits, of other ink, and of what is ignored."""
    height, width = layers.shape[0] // STRIDE, layers.shape[1] // STRIDE
    squares = layers.reshape(height, STRIDE, width, STRIDE, 3).max(axis=(1, 3))
    digits, other, ignored = squares[..., 0], squares[..., 1], squares[..., 2]
    ink = np.full((height, width), PAPER, np.uint8)
    ink[other > IS_INK] = OTHER
    ink[(digits > MAY_BE_INK) & (ink == PAPER)] = IGNORED
    ink[digits > IS_INK] = DIGIT
    ink[ignored > 100] = IGNORED
    return ink


def _cut(image: Pixels, rng: Rng) -> tuple[Pixels, NDArray[np.bool_]]:
    """A picture that ends within the crop, its edge repeated beyond; and where it is."""
    height, width = image.shape[:2]
    h, w = (int(side * (1.0 - 0.35 * rng.random() ** 2)) for side in (height, width))
    h, w = max(24, h), max(24, w)
    y, x = int(rng.integers(0, height - h + 1)), int(rng.integers(0, width - w + 1))
    is_picture = np.zeros((height, width), np.bool_)
    is_picture[:h, :w] = True
    # The picture stays where it is, so that the places of its digits need no change.
    is_picture = np.roll(is_picture, (y, x), (0, 1))
    edges = (y, height - h - y, x, width - w - x)
    padded = cv2.copyMakeBorder(image[y : y + h, x : x + w], *edges, cv2.BORDER_REPLICATE)
    return np.asarray(padded, np.uint8), is_picture


def _seen(
    sheet: Sheet, matrix: NDArray[np.float64], is_seen: NDArray[np.bool_]
) -> tuple[list[Written], NDArray[np.float32]]:
    """The characters whose middle is in the picture, in its pixels, and their directions."""
    written: list[Written] = []
    angles = []
    height, width = is_seen.shape
    for each in sheet.written:
        middle = np.array([each.x, each.y])
        points = middle + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        at, right, down = _project(points, matrix)
        if not (0 <= at[0] < width and 0 <= at[1] < height):
            continue
        if not is_seen[int(at[1]), int(at[0])]:
            continue
        right, down = right - at, down - at
        written.append(
            Written(
                each.character,
                float(at[0]),
                float(at[1]),
                each.width * float(np.hypot(*right)),
                each.height * float(np.hypot(*down)),
                each.number,
                each.is_struck,
            )
        )
        angles.append(np.arctan2(right[1], right[0]))
    return written, np.asarray(angles, np.float32)


def _project(points: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points through a homography: float64 (n, 2)."""
    projected = np.c_[points, np.ones(len(points))] @ matrix.T
    return np.asarray(projected[:, :2] / projected[:, 2:], np.float64)
