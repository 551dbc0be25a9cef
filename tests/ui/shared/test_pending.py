"""Waiting for the reading processes while the page goes on being used."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import RerunData
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException, StopException

from inkling.serving.errors import PoolBusyError
from inkling.ui.shared import pending as module
from inkling.ui.shared.pending import Pending


class Asked:
    """Asks, and remembers how often."""

    def __init__(self) -> None:
        self.futures: list[Future[str]] = []

    def __call__(self) -> Future[str]:
        self.futures.append(Future())
        return self.futures[-1]


def ending(monkeypatch: pytest.MonkeyPatch, *steps: Any) -> None:
    """What happens at each look whether the run is to end: an error, or a function is called."""
    left = list(steps)

    def look() -> None:
        step = left.pop(0)
        if isinstance(step, BaseException):
            raise step
        step()

    monkeypatch.setattr(module, "_end_if_asked_to", look)


def test_the_next_run_waits_for_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, pending = Asked(), Pending[str]()
    ending(monkeypatch, RerunException(RerunData()), lambda: asked.futures[0].set_result("7"))
    with pytest.raises(RerunException):
        pending.answer("page 1", asked)
    assert pending.answer("page 1", asked) == "7"
    assert len(asked.futures) == 1


def test_what_waits_is_cancelled_when_the_browser_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, pending = Asked(), Pending[str]()
    ending(monkeypatch, StopException(), lambda: asked.futures[1].set_result("7"))
    with pytest.raises(StopException):
        pending.answer("page 1", asked)
    assert asked.futures[0].cancelled()
    # It comes back, as after a short loss of the connection.
    assert pending.answer("page 1", asked) == "7"


def test_another_question_takes_the_place_of_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, pending = Asked(), Pending[str]()
    ending(monkeypatch, RerunException(RerunData()), lambda: asked.futures[1].set_result("8"))
    with pytest.raises(RerunException):
        pending.answer("page 1", asked)
    assert pending.answer("page 2", asked) == "8"
    assert asked.futures[0].cancelled()


def test_a_removed_file_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, pending = Asked(), Pending[str]()
    ending(monkeypatch, pending.cancel)
    with pytest.raises(CancelledError):
        pending.answer("page 1", asked)


def test_a_full_queue_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_AFTER", 0.01)
    ending(monkeypatch, lambda: None, lambda: None, lambda: None)
    answers: list[Any] = [PoolBusyError("busy"), PoolBusyError("busy"), "7"]

    def ask() -> Future[str]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        done: Future[str] = Future()
        done.set_result(answer)
        return done

    assert Pending[str]().answer("page 1", ask) == "7"
