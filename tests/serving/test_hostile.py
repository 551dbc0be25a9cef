"""Hostile files through the pool: each costs limited time and memory, and others go on."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from benchmarks.safety.memory import Watch
from inkling.imaging.load import PhotoError
from inkling.recognition.results import Reading
from inkling.serving.errors import PoolError
from inkling.serving.pool import ReadingPool
from inkling.serving.worker import reading_of
from tests.fixtures.hostile import FILES
from tests.fixtures.uploads import sample

# The longest time for a file, and what its process may use beyond what it has when it is ready.
MAX_SECONDS, MAX_MEGABYTES = 15.0, 400.0
# What a process that draws PDFs has at its start, at most.
PDF_MEGABYTES = 60.0
# Lines are read for so long, so that the test does not take all the time that it may.
SECONDS = 2.0


@pytest.fixture(scope="module")
def pool() -> Iterator[ReadingPool]:
    opened = ReadingPool(2, MAX_MEGABYTES)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def watch(pool: ReadingPool) -> Iterator[Watch]:
    ready = [pool.submit(reading_of, sample(), "a.jpg", 1, "digits", str(n)) for n in range(4)]
    for each in ready:
        each.result()
    watching = Watch()
    yield watching
    watching.end()


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_costs_little(name: str, pool: ReadingPool, watch: Watch) -> None:
    content = FILES[name]()
    start = time.monotonic()
    hostile = pool.submit(reading_of, content, name, 1, "digits", "them", SECONDS)
    # Somebody else's photo has a process of its own.
    other = pool.submit(reading_of, sample(), "a.jpg", 1, "digits", "us")
    reading = other.result(MAX_SECONDS)
    assert reading is not None and reading.text == "8"
    try:
        answer = hostile.result(MAX_SECONDS)
    except (PhotoError, PoolError) as problem:
        assert name in str(problem) and str(problem).endswith(".")
    else:
        assert isinstance(answer, Reading)
    assert time.monotonic() - start < MAX_SECONDS
    assert watch.highest < MAX_MEGABYTES + watch.ready
    assert watch.highest_pdf < MAX_MEGABYTES + PDF_MEGABYTES
