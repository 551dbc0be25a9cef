"""Streams of training examples: made by other processes, shown again, and made in advance."""

from __future__ import annotations

import multiprocessing
import os
import queue
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

Item = TypeVar("Item")
# Images float32 (n, height, width, channels), and what belongs to them.
Batch = tuple[NDArray[np.float32], NDArray[np.generic]]
AnyBatch = TypeVar("AnyBatch", bound=Batch)
# Makes items endlessly from a random generator. It is sent to other processes.
Make = Callable[[np.random.Generator], Iterator[Item]]

# A process looks this often whether the one that started it is still there, in seconds.
PARENT_CHECK = 5.0


def from_processes(make: Make[Item], seed: int, processes: int, depth: int) -> Iterator[Item]:
    """An endless stream of items that other processes make.

    With one process the same seed gives the same stream; with more, the order may differ.

    Args:
        make: a function of a module, or a `partial` of one.
        seed: of the items.
        processes: how many make them.
        depth: items that each process makes in advance.
    """
    # Forking a process that runs TensorFlow can hang.
    context = multiprocessing.get_context("spawn")
    ready: Queue[Item] = context.Queue(depth * processes)
    workers = [
        context.Process(target=_work, args=(make, ready, [seed, k], os.getpid()), daemon=True)
        for k in range(processes)
    ]
    for worker in workers:
        worker.start()
    try:
        while True:
            yield ready.get()
    finally:
        for worker in workers:
            worker.terminate()


def shown_again(
    source: Iterator[Item],
    vary: Callable[[Item, np.random.Generator], Item],
    rng: np.random.Generator,
    *,
    times: int,
    kept: int,
) -> Iterator[Item]:
    """Each item, and between the items others that came before, so that each is seen `times` times.

    Args:
        source: the items, endlessly.
        vary: makes an item look different.
        rng: chooses which ones are shown again.
        times: how often each is shown, on average.
        kept: how many items back it may be.
    """
    before: list[Item] = []
    for item in source:
        yield item
        before = [*before[-kept + 1 :], item]
        for _ in range(times - 1):
            yield vary(before[int(rng.integers(len(before)))], rng)


def prefetch(source: Iterator[Item], depth: int) -> Iterator[Item]:
    """The same items, made in advance by a thread of their own, up to `depth` of them."""
    ready: queue.Queue[Item] = queue.Queue(depth)

    def work() -> None:
        for item in source:
            ready.put(item)

    threading.Thread(target=work, daemon=True).start()
    while True:
        yield ready.get()


def vary_first_widths(source: Iterator[AnyBatch]) -> Iterator[AnyBatch]:
    """The same batches, reordered so that the first two differ in width.

    Keras takes the width as fixed if the first batches agree in it.
    """
    first = next(source)
    same_width = []
    for batch in source:
        if batch[0].shape != first[0].shape:
            break
        same_width.append(batch)
    yield first
    yield batch
    yield from same_width
    yield from source


def _work(make: Make[Item], ready: Queue[Item], seed: list[int], parent: int) -> None:
    """Make items until the parent process ends, however it ends."""
    cv2.setNumThreads(1)
    for item in make(np.random.default_rng(seed)):
        while True:
            if os.getppid() != parent:
                # Items that nobody takes must not keep the process.
                ready.cancel_join_thread()
                return
            try:
                ready.put(item, timeout=PARENT_CHECK)
                break
            except queue.Full:
                continue
