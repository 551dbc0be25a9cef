"""Accuracy on the easy set: plain digits and numbers that everybody reads at a glance.

    python benchmarks/accuracy/easy.py [--per-cell N] [--strokes FOLDER] [--part NAME ...]
        [--timeout SECONDS] [--network NAME] [--json FILE]

The digits are MNIST's legible test digits, redrawn in any pen; with --strokes, those of the test
writers of the pen strokes in FOLDER (unipen_digits.npz, pendigits.npz). There are four parts:

- grid: numbers of one to six digits by pen, size, colours, picture size, paper and turn (see
  tests/fixtures/easy.py), as `read` reads them: whole numbers right in each row of the grid, for
  each pen and size, and in the worst of these.
- sizes: 25 clean pages of large separate digits, each at five sizes.
- files: single digits in pens of 5 to 18 % of their height, as pictures of either polarity and as
  ink that is handed over directly, as `classify` reads them.
- mnist: MNIST's first 2,000 test digits, redrawn on a canvas and saved as pictures of either
  polarity, compared with the originals.

Accuracies have 95 % Wilson intervals. A picture that takes longer than --timeout counts as wrong.
What was not read correctly is listed on stderr. Each part is written as soon as it is measured;
parts that the file already holds for the same network and digits are kept.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from rapidfuzz.distance import LCSseq

from benchmarks import common
from benchmarks.accuracy.readers import ReadUpright
from inkling.imaging import ink
from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.reader.deadline import Deadline
from inkling.reader.drawing import read_digit
from inkling.reader.page import read_upright
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from tests.fixtures import easy, easy_files
from tests.fixtures.hands import Hands, mnist_hands, pen_writers
from tests.fixtures.pages_made import mnist_test
from tests.fixtures.redrawn import on_canvas

PARTS = ("grid", "sizes", "files", "mnist")
PEN_AND_HEIGHT = "pen and height"
# Plain pages, single digits of each pen, and MNIST's test digits that are redrawn.
PAGES, FILES, REDRAWN = 25, 200, 2000
# A row of fewer numbers cannot be the worst one.
MIN_ROW = 8
# Seconds per picture.
TIMEOUT = 30.0
# How a single digit's ink is handed over.
WAYS: dict[str, Callable[[Pixels], Pixels]] = {
    "directly": lambda digit: digit,
    "black on white": lambda digit: ink.from_image(np.dstack([255 - digit] * 3)),
    "white on black": lambda digit: ink.from_image(np.dstack([digit] * 3)),
}

Counts = tuple[int, int]


class Drawn(NamedTuple):
    """A picture, and its numbers from top to bottom."""

    picture: Pixels
    numbers: tuple[str, ...]


def numbers_right(truth: Sequence[str], read: Sequence[str]) -> int:
    """How many numbers were read correctly, in order; each line too many takes one away."""
    extra = max(0, len(read) - len(truth))
    return max(0, int(LCSseq.similarity(list(truth), list(read))) - extra)


def read_all(
    drawn: Iterable[Drawn], read: ReadUpright, model: Classifier, timeout: float
) -> Iterator[tuple[Drawn, tuple[str, ...] | None]]:
    """Each picture with the lines read on it; None where it took too long."""
    for each in drawn:
        deadline = Deadline(timeout)
        _, reading = read(Page("easy.png", 1, each.picture), model, deadline)
        lines = tuple(line.text for line in reading.lines)
        yield each, None if deadline.was_missed else lines


def measure_grid(
    hands: Hands, read: ReadUpright, model: Classifier, per_cell: int, timeout: float
) -> dict[str, Any]:
    """Whole numbers right: of all, by row of each axis, by pen and height, and the worst."""
    cells = easy.cells(per_cell)
    pictures = (easy.draw(cell, seed, hands) for seed, cell in enumerate(cells))
    drawn = (Drawn(each.picture, each.numbers) for each in pictures)
    rows: dict[str, dict[str, list[Counts]]] = {axis: {} for axis in (PEN_AND_HEIGHT, *easy.AXES)}
    counts, slow = [], 0
    for cell, (each, lines) in zip(cells, read_all(drawn, read, model, timeout), strict=True):
        count = (numbers_right(each.numbers, lines or ()), len(each.numbers))
        counts.append(count)
        slow += lines is None
        names = cell.names() | {PEN_AND_HEIGHT: f"{cell.pen}, {cell.height} px"}
        for axis, of_axis in rows.items():
            of_axis.setdefault(names[axis], []).append(count)
        if count[0] < count[1]:
            _show_error(f"{cell}: {' '.join(each.numbers)}", lines)
    by = {
        axis: {row: _proportion(of_row) for row, of_row in of_axis.items()}
        for axis, of_axis in rows.items()
    }
    return {
        "pictures": len(cells),
        "too_slow": slow,
        "all": _proportion(counts),
        "worst_row": worst({axis: by[axis] for axis in easy.AXES}),
        "worst_pen_and_height": worst({PEN_AND_HEIGHT: by[PEN_AND_HEIGHT]}),
        "by": by,
    }


def worst(axes: Mapping[str, Mapping[str, dict[str, Any]]]) -> dict[str, Any]:
    """The row with the lowest accuracy among those of at least MIN_ROW numbers; {} for none."""
    rows = [
        {"axis": axis, "row": row, **figures}
        for axis, of_axis in axes.items()
        for row, figures in of_axis.items()
        if figures["n"] >= MIN_ROW
    ]
    return min(rows, key=lambda row: float(row["accuracy"]), default={})


def measure_sizes(
    hands: Hands, read: ReadUpright, model: Classifier, timeout: float
) -> dict[str, Any]:
    """Clean pages at five sizes: readings right, and pages read the same at all sizes."""
    sides = easy_files.PAGE_SIDES
    drawn = (
        Drawn(*easy_files.plain_page(seed, side, hands)) for seed in range(PAGES) for side in sides
    )
    right: dict[int, int] = dict.fromkeys(sides, 0)
    readings: list[set[tuple[str, ...] | None]] = [set() for _ in range(PAGES)]
    for place, (each, lines) in enumerate(read_all(drawn, read, model, timeout)):
        side = sides[place % len(sides)]
        right[side] += lines == each.numbers
        readings[place // len(sides)].add(lines)
        if lines != each.numbers:
            _show_error(f"page {place // len(sides)} at {side}: {' '.join(each.numbers)}", lines)
    same = sum(len(found) == 1 and None not in found for found in readings)
    return {
        "right": common.proportion(sum(right.values()), PAGES * len(sides)),
        "by_side": {str(side): common.proportion(n, PAGES) for side, n in right.items()},
        "same_at_all_sizes": common.proportion(same, PAGES),
    }


def measure_files(hands: Hands, model: Classifier) -> dict[str, Any]:
    """Single digits right, by pen and by the way they are handed over."""
    right = {pen: dict.fromkeys(WAYS, 0) for pen in easy_files.FILE_PENS}
    for pen, counts in right.items():
        for seed in range(FILES):
            label, digit = easy_files.single_digit(seed, pen, hands)
            for way, as_ink in WAYS.items():
                _, prediction = read_digit(as_ink(digit), model)
                counts[way] += prediction is not None and prediction.label == label
    of_way = {way: sum(counts[way] for counts in right.values()) for way in WAYS}
    return {
        "all": {way: common.proportion(n, FILES * len(right)) for way, n in of_way.items()},
        "by_pen": {
            f"{pen:.0%}": {way: common.proportion(n, FILES) for way, n in counts.items()}
            for pen, counts in right.items()
        },
    }


def measure_mnist(model: Classifier) -> dict[str, Any]:
    """MNIST's test digits right: the originals, and redrawn, by the way they are handed over."""
    rng = np.random.default_rng(0)
    x, y = (part[:REDRAWN] for part in mnist_test())
    right = dict.fromkeys(("canvas", "black on white", "white on black"), 0)
    for image, label in zip(x, y.tolist(), strict=True):
        canvas = on_canvas(image, rng)
        rgb = np.ascontiguousarray(canvas[..., :3])
        inks = (ink.from_canvas(canvas), ink.from_image(rgb), ink.from_image(255 - rgb))
        for way, drawing in zip(right, inks, strict=True):
            _, prediction = read_digit(drawing, model)
            right[way] += prediction is not None and prediction.digit == label
    originals = int((model.probabilities(x).argmax(axis=1) == y).sum())
    pictures = (right["black on white"] + right["white on black"]) / 2.0
    return {
        "originals": common.proportion(originals, REDRAWN),
        **{way: common.proportion(n, REDRAWN) for way, n in right.items()},
        "drop_of_pictures_in_points": round(100.0 * (originals - pictures) / REDRAWN, 2),
    }


