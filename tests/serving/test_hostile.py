"""Hostile files through the pool: each costs limited time and memory, and others go on."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inkling.imaging.load import PhotoError
from inkling.recognition.results import Reading
from inkling.serving.errors import PoolError
from inkling.serving.pool import ReadingPool
from tests.fixtures.hostile import FILES
from tests.fixtures.uploads import sample

# The longest time for a file, and what its process may use beyond what it has when it is ready.
MAX_SECONDS, MAX_MEGABYTES = 15.0, 400.0
# What a process that draws PDFs has at its start, at most.
PDF_MEGABYTES = 60.0
# Lines are read for so long, so that the test does not take all the time that it may.
SECONDS = 2.0


class Watch:
    """Looks at the memory of this process' children and of theirs, as the system counts it.

    Attributes:
        ready: megabytes of a reading process that is ready.
        highest: the most megabytes of a reading process.
        highest_pdf: the most megabytes of one that draws a PDF for it.
    """

    def __init__(self) -> None:
        children = [child.pid for child in multiprocessing.active_children()]
        self.ready = min(megabytes(pid)["VmRSS"] for pid in children if pid is not None)
        self.highest = self.highest_pdf = 0.0
        self._has_ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._has_ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._has_ended.wait(0.02):
            for child in multiprocessing.active_children():
                if child.pid is not None:
                    size = megabytes(child.pid).get("VmRSS", 0.0)
                    self.highest = max(self.highest, size)
                    for pid in children_of(child.pid):
                        size = megabytes(pid).get("VmRSS", 0.0)
                        self.highest_pdf = max(self.highest_pdf, size)


def megabytes(pid: int) -> dict[str, float]:
    """A process' memory by the system's names; empty where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    fields = (line.split() for line in lines if line.startswith("Vm"))
    return {field[0].rstrip(":"): int(field[1]) * 1024 / 1e6 for field in fields}


def children_of(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(each) for each in text.split()]


@pytest.fixture(scope="module")
def pool() -> Iterator[ReadingPool]:
    opened = ReadingPool(2, MAX_MEGABYTES)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def watch(pool: ReadingPool) -> Iterator[Watch]:
    ready = [pool.submit(sample(), "a.jpg", 1, "digits", str(n)) for n in range(4)]
    for each in ready:
        each.result()
    watching = Watch()
    yield watching
    watching.end()


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_costs_little(name: str, pool: ReadingPool, watch: Watch) -> None:
    content = FILES[name]()
    start = time.monotonic()
    hostile = pool.submit(content, name, 1, "digits", "them", SECONDS)
    # Somebody else's photo has a process of its own.
    other = pool.submit(sample(), "a.jpg", 1, "digits", "us")
    page_and_reading = other.result(MAX_SECONDS)
    assert page_and_reading is not None and page_and_reading[1].text == "8"
    try:
        answer = hostile.result(MAX_SECONDS)
    except (PhotoError, PoolError) as problem:
        assert name in str(problem) and str(problem).endswith(".")
    else:
        assert answer is not None and isinstance(answer[1], Reading)
    assert time.monotonic() - start < MAX_SECONDS
    assert watch.highest < MAX_MEGABYTES + watch.ready
    assert watch.highest_pdf < MAX_MEGABYTES + PDF_MEGABYTES
