"""Pools of processes that read: how they are started, what limits them, and how they end.

A new process imports this module before it is prepared, so it imports nothing slow.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from multiprocessing import resource_tracker, spawn
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from typing import Any

from pebble import ProcessPool

try:
    import resource
except ImportError:  # Windows, where no process has a limit
    resource = None  # type: ignore[assignment]

# Libraries that would start a thread for each core in every process.
THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
# Where Linux tells a process how much memory it has.
STATUS = "/proc/self/status"
# Parameters of the C library's `mallopt`, and the bytes from which on an array has its own memory.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, LARGE = -1, -3, 2**20

_starting = threading.Lock()


def usable_cores() -> int:
    """The number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def new_pool(
    count: int, initializer: Callable[..., None], arguments: Sequence[Any], *, with_main: bool
) -> ProcessPool:
    """A pool of processes, which start with its first task. Start it inside `interrupts_blocked`.

    Args:
        count: of processes.
        initializer: prepares each of them; it should call `prepare`.
        arguments: its arguments.
        with_main: whether they import the program that runs here. Streamlit's is the app, which
            they would run.
    """
    # Spawned, because the threads of LiteRT and OpenCV do not survive a fork.
    context = multiprocessing.get_context("spawn") if with_main else _ContextWithoutMain()
    return ProcessPool(count, initializer=initializer, initargs=arguments, context=context)


@contextmanager
def interrupts_blocked() -> Generator[None]:
    """Hide Ctrl-C from the threads and processes started inside, and from their own children.

    The terminal sends Ctrl-C to every process, also to those still starting, which would print a
    traceback. Only the main process has to act on it: it ends the others.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # The resource tracker unblocks the signal when it starts, so it has to start before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def prepare() -> None:
    """Prepare a process of a pool: one thread, no Ctrl-C, and its end with its parent's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    for name in THREAD_SETTINGS:
        os.environ[name] = "1"
    import cv2

    cv2.setNumThreads(1)


def limit_memory(length: int) -> None:
    """Let this process use so many more bytes than it has now; no effect but on Linux.

    An allocation beyond it fails: Python raises MemoryError, and other libraries may end the
    process.
    """
    if resource is None or not sys.platform.startswith("linux"):
        return
    with open(STATUS, encoding="ascii") as status:  # noqa: PTH123
        data = next(line for line in status if line.startswith("VmData:"))
    limit = 1024 * int(data.split()[1]) + length
    # What is freed goes back to the system at once, and does not count any more.
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, LARGE)
        libc.mallopt(M_TRIM_THRESHOLD, LARGE)
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))


def _exit_with_parent() -> None:
    """Exit when the parent process does, even if it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class _ProcessWithoutMain(SpawnProcess):
    """A process that does not import the program that its parent runs."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: N802
        # Python has no setting for it: what it tells a new process is changed while one starts.
        with _starting:
            usual = spawn.get_preparation_data

            def without_main(name: str) -> dict[str, object]:
                told = usual(name)
                told.pop("init_main_from_name", None)
                told.pop("init_main_from_path", None)
                return told

            spawn.get_preparation_data = without_main
            try:
                return SpawnProcess._Popen(process_obj)
            finally:
                spawn.get_preparation_data = usual


class _ContextWithoutMain(SpawnContext):
    Process = _ProcessWithoutMain
