"""This visit's drawings in a row under the paper, each a click away from coming back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui import pictures

if TYPE_CHECKING:
    from inkling.ui.paper import Paper

KEPT = 24
SHOWN = 8
HEIGHT = 56


@dataclass(frozen=True, slots=True)
class Past:
    """A drawing that was on the sheet.

    Attributes:
        number: counts them, from 1.
        strokes: as the canvas describes them.
        picture: PNG.
        sign: what it was read as.
    """

    number: int
    strokes: list[dict[str, Any]]
    picture: bytes
    sign: str


def keep(sheet: Paper) -> None:
    """Lay what is on the sheet aside, before something else is."""
    kept: list[Past] = st.session_state.setdefault("past", [])
    if not sheet.strokes or sheet.pixels is None or not sheet.sign:
        return
    if kept and kept[-1].strokes == sheet.strokes:
        return
    number = kept[-1].number + 1 if kept else 1
    picture = pictures.drawing_png(sheet.pixels, HEIGHT)
    kept.append(Past(number, list(sheet.strokes), picture, sheet.sign))
    del kept[:-KEPT]


def clear(sheet: Paper) -> None:
    """A fresh sheet; the old one is laid aside."""
    keep(sheet)
    sheet.clear()


def _bring_back(sheet: Paper, past: Past) -> None:
    keep(sheet)
    sheet.bring_back(past.strokes)


def section(sheet: Paper) -> None:
    """The latest drawings, newest first; nothing while there are none."""
    kept: list[Past] = st.session_state.get("past", [])
    if not kept:
        return
    with st.container(key="past-drawings", gap="xsmall"):
        st.caption("Drawn before: press one to bring it back.")
        with st.container(horizontal=True, gap="small"):
            for past in reversed(kept[-SHOWN:]):
                with st.container(width="content", horizontal_alignment="center", gap=None):
                    st.image(past.picture, width="content", alt=f"A drawing read as {past.sign}")
                    st.button(
                        past.sign,
                        key=f"past-{past.number}",
                        type="tertiary",
                        help="Bring it back",
                        on_click=_bring_back,
                        args=(sheet, past),
                    )
