"""The drawing surface: the canvas, its size, and undo, redo and clear that really do.

The canvas keeps its own strokes in the browser. Giving it another `initial_drawing` makes it draw
that and report back, without being mounted anew: so undo is "what there was, less one stroke".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Widths fit the page's margins; the browser measures which one it is (canvas.js).
PHONE_WIDTH, PHONE_HEIGHT = 352, 320
DESKTOP_WIDTH, DESKTOP_HEIGHT = 640, 400
WIDE_FROM = 480
DEFAULT_BRUSH = 18
# What is shrunk to fit ends so far from the canvas' edge, in pixels.
EDGE = 12
PAPER = "#ffffff"
INK = "#10182b"
CANVAS_KEY = "paper-canvas"
ROOM_KEY = "paper-room"
LABEL = (
    "Drawing surface. Draw digits here with a finger, a pen or a mouse; or by key: "
    "the arrows move, the space bar puts the pen down and lifts it."
)
SCRIPTS = ("surface.js", "actions.js", "canvas.js")
_FOLDER = Path(__file__).parent

_measure = st.components.v2.component(
    "inkling_paper",
    html='<p class="said" role="status"></p>\n',
    css=".said { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;\n"
    "clip-path: inset(50%); white-space: nowrap }",
    js="\n".join((_FOLDER / name).read_text("utf-8") for name in SCRIPTS),
)


def _reported() -> dict[str, Any] | None:
    """What the canvas has sent last, perhaps since the last run; None where there is none."""
    sent = st.session_state.get(CANVAS_KEY) or {}
    drawing: dict[str, Any] | None = (sent.get("drawing") or {}).get("raw")
    return drawing


def fitted(strokes: list[dict[str, Any]], width: int, height: int) -> list[dict[str, Any]]:
    """The same drawing, shrunk as far as it must be to lie on a canvas of this size.

    Args:
        strokes: as the canvas describes them: a middle, a size, a scale, and the pen's width.
        width, height: of the canvas, in pixels.
    """

    def end(place: str, size: str, scale: str) -> float:
        reach = [(each[size] + each["strokeWidth"]) * each[scale] / 2 for each in strokes]
        return max((each[place] + far for each, far in zip(strokes, reach, strict=True)), default=0)

    right, bottom = end("left", "width", "scaleX"), end("top", "height", "scaleY")
    if right <= width and bottom <= height:
        return strokes
    factor = min((width - EDGE) / right, (height - EDGE) / bottom)
    places = ("left", "top", "scaleX", "scaleY")
    return [{**each, **{key: each[key] * factor for key in places}} for each in strokes]


@dataclass
class Paper:
    """One session's drawing.

    Attributes:
        strokes: what is drawn, as the canvas describes it, oldest first.
        undone: what redo would bring back, latest last.
        pixels: the canvas as RGBA, as last reported; None when nothing is drawn.
        width: of the canvas, in pixels.
        sign: what was last read on it; empty for a blank sheet.
        version: counts what the canvas reported; another number, another drawing.
    """

    strokes: list[dict[str, Any]] = field(default_factory=list)
    undone: list[dict[str, Any]] = field(default_factory=list)
    pixels: NDArray[np.uint8] | None = None
    width: int = DESKTOP_WIDTH
    sign: str = ""
    version: int = 0
    _start: dict[str, Any] = field(default_factory=lambda: {"objects": [], "stamp": 0})
    _seen: dict[str, Any] | None = None
    _given: list[list[dict[str, Any]]] = field(default_factory=list)
    _is_new: bool = False

    @property
    def height(self) -> int:
        """Of the canvas, in pixels."""
        return DESKTOP_HEIGHT if self.width >= WIDE_FROM else PHONE_HEIGHT

    @property
    def redraws(self) -> int:
        """How often the canvas was given something to draw."""
        stamp: int = self._start["stamp"]
        return stamp

    def undo(self) -> None:
        """Take the last stroke away."""
        self._take(_reported())
        if self.strokes:
            self.undone.append(self.strokes[-1])
            self._redraw(self.strokes[:-1])

    def redo(self) -> None:
        """Bring back the stroke that was taken away last."""
        self._take(_reported())
        if self.undone:
            self._redraw([*self.strokes, self.undone.pop()])

    def clear(self) -> None:
        """A fresh sheet."""
        self._take(_reported())
        self.undone = []
        self._redraw([])

    def bring_back(self, strokes: list[dict[str, Any]]) -> None:
        """Put another drawing on the sheet; its pixels follow when the canvas has drawn it.

        Args:
            strokes: what it consists of (see the attribute).
        """
        self.clear()
        self._redraw(fitted(list(strokes), self.width, self.height))

    def _redraw(self, strokes: list[dict[str, Any]]) -> None:
        self.strokes = strokes
        self._given.append(strokes)
        # What was taken over is not what will stand there.
        self._is_new = False
        # The stamp makes every redrawing another one, even of the same strokes.
        self._start = {"objects": strokes, "stamp": self._start["stamp"] + 1}
        if not strokes:
            self.pixels = None
            self.version += 1

    def _shrink(self) -> None:
        """A phone was turned, or a window made smaller: nothing is left outside, nor comes back
        outside."""
        both = [*self.strokes, *self.undone]
        whole = fitted(both, self.width, self.height)
        if whole is not both:
            self.undone = whole[len(self.strokes) :]
            self._redraw(whole[: len(self.strokes)])

    def _take(self, drawing: dict[str, Any] | None) -> None:
        """Take over what the canvas reports, unless it had reported that before."""
        if drawing is None or drawing == self._seen:
            return
        self._seen = drawing
        strokes = list(drawing.get("objects") or [])
        if strokes != self.strokes and strokes in self._given:
            # Drawn when asked to, and asked for something else since: that is reported next.
            return
        self._given.clear()
        if len(strokes) > len(self.strokes):
            self.undone = []
        self.strokes = strokes
        self._is_new = True

    def surface(self, brush: int, erases: bool = False) -> None:
        """Show the canvas and take over what is drawn on it.

        Args:
            brush: diameter of the pen in pixels.
            erases: the pen takes ink away instead of leaving it.
        """
        # Only importable inside a running app, hence not at the top.
        from streamlit_drawable_canvas import st_canvas

        if CANVAS_KEY not in st.session_state and self.strokes:
            # Back from another page: the canvas is new, the drawing is not.
            self._redraw(self.strokes)
        with st.container(key=ROOM_KEY, gap=None):
            measured = _measure(
                key="paper-measure",
                data={"room": ROOM_KEY, "label": LABEL, "width": self.width},
                on_width_change=lambda: None,
                height="content",
            )
            before = self.width
            self.width = getattr(measured, "width", None) or before
            if self.width < before:
                self._shrink()
            result = st_canvas(
                key=CANVAS_KEY,
                width=self.width,
                height=self.height,
                stroke_width=brush,
                # Paper over ink: what cannot be seen cannot be read either.
                stroke_color=PAPER if erases else INK,
                background_color=PAPER,
                initial_drawing=self._start,
                return_image_data=True,
            )
        self._take(result.json_data)
        if self._is_new:
            self._is_new = False
            self.version += 1
            # A canvas put back in place reports nothing until it is drawn on: the old pixels hold.
            if not self.strokes:
                self.pixels = None
            elif (pixels := result.image_data) is not None:
                self.pixels = pixels


def paper() -> Paper:
    """This session's sheet."""
    if "paper" not in st.session_state:
        agent = st.context.headers.get("User-Agent", "") if st.context.headers else ""
        # A first guess; the browser's own measure follows.
        width = PHONE_WIDTH if "Mobi" in agent else DESKTOP_WIDTH
        st.session_state["paper"] = Paper(width=width)
    sheet: Paper = st.session_state["paper"]
    return sheet
