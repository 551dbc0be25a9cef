"""Accuracy on pictures of several digits each: Inkling, RapidOCR and Tesseract in one run.

    python benchmarks/accuracy/photos.py FOLDER [--set NAME ...] [--limit N]
        [--alone] [--json FILE]

FOLDER holds cheques/, photos/, register/ and sudoku/ (see photo_sets.py); missing sets are skipped.
The other programs come with `pip install -r requirements-benchmark.txt`, which nothing else needs.

For each set and reader, this prints how many lines (of sudokus: cells) are right with the 95 %
interval (Wilson), the character error rate and the median time per picture. For sets of one number
per picture, it also prints how many readings Inkling is sure of, and how many of those are right;
for sudokus, how many digits are right, and on how many pictures every cell is right.

The other programs get hints: they know when a picture holds a single line, and everything but
digits is removed from what they read. RapidOCR is also measured without hints, as its readme runs
it, where it first has to detect the words.
"""

from __future__ import annotations

import statistics
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import common
from benchmarks.accuracy import photo_sets, readers
from benchmarks.accuracy.photo_sets import GRIDS, ONE_LINE, SIDE, LabelledPicture
from benchmarks.accuracy.readers import WITHOUT_HINTS, Reader, ReadPage, ReadUpright
from inkling.geometry import union
from inkling.imaging.load import Page
from inkling.reader.deadline import NO_DEADLINE
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.recognition.results import Number
from inkling.reports.statistics import wilson

COMMAND = "python benchmarks/accuracy/photos.py FOLDER"
# A cell of a sudoku without a digit, and one that was read as several digits.
BLANK, SEVERAL = "0", "?"


def read_grid(page: Page, read_upright: ReadUpright, model: Classifier) -> list[str]:
    """The rows of a sudoku as Inkling reads them, "0" for a blank cell, "?" for several digits.

    The sudoku is the largest table: a newspaper prints small ones beside it.
    """
    cells = [[BLANK] * SIDE for _ in range(SIDE)]
    tables: dict[int, list[Number]] = {}
    for number in read_upright(page, model, NO_DEADLINE)[1].numbers:
        if number.cell is not None:
            tables.setdefault(number.cell.table, []).append(number)
    for number in max(tables.values(), key=_area, default=[]):
        cell = number.cell
        if cell is not None and cell.row <= SIDE and cell.column <= SIDE:
            row, column = cell.row - 1, cell.column - 1
            is_single = len(number.text) == 1 and cells[row][column] == BLANK
            cells[row][column] = number.text if is_single else SEVERAL
    return ["".join(row) for row in cells]


def _area(numbers: list[Number]) -> int:
    """The area of a table's numbers, in pixels."""
    _, _, width, height = union(*(number.box for number in numbers))
    return width * height


def measure(
    pictures: list[LabelledPicture], read: ReadPage, *, single_line: bool
) -> dict[str, Any]:
    """The figures of one reader on one set."""
    found = readers.read_pictures(pictures, read, one_line=single_line, hints=single_line)
    score = readers.summed(found)
    figures = _figures(
        score.right,
        score.lines,
        score.errors / max(1, score.digits),
        [1000.0 * result.wall for result in found],
    )
    if single_line and score.sure is not None:
        figures |= {"sure": score.sure, "sure_right": score.sure_right}
    return figures


def measure_grids(
    pictures: list[LabelledPicture], read_upright: ReadUpright, model: Classifier
) -> dict[str, Any]:
    """The figures on sudokus, cell by cell; a blank cell is right when nothing is read in it."""
    found, times = [], []
    for picture in pictures:
        page = readers.first_page(picture)
        start = time.perf_counter()
        rows = read_grid(page, read_upright, model)
        times.append(1000.0 * (time.perf_counter() - start))
        found.append(score_grid(picture.lines, rows))
        print(f"  {picture.path.name}: {found[-1]['right']} cells right", file=sys.stderr)
    total = {name: sum(each[name] for each in found) for name in score_grid([], [])}
    cells = SIDE * SIDE * len(found)
    return {
        **_figures(total["right"], cells, (cells - total["right"]) / max(1, cells), times),
        **{name: total[name] for name in ("digits", "digits_right", "pictures_right")},
    }


def score_grid(truth: Sequence[str], read: Sequence[str]) -> dict[str, int]:
    """Compare a sudoku's rows cell by cell.

    Args:
        truth, read: rows of the same lengths, "0" for a blank cell.

    Returns:
        `right`: cells that are right; `digits`: cells that hold a digit; `digits_right`: how many
        of these are right; `pictures_right`: 1 if each cell is right.
    """
    pairs = list(zip("".join(truth), "".join(read), strict=True))
    right = sum(a == b for a, b in pairs)
    return {
        "right": right,
        "digits": sum(a != BLANK for a, _ in pairs),
        "digits_right": sum(a == b != BLANK for a, b in pairs),
        "pictures_right": int(right == len(pairs)),
    }


def measure_set(
    name: str, pictures: list[LabelledPicture], programs: list[Reader], model: Classifier
) -> dict[str, Any]:
    """Measure all readers on one set and print a line for each."""
    unit = "cells" if name == GRIDS else "lines"
    rows = []
    for reader in programs:
        # Only Inkling reads cells; without single lines there are no hints to leave out.
        if (name == GRIDS and reader.read_upright is None) or (
            name not in ONE_LINE and reader.name == WITHOUT_HINTS
        ):
            continue
        print(f"{name}: {reader.name}", file=sys.stderr, flush=True)
        if name == GRIDS and reader.read_upright is not None:
            figures = measure_grids(pictures, reader.read_upright, model)
        else:
            figures = measure(pictures, reader.read, single_line=name in ONE_LINE)
        rows.append({"name": reader.name, "version": reader.version, **figures})
        _print_row(name, reader.name, unit, figures)
    return {"name": name, "unit": unit, "n": len(pictures), "readers": rows}


def parse_options() -> Namespace:
    parser = common.argument_parser(__doc__)
    common.add_sets(parser, photo_sets.SETS)
    parser.add_argument("--alone", action="store_true", help="measure Inkling only")
    common.add_json(parser)
    return parser.parse_args()


def main() -> int:
    options = parse_options()
    model = classifier.load(options.network)
    programs = [readers.inkling_reader(options.network, model)]
    if not options.alone:
        programs += readers.other_readers()
    sets = []
    for name in options.sets or photo_sets.SETS:
        pictures = photo_sets.load_pictures(options.folder, name, options.limit)
        if pictures:
            sets.append(measure_set(name, pictures, programs, model))
    if options.json:
        found = common.merged_results(sets, options.json, COMMAND, photo_sets.SETS)
        common.write_figures(found, options.json, show=False)
    return 0


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
    if "pictures_right" in figures:
        print(
            f"{'':9s} {figures['digits_right']} of {figures['digits']} digits right,"
            f" every cell right on {figures['pictures_right']} pictures"
        )


if __name__ == "__main__":
    sys.exit(main())
