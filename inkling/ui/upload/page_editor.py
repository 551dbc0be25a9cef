"""A page's place of work: its picture, the chosen digit, and the table of its numbers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from inkling.geometry import union
from inkling.review import edits
from inkling.review.draft import Entry, Mark
from inkling.ui.shared import images, phrases, resources
from inkling.ui.upload import box_canvas, box_overlay, number_table
from inkling.ui.upload.session import Desk, DeskPage

# So many labels are buttons side by side; more are a list.
FEW_LABELS = 12


def workplace(table: Desk, page: DeskPage, model: str) -> None:
    """A page's picture and, beside it, its numbers."""
    for warning in page.warnings:
        st.warning(warning, icon=":material/info:")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        drawing = tools(page)
        if drawing:
            draw_boxes(table, page, model)
        else:
            key = f"picture-{page.key}"
            table.room = box_overlay.picture(
                page, key, table.room, lambda event: take_event(page, event)
            )
    with right:
        if page.draft.entries:
            chosen_digit(page, model)
            edited_table(page)
        elif not page.warnings:
            st.caption("There are no numbers on this page.")


def tools(page: DeskPage) -> bool:
    """What can be done to the page; whether its boxes are being drawn."""
    left = page.draft.to_check
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        mode = st.segmented_control(
            "Picture",
            ["Look", "Boxes"],
            default="Look",
            required=True,
            key="picture-mode",
            label_visibility="collapsed",
            persist_state="session",
        )
        st.button(
            "Undo",
            icon=":material/undo:",
            key="undo-edit",
            help=f"Take back: {page.history.last}" if page.history.last else None,
            disabled=page.history.last is None,
            on_click=page.undo,
        )
        st.button(
            f"{left} to check" if left else "None to check",
            icon=":material/arrow_forward:",
            key="next-unsure",
            help="Go to the next digit to check" if left else None,
            disabled=not left,
            on_click=page.choose_next,
        )
    return bool(mode == "Boxes")


def draw_boxes(table: Desk, page: DeskPage, model: str) -> None:
    """The picture with boxes that can be drawn, moved and resized."""
    classifier = resources.classifier_or_sentence(model)
    if classifier is None:
        return
    st.caption(
        "Drag over a digit that was missed. To move, resize or delete a box, press "
        ":material/edit: first."
    )
    key = f"canvas-{page.key}-{page.canvas_round}"
    if box_canvas.surface(page, key, table.room, classifier):
        # What stands above the picture was shown before the change.
        st.rerun()


def take_event(page: DeskPage, event: dict[str, Any]) -> None:
    """Do what was done on the picture."""
    mark, kind = event["id"], event.get("kind")
    entry = page.draft.entry_of(mark)
    page.choose(mark if entry else None)
    if entry is None:
        return
    if kind == "label" and event.get("label") in page.draft.labels:
        page.do("Digit corrected", edits.correct, mark, event["label"])
    elif kind == "delete":
        page.do("Box deleted", edits.delete_mark, mark)
    elif kind == "check":
        page.do("Number checked", edits.check, entry.id)
        page.choose_next()


def chosen_digit(page: DeskPage, model: str) -> None:
    """The chosen digit: what it could be, and what can be done to its box."""
    mark = None if page.chosen is None else page.draft.mark(page.chosen)
    entry = None if mark is None else page.draft.entry_of(mark.id)
    with st.container(border=True, key="chosen"):
        if mark is None or entry is None:
            st.caption(
                ":material/touch_app: Click a digit in the picture to correct it. "
                "By keyboard: arrows go on, a digit corrects, Enter says that it is right."
            )
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            st.image(
                images.glyph_png(mark.digit.glyph.pixels, 4),
                width=64,
                alt=f"The digit as the network sees it, read as {mark.digit.label or 'nothing'}",
            )
            with st.container(gap=None):
                st.markdown(f"**{mark.label or '?'}** in **{entry.text or 'nothing'}**")
                st.caption(f"{box_overlay.note_on(entry, mark)} {likely(mark, page.draft.labels)}")
        which_label(page, mark)
        box_tools(page, entry, mark, model)


def likely(mark: Mark, labels: tuple[str, ...]) -> str:
    """The model's alternatives in words."""
    found = box_overlay.alternatives(mark, labels)
    if not found:
        return ""
    return "Read as " + ", ".join(f"{label} ({phrases.percent(p)})" for label, p in found) + "."


