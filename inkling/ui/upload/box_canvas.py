"""Moving, resizing and drawing boxes on a page's picture: the drawable canvas' labelled rectangles.

The canvas tells after every stroke which rectangles there are, and not what was done to them: what
was moved, drawn or deleted is found by comparing with those it had before. It is not redrawn while
somebody draws on it; its labels follow when the view is opened again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.reader.overlay import SURE_COLOUR, UNSURE_COLOUR
from inkling.review.draft import Draft

if TYPE_CHECKING:
    from inkling.geometry import Box
    from inkling.recognition.classifier import Classifier
    from inkling.ui.upload.session import DeskPage

Rectangle = tuple[float, float, float, float]
# Canvas pixels: less is the browser's rounding, and a smaller box a slip of the hand.
SLIP = 0.75
SMALLEST = 4.0
STROKE = 2
LETTER = 11
ROOM_KEY = "boxes-room"
LABEL = "The page with its boxes, to draw on. Corrections by keyboard: in the table and under Look."

_adapt = st.components.v2.component(
    "inkling_redraw",
    html='<span class="inkling-redraw" hidden></span>\n',
    js=(Path(__file__).parent / "box_canvas.js").read_text("utf-8"),
)


@dataclass
class Canvas:
    """What the canvas shows.

    Attributes:
        start: its drawing when it was opened.
        known: its rectangles as last reported, x, y, width and height in its pixels, by mark.
        scale: its pixels for one of the page's.
        labels: what each rectangle says on it, by mark.
    """

    start: dict[str, Any]
    known: dict[int, Rectangle]
    scale: float
    labels: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Changes:
    """What was done: places in the report by mark, and those without one.

    Attributes:
        same, moved: mark to place.
        added: places of new rectangles.
        gone: marks whose rectangle is no longer there.
    """

    same: dict[int, int]
    moved: dict[int, int]
    added: list[int]
    gone: list[int]


def changes(known: Mapping[int, Rectangle], seen: Sequence[Rectangle]) -> Changes:
    """What was done to rectangles between two reports.

    One that is where none was, when another has disappeared, is that one moved: the nearest first.
    """
    same: dict[int, int] = {}
    left = list(range(len(seen)))
    for mark, box in known.items():
        place = next((p for p in left if _apart(seen[p], box) <= SLIP), None)
        if place is not None:
            same[mark] = place
            left.remove(place)
    lost = [mark for mark in known if mark not in same]
    moved: dict[int, int] = {}
    while lost and left:
        mark, place = min(
            ((m, p) for m in lost for p in left),
            key=lambda pair: _apart(known[pair[0]], seen[pair[1]]),
        )
        moved[mark] = place
        lost.remove(mark)
        left.remove(place)
    return Changes(same, moved, left, lost)


def _apart(a: Rectangle, b: Rectangle) -> float:
    """The farthest that an edge of one box lies from the other's."""
    sides = zip(
        (a[0], a[1], a[0] + a[2], a[1] + a[3]), (b[0], b[1], b[0] + b[2], b[1] + b[3]), strict=True
    )
    return max(abs(one - other) for one, other in sides)


def surface(page: DeskPage, key: str, width: int, classifier: Classifier) -> bool:
    """Show the canvas, and take over what was done on it.

    Args:
        page: what to show.
        key: the canvas' own.
        width: how much room there is, in pixels of the screen.
        classifier: reads boxes that were drawn or moved.

    Returns:
        Whether the page is another now.
    """
    # Only importable inside a running app, hence not at the top.
    from streamlit_drawable_canvas import st_canvas

    if page.canvas is None or key not in st.session_state:
        page.canvas = _opened(page, width)
    canvas: Canvas = page.canvas
    with st.container(key=ROOM_KEY, gap=None):
        # Room for the canvas' own tools, which stand above it.
        st.space("small")
        _adapt(key=f"adapt-{key}", data={"room": ROOM_KEY, "label": LABEL}, height="content")
        result = st_canvas(
            key=key,
            width=round(page.width * canvas.scale),
            height=round(page.height * canvas.scale),
            drawing_mode="labeled_rect",
            stroke_width=STROKE,
            stroke_color=_hex(SURE_COLOUR),
            fill_color="rgba(0, 114, 178, 0.08)",
            background_image=page.view,
            initial_drawing=canvas.start,
            font_size=LETTER,
        )
    seen = [
        ((box["left"], box["top"], box["width"], box["height"]), str(box["label"]))
        for box in result.boxes
        if min(box["width"], box["height"]) >= SMALLEST
    ]
    before = page.history
    _take(page, canvas, seen, classifier)
    return page.history is not before