def _proportion(counts: Sequence[Counts]) -> dict[str, Any]:
    return common.proportion(sum(right for right, _ in counts), sum(n for _, n in counts))


def _stored(path: Path | None, head: Mapping[str, str]) -> dict[str, Any]:
    """The parts that a file holds already, if it is about the same network and digits."""
    if path is None or not path.is_file():
        return {}
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return stored if stored.items() >= head.items() else {}


def _show_error(truth: str, lines: tuple[str, ...] | None) -> None:
    print(f"{truth} read as {'too slow' if lines is None else ' '.join(lines)}", file=sys.stderr)


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument(
        "--per-cell", type=int, default=24, metavar="N", help="pictures for each pen and size"
    )
    parser.add_argument("--strokes", type=Path, metavar="FOLDER", help="pen strokes, not MNIST")
    parser.add_argument("--part", nargs="+", choices=PARTS, default=PARTS, help="all by default")
    parser.add_argument(
        "--timeout", type=float, default=TIMEOUT, metavar="SECONDS", help="for a picture"
    )
    common.add_network(parser)
    common.add_json(parser)
    options = parser.parse_args()
    hands = mnist_hands if options.strokes is None else pen_writers(options.strokes)
    model = classifier.load(options.network)
    measures: dict[str, Callable[[], dict[str, Any]]] = {
        "grid": lambda: measure_grid(hands, read_upright, model, options.per_cell, options.timeout),
        "sizes": lambda: measure_sizes(hands, read_upright, model, options.timeout),
        "files": lambda: measure_files(hands, model),
        "mnist": lambda: measure_mnist(model),
    }
    digits = "MNIST test" if options.strokes is None else "pen strokes, test writers"
    head = {"network": options.network, "digits": digits}
    for name in PARTS:
        if name in options.part:
            figures = _stored(options.json, head) | head | {name: measures[name]()}
            common.write_figures(figures, options.json, show=options.json is None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
