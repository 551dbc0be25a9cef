"""A page's numbers in rows and columns, to type in."""

from __future__ import annotations

from typing import Any

import pytest

from inkling.review.draft import Draft, History, Status
from inkling.review.page_grid import page_grid
from inkling.ui.upload import grid_view
from inkling.ui.upload.session_page import SessionPage
from tests.fixtures.drafts import make_table
from tests.fixtures.steps import sent


@pytest.fixture
def page() -> SessionPage:
    """A page with a table of three rows and two columns, in which one number is not sure."""
    draft = make_table([["1", "230"], ["2?", ""], ["3", "45"]])
    return SessionPage("a.png", 1, 1000, 1000, b"", b"", (), History(draft))


def data_of(page: SessionPage) -> dict[str, Any]:
    grid = page_grid(page.draft)
    assert grid is not None
    return grid_view.grid_data(page, grid)


def texts(draft: Draft) -> list[str]:
    return [entry.text for entry in draft.entries]


def test_it_shows_cells_doubts_and_sums(page: SessionPage):
    page.select(page.draft.entries[1].boxes[2].id)
    data = data_of(page)
    cells = [[[number["text"] for number in cell] for cell in row] for row in data["rows"]]
    assert cells == [[["1"], ["230"]], [["2"], []], [["3"], ["45"]]]
    numbers = [number for row in data["rows"] for cell in row for number in cell]
    assert [number["unsure"] for number in numbers] == [False, False, True, False, False]
    assert [number["selected"] for number in numbers] == [False, True, False, False, False]
    assert data["sums"] == ["6", "275"]


def test_each_step_is_applied_once(page: SessionPage):
    first, _, doubtful, *_ = page.draft.entries
    steps = [{"id": first.id, "text": " 17 "}, {"id": doubtful.id, "text": "2"}]
    for count in (1, 2, 2, 1):
        grid_view.take_steps(page, sent(steps[:count]))
    assert texts(page.draft) == ["17", "230", "2", "3", "45"] and page.applied.counts == {"a": 2}
    assert page.draft.entries[2].status is Status.CHECKED
    assert [step for step, _ in page.history.past] == ["Number typed", "Number checked"]
    # A grid that was opened anew counts its steps from the start.
    late = [{"id": first.id, "text": "18"}, {"id": 999, "text": "5"}]
    grid_view.take_steps(page, sent(late, run="b"))
    assert texts(page.draft)[0] == "18" and page.applied.counts == {"a": 2, "b": 2}
    grid_view.take_steps(page, None)
    assert len(page.history.past) == 3


def test_an_emptied_cell_is_left_out(page: SessionPage):
    step = {"id": page.draft.entries[4].id, "text": ""}
    grid_view.take_steps(page, sent([step]))
    assert data_of(page)["rows"][2][1] == []
