"""The drawing canvas: its size, its strokes, and undo, redo and clear.

The canvas keeps its own strokes in the browser. A new `initial_drawing` makes it draw that and
report back without being mounted again, so undo hands it all strokes but the last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import streamlit as st

from inkling.ui.draw.canvas_picture import pixels_of
from inkling.ui.shared.component import component

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A stroke as the canvas describes it: its path, position, size, scale and pen width.
Stroke: TypeAlias = dict[str, Any]

# Pixels. These fit the page's margins; canvas.js measures which width the screen has room for.
PHONE_WIDTH, DESKTOP_WIDTH = 352, 640
# The canvas' height from a width on, the widest first.
HEIGHTS = ((960, 560), (800, 480), (480, 400), (0, 320))
# The largest canvas, and the narrowest: see WIDTHS in canvas.js.
LARGEST, MIN_WIDTH = HEIGHTS[0], 280
# Diameter of the pen, in pixels.
DEFAULT_PEN = 18
# Distance in pixels between the canvas' edge and a drawing that was shrunk to fit.
MARGIN = 12
PAPER_COLOUR = "#ffffff"
INK_COLOUR = "#10182b"
CANVAS_KEY = "canvas"
CONTAINER_KEY = "canvas-container"
# Of the `Canvas` in the session state.
STATE_KEY = "drawing-canvas"
LABEL = (
    "Drawing canvas. Draw digits with a finger, a pen or a mouse. "
    "By keyboard: the arrow keys move the pen, the space bar lowers and lifts it."
)

_adapter = component(
    "inkling_canvas",
    '<p class="status" role="status"></p>\n',
    css=("shared/status.css",),
    js=(
        "shared/gone.js",
        "shared/drawable_canvas.js",
        "draw/actions.js",
        "draw/trails.js",
        "draw/canvas.js",
    ),
)


def fit(strokes: list[Stroke], width: int, height: int) -> list[Stroke]:
    """Shrink a drawing so that it fits a canvas; one that fits is returned as it is.

    Args:
        strokes: the drawing.
        width, height: of the canvas, in pixels.
    """

    def end(place: str, size: str, scale: str) -> float:
        reach = [(each[size] + each["strokeWidth"]) * each[scale] / 2 for each in strokes]
        return max((each[place] + far for each, far in zip(strokes, reach, strict=True)), default=0)

    right, bottom = end("left", "width", "scaleX"), end("top", "height", "scaleY")
    if right <= width and bottom <= height:
        return strokes
    factor = min((width - MARGIN) / right, (height - MARGIN) / bottom)
    scaled = ("left", "top", "scaleX", "scaleY")
    return [{**each, **{key: each[key] * factor for key in scaled}} for each in strokes]


@dataclass
class Canvas:
    """One session's drawing.

    Attributes:
        strokes: what is drawn, oldest first.
        undone: what redo would restore, latest last.
        pixels: the canvas as RGBA, uint8 (h, w, 4), as last reported; None when it is blank.
        width: in pixels.
        text: what was last read on it; empty when it is blank.
        version: counts the reports of the canvas: another number, another drawing.
    """

    strokes: list[Stroke] = field(default_factory=list)
    undone: list[Stroke] = field(default_factory=list)
    pixels: NDArray[np.uint8] | None = None
    width: int = DESKTOP_WIDTH
    text: str = ""
    version: int = 0
    # What the canvas was last told to draw; the stamp makes each request a new one, even for the
    # same strokes.
    _request: dict[str, Any] = field(default_factory=lambda: {"objects": [], "stamp": 0})
    # The drawings that were requested since the last report that was taken over.
    _pending: list[list[Stroke]] = field(default_factory=list)
    _last_report: dict[str, Any] | None = None
    # Whether a report was taken over whose pixels have not been.
    _is_changed: bool = False

    @property
    def height(self) -> int:
        """In pixels."""
        return next(height for width, height in HEIGHTS if self.width >= width)

    @property
    def redraws(self) -> int:
        """How often the canvas was told to draw something."""
        stamp: int = self._request["stamp"]
        return stamp

    def undo(self) -> None:
        """Remove the last stroke."""
        self._take_over(_latest_report())
        if self.strokes:
            self.undone.append(self.strokes[-1])
            self._redraw(self.strokes[:-1])

    def redo(self) -> None:
        """Restore the stroke that was removed last."""
        self._take_over(_latest_report())
        if self.undone:
            self._redraw([*self.strokes, self.undone.pop()])

    def clear(self) -> None:
        """Remove all strokes for good."""
        self._take_over(_latest_report())
        self.undone = []
        self._redraw([])

    def restore(self, strokes: list[Stroke]) -> None:
        """Replace the drawing; its pixels follow once the canvas has drawn it.

        Args:
            strokes: the other drawing.
        """
        self.clear()
        self._redraw(fit(list(strokes), self.width, self.height))

    def show(self, pen: int, *, erases: bool = False) -> None:
        """Show the canvas and take over what is drawn on it.

        Args:
            pen: its diameter in pixels.
            erases: whether the pen removes ink instead of leaving it.
        """
        # Only importable inside a running app, hence not at the top.
        from streamlit_drawable_canvas import st_canvas

        if CANVAS_KEY not in st.session_state and self.strokes:
            # Back from another page: the canvas is new, the drawing is not.
            self._redraw(self.strokes)
        with st.container(key=CONTAINER_KEY, gap=None):
            self._measure()
            result = st_canvas(
                key=CANVAS_KEY,
                width=self.width,
                height=self.height,
                stroke_width=pen,
                # The eraser paints paper over the ink, which is then not read either.
                stroke_color=PAPER_COLOUR if erases else INK_COLOUR,
                background_color=PAPER_COLOUR,
                initial_drawing=self._request,
                return_image_data=True,
            )
        self._take_over(result.json_data)
        if self._is_changed:
            self._is_changed = False
            self.version += 1
            # A canvas that is mounted again reports no pixels until it is drawn on: keep the old.
            if not self.strokes:
                self.pixels = None
            elif (pixels := pixels_of(result, LARGEST)) is not None:
                self.pixels = pixels

    def _measure(self) -> None:
        """Take over the width that the browser has room for."""
        measured = _adapter(
            key="canvas-adapter",
            data={"container": CONTAINER_KEY, "label": LABEL, "width": self.width},
            on_width_change=lambda: None,
            height="content",
        )
        before = self.width
        width = getattr(measured, "width", None)
        if isinstance(width, int) and MIN_WIDTH <= width <= LARGEST[0]:
            self.width = width
        if self.width < before:
            self._shrink()

    def _shrink(self) -> None:
        """Shrink the drawing, and what redo would restore, to a canvas that became smaller."""
        both = [*self.strokes, *self.undone]
        fitting = fit(both, self.width, self.height)
        if fitting is not both:
            self.undone = fitting[len(self.strokes) :]
            self._redraw(fitting[: len(self.strokes)])

    def _redraw(self, strokes: list[Stroke]) -> None:
        """Tell the canvas to draw other strokes."""
        self.strokes = strokes
        self._pending.append(strokes)
        # A report taken over before this is outdated.
        self._is_changed = False
        self._request = {"objects": strokes, "stamp": self._request["stamp"] + 1}
        if not strokes:
            self.pixels = None
            self.version += 1

    def _take_over(self, report: dict[str, Any] | None) -> None:
        """Take over what the canvas reports, unless it was taken over before."""
        if report is None or report == self._last_report:
            return
        self._last_report = report
        strokes = list(report.get("objects") or [])
        if strokes != self.strokes and strokes in self._pending:
            # An earlier request has been drawn; the report about the latest one follows.
            return
        self._pending.clear()
        if len(strokes) > len(self.strokes):
            self.undone = []
        self.strokes = strokes
        self._is_changed = True


def session_canvas() -> Canvas:
    """This session's canvas."""
    if STATE_KEY not in st.session_state:
        agent = st.context.headers.get("User-Agent", "") if st.context.headers else ""
        # A guess until the browser has measured.
        width = PHONE_WIDTH if "Mobi" in agent else DESKTOP_WIDTH
        st.session_state[STATE_KEY] = Canvas(width=width)
    canvas: Canvas = st.session_state[STATE_KEY]
    return canvas


def session_pixels() -> NDArray[np.uint8] | None:
    """What is on this session's canvas as RGBA, uint8 (h, w, 4); None if nothing was drawn yet."""
    canvas: Canvas | None = st.session_state.get(STATE_KEY)
    return canvas.pixels if canvas is not None else None


def _latest_report() -> dict[str, Any] | None:
    """What the canvas has sent last, perhaps since the last run; None where it sent nothing."""
    sent = st.session_state.get(CANVAS_KEY) or {}
    report: dict[str, Any] | None = (sent.get("drawing") or {}).get("raw")
    return report
