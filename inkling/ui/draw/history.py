"""This session's earlier drawings, in a row under the canvas; a click restores one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.shared import images

if TYPE_CHECKING:
    from inkling.ui.draw.canvas import Canvas, Stroke

# Of the earlier drawings in the session state.
STATE_KEY = "past"
# Drawings that are remembered, and of those the latest ones that are shown.
MAX_SAVED, MAX_SHOWN = 24, 8
# Size of a thumbnail, in pixels.
HEIGHT, MAX_WIDTH = 56, 240

# In the dark theme light on dark, as on the canvas (see canvas.js).
_PAPER = """\
.st-key-past-drawings button { position: relative; isolation: isolate; }
.st-key-past-drawings button::before, .st-key-past-drawings button::after {
  content: ""; position: absolute; top: 4px; left: 50%; translate: -50%; pointer-events: none;
}
.st-key-past-drawings button::before {
  background: light-dark(#000, #fff); mix-blend-mode: difference;
}
.st-key-past-drawings button::after {
  background: light-dark(#000, #1a2132); mix-blend-mode: screen;
}
"""
# A button shows its drawing with the answer under it. The picture is a data URL.
_STYLE = """\
.st-key-past-{number} button {{
  background: url("{picture}") top 4px center / {width}px {height}px no-repeat;
  min-width: {min_width}px; padding: {padding}px 4px 0; border-radius: 0.5rem;
}}
.st-key-past-{number} button::before, .st-key-past-{number} button::after {{
  width: {width}px; height: {height}px;
}}
.st-key-past-{number} button:is(:hover, :focus-visible) {{
  box-shadow: 0 0 0 2px var(--st-primary-color, currentColor);
}}
"""


@dataclass(frozen=True, slots=True)
class PastDrawing:
    """A drawing that was on the canvas.

    Attributes:
        number: counts them, from 1.
        strokes: see `Canvas`.
        picture: a PNG that is shown on its button.
        text: what it was read as.
    """

    number: int
    strokes: list[Stroke]
    picture: bytes
    text: str


def save(canvas: Canvas) -> None:
    """Remember what is on the canvas, before it is replaced."""
    past: list[PastDrawing] = st.session_state.setdefault(STATE_KEY, [])
    if not canvas.strokes or canvas.pixels is None or not canvas.text:
        return
    if past and past[-1].strokes == canvas.strokes:
        return
    number = past[-1].number + 1 if past else 1
    picture = images.drawing_png(canvas.pixels, HEIGHT)
    past.append(PastDrawing(number, list(canvas.strokes), picture, canvas.text))
    del past[:-MAX_SAVED]


def clear(canvas: Canvas) -> None:
    """Clear the canvas and remember what was on it."""
    save(canvas)
    canvas.clear()


def strokes() -> list[Stroke]:
    """The strokes of all drawings that are remembered."""
    past: list[PastDrawing] = st.session_state.get(STATE_KEY, [])
    return [stroke for drawing in past for stroke in drawing.strokes]


def section(canvas: Canvas) -> None:
    """Show the latest drawings, newest first; nothing while there are none."""
    past: list[PastDrawing] = st.session_state.get(STATE_KEY, [])
    if not past:
        return
    shown = past[-MAX_SHOWN:][::-1]
    # A picture and a container for each would triple what is sent after every stroke.
    styles = "".join(_style(each.number, each.picture) for each in shown)
    st.html(f"<style>{_PAPER}{styles}</style>")
    with st.container(key="past-drawings", gap="xsmall"):
        st.caption("Earlier drawings: click one to restore it.")
        with st.container(horizontal=True, gap="small"):
            for drawing in shown:
                st.button(
                    drawing.text,
                    key=f"past-{drawing.number}",
                    type="tertiary",
                    on_click=_restore,
                    args=(canvas, drawing),
                )


def _restore(canvas: Canvas, drawing: PastDrawing) -> None:
    save(canvas)
    canvas.restore(drawing.strokes)


def _style(number: int, png: bytes) -> str:
    # A PNG's header holds its width and height in these bytes.
    width, height = (int.from_bytes(png[start : start + 4], "big") for start in (16, 20))
    scale = min(1.0, MAX_WIDTH / width)
    width, height = round(width * scale), round(height * scale)
    return _STYLE.format(
        number=number,
        picture=images.data_url(png),
        width=width,
        height=height,
        min_width=max(width, HEIGHT) + 8,
        padding=HEIGHT + 6,
    )
