"""Pictures of several digits each: Inkling, RapidOCR and Tesseract in one run.

    python benchmarks/accuracy/photos.py FOLDER [--set NAME ...] [--limit N] [--json FILE]

FOLDER holds cheques/, photos/, register/ and sudoku/ (see photo_sets.py); what is not there is left
out. The rivals are needed for this alone: pip install -r requirements-benchmark.txt. Prints, for
each set and reader, how many lines (of sudokus: cells) are right with the 95 % interval (Wilson),
the character error rate and the median time a picture; where a picture holds one number, how many
Inkling does not mark to be checked, and how many of those are right. Each rival gets its best
chance: it is told when a picture holds a single line, and all but digits is taken off what it says.
RapidOCR is measured untold as well, as its own readme runs it: it looks for words first.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.accuracy import photo_sets  # noqa: E402
from benchmarks.accuracy.photo_sets import SIDE, Labelled  # noqa: E402
from inkling.imaging.load import Page, open_pages  # noqa: E402
from inkling.reader.page import read_upright  # noqa: E402
from inkling.recognition import classifier  # noqa: E402
from inkling.recognition.classifier import Classifier  # noqa: E402
from inkling.reports.statistics import wilson  # noqa: E402

# Pictures of one number: how many lines a reader finds in them is not asked.
ONE_LINE = ("cheques", "register")
# RapidOCR, not told that a picture holds one line.
UNTOLD = "RapidOCR untold"


class Said(NamedTuple):
    """A line, and whether its reader would not have it looked at again; None: it does not tell."""

    text: str
    is_sure: bool | None = None


Read = Callable[[Page, bool], list[Said]]


def inkling_reader(model: Classifier) -> Read:
    """Inkling's lines, read upright."""

    def read(page: Page, single_line: bool) -> list[Said]:
        del single_line
        return [
            Said(line.text, all(digit.prediction.is_sure for digit in line.digits))
            for line in read_upright(page, model)[1].lines
        ]

    return read


def grid(page: Page, model: Classifier) -> list[str]:
    """A sudoku's rows as Inkling reads them, "0" for a blank cell."""
    cells = [["0"] * SIDE for _ in range(SIDE)]
    for number in read_upright(page, model)[1].numbers:
        cell = number.cell
        if cell is not None and cell.row <= SIDE and cell.column <= SIDE:
            cells[cell.row - 1][cell.column - 1] = number.text
    return ["".join(row) for row in cells]


def pictures(folder: Path, name: str) -> list[Labelled]:
    """A set's pictures: the photos of sudokus count as sudokus, exam pages (printed text) not."""
    if name == "sudoku":
        extra = [each for each in photo_sets.load(folder, "photos") if each.is_grid]
        return photo_sets.load(folder, "sudoku") + extra
    found = photo_sets.load(folder, name)
    return [each for each in found if not each.is_grid and not each.is_exam]


def measure(found: list[Labelled], read: Read, *, single_line: bool) -> dict[str, Any]:
    """The figures of one reader on one set."""
    right = lines = errors = digits = 0
    sure = {"sure": 0, "sure_right": 0}
    times = []
    tells = False
    for number, each in enumerate(found, 1):
        page = next(iter(open_pages(each.path, each.path.name)))
        start = time.perf_counter()
        said = read(page, single_line)
        times.append(1000.0 * (time.perf_counter() - start))
        texts = [line.text for line in said]
        if single_line:
            texts = ["".join(texts)]
        score = photo_sets.score(each.lines, texts)
        tells = tells or any(line.is_sure is not None for line in said)
        if said and all(line.is_sure for line in said):
            sure["sure"] += score.lines
            sure["sure_right"] += score.right
        right, lines = right + score.right, lines + score.lines
        errors, digits = errors + score.errors, digits + score.digits
        if number % 100 == 0:
            print(f"  {number} of {len(found)}: {right} right", file=sys.stderr, flush=True)
    figures = _figures(right, lines, errors / max(1, digits), times)
    # Of several lines it is not known which is which: whole pictures count.
    return {**figures, **sure} if tells and single_line else figures


def measure_grids(found: list[Labelled], model: Classifier) -> dict[str, Any]:
    """Cells of sudokus, a blank one right when nothing is read in it."""
    right = cells = 0
    times = []
    for each in found:
        page = next(iter(open_pages(each.path, each.path.name)))
        start = time.perf_counter()
        rows = grid(page, model)
        times.append(1000.0 * (time.perf_counter() - start))
        pairs = zip("".join(each.lines), "".join(rows), strict=True)
        right += sum(a == b for a, b in pairs)
        cells += SIDE * SIDE
    return _figures(right, cells, (cells - right) / max(1, cells), times)


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


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", dest="sets", nargs="+", choices=photo_sets.SETS, metavar="NAME")
    parser.add_argument("--network", default="digits", metavar="NAME")
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="pictures of each set")
    parser.add_argument("--alone", action="store_true", help="without the rivals")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    model = classifier.load(options.network)
    readers: list[tuple[str, str, Read]] = [
        ("Inkling", options.network, inkling_reader(model)),
    ]
    if not options.alone:
        from benchmarks.accuracy.rivals import RapidOCR, rivals

        for rival in rivals():
            readers.append((rival.name, rival.version, _rival(rival)))
            if isinstance(rival, RapidOCR):
                readers.append((UNTOLD, rival.version, _rival(rival, is_told=False)))
    sets = []
    for name in options.sets or photo_sets.SETS:
        found = pictures(options.folder, name)[: options.limit or None]
        if not found:
            continue
        unit = "cells" if name == "sudoku" else "lines"
        rows = []
        for label, version, read in readers:
            # A sudoku's cells are only asked of who gives them; of many lines nobody is told.
            is_alike = label == UNTOLD and name not in ONE_LINE
            if is_alike or (name == "sudoku" and label != "Inkling"):
                continue
            print(f"{name}: {label}", file=sys.stderr, flush=True)
            if name == "sudoku":
                figures = measure_grids(found, model)
            else:
                figures = measure(found, read, single_line=name in ONE_LINE)
            rows.append({"name": label, "version": version, **figures})
            print(
                f"{name:9s} {label:15s} {figures['right']:4d} of {figures['lines']:4d} {unit}"
                f"  {figures['right'] / figures['lines']:6.1%}"
                f"  ({figures['low']:.1%}-{figures['high']:.1%})"
                f"  character errors {figures['character_error_rate']:6.1%}"
                f"  {figures['ms']:7.0f} ms",
                flush=True,
            )
            if "sure" in figures:
                print(f"{'':9s} sure of {figures['sure']}, {figures['sure_right']} of them right")
        sets.append({"name": name, "unit": unit, "n": len(found), "readers": rows})
    if options.json:
        # Sets that were not measured this time keep their figures.
        known = (
            json.loads(options.json.read_text(encoding="utf-8")) if options.json.is_file() else {}
        )
        new = {each["name"] for each in sets}
        sets += [each for each in known.get("sets", []) if each["name"] not in new]
        sets.sort(key=lambda each: photo_sets.SETS.index(each["name"]))
        result = {
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": "python benchmarks/accuracy/photos.py FOLDER",
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "sets": sets,
        }
        options.json.parent.mkdir(exist_ok=True)
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def _rival(rival: Any, *, is_told: bool = True) -> Read:
    def read(page: Page, single_line: bool) -> list[Said]:
        return [Said(line) for line in rival.read(page.image, single_line and is_told) if line]

    return read


if __name__ == "__main__":
    sys.exit(main())
