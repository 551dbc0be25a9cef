"""Histories as JSON: what is written is read again, and what others wrote is checked."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.review import edits, record
from inkling.review.draft import Draft, History
from inkling.review.record import RecordError
from tests.fixtures.drafts import make_draft
from tests.review.test_edits import drafts, steps


def assert_same(one: Draft, other: Draft) -> None:
    """Check that two drafts are equal, and their digits, too, which `==` passes over."""
    assert one == other
    for here, there in zip(one.boxes, other.boxes, strict=True):
        assert np.array_equal(here.digit.glyph.pixels, there.digit.glyph.pixels)
        for name in ("label", "confidence", "box", "prediction"):
            assert getattr(here.digit, name) == getattr(there.digit, name)


@settings(max_examples=60, deadline=None)
@given(drafts, st.lists(steps, max_size=8))
def test_a_history_is_read_as_it_was_written(start: Draft, todo: list):
    history = History(start)
    for step, *values in todo:
        history = history.add(step.__name__, step(history.draft, *values))
    again = record.decode(record.encode(history))
    assert [before for before, _ in again.past] == [before for before, _ in history.past]
    assert_same(again.draft, history.draft)
    for (_, here), (_, there) in zip(history.past, again.past, strict=True):
        assert_same(here, there)


def test_a_long_history_stays_small():
    history = History(make_draft(*["12 345 6789"] * 20))
    one = len(record.encode(history))
    for place in range(100):
        entry = history.draft.entries[place % 60]
        history = history.add("typed", edits.type_number(history.draft, entry.id, str(place)))
    assert len(record.encode(history)) < 2 * one


def changed(**values: Any) -> bytes:
    """A written history, some of whose values were changed: "drafts__0__width" is a place in it."""
    history = History(make_draft("12 3", "45"))
    data = msgspec.json.decode(record.encode(history))
    for path, value in values.items():
        *places, last = [int(each) if each.isdecimal() else each for each in path.split("__")]
        part = data
        for each in places:
            part = part[each]
        part[last] = value
    return msgspec.json.encode(data)


@pytest.mark.parametrize(
    "values",
    [
        {"version": 2},
        {"drafts": []},
        {"drafts__0__entries": [0, 1, 99]},
        {"drafts__0__entries": [0, 0]},
        {"drafts__0__entries": [-1]},
        {"drafts__0__next_id": 3},
        {"drafts__0__width": 10**9},
        {"drafts__0__labels": ["0", "1"]},
        {"drafts__0__deleted": [[0, 0, 0, 5]]},
        {"entries__0__boxes": []},
        {"entries__0__line": 2},
        {"entries__2__line": 90_000},
        {"entries__0__boxes__0__digit": 77},
        {"entries__0__boxes__0__box": [0, 0, 10**8, 5]},
        {"entries__0__typed": 12},
        {"entries__0__typed": "1" * 20_000},
        {"digits__0__glyph__pixels": "AAAA"},
        {"digits__0__glyph__pixels": "no base64"},
        {"digits__0__prediction__probabilities": [2.0] * 10},
        {"digits__0__confidence": 1e300},
    ],
)
def test_what_is_not_a_history_is_refused(values: dict[str, Any]):
    assert record.decode(changed())
    with pytest.raises(RecordError):
        record.decode(changed(**values))


@given(st.binary(max_size=200))
def test_no_bytes_break_it(content: bytes):
    with pytest.raises(RecordError):
        record.decode(content)
