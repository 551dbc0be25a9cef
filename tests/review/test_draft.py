"""Drafts as they come from a reading, and the history of their edits."""

from __future__ import annotations

from inkling.recognition.results import LeftOut, Reading, Reason
from inkling.review import edits
from inkling.review.draft import History, Status, from_reading
from tests.fixtures.drafts import LABELS, make_draft, texts


def test_a_reading_becomes_a_draft_with_the_same_numbers():
    draft = make_draft("12 3?4", "007")
    assert texts(draft) == [["12", "34"], ["007"]]
    assert [entry.status for entry in draft.entries] == [Status.SURE, Status.UNSURE, Status.SURE]
    assert draft.to_check == 1 and not draft.is_edited


def test_a_draft_holds_what_was_left_out_once():
    twice = LeftOut("7", (0, 0, 20, 40), Reason.CROSSED_OUT)
    other = LeftOut("7", (0, 0, 20, 40), Reason.DOUBTFUL)
    draft = from_reading(Reading((), 100, 100, left_out=(twice, other, twice)), LABELS)
    assert draft.left_out == (twice, other)
    assert not draft.is_edited and make_draft("1").left_out == ()


def test_history_undoes_steps():
    history = History(make_draft("12"))
    assert history.undo() is history and history.last_step is None
    first = history.draft
    history = history.add("Checked", edits.check(first, first.entries[0].id))
    history = history.add("Nothing", history.draft)
    assert history.last_step == "Checked" and len(history.past) == 1
    assert history.undo().draft == first
