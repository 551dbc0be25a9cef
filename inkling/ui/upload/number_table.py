"""The table of a page's numbers, as it is edited, and of all pages', as it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from inkling.ui.upload.session import DeskPage, TableStart

# Pixels, of Streamlit's table: its head and a row, and how high it may get.
ROW, MOST_HEIGHT = 35, 560


def frame(page: DeskPage, start: TableStart) -> Any:
    """A page's numbers as a pandas frame, one row a number.

    The editor lays what was typed over the texts it started with, and throws it away, with the cell
    that is being typed in, where those change: so the texts here are the old ones.

    Args:
        page: whose.
        start: what its table started from.

    Returns:
        Columns `number`, `right` (needs no check), `confidence` (None for what a person has said),
        `line`, and `row` and `column` where something stands in a printed table.
    """
    import pandas as pd

    from inkling.review.draft import Status

    by_id = {entry.id: entry for entry in page.draft.entries}
    entries = [by_id[entry_id] for entry_id in start.order]
    by_model = (Status.SURE, Status.UNSURE)
    data: dict[str, list[Any]] = {
        "number": [start.texts[entry.id] for entry in entries],
        "right": [entry.status is not Status.UNSURE for entry in entries],
        "confidence": [
            entry.confidence(page.draft.labels) if entry.status in by_model else None
            for entry in entries
        ],
        "line": [entry.line for entry in entries],
    }
    if any(entry.cell for entry in page.draft.entries):
        data["row"] = [entry.cell.row if entry.cell else None for entry in entries]
        data["column"] = [entry.cell.column if entry.cell else None for entry in entries]
    found = pd.DataFrame(data)
    # Never more than there is: 99.99 % is shown for what would be rounded up to 100.
    found["confidence"] = found["confidence"].astype(float).clip(upper=0.9999)
    return found


def columns_of(page: DeskPage) -> list[str]:
    """The columns worth showing: a place that is the same everywhere is not."""
    if any(entry.cell for entry in page.draft.entries):
        return ["number", "right", "confidence", "row", "column"]
    lines = {entry.line for entry in page.draft.entries}
    return ["number", "right", "confidence", *(["line"] if len(lines) > 1 else [])]


def take_edits(
    page: DeskPage, order: Sequence[int], edited: Mapping[int, Mapping[str, Any]]
) -> None:
    """Take over what was typed and ticked in a table.

    Args:
        page: whose.
        order: the ids of its rows, as it was shown.
        edited: changed cells by row and column, all since the table was first shown: old ones come
            again and change nothing.
    """
    from inkling.review import edits

    for place, cells in edited.items():
        entry_id = order[int(place)]
        if "number" in cells:
            text = str(cells["number"] or "").strip()
            entry = page.draft.entry(entry_id)
            if entry is not None and entry.text != text:
                page.do("Number typed", edits.type_number, entry_id, text, by="table")
        if "right" in cells:
            page.do("Number checked", _ticked, entry_id, bool(cells["right"]), by="table")


def _ticked(draft: Any, entry_id: int, right: bool) -> Any:
    """A number with its tick as it is shown; one that has it already is left alone."""
    from inkling.review import edits
    from inkling.review.draft import Status

    entry = draft.entry(entry_id)
    if entry is None or (entry.status is not Status.UNSURE) == right:
        return draft
    return edits.check(draft, entry_id, right)


def confidence_column() -> Any:
    """How sure the model is, as a bar."""
    return st.column_config.ProgressColumn(
        "Confidence", format="percent", min_value=0.0, max_value=1.0, width="small"
    )


def height(rows: int) -> int:
    """How high a table of so many rows is, in pixels."""
    return min(MOST_HEIGHT, ROW * (rows + 1) + 2)


def amount(value: Decimal | None) -> str:
    """A sum for people: "1,234.5"; a dash where there is none."""
    return "\N{EN DASH}" if value is None else f"{value:,}"
