"""Pairs of touching digits: how many are read correctly, by how much they overlap.

    python benchmarks/accuracy/touching.py [--pairs N] [--seed N] [--network NAME] [--json FILE]

Two MNIST test digits stand side by side and share 0 to 20 % of the narrower one's width, so that
their ink overlaps or touches; pairs that do not touch are drawn again. Each pair is read as a
drawing and as a photographed page. Prints JSON with 95 % intervals.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np

from benchmarks import common
from inkling.imaging.load import Page
from inkling.imaging.pixels import BOX_LEVEL, Pixels
from inkling.reader.drawing import read_ink
from inkling.reader.page import read_page
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.recognition.results import Reading
from tests.fixtures.pages_made import Paper, digit_image, render

# The largest overlap, as a part of the narrower digit's width, and the bands reported apart.
MAX_OVERLAP = 0.2
BANDS = ((0.0, 0.05), (0.05, 0.1), (0.1, 0.15), (0.15, 0.2))
# The longer side of a digit, in pixels.
HEIGHT = 64


def enlarge_digit(label: str, rng: np.random.Generator) -> Pixels:
    """Enlarge one MNIST digit to crisp pen strokes.

    Returns:
        Ink, uint8 (h, w), cropped to the digit; the longer side is about HEIGHT.
    """
    image = digit_image(label, rng)
    scale = HEIGHT * float(rng.uniform(0.92, 1.08)) / max(image.shape)
    size = (round((image.shape[1] + 2) * scale), round((image.shape[0] + 2) * scale))
    large = cv2.resize(np.pad(image, 1), size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    sharp = (cv2.GaussianBlur(large, (0, 0), scale / 3.0) / 255.0 - 0.3) / 0.4
    ink = np.asarray(np.clip(np.rint(sharp * 255.0), 0, 255), np.uint8)
    rows, columns = np.nonzero(ink >= BOX_LEVEL)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def make_pair(text: str, overlap: float, rng: np.random.Generator) -> Pixels | None:
    """Draw two digits side by side.

    Args:
        text: the two digits.
        overlap: how much their boxes overlap, as a part of the narrower one's width.
        rng: for the digits and their heights on the line.

    Returns:
        Ink, uint8 (3 * HEIGHT, w); None if the digits do not touch.
    """
    left, right = (enlarge_digit(label, rng) for label in text)
    shared = round(overlap * min(left.shape[1], right.shape[1]))
    start = HEIGHT + left.shape[1] - shared
    ink = np.zeros((3 * HEIGHT, start + right.shape[1] + HEIGHT), np.uint8)
    for digit, x in ((left, HEIGHT), (right, start)):
        y = 2 * HEIGHT - digit.shape[0] + int(rng.integers(-2, 3))
        area = ink[y : y + digit.shape[0], x : x + digit.shape[1]]
        np.maximum(area, digit, out=area)
    # Background and one component.
    labels, _ = cv2.connectedComponents((ink >= BOX_LEVEL).astype(np.uint8), connectivity=8)
    return ink if labels == 2 else None


def make_pairs(count: int, seed: int) -> Iterator[tuple[str, float, Pixels]]:
    """Touching pairs with their text and overlap, which grows from 0 to MAX_OVERLAP."""
    rng = np.random.default_rng(seed)
    for index in range(count):
        overlap = MAX_OVERLAP * (index + 0.5) / count
        while True:
            text = "".join(rng.choice(list("0123456789"), 2))
            ink = make_pair(text, overlap, rng)
            if ink is not None:
                yield text, overlap, ink
                break


def read_photographed(ink: Pixels, model: Classifier, seed: int) -> Reading:
    """Read a pair as a page photographed with a phone."""
    paper = Paper(width=800, height=600)
    page = np.zeros((paper.height, paper.width), np.float32)
    page[200 : 200 + ink.shape[0], 250 : 250 + ink.shape[1]] = ink / 255.0
    picture = render(page, paper, np.random.default_rng(seed))
    return read_page(Page("pair.jpg", 1, picture), model)


def measure(count: int, seed: int, network: str, *, photos: bool = True) -> dict[str, Any]:
    """Read pairs: figures with intervals, for all of them and by overlap."""
    model = classifier.load(network)
    right: dict[str, list[bool]] = {"drawn": []}
    overlaps: list[float] = []
    for index, (text, overlap, ink) in enumerate(make_pairs(count, seed)):
        overlaps.append(overlap)
        right["drawn"].append(read_ink(ink, model).text == text)
        if photos:
            reading = read_photographed(ink, model, index)
            right.setdefault("photographed", []).append(reading.text == text)
    return {
        "network": network,
        "overlap": [0.0, MAX_OVERLAP],
        **{name: _figures(hits, overlaps) for name, hits in right.items()},
    }


def _figures(hits: list[bool], overlaps: list[float]) -> dict[str, Any]:
    bands = []
    for low, high in BANDS:
        inside = [hit for hit, overlap in zip(hits, overlaps, strict=True) if low <= overlap < high]
        if inside:
            part = common.proportion(sum(inside), len(inside))
            bands.append({"overlap": [low, high], **part})
    return {**common.proportion(sum(hits), len(hits)), "by_overlap": bands}


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--pairs", type=int, default=400, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    common.add_network(parser)
    common.add_json(parser)
    options = parser.parse_args()
    figures = measure(options.pairs, options.seed, options.network)
    common.write_figures(figures, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
