"""The cells of numbers, also of those that a person moved, added or split."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inkling.recognition.results import Cell
from inkling.review import edits
from inkling.review.cells import cells
from inkling.review.draft import Draft
from tests.fixtures.drafts import make_digit, make_draft, make_table

TABLE = [["1", "2", "3"], ["4", "", "6"], ["7", "8", "9"]]


def cell_of(draft: Draft, text: str) -> Cell | None:
    """The cell of the number with this text."""
    (entry,) = (entry for entry in draft.entries if entry.text == text)
    return cells(draft).get(entry.id)


def moved(draft: Draft, text: str, x: int, y: int) -> Draft:
    """The draft after a person has moved a number of one digit."""
    (entry,) = (entry for entry in draft.entries if entry.text == text)
    return edits.move_box(draft, entry.boxes[0].id, make_digit(text, (x, y, 20, 40)))


def test_a_number_that_nobody_moved_stays_where_the_reader_saw_it():
    draft = make_table(TABLE)
    assert cells(draft) == {entry.id: entry.cell for entry in draft.entries}
    # A free number among the cells is not in one of them, as the reader did not put it there.
    free = tuple(replace(e, cell=None) if e.text == "8" else e for e in draft.entries)
    assert cell_of(replace(draft, entries=free), "8") is None
    assert cells(make_draft("12 3", "4")) == {}


@pytest.mark.parametrize("tilt", [0.0, 0.15, -0.15])
def test_an_added_number_gets_the_cell_that_it_stands_in(tilt: float):
    draft = make_table(TABLE, tilt=tilt)
    added = edits.add_box(draft, make_digit("5", (115, round(155 + tilt * 115), 20, 40)))
    assert cell_of(added, "5") == Cell(1, 2, 2)


def test_a_moved_number_changes_its_cell():
    draft = moved(make_table(TABLE), "3", 110, 160)
    assert cell_of(draft, "3") == Cell(1, 2, 2)
    # Far from the table it stands in none.
    assert cell_of(moved(draft, "3", 800, 800), "3") is None


def test_a_table_without_lines_can_grow():
    table = make_table(TABLE)
    added = edits.add_box(table, make_digit("5", (112, 280, 20, 40)))
    assert cell_of(added, "5") == Cell(1, 4, 2)
    above = edits.add_box(table, make_digit("5", (112, 40, 20, 40)))
    assert cell_of(above, "5") == Cell(1, 1, 2)
    assert cell_of(above, "9") == Cell(1, 4, 3)


def test_a_ruled_table_does_not_grow_and_keeps_its_empty_end():
    table = make_table([[*row, ""] for row in TABLE], (3, 4))
    below = edits.add_box(table, make_digit("5", (112, 280, 20, 40)))
    assert cell_of(below, "5") is None
    last = edits.add_box(table, make_digit("5", (314, 220, 20, 40)))
    assert cell_of(last, "5") == Cell(1, 3, 4)


def test_a_split_number_is_in_two_cells():
    draft = make_table([["1", "2", "3"], ["4", "5", "6"], ["7", "8", ""]])
    (eight,) = (entry for entry in draft.entries if entry.text == "8")
    # It was read together with the 9 of the next cell.
    nine = replace(eight.boxes[0], id=99, label="9", box=(210, 220, 20, 40))
    joined = replace(eight, boxes=(*eight.boxes, nine))
    entries = tuple(joined if entry == eight else entry for entry in draft.entries)
    split = edits.split_number(replace(draft, entries=entries, next_id=100), 99)
    assert (cell_of(split, "8"), cell_of(split, "9")) == (Cell(1, 3, 2), Cell(1, 3, 3))


def test_a_single_row_has_columns():
    draft = make_table([["1", "2", "", "4"]])
    added = edits.add_box(draft, make_digit("3", (212, 100, 20, 40)))
    assert cell_of(added, "3") == Cell(1, 1, 3)
