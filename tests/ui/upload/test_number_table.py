"""The table of a page's numbers: what it shows, and the steps that a person takes in it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from inkling.recognition.results import Cell
from inkling.review.draft import History
from inkling.ui.upload import number_table
from inkling.ui.upload.session import SessionFile, UploadSession
from inkling.ui.upload.session_page import SessionPage
from tests.fixtures.drafts import make_draft
from tests.fixtures.steps import sent


@pytest.fixture
def page() -> SessionPage:
    """A page with the numbers 12, 34 (doubtful) and 5."""
    draft = make_draft("12 3?4", "5")
    return SessionPage("page.png", 1, 1000, 1000, b"", b"", (), History(draft))


def texts(page: SessionPage) -> list[str]:
    return [entry.text for entry in page.draft.entries]


def test_a_row_says_whether_it_is_to_be_checked_and_keeps_the_figure_for_the_pointer(
    page: SessionPage,
):
    data = number_table.table_data(page, unsure_first=True)
    assert data["columns"] == ["Line"]
    assert [(row["text"], row["state"], row["cells"]) for row in data["rows"]] == [
        ("34", "check", ["1"]),
        ("12", "sure", ["1"]),
        ("5", "sure", ["2"]),
    ]
    assert "55\N{NO-BREAK SPACE}%" in data["rows"][0]["figure"]
    first, doubtful, last = page.draft.entries
    for step in (
        {"kind": "tick", "id": doubtful.id, "checked": True},
        {"kind": "type", "id": last.id, "text": "7.5"},
        {"kind": "type", "id": first.id, "text": ""},
    ):
        number_table.take_step(page, step)
    rows = number_table.table_data(page, unsure_first=True)["rows"]
    # The rows stay where they are.
    assert [(row["text"], row["state"]) for row in rows] == [
        ("34", "checked"),
        ("", "excluded"),
        ("7.5", "corrected"),
    ]
    # The model has no figure for a typed text, and nothing says so in its place.
    assert [row["figure"] for row in rows[1:]] == ["", ""]


def test_a_number_outside_of_the_table_has_empty_cells(page: SessionPage):
    first, *others = page.draft.entries
    in_table = replace(first, cell=Cell(1, 2, 3))
    page.history = History(replace(page.draft, entries=(in_table, *others)))
    data = number_table.table_data(page, unsure_first=False)
    assert data["columns"] == ["Row", "Column"]
    assert [row["cells"] for row in data["rows"]] == [["2", "3"], ["", ""], ["", ""]]


def apply(page: SessionPage, message: dict[str, Any]) -> None:
    for step in page.applied.take(message):
        number_table.take_step(page, step)


def test_each_step_is_applied_once_however_often_the_browser_sends_it(page: SessionPage):
    first, doubtful, _ = page.draft.entries
    steps = [
        {"kind": "type", "id": first.id, "text": "99"},
        {"kind": "tick", "id": doubtful.id, "checked": True},
    ]
    apply(page, sent(steps[:1]))
    page.undo()
    apply(page, sent(steps))
    assert texts(page) == ["12", "34", "5"] and page.draft.to_check == 0
    # The browser drops what was applied.
    third = {"kind": "type", "id": first.id, "text": "98"}
    apply(page, sent([third], start=2))
    assert texts(page) == ["98", "34", "5"]
    # Another table, as after a visit to another page, begins anew.
    apply(page, sent(steps[:1], run="b"))
    assert texts(page) == ["99", "34", "5"]
    assert number_table.table_data(page, unsure_first=True)["applied"] == {"a": 3, "b": 1}


def test_a_row_and_a_box_select_each_other(page: SessionPage):
    _, doubtful, last = page.draft.entries
    number_table.take_step(page, {"kind": "select", "id": doubtful.id, "scroll": True})
    assert page.selected == doubtful.boxes[0].id and page.reveals == 1
    # Typing in a row does not scroll the page, nor does it select another digit of the number.
    page.select(doubtful.boxes[1].id)
    number_table.take_step(page, {"kind": "select", "id": doubtful.id, "scroll": False})
    assert page.selected == doubtful.boxes[1].id and page.reveals == 1
    page.select(last.boxes[0].id)
    assert number_table.table_data(page, unsure_first=True)["selected"] == last.id
    page.select(None)
    assert number_table.table_data(page, unsure_first=True)["selected"] is None


def test_steps_on_numbers_that_are_gone_change_nothing(page: SessionPage):
    before = page.history
    for step in ({"kind": "type", "id": 999, "text": "1"}, {"kind": "type"}, {}):
        number_table.take_step(page, step)
    assert page.history is before


def test_a_cell_of_the_table_of_all_pages_shows_its_number_on_its_page(
    page: SessionPage, monkeypatch: pytest.MonkeyPatch
):
    draft = make_draft("6 78")
    other = SessionPage("other.png", 1, 1000, 1000, b"", b"", (), History(draft))
    session = UploadSession([SessionFile(each.file, b"", pages=[each]) for each in (page, other)])
    number_table.take_step(page, {"kind": "type", "id": page.draft.entries[0].id, "text": ""})
    cells: list[tuple[int, str]] = []
    state = SimpleNamespace(selection=SimpleNamespace(cells=cells))
    monkeypatch.setattr("inkling.ui.upload.number_table.st.session_state", {"all": state})
    number_table.show_selected(session, "all")
    assert session.page is page and page.selected is None
    # The excluded number has no row: 34, 5, 6, 78.
    cells.append((3, "number"))
    number_table.show_selected(session, "all")
    assert session.page is other and other.selected == draft.entries[1].boxes[0].id
    assert other.reveals == 1
