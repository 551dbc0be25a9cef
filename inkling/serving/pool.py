"""The pool of processes that read photos, PDFs and forms for everybody on this server.

    pool = reading_pool()
    future = pool.submit(reading_of, content, "list.jpg", 1, "digits", visitor)

A page that takes too long or too much memory, or that crashes its process, costs itself and
nothing else: the process is ended and replaced. Visitors take turns, one page each.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pebble import ProcessExpired

from inkling.serving import readers, settings, worker
from inkling.serving.errors import PoolBusyError, PoolError
from inkling.serving.queue import FairQueue
from inkling.serving.readers import Reader, Task

if TYPE_CHECKING:
    from inkling.forms.result import FormReading
    from inkling.imaging.load import Page
    from inkling.recognition.results import Reading

log = logging.getLogger(__name__)

# Pages that may wait, of all visitors and of one. Each holds its file in memory.
MAX_WAITING, MAX_WAITING_OF_ONE = 60, 20
# Seconds without work after which the processes end, to give their memory back.
IDLE_SECONDS = 120.0
# Errors that the reading itself raises, by name: what they need is slow to import.
EXPECTED = ("PhotoError", "PageError", "ReportError", "TemplateError")

T = TypeVar("T")


class ReadingPool:
    """Processes that read pages; safe to share between threads. See `reading_pool`.

    Args:
        readers: how many there are; with 0, the thread that asks reads the page.
        megabytes: of memory that each may use for a page, beside its networks.
    """

    def __init__(self, readers: int, megabytes: float) -> None:
        self.readers, self.megabytes = readers, megabytes
        self._lock = threading.RLock()
        self._waiting: FairQueue[Task] = FairQueue()
        self._all = [Reader(megabytes) for _ in range(readers)]
        self._last_used = time.monotonic()
        self._timer: threading.Timer | None = None

    @property
    def waiting(self) -> int:
        """How many pages wait."""
        with self._lock:
            return len(self._waiting)

    @property
    def running(self) -> int:
        """How many pages are being read."""
        with self._lock:
            return sum(reader.task is not None for reader in self._all)

    def warm(self) -> None:
        """Start the processes that do not run, so that the first page need not wait for them."""
        with self._lock:
            self._is_used()
            for reader in self._all:
                reader.start()

    def submit(
        self,
        keep: Callable[[Page, Reading], T],
        content: bytes,
        name: str,
        number: int,
        model: str,
        visitor: str,
        timeout: float | None = None,
    ) -> Future[T | None]:
        """Read one page of a file, and let its process make what is wanted of it.

        The pixels of a large photo take long on their way to this process.

        Args:
            keep: a function of a module; it gets the page as it was read and the reading there,
                and its result is the answer here.
            content: of the file.
            name: of the file, for messages.
            number: of the page, from 1.
            model: the classifier, a folder under `model/`.
            visitor: visitors take turns.
            timeout: for opening and reading it, in seconds; by default `settings.page_seconds()`.

        Returns:
            What `keep` returns, or None where the file has fewer pages. While it waits it can be
            cancelled. It raises PhotoError where the file, or this page, cannot be opened,
            ReportError where a network is missing or damaged, and PoolError where reading was
            ended, because it took too long or too much memory or crashed.

        Raises:
            PoolBusyError: too many pages wait.
        """
        seconds = settings.page_seconds() if timeout is None else timeout
        arguments = (content, name, number, model, seconds, keep)
        what = name if number == 1 else f"page {number} of {name}"
        return self._add(
            Task(visitor, what, worker.read_page, arguments, seconds, source=id(content))
        )

    def submit_form(
        self,
        template: bytes,
        picture: bytes,
        name: str,
        number: int,
        model: str,
        visitor: str,
    ) -> Future[FormReading]:
        """Read a page as a copy of a form.

        Args:
            template: the form, as JSON.
            picture: the page, as JPEG or PNG.
            name, number, model, visitor: see `submit`.

        Raises:
            PoolBusyError: too many pages wait.
        """
        seconds = settings.page_seconds()
        arguments = (template, picture, name, number, model, seconds)
        return self._add(
            Task(visitor, name, worker.read_form, arguments, seconds, source=hash(template))
        )

    def forget(self, visitor: str) -> None:
        """Cancel what waits for a visitor who has left."""
        with self._lock:
            tasks = self._waiting.of(visitor)
        for task in tasks:
            task.future.cancel()

    def close(self) -> None:
        """End the processes; what waits is cancelled."""
        with self._lock:
            tasks = list(self._waiting)
        for task in tasks:
            task.future.cancel()
        with self._lock:
            for reader in self._all:
                reader.end()

    def _add(self, task: Task) -> Future[Any]:
        if not self.readers:
            self._read_here(task)
            return task.future
        with self._lock:
            is_full = len(self._waiting) >= MAX_WAITING
            if is_full or len(self._waiting.of(task.visitor)) >= MAX_WAITING_OF_ONE:
                raise PoolBusyError(
                    f"{task.what} was not read: too many pages wait. Try again in a minute."
                )
            self._waiting.add(task.visitor, task)
        task.future.add_done_callback(lambda _: self._drop(task))
        self._dispatch()
        return task.future

    def _drop(self, task: Task) -> None:
        with self._lock:
            self._waiting.remove(task.visitor, task)

    def _read_here(self, task: Task) -> None:
        task.future.set_running_or_notify_cancel()
        try:
            task.future.set_result(task.function(*task.arguments))
        except Exception as problem:
            task.future.set_exception(self._explained(problem, task))

    def _dispatch(self) -> None:
        """Give what waits to the processes that are free."""
        with self._lock:
            self._is_used()
            while free := [reader for reader in self._all if reader.task is None]:
                if not len(self._waiting):
                    break
                task = self._waiting.take()
                if not (task.is_second_try or task.future.set_running_or_notify_cancel()):
                    continue
                # Rather the process that may have the file open.
                reader = next((each for each in free if each.source == task.source), free[0])
                reader.give(task).add_done_callback(partial(self._finished, reader, task))

    def _finished(self, reader: Reader, task: Task, done: Future[Any]) -> None:
        problem = done.exception()
        with self._lock:
            reader.task = None
            if isinstance(problem, BrokenProcessPool) and not task.is_second_try:
                # The process had ended before it got the page.
                task.is_second_try = True
                reader.end()
                self._waiting.add_first(task.visitor, task)
                problem = None
                done = Future()
            elif problem is not None and type(problem).__name__ not in EXPECTED:
                # Also after an error that the process has outlived: it may have left damage.
                reader.end()
                reader.start()
        self._dispatch()
        if problem is not None:
            task.future.set_exception(self._explained(problem, task))
        elif done.done():
            task.future.set_result(done.result())

    def _explained(self, problem: BaseException, task: Task) -> BaseException:
        """The error that the one who asked gets."""
        what = task.what[0].upper() + task.what[1:] if task.what.startswith("page ") else task.what
        if isinstance(problem, MemoryError):
            return PoolError(
                f"{what} needs more than the {self.megabytes:g} MB of memory that a page may take. "
                "Make it smaller."
            )
        if isinstance(problem, TimeoutError):
            return PoolError(
                f"{what} took longer than {task.seconds + readers.GRACE:g} s and was given up. "
                "Make it smaller, or send a clearer picture."
            )
        if isinstance(problem, ProcessExpired):
            return PoolError(
                f"{what} crashed the process that read it: it is damaged or needs too much memory. "
                "Make it smaller or export it again."
            )
        if isinstance(problem, BrokenProcessPool):
            log.error("no reading process can be started")
            return PoolError(f"{what} was not read, because of a fault of the server. Try again.")
        return problem

    def _is_used(self) -> None:
        """Note that the processes are needed, and look after them until they are not."""
        self._last_used = time.monotonic()
        if self._timer is None and self._all:
            self._wait_for_rest(IDLE_SECONDS)

    def _wait_for_rest(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._rest)
        self._timer.daemon = True
        self._timer.start()

    def _rest(self) -> None:
        """End the processes if nothing has been read for a while."""
        with self._lock:
            left = IDLE_SECONDS - (time.monotonic() - self._last_used)
            if any(reader.task is not None for reader in self._all):
                left = IDLE_SECONDS
            if left > 0.0:
                self._wait_for_rest(left)
                return
            self._timer = None
            for reader in self._all:
                reader.end()


_pool: ReadingPool | None = None
_pool_lock = threading.Lock()


def reading_pool() -> ReadingPool:
    """This server's pool, as the environment sets it; its processes start with the first page.

    Raises:
        PoolError: a setting is wrong.
    """
    global _pool
    wanted = settings.readers(), settings.reader_megabytes()
    with _pool_lock:
        if _pool is None or (_pool.readers, _pool.megabytes) != wanted:
            if _pool is not None:
                _pool.close()
            _pool = ReadingPool(*wanted)
        return _pool
