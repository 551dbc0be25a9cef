"""Pages laid out in rows and columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.recognition.results import Line, Number, Reading
from inkling.review import edits
from inkling.review.draft import Draft, from_reading
from inkling.review.page_grid import PageGrid, as_lines, page_grid
from tests.fixtures.drafts import LABELS, make_digit, make_draft, make_table


def shown(grid: PageGrid | None) -> list[list[str]] | None:
    """The texts of a grid's cells; several numbers of a cell are joined by a space."""
    if grid is None:
        return None
    return [[" ".join(entry.text for entry in cell) for cell in row] for row in grid.cells]


def page(*lines: list[tuple[str, int]], step: int = 80, fall: float = 0.0) -> Draft:
    """A draft of lines of numbers, each a text and where it ends at the right."""
    rows = []
    for row, line in enumerate(lines):
        numbers = []
        for text, right in line:
            start = right - 25 * len(text)
            digits = (
                make_digit(
                    sign,
                    (
                        start + 25 * k,
                        round(step * row + fall * start),
                        20,
                        40,
                    ),
                )
                for k, sign in enumerate(text)
            )
            numbers.append(Number(tuple(digits)))
        rows.append(Line(tuple(numbers)))
    return from_reading(Reading(tuple(rows), 1000, 1000), LABELS)


def test_a_table_is_its_cells():
    rows = [["1", "23"], ["405", ""], ["", "6"]]
    assert shown(page_grid(make_table(rows))) == rows


def test_a_sudoku_is_nine_by_nine_even_where_its_last_column_is_empty():
    rng = np.random.default_rng(2)
    filled = rng.random((9, 9)) < 0.4
    filled[:, 8], filled[4] = False, False
    rows = [[str(rng.integers(1, 10)) if there else "" for there in row] for row in filled]
    assert shown(page_grid(make_table(rows, (9, 9)))) == rows


@pytest.mark.parametrize("fall", [0.0, 0.08])
def test_two_columns_of_numbers_as_long_as_they_like_are_two_columns(fall: float):
    # Aligned at the right, with an empty place in either column.
    lines = [[("1", 200), ("1234", 600)], [("305", 200)], [("27", 200), ("9", 600)], [("16", 600)]]
    expected = [["1", "1234"], ["305", ""], ["27", "9"], ["", "16"]]
    assert shown(page_grid(page(*lines, fall=fall))) == expected


def test_a_list_is_one_column():
    assert shown(page_grid(page([("12", 200)], [("305", 210)], [("7", 190)]))) == [
        ["12"],
        ["305"],
        ["7"],
    ]


@pytest.mark.parametrize(
    "draft",
    [
        make_draft(),
        make_draft("8"),
        make_draft("030 5274 1986"),
        make_draft("12 305", "3 1 4 15", "92653 5 8"),
        page([("12", 100)], [("7", 800)]),
    ],
    ids=["nothing", "one number", "one line", "lines of words", "stairs"],
)
def test_where_nothing_aligns_there_is_no_grid(draft: Draft):
    assert page_grid(draft) is None
    assert [[e.text for e in line] for line in as_lines(draft)] == [
        [e.text for e in line] for line in draft.lines
    ]


def test_excluded_numbers_are_left_out_and_their_cells_are_empty():
    draft = make_table([["1", "2"], ["3", "4"], ["5", "6"]])
    draft = edits.type_number(draft, draft.entries[3].id, "")
    assert shown(page_grid(draft)) == [["1", "2"], ["3", ""], ["5", "6"]]
    for entry in draft.entries:
        draft = edits.type_number(draft, entry.id, "")
    assert page_grid(draft) is None and as_lines(draft) == ()


def test_a_number_that_a_person_adds_or_moves_is_in_its_place():
    draft = make_table([["1", "2", ""], ["3", "", "5"], ["6", "7", "8"]])
    draft = edits.add_box(draft, make_digit("4", (112, 158, 20, 40)))
    two = draft.entries[1]
    draft = edits.move_box(draft, two.boxes[0].id, make_digit("2", (212, 98, 20, 40)))
    assert shown(page_grid(draft)) == [["1", "", "2"], ["3", "4", "5"], ["6", "7", "8"]]


