"""A queue in which each visitor has a queue of their own, and all take turns."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Tasks of visitors: the next one is of whoever has waited longest for a turn.

    It is not safe to share between threads.
    """

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[T]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def __iter__(self) -> Iterator[T]:
        """The tasks of each visitor, one visitor after the other."""
        return (task for tasks in self._waiting.values() for task in tasks)

    def add(self, visitor: str, task: T) -> None:
        """Add a task after the visitor's others."""
        self._waiting.setdefault(visitor, deque()).append(task)

    def add_first(self, visitor: str, task: T) -> None:
        """Put a task back that has had its turn in vain."""
        self._waiting.setdefault(visitor, deque()).appendleft(task)
        self._waiting.move_to_end(visitor, last=False)

    def take(self) -> T:
        """Remove the next task; its visitor's others wait until all visitors had a turn.

        Raises:
            IndexError: there is none.
        """
        if not self._waiting:
            raise IndexError("nobody waits")
        visitor, tasks = self._waiting.popitem(last=False)
        task = tasks.popleft()
        if tasks:
            self._waiting[visitor] = tasks
        return task

    def remove(self, visitor: str, task: T) -> None:
        """Remove a task if it still waits."""
        tasks = self._waiting.get(visitor, deque())
        if task in tasks:
            tasks.remove(task)
            if not tasks:
                del self._waiting[visitor]

    def of(self, visitor: str) -> list[T]:
        """What waits for a visitor."""
        return list(self._waiting.get(visitor, ()))
