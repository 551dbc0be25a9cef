"""Drafts as readings, as JSON objects and as rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inkling.recognition.results import Cell, LeftOut, Reason
from inkling.review import edits, result
from tests.fixtures.drafts import make_digit, make_draft, make_table


def test_an_unedited_draft_exports_like_its_reading():
    draft = make_draft("12 3?4", "007")
    reading = result.as_reading(draft, file="a.png", page=2, warnings=("Blurred.",))
    data = result.export(draft, file="a.png", page=2, warnings=("Blurred.",))
    assert data == reading.export()
    assert (data["file"], data["page"], data["warnings"]) == ("a.png", 2, ["Blurred."])
    assert data["text"] == "1234\n007"
    assert [digit["digit"] for digit in data["lines"][0]["digits"]] == [1, 2, 3, 4]
    assert data["lines"][0]["confidences"] == [0.99, 0.55]


def test_corrections_are_exported():
    draft = make_draft("12 34 5", "6")
    first, second, third, fourth = draft.entries
    draft = edits.type_number(draft, first.id, "1.5")
    draft = edits.correct(draft, second.boxes[0].id, "8")
    draft = edits.type_number(draft, third.id, "")
    draft = edits.type_number(draft, fourth.id, "")
    line, *others = result.export(draft, file="", page=1, warnings=())["lines"]
    # The second line has only an excluded number.
    assert not others
    assert line["numbers"] == ["1.5", "84"] and line["text"] == "1.584"
    # The typed number's boxes are kept; it has no confidence of the model's.
    assert [digit["digit"] for digit in line["digits"]] == [1, 2, 8, 4]
    assert line["confidences"] == [None, pytest.approx(0.0011)]


def test_a_box_without_ink_is_exported_without_a_digit():
    draft = make_draft("1")
    blank = replace(make_digit("0", (100, 400, 20, 40)), label="")
    draft = edits.add_box(draft, blank)
    lines = result.export(draft, file="", page=1, warnings=())["lines"]
    assert [line["digits"][0]["digit"] for line in lines] == [1, None]


def test_a_reading_is_scaled_to_another_size():
    reading = result.as_reading(make_draft("12"), scale=0.5)
    assert (reading.width, reading.height) == (500, 500)
    assert [digit.box for digit in reading.digits] == [(0, 0, 10, 20), (12, 0, 10, 20)]


def test_what_was_left_out_is_exported_until_it_is_counted():
    left_out = LeftOut("7", (300, 2, 20, 38), Reason.CROSSED_OUT)
    draft = make_draft("12", left_out=(left_out,))
    assert result.export(draft, file="", page=1, warnings=())["left_out"] == [left_out.export()]
    assert result.as_reading(draft, scale=0.5).left_out[0].box == (150, 1, 10, 19)
    counted = edits.count_left_out(draft, left_out, [make_digit("7", left_out.box)])
    data = result.export(counted, file="", page=1, warnings=())
    assert data["left_out"] == [] and data["lines"][0]["numbers"] == ["12", "7"]


def test_rows_hold_the_current_numbers_and_their_cells():
    draft = make_draft("12 3?4 5")
    first, second, third = draft.entries
    entries = (replace(first, cell=Cell(1, 4, 7)), second, third)
    draft = replace(draft, entries=entries)
    draft = edits.type_number(draft, first.id, "1.5")
    draft = edits.type_number(draft, third.id, "")
    rows = result.rows(draft, file="a.png", page=3)
    assert [tuple(row) for row in rows] == [result.COLUMNS] * 2
    assert list(rows[0].values()) == ["a.png", 3, 1, 4, 7, "1.5", "1.5", None, "yes", "corrected"]
    assert list(rows[1].values()) == ["a.png", 3, 1, None, None, "34", "34", 0.55, "no", "to check"]


def test_an_added_number_of_a_table_is_exported_with_its_cell():
    draft = make_table([["1", "2"], ["3", ""], ["5", "6"]])
    draft = edits.add_box(draft, make_digit("4", (112, 160, 20, 40)))
    assert [row["column"] for row in result.rows(draft, file="", page=1)] == [1, 2] * 3
    lines = result.export(draft, file="", page=1, warnings=())["lines"]
    assert lines[1]["cells"] == [{"table": 1, "row": 2, "column": k} for k in (1, 2)]
    assert result.export(make_draft("7"), file="", page=1, warnings=())["lines"][0]["cells"] == [
        None
    ]


def test_no_confidence_is_rounded_to_certainty():
    draft = make_draft("1")
    certain = make_digit("1", (0, 0, 20, 40))
    certain = replace(certain, prediction=replace(certain.prediction, probabilities=(0.0, 1.0)))
    draft = edits.move_box(draft, draft.boxes[0].id, certain)
    (row,) = result.rows(draft, file="", page=1)
    assert row["confidence"] == result.HIGHEST_CONFIDENCE


def test_corrected_digits_take_the_places_of_those_that_were_read():
    draft = make_draft("246 7")
    entry = replace(draft.entries[0], signed="24.6")
    draft = replace(draft, entries=(entry, *draft.entries[1:]))
    assert [row["written"] for row in result.rows(draft, file="", page=1)] == ["24.6", "7"]
    corrected = edits.correct(draft, entry.boxes[0].id, "9")
    assert corrected.entries[0].written == "94.6"
    assert result.as_reading(corrected).numbers[0].written == "94.6"
    # Of a number that was divided, nobody knows where the sign belongs.
    divided = edits.split_number(draft, entry.boxes[1].id)
    assert [each.written for each in divided.entries] == ["2", "46", "7"]


def test_rows_say_what_is_sure():
    draft = make_draft("12 3?4")
    assert [row["sure"] for row in result.rows(draft, file="", page=1)] == ["yes", "no"]
