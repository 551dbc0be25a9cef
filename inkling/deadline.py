"""A limit on the time that reading a page may take."""

from __future__ import annotations

import math
import time


class DeadlineError(Exception):
    """The time is over, and a step that gives nothing until it is finished was given up."""


class Deadline:
    """A moment after which no more work on a page is begun.

    Nothing is interrupted: loops that may take long ask it before each piece of work. A step whose
    pieces are of use by themselves asks `is_over` and returns those it has; any other step calls
    `check`.

    Args:
        seconds: from now; None for no limit.

    Attributes:
        seconds: as above.
        was_missed: whether work was left undone because of it.
    """

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.was_missed = False
        self._end = math.inf if seconds is None else time.monotonic() + seconds

    def is_over(self) -> bool:
        """Whether the work that would be next has to be left undone."""
        if time.monotonic() >= self._end:
            self.was_missed = True
        return self.was_missed

    def check(self) -> None:
        """Give up a step when the time is over.

        Raises:
            DeadlineError: it is.
        """
        if self.is_over():
            raise DeadlineError


# For whoever waits as long as it takes. It is never missed, so all may share it.
NO_DEADLINE = Deadline(None)
