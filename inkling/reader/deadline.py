"""A limit on the time that reading a page may take."""

from __future__ import annotations

import math
import time


class Deadline:
    """A moment after which no more work on a page is begun.

    Nothing is interrupted: loops that may take long ask it before each piece of work, and return
    what they have.

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


# For whoever waits as long as it takes. It is never missed, so all may share it.
NO_DEADLINE = Deadline(None)
