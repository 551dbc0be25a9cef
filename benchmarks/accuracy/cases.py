"""Small pictures that were once read wrongly: which of them are right now, and in what time.

    python benchmarks/accuracy/cases.py FOLDER [--timeout SECONDS] [--network NAME]
        [--json FILE]

FOLDER holds pictures and labels.csv with the columns file and truth. A truth is one of these:

- digits, with "|" between lines: the picture is right when exactly these lines are read;
- "24.6": signs between digits; right when the written form is the same;
- "4 (use classify)": one digit, read as `classify` reads it;
- "2, and no warning": right when the digits are right and there is no warning;
- "67 (86 is struck out)": digits with a remark, which does not count;
- "(equals sign: no digit)": right when nothing is read.

Each picture is read in a worker process, which is stopped when the picture takes longer than
SECONDS (30 by default). Prints a line for each picture, then the totals: pictures with plain digits
first, all others apart.
"""

from __future__ import annotations

import csv
import multiprocessing
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pebble import ProcessExpired, ProcessPool

from benchmarks import common
from benchmarks.accuracy import photo_sets
from inkling.imaging import ink
from inkling.imaging.load import open_pages
from inkling.reader.deadline import NO_DEADLINE
from inkling.reader.drawing import read_digit
from inkling.reader.page import read_upright
from inkling.recognition import classifier

# Seconds for a picture.
TIMEOUT = 30.0
PLAIN = re.compile(r"[0-9|]+")
# The value of a truth, and the remark after it.
TRUTH = re.compile(r"(?P<value>[^,(]*?)\s*(?:[,(]\s*(?P<remark>.*?)\)?)?")


class Kind(StrEnum):
    """What a truth asks for."""

    DIGITS = "digits"
    SIGNS = "signs"
    CLASSIFY = "classify"
    NO_WARNING = "no warning"
    REMARK = "remark"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Case:
    """A picture and what it should give: `lines` of digits, of `Kind.SIGNS` with their signs."""

    path: Path
    kind: Kind
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseReading:
    """What a picture gave.

    Attributes:
        lines: the digits of each line.
        written: each line as it is written, with its signs.
        warnings: sentences about what may be wrong.
        seconds: of processor.
        problem: why there is no reading; empty if there is one.
    """

    lines: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    problem: str = ""


def parse_truth(truth: str) -> tuple[Kind, tuple[str, ...]]:
    """What a truth asks for, and its lines.

    Raises:
        ValueError: the truth has none of the forms above.
    """
    match = TRUTH.fullmatch(truth.strip())
    if match is None:
        raise ValueError(f"a truth of no known form: {truth!r}")
    value, remark = match["value"], match["remark"] or ""
    lines = tuple(value.split("|")) if value else ()
    if not lines:
        return Kind.NOTHING, ()
    if not PLAIN.fullmatch(value):
        return Kind.SIGNS, lines
    if "use classify" in remark:
        return Kind.CLASSIFY, lines
    if "no warning" in remark:
        return Kind.NO_WARNING, lines
    return (Kind.REMARK if remark else Kind.DIGITS), lines


def load_cases(folder: Path) -> list[Case]:
    """The pictures of a folder, in the order of its labels."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Case(folder / row["file"], *parse_truth(row["truth"])) for row in rows]


def read_case(path: Path, network: str, classify: bool) -> CaseReading:
    """Read a picture as `read` or as `classify` does.

    Raises:
        PhotoError: the file cannot be opened.
    """
    model = classifier.load(network)
    start = time.process_time()
    page = next(iter(open_pages(path, path.name)))
    if classify:
        _, prediction = read_digit(ink.from_image(page.image), model)
        lines = (prediction.label,) if prediction else ()
        return CaseReading(lines, lines, (), time.process_time() - start)
    reading = read_upright(page, model, NO_DEADLINE)[1]
    # Readers that know signs say how a number is written; others know its digits only.
    written = [" ".join(line.get("written", line["numbers"])) for line in reading.export()["lines"]]
    return CaseReading(
        lines=tuple(line.text for line in reading.lines),
        written=tuple(written),
        warnings=reading.warnings,
        seconds=time.process_time() - start,
    )


def is_right(case: Case, reading: CaseReading) -> bool:
    """Whether a picture gave what it should."""
    if reading.problem:
        return False
    if case.kind is Kind.SIGNS:
        return reading.written == case.lines
    if case.kind is Kind.NO_WARNING and reading.warnings:
        return False
    return reading.lines == case.lines


def read_cases(cases: Sequence[Case], network: str, seconds: float) -> list[CaseReading]:
    """Read pictures one after the other in a worker process.

    Args:
        cases: the pictures.
        network: the model.
        seconds: a picture that takes longer has no reading.
    """
    # Spawned, because the threads of LiteRT and OpenCV do not survive a fork.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPool(1, initializer=classifier.load, initargs=(network,), context=context)
    readings = []
    try:
        for case in cases:
            arguments = (case.path, network, case.kind is Kind.CLASSIFY)
            future = pool.schedule(read_case, args=arguments, timeout=seconds)
            try:
                readings.append(future.result())
            except TimeoutError:
                problem = f"stopped after {seconds:g} s"
                readings.append(CaseReading(seconds=seconds, problem=problem))
            except ProcessExpired as error:
                readings.append(CaseReading(problem=f"the worker died ({error})"))
            except Exception as error:  # One picture that fails must not hide the others.
                problem = f"{type(error).__name__}: {error}"
                readings.append(CaseReading(problem=problem))
    finally:
        pool.stop()
        pool.join()
    return readings


def figures(cases: Sequence[Case], readings: Sequence[CaseReading]) -> dict[str, Any]:
    """The totals: pictures with plain digits, and all others."""
    pairs = list(zip(cases, readings, strict=True))
    plain = [is_right(case, reading) for case, reading in pairs if case.kind is Kind.DIGITS]
    others = [is_right(case, reading) for case, reading in pairs if case.kind is not Kind.DIGITS]
    return {
        "plain_digits": {"n": len(plain), "right": sum(plain)},
        "others": {"n": len(others), "right": sum(others)},
        "seconds": round(sum(reading.seconds for reading in readings), 2),
        "most_seconds": round(max((reading.seconds for reading in readings), default=0.0), 2),
        "stopped": sum(bool(reading.problem) for reading in readings),
    }


def describe(case: Case, reading: CaseReading) -> str:
    """A picture's line for the terminal."""
    right = is_right(case, reading)
    text = f"{'right' if right else 'WRONG'}  {reading.seconds:6.2f} s  {case.path.name}"
    if case.kind is not Kind.DIGITS:
        text += f" [{case.kind}]"
    if right:
        return text
    if reading.problem:
        return f"{text}: {reading.problem}"
    read = reading.written if case.kind is Kind.SIGNS else reading.lines
    words = [words for _, words in photo_sets.differences(case.lines, read)]
    return f"{text}: {'; '.join([*words, *reading.warnings])}"


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("folder", type=Path)
    common.add_timeout(parser, TIMEOUT)
    common.add_network(parser)
    common.add_json(parser)
    options = parser.parse_args()
    # Plain digits first.
    cases = sorted(load_cases(options.folder), key=lambda case: case.kind is not Kind.DIGITS)
    readings = read_cases(cases, options.network, options.timeout)
    for case, reading in zip(cases, readings, strict=True):
        print(describe(case, reading))
    found = figures(cases, readings)
    common.write_figures({"network": options.network, **found}, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
