"""Tables of numbers: the one of a page, which is edited, and the one of all pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from inkling.review.draft import Draft
    from inkling.ui.upload.session_page import SessionPage, TableSnapshot

# Screen pixels: the height of a row and of the header in Streamlit's table, and the greatest height
# of a table.
ROW_HEIGHT, MAX_HEIGHT = 35, 560


def editor(page: SessionPage) -> None:
    """Show a page's numbers, to type in and to tick."""
    unsure_first = st.toggle(
        "Show doubtful first", value=True, key="unsure-first", persist_state="session"
    )
    snapshot = page.table(unsure_first)
    key = f"table-{page.key}-{page.table_version}-{unsure_first}"

    def take() -> None:
        take_edits(page, snapshot.order, st.session_state[key]["edited_rows"])

    st.data_editor(
        frame(page, snapshot),
        key=key,
        on_change=take,
        disabled=["confidence", "line", "row", "column"],
        hide_index=True,
        column_order=columns_of(page),
        height=table_height(len(snapshot.order)),
        alt="The numbers on this page, to correct and to tick",
        column_config={
            "number": st.column_config.TextColumn("Number", width="small"),
            "checked": st.column_config.CheckboxColumn(
                "Checked", width="small", help="Ticked when the model is sure or you have checked."
            ),
            "confidence": confidence_column(),
            "line": st.column_config.NumberColumn("Line", width="small"),
            "row": st.column_config.NumberColumn("Row", width="small"),
            "column": st.column_config.NumberColumn("Column", width="small"),
        },
    )


def frame(page: SessionPage, snapshot: TableSnapshot) -> Any:
    """A page's numbers as a pandas frame, one row per number.

    The editor keeps what was typed as changes to the data that it started with. When that data
    changes, it discards them, and with them the cell that is being typed in. So the texts here are
    those of the snapshot.

    Args:
        page: to show.
        snapshot: what its table started with.

    Returns:
        Columns `number`, `checked` (needs no check), `confidence` (None if a person has checked or
        corrected the number), `line`, and for a page with a table `row` and `column`.
    """
    import pandas as pd

    from inkling.review.draft import Status
    from inkling.review.result import HIGHEST_CONFIDENCE

    by_id = {entry.id: entry for entry in page.draft.entries}
    entries = [by_id[entry_id] for entry_id in snapshot.order]
    by_model = (Status.SURE, Status.UNSURE)
    data: dict[str, list[Any]] = {
        "number": [snapshot.texts[entry.id] for entry in entries],
        "checked": [entry.status is not Status.UNSURE for entry in entries],
        "confidence": [
            entry.confidence(page.draft.labels) if entry.status in by_model else None
            for entry in entries
        ],
        "line": [entry.line for entry in entries],
    }
    if any(entry.cell for entry in page.draft.entries):
        data["row"] = [entry.cell.row if entry.cell else None for entry in entries]
        data["column"] = [entry.cell.column if entry.cell else None for entry in entries]
    shown = pd.DataFrame(data)
    shown["confidence"] = shown["confidence"].astype(float).clip(upper=HIGHEST_CONFIDENCE)
    return shown


def columns_of(page: SessionPage) -> list[str]:
    """The columns to show: cells in a table, otherwise lines if there are several."""
    if any(entry.cell for entry in page.draft.entries):
        return ["number", "checked", "confidence", "row", "column"]
    lines = {entry.line for entry in page.draft.entries}
    return ["number", "checked", "confidence", *(["line"] if len(lines) > 1 else [])]


def take_edits(
    page: SessionPage, order: Sequence[int], edited: Mapping[int, Mapping[str, Any]]
) -> None:
    """Apply what was typed and ticked in a table.

    Args:
        page: the table's.
        order: the ids of its rows.
        edited: by row and column, all cells changed since the table was first shown. Those that
            were applied before come again and change nothing.
    """
    from inkling.review import edits

    for place, cells in edited.items():
        entry_id = order[int(place)]
        if "number" in cells:
            text = str(cells["number"] or "").strip()
            entry = page.draft.entry(entry_id)
            if entry is not None and entry.text != text:
                page.edit("Number typed", edits.type_number, entry_id, text, source="table")
        if "checked" in cells:
            page.edit(
                "Number checked", _with_tick, entry_id, bool(cells["checked"]), source="table"
            )


def confidence_column() -> Any:
    """A column that shows the confidence as a bar."""
    return st.column_config.ProgressColumn(
        "Confidence", format="percent", min_value=0.0, max_value=1.0, width="small"
    )


def table_height(rows: int) -> int:
    """The height in pixels of a table with a number of rows."""
    return min(MAX_HEIGHT, ROW_HEIGHT * (rows + 1) + 2)


def _with_tick(draft: Draft, entry_id: int, checked: bool) -> Draft:
    """Check or doubt a number, unless its tick is as it should be."""
    from inkling.review import edits
    from inkling.review.draft import Status

    entry = draft.entry(entry_id)
    if entry is None or (entry.status is not Status.UNSURE) == checked:
        return draft
    return edits.check(draft, entry_id, checked)
