"""Streams of examples: made by other processes, shown again, and made in advance."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import count, islice
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from inkling.training.synthesis.streams import (
    Batch,
    from_processes,
    prefetch,
    shown_again,
    vary_first_widths,
)


def numbers(low: int, rng: np.random.Generator) -> Iterator[int]:
    """Random numbers, made elsewhere."""
    while True:
        yield low + int(rng.integers(1000))


def process_ids(rng: np.random.Generator) -> Iterator[int]:
    """The process that makes the items."""
    del rng
    while True:
        yield os.getpid()


def take_one_and_wait(connection: Connection) -> None:
    """Start a stream, send the id of the process that makes it, and wait to be killed."""
    stream = from_processes(process_ids, 0, 1, 1)
    connection.send(next(stream))
    time.sleep(600)


def test_the_same_seed_makes_the_same_items_in_another_process() -> None:
    streams = [from_processes(partial(numbers, 5000), 3, 1, 2) for _ in range(2)]
    first, again = (list(islice(stream, 10)) for stream in streams)
    for stream in streams:
        stream.close()  # type: ignore[attr-defined]
    assert first == again
    assert min(first) >= 5000
    assert first == list(islice(numbers(5000, np.random.default_rng([3, 0])), 10))


def test_the_makers_end_when_their_parent_is_killed() -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    parent = context.Process(target=take_one_and_wait, args=(theirs,))
    parent.start()
    maker = ours.recv()
    assert parent.pid is not None
    os.kill(parent.pid, signal.SIGKILL)
    parent.join()
    deadline = time.monotonic() + 30.0
    while _is_running(maker) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not _is_running(maker)


def test_each_item_is_shown_as_often_as_is_asked() -> None:
    rng = np.random.default_rng(0)
    shown = shown_again(iter(range(400)), lambda item, _: item + 1000, rng, times=3, kept=8)
    found = list(shown)
    assert len(found) == 1200
    assert [item for item in found if item < 1000] == list(range(400))
    # What is shown again was made at most 8 items before.
    newest = -1
    for item in found:
        if item < 1000:
            newest = item
        else:
            assert newest - 8 < item - 1000 <= newest
    assert max(Counter(found).values()) < 20


def test_items_made_in_advance_keep_their_order() -> None:
    assert list(islice(prefetch(iter(count()), 3), 20)) == list(range(20))


def test_the_first_two_batches_differ_in_width_and_none_is_lost() -> None:
    def source() -> Iterator[Batch]:
        for number, width in enumerate((32, 32, 32, 64, 96)):
            yield np.zeros((1, 4, width, 1), np.float32), np.array([number])

    found = list(vary_first_widths(source()))
    assert [batch[0].shape[2] for batch in found[:2]] == [32, 64]
    assert sorted(int(batch[1][0]) for batch in found) == [0, 1, 2, 3, 4]


def _is_running(process: int) -> bool:
    """Whether a process exists and has not ended."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
        return stat.rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
