"""One reading process and what it is given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from inkling.serving import worker
from inkling.serving.processes import interrupts_blocked, new_pool

if TYPE_CHECKING:
    from pebble import ProcessFuture, ProcessPool

# The model that is asked for most.
MODEL = "digits"
# Seconds beyond a page's own after which its process is ended: single steps of reading take some.
GRACE = 10.0


@dataclass(eq=False)
class Task:
    """One page to read.

    Attributes:
        visitor: whose.
        what: the page, as a sentence names it.
        function, arguments: read it.
        seconds: that reading may take.
        source: tells pages of one file from others.
        future: the answer.
        is_second_try: whether the process that had it was broken before it began.
    """

    visitor: str
    what: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    seconds: float
    source: int
    future: Future[Any] = field(default_factory=Future)
    is_second_try: bool = False


class Reader:
    """One reading process; after a kill, the next one in its place.

    Attributes:
        task: what it reads now.
        source: what it has read last, which may still be open there.
    """

    def __init__(self, megabytes: float) -> None:
        self.task: Task | None = None
        self.source: int | None = None
        self._megabytes = megabytes
        self._pool: ProcessPool | None = None

    def start(self) -> None:
        """Start the process unless it runs."""
        with interrupts_blocked():
            if self._pool is not None and not self._pool.active:
                self.end()
            if self._pool is None:
                self._pool = new_pool(1, worker.start, (MODEL, self._megabytes), with_main=False)
            # Asking starts it.
            _ = self._pool.active

    def give(self, task: Task) -> ProcessFuture[Any]:
        """Let the process read a page."""
        self.start()
        assert self._pool is not None
        self.task, self.source = task, task.source
        return self._pool.schedule(task.function, args=task.arguments, timeout=task.seconds + GRACE)

    def end(self) -> None:
        """End the process."""
        pool, self._pool, self.source = self._pool, None, None
        if pool is not None:
            # Not here: this may be one of the threads that it waits for.
            threading.Thread(target=_stop, args=(pool,), daemon=True).start()


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
