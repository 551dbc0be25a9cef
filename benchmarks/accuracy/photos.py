"""Accuracy on pictures of several digits each: Inkling, RapidOCR and Tesseract in one run.

    python benchmarks/accuracy/photos.py FOLDER [--set NAME ...] [--limit N] [--json FILE]

FOLDER holds cheques/, photos/, register/ and sudoku/ (see photo_sets.py); missing sets are skipped.
The other programs come with `pip install -r requirements-benchmark.txt`, which nothing else needs.

For each set and reader, this prints how many lines (of sudokus: cells) are right with the 95 %
interval (Wilson), the character error rate and the median time per picture. For sets of one number
per picture, it also prints how many readings Inkling is sure of, and how many of those are right.

The other programs get hints: they know when a picture holds a single line, and everything but
digits is removed from what they read. RapidOCR is also measured without hints, as its readme runs
it, where it first has to detect the words.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import common
from benchmarks.accuracy import photo_sets
from benchmarks.accuracy.photo_sets import SIDE, LabelledPicture
from inkling.imaging.load import Page, open_pages
from inkling.reader.page import read_upright
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.reports.statistics import wilson

# Sets of one number per picture; however many lines a reader splits it into, they are joined.
ONE_LINE = ("cheques", "register")
GRIDS = "sudoku"
INKLING = "Inkling"
# RapidOCR, not told that a picture holds one line.
WITHOUT_HINTS = "RapidOCR without hints"


class LineRead(NamedTuple):
    """A line, and whether its reader is sure of it; None if the reader does not say."""

    text: str
    is_sure: bool | None = None


# Reads a page; the second argument tells whether it is known to hold a single line.
ReadPage = Callable[[Page, bool], list[LineRead]]


class Reader(NamedTuple):
    """A program that is measured."""

    name: str
    version: str
    read: ReadPage


def inkling_reader(network: str, model: Classifier) -> Reader:
    """Inkling, which turns pages upright by itself and gets no hints."""

    def read(page: Page, single_line: bool) -> list[LineRead]:
        del single_line
        return [
            LineRead(line.text, all(digit.prediction.is_sure for digit in line.digits))
            for line in read_upright(page, model)[1].lines
        ]

    return Reader(INKLING, network, read)


def other_readers() -> list[Reader]:
    """The other programs, with hints, and RapidOCR without hints as well.

    Raises:
        MissingRivalError: one of them is not installed.
    """
    # Imported here, because `--alone` does not need them.
    from benchmarks.accuracy.rivals import RapidOCR, Rival, rivals

    def reader(rival: Rival, name: str, *, hints: bool) -> Reader:
        def read(page: Page, single_line: bool) -> list[LineRead]:
            return [
                LineRead(line) for line in rival.read(page.image, single_line and hints) if line
            ]

        return Reader(name, rival.version, read)

    readers = []
    for rival in rivals():
        readers.append(reader(rival, rival.name, hints=True))
        if isinstance(rival, RapidOCR):
            readers.append(reader(rival, WITHOUT_HINTS, hints=False))
    return readers


def read_grid(page: Page, model: Classifier) -> list[str]:
    """The rows of a sudoku as Inkling reads them, "0" for a blank cell."""
    cells = [["0"] * SIDE for _ in range(SIDE)]
    for number in read_upright(page, model)[1].numbers:
        cell = number.cell
        if cell is not None and cell.row <= SIDE and cell.column <= SIDE:
            cells[cell.row - 1][cell.column - 1] = number.text
    return ["".join(row) for row in cells]


def load_pictures(folder: Path, name: str) -> list[LabelledPicture]:
    """A set's pictures: photos of sudokus count as sudokus, and exam pages (mostly print) do not
    count."""
    if name == GRIDS:
        photographed = [each for each in photo_sets.load_set(folder, "photos") if each.is_grid]
        return photo_sets.load_set(folder, GRIDS) + photographed
    pictures = photo_sets.load_set(folder, name)
    return [each for each in pictures if not each.is_grid and not each.is_exam]


def measure(
    pictures: list[LabelledPicture], read: ReadPage, *, single_line: bool
) -> dict[str, Any]:
    """The figures of one reader on one set."""
    right = lines = errors = digits = 0
    sure = {"sure": 0, "sure_right": 0}
    times = []
    says_if_sure = False
    for index, picture in enumerate(pictures, 1):
        page = _first_page(picture)
        start = time.perf_counter()
        found = read(page, single_line)
        times.append(1000.0 * (time.perf_counter() - start))
        texts = [line.text for line in found]
        if single_line:
            texts = ["".join(texts)]
        score = photo_sets.score_lines(picture.lines, texts)
        says_if_sure = says_if_sure or any(line.is_sure is not None for line in found)
        if found and all(line.is_sure for line in found):
            sure["sure"] += score.lines
            sure["sure_right"] += score.right
        right, lines = right + score.right, lines + score.lines
        errors, digits = errors + score.errors, digits + score.digits
        if index % 100 == 0:
            print(f"  {index} of {len(pictures)}: {right} right", file=sys.stderr, flush=True)
    figures = _figures(right, lines, errors / max(1, digits), times)
    # With several lines per picture it is unknown which line read is which of the truth, so only
    # whole pictures could be counted.
    return {**figures, **sure} if says_if_sure and single_line else figures


def measure_grids(pictures: list[LabelledPicture], model: Classifier) -> dict[str, Any]:
    """The figures on sudokus, cell by cell; a blank cell is right when nothing is read in it."""
    right = cells = 0
    times = []
    for picture in pictures:
        page = _first_page(picture)
        start = time.perf_counter()
        rows = read_grid(page, model)
        times.append(1000.0 * (time.perf_counter() - start))
        pairs = zip("".join(picture.lines), "".join(rows), strict=True)
        right += sum(a == b for a, b in pairs)
        cells += SIDE * SIDE
    return _figures(right, cells, (cells - right) / max(1, cells), times)


def measure_set(
    name: str, pictures: list[LabelledPicture], readers: list[Reader], model: Classifier
) -> dict[str, Any]:
    """Measure all readers on one set and print a line for each."""
    unit = "cells" if name == GRIDS else "lines"
    rows = []
    for reader in readers:
        # Only Inkling reads cells; without single lines there are no hints to leave out.
        if (name == GRIDS and reader.name != INKLING) or (
            name not in ONE_LINE and reader.name == WITHOUT_HINTS
        ):
            continue
        print(f"{name}: {reader.name}", file=sys.stderr, flush=True)
        if name == GRIDS:
            figures = measure_grids(pictures, model)
        else:
            figures = measure(pictures, reader.read, single_line=name in ONE_LINE)
        rows.append({"name": reader.name, "version": reader.version, **figures})
        _print_row(name, reader.name, unit, figures)
    return {"name": name, "unit": unit, "n": len(pictures), "readers": rows}


def results(sets: list[dict[str, Any]], path: Path) -> dict[str, Any]:
    """What is stored: the sets of this run, and those in the file that were not measured again."""
    stored = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    measured = {each["name"] for each in sets}
    kept = [each for each in stored.get("sets", []) if each["name"] not in measured]
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": "python benchmarks/accuracy/photos.py FOLDER",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "sets": sorted(sets + kept, key=lambda each: photo_sets.SETS.index(each["name"])),
    }


def parse_options() -> Namespace:
    parser = common.argument_parser(__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", dest="sets", nargs="+", choices=photo_sets.SETS, metavar="NAME")
    common.add_network(parser)
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="pictures of each set")
    parser.add_argument("--alone", action="store_true", help="measure Inkling only")
    common.add_json(parser)
    return parser.parse_args()


def main() -> int:
    options = parse_options()
    model = classifier.load(options.network)
    readers = [inkling_reader(options.network, model)]
    if not options.alone:
        readers += other_readers()
    sets = []
    for name in options.sets or photo_sets.SETS:
        pictures = load_pictures(options.folder, name)[: options.limit or None]
        if pictures:
            sets.append(measure_set(name, pictures, readers, model))
    if options.json:
        common.write_figures(results(sets, options.json), options.json, show=False)
    return 0


def _first_page(picture: LabelledPicture) -> Page:
    return next(iter(open_pages(picture.path, picture.path.name)))


def _figures(right: int, lines: int, error_rate: float, times: list[float]) -> dict[str, Any]:
    part = wilson(right, lines)
    return {
        "right": right,
        "lines": lines,
        "low": part.low,
        "high": part.high,
        "character_error_rate": error_rate,
        "ms": statistics.median(times),
    }


def _print_row(name: str, reader: str, unit: str, figures: dict[str, Any]) -> None:
    print(
        f"{name:9s} {reader:22s} {figures['right']:4d} of {figures['lines']:4d} {unit}"
        f"  {figures['right'] / figures['lines']:6.1%}"
        f"  ({figures['low']:.1%}-{figures['high']:.1%})"
        f"  character errors {figures['character_error_rate']:6.1%}"
        f"  {figures['ms']:7.0f} ms",
        flush=True,
    )
    if "sure" in figures:
        print(f"{'':9s} sure of {figures['sure']}, {figures['sure_right']} of them right")


if __name__ == "__main__":
    sys.exit(main())
