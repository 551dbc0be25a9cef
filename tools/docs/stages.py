"""Remake the pictures of docs/reading.md: one made page, after each stage of reading.

    python tools/docs/stages.py [--out docs/images/reading]

The page is made from MNIST's test digits. It has ruling lines, digits that touch, a decimal point
and a word, and it is photographed at an angle on a dark desk. Everything follows from a seed.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from itertools import cycle, pairwise, product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkling.geometry import resize
from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.layout.centres import Digits, InkMap
from inkling.layout.cut import CUT_HEIGHT, Cut, Pyramid, cut_line
from inkling.layout.drawing import canvas_layout
from inkling.layout.rows import find_lines
from inkling.layout.ruled_tables import find_ruled_tables
from inkling.paths import ROOT
from inkling.reader.overlay import annotate
from inkling.reader.page import detect, load_networks, read_upright
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.recognition.cut_reader import COLUMN
from inkling.recognition.lattice import make_lattice
from inkling.recognition.line_model import LineModel
from tests.fixtures.no_digits import LETTERS
from tests.fixtures.pages_made import (
    Paper,
    grid_page,
    number_ink,
    on_desk,
    render,
    write_number,
)

OUT = ROOT / "docs" / "images" / "reading"
PAGE_SEED, TABLE_SEED, DRAWING_SEED = 18, 13, 7
# Width of the pictures in pixels, and the largest file in bytes.
WIDTH = 640
MOST_BYTES = 60_000
PAPER = Paper(width=1000, height=620, light=0.3, noise=1.5)
# Distance of the ruling lines in pixels and their darkness, 0..1. Printed ones are paler and can
# hardly be seen at this size.
RULED, RULE_INK = 80, 0.62
NUMBERS = (["3.14", "159", "26"], ["5358", "97", "93"], ["238", "46"])
# Letters that the line model takes for no digits.
WORD = "Hank"
# The line whose first number has digits that touch.
TOUCHING = 1
# Okabe and Ito's colours, RGB.
BLUE, RED, GREEN = (0, 114, 178), (213, 94, 0), (0, 158, 115)
ORANGE, PURPLE, SKY = (230, 120, 0), (204, 121, 167), (86, 180, 233)
COLOURS = (BLUE, RED, GREEN, PURPLE, SKY, ORANGE)
GREY = (60, 60, 60)
# Labels of the line model that are shown beside its answer, and the grey level behind it.
SHOWN = (*"0123456789.,/-", "other")
PALE = 240.0
# Between things in a picture, in pixels.
GAP = 12


def made_page() -> Pixels:
    """Lines of numbers and a word: uint8 (h, w, 3), RGB."""
    rng = np.random.default_rng(PAGE_SEED)
    page_ink = np.zeros((PAPER.height, PAPER.width), np.float32)
    for row in (RULED // 2 - 8, RULED // 2 - 7):
        page_ink[row::RULED] = RULE_INK
    for row, numbers in enumerate(NUMBERS):
        base, left = 190.0 + 160.0 * row, 90.0
        gap = (-0.14, -0.04) if row == TOUCHING else PAPER.gap
        paper = Paper(width=PAPER.width, height=PAPER.height, digit=66, gap=gap)
        for number in numbers:
            whole, point, rest = number.partition(".")
            left = write_number(page_ink, whole, left, base, paper, rng)
            if point:
                cv2.circle(page_ink, (round(left) + 16, round(base) - 6), 6, 1.0, -1, cv2.LINE_AA)
                left = write_number(page_ink, rest, left + 34.0, base, paper, rng)
            left += 90.0
    for letter in WORD:
        for stroke in LETTERS[letter]:
            points = np.array(stroke, float) * 0.64 + rng.normal(0, 1.5, (len(stroke), 2))
            points += (left, base - 62)
            cv2.polylines(page_ink, [np.rint(points).astype(np.int32)], False, 1.0, 7, cv2.LINE_AA)
        left += 60
    return np.asarray(render(page_ink, PAPER, rng), np.uint8)


def photographed(page: Pixels) -> Pixels:
    """The page on a desk, seen at an angle."""
    corners = [(130, 120), (1120, 30), (1225, 690), (70, 770)]
    photo, _ = on_desk(page, corners, (1280, 800))
    return np.asarray(photo, np.uint8)


def pale(picture: Pixels) -> Pixels:
    """A picture in pale grey, so that what is drawn on it stands out."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    light = (96.0 + 0.62 * grey).astype(np.uint8)
    return np.asarray(cv2.cvtColor(light, cv2.COLOR_GRAY2RGB), np.uint8)


