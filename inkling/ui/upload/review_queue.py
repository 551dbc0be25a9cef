"""The review queue: the doubtful numbers of all pages, one after the other, by keyboard alone.

A person may be faster than the server answers, so both sides replay the same steps (see
`review_queue.js`).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.review import edits
from inkling.ui.shared import images, phrases, steps, visit
from inkling.ui.shared.component import component
from inkling.ui.shared.steps import AppliedSteps
from inkling.ui.upload import kept

if TYPE_CHECKING:
    from inkling.review.draft import NumberEntry
    from inkling.ui.upload.session import UploadSession
    from inkling.ui.upload.session_page import SessionPage

# So many numbers are sent to the browser ahead of their turn.
AHEAD = 12
# How much of the picture is shown around a number: to its sides, and above and below, in heights of
# its box.
MARGIN_X, MARGIN_Y = 1.5, 0.6
STATE_KEY = "review-queue"

_queue = component(
    "inkling_review_queue",
    '<div class="queue"></div>\n',
    css=["shared/status.css", "upload/review_queue.css"],
    js=[steps.SCRIPT, "upload/review_queue.js"],
)


@dataclass(eq=False)
class ReviewQueue:
    """The numbers to check, the most doubtful first, in an order that stays.

    Attributes:
        session: whose pages they are on.
        numbers: each one's page and id.
        pending: those that are not yet checked, as places in `numbers`; the first is shown.
        answered: those that were, the latest last.
        applied: the browser's steps that have been applied.
        key: unique among queues.
    """

    session: UploadSession
    numbers: tuple[tuple[SessionPage, int], ...]
    pending: list[int]
    answered: list[int] = field(default_factory=list)
    applied: AppliedSteps = field(default_factory=AppliedSteps)
    key: int = field(default_factory=itertools.count().__next__)
    # For each answered number, how long its page's history was before and after.
    _depths: list[tuple[int, int]] = field(default_factory=list)

    def take(self, sent: object) -> None:
        """Apply the steps that are new.

        Args:
            sent: see `AppliedSteps.take`. Each step has a `kind`: "answer" (with `number`, a place
                in `numbers`, and `text`), "later" (with `number`) or "undo".
        """
        for step in self.applied.take(sent):
            number, kind = step.get("number"), step.get("kind")
            if kind == "undo":
                self._undo()
            elif number in self.pending:
                self.pending.remove(number)
                if kind == "answer":
                    self._answer(number, str(step.get("text", "")))
                else:
                    self.pending.append(number)

    def entry(self, number: int) -> NumberEntry | None:
        """A number as it stands; None where it was deleted."""
        page, entry_id = self.numbers[number]
        return page.draft.entry(entry_id)

    def _answer(self, number: int, text: str) -> None:
        page, entry_id = self.numbers[number]
        before, entry = len(page.history.past), self.entry(number)
        if entry is not None and entry.written == text.strip():
            page.edit("Number checked", edits.check, entry_id)
        else:
            page.edit("Number typed", edits.type_number, entry_id, text)
        self.answered.append(number)
        self._depths.append((before, len(page.history.past)))

    def _undo(self) -> None:
        if not self.answered:
            return
        number, (before, after) = self.answered.pop(), self._depths.pop()
        self.pending.insert(0, number)
        page, _ = self.numbers[number]
        if before < after == len(page.history.past):
            page.undo()


def queue_of(session: UploadSession) -> ReviewQueue:
    """A queue of the numbers that are to be checked on all pages of a session."""
    from inkling.review.draft import Status

    doubtful = [
        (entry.confidence(page.draft.labels) or 0.0, place, page, entry.id)
        for place, page in enumerate(session.pages)
        for entry in page.draft.entries
        if entry.status is Status.UNSURE
    ]
    doubtful.sort(key=lambda each: each[:2])
    numbers = tuple((page, entry_id) for *_, page, entry_id in doubtful)
    return ReviewQueue(session, numbers, list(range(len(numbers))))


def open_button(session: UploadSession) -> None:
    """Offer to check what is doubtful on all pages; nothing where nothing is."""
    count = sum(page.draft.to_check for page in session.pages)
    if not count:
        return
    if st.button(
        f"Check {phrases.plural(count, 'number')}",
        icon=":material/playlist_add_check:",
        key="review",
        type="primary",
        help="One after the other, across all files, with the keyboard alone",
    ):
        st.session_state[STATE_KEY] = queue_of(session)
        dialog()


def show_current() -> None:
    """Show the queue's current number on its page."""
    queue: ReviewQueue = st.session_state[STATE_KEY]
    for number in queue.pending:
        page, entry_id = queue.numbers[number]
        if queue.entry(number) is not None and page in queue.session.pages:
            queue.session.show_number(page, entry_id)
            return


@st.dialog("Check the doubtful numbers", width="medium", on_dismiss=show_current)
def dialog() -> None:
    """Show the queue; when it is closed, the page shows the number that it had come to."""
    queue: ReviewQueue = st.session_state[STATE_KEY]
    key = f"review-steps-{queue.key}"

    def take() -> None:
        queue.take(getattr(st.session_state[key], "steps", None))
        visit.keep(kept)

    _queue(key=key, data=queue_data(queue), on_steps_change=take, height="content")
    if queue.pending and st.button(
        "Show on the page", key="show-current", icon=":material/my_location:", type="tertiary"
    ):
        show_current()
        st.rerun()


def queue_data(queue: ReviewQueue) -> dict[str, Any]:
    """What the component shows."""
    # What was deleted meanwhile is passed over.
    pending = [number for number in queue.pending if queue.entry(number) is not None]
    return {
        "count": len(queue.numbers),
        "applied": queue.applied.counts,
        "pending": pending,
        "answered": queue.answered,
        "items": {str(number): _item(queue, number) for number in pending[:AHEAD]},
    }


def _item(queue: ReviewQueue, number: int) -> dict[str, Any]:
    """A number that was not deleted."""
    page, entry = queue.numbers[number][0], queue.entry(number)
    assert entry is not None
    around = page.around(entry.box, MARGIN_X, MARGIN_Y)
    x, y, width, height = entry.box
    left, top, wide, high = around
    place = [(x - left) / wide, (y - top) / high, width / wide, height / high]
    return {
        "picture": images.data_url(page.crops([around])[0], "jpeg"),
        "width": wide,
        "height": high,
        # As parts of the picture's width and height.
        "box": [round(value, 4) for value in place],
        "text": entry.written,
        "title": queue.session.title(page),
    }