def _opened(page: DeskPage, width: int) -> Canvas:
    """The page's boxes as rectangles: the sure ones in blue, the others in orange."""
    from streamlit_drawable_canvas import boxes_to_drawing

    scale = min(width, page.widest) / page.width
    groups: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    canvas = Canvas({"objects": []}, {}, scale)
    for entry in page.draft.entries:
        for mark in entry.marks:
            x, y, wide, high = (value * scale for value in mark.box)
            canvas.known[mark.id] = (x, y, wide, high)
            canvas.labels[mark.id] = mark.label
            box = {"label": mark.label, "left": x, "top": y, "width": wide, "height": high}
            groups[entry.trusts(mark)].append(box)
    for sure, boxes in groups.items():
        colour = SURE_COLOUR if sure else UNSURE_COLOUR
        drawing = boxes_to_drawing(boxes, stroke_color=_hex(colour), stroke_width=STROKE)
        for each in drawing["objects"]:
            each["fontSize"] = LETTER
            if not sure:
                each["strokeDashArray"] = [6, 3]
        canvas.start["objects"] += drawing["objects"]
    return canvas


def _take(
    page: DeskPage, canvas: Canvas, seen: Sequence[tuple[Rectangle, str]], classifier: Classifier
) -> None:
    """Take over what the canvas reports; together a step that can be taken back."""
    from inkling.review import edits

    found = changes(canvas.known, [box for box, _ in seen])
    read = {
        place: page.read_box(_on_page(seen[place][0], page, canvas.scale), classifier)
        for place in (*found.moved.values(), *found.added)
    }
    draft = page.draft
    for mark in found.gone:
        draft = edits.delete_mark(draft, mark)
        del canvas.known[mark]
    for mark, place in found.moved.items():
        draft = edits.move_mark(draft, mark, read[place])
        canvas.known[mark] = seen[place][0]
    for place in found.added:
        mark, draft = draft.next_id, edits.add_mark(draft, read[place])
        canvas.known[mark] = seen[place][0]
        canvas.labels[mark] = seen[place][1]
        page.chosen = mark
    for mark, place in (found.same | found.moved).items():
        label = seen[place][1]
        if label != canvas.labels.get(mark):
            draft = _named(draft, mark, label)
        canvas.labels[mark] = label
    # One report, one step: emptying the canvas is taken back at once.
    page.do("Boxes changed", lambda _: draft, by="canvas")


def _named(draft: Draft, mark_id: int, label: str) -> Draft:
    """A label that was typed on the canvas; one of several letters is no digit's."""
    from inkling.review import edits

    return edits.correct(draft, mark_id, label) if label in draft.labels else draft


def _on_page(box: Rectangle, page: DeskPage, scale: float) -> Box:
    """A rectangle as a box on the page, cut off at its edges."""
    left, top = max(0, round(box[0] / scale)), max(0, round(box[1] / scale))
    left, top = min(left, page.width - 1), min(top, page.height - 1)
    right = min(page.width, max(left + 1, round((box[0] + box[2]) / scale)))
    bottom = min(page.height, max(top + 1, round((box[1] + box[3]) / scale)))
    return left, top, right - left, bottom - top


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
