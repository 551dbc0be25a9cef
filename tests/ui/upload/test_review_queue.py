"""The review queue: its order, and the steps that a person takes."""

from __future__ import annotations

from typing import Any

import pytest

from inkling.review.draft import History, Status
from inkling.ui.upload import review_queue
from inkling.ui.upload.review_queue import ReviewQueue, queue_data, queue_of
from inkling.ui.upload.session import SessionFile, UploadSession
from inkling.ui.upload.session_page import SessionPage
from tests.fixtures.drafts import make_draft, texts
from tests.fixtures.steps import sent
from tests.fixtures.uploads import sample


def page_of(name: str, *lines: str) -> SessionPage:
    """A page of a picture that holds something else; a "?" makes the digit before it unsure."""
    draft = make_draft(*lines)
    picture = sample()
    return SessionPage(name, 1, draft.width, draft.height, picture, picture, (), History(draft))


def session_of(*pages: SessionPage) -> UploadSession:
    files = [SessionFile(page.file, b"", pages=[page]) for page in pages]
    return UploadSession(files=files)


@pytest.fixture
def two_files() -> UploadSession:
    return session_of(page_of("one.png", "12 3?4", "5?"), page_of("two.png", "678?", "90"))


def answer(queue: ReviewQueue, text: str | None = None) -> dict[str, Any]:
    """A step that answers the first pending number, by default that it is right."""
    number = queue.pending[0]
    entry = queue.entry(number)
    assert entry is not None
    return {
        "kind": "answer",
        "number": number,
        "text": entry.written if text is None else text,
    }


def test_the_queue_holds_what_is_to_check_on_all_pages(two_files: UploadSession):
    queue = queue_of(two_files)
    found = []
    for number, (page, _) in enumerate(queue.numbers):
        entry = queue.entry(number)
        assert entry is not None and entry.status is Status.UNSURE
        found.append((page.file, entry.text))
    assert sorted(found) == [("one.png", "34"), ("one.png", "5"), ("two.png", "678")]
    data = queue_data(queue)
    assert (data["count"], data["pending"], data["answered"]) == (3, [0, 1, 2], [])
    assert [item["title"] for item in data["items"].values()] == [f for f, _ in found]


def test_the_current_number_is_shown_on_its_page(
    two_files: UploadSession, monkeypatch: pytest.MonkeyPatch
):
    queue = queue_of(two_files)
    state = {review_queue.STATE_KEY: queue}
    monkeypatch.setattr("inkling.ui.upload.review_queue.st.session_state", state)
    while queue.pending:
        page, entry_id = queue.numbers[queue.pending[0]]
        review_queue.show_current()
        entry = page.draft.entry(entry_id)
        assert two_files.page is page and entry is not None
        assert page.selected == entry.first_to_check.id
        queue.take(sent([answer(queue)], start=queue.applied.counts.get("a", 0)))
    shown = (two_files.page, two_files.pages[0].reveals, two_files.pages[1].reveals)
    review_queue.show_current()
    assert (two_files.page, *(each.reveals for each in two_files.pages)) == shown


def test_the_most_doubtful_comes_first(two_files: UploadSession):
    queue = queue_of(two_files)
    confidences = []
    for number, (page, _) in enumerate(queue.numbers):
        entry = queue.entry(number)
        assert entry is not None
        confidence = entry.confidence(page.draft.labels)
        assert confidence is not None
        confidences.append(confidence)
    assert confidences == sorted(confidences)


def test_numbers_are_confirmed_corrected_and_left_out(two_files: UploadSession):
    queue = queue_of(two_files)
    steps = [answer(queue)]
    queue.take(sent(steps))
    steps.append(answer(queue, " 1.5 "))
    queue.take(sent(steps))
    steps.append(answer(queue, ""))
    queue.take(sent(steps))
    assert queue.pending == [] and queue.answered == [0, 1, 2]
    entries = [queue.entry(number) for number in range(3)]
    statuses = [entry.status for entry in entries if entry is not None]
    assert statuses == [Status.CHECKED, Status.CORRECTED, Status.CORRECTED]
    assert entries[1] is not None and entries[1].text == "1.5"
    assert entries[2] is not None and entries[2].is_excluded
    # The steps come whole each time, and nothing is applied twice.
    pages = [texts(page.draft) for page in two_files.pages]
    queue.take(sent(steps))
    assert [texts(page.draft) for page in two_files.pages] == pages


def test_steps_that_come_together_are_all_applied(two_files: UploadSession):
    queue = queue_of(two_files)
    steps: list[dict[str, Any]] = [
        {"kind": "answer", "number": 0, "text": "99"},
        {"kind": "later", "number": 1},
        {"kind": "answer", "number": 2, "text": "88"},
        {"kind": "undo"},
    ]
    queue.take(sent(steps))
    assert (queue.pending, queue.answered, queue.applied.counts) == ([2, 1], [0], {"a": 4})
    entry = queue.entry(2)
    assert entry is not None and entry.status is Status.UNSURE


def test_undo_returns_to_the_number_before(two_files: UploadSession):
    before = [texts(page.draft) for page in two_files.pages]
    queue = queue_of(two_files)
    queue.take(sent([answer(queue, "7777"), {"kind": "undo"}, {"kind": "undo"}]))
    assert queue.pending == [0, 1, 2] and queue.answered == []
    assert [texts(page.draft) for page in two_files.pages] == before


def test_undo_leaves_later_edits_of_the_page_alone(two_files: UploadSession):
    queue = queue_of(two_files)
    steps = [answer(queue, "7777")]
    queue.take(sent(steps))
    page, _ = queue.numbers[0]
    page.edit("", lambda draft: make_draft("1"))
    queue.take(sent([*steps, {"kind": "undo"}]))
    assert texts(page.draft) == [["1"]]


def test_a_number_that_was_deleted_meanwhile_is_passed_over(two_files: UploadSession):
    queue = queue_of(two_files)
    page, _ = queue.numbers[0]
    page.edit("", lambda draft: make_draft())
    assert 0 not in queue_data(queue)["pending"]
    queue.take(
        sent([{"kind": "answer", "number": 0, "text": "1"}, {"kind": "undo"}, {"number": 99}])
    )
    assert texts(page.draft) == []


def test_only_the_next_numbers_are_sent(monkeypatch: pytest.MonkeyPatch, two_files: UploadSession):
    monkeypatch.setattr(review_queue, "AHEAD", 2)
    queue = queue_of(two_files)
    assert list(queue_data(queue)["items"]) == ["0", "1"]
    queue.take(sent([answer(queue)]))
    data = queue_data(queue)
    assert (data["pending"], data["answered"], data["applied"]) == ([1, 2], [0], {"a": 1})
    assert list(data["items"]) == ["1", "2"]
    # The box is a part of the picture around it.
    left, top, width, height = data["items"]["1"]["box"]
    assert 0 <= left < left + width <= 1 and 0 <= top < top + height <= 1
