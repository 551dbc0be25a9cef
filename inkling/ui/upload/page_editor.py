"""A page while it is corrected: its picture, the selected digit, and the table of its numbers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from inkling.review import edits
from inkling.ui.shared import phrases, resources
from inkling.ui.upload import box_canvas, box_overlay, grid_view, left_out_list, number_table
from inkling.ui.upload.digit_panel import digit_panel
from inkling.ui.upload.session import UploadSession
from inkling.ui.upload.session_page import SessionPage


def page_editor(session: UploadSession, page: SessionPage, model: str) -> None:
    """Show a page's picture and, beside it, its numbers.

    Args:
        session: the page's.
        page: to correct.
        model: the name of the model that reads boxes again.
    """
    for warning in page.warnings:
        st.warning(phrases.plain(warning), icon=":material/info:")
    left, right = st.columns([3, 2], gap="medium")
    # It stays in view while the numbers are scrolled (see inkling.css).
    with left, st.container(key="picture-side"):
        if toolbar(page):
            drawing_surface(session, page, model)
        else:
            session.picture_width = box_overlay.picture(
                page,
                f"picture-{page.key}",
                session.picture_width,
                lambda event: handle_event(page, event),
            )
    with right:
        if page.draft.entries:
            digit_panel(page, model)
            numbers(page)
        elif not page.warnings:
            st.caption("There are no numbers on this page.")
        if page.draft.left_out:
            left_out_list.listing(page, model)


def numbers(page: SessionPage) -> None:
    """Show the page's numbers to type in, as a list or as they stand on the page."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        as_grid = grid_view.is_chosen(page)
        unsure_first = as_grid or number_table.order_toggle()
    if not (as_grid and grid_view.editor(page)):
        number_table.editor(page, unsure_first)


def toolbar(page: SessionPage) -> bool:
    """Show the buttons above the picture; return whether its boxes are to be drawn."""
    left = page.draft.to_check
    last_step = page.history.last_step
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        mode = st.segmented_control(
            "Picture",
            ["View", "Boxes"],
            default="View",
            required=True,
            key="picture-mode",
            label_visibility="collapsed",
            persist_state="session",
        )
        st.button(
            "Undo",
            icon=":material/undo:",
            key="undo-edit",
            help=f"Undo: {last_step}" if last_step else None,
            disabled=last_step is None,
            on_click=page.undo,
        )
        st.button(
            f"{left} to check" if left else "Nothing to check",
            icon=":material/arrow_forward:",
            key="next-unsure",
            help="Go to the next digit to check" if left else None,
            disabled=not left,
            on_click=page.select_next_unsure,
        )
    return bool(mode == "Boxes")


def drawing_surface(session: UploadSession, page: SessionPage, model: str) -> None:
    """Show the picture with boxes that can be drawn, moved and resized."""
    classifier = resources.classifier_or_error(model)
    if classifier is None:
        return
    st.caption(
        "Drag a box around a missed digit. To move, resize or delete a box, press "
        ":material/edit: first."
    )
    key = f"canvas-{page.key}-{page.canvas_version}"
    if box_canvas.surface(page, key, session.picture_width, classifier):
        # The toolbar and the numbers were shown before the change.
        st.rerun()


def handle_event(page: SessionPage, event: dict[str, Any]) -> None:
    """Do what a person did on the picture.

    Args:
        page: the picture's.
        event: see `box_overlay.picture`.
    """
    box_id, kind = event["id"], event.get("kind")
    entry = page.draft.entry_of(box_id)
    if entry is None:
        if kind == "select":
            page.select(None)
        return
    page.select(box_id)
    if kind == "label" and event.get("label") in page.draft.labels:
        page.edit("Digit corrected", edits.correct, box_id, event["label"])
    elif kind == "delete":
        page.edit("Box deleted", edits.delete_box, box_id)
    elif kind == "check":
        page.edit("Number checked", edits.check, entry.id)
        page.select_next_unsure()
