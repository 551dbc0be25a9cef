"""Reading many files on this computer: one function per file, run here or in worker processes.

Results come in the order of the files, one `FileResult` each. Whatever goes wrong with a file, even
if its worker process dies, costs that file and no other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from pathlib import Path

import msgspec
from pebble import ProcessExpired, ProcessFuture

from inkling.cli.forms import columns_of, lines_of, messages_of, open_template
from inkling.cli.output import Format, as_json, as_row, error_lines, join_lines
from inkling.forms.read import read_form
from inkling.imaging.load import PhotoError, open_pages
from inkling.reader.deadline import Deadline
from inkling.reader.page import load_networks, read_upright
from inkling.recognition import classifier
from inkling.recognition.results import Reading
from inkling.serving.processes import interrupts_blocked, new_pool, prepare, usable_cores

COLUMNS = ("file", "page", "line", "number", "written", "confidence", "sure", "error")
# Files queued per worker process, so that one slow file does not leave the others idle.
QUEUED_PER_PROCESS = 32


class FileResult(msgspec.Struct, frozen=True):
    """The result of one file.

    Attributes:
        file: its name.
        lines: all its results in the requested format, whole lines with their line ends.
        messages: sentences for stderr.
        failed: whether the file, or a page of it, could not be read.
    """

    file: str
    lines: str
    messages: tuple[str, ...] = ()
    failed: bool = False


def read_file(
    file: str,
    network: str,
    format: Format,
    timeout: float | None = None,
    template: str | None = None,
) -> FileResult:
    """Read all pages of a file; whatever the file holds, this never raises.

    Args:
        file: its name.
        network: the model to use.
        format: the format of the results.
        timeout: the longest time for a page, in seconds; None for no limit.
        template: the path of a form's template, if its pages are copies of that form.

    Raises:
        ReportError: there is no such network, or a network of the reader is missing.
        TemplateError: the template cannot be used.
    """
    model, networks = classifier.load(network), load_networks()
    form = open_template(template) if template else None
    columns = columns_of(form) if form else COLUMNS
    lines: list[str] = []
    messages: list[str] = []
    is_told = False
    try:
        for page in open_pages(Path(file), file):
            if form is not None:
                filled = read_form(page, form, model, Deadline(timeout), networks)
                messages += messages_of(filled)
                lines += lines_of(filled, form, format)
                is_told |= not filled.is_aligned
                continue
            _, reading = read_upright(page, model, Deadline(timeout), networks)
            messages += [f"{file}: {warning}" for warning in reading.warnings]
            lines += _reading_lines(reading, format)
    except PhotoError as error:
        return failure(file, str(error), format, lines, messages, columns)
    except MemoryError:
        message = f"{file} needs more memory than is available. Make it smaller."
        return failure(file, message, format, lines, messages, columns)
    except Exception as error:  # A bug must not end a run over thousands of files.
        kind = type(error).__name__
        message = (
            f"{file} could not be read because of a bug in Inkling ({kind}). Please report it."
        )
        return failure(file, message, format, lines, messages, columns)
    return FileResult(file, join_lines(lines), tuple(messages), is_told)


def read_files(
    files: Sequence[str],
    network: str,
    format: Format,
    jobs: int | None = None,
    timeout: float | None = None,
    template: str | None = None,
) -> Generator[FileResult]:
    """Read files on this computer, in parallel processes.

    A single file is read in this process. Closing the generator ends the worker processes.

    Args:
        files: their names.
        network: the model to use.
        format: the format of the results.
        jobs: the number of worker processes; by default one per core.
        timeout: the longest time for a page, in seconds; None for no limit.
        template: see `read_file`.
    """
    jobs = min(jobs or usable_cores(), len(files))
    if len(files) > 1:
        yield from _read_in_processes(files, network, format, jobs, timeout, template)
    else:
        for file in files:
            yield read_file(file, network, format, timeout, template)


def failure(
    file: str,
    message: str,
    format: Format,
    lines: Sequence[str] = (),
    messages: Sequence[str] = (),
    columns: Sequence[str] = COLUMNS,
) -> FileResult:
    """The result of a file that failed.

    Args:
        file: its name.
        message: the reason, one sentence.
        format: the format of the results.
        lines: the results of the pages read before the failure.
        messages: sentences about those pages.
        columns: of CSV.
    """
    lines = [*lines, *error_lines(file, message, format, columns)]
    return FileResult(file, join_lines(lines), (*messages, message), failed=True)


def crash(file: str, format: Format, columns: Sequence[str] = COLUMNS) -> FileResult:
    """The result of a file whose worker process died."""
    message = (
        f"{file} crashed the process that read it: it is damaged or needs too much memory. Make it "
        "smaller or export it again."
    )
    return failure(file, message, format, columns=columns)


def _reading_lines(reading: Reading, format: Format) -> list[str]:
    if format is Format.JSON:
        return [as_json(reading.export())]
    if format is Format.CSV:
        return [as_row(row, COLUMNS) for row in reading.rows()]
    return [" ".join(number.text for number in line.numbers) for line in reading.lines]


def _read_in_processes(
    files: Sequence[str],
    network: str,
    format: Format,
    jobs: int,
    timeout: float | None,
    template: str | None,
) -> Generator[FileResult]:
    pool = new_pool(jobs, _start_worker, (network,), with_main=True)
    pending: deque[tuple[str, ProcessFuture[FileResult]]] = deque()
    columns = columns_of(open_template(template)) if template else COLUMNS
    try:
        for file in files:
            if len(pending) == QUEUED_PER_PROCESS * jobs:
                yield _wait_for(*pending.popleft(), format, columns)
            # The first call of `schedule` starts the pool.
            with interrupts_blocked():
                future = pool.schedule(read_file, args=(file, network, format, timeout, template))
                pending.append((file, future))
        while pending:
            yield _wait_for(*pending.popleft(), format, columns)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _wait_for(
    file: str, future: ProcessFuture[FileResult], format: Format, columns: Sequence[str]
) -> FileResult:
    try:
        return future.result()
    except ProcessExpired:
        return crash(file, format, columns)


def _start_worker(network: str) -> None:
    """Prepare a worker process of the pool."""
    prepare()
    classifier.load(network)
