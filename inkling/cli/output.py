"""Results of the command line: lines of JSON, CSV or text, on stdout or in a resumable file."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

import msgspec

from inkling.paths import reason_of


class Format(StrEnum):
    """The format of results, one line or more per file."""

    JSON = "json"
    CSV = "csv"
    TEXT = "text"


class SummaryFormat(StrEnum):
    """The format of a summary."""

    JSON = "json"
    TEXT = "text"


class OutputError(Exception):
    """The output file cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class FinishedFiles:
    """The files that an earlier run has finished, according to its output.

    Attributes:
        names: names of the files whose results are complete.
        failed: how many of them could not be read.
    """

    names: frozenset[str] = frozenset()
    failed: int = 0


class ResultWriter:
    """Writes whole lines to stdout or to a file, and flushes each time.

    Args:
        path: the file; None for stdout.
        resume: append to an existing file (see `finished`) instead of refusing to overwrite it.
        format: the format of the lines.

    Attributes:
        finished: the files whose results the output holds already.
        is_new: whether the output is still empty.

    Raises:
        OutputError: the file cannot be written, or it exists and must not be continued.
    """

    def __init__(self, path: Path | None, resume: bool, format: Format) -> None:
        self._path = path
        self._file: TextIO | None = None
        self.finished = FinishedFiles()
        if path is None:
            self.is_new = True
            return
        try:
            size = path.stat().st_size if path.exists() else 0
            if size and not resume:
                raise OutputError(
                    f"{path} already holds results. Add --resume to continue it, or choose another "
                    "file."
                )
            if size:
                self.finished = _cut_to_finished_files(path, format)
            self.is_new = not path.exists() or path.stat().st_size == 0
            self._file = path.open("a", encoding="utf-8", newline="")
        except OSError as error:
            raise OutputError(f"{path} cannot be written ({reason_of(error)}).") from None

    def write(self, lines: str) -> None:
        """Write whole lines, each with its line end; an empty string writes nothing.

        Raises:
            OutputError: the file cannot be written any more, because the disk is full.
            OSError: stdout cannot be written.
        """
        if self._file is None:
            # A single call, so that an interrupt never splits a line.
            sys.stdout.write(lines)
            sys.stdout.flush()
            return
        try:
            self._file.write(lines)
            self._file.flush()
        except OSError as error:
            # What could not be written is dropped, so that closing does not fail as well.
            with suppress(OSError):
                self._file.close()
            self._file = None
            raise OutputError(
                f"{self._path} cannot be written any more ({reason_of(error)}). It keeps what was "
                "written before. Make room, and add --resume to the same command."
            ) from None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def print_result(line: str) -> None:
    """Print one result and flush, so that a program reading the pipe gets it at once."""
    print(line, flush=True)


def as_json(data: object) -> str:
    """Encode data as one line of JSON, without the line end."""
    return msgspec.json.encode(data).decode()


def as_row(values: dict[str, Any], columns: Iterable[str]) -> str:
    """Encode one row of CSV, without the line end; a column without a value is left empty."""
    buffer = io.StringIO()
    csv.DictWriter(buffer, tuple(columns), restval="", lineterminator="").writerow(values)
    return buffer.getvalue()


def header(columns: Iterable[str]) -> str:
    return as_row({column: column for column in columns}, columns)


def error_lines(file: str, message: str, format: Format, columns: Iterable[str]) -> list[str]:
    """The lines of output for a file that cannot be read: text has none, the message is on stderr.

    Args:
        file: the file's name.
        message: the reason, one sentence.
        format: the format of the results.
        columns: the columns of CSV, among them `file` and `error`.
    """
    error = {"file": file, "error": message}
    if format is Format.JSON:
        return [as_json(error)]
    if format is Format.CSV:
        return [as_row(error, columns)]
    return []


def join_lines(lines: Iterable[str]) -> str:
    """Join lines, each followed by a line end."""
    return "".join(f"{line}\n" for line in lines)


def unfinished(files: Iterable[str], finished: FinishedFiles) -> Iterator[str]:
    """The files that still have to be read, in their order."""
    return (file for file in files if file not in finished.names)


def _cut_to_finished_files(path: Path, format: Format) -> FinishedFiles:
    """Find the finished files in the output of an interrupted run, and cut off the rest.

    An incomplete last line is removed, and so are all lines of the last file, because some of its
    pages may be missing. That file is read again.
    """
    failed_by_file: dict[str, bool] = {}
    # The last file, where its lines start, and the end of the last complete line (in bytes).
    last, start, end = "", 0, 0
    with path.open("rb") as content:
        for index, line in enumerate(content):
            if not line.endswith(b"\n"):
                break
            record = _parse_line(line, index, path, format)
            if record is not None:
                file, failed = record
                if file != last:
                    last, start = file, end
                failed_by_file[file] = failed_by_file.get(file, False) or failed
            end += len(line)
    failed_by_file.pop(last, None)
    with path.open("r+b") as content:
        content.truncate(start if last else end)
    return FinishedFiles(frozenset(failed_by_file), sum(failed_by_file.values()))


def _parse_line(line: bytes, index: int, path: Path, format: Format) -> tuple[str, bool] | None:
    """The file that a line of results is about, and whether it failed; None for a CSV header."""
    try:
        text = line.decode("utf-8")
        if format is Format.JSON:
            data = msgspec.json.decode(text, type=dict[str, Any])
            return str(data["file"]), "error" in data
        cells = next(csv.reader([text]))
        if index == 0 and cells[0] == "file":
            return None
        if index == 0 or len(cells) < 2:
            raise ValueError
        return cells[0], bool(cells[-1])
    except (ValueError, KeyError, IndexError, StopIteration, msgspec.MsgspecError):
        raise OutputError(
            f"Line {index + 1} of {path} is not a result in {format} format. The file was not "
            "changed."
        ) from None
