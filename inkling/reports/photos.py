"""How well photos are read, compared with other readers: `benchmarks/results/photos.json`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from inkling.paths import ROOT
from inkling.reports.files import ReportError
from inkling.reports.statistics import Interval

PHOTOS_FILE = ROOT / "benchmarks" / "results" / "photos.json"
PHOTOS_COMMAND = "python benchmarks/accuracy/photos.py"


class ReaderResult(msgspec.Struct, frozen=True):
    """How one reader did on one set.

    Attributes:
        name, version: of the program.
        right: lines read correctly from the first to the last digit.
        lines: how many lines there are.
        low, high: 95 % interval of the share of correct lines, 0..1.
        character_error_rate: edits divided by characters; None if it was not counted.
        ms: milliseconds per picture; None if it was not measured.
    """

    name: str
    version: str
    right: int
    lines: int
    low: float
    high: float
    character_error_rate: float | None = None
    ms: float | None = None

    @property
    def accuracy(self) -> Interval | None:
        """The share of the lines read correctly; None if there are none."""
        return Interval(self.right / self.lines, self.low, self.high) if self.lines else None


class PhotoSet(msgspec.Struct, frozen=True):
    """One set of `n` pictures; `unit` says what was counted on them: "lines" or "cells"."""

    name: str
    n: int
    unit: str
    readers: list[ReaderResult]


class PhotoResults(msgspec.Struct, frozen=True):
    """The whole file: date, command and machine of the benchmark, and every set."""

    created: str
    command: str
    machine: str
    sets: list[PhotoSet]


def load_photo_results(path: Path | None = None) -> PhotoResults:
    """Load the results of the photo benchmark.

    Args:
        path: `PHOTOS_FILE` unless given.

    Raises:
        ReportError: there are no results yet, or the file is damaged.
    """
    path = path or PHOTOS_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=PhotoResults)
    except OSError:
        raise ReportError(
            "How well photos are read has not been measured yet: "
            f"benchmarks/results/{path.name} is missing.",
            PHOTOS_COMMAND,
        ) from None
    except msgspec.DecodeError as problem:
        raise ReportError(
            f"The results in benchmarks/results/{path.name} are damaged ({problem}).",
            PHOTOS_COMMAND,
        ) from None
