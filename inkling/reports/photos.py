"""How well photos are read, beside other readers: `benchmarks/results/photos.json`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from inkling.paths import ROOT
from inkling.reports.files import ReportError
from inkling.reports.statistics import Interval

FILE = ROOT / "benchmarks" / "results" / "photos.json"


class ReaderResult(msgspec.Struct, frozen=True):
    """What one reader made of one set.

    Attributes:
        name, version: of the program.
        right: lines read right from first to last digit, of `lines`.
        low, high: 95 % interval of that part, 0..1.
        character_error_rate: edits needed, of all characters; None where it was not counted.
        ms: milliseconds a picture; None where it was not measured.
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
    def part(self) -> Interval | None:
        """The part of the lines that was read right; None of no lines."""
        return Interval(self.right / self.lines, self.low, self.high) if self.lines else None


class PhotoSet(msgspec.Struct, frozen=True):
    """One set of `n` pictures; what was counted on them are `unit`: "lines" or "cells"."""

    name: str
    n: int
    unit: str
    readers: list[ReaderResult]


class PhotoResults(msgspec.Struct, frozen=True):
    """All of the file: what was typed, when and on what machine, and every set."""

    created: str
    command: str
    machine: str
    sets: list[PhotoSet]


def load(path: Path = FILE) -> PhotoResults:
    """The results.

    Raises:
        ReportError: they were not measured yet, or the file is damaged.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=PhotoResults)
    except OSError:
        raise ReportError(
            "How well photos are read beside other programs was not measured yet: there is no "
            f"benchmarks/results/{path.name}."
        ) from None
    except msgspec.DecodeError as problem:
        raise ReportError(
            f"The results in benchmarks/results/{path.name} are damaged ({problem})."
        ) from None
