"""Pairs of digits that touch: how many are read right, by how much they overlap.

    python benchmarks/accuracy/touching.py [--pairs N] [--seed N] [--network NAME] [--json FILE]

Two MNIST test digits stand side by side and share 0 to 20 % of the narrower one's width, so that
their ink overlaps or touches: pairs that only come near each other are drawn again. Each pair is
read as a drawing and as a photographed page. Prints JSON with 95 % intervals.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from inkling.imaging.load import Page  # noqa: E402
from inkling.reader.drawing import read_ink  # noqa: E402
from inkling.reader.page import read_page  # noqa: E402
from inkling.recognition import classifier  # noqa: E402
from inkling.recognition.classifier import Classifier  # noqa: E402
from inkling.recognition.results import Reading  # noqa: E402
from inkling.reports.statistics import wilson  # noqa: E402
from tests.fixtures.pages_made import Paper, digit_image, render  # noqa: E402

Pixels = NDArray[np.uint8]

MOST = 0.2
BANDS = ((0.0, 0.05), (0.05, 0.1), (0.1, 0.15), (0.15, 0.2))
HEIGHT = 64


def enlarged(label: str, rng: np.random.Generator) -> Pixels:
    """One digit as a pen writes it, cut to its ink: uint8 (h, w), the longer side about HEIGHT."""
    image = digit_image(label, rng)
    scale = HEIGHT * float(rng.uniform(0.92, 1.08)) / max(image.shape)
    size = (round((image.shape[1] + 2) * scale), round((image.shape[0] + 2) * scale))
    large = cv2.resize(np.pad(image, 1), size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    sharp = (cv2.GaussianBlur(large, (0, 0), scale / 3.0) / 255.0 - 0.3) / 0.4
    ink = np.asarray(np.clip(np.rint(sharp * 255.0), 0, 255), np.uint8)
    rows, columns = np.nonzero(ink >= 64)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def pair(text: str, overlap: float, rng: np.random.Generator) -> Pixels | None:
    """Two digits whose boxes share that part of the narrower one's width; None where their ink
    does not touch.

    Returns:
        uint8 (3 * HEIGHT, w) ink.
    """
    left, right = (enlarged(label, rng) for label in text)
    shared = round(overlap * min(left.shape[1], right.shape[1]))
    start = HEIGHT + left.shape[1] - shared
    ink = np.zeros((3 * HEIGHT, start + right.shape[1] + HEIGHT), np.uint8)
    for digit, x in ((left, HEIGHT), (right, start)):
        y = 2 * HEIGHT - digit.shape[0] + int(rng.integers(-2, 3))
        area = ink[y : y + digit.shape[0], x : x + digit.shape[1]]
        np.maximum(area, digit, out=area)
    parts, _ = cv2.connectedComponents((ink >= 64).astype(np.uint8), connectivity=8)
    return ink if parts == 2 else None


def pairs(count: int, seed: int) -> Iterator[tuple[str, float, Pixels]]:
    """So many touching pairs with what they say and their overlap, spread over 0 to MOST."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        overlap = MOST * (number + 0.5) / count
        while True:
            text = "".join(rng.choice(list("0123456789"), 2))
            ink = pair(text, overlap, rng)
            if ink is not None:
                yield text, overlap, ink
                break


def as_drawn(ink: Pixels, model: Classifier) -> str:
    return read_ink(ink, model).text


def photographed(ink: Pixels, model: Classifier, seed: int) -> Reading:
    """The pair on a page that a phone photographs."""
    paper = Paper(width=800, height=600)
    page = np.zeros((paper.height, paper.width), np.float32)
    page[200 : 200 + ink.shape[0], 250 : 250 + ink.shape[1]] = ink / 255.0
    picture = render(page, paper, np.random.default_rng(seed))
    return read_page(Page("pair.jpg", 1, picture), model)


def measure(count: int, seed: int, network: str, *, photos: bool = True) -> dict[str, Any]:
    """Read so many pairs: figures with intervals, all of them and by overlap."""
    model = classifier.load(network)
    right: dict[str, list[bool]] = {"drawn": []}
    overlaps: list[float] = []
    for number, (text, overlap, ink) in enumerate(pairs(count, seed)):
        overlaps.append(overlap)
        right["drawn"].append(as_drawn(ink, model) == text)
        if photos:
            said = photographed(ink, model, number).text
            right.setdefault("photographed", []).append(said == text)
    return {
        "network": network,
        "overlap": [0.0, MOST],
        **{name: _figures(hits, overlaps) for name, hits in right.items()},
    }


def _figures(hits: list[bool], overlaps: list[float]) -> dict[str, Any]:
    bands = []
    for low, high in BANDS:
        inside = [hit for hit, overlap in zip(hits, overlaps, strict=True) if low <= overlap < high]
        if inside:
            bands.append({"overlap": [low, high], **_share(inside)})
    return {**_share(hits), "by_overlap": bands}


def _share(hits: list[bool]) -> dict[str, Any]:
    found = wilson(sum(hits), len(hits))
    return {
        "n": len(hits),
        "right": sum(hits),
        "accuracy": round(found.value, 4),
        "low": round(found.low, 4),
        "high": round(found.high, 4),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=400, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--network", default="digits", metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    text = json.dumps(measure(options.pairs, options.seed, options.network), indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
