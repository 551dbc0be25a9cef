"""Results of the command line: lines of JSON, CSV or text, on stdout or in a file to go on with."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

import msgspec


class Format(StrEnum):
    """How results are written."""

    JSON = "json"
    CSV = "csv"
    TEXT = "text"


class OutputError(Exception):
    """The file for the results cannot be used; the message is one sentence for a person."""


def as_json(data: object) -> str:
    """One line, without its end."""
    return msgspec.json.encode(data).decode()


def as_row(values: dict[str, Any], columns: Iterable[str]) -> str:
    """One row of CSV, without the line's end; a column without a value is empty."""
    buffer = io.StringIO()
    csv.DictWriter(buffer, tuple(columns), restval="", lineterminator="").writerow(values)
    return buffer.getvalue()


def header(columns: Iterable[str]) -> str:
    return as_row({column: column for column in columns}, columns)


@dataclass(frozen=True, slots=True)
class Done:
    """What an earlier run left in its output.

    Attributes:
        files: names of the files whose results are all in it.
        failed: how many of them could not be read.
    """

    files: frozenset[str] = frozenset()
    failed: int = 0


class Sink:
    """Where results go: stdout, or a file. Whole lines, out at once.

    Args:
        path: the file; None for stdout.
        resume: go on with the file (see `done`) instead of refusing to overwrite one.

    Raises:
        OutputError: the file cannot be written, or holds something already.
    """

    def __init__(self, path: Path | None, resume: bool, format: Format) -> None:
        self._file: TextIO | None = None
        self.done = Done()
        if path is None:
            self.is_new = True
            return
        try:
            held = path.stat().st_size if path.exists() else 0
            if held and not resume:
                raise OutputError(
                    f"{path} holds results already: add --resume to go on with it, or name another."
                )
            if held:
                self.done = _cut_to_whole_files(path, format)
            self.is_new = not path.exists() or path.stat().st_size == 0
            self._file = path.open("a", encoding="utf-8", newline="")
        except OSError as problem:
            reason = (problem.strerror or "unknown reason").lower()
            raise OutputError(f"{path} cannot be written ({reason}).") from None

    def write(self, lines: str) -> None:
        """Whole lines, each with its end; nothing for an empty string."""
        target = self._file or sys.stdout
        # One call: an interruption falls before it or after it.
        target.write(lines)
        target.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _cut_to_whole_files(path: Path, format: Format) -> Done:
    """What an interrupted run has done; the rest of its output is cut off.

    A half-written last line goes, and with it all lines of the file they were about: of several
    pages some may be missing. That file is read again.
    """
    files: dict[str, bool] = {}
    last, start, end = "", 0, 0
    with path.open("rb") as content:
        for place, line in enumerate(content):
            if not line.endswith(b"\n"):
                break
            record = _record(line, place, path, format)
            if record is not None:
                file, failed = record
                if file != last:
                    last, start = file, end
                files[file] = files.get(file, False) or failed
            end += len(line)
    files.pop(last, None)
    with path.open("r+b") as content:
        content.truncate(start if last else end)
    return Done(frozenset(files), sum(files.values()))


def _record(line: bytes, place: int, path: Path, format: Format) -> tuple[str, bool] | None:
    """The file that a line of results is about, and whether it failed; None for a header."""
    try:
        text = line.decode("utf-8")
        if format is Format.JSON:
            data = msgspec.json.decode(text, type=dict[str, Any])
            return str(data["file"]), "error" in data
        cells = next(csv.reader([text]))
        if place == 0 and cells[0] == "file":
            return None
        if place == 0 or len(cells) < 2:
            raise ValueError
        return cells[0], bool(cells[-1])
    except (ValueError, KeyError, IndexError, StopIteration, msgspec.MsgspecError):
        raise OutputError(
            f"Line {place + 1} of {path} is no result in the format {format}: it is left as it is."
        ) from None


def lines_of(parts: Iterable[str]) -> str:
    """Lines joined, each with its end."""
    return "".join(f"{part}\n" for part in parts)


def rest_of(files: Iterable[str], done: Done) -> Iterator[str]:
    """The files that are not done yet, in their order."""
    return (file for file in files if file not in done.files)
