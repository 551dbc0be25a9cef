"""Drafts and the steps between them: by example, and by whatever sequence hypothesis thinks of."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.geometry import union
from inkling.imaging.glyph import Glyph, GlyphKind
from inkling.imaging.load import Page
from inkling.reader.page import read_page
from inkling.recognition.classifier import load
from inkling.recognition.results import Digit, Line, Number, Prediction, Reading
from inkling.review import edits, reread
from inkling.review.draft import Draft, History, Status, from_reading
from inkling.review.totals import total
from tests.fixtures.pages_made import Paper, make_page

LABELS = tuple("0123456789")
GLYPH = Glyph(np.zeros((28, 28), np.uint8), GlyphKind.CHARACTER, (0, 0, 1, 1), 1.0, 1.0, False)


def digit(label: str, box: tuple[int, int, int, int], sure: bool = True) -> Digit:
    confidence = 0.99 if sure else 0.55
    rest = (1.0 - confidence) / 9
    probabilities = tuple(confidence if each == label else rest for each in LABELS)
    prediction = Prediction(label, probabilities, confidence, True, sure)
    return Digit(label, confidence, box, prediction, GLYPH)


def page(*lines: str) -> Draft:
    """A draft of lines such as "12 3?4": digits 20 × 40 px, "?" after one that is not sure."""
    rows = []
    for row, line in enumerate(lines):
        numbers, x = [], 0
        for text in line.split():
            digits = []
            for place, sign in enumerate(text):
                if sign != "?":
                    sure = text[place + 1 : place + 2] != "?"
                    digits.append(digit(sign, (x, 100 * row, 20, 40), sure))
                    x += 25
            numbers.append(Number(tuple(digits)))
            x += 60
        rows.append(Line(tuple(numbers)))
    return from_reading(Reading(tuple(rows), 1000, 1000), LABELS)


def said(draft: Draft) -> list[list[str]]:
    return [[entry.text for entry in line] for line in draft.lines]


# --- by example -----------------------------------------------------------------------------------


def test_a_reading_becomes_a_draft_that_says_the_same():
    draft = page("12 3?4", "007")
    assert said(draft) == [["12", "34"], ["007"]]
    assert [entry.status for entry in draft.entries] == [Status.SURE, Status.UNSURE, Status.SURE]
    assert draft.to_check == 1 and not draft.is_touched


def test_typed_text_of_the_boxes_length_goes_into_the_boxes():
    draft = page("12 3?4")
    entry = draft.entries[1]
    draft = edits.type_number(draft, entry.id, " 84 ")
    assert said(draft) == [["12", "84"]]
    assert [mark.corrected for mark in draft.entries[1].marks] == [True, False]
    assert draft.entries[1].status is Status.CORRECTED and draft.to_check == 0
    # The probability that the model gives to what it says now, not a made-up one.
    assert draft.entries[1].confidence(LABELS) == pytest.approx(0.05)


def test_typing_what_stands_there_checks_it():
    draft = page("3?4")
    draft = edits.type_number(draft, draft.entries[0].id, "34")
    assert draft.entries[0].status is Status.CHECKED
    assert not any(mark.corrected for mark in draft.marks)


@pytest.mark.parametrize("text", ["12.5", "1", "12345", "ab"])
def test_text_of_another_length_stands_and_boxes_are_kept(text: str):
    draft = page("12 34")
    typed = edits.type_number(draft, draft.entries[0].id, text)
    assert said(typed) == [[text, "34"]]
    assert typed.marks == draft.marks
    assert typed.entries[0].confidence(LABELS) is None
    # Whatever happens to the boxes, the text stands, until it is given up.
    moved = edits.delete_mark(typed, typed.marks[0].id)
    assert said(moved) == [[text, "34"]]
    assert said(edits.use_boxes(moved, moved.entries[0].id)) == [["2", "34"]]


def test_an_emptied_number_is_left_out_and_not_to_check():
    draft = page("1?2")
    draft = edits.type_number(draft, draft.entries[0].id, "")
    assert draft.entries[0].is_left_out and draft.to_check == 0


def test_a_person_may_doubt_what_the_model_is_sure_of():
    draft = page("12")
    draft = edits.check(draft, draft.entries[0].id, False)
    assert draft.entries[0].status is Status.UNSURE and draft.to_check == 1
    assert edits.check(draft, draft.entries[0].id).entries[0].status is Status.CHECKED


def test_one_digit_corrected_leaves_the_other_to_check():
    draft = page("3?4?")
    draft = edits.correct(draft, draft.marks[0].id, "8")
    assert said(draft) == [["84"]] and draft.to_check == 1
    draft = edits.correct(draft, draft.marks[1].id, "4")
    assert draft.to_check == 0


def test_numbers_part_and_join():
    draft = page("1234 5")
    parted = edits.part_number(draft, draft.marks[2].id)
    assert said(parted) == [["12", "34", "5"]]
    assert said(edits.join_numbers(parted, parted.entries[0].id)) == [["1234", "5"]]
    assert edits.join_numbers(draft, draft.entries[-1].id) == draft
    assert edits.part_number(draft, draft.marks[0].id) == draft


def test_joining_keeps_what_was_typed():
    draft = page("12 34")
    draft = edits.type_number(draft, draft.entries[0].id, "12.5")
    assert said(edits.join_numbers(draft, draft.entries[0].id)) == [["12.534"]]


def test_boxes_split_and_merge():
    draft = page("12 3")
    x, y, width, height = draft.marks[0].box
    parts = [digit("4", (x, y, 8, height)), digit("5", (x + 10, y, 10, height), sure=False)]
    split = edits.split_mark(draft, draft.marks[0].id, parts)
    assert said(split) == [["452", "3"]] and split.to_check == 1
    whole = digit("6", (x, y, width, height))
    merged = edits.merge_marks(split, split.marks[0].id, whole)
    assert said(merged) == [["62", "3"]]
    assert edits.merge_marks(draft, draft.marks[1].id, whole) == draft


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((52, 2, 20, 38), [["127", "34"], ["5"]]),  # beside the first number
        ((27, 102, 20, 38), [["12", "34"], ["57"]]),
        ((500, 5, 20, 38), [["12", "34", "7"], ["5"]]),  # on the line, far away
        ((0, 45, 20, 38), [["12", "34"], ["7"], ["5"]]),  # between the lines
        ((300, 400, 20, 38), [["12", "34"], ["5"], ["7"]]),
    ],
)
def test_an_added_box_goes_where_it_stands(box: tuple[int, int, int, int], expected: list):
    draft = edits.add_mark(page("12 34", "5"), digit("7", box))
    assert said(draft) == expected


def test_a_blank_page_can_be_filled_by_hand():
    draft = edits.add_mark(page(), digit("7", (10, 10, 20, 40)))
    assert said(draft) == [["7"]]


def test_a_moved_box_is_read_again_unless_a_person_said_what_it_is():
    draft = page("12", "3")
    near = digit("9", (0, 2, 22, 42))
    assert said(edits.move_mark(draft, draft.marks[0].id, near)) == [["92"], ["3"]]
    named = edits.correct(draft, draft.marks[0].id, "7")
    assert said(edits.move_mark(named, named.marks[0].id, near)) == [["72"], ["3"]]


def test_a_box_moved_far_away_leaves_its_number():
    draft = page("12", "3")
    far = digit("9", (25, 102, 20, 40))
    assert said(edits.move_mark(draft, draft.marks[0].id, far)) == [["2"], ["39"]]


def test_another_reading_keeps_what_a_person_did():
    draft = page("12 3?4 5", "6 7")
    draft = edits.type_number(draft, draft.entries[0].id, "12.5")
    draft = edits.delete_number(draft, draft.entries[2].id)
    fresh = page("89 8?4 5", "1 7")
    again = edits.read_again(draft, fresh)
    assert said(again) == [["12.5", "84"], ["1", "7"]]
    # And the other way round: nothing touched, nothing kept.
    assert said(edits.read_again(page("12"), fresh)) == said(fresh)


def test_history_takes_steps_back():
    history = History(page("12"))
    assert history.undo() is history and history.last is None
    first = history.now
    history = history.do("Checked", edits.check(first, first.entries[0].id))
    history = history.do("Nothing", history.now)
    assert history.last == "Checked" and len(history.past) == 1
    assert history.undo().now == first


@pytest.mark.parametrize(
    ("texts", "amount"),
    [
        (["12", "3"], "15"),
        (["1.5", "-0.5"], "1.0"),
        (["2,5", "1"], "3.5"),
        (["0", "7"], "7"),
        (["030", "5"], None),  # a telephone's
        (["12", "x"], None),
        (["1234567890123"], None),
        (["NaN"], None),
        (["1e5"], None),
        (["1_0"], None),
        ([], None),
    ],
)
def test_a_sum_only_where_adding_makes_sense(texts: list[str], amount: str | None):
    assert total(texts) == (None if amount is None else Decimal(amount))


# --- by hypothesis --------------------------------------------------------------------------------

boxes = st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(1, 90), st.integers(1, 90))
digits = st.builds(digit, st.sampled_from(LABELS), boxes, st.booleans())
drafts = st.lists(
    st.lists(st.text("0123456789", min_size=1, max_size=4), min_size=1, max_size=3).map(" ".join),
    max_size=3,
).map(lambda lines: page(*lines))
ids = st.integers(0, 40)
steps = st.one_of(
    st.tuples(st.just(edits.type_number), ids, st.text("0123456789.- ", max_size=6)),
    st.tuples(st.just(edits.use_boxes), ids),
    st.tuples(st.just(edits.check), ids, st.booleans()),
    st.tuples(st.just(edits.correct), ids, st.sampled_from(LABELS)),
    st.tuples(st.just(edits.delete_mark), ids),
    st.tuples(st.just(edits.delete_number), ids),
    st.tuples(st.just(edits.split_mark), ids, st.lists(digits, max_size=3)),
    st.tuples(st.just(edits.merge_marks), ids, digits),
    st.tuples(st.just(edits.add_mark), digits),
    st.tuples(st.just(edits.move_mark), ids, digits),
    st.tuples(st.just(edits.part_number), ids),
    st.tuples(st.just(edits.join_numbers), ids),
    st.tuples(st.just(edits.read_again), drafts),
)


def whole(draft: Draft) -> None:
    """What holds for every draft."""
    marks, entries = draft.marks, draft.entries
    every = [mark.id for mark in marks] + [entry.id for entry in entries]
    assert len(set(every)) == len(every) and all(0 < each < draft.next_id for each in every)
    lines = [entry.line for entry in entries]
    assert lines == sorted(lines) and set(lines) == set(range(1, len(set(lines)) + 1))
    for entry in entries:
        assert entry.marks
        lefts = [mark.box[0] for mark in entry.marks]
        assert entry.typed is not None or lefts == sorted(lefts) or entry.grouped
        if entry.typed is None:
            assert entry.text == "".join(mark.label for mark in entry.marks)
    for line in draft.lines:
        assert all(a.box[0] <= b.box[0] for a, b in pairwise(line))


@settings(max_examples=150, deadline=None)
@given(drafts, st.lists(steps, max_size=8))
def test_any_steps_give_a_whole_draft_and_can_be_taken_back(start: Draft, todo: list):
    history = History(start)
    whole(start)
    for step, *values in todo:
        before = history
        history = history.do(step.__name__, step(history.now, *values))
        whole(history.now)
        assert history is before or history.undo() == before
    for _ in range(len(history.past)):
        history = history.undo()
    assert history.now == start


@settings(max_examples=100, deadline=None)
@given(drafts, st.data())
def test_a_step_on_one_number_changes_no_other(draft: Draft, data: st.DataObject):
    if not draft.entries:
        return
    entry = data.draw(st.sampled_from(draft.entries))
    mark = data.draw(st.sampled_from(entry.marks))
    after = data.draw(
        st.sampled_from(
            [
                edits.type_number(draft, entry.id, "1.5"),
                edits.correct(draft, mark.id, "5"),
                edits.delete_mark(draft, mark.id),
                edits.part_number(draft, mark.id),
                edits.split_mark(draft, mark.id, [digit("1", mark.box), digit("2", mark.box)]),
            ]
        )
    )
    for other in draft.entries:
        if other.id != entry.id:
            now = after.entry(other.id)
            assert now is not None and (now.text, now.marks) == (other.text, other.marks)


@settings(max_examples=100, deadline=None)
@given(drafts, drafts, st.lists(steps.filter(lambda step: step[0] is not edits.read_again)))
def test_no_reading_throws_away_what_was_typed(start: Draft, fresh: Draft, todo: list):
    draft = start
    for step, *values in todo:
        draft = step(draft, *values)
    again = edits.read_again(draft, fresh)
    kept = {entry.id: entry.text for entry in draft.entries if entry.is_touched}
    assert kept.items() <= {entry.id: entry.text for entry in again.entries}.items()


# --- read again from the picture ------------------------------------------------------------------


@pytest.fixture(scope="module")
def written() -> Page:
    return Page("made", 1, make_page([["30527"], ["4168"]], seed=3, paper=Paper(ruled=55)))


def test_a_box_is_read_as_the_page_was(written: Page):
    model = load()
    found = read_page(written, model).digits
    assert len(found) == 9
    again = [reread.read_box(written.image, each.box, model) for each in found]
    assert [each.label for each in again] == [each.label for each in found]
    assert [each.box for each in again] == [each.box for each in found]


def test_two_digits_in_a_box_are_parted(written: Page):
    model = load()
    first, second = read_page(written, model).lines[0].numbers[0].digits[:2]
    parts = reread.read_parts(written.image, union(first.box, second.box), model)
    assert [part.label for part in parts] == [first.label, second.label]
    for part, digit_ in zip(parts, (first, second), strict=True):
        assert np.abs(np.subtract(part.box, digit_.box)).max() <= 6


@pytest.mark.parametrize("box", [(5, 5, 30, 30), (-50, -50, 20, 20), (5000, 5000, 9, 9)])
def test_a_box_with_nothing_in_it_says_nothing(written: Page, box: tuple[int, int, int, int]):
    model = load()
    read = reread.read_box(written.image, box, model)
    assert read.label == "" and not read.prediction.is_sure
    assert len(reread.read_parts(written.image, box, model)) == 2
