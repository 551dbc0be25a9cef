"""Whose turn it is."""

from __future__ import annotations

import pytest

from inkling.serving.queue import FairQueue


def queue_of(*tasks: str) -> FairQueue[str]:
    """A queue of tasks such as "a1", the first task of the visitor "a"."""
    queue: FairQueue[str] = FairQueue()
    for task in tasks:
        queue.add(task[0], task)
    return queue


def emptied(queue: FairQueue[str]) -> list[str]:
    return [queue.take() for _ in range(len(queue))]


def test_visitors_take_turns_in_the_order_in_which_they_came() -> None:
    queue = queue_of("a1", "a2", "a3", "b1", "c1", "c2")
    assert len(queue) == 6
    assert emptied(queue) == ["a1", "b1", "c1", "a2", "c2", "a3"]
    with pytest.raises(IndexError):
        queue.take()


def test_who_comes_late_waits_for_one_task_of_each_other() -> None:
    queue = queue_of("a1", "a2", "a3", "b1", "b2")
    assert [queue.take(), queue.take()] == ["a1", "b1"]
    queue.add("c", "c1")
    assert emptied(queue) == ["a2", "b2", "c1", "a3"]


def test_a_task_is_removed_or_put_back() -> None:
    queue = queue_of("a1", "a2", "b1")
    queue.remove("a", "a1")
    queue.remove("a", "a1")
    queue.remove("z", "z1")
    assert queue.of("a") == ["a2"] and queue.of("z") == []
    first = queue.take()
    queue.add_first("a", first)
    assert emptied(queue) == ["a2", "b1"]
