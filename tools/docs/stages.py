"""Remake the pictures of docs/reading.md: one made page, after each stage of reading.

    python tools/docs/stages.py [--out docs/images/reading]

The page is made from MNIST's test digits and has ruling lines, digits that touch and a word. It is
photographed at an angle on a dark desk. Everything follows from a seed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from PIL import Image  # noqa: E402

from inkling.imaging import ink  # noqa: E402
from inkling.imaging.load import Page  # noqa: E402
from inkling.imaging.pixels import BOX_LEVEL  # noqa: E402
from inkling.imaging.rectify import find_page  # noqa: E402
from inkling.layout.lines import PageLayout, page_layout  # noqa: E402
from inkling.layout.ruling import remove_ruling_lines  # noqa: E402
from inkling.layout.tables import find_tables  # noqa: E402
from inkling.reader.overlay import annotate  # noqa: E402
from inkling.reader.page import read_upright  # noqa: E402
from inkling.recognition import classifier, line_model  # noqa: E402
from inkling.recognition.lattice import Lattice, lattices  # noqa: E402
from inkling.recognition.line_image import strip_of  # noqa: E402
from tests.fixtures.no_digits import LETTERS  # noqa: E402
from tests.fixtures.pages_made import (  # noqa: E402
    Paper,
    grid_page,
    on_desk,
    render,
    write_number,
)

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]

OUT = ROOT / "docs" / "images" / "reading"
SEED = 7
WIDTH = 640
MOST_BYTES = 60_000
PAPER = Paper(width=1000, height=620, light=0.3, noise=1.5)
# Distance and darkness of the ruling lines; printed ones are paler, and hardly seen at this size.
RULED, RULE_INK = 80, 0.62
NUMBERS = (["3141", "59"], ["26", "5358"], ["97"])
WORD = "Hank"
# Okabe and Ito's colours.
BLUE, ORANGE, GREEN = (0, 114, 178), (230, 120, 0), (0, 158, 115)
PURPLE, SKY, RED = (204, 121, 167), (86, 180, 233), (213, 94, 0)
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)
TOUCHING = 1
# Ink below this is grain.
GRAIN = 30


# --- the page -------------------------------------------------------------------------------------


def made_page() -> Pixels:
    """Lines of numbers, one of which touch, and a word: uint8 (h, w, 3), RGB."""
    rng = np.random.default_rng(SEED)
    found = np.zeros((PAPER.height, PAPER.width), np.float32)
    for row in (RULED // 2 - 8, RULED // 2 - 7):
        found[row::RULED] = RULE_INK
    for row, numbers in enumerate(NUMBERS):
        base, left = 190.0 + 160.0 * row, 90.0
        gap = (-0.14, -0.04) if row == TOUCHING else PAPER.gap
        paper = Paper(width=PAPER.width, height=PAPER.height, digit=66, gap=gap)
        for number in numbers:
            left = write_number(found, number, left, base, paper, rng) + 90.0
    for letter in WORD:
        for stroke in LETTERS[letter]:
            way = np.array(stroke, float) * 0.64 + rng.normal(0, 1.5, (len(stroke), 2))
            way += (left, base - 62)
            cv2.polylines(found, [np.rint(way).astype(np.int32)], False, 1.0, 7, cv2.LINE_AA)
        left += 60
    return np.asarray(render(found, PAPER, rng), np.uint8)


def photographed(page: Pixels) -> Pixels:
    """The page on a desk, seen from aside."""
    corners = [(150, 90), (1110, 40), (1210, 700), (60, 760)]
    photo_of_it, _ = on_desk(page, corners, (1280, 800))
    return np.asarray(photo_of_it, np.uint8)


# --- the stages -----------------------------------------------------------------------------------


def on_paper(found: Pixels) -> Pixels:
    """Ink as a picture: black on white, without grain, for it is shown small."""
    top = max(1.0, float(np.percentile(found[found > BOX_LEVEL], 90)) if found.any() else 1.0)
    strong = np.clip((found.astype(np.float32) - GRAIN) / (top - GRAIN), 0.0, 1.0)
    gray = (255 - 255 * strong).astype(np.uint8)
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), np.uint8)


def tables() -> Pixels:
    """A grid that was found, with its cells."""
    cells = [["5", "", "3"], ["", "7", "12"], ["8", "46", ""]]
    paper = Paper(width=720, height=420, digit=52)
    page = grid_page(cells, SEED, paper, cell=(150, 105))
    picture = page.copy()
    for table in find_tables(ink.from_image(page, window=0.12)):
        for row in range(table.shape[0]):
            for column in range(table.shape[1]):
                x0, x1 = table.columns[column], table.columns[column + 1]
                y0, y1 = table.rows[row], table.rows[row + 1]
                cell = np.array([[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]], np.float64)
                there = cv2.perspectiveTransform(cell, table.to_page)[0]
                centre = there.mean(axis=0)
                inner = centre + 0.9 * (there - centre)
                cv2.polylines(picture, [np.rint(inner).astype(np.int32)], True, BLUE, 3)
    return np.asarray(picture, np.uint8)


def components(parts: PageLayout) -> Pixels:
    """Components boxed, a colour for each line."""
    picture = on_paper(parts.ink)
    for row, marks in enumerate(parts.lines):
        for mark in marks:
            x, y, width, height = mark.box
            cv2.rectangle(
                picture, (x - 4, y - 4), (x + width + 4, y + height + 4), PALETTE[row % 6], 4
            )
    return picture


def segments(lattice: Lattice) -> Pixels:
    """A line after over-segmentation, a colour for each segment."""
    number = lattice.pieces.number
    picture = np.full((*number.shape, 3), 255, np.uint8)
    for place in range(int(number.max()) + 1):
        picture[number == place] = PALETTE[place % 6]
    return np.pad(picture, ((14, 14), (14, 14), (0, 0)), constant_values=255)


def line_answer(parts: PageLayout, lattice: Lattice) -> Pixels:
    """A line image, and below it what the line model says of each column: a row for each label."""
    image = strip_of(parts, lattice.line, lattice.pieces.height)
    network = line_model.load()
    if network is None:
        raise SystemExit("there is no line model under model/line/")
    p = np.exp(network.log_probabilities(image))[:, :-1].T
    scale = WIDTH / image.shape[1]
    size = (WIDTH, round(image.shape[0] * scale))
    top = cv2.resize(on_paper(image), size, interpolation=cv2.INTER_CUBIC)
    heat = (255 * (1.0 - p[..., None]) + p[..., None] * np.array(BLUE)).astype(np.uint8)
    heat = cv2.resize(heat, (WIDTH - 30, 240), interpolation=cv2.INTER_NEAREST)
    rows = np.full((240, WIDTH, 3), 255, np.uint8)
    rows[:, 30:] = heat
    for label in range(p.shape[0]):
        cv2.putText(
            rows, str(label), (6, 20 + 24 * label), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (60, 60, 60), 1
        )
    return np.vstack([top, rows]).astype(np.uint8)


def pictures() -> dict[str, Pixels]:
    """The picture of each stage, by name."""
    model = classifier.load()
    loaded = photographed(made_page())
    flat = find_page(loaded).image
    as_ink = ink.from_image(flat, window=0.12)
    plain = remove_ruling_lines(as_ink)
    parts = page_layout(plain)
    lattice = lattices(parts, model)[TOUCHING]
    upside_down = np.ascontiguousarray(np.rot90(loaded, 2))
    _, reading = read_upright(Page("upside down", 1, upside_down), model)
    if not any("turned" in warning for warning in reading.warnings):
        raise SystemExit("the page that is upside down was not turned")
    page, reading = read_upright(Page("page", 1, loaded), model)
    print("read:", reading.text.replace("\n", " / "))
    makers: dict[str, Callable[[], Pixels]] = {
        "1-load": lambda: loaded,
        "2-rectify": lambda: flat,
        "3-ink": lambda: on_paper(as_ink),
        "4-orientation": lambda: upside_down,
        "5-tables": tables,
        "6-ruling": lambda: on_paper(plain),
        "7-lines": lambda: components(parts),
        "8-segments": lambda: segments(lattice),
        "9-line-model": lambda: line_answer(parts, lattice),
        "10-reading": lambda: annotate(page, reading),
    }
    return {name: make() for name, make in makers.items()}


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