def test_lines_around_a_table_are_rows_of_their_own():
    draft = make_table([["1", "2"], ["3", "4"], ["5", "6"]], above=("12", "7", "2024"))
    assert shown(page_grid(draft)) == [
        ["12", "7", "2024"],
        ["", "", ""],
        ["1", "2", ""],
        ["3", "4", ""],
        ["5", "6", ""],
    ]


def test_what_stands_beside_a_table_keeps_its_row():
    draft = make_table([["", "1", "2"], ["", "3", "4"], ["", "5", "6"]])
    # The reader saw no cell for the first column: its cells start at the second one.
    entries = tuple(
        replace(e, cell=e.cell and replace(e.cell, column=e.cell.column - 1)) for e in draft.entries
    )
    draft = replace(draft, entries=entries)
    free = make_draft("9").entries[0]
    beside = replace(
        free, id=50, line=2, boxes=(replace(free.boxes[0], id=51, box=(0, 162, 20, 40)),)
    )
    draft = replace(draft, entries=(*entries[:2], beside, *entries[2:]))
    assert shown(page_grid(draft)) == [["", "1", "2"], ["9", "3", "4"], ["", "5", "6"]]


def two_tables(second: tuple[int, int]) -> Draft:
    """A page with a table of two columns, and the same with other numbers at (x, y) from it."""
    first = make_table([["1", "2"], ["3", "4"], ["5", "6"]])
    moved = []
    for entry in make_table([["7", "8"], ["9", "10"]]).entries:
        assert entry.cell is not None
        boxes = tuple(
            replace(
                each,
                id=each.id + 100,
                box=(each.box[0] + second[0], each.box[1] + second[1], *each.box[2:]),
            )
            for each in entry.boxes
        )
        moved.append(
            replace(
                entry,
                id=entry.id + 100,
                line=entry.line + 3,
                boxes=boxes,
                cell=replace(entry.cell, table=2),
            )
        )
    return replace(first, entries=(*first.entries, *moved))


def test_two_tables_stand_as_on_the_page():
    below = shown(page_grid(two_tables((300, 400))))
    assert below == [
        ["1", "2"],
        ["3", "4"],
        ["5", "6"],
        ["", ""],
        ["7", "8"],
        ["9", "10"],
    ]
    beside = shown(page_grid(two_tables((300, 0))))
    assert beside == [
        ["1", "2", "", "7", "8"],
        ["3", "4", "", "9", "10"],
        ["5", "6", "", "", ""],
    ]


def test_several_numbers_in_one_cell_stay_together():
    draft = make_table([["1", "2"], ["3", "4"], ["5", "6"]])
    second = draft.entries[1]
    assert second.cell is not None
    entries = (replace(draft.entries[0], cell=second.cell), *draft.entries[1:])
    grid = page_grid(replace(draft, entries=entries))
    assert shown(grid) == [["", "1 2"], ["3", "4"], ["5", "6"]]
    assert grid is not None and [len(column) for column in grid.columns] == [2, 4]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["", "7", "12"]), min_size=3, max_size=3), max_size=4),
    st.sampled_from([None, (4, 3)]),
    st.lists(st.tuples(st.integers(0, 11), st.integers(-50, 400), st.integers(-50, 400))),
)
def test_every_number_is_in_the_grid_once_whatever_is_moved(
    rows: list[list[str]], size: tuple[int, int] | None, moves: list[tuple[int, int, int]]
):
    draft = make_table(rows, size, above=("1", "2"))
    for which, x, y in moves:
        digit_box = draft.boxes[which % len(draft.boxes)]
        draft = edits.move_box(draft, digit_box.id, make_digit("3", (x, y, 20, 40)))
    grid = page_grid(draft)
    if grid is not None:
        assert len({len(row) for row in grid.cells}) == 1
        found = sorted(entry.id for column in grid.columns for entry in column)
        assert found == sorted(entry.id for entry in draft.entries)
