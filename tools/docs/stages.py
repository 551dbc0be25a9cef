"""Remake the pictures of docs/reading.md: one made page, after each stage of reading.

    python tools/docs/stages.py [--out docs/images/reading]

The page is made from MNIST's test digits. It has ruling lines, digits that touch and a word, and it
is photographed at an angle on a dark desk. Everything follows from a seed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
from PIL import Image

from inkling.imaging import ink
from inkling.imaging.load import Page
from inkling.imaging.pixels import BOX_LEVEL, Pixels
from inkling.imaging.rectify import find_page
from inkling.layout.page import PAGE_WINDOW, analyse
from inkling.layout.page_layout import PageLayout
from inkling.layout.tables import find_tables
from inkling.paths import ROOT
from inkling.reader.overlay import annotate
from inkling.reader.page import read_upright
from inkling.recognition import classifier, line_model
from inkling.recognition.lattice import Lattice, lattices
from inkling.recognition.line_image import ink_image
from tests.fixtures.no_digits import LETTERS
from tests.fixtures.pages_made import (
    Paper,
    grid_page,
    on_desk,
    render,
    write_number,
)

Colour = tuple[int, int, int]

OUT = ROOT / "docs" / "images" / "reading"
SEED = 7
# Width of the pictures in pixels, and the largest file in bytes.
WIDTH = 640
MOST_BYTES = 60_000
PAPER = Paper(width=1000, height=620, light=0.3, noise=1.5)
# Distance of the ruling lines in pixels and their darkness, 0..1. Printed ones are paler and can
# hardly be seen at this size.
RULED, RULE_INK = 80, 0.62
NUMBERS = (["3141", "59"], ["26", "5358"], ["97"])
# Letters that no model takes for digits.
WORD = "Hank"
# The line whose digits touch.
TOUCHING = 1
# Okabe and Ito's colours, RGB.
BLUE, ORANGE, GREEN = (0, 114, 178), (230, 120, 0), (0, 158, 115)
PURPLE, SKY, RED = (204, 121, 167), (86, 180, 233), (213, 94, 0)
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)
# Ink below this, of 255, is the grain of the paper.
GRAIN = 30


def made_page() -> Pixels:
    """Lines of numbers, one of which touch, and a word: uint8 (h, w, 3), RGB."""
    rng = np.random.default_rng(SEED)
    page_ink = np.zeros((PAPER.height, PAPER.width), np.float32)
    for row in (RULED // 2 - 8, RULED // 2 - 7):
        page_ink[row::RULED] = RULE_INK
    for row, numbers in enumerate(NUMBERS):
        base, left = 190.0 + 160.0 * row, 90.0
        gap = (-0.14, -0.04) if row == TOUCHING else PAPER.gap
        paper = Paper(width=PAPER.width, height=PAPER.height, digit=66, gap=gap)
        for number in numbers:
            left = write_number(page_ink, number, left, base, paper, rng) + 90.0
    for letter in WORD:
        for stroke in LETTERS[letter]:
            points = np.array(stroke, float) * 0.64 + rng.normal(0, 1.5, (len(stroke), 2))
            points += (left, base - 62)
            cv2.polylines(page_ink, [np.rint(points).astype(np.int32)], False, 1.0, 7, cv2.LINE_AA)
        left += 60
    return np.asarray(render(page_ink, PAPER, rng), np.uint8)


def photographed(page: Pixels) -> Pixels:
    """The page on a desk, seen at an angle."""
    corners = [(150, 90), (1110, 40), (1210, 700), (60, 760)]
    photo, _ = on_desk(page, corners, (1280, 800))
    return np.asarray(photo, np.uint8)


def on_paper(ink: Pixels) -> Pixels:
    """Ink as a picture: black on white, without grain, because it is shown small."""
    top = max(1.0, float(np.percentile(ink[ink > BOX_LEVEL], 90)) if ink.any() else 1.0)
    strength = np.clip((ink.astype(np.float32) - GRAIN) / (top - GRAIN), 0.0, 1.0)
    gray = (255 - 255 * strength).astype(np.uint8)
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), np.uint8)


def tables() -> Pixels:
    """A printed grid with its cells outlined."""
    cells = [["5", "", "3"], ["", "7", "12"], ["8", "46", ""]]
    paper = Paper(width=720, height=420, digit=52)
    page = grid_page(cells, SEED, paper, cell=(150, 105))
    picture = np.array(page, np.uint8)
    for table in find_tables(ink.from_image(page, window=PAGE_WINDOW)):
        for row in range(table.shape[0]):
            for column in range(table.shape[1]):
                x0, x1 = table.columns[column], table.columns[column + 1]
                y0, y1 = table.rows[row], table.rows[row + 1]
                corners = np.array([[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]], np.float64)
                outline = cv2.perspectiveTransform(corners, table.to_page)[0]
                centre = outline.mean(axis=0)
                inner = centre + 0.9 * (outline - centre)
                cv2.polylines(picture, [np.rint(inner).astype(np.int32)], True, BLUE, 3)
    return picture


def components(layout: PageLayout) -> Pixels:
    """Components in boxes, one colour for each line."""
    picture = on_paper(layout.ink)
    for row, line in enumerate(layout.lines):
        for component in line:
            x, y, width, height = component.box
            cv2.rectangle(
                picture, (x - 4, y - 4), (x + width + 4, y + height + 4), PALETTE[row % 6], 4
            )
    return picture


def segments(lattice: Lattice) -> Pixels:
    """A line after over-segmentation, one colour for each segment."""
    number = lattice.segments.number
    picture = np.full((*number.shape, 3), 255, np.uint8)
    for place in range(int(number.max()) + 1):
        picture[number == place] = PALETTE[place % 6]
    return np.pad(picture, ((14, 14), (14, 14), (0, 0)), constant_values=255)


def line_answer(layout: PageLayout, lattice: Lattice) -> Pixels:
    """A line image, and below it the line model's probability of each label in each column."""
    image = ink_image(layout, lattice.line, lattice.segments.height)
    model = line_model.load()
    if model is None:
        raise SystemExit("there is no line model under model/line/")
    p = np.exp(model.log_probabilities(image))[:, :-1].T
    scale = WIDTH / image.shape[1]
    size = (WIDTH, round(image.shape[0] * scale))
    top = cv2.resize(on_paper(image), size, interpolation=cv2.INTER_CUBIC)
    heat = (255 * (1.0 - p[..., None]) + p[..., None] * np.array(BLUE)).astype(np.uint8)
    heat = cv2.resize(heat, (WIDTH - 30, 240), interpolation=cv2.INTER_NEAREST)
    rows = np.full((240, WIDTH, 3), 255, np.uint8)
    rows[:, 30:] = heat
    for place, label in enumerate(model.labels):
        cv2.putText(
            rows, label, (6, 20 + 24 * place), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (60, 60, 60), 1
        )
    return np.vstack([top, rows]).astype(np.uint8)


