"""The selected digit: what it could be, and what can be done with its box and its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import streamlit as st

from inkling.geometry import union
from inkling.review import edits
from inkling.review.draft import DigitBox, NumberEntry
from inkling.ui.shared import images, phrases, resources
from inkling.ui.upload import box_overlay
from inkling.ui.upload.session_page import SessionPage

# Up to this many labels are offered as buttons side by side, more as a list.
MAX_PILLS = 12
# The glyph's size in screen pixels.
GLYPH_WIDTH = 64


class Action(NamedTuple):
    """A button of the panel.

    Attributes:
        key: of the widget.
        label, help, icon: see `st.button`.
        do, args: the click calls `do(*args)`.
    """

    key: str
    label: str
    help: str
    icon: str | None
    do: Callable[..., None]
    args: tuple[Any, ...]


def digit_panel(page: SessionPage, model: str) -> None:
    """Show the selected digit, or how to select one.

    Args:
        page: on which the digit is.
        model: the name of the model that reads split and merged boxes.
    """
    digit_box = None if page.selected is None else page.draft.box(page.selected)
    entry = None if digit_box is None else page.draft.entry_of(digit_box.id)
    is_selected = digit_box is not None and entry is not None
    # On a phone a selected digit's panel is a sheet at the lower edge (see inkling.css).
    with st.container(border=True, key="selected-digit" if is_selected else "no-digit"):
        if digit_box is None or entry is None:
            st.caption(
                ":material/touch_app: Click or tap a digit in the picture to correct it. "
                f"{keyboard_help(page.draft.labels)}"
            )
            return
        summary(page, entry, digit_box)
        label_picker(page, digit_box)
        with st.container(horizontal=True, gap="xsmall"):
            actions = (
                *box_actions(page, entry, digit_box, model),
                *number_actions(page, entry, digit_box),
            )
            for action in actions:
                st.button(
                    action.label,
                    icon=action.icon,
                    key=action.key,
                    help=action.help,
                    on_click=action.do,
                    args=action.args,
                )


def keyboard_help(labels: tuple[str, ...]) -> str:
    """Say which keys do what on the picture."""
    return f"Arrow keys move, {labels[0]}–{labels[-1]} correct, Enter confirms."


def summary(page: SessionPage, entry: NumberEntry, digit_box: DigitBox) -> None:
    """Show the glyph, the number it is in, and the model's alternatives."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.image(
            images.glyph_png(digit_box.digit.glyph.pixels, 4),
            width=GLYPH_WIDTH,
            alt=f"The digit as the network sees it, read as {digit_box.digit.label or 'nothing'}",
        )
        with st.container(gap=None):
            st.markdown(
                f"**{digit_box.label or '?'}** in **{phrases.plain(entry.text) or 'nothing'}**"
            )
            note = box_overlay.note_on(entry, digit_box)
            st.caption(f"{phrases.plain(note)} {alternatives_text(digit_box, page.draft.labels)}")
        st.button(
            ":material/close:",
            key="deselect",
            help="Deselect the digit",
            type="tertiary",
            on_click=page.select,
            args=(None,),
        )


def alternatives_text(digit_box: DigitBox, labels: tuple[str, ...]) -> str:
    """Say what the model thinks the digit could be; empty if it was not read."""
    ranked = box_overlay.alternatives(digit_box, labels)
    if not ranked:
        return ""
    return "Read as " + ", ".join(f"{label} ({phrases.percent(p)})" for label, p in ranked) + "."


def label_picker(page: SessionPage, digit_box: DigitBox) -> None:
    """Offer the labels to choose the right one."""
    labels = page.draft.labels
    key = f"label-{page.key}-{digit_box.id}-{page.table_version}"

    def take() -> None:
        # A click on the current label deselects it, which confirms it.
        label = st.session_state[key] or digit_box.label
        page.edit("Digit corrected", edits.correct, digit_box.id, label)

    place = labels.index(digit_box.label) if digit_box.label in labels else None
    if len(labels) <= MAX_PILLS:
        st.pills(
            "Which digit it is",
            labels,
            default=None if place is None else labels[place],
            key=key,
            on_change=take,
            label_visibility="collapsed",
        )
    else:
        st.selectbox(
            "Which digit it is",
            labels,
            index=place,
            key=key,
            on_change=take,
            label_visibility="collapsed",
        )


def box_actions(
    page: SessionPage, entry: NumberEntry, digit_box: DigitBox, model: str
) -> Iterator[Action]:
    """Yield what can be done with the box."""
    yield Action(
        "box-delete",
        "Delete",
        "Delete this box",
        ":material/delete:",
        page.edit,
        ("Box deleted", edits.delete_box, digit_box.id),
    )
    yield Action(
        "box-split",
        "Split",
        "Split this box into two digits",
        ":material/vertical_split:",
        split,
        (page, digit_box, model),
    )
    right = page.draft.next_box(digit_box.id)
    if right is not None:
        yield Action(
            "box-merge",
            "Merge",
            "Merge this box and the next one into one digit",
            ":material/merge:",
            merge,
            (page, digit_box, right, model),
        )
    if digit_box.id != entry.boxes[0].id:
        yield Action(
            "number-split",
            "Start a new number here",
            "Split the number before this digit",
            ":material/format_letter_spacing_wider:",
            page.edit,
            ("Number split", edits.split_number, digit_box.id),
        )


def number_actions(page: SessionPage, entry: NumberEntry, digit_box: DigitBox) -> Iterator[Action]:
    """Yield what can be done with the box's number."""
    is_last_box = digit_box.id == entry.boxes[-1].id
    if is_last_box and page.draft.next_entry(entry.id) is not None:
        yield Action(
            "number-join",
            "Join with next number",
            "Make one number of this one and the next",
            ":material/join:",
            page.edit,
            ("Numbers joined", edits.join_numbers, entry.id),
        )
    if len(entry.boxes) > 1:
        yield Action(
            "number-delete",
            "Delete number",
            "Delete the whole number",
            ":material/delete_sweep:",
            page.edit,
            ("Number deleted", edits.delete_number, entry.id),
        )
    if entry.typed is not None:
        yield Action(
            "number-boxes",
            "Use the boxes",
            "Discard the typed text and use the digits in the boxes",
            None,
            page.edit,
            ("Typed text discarded", edits.use_boxes, entry.id),
        )


def split(page: SessionPage, digit_box: DigitBox, model: str) -> None:
    """Split a box in two and read both parts."""
    parts = page.read_parts(digit_box.box, resources.classifier(model))
    page.edit("Box split", edits.split_box, digit_box.id, parts)


def merge(page: SessionPage, left: DigitBox, right: DigitBox, model: str) -> None:
    """Merge two boxes and read the whole."""
    whole = page.read_box(union(left.box, right.box), resources.classifier(model))
    page.edit("Boxes merged", edits.merge_boxes, left.id, whole)
