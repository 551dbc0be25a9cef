"""Tables of numbers: the one of a page, which is edited, and the one of all pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.review import edits
from inkling.review.draft import NumberEntry, Status
from inkling.ui.shared import phrases, steps
from inkling.ui.shared.component import component

if TYPE_CHECKING:
    from inkling.recognition.results import Cell
    from inkling.ui.upload.session import UploadSession
    from inkling.ui.upload.session_page import SessionPage

# Screen pixels: the height of a row and of the header in Streamlit's table, and the greatest height
# of a table.
ROW_HEIGHT, MAX_HEIGHT = 35, 560
# What the table calls the statuses; "check" is the only one without a tick.
STATES = {
    Status.UNSURE: "check",
    Status.SURE: "sure",
    Status.CHECKED: "checked",
    Status.CORRECTED: "corrected",
}

_table = component(
    "inkling_number_table",
    '<div class="numbers"></div>\n',
    css=["upload/number_table.css"],
    js=[steps.SCRIPT, "upload/number_table.js"],
)


def order_toggle() -> bool:
    """Let people choose the order of the rows: whether doubtful numbers come first."""
    return st.toggle("Show doubtful first", value=True, key="unsure-first", persist_state="session")


def editor(page: SessionPage, unsure_first: bool) -> None:
    """Show a page's numbers, to type in and to tick; a row that is clicked is selected.

    Args:
        page: the numbers'.
        unsure_first: whether doubtful numbers come first.
    """
    key = f"table-{page.key}"

    def take() -> None:
        for step in page.applied.take(getattr(st.session_state[key], "steps", None)):
            take_step(page, step)

    _table(key=key, data=table_data(page, unsure_first), on_steps_change=take, height="content")


def table_data(page: SessionPage, unsure_first: bool) -> dict[str, Any]:
    """What the component shows."""
    from inkling.review.cells import cells

    cell_of = cells(page.draft)
    has_lines = len({entry.line for entry in page.draft.entries}) > 1
    columns = ["Row", "Column"] if cell_of else ["Line"] if has_lines else []
    by_id = {entry.id: entry for entry in page.draft.entries}
    selected = None if page.selected is None else page.draft.entry_of(page.selected)
    return {
        "applied": page.applied.counts,
        "selected": None if selected is None else selected.id,
        "columns": columns,
        "rows": [
            _row(page, by_id[entry_id], place, columns, cell_of.get(entry_id))
            for place, entry_id in enumerate(page.row_order(unsure_first), 1)
        ],
    }


def _row(
    page: SessionPage, entry: NumberEntry, place: int, columns: list[str], cell: Cell | None
) -> dict[str, Any]:
    places = {"Line": entry.line}
    if cell is not None:
        places |= {"Row": cell.row, "Column": cell.column}
    return {
        "id": entry.id,
        "place": place,
        "text": entry.text,
        "state": "excluded" if entry.is_excluded else STATES[entry.status],
        "figure": figure(entry, page.draft.labels),
        "cells": [str(places.get(name, "")) for name in columns],
    }


def figure(entry: NumberEntry, labels: tuple[str, ...]) -> str:
    """How confident the model is of a number, in words; empty for a typed text."""
    confidence = entry.confidence(labels)
    if confidence is None:
        return ""
    which = "its least sure digit" if len(entry.boxes) > 1 else "it"
    return f"The model gives {which} {phrases.percent(confidence)}."


def take_step(page: SessionPage, step: Mapping[str, Any]) -> None:
    """Do what a person did in a table.

    Args:
        page: the table's.
        step: with a `kind` and the `id` of the number: "type" (with the `text`), "tick" (with
            `checked`) or "select" (with `scroll`: whether the page may scroll to the picture).
    """
    entry_id, kind = step.get("id"), step.get("kind")
    entry = page.draft.entry(entry_id) if isinstance(entry_id, int) else None
    if entry is None:
        return
    if kind == "type":
        page.edit("Number typed", edits.type_number, entry.id, str(step.get("text", "")))
    elif kind == "tick" and (entry.status is not Status.UNSURE) != bool(step.get("checked")):
        page.edit("Number checked", edits.check, entry.id, bool(step.get("checked")))
    elif kind == "select":
        page.select_number(entry.id, reveal=bool(step.get("scroll")))


def show_selected(session: UploadSession, key: str) -> None:
    """Show the number whose row is selected in the table of all pages, on its page.

    Args:
        session: of the pages.
        key: of the table, whose rows are the numbers of all pages but the excluded ones.
    """
    numbers = [
        (page, entry.id)
        for page in session.pages
        for entry in page.draft.entries
        if not entry.is_excluded
    ]
    for place, _ in st.session_state[key].selection.cells:
        if place < len(numbers):
            session.show_number(*numbers[place])


def confidence_column() -> Any:
    """A column that shows the confidence as a bar."""
    return st.column_config.ProgressColumn(
        "Confidence", format="percent", min_value=0.0, max_value=1.0, width="small"
    )


def table_height(rows: int) -> int:
    """The height in pixels of a table with a number of rows."""
    return min(MAX_HEIGHT, ROW_HEIGHT * (rows + 1) + 2)
