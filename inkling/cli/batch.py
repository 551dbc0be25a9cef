"""Reading many files: one function for one file, run here, in processes on all cores, or on Ray.

Whichever way it is run, results come in the order of the files, one `Outcome` each; whatever a file
does, be it damaged or the death of the process that reads it, costs that file and no other.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import cv2
import msgspec
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from inkling.cli.output import Format, as_json, as_row, lines_of
from inkling.imaging.load import Page, PhotoError, open_pages
from inkling.reader.page import read_upright
from inkling.recognition import classifier, results
from inkling.recognition.results import Reading, as_data

COLUMNS = ("file", "page", "line", "number", "confidence", "error")
# So many files a process are handed out ahead: one slow file does not hold up the rest.
AHEAD = 32


class BatchError(Exception):
    """The run cannot start; the message is one sentence for a person."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one file.

    Attributes:
        file: its name.
        lines: all its results in the format asked for, whole lines with their ends.
        remarks: sentences for stderr.
        failed: whether it, or a page of it, could not be read.
    """

    file: str
    lines: str
    remarks: tuple[str, ...] = ()
    failed: bool = False


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_file(file: str, network: str, format: Format) -> Outcome:
    """Read all pages of a file; never raises for what is in the file.

    Raises:
        ReportError: there is no such network.
    """
    model = classifier.load(network)
    lines: list[str] = []
    remarks: list[str] = []
    try:
        for page in open_pages(Path(file), file):
            page, reading = read_upright(page, model)
            remarks += [f"{file}: {warning}" for warning in reading.warnings]
            lines += _lines(page, reading, format)
    except PhotoError as problem:
        return _failure(file, str(problem), format, lines, remarks)
    except MemoryError:
        message = f"{file} needs more memory than there is: make it smaller."
        return _failure(file, message, format, lines, remarks)
    except Exception as problem:  # among thousands of files one such must not end the run
        kind = type(problem).__name__
        message = f"{file} could not be read, by a fault of Inkling ({kind}): please report it."
        return _failure(file, message, format, lines, remarks)
    return Outcome(file, lines_of(lines), tuple(remarks))


def read_files(
    files: Sequence[str], network: str, format: Format, jobs: int | None = None
) -> Generator[Outcome]:
    """Read files on this computer, in as many processes as it has cores or as are asked for.

    A single file is read in this process. Closing the iterator ends the processes.
    """
    jobs = min(jobs or cores(), len(files))
    if len(files) > 1:
        yield from _in_processes(files, network, format, jobs)
    else:
        for file in files:
            yield read_file(file, network, format)


def _failure(
    file: str,
    message: str,
    format: Format,
    lines: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> Outcome:
    """The outcome of a file that failed, after the lines of what had been read of it."""
    said = [*lines]
    if format is Format.JSON:
        said.append(as_json({"file": file, "error": message}))
    elif format is Format.CSV:
        said.append(as_row({"file": file, "error": message}, COLUMNS))
    return Outcome(file, lines_of(said), (*remarks, message), failed=True)


def _lines(page: Page, reading: Reading, format: Format) -> list[str]:
    if format is Format.JSON:
        return [as_json(as_data(page, reading))]
    if format is Format.CSV:
        return [as_row(row, COLUMNS) for row in results.rows([(page, reading)])]
    return [" ".join(number.text for number in line.numbers) for line in reading.lines]


def _in_processes(
    files: Sequence[str], network: str, format: Format, jobs: int
) -> Generator[Outcome]:
    # Spawned: LiteRT's and OpenCV's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPool(jobs, initializer=_start_worker, initargs=(network,), context=context)
    waiting: deque[tuple[str, ProcessFuture[Outcome]]] = deque()
    try:
        for file in files:
            if len(waiting) == AHEAD * jobs:
                yield _result(*waiting.popleft(), format)
            # The first of these starts the pool.
            with _without_interrupts():
                waiting.append((file, pool.schedule(read_file, args=(file, network, format))))
        while waiting:
            yield _result(*waiting.popleft(), format)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _result(file: str, future: ProcessFuture[Outcome], format: Format) -> Outcome:
    try:
        return future.result()
    except ProcessExpired:
        return _failure(file, _death_of(file), format)


def _death_of(file: str) -> str:
    return (
        f"{file} ended the process that read it, by its damage or for lack of memory: "
        "make it smaller or export it again."
    )


@contextmanager
def _without_interrupts() -> Generator[None]:
    """Threads and processes started meanwhile, and those that they start, do not hear Ctrl-C.

    It reaches every process of the terminal, also those that are only starting and would complain;
    the first one ends the others.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # It unblocks the signal where it starts, with the first process: let that be before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker(network: str) -> None:
    """Prepare a process of the pool."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    threading.Thread(target=_follow_parent, daemon=True).start()
    classifier.load(network)


def _follow_parent() -> None:
    """End with the parent, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def read_on_ray(
    files: Sequence[str], network: str, format: Format, address: str
) -> Generator[Outcome]:
    """Read files as a Ray Data job, where one computer is not enough.

    Args:
        files: by names under which every computer of the cluster finds them.
        network: a model that every computer has, in an Inkling installed there.
        format: of the results.
        address: of a running cluster; "local" starts one on this computer.

    Raises:
        BatchError: Ray is not installed, or no cluster is at that address.
    """
    try:
        import ray
        import ray.data
    except ImportError:
        raise BatchError("--ray needs Ray: pip install 'inkling[ray]'.") from None
    options: dict[str, Any] = {"include_dashboard": False} if address == "local" else {}
    try:
        ray.init(
            address=address,
            logging_level=logging.ERROR,
            log_to_driver=False,
            **options,
        )
    except (ConnectionError, ValueError, RuntimeError) as problem:
        raise BatchError(f"There is no Ray cluster at {address} ({problem}).") from None
    try:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        context.execution_options.preserve_order = True
        # A process that dies loses its block, which is one file, and not the job.
        context.max_errored_blocks = -1
        rows = ray.data.from_items(
            [{"place": place, "file": file} for place, file in enumerate(files)],
            override_num_blocks=len(files),
        ).map(partial(_read_row, network=network, format=format), num_cpus=1)
        due = 0
        for row in rows.iter_rows():
            for lost in files[due : row["place"]]:
                yield _failure(lost, _death_of(lost), format)
            due = row["place"] + 1
            yield msgspec.json.decode(row["outcome"], type=Outcome)
        for lost in files[due:]:
            yield _failure(lost, _death_of(lost), format)
    finally:
        ray.shutdown()


def _read_row(row: dict[str, Any], network: str, format: Format) -> dict[str, Any]:
    """`read_file` as Ray Data calls it: a row of plain values in, one out."""
    cv2.setNumThreads(1)
    outcome = read_file(str(row["file"]), network, format)
    return {"place": row["place"], "outcome": as_json(outcome)}
