"""Streams of batches: made in advance, and ordered so that Keras takes any width."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")
# Images float32 (n, height, width, channels), and what belongs to them.
Batch = tuple[NDArray[np.float32], NDArray[np.generic]]
AnyBatch = TypeVar("AnyBatch", bound=Batch)


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