def which_label(page: DeskPage, mark: Mark) -> None:
    """What the digit is, to choose."""
    labels = page.draft.labels
    key = f"label-{page.key}-{mark.id}-{page.round}"

    def say() -> None:
        # A click on what is chosen already says that it is right.
        page.do("Digit corrected", edits.correct, mark.id, st.session_state[key] or mark.label)

    place = labels.index(mark.label) if mark.label in labels else None
    if len(labels) <= FEW_LABELS:
        st.pills(
            "What it is",
            labels,
            default=None if place is None else labels[place],
            key=key,
            on_change=say,
            label_visibility="collapsed",
        )
    else:
        st.selectbox(
            "What it is",
            labels,
            index=place,
            key=key,
            on_change=say,
            label_visibility="collapsed",
        )


def box_tools(page: DeskPage, entry: Entry, mark: Mark, model: str) -> None:
    """What can be done to the digit's box and to its number."""
    after = page.draft.mark_after(mark.id)
    with st.container(horizontal=True, gap="xsmall"):
        st.button(
            "Delete",
            icon=":material/delete:",
            key="box-delete",
            help="Take this box away",
            on_click=page.do,
            args=("Box deleted", edits.delete_mark, mark.id),
        )
        st.button(
            "Split",
            icon=":material/vertical_split:",
            key="box-split",
            help="Two digits stand in this box: cut it in two",
            on_click=split,
            args=(page, mark, model),
        )
        if after is not None:
            st.button(
                "Merge",
                icon=":material/merge:",
                key="box-merge",
                help="This box and the next one hold one digit",
                on_click=merge,
                args=(page, mark, after, model),
            )
        if mark.id != entry.marks[0].id:
            st.button(
                "Part here",
                icon=":material/format_letter_spacing_wider:",
                key="number-part",
                help="Another number begins with this digit",
                on_click=page.do,
                args=("Number parted", edits.part_number, mark.id),
            )
        if after is None and page.draft.entry_after(entry.id) is not None:
            st.button(
                "Join next",
                icon=":material/join:",
                key="number-join",
                help="The next number belongs to this one",
                on_click=page.do,
                args=("Numbers joined", edits.join_numbers, entry.id),
            )
        if len(entry.marks) > 1:
            st.button(
                "Delete number",
                icon=":material/delete_sweep:",
                key="number-delete",
                help="Take the whole number away",
                on_click=page.do,
                args=("Number deleted", edits.delete_number, entry.id),
            )
        if entry.typed is not None:
            st.button(
                "Use the boxes",
                key="number-boxes",
                help="Give up the typed text: the number is what its boxes say",
                on_click=page.do,
                args=("Text given up", edits.use_boxes, entry.id),
            )


def split(page: DeskPage, mark: Mark, model: str) -> None:
    page.do(
        "Box split",
        edits.split_mark,
        mark.id,
        page.read_parts(mark.box, resources.classifier(model)),
    )


def merge(page: DeskPage, mark: Mark, after: Mark, model: str) -> None:
    whole = page.read_box(union(mark.box, after.box), resources.classifier(model))
    page.do("Boxes merged", edits.merge_marks, mark.id, whole)


def edited_table(page: DeskPage) -> None:
    """The page's numbers, to type in."""
    unsure_first = st.toggle(
        "To check first", value=True, key="unsure-first", persist_state="session"
    )
    start = page.table(unsure_first)
    key = f"table-{page.key}-{page.round}-{unsure_first}"

    def take() -> None:
        number_table.take_edits(page, start.order, st.session_state[key]["edited_rows"])

    st.data_editor(
        number_table.frame(page, start),
        key=key,
        on_change=take,
        disabled=["confidence", "line", "row", "column"],
        hide_index=True,
        column_order=number_table.columns_of(page),
        height=number_table.height(len(start.order)),
        alt="The numbers on this page, to correct and to tick off",
        column_config={
            "number": st.column_config.TextColumn("Number", width="small"),
            "right": st.column_config.CheckboxColumn(
                "Right", width="small", help="Ticked: the model is sure of it, or you are."
            ),
            "confidence": number_table.confidence_column(),
            "line": st.column_config.NumberColumn("Line", width="small"),
            "row": st.column_config.NumberColumn("Row", width="small"),
            "column": st.column_config.NumberColumn("Column", width="small"),
        },
    )
