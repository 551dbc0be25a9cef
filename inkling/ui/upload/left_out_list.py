"""What the reader left out of a page: each number with the reason, to count it after all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from inkling.review import edits
from inkling.ui.shared import phrases, resources
from inkling.ui.upload import box_overlay

if TYPE_CHECKING:
    from inkling.recognition.results import LeftOut
    from inkling.ui.upload.session_page import SessionPage

# So many numbers are shown at once; the others unfold.
MAX_SHOWN = 12
# Screen pixels: the space for a number's picture.
CROP_WIDTH, CROP_HEIGHT = 88, 40
# How much of the picture is shown around a number, in heights of its box.
MARGIN = 0.2


def listing(page: SessionPage, model: str) -> None:
    """List what was left out of a page.

    Args:
        page: something was left out of it.
        model: the name of the model that reads what is counted.
    """
    left_out = page.draft.left_out
    shown, more = left_out[:MAX_SHOWN], left_out[MAX_SHOWN:]
    with st.container(border=True, key="left-out"):
        st.caption(":material/visibility_off: **Left out of the table.** Count what belongs in it.")
        rows(page, shown, model)
        if more:
            # The key keeps it unfolded when there is one fewer.
            with st.expander(f"{len(more)} more", key=f"left-out-more-{page.key}"):
                rows(page, more, model)


def rows(page: SessionPage, left_out: Sequence[LeftOut], model: str) -> None:
    """Show left-out numbers below each other."""
    around = [page.around(each.box, MARGIN, MARGIN) for each in left_out]
    with st.container(gap="xsmall"):
        for each, box, crop in zip(left_out, around, page.crops(around), strict=True):
            width = max(1, round(min(CROP_WIDTH, CROP_HEIGHT * box[2] / box[3])))
            row(page, each, crop, width, model)


def row(page: SessionPage, left_out: LeftOut, crop: bytes, width: int, model: str) -> None:
    """Show a left-out number: its picture at a width, the number, why, and a button."""
    number, reason = left_out.number, str(left_out.reason)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        with st.container(width=CROP_WIDTH, horizontal_alignment="center"):
            st.image(crop, width=width, alt=box_overlay.note_on_left_out(left_out))
        with st.container(gap=None):
            st.markdown(f"**{phrases.plain(number) or '?'}**")
            st.caption(reason.capitalize())
        place = "-".join(map(str, left_out.box))
        st.button(
            "Count it",
            icon=":material/add:",
            key=f"count-{page.key}-{place}-{number}-{reason}",
            help=f"Count {number or 'it'} as a number of this page",
            on_click=count,
            args=(page, left_out, model),
        )


def count(page: SessionPage, left_out: LeftOut, model: str) -> None:
    """Count a left-out number, and select its first digit."""
    if left_out not in page.draft.left_out:
        return
    digits = page.read_number(left_out.box, left_out.number, resources.classifier(model))
    first = page.draft.next_id
    page.edit("Number counted", edits.count_left_out, left_out, digits)
    page.select(first)
