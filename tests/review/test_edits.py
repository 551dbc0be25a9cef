"""Edits: by example, and in any sequence that hypothesis generates."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.geometry import Box
from inkling.recognition.results import Digit, LeftOut, Reason
from inkling.review import edits
from inkling.review.draft import Draft, History, Status
from tests.fixtures.drafts import LABELS, make_digit, make_draft, texts

BESIDE = LeftOut("78", (300, 2, 45, 38), Reason.CROSSED_OUT)
BETWEEN = LeftOut("6", (0, 50, 20, 30), Reason.DOUBTFUL)


# --- by example -----------------------------------------------------------------------------------


def test_a_typed_text_with_one_label_per_box_is_put_into_the_boxes():
    draft = make_draft("12 3?4")
    entry = draft.entries[1]
    draft = edits.type_number(draft, entry.id, " 84 ")
    assert texts(draft) == [["12", "84"]]
    assert [each.corrected for each in draft.entries[1].boxes] == [True, False]
    assert draft.entries[1].status is Status.CORRECTED and draft.to_check == 0
    # The model's probability of the corrected label, which it had not chosen.
    assert draft.entries[1].confidence(LABELS) == pytest.approx(0.05)


def test_typing_the_same_text_confirms_the_number():
    draft = make_draft("3?4")
    draft = edits.type_number(draft, draft.entries[0].id, "34")
    assert draft.entries[0].status is Status.CHECKED
    assert not any(each.corrected for each in draft.boxes)


@pytest.mark.parametrize("text", ["12.5", "1", "12345", "ab"])
def test_any_other_text_replaces_the_boxes_labels_and_keeps_the_boxes(text: str):
    draft = make_draft("12 34")
    typed = edits.type_number(draft, draft.entries[0].id, text)
    assert texts(typed) == [[text, "34"]]
    assert typed.boxes == draft.boxes
    assert typed.entries[0].confidence(LABELS) is None
    # The text stays, whatever happens to the boxes, until it is discarded.
    moved = edits.delete_box(typed, typed.boxes[0].id)
    assert texts(moved) == [[text, "34"]]
    assert texts(edits.use_boxes(moved, moved.entries[0].id)) == [["2", "34"]]


def test_an_emptied_number_is_excluded_and_not_to_check():
    draft = make_draft("1?2")
    draft = edits.type_number(draft, draft.entries[0].id, "")
    assert draft.entries[0].is_excluded and draft.to_check == 0


def test_a_person_can_doubt_a_number_that_the_model_is_sure_of():
    draft = make_draft("12")
    draft = edits.check(draft, draft.entries[0].id, False)
    assert draft.entries[0].status is Status.UNSURE and draft.to_check == 1
    assert edits.check(draft, draft.entries[0].id).entries[0].status is Status.CHECKED


def test_correcting_one_digit_leaves_the_other_to_check():
    draft = make_draft("3?4?")
    draft = edits.correct(draft, draft.boxes[0].id, "8")
    assert texts(draft) == [["84"]] and draft.to_check == 1
    draft = edits.correct(draft, draft.boxes[1].id, "4")
    assert draft.to_check == 0


def test_numbers_are_split_and_joined():
    draft = make_draft("1234 5")
    split = edits.split_number(draft, draft.boxes[2].id)
    assert texts(split) == [["12", "34", "5"]]
    assert texts(edits.join_numbers(split, split.entries[0].id)) == [["1234", "5"]]
    assert edits.join_numbers(draft, draft.entries[-1].id) == draft
    assert edits.split_number(draft, draft.boxes[0].id) == draft


def test_joining_keeps_a_typed_text():
    draft = make_draft("12 34")
    draft = edits.type_number(draft, draft.entries[0].id, "12.5")
    assert texts(edits.join_numbers(draft, draft.entries[0].id)) == [["12.534"]]


def test_boxes_are_split_and_merged():
    draft = make_draft("12 3")
    x, y, width, height = draft.boxes[0].box
    parts = [
        make_digit("4", (x, y, 8, height)),
        make_digit("5", (x + 10, y, 10, height), sure=False),
    ]
    split = edits.split_box(draft, draft.boxes[0].id, parts)
    assert texts(split) == [["452", "3"]] and split.to_check == 1
    whole = make_digit("6", (x, y, width, height))
    merged = edits.merge_boxes(split, split.boxes[0].id, whole)
    assert texts(merged) == [["62", "3"]]
    assert edits.merge_boxes(draft, draft.boxes[1].id, whole) == draft


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
def test_an_added_box_joins_the_number_or_line_it_stands_in(box: Box, expected: list):
    draft = edits.add_box(make_draft("12 34", "5"), make_digit("7", box))
    assert texts(draft) == expected


def test_a_box_drawn_between_two_digits_of_a_number_joins_it_at_its_place():
    draft = make_draft("12")
    left, right = (each.box for each in draft.boxes)
    apart = (left[0] + 300, *right[1:])
    draft = edits.move_box(draft, draft.boxes[1].id, make_digit("2", apart))
    draft = edits.join_numbers(draft, draft.entries[0].id)
    assert texts(draft) == [["12"]]
    middle = (left[0] + 150, *left[1:])
    assert texts(edits.add_box(draft, make_digit("7", middle))) == [["172"]]


def test_numbers_that_interleave_are_joined_in_the_order_of_their_digits():
    draft = make_draft("12 7")
    _, two, seven = draft.boxes
    for digit_box, x in ((seven, 600), (two, 300)):
        moved = make_digit(digit_box.label, (x, 0, 20, 40))
        draft = edits.move_box(draft, digit_box.id, moved)
    draft = edits.join_numbers(draft, draft.entries[0].id)
    draft = edits.move_box(draft, seven.id, make_digit("7", (150, 0, 20, 40)))
    assert texts(draft) == [["12", "7"]]
    assert texts(edits.join_numbers(draft, draft.entries[0].id)) == [["172"]]


def test_a_blank_page_can_be_filled_by_hand():
    draft = edits.add_box(make_draft(), make_digit("7", (10, 10, 20, 40)))
    assert texts(draft) == [["7"]]


def test_a_moved_box_is_read_again_but_keeps_a_corrected_label():
    draft = make_draft("12", "3")
    near = make_digit("9", (0, 2, 22, 42))
    assert texts(edits.move_box(draft, draft.boxes[0].id, near)) == [["92"], ["3"]]
    corrected = edits.correct(draft, draft.boxes[0].id, "7")
    assert texts(edits.move_box(corrected, corrected.boxes[0].id, near)) == [["72"], ["3"]]


def test_a_box_moved_far_away_leaves_its_number():
    draft = make_draft("12", "3")
    far = make_digit("9", (25, 102, 20, 40))
    assert texts(edits.move_box(draft, draft.boxes[0].id, far)) == [["2"], ["39"]]


def digits_of(left_out: LeftOut) -> list[Digit]:
    """The digits of a left-out number, side by side in its box."""
    x, y, width, height = left_out.box
    step = width // len(left_out.number)
    boxes = [(x + place * step, y, step - 2, height) for place in range(len(left_out.number))]
    return [make_digit(*each, sure=False) for each in zip(left_out.number, boxes, strict=True)]


@pytest.mark.parametrize(
    ("number", "box", "expected"),
    [
        ("78", (300, 2, 45, 38), [["12", "34", "78"], ["5"]]),  # on the line, far away
        ("78", (52, 2, 45, 38), [["12", "78", "34"], ["5"]]),  # touches the first number
        ("78", (0, 45, 45, 38), [["12", "34"], ["78"], ["5"]]),  # between the lines
        ("7", (12, 2, 20, 38), [["172", "34"], ["5"]]),  # between the digits of a number
        ("7", (12, 100, 20, 38), [["12", "34"], ["5", "7"]]),
    ],
)
def test_a_left_out_number_is_counted_in_the_line_it_stands_in(
    number: str, box: Box, expected: list
):
    wanted, other = LeftOut(number, box, Reason.DOUBTFUL), replace(BETWEEN, box=(0, 800, 20, 40))
    draft = make_draft("12 34", "5", left_out=(wanted, other))
    counted = edits.count_left_out(draft, wanted, digits_of(wanted))
    assert texts(counted) == expected
    assert counted.left_out == (other,) and counted.to_check == 1
    # A click that arrives late counts nothing twice.
    assert edits.count_left_out(counted, wanted, digits_of(wanted)) == counted
    assert edits.count_left_out(draft, other, []) == draft


def test_a_counted_number_does_not_vanish_in_a_typed_one():
    draft = make_draft("12", left_out=(LeftOut("7", (12, 2, 20, 38), Reason.DOUBTFUL),))
    draft = edits.type_number(draft, draft.entries[0].id, "1.52")
    counted = edits.count_left_out(draft, draft.left_out[0], digits_of(draft.left_out[0]))
    assert texts(counted) == [["1.52", "7"]]


def test_counting_is_undone():
    history = History(make_draft("12", left_out=(BESIDE,)))
    draft = edits.count_left_out(history.draft, BESIDE, digits_of(BESIDE))
    assert history.add("Number counted", draft).undo() == history


def test_another_reading_does_not_list_again_what_a_person_counted_boxed_or_deleted():
    draft = make_draft("12 3", "5", left_out=(BESIDE, BETWEEN))
    draft = edits.count_left_out(draft, BESIDE, digits_of(BESIDE))
    draft = edits.add_box(draft, make_digit("6", (1, 52, 20, 30)))
    draft = edits.delete_number(draft, draft.entries[1].id)
    deleted = LeftOut("3", draft.deleted[0], Reason.DOUBTFUL)
    # A box on one digit of a left-out number does not settle the whole number.
    longer = LeftOut("666", (0, 50, 70, 30), Reason.CROSSED_OUT)
    new = LeftOut("9", (700, 700, 20, 40), Reason.DOUBTFUL)
    again = replace(BESIDE, number="70", box=(302, 1, 44, 40))
    fresh = make_draft("12", "5", left_out=(again, BETWEEN, deleted, longer, new))
    combined = edits.apply_reading(draft, fresh)
    assert combined.left_out == (longer, new)
    assert texts(combined) == [["12", "78"], ["6"], ["5"]]
    # A counted number that is deleted afterwards stays deleted.
    gone = edits.delete_number(combined, combined.entries[1].id)
    assert edits.apply_reading(gone, fresh).left_out == (longer, new)
    assert edits.apply_reading(make_draft("12"), fresh).left_out == fresh.left_out


def test_another_reading_keeps_what_a_person_edited():
    draft = make_draft("12 3?4 5", "6 7")
    draft = edits.type_number(draft, draft.entries[0].id, "12.5")
    draft = edits.delete_number(draft, draft.entries[2].id)
    fresh = make_draft("89 8?4 5", "1 7")
    again = edits.apply_reading(draft, fresh)
    assert texts(again) == [["12.5", "84"], ["1", "7"]]
    # Nothing was edited, so nothing is kept.
    assert texts(edits.apply_reading(make_draft("12"), fresh)) == texts(fresh)


# --- by hypothesis --------------------------------------------------------------------------------

boxes = st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(1, 90), st.integers(1, 90))
digits = st.builds(make_digit, st.sampled_from(LABELS), boxes, st.booleans())
drafts = st.lists(
    st.lists(st.text("0123456789", min_size=1, max_size=4), min_size=1, max_size=3).map(" ".join),
    max_size=3,
).map(lambda lines: make_draft(*lines, left_out=(BESIDE, BETWEEN)))
ids = st.integers(0, 40)
steps = st.one_of(
    st.tuples(st.just(edits.type_number), ids, st.text("0123456789.- ", max_size=6)),
    st.tuples(st.just(edits.use_boxes), ids),
    st.tuples(st.just(edits.check), ids, st.booleans()),
    st.tuples(st.just(edits.correct), ids, st.sampled_from(LABELS)),
    st.tuples(st.just(edits.delete_box), ids),
    st.tuples(st.just(edits.delete_number), ids),
    st.tuples(st.just(edits.split_box), ids, st.lists(digits, max_size=3)),
    st.tuples(st.just(edits.merge_boxes), ids, digits),
    st.tuples(st.just(edits.add_box), digits),
    st.tuples(
        st.just(edits.count_left_out),
        st.sampled_from((BESIDE, BETWEEN)),
        st.lists(digits, max_size=3),
    ),
    st.tuples(st.just(edits.move_box), ids, digits),
    st.tuples(st.just(edits.split_number), ids),
    st.tuples(st.just(edits.join_numbers), ids),
    st.tuples(st.just(edits.apply_reading), drafts),
)


def assert_consistent(draft: Draft) -> None:
    """Check what holds for every draft."""
    entries = draft.entries
    ids = [each.id for each in draft.boxes] + [entry.id for entry in entries]
    assert len(set(ids)) == len(ids) and all(0 < each < draft.next_id for each in ids)
    lines = [entry.line for entry in entries]
    assert lines == sorted(lines) and set(lines) == set(range(1, len(set(lines)) + 1))
    for entry in entries:
        assert entry.boxes
        middles = [each.box[0] + each.box[2] / 2 for each in entry.boxes]
        assert middles == sorted(middles)
        if entry.typed is None:
            assert entry.text == "".join(each.label for each in entry.boxes)
    for line in draft.lines:
        assert all(a.box[0] <= b.box[0] for a, b in pairwise(line))


@settings(max_examples=150, deadline=None)
@given(drafts, st.lists(steps, max_size=8))
def test_any_edits_give_a_consistent_draft_and_can_be_undone(start: Draft, todo: list):
    history = History(start)
    assert_consistent(start)
    for step, *values in todo:
        before = history
        history = history.add(step.__name__, step(history.draft, *values))
        assert_consistent(history.draft)
        assert history is before or history.undo() == before
    for _ in range(len(history.past)):
        history = history.undo()
    assert history.draft == start


# Digits anywhere on the first line of a draft, so that boxes land between those of other numbers.
on_line = st.builds(
    make_digit, st.sampled_from(LABELS), st.integers(0, 400).map(lambda x: (x, 0, 20, 40))
)
few_ids = st.integers(0, 12)
line_steps = st.one_of(
    st.tuples(st.just(edits.add_box), on_line),
    st.tuples(st.just(edits.move_box), few_ids, on_line),
    st.tuples(st.just(edits.split_number), few_ids),
    st.tuples(st.just(edits.join_numbers), few_ids),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(line_steps, max_size=10))
def test_a_whole_line_joined_is_in_order_whatever_was_done_before(todo: list):
    draft = make_draft("12 34 5")
    for step, *values in todo:
        draft = step(draft, *values)
        assert_consistent(draft)
    for entry in reversed(draft.entries):
        draft = edits.join_numbers(draft, entry.id)
        assert_consistent(draft)
    assert len(draft.entries) == len(draft.lines)


@settings(max_examples=100, deadline=None)
@given(drafts, st.data())
def test_an_edit_of_one_number_changes_no_other(draft: Draft, data: st.DataObject):
    if not draft.entries:
        return
    entry = data.draw(st.sampled_from(draft.entries))
    digit_box = data.draw(st.sampled_from(entry.boxes))
    halves = [make_digit(label, digit_box.box) for label in "12"]
    after = data.draw(
        st.sampled_from(
            [
                edits.type_number(draft, entry.id, "1.5"),
                edits.correct(draft, digit_box.id, "5"),
                edits.delete_box(draft, digit_box.id),
                edits.split_number(draft, digit_box.id),
                edits.split_box(draft, digit_box.id, halves),
            ]
        )
    )
    for other in draft.entries:
        if other.id != entry.id:
            now = after.entry(other.id)
            assert now is not None and (now.text, now.boxes) == (other.text, other.boxes)


@settings(max_examples=100, deadline=None)
@given(drafts, drafts, st.lists(steps.filter(lambda step: step[0] is not edits.apply_reading)))
def test_no_reading_discards_an_edited_number(start: Draft, fresh: Draft, todo: list):
    draft = start
    for step, *values in todo:
        draft = step(draft, *values)
    again = edits.apply_reading(draft, fresh)
    kept = {entry.id: entry.text for entry in draft.entries if entry.is_edited}
    assert kept.items() <= {entry.id: entry.text for entry in again.entries}.items()
