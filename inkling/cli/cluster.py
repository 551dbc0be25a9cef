"""Reading many files on a Ray cluster, where one computer is not enough."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Sequence
from functools import partial
from typing import Any

import cv2
import msgspec

from inkling.cli.batch import FileResult, crash, read_file
from inkling.cli.output import Format, as_json


class ClusterError(Exception):
    """The cluster cannot be used; the message is one sentence for the user."""


def read_files(
    files: Sequence[str],
    network: str,
    format: Format,
    address: str,
    timeout: float | None = None,
) -> Generator[FileResult]:
    """Read files as a Ray Data job.

    Args:
        files: by names that every computer of the cluster can open.
        network: a model that every computer has, in an Inkling installed there.
        format: the format of the results.
        address: of a running cluster; "local" starts one on this computer.
        timeout: the longest time for a page, in seconds; None for no limit.

    Raises:
        ClusterError: Ray is not installed, or there is no cluster at that address.
    """
    try:
        import ray
        import ray.data
    except ImportError:
        raise ClusterError("--ray needs Ray: pip install 'inkling[ray]'.") from None
    # A dashboard would start a web server on this computer.
    options: dict[str, Any] = {"include_dashboard": False} if address == "local" else {}
    try:
        ray.init(address=address, logging_level=logging.ERROR, log_to_driver=False, **options)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise ClusterError(f"There is no Ray cluster at {address} ({error}).") from None
    try:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        context.execution_options.preserve_order = True
        # A process that dies must cost its block, which is one file, and not the whole job.
        context.max_errored_blocks = -1
        items = [{"index": index, "file": file} for index, file in enumerate(files)]
        blocks = ray.data.from_items(items, override_num_blocks=len(files))
        read = partial(_read_row, network=network, format=format, timeout=timeout)
        yield from _fill_gaps(blocks.map(read, num_cpus=1).iter_rows(), files, format)
    finally:
        ray.shutdown()


def _read_row(
    row: dict[str, Any], network: str, format: Format, timeout: float | None
) -> dict[str, Any]:
    """Call `read_file` for a row of Ray Data, which holds plain values only."""
    cv2.setNumThreads(1)
    result = read_file(str(row["file"]), network, format, timeout)
    return {"index": row["index"], "result": as_json(result)}


def _fill_gaps(
    rows: Iterable[dict[str, Any]], files: Sequence[str], format: Format
) -> Generator[FileResult]:
    """Results in the order of the files; a file whose row is missing crashed its process."""
    expected = 0
    for row in rows:
        for lost in files[expected : row["index"]]:
            yield crash(lost, format)
        expected = row["index"] + 1
        yield msgspec.json.decode(row["result"], type=FileResult)
    for lost in files[expected:]:
        yield crash(lost, format)
