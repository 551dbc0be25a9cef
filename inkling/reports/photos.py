"""How well photos are read, compared with other readers.

`benchmarks/results/photos.json` holds the sets that Inkling was developed on, and
`benchmarks/results/people.json` holds people's own photos beside them.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from inkling.paths import ROOT
from inkling.reports.files import ReportError
from inkling.reports.statistics import Interval

PHOTOS_FILE = ROOT / "benchmarks" / "results" / "photos.json"
PHOTOS_COMMAND = "python benchmarks/accuracy/photos.py"
PEOPLE_FILE = ROOT / "benchmarks" / "results" / "people.json"
PEOPLE_COMMAND = "python benchmarks/accuracy/people.py"


class ReaderResult(msgspec.Struct, frozen=True):
    """How one reader did on one set.

    Attributes:
        name, version: of the program.
        right: lines read correctly from the first to the last digit.
        lines: how many lines there are.
        low, high: 95 % interval of the share of correct lines, 0..1.
        character_error_rate: edits divided by characters; None if it was not counted.
        ms: milliseconds per picture, the median; None if it was not measured.
        extra: lines read that are no line of the picture; None if they were not counted.
        sure: lines read whose every digit is sure; None if the reader does not say.
        sure_right: how many of these are right.
        sure_share: `sure` divided by `lines`, with its interval.
        sure_wrong_share: the share of the sure lines that is wrong; None if there are none.
        character_errors: the character error rate with its interval; above 1 where more was read
            than there is.
        cpu_seconds, most_cpu_seconds: seconds of processor per picture, the mean and the most;
            None if they were not measured.
    """

    name: str
    version: str
    right: int
    lines: int
    low: float
    high: float
    character_error_rate: float | None = None
    ms: float | None = None
    extra: int | None = None
    sure: int | None = None
    sure_right: int | None = None
    sure_share: Interval | None = None
    sure_wrong_share: Interval | None = None
    character_errors: Interval | None = None
    cpu_seconds: float | None = None
    most_cpu_seconds: float | None = None

    @property
    def accuracy(self) -> Interval | None:
        """The share of the lines read correctly; None if there are none."""
        return Interval(self.right / self.lines, self.low, self.high) if self.lines else None


class PhotoSet(msgspec.Struct, frozen=True):
    """One set of `n` pictures.

    Attributes:
        unit: what was counted on them: "lines", "cells" or "digits".
        tuned: whether a choice in Inkling was made after looking at its results on this set; None
            if it is not noted.
    """

    name: str
    n: int
    unit: str
    readers: list[ReaderResult]
    tuned: bool | None = None


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
    return _load(path or PHOTOS_FILE, "How well photos are read", PHOTOS_COMMAND)


def load_people_results(path: Path | None = None) -> PhotoResults:
    """Load the results on people's own photos.

    Args:
        path: `PEOPLE_FILE` unless given.

    Raises:
        ReportError: there are no results yet, or the file is damaged.
    """
    return _load(path or PEOPLE_FILE, "How well people's own photos are read", PEOPLE_COMMAND)


def _load(path: Path, what: str, command: str) -> PhotoResults:
    try:
        return msgspec.json.decode(path.read_bytes(), type=PhotoResults)
    except OSError:
        raise ReportError(
            f"{what} has not been measured yet: benchmarks/results/{path.name} is missing.", command
        ) from None
    except msgspec.DecodeError as problem:
        raise ReportError(
            f"The results in benchmarks/results/{path.name} are damaged ({problem}).", command
        ) from None
