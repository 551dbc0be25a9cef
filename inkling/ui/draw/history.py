"""This visit's drawings in a row under the paper, each a click away from coming back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.shared import images

if TYPE_CHECKING:
    from inkling.ui.draw.canvas import Paper

KEPT = 24
SHOWN = 8
HEIGHT = 56
WIDEST = 240

# A button is its drawing, the answer under it; the address is a data URL.
_STYLE = """\
.st-key-past-{number} button {{
  background: url("{picture}") top 4px center / {width}px {height}px no-repeat;
  min-width: {room}px; padding: {top}px 4px 0; border-radius: 0.5rem;
}}
.st-key-past-{number} button:is(:hover, :focus-visible) {{
  box-shadow: 0 0 0 2px var(--st-primary-color, currentColor);
}}
"""


@dataclass(frozen=True, slots=True)
class Past:
    """A drawing that was on the sheet.

    Attributes:
        number: counts them, from 1.
        strokes: as the canvas describes them.
        style: CSS that makes a button of it.
        sign: what it was read as.
    """

    number: int
    strokes: list[dict[str, Any]]
    style: str
    sign: str


def _style(number: int, png: bytes) -> str:
    # PNG's header has the width and the height in these bytes.
    width, height = (int.from_bytes(png[start : start + 4], "big") for start in (16, 20))
    shrunk = min(1.0, WIDEST / width)
    width, height = round(width * shrunk), round(height * shrunk)
    return _STYLE.format(
        number=number,
        picture=images.data_url(png),
        width=width,
        height=height,
        room=max(width, HEIGHT) + 8,
        top=HEIGHT + 6,
    )


def keep(sheet: Paper) -> None:
    """Lay what is on the sheet aside, before something else is."""
    kept: list[Past] = st.session_state.setdefault("past", [])
    if not sheet.strokes or sheet.pixels is None or not sheet.sign:
        return
    if kept and kept[-1].strokes == sheet.strokes:
        return
    number = kept[-1].number + 1 if kept else 1
    style = _style(number, images.drawing_png(sheet.pixels, HEIGHT))
    kept.append(Past(number, list(sheet.strokes), style, sheet.sign))
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
    shown = kept[-SHOWN:][::-1]
    # A picture and a container for each would triple what is sent after every stroke.
    st.html(f"<style>{''.join(past.style for past in shown)}</style>")
    with st.container(key="past-drawings", gap="xsmall"):
        st.caption("Drawn before: press one to bring it back.")
        with st.container(horizontal=True, gap="small"):
            for past in shown:
                st.button(
                    past.sign,
                    key=f"past-{past.number}",
                    type="tertiary",
                    on_click=_bring_back,
                    args=(sheet, past),
                )
