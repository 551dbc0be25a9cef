"""Answers of the reading processes, which a page waits for while people go on using it."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner_utils.exceptions import StopException

from inkling.serving.errors import PoolBusyError

T = TypeVar("T")

# Seconds between two looks whether this run of the page is to end, and until a full queue is tried
# again.
STEP, RETRY_AFTER = 0.1, 1.0
# In no session's state; it is only looked for.
STATE_KEY = "pending"


@dataclass(eq=False)
class Pending(Generic[T]):
    """One answer at a time; it outlives a run of the page that ends early.

    A run ends when somebody clicks something. The next one goes on waiting for the same answer.
    When the browser has left, what still waits is cancelled.
    """

    _question: Hashable = None
    _future: Future[T] | None = None

    def answer(self, question: Hashable, ask: Callable[[], Future[T]]) -> T:
        """Wait for the answer to a question, which is asked unless it has been already.

        Args:
            question: tells questions apart.
            ask: gives the question to the reading processes.

        Raises:
            CancelledError: the question was cancelled meanwhile.
            Exception: what the answer raises.
        """
        if self._question != question:
            self.cancel()
            self._question = question
        if self._future is None:
            self._future = _asked(ask)
        future = self._future
        try:
            while not future.done():
                wait([future], STEP)
                _end_if_asked_to()
        except StopException:
            self.cancel()
            raise
        if self._future is future:
            self._future = None
        return future.result()

    def cancel(self) -> None:
        """Give up the question: if it waits, it is not read."""
        future, self._future = self._future, None
        if future is not None:
            future.cancel()


def _asked(ask: Callable[[], Future[T]]) -> Future[T]:
    """The future of a question; where too many wait, it is asked again and again."""
    while True:
        try:
            return ask()
        except PoolBusyError:
            time.sleep(RETRY_AFTER)
            _end_if_asked_to()


def _end_if_asked_to() -> None:
    """Let Streamlit end this run if a newer one is wanted, or if the browser has left."""
    # Streamlit looks at each access to the state.
    _ = STATE_KEY in st.session_state