def inks(photo: Pixels, ink: InkMap) -> Pixels:
    """The ink that the page model sees: of digits in blue, other in orange."""
    size = (photo.shape[1], photo.shape[0])
    picture = pale(photo).astype(np.float32)
    for layer, colour in ((ink.other, ORANGE), (ink.digit, BLUE)):
        cover = cv2.resize(layer, size, interpolation=cv2.INTER_LINEAR)[..., None]
        picture = picture * (1.0 - cover) + np.array(colour, np.float32) * cover
    return np.asarray(np.rint(picture), np.uint8)


def found(photo: Pixels, digits: Digits) -> Pixels:
    """The digits that were found, each in a box, and arrows to the next one of the number."""
    picture = pale(photo)
    middle = np.stack([digits.x, digits.y], 1)
    half = np.stack([digits.width, digits.height], 1) / 2.0
    ahead = middle + np.stack([digits.next_x, digits.next_y], 1)
    for low, high in zip(middle - half, middle + half, strict=True):
        cv2.rectangle(picture, _pixel(low), _pixel(high), BLUE, 3, cv2.LINE_AA)
    for at, to, has_next in zip(middle, ahead, digits.has_next > 0.5, strict=True):
        if has_next:
            cv2.arrowedLine(picture, _pixel(at), _pixel(to), RED, 3, cv2.LINE_AA, 0, 0.25)
        cv2.circle(picture, _pixel(at), 6, RED, -1, cv2.LINE_AA)
    return picture


def _pixel(point: NDArray[np.floating]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def outlined(photo: Pixels, cuts: list[list[Cut]]) -> Pixels:
    """Where the cuts lie, one colour for each line."""
    picture = pale(photo)
    for line, colour in zip(cuts, cycle(COLOURS), strict=False):
        for cut in line:
            height, width = cut.image.shape
            corners = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)])
            outline = np.rint(corners @ cut.matrix.T).astype(np.int32)
            cv2.polylines(picture, [outline], True, colour, 5, cv2.LINE_AA)
    return picture


def shown(cut: Cut, scale: float) -> Pixels:
    """A cut as black writing on white, enlarged."""
    large = resize(np.asarray(255 - cut.image, np.uint8), scale)
    return np.asarray(cv2.cvtColor(large, cv2.COLOR_GRAY2RGB), np.uint8)


def side_by_side(cuts: list[list[Cut]]) -> Pixels:
    """All cuts, one row for each line, in frames of its colour."""
    most = max(len(line) for line in cuts)
    widest = max(sum(cut.image.shape[1] for cut in line) for line in cuts)
    scale = (WIDTH - GAP * (most + 1)) / widest
    height = round(CUT_HEIGHT * scale)
    picture = np.full((GAP + (height + GAP) * len(cuts), WIDTH, 3), 255, np.uint8)
    for row, (line, colour) in enumerate(zip(cuts, cycle(COLOURS), strict=False)):
        top, left = GAP + (height + GAP) * row, GAP
        for cut in line:
            large = shown(cut, scale)
            right = left + large.shape[1]
            picture[top : top + height, left:right] = large
            cv2.rectangle(picture, (left, top), (right, top + height), colour, 2)
            left = right + GAP
    return picture


def answers(model: LineModel, cuts: list[Cut]) -> Pixels:
    """Cuts, and below each the line model's probability of each label in each column."""
    step, left = 16, 56
    scale = (WIDTH - left - GAP * len(cuts)) / sum(cut.image.shape[1] for cut in cuts)
    top = round(CUT_HEIGHT * scale) + GAP
    picture = np.full((top + step * len(SHOWN) + GAP, WIDTH, 3), 255, np.uint8)
    for row, label in enumerate(SHOWN):
        at = (6, top + step * row + 13)
        cv2.putText(picture, label, at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, GREY, 1, cv2.LINE_AA)
    rows = [model.labels.index(label) for label in SHOWN]
    for cut in cuts:
        large = shown(cut, scale)
        right = left + large.shape[1]
        picture[: large.shape[0], left:right] = large
        p = np.exp(model.columns(cut.image))[:, rows].T[..., None]
        heat = np.asarray(PALE * (1.0 - p) + p * np.array(BLUE), np.uint8)
        size = (round(heat.shape[1] * COLUMN * scale), step * len(SHOWN))
        heat = np.asarray(cv2.resize(heat, size, interpolation=cv2.INTER_NEAREST), np.uint8)
        picture[top : top + size[1], left:right] = heat[:, : right - left]
        left = right + GAP
    return picture


