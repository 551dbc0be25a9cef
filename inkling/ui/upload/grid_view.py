"""A page's numbers in rows and columns, as they stand on it, to type in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.review import edits
from inkling.ui.shared import steps
from inkling.ui.shared.component import component
from inkling.ui.upload import amount_choice

if TYPE_CHECKING:
    from inkling.review.draft import NumberEntry
    from inkling.review.page_grid import PageGrid
    from inkling.ui.upload.session_page import SessionPage

LIST, GRID = ":material/format_list_bulleted: List", ":material/grid_on: Grid"

_grid = component(
    "inkling_page_grid",
    '<div class="grid" tabindex="-1"></div>\n',
    css=["upload/grid_view.css"],
    js=[steps.SCRIPT, "upload/grid_view.js"],
)


def is_chosen(page: SessionPage) -> bool:
    """Let people choose between a list and a grid, where a page has several numbers."""
    if len(page.draft.entries) < 2:
        return False
    mode = st.segmented_control(
        "Numbers as",
        [LIST, GRID],
        default=LIST,
        required=True,
        key="numbers-as",
        label_visibility="collapsed",
        persist_state="session",
    )
    return bool(mode == GRID)


def editor(page: SessionPage) -> bool:
    """Show a page's numbers in rows and columns; False where they stand in none."""
    from inkling.review.page_grid import page_grid

    grid = page_grid(page.draft)
    if grid is None:
        st.caption("The numbers on this page do not stand in rows and columns.")
        # For the list's own buttons, which touch screens always show above it.
        st.space("small")
        return False
    key = f"grid-{page.key}"

    def take() -> None:
        take_steps(page, getattr(st.session_state[key], "steps", None))

    _grid(key=key, data=grid_data(page, grid), on_steps_change=take, height="content")
    return True


def take_steps(page: SessionPage, sent: object) -> None:
    """Apply what was typed in a grid.

    Args:
        page: the grid's.
        sent: see `AppliedSteps.take`. Each step has the number's `id` and the `text` that was
            typed or confirmed.
    """
    for step in page.applied.take(sent):
        entry, text = page.draft.entry(step["id"]), str(step["text"]).strip()
        if entry is None:
            continue
        if entry.written == text:
            page.edit("Number checked", edits.check, entry.id)
        else:
            page.edit("Number typed", edits.type_number, entry.id, text)


def grid_data(page: SessionPage, grid: PageGrid) -> dict[str, Any]:
    """What the component shows."""
    from inkling.review import amounts, sums

    style = amount_choice.current()
    chosen = None if page.selected is None else page.draft.entry_of(page.selected)
    totals = sums.of_columns(grid, style)
    return {
        "applied": page.applied.counts,
        "label": f"The numbers of {page.file} in rows and columns",
        "rows": [
            [[_number(entry, chosen) for entry in cell] for cell in row] for row in grid.cells
        ],
        "sums": ["" if each is None else amounts.written(each, style) for each in totals],
    }


def _number(entry: NumberEntry, chosen: NumberEntry | None) -> dict[str, Any]:
    from inkling.review.draft import Status

    return {
        "id": entry.id,
        "text": entry.written,
        "unsure": entry.status is Status.UNSURE,
        "selected": chosen is not None and chosen.id == entry.id,
    }
