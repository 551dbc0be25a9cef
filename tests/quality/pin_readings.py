"""Write everything that is read, one line per picture, to compare two versions of the code.

    python tests/quality/pin_readings.py FOLDER [--set NAME ...] [--limit N] > FILE

FOLDER holds cheques/, photos/, register/, sudoku/ and drawn/, as described in
benchmarks/accuracy/photo_sets.py; missing sets are skipped. Generated pages and MNIST's test digits
(on a canvas, and as pictures of either polarity) need no folder. A line holds the set, the picture,
and what is read, with boxes, confidences to the last bit and the predictions. Warnings are left out
because their wording may change. Uses all cores.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np

from inkling.imaging import ink
from inkling.imaging.load import Page, PhotoError, open_pages
from inkling.reader.drawing import read_digit, read_ink
from inkling.reader.page import read_upright
from inkling.recognition import classifier
from inkling.recognition.results import Prediction, Reading
from tests.fixtures import no_digits
from tests.fixtures.pages_made import Paper, encode, grid_page, make_page, mnist_test
from tests.fixtures.redrawn import on_canvas

NETWORK = "digits"
PICTURE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"}
FOLDERS = ("cheques", "photos", "register", "sudoku")
PAPERS = (
    Paper(),
    Paper(width=590, height=420, digit=36),
    Paper(ruled=60, slope=0.03),
    Paper(squared=40),
    Paper(shadow=0.4, light=0.1, noise=6.0),
    Paper(pen=(200, 60, 50), colour=(250, 250, 250)),
)


def of_prediction(prediction: Prediction | None) -> dict[str, Any] | None:
    if prediction is None:
        return None
    return {
        "label": prediction.label,
        "confidence": prediction.confidence.hex(),
        "is_digit": prediction.is_digit,
        "is_sure": prediction.is_sure,
        "probabilities": [value.hex() for value in prediction.probabilities],
    }


def of_reading(reading: Reading) -> dict[str, Any]:
    return {
        "size": [reading.width, reading.height],
        "lines": [
            [
                {
                    "cell": number.cell
                    and [number.cell.table, number.cell.row, number.cell.column],
                    "digits": [
                        {
                            "label": digit.label,
                            "confidence": digit.confidence.hex(),
                            "box": list(digit.box),
                            "prediction": of_prediction(digit.prediction),
                        }
                        for digit in number.digits
                    ],
                }
                for number in line.numbers
            ]
            for line in reading.lines
        ],
    }


def of_page(page: Page) -> dict[str, Any]:
    return of_reading(read_upright(page, classifier.load(NETWORK))[1])


def of_file(path: Path) -> list[Any]:
    try:
        return [of_page(page) for page in open_pages(path, path.name)]
    except PhotoError:
        return ["cannot be opened"]


def of_digit_file(path: Path) -> list[Any]:
    model = classifier.load(NETWORK)
    pages = open_pages(path, path.name)
    return [of_prediction(read_digit(ink.from_image(p.image), model)[1]) for p in pages]


def of_made(number: int) -> Any:
    """A generated page: numbers on six kinds of paper, a grid, words or scribbles."""
    rng = np.random.default_rng(number)
    texts = [
        ["".join(rng.choice(list("0123456789"), rng.integers(1, 6))) for _ in range(2)]
        for _ in range(3)
    ]
    kind, seed = number % (len(PAPERS) + 4), number
    if kind < len(PAPERS):
        picture = make_page(texts, seed, PAPERS[kind])
    elif kind == len(PAPERS):
        picture = grid_page([["1", "23"], ["405", ""], ["", "6"]], seed, cell=(150, 80))
    else:
        makers: list[Callable[[int], Any]] = [
            partial(no_digits.handwritten, no_digits.WORDS),
            partial(no_digits.printed, no_digits.WORDS),
            no_digits.scribbled,
        ]
        picture = makers[kind - len(PAPERS) - 1](seed)
    return of_page(Page("made.jpg", 1, picture))


def of_mnist_canvas(number: int) -> Any:
    rgba = on_canvas(mnist_test()[0][number], np.random.default_rng(number))
    return of_reading(read_ink(ink.from_canvas(rgba), classifier.load(NETWORK)))


def of_mnist_picture(number: int) -> Any:
    """A digit as a picture, dark on light for even numbers and light on dark for odd ones."""
    rgb = on_canvas(mnist_test()[0][number], np.random.default_rng(number))[..., :3]
    content = encode(255 - rgb if number % 2 else np.ascontiguousarray(rgb))
    page = next(iter(open_pages(content, "digit.png")))
    return [
        of_prediction(read_digit(ink.from_image(page.image), classifier.load(NETWORK))[1]),
        of_page(page),
    ]


def jobs(folder: Path, limit: int | None) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    for name in (*FOLDERS, "drawn"):
        paths = sorted(
            p for p in (folder / name).rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES
        )
        for path in paths[:limit]:
            read = of_digit_file if name == "drawn" else of_file
            yield name, path.relative_to(folder / name).as_posix(), partial(read, path)
    for number in range(200)[:limit]:
        yield "made", str(number), partial(of_made, number)
    for number in range(10_000)[:limit]:
        yield "canvas", str(number), partial(of_mnist_canvas, number)
    for number in range(10_000)[:limit]:
        yield "picture", str(number), partial(of_mnist_picture, number)


def line_of(job: tuple[str, str, Callable[[], Any]]) -> str:
    name, picture, read = job
    return f"{name}\t{picture}\t{json.dumps(read(), separators=(',', ':'))}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", dest="sets", nargs="+", metavar="NAME")
    parser.add_argument("--limit", type=int, metavar="N", help="pictures of each set")
    options = parser.parse_args()
    selected = [
        job
        for job in jobs(options.folder, options.limit)
        if not options.sets or job[0] in options.sets
    ]
    context = multiprocessing.get_context("spawn")
    processes = os.cpu_count() or 1
    with context.Pool(processes, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        for line in pool.imap(line_of, selected, chunksize=8):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