def turned(lying: Pixels, upright: Pixels) -> Pixels:
    """A page as it lies, and as it is read."""
    arrow = np.full((lying.shape[0], 120, 3), 255, np.uint8)
    middle = lying.shape[0] // 2
    cv2.arrowedLine(arrow, (20, middle), (100, middle), GREY, 8, cv2.LINE_AA, 0, 0.3)
    return np.hstack([lying, arrow, upright]).astype(np.uint8)


def table(model: Classifier) -> Pixels:
    """A ruled table as it was read, with its cells outlined."""
    cells = [["5", "", "3"], ["", "7", "12"], ["8", "46", ""]]
    paper = Paper(width=720, height=420, digit=52, gap=(0.05, 0.15))
    image = np.array(grid_page(cells, TABLE_SEED, paper, cell=(150, 105)), np.uint8)
    page, reading = read_upright(Page("table", 1, image), model)
    picture = image.copy()
    for ruled in find_ruled_tables(image, paper.digit):
        back = np.linalg.inv(ruled.to_flat)
        for (top, bottom), (left, right) in product(pairwise(ruled.rows), pairwise(ruled.columns)):
            corners = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]])
            outline = cv2.perspectiveTransform(corners.astype(np.float64), back)[0]
            inner = outline.mean(axis=0) + 0.92 * (outline - outline.mean(axis=0))
            cv2.polylines(picture, [np.rint(inner).astype(np.int32)], True, GREEN, 3)
    print("table:", [(each.text, each.cell) for line in reading.lines for each in line.numbers])
    return annotate(replace(page, image=picture), reading)


def drawing(model: Classifier) -> Pixels:
    """A drawing's segments, each in its own colour."""
    ink = number_ink("5358", DRAWING_SEED, gap=(-0.14, -0.04))
    lattice = make_lattice(canvas_layout(ink), model)
    if lattice is None:
        raise SystemExit("the drawing has no lattice")
    number = lattice.segments.number
    picture = np.full((*number.shape, 3), 255, np.uint8)
    for place in range(int(number.max()) + 1):
        picture[number == place] = COLOURS[place % len(COLOURS)]
    return np.pad(picture, ((14, 14), (14, 14), (0, 0)), constant_values=255)


def pictures() -> dict[str, Pixels]:
    """The picture of each stage, by file name."""
    model, networks = classifier.load(), load_networks()
    photo = photographed(made_page())
    upside_down = np.ascontiguousarray(np.rot90(photo, 2))
    page, reading = read_upright(Page("page", 1, upside_down), model)
    if not np.array_equal(page.image, photo):
        raise SystemExit("the page that is upside down was not turned")
    print("page:", [number.written for line in reading.lines for number in line.numbers])
    digits, maps = detect(networks, photo)
    pyramid = Pyramid([photo])
    cuts = [cut_line(pyramid, maps, digits, line.digits, line.angle) for line in find_lines(digits)]
    return {
        "1-photo": photo,
        "2-ink": inks(photo, maps[0]),
        "3-digits": found(photo, digits),
        "4-upright": turned(upside_down, photo),
        "5-lines": outlined(photo, cuts),
        "6-cuts": side_by_side(cuts),
        "7-line-model": answers(networks.line, [cuts[0][0], cuts[1][0], cuts[-1][-1]]),
        "8-numbers": annotate(page, reading),
        "9-tables": table(model),
        "10-drawing": drawing(model),
    }


def save(picture: Pixels, path: Path) -> None:
    """Write a picture small: as wide as the page shows it, with few colours."""
    image = Image.fromarray(picture)
    height = round(image.height * WIDTH / image.width)
    image = image.resize((WIDTH, height), Image.Resampling.LANCZOS)
    for colours in (128, 64, 32, 16):
        few = image.quantize(colours, Image.Quantize.MEDIANCUT, 2, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            break


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    folder: Path = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures().items():
        path = folder / f"{name}.png"
        save(picture, path)
        print(f"{path} {path.stat().st_size / 1000:.0f} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