def pictures() -> dict[str, Pixels]:
    """The picture of each stage, by file name."""
    model = classifier.load()
    photo = photographed(made_page())
    paper = find_page(photo).image
    layout = analyse(Page("page", 1, photo))
    if layout.page_ink is None:
        raise SystemExit("the layout has no ink")
    lattice = lattices(layout, model)[TOUCHING]
    upside_down = np.ascontiguousarray(np.rot90(photo, 2))
    turned, _ = read_upright(Page("upside down", 1, upside_down), model)
    if not np.array_equal(turned.image, photo):
        raise SystemExit("the page that is upside down was not turned")
    page, reading = read_upright(Page("page", 1, photo), model)
    print("read:", reading.text.replace("\n", " / "))
    return {
        "1-load": photo,
        "2-rectify": paper,
        "3-ink": on_paper(ink.from_image(paper, window=PAGE_WINDOW)),
        "4-orientation": upside_down,
        "5-tables": tables(),
        "6-ruling": on_paper(layout.page_ink),
        "7-lines": components(layout),
        "8-segments": segments(lattice),
        "9-line-model": line_answer(layout, lattice),
        "10-reading": annotate(page, reading),
    }


def save(picture: Pixels, path: Path) -> None:
    """Write a picture small: as wide as the page shows it, with few colours."""
    image = Image.fromarray(picture)
    height = round(image.height * WIDTH / image.width)
    image = image.resize((WIDTH, height), Image.Resampling.LANCZOS)
    for colours in (64, 32, 16, 8):
        few = image.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
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
