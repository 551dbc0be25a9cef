"""The selected box after edits: by example, and after any edits."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.review import edits
from inkling.review.draft import Draft
from inkling.review.selection import after_edit, after_undo
from tests.fixtures.drafts import make_digit, make_draft
from tests.review.test_edits import drafts, steps


def test_a_split_box_leaves_its_first_part_selected_and_undo_the_whole():
    draft = make_draft("12 3")
    selected = draft.boxes[1]
    x, y, width, height = selected.box
    parts = [make_digit("4", (x, y, 9, height)), make_digit("5", (x + 10, y, 10, height))]
    split = edits.split_box(draft, selected.id, parts)
    first = after_edit(draft, split, selected.id)
    assert first is not None and [b.label for b in split.boxes if b.id == first] == ["4"]
    assert after_undo(split, draft, first) == selected.id
    whole = make_digit("6", (x, y, width, height))
    merged = edits.merge_boxes(split, first, whole)
    assert after_edit(split, merged, first) == merged.boxes[1].id
    assert after_undo(merged, split, merged.boxes[1].id) == first


def test_after_a_deletion_the_neighbour_is_selected():
    draft = make_draft("123 4", "5")
    one, two, three, four, five = draft.boxes
    for gone, next_one in ((one, two), (two, three), (three, two), (four, five), (five, four)):
        after = edits.delete_box(draft, gone.id)
        assert after_edit(draft, after, gone.id) == next_one.id
        assert after_undo(after, draft, next_one.id) == gone.id
    without = edits.delete_number(draft, draft.entries[0].id)
    assert after_edit(draft, without, two.id) == four.id
    only = make_draft("7")
    blank = edits.delete_box(only, only.boxes[0].id)
    assert after_edit(only, blank, only.boxes[0].id) is None
    assert after_undo(blank, only, None) == only.boxes[0].id


def test_nothing_is_selected_unless_something_was():
    draft = make_draft("12")
    after = edits.delete_box(draft, draft.boxes[0].id)
    assert after_edit(draft, after, None) is None
    assert after_undo(after, draft, None) is None
    # What is selected stays so when its neighbour is split off or deleted.
    assert after_edit(draft, after, draft.boxes[1].id) == draft.boxes[1].id


@settings(max_examples=100, deadline=None)
@given(drafts, st.lists(steps, max_size=6), st.data())
def test_a_selection_is_lost_only_with_the_last_box(draft: Draft, todo: list, data: st.DataObject):
    if not draft.boxes:
        return
    selected: int | None = data.draw(st.sampled_from(draft.boxes)).id
    for step, *values in todo:
        after = step(draft, *values)
        now = after_edit(draft, after, selected)
        if after.boxes and draft.boxes:
            assert after.box(now if now is not None else -1) is not None
        back = after_undo(after, draft, now)
        if draft.boxes and now is not None:
            assert back is not None and draft.box(back) is not None
        if not after.boxes:
            break
        draft, selected = after, now
