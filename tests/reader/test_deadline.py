"""A limit on time that is asked, not enforced."""

from __future__ import annotations

import time

from inkling.reader.deadline import NO_DEADLINE, Deadline


def test_without_a_limit_it_is_never_over() -> None:
    assert not NO_DEADLINE.is_over() and not NO_DEADLINE.was_missed


def test_it_is_over_after_its_seconds() -> None:
    deadline = Deadline(0.05)
    assert not deadline.is_over()
    time.sleep(0.06)
    assert deadline.is_over()


def test_it_was_missed_only_if_work_was_left_undone() -> None:
    """Time that runs out after the last piece of work is no loss."""
    deadline = Deadline(0.0)
    assert not deadline.was_missed
    assert deadline.is_over() and deadline.was_missed
