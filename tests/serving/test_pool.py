"""Pages that are read in other processes, which are killed, and by visitors who take turns."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inkling.imaging.load import Page, PhotoError, open_pages
from inkling.reader.page import read_upright
from inkling.recognition import classifier
from inkling.recognition.results import Reading
from inkling.reports.files import ReportError
from inkling.serving import pool as pool_module
from inkling.serving import readers
from inkling.serving.errors import PoolBusyError, PoolError
from inkling.serving.pool import ReadingPool, reading_pool
from inkling.serving.worker import reading_of
from tests.fixtures.uploads import sample, written

# Longer than anything here takes, in seconds.
PATIENCE = 40.0
PDF = "two-pages.pdf"


@pytest.fixture(scope="module")
def pool() -> Iterator[ReadingPool]:
    """Two processes."""
    opened = ReadingPool(2, 400.0)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def single() -> Iterator[ReadingPool]:
    """One process, so that pages wait for each other."""
    opened = ReadingPool(1, 400.0)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def page() -> bytes:
    return written("12 7", seed=1)


def read_here(name: str) -> list[Reading]:
    """All pages of a sample, read in this process."""
    model = classifier.load("digits")
    return [read_upright(page, model)[1] for page in open_pages(sample(name), name)]


# What the processes make of a page: these functions run there.


def both(page: Page, reading: Reading) -> tuple[Page, Reading]:
    return page, reading


def text_of(page: Page, reading: Reading) -> str:
    return reading.text


def process_of(page: Page, reading: Reading) -> int:
    return os.getpid()


def stuck(began: Path, page: Page, reading: Reading) -> None:
    """Never ends; says in a file which process this is."""
    began.with_suffix(".new").write_text(str(os.getpid()))
    began.with_suffix(".new").rename(began)
    time.sleep(PATIENCE)


def greedy(page: Page, reading: Reading) -> float:
    return float(np.ones(600_000_000, np.uint8).sum())


def moment(page: Page, reading: Reading) -> float:
    return time.monotonic()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def hold(pool: ReadingPool, page: bytes, folder: Path) -> tuple[Future[Any], int]:
    """Let a process be busy until somebody kills it: the future of its page, and its id."""
    began = folder / "began"
    keep = partial(stuck, began)
    held = pool.submit(keep, page, "held.png", 1, "digits", "holder", PATIENCE)
    until(began.exists)
    return held, int(began.read_text())


def test_pages_are_read_as_in_one_process(pool: ReadingPool) -> None:
    for name in (PDF, "measurements.jpg"):
        expected = read_here(name)
        for number, reading in enumerate(expected, 1):
            future = pool.submit(both, sample(name), name, number, "digits", "a")
            answer = future.result(PATIENCE)
            assert answer is not None
            assert answer[1].export() == reading.export()
            assert (answer[0].number, answer[0].count) == (number, len(expected))
            assert answer[0].image.shape[:2] == (reading.height, reading.width)
        last = len(expected)
        future = pool.submit(both, sample(name), name, last + 1, "digits", "a")
        assert future.result(PATIENCE) is None


def test_a_page_in_the_middle_is_read_without_those_before_it(pool: ReadingPool) -> None:
    future = pool.submit(text_of, sample(PDF), PDF, 2, "digits", "a")
    assert future.result(PATIENCE) == read_here(PDF)[1].text


def test_what_cannot_be_read_has_its_own_error(pool: ReadingPool, page: bytes) -> None:
    with pytest.raises(PhotoError, match=r"a\.png: it is empty"):
        pool.submit(text_of, b"", "a.png", 1, "digits", "a").result(PATIENCE)
    with pytest.raises(ReportError):
        pool.submit(text_of, page, "a.png", 1, "no-such-model", "a").result(PATIENCE)


def test_a_killed_process_costs_its_page_and_is_replaced(
    pool: ReadingPool, page: bytes, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    held, pid = hold(pool, page, tmp_path)
    # The other process goes on reading.
    others = [pool.submit(text_of, page, f"{n}.png", 1, "digits", "b") for n in range(3)]
    assert [other.result(PATIENCE) for other in others] == ["127"] * 3
    assert not held.done()
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(PoolError, match=r"held\.png crashed the process"):
        held.result(PATIENCE)
    # There are two again.
    pids = [
        pool.submit(process_of, page, f"{n}.png", 1, "digits", "b").result(PATIENCE)
        for n in range(2)
    ]
    held, second = hold(pool, page, tmp_path_factory.mktemp("second"))
    assert pid not in {*pids, second}
    other = pool.submit(process_of, page, "a.png", 1, "digits", "b").result(PATIENCE)
    assert other not in {pid, second}
    os.kill(second, signal.SIGKILL)


def test_a_page_that_does_not_end_is_given_up(
    single: ReadingPool, page: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "GRACE", 3.0)
    keep = partial(stuck, tmp_path / "began")
    future = single.submit(keep, page, "a.png", 1, "digits", "a", 1.0)
    with pytest.raises(PoolError, match=r"a\.png took longer than 4 s and was given up\."):
        future.result(PATIENCE)
    assert single.submit(text_of, page, "a.png", 1, "digits", "a").result(PATIENCE) == "127"


def test_a_page_without_memory_is_given_up(single: ReadingPool, page: bytes) -> None:
    future = single.submit(greedy, page, "a.png", 1, "digits", "a")
    with pytest.raises(PoolError, match=r"a\.png needs more than the 400 MB"):
        future.result(PATIENCE)
    assert single.submit(text_of, page, "a.png", 1, "digits", "a").result(PATIENCE) == "127"


def test_visitors_take_turns_and_what_waits_is_cancelled(
    single: ReadingPool, page: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, pid = hold(single, page, tmp_path)

    def ask(visitor: str) -> Future[float | None]:
        return single.submit(moment, page, f"{visitor}.png", 1, "digits", visitor)

    waiting = {name: ask(name[0]) for name in ("a1", "a2", "a3", "b1", "c1", "d1")}
    assert (single.running, single.waiting) == (1, 6)
    assert waiting["a2"].cancel() and not held.cancel()
    single.forget("c")
    assert single.waiting == 4
    monkeypatch.setattr(pool_module, "MAX_WAITING", 4)
    with pytest.raises(PoolBusyError, match="too many pages wait"):
        ask("e")
    os.kill(pid, signal.SIGKILL)
    moments = {
        name: each.result(PATIENCE) for name, each in waiting.items() if not each.cancelled()
    }
    assert sorted(moments, key=lambda name: moments[name] or 0.0) == ["a1", "b1", "d1", "a3"]
    assert waiting["a2"].cancelled() and waiting["c1"].cancelled()


def test_idle_processes_end_and_start_again(page: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "IDLE_SECONDS", 1.0)
    before = {child.pid for child in multiprocessing.active_children()}
    brief = ReadingPool(1, 400.0)
    brief.warm()
    until(lambda: bool({child.pid for child in multiprocessing.active_children()} - before))
    assert brief.submit(text_of, page, "a.png", 1, "digits", "a").result(PATIENCE) == "127"
    until(lambda: {child.pid for child in multiprocessing.active_children()} <= before)
    assert brief.submit(text_of, page, "a.png", 1, "digits", "a").result(PATIENCE) == "127"
    brief.close()


def test_a_process_that_died_while_idle_costs_nothing(single: ReadingPool, page: bytes) -> None:
    pid = single.submit(process_of, page, "a.png", 1, "digits", "a").result(PATIENCE)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert single.submit(text_of, page, "a.png", 1, "digits", "a").result(PATIENCE) == "127"


def test_settings_choose_the_pool(page: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKLING_READERS", "0")
    here = reading_pool()
    assert here is reading_pool() and here.readers == 0
    assert here.submit(process_of, page, "a.png", 1, "digits", "a").result() == os.getpid()
    monkeypatch.setenv("INKLING_READERS", "3")
    assert reading_pool().readers == 3
    for name in ("INKLING_READERS", "INKLING_READER_MEGABYTES"):
        monkeypatch.setenv(name, "many")
        with pytest.raises(PoolError, match="“many”"):
            reading_pool()
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("INKLING_PAGE_SECONDS", "0.001")
    monkeypatch.setenv("INKLING_READERS", "0")
    reading = reading_pool().submit(reading_of, page, "a.png", 1, "digits", "a").result()
    assert reading is not None
    assert reading.warnings[0].startswith("Reading took longer than 0.001 s.")
