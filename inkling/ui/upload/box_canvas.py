"""Drawing, moving and resizing boxes on a page's picture, with the drawable canvas.

After every stroke the canvas reports all its rectangles, but not what was done to them. Comparing
them with the previous report tells which were moved, drawn or deleted. The canvas is not redrawn
while somebody draws on it; its labels are updated when the view is opened again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.reader.overlay import SURE_COLOUR, UNSURE_COLOUR, outline_left_out
from inkling.ui.shared import images
from inkling.ui.shared.component import component

if TYPE_CHECKING:
    from inkling.geometry import Box
    from inkling.recognition.classifier import Classifier
    from inkling.review.draft import Draft
    from inkling.ui.upload.session_page import SessionPage

# Left, top, width and height in canvas pixels.
Rectangle = tuple[float, float, float, float]
# In canvas pixels: two rectangles whose edges differ by no more are the same, but for the browser's
# rounding; a smaller rectangle was drawn by accident.
SAME_DISTANCE = 0.75
MIN_SIZE = 4.0
# In canvas pixels: the width of a rectangle's border, and the font size of its label.
BORDER_WIDTH = 2
FONT_SIZE = 11
# On a page with more boxes than this, whose usual height in canvas pixels is less than that, labels
# would hide the writing, so that only doubtful digits have one.
MANY_BOXES, READABLE_HEIGHT = 30, 32
CONTAINER_KEY = "boxes-container"
CANVAS_LABEL = (
    "The page with its boxes, to draw on. To correct digits by keyboard, use the table or View."
)

_adapt_canvas = component(
    "inkling_box_canvas",
    '<span class="inkling-box-canvas" hidden></span>\n',
    js=["shared/drawable_canvas.js", "upload/box_canvas.js"],
)


@dataclass
class CanvasState:
    """What the canvas shows.

    Attributes:
        start: the drawing with which it was opened.
        rectangles: as last reported, by box id.
        scale: canvas pixels / page pixels.
        background: the picture as JPEG, with what was left out.
        labels: the text on each rectangle, by box id.
    """

    start: dict[str, Any]
    rectangles: dict[int, Rectangle]
    scale: float
    background: bytes
    labels: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Changes:
    """The difference between two reports; "place" is an index into the second one.

    Attributes:
        same, moved: places by box id.
        added: places of new rectangles.
        deleted: ids of boxes without a rectangle.
    """

    same: dict[int, int]
    moved: dict[int, int]
    added: list[int]
    deleted: list[int]


def changes(before: Mapping[int, Rectangle], after: Sequence[Rectangle]) -> Changes:
    """Find what was done to rectangles between two reports.

    A rectangle that appears where there was none, when another one disappears, is that one moved;
    the nearest are matched first.
    """
    same: dict[int, int] = {}
    unmatched = list(range(len(after)))
    for box_id, rectangle in before.items():
        near = (p for p in unmatched if _distance(after[p], rectangle) <= SAME_DISTANCE)
        place = next(near, None)
        if place is not None:
            same[box_id] = place
            unmatched.remove(place)
    missing = [box_id for box_id in before if box_id not in same]
    moved: dict[int, int] = {}
    while missing and unmatched:
        box_id, place = min(
            ((i, p) for i in missing for p in unmatched),
            key=lambda pair: _distance(before[pair[0]], after[pair[1]]),
        )
        moved[box_id] = place
        missing.remove(box_id)
        unmatched.remove(place)
    return Changes(same, moved, unmatched, missing)


def surface(page: SessionPage, key: str, width: int, classifier: Classifier) -> bool:
    """Show the canvas, and apply what was done on it.

    Args:
        page: to show.
        key: of the canvas.
        width: the space for it in screen pixels.
        classifier: reads boxes that were drawn or moved.

    Returns:
        Whether the page's draft has changed.
    """
    if page.canvas is None or key not in st.session_state:
        page.canvas = _open(page, width)
    canvas: CanvasState = page.canvas
    before = page.history
    reported = show_canvas(canvas, (page.width, page.height), key, CANVAS_LABEL)
    _apply(page, canvas, reported, classifier)
    return page.history is not before


def show_canvas(
    canvas: CanvasState, size: tuple[int, int], key: str, label: str
) -> list[tuple[Rectangle, str]]:
    """Show a canvas; return its rectangles and their labels, without those drawn by accident.

    Args:
        canvas: what it shows.
        size: width and height of the page in pixels.
        key: of the canvas.
        label: its name for screen readers.
    """
    # Importing it registers its component, which fails outside of a running app.
    from streamlit_drawable_canvas import st_canvas

    container = f"{CONTAINER_KEY}-{key}"
    with st.container(key=container, gap=None):
        # Space for the canvas' toolbar, which stands above it.
        st.space("small")
        _adapt_canvas(
            key=f"adapt-{key}",
            data={"container": container, "label": label},
            height="content",
        )
        result = st_canvas(
            key=key,
            width=round(size[0] * canvas.scale),
            height=round(size[1] * canvas.scale),
            drawing_mode="labeled_rect",
            stroke_width=BORDER_WIDTH,
            stroke_color=hex_colour(SURE_COLOUR),
            fill_color="rgba(0, 114, 178, 0.08)",
            background_image=canvas.background,
            initial_drawing=canvas.start,
            font_size=FONT_SIZE,
        )
    return [
        ((box["left"], box["top"], box["width"], box["height"]), str(box["label"]))
        for box in result.boxes
        if min(box["width"], box["height"]) >= MIN_SIZE
    ]


def _open(page: SessionPage, width: int) -> CanvasState:
    """Make rectangles of the page's boxes: the sure ones blue, the others orange and dashed."""
    from streamlit_drawable_canvas import boxes_to_drawing

    scale = min(width, page.max_width) / page.width
    has_labels = not _is_dense(page.draft, scale)
    groups: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    canvas = CanvasState({"objects": []}, {}, scale, _background(page))
    for entry in page.draft.entries:
        for digit_box in entry.boxes:
            x, y, w, h = (value * scale for value in digit_box.box)
            canvas.rectangles[digit_box.id] = (x, y, w, h)
            is_reliable = entry.is_reliable(digit_box)
            label = digit_box.label if has_labels or not is_reliable else ""
            canvas.labels[digit_box.id] = label
            box = {"label": label, "left": x, "top": y, "width": w, "height": h}
            groups[is_reliable].append(box)
    for is_reliable, boxes in groups.items():
        colour = SURE_COLOUR if is_reliable else UNSURE_COLOUR
        drawing = boxes_to_drawing(
            boxes, stroke_color=hex_colour(colour), stroke_width=BORDER_WIDTH
        )
        for each in drawing["objects"]:
            each["fontSize"] = FONT_SIZE
            if not is_reliable:
                each["strokeDashArray"] = [6, 3]
        canvas.start["objects"] += drawing["objects"]
    return canvas


def _is_dense(draft: Draft, scale: float) -> bool:
    """Whether labels would hide the writing on a canvas of this scale."""
    heights = sorted(digit_box.box[3] for digit_box in draft.boxes)
    usual = heights[len(heights) // 2] * scale if heights else 0.0
    return len(heights) > MANY_BOXES and usual < READABLE_HEIGHT


def _background(page: SessionPage) -> bytes:
    """The page's picture for the screen, with a box around everything that was left out."""
    from inkling.geometry import scale_box

    if not page.draft.left_out:
        return page.preview
    picture = images.rgb(page.preview)
    scale = picture.shape[1] / page.width
    outline_left_out(
        picture, [replace(e, box=scale_box(e.box, scale)) for e in page.draft.left_out]
    )
    return images.photo_jpeg(picture)


def _apply(
    page: SessionPage,
    canvas: CanvasState,
    reported: Sequence[tuple[Rectangle, str]],
    classifier: Classifier,
) -> None:
    """Apply a report as one step, so that even emptying the canvas is undone at once."""
    from inkling.review import edits

    found = changes(canvas.rectangles, [rectangle for rectangle, _ in reported])
    digits = {
        place: page.read_box(
            box_on_page(reported[place][0], (page.width, page.height), canvas.scale), classifier
        )
        for place in (*found.moved.values(), *found.added)
    }
    draft = page.draft
    for box_id in found.deleted:
        draft = edits.delete_box(draft, box_id)
        del canvas.rectangles[box_id]
    for box_id, place in found.moved.items():
        draft = edits.move_box(draft, box_id, digits[place])
        canvas.rectangles[box_id] = reported[place][0]
    for place in found.added:
        box_id, draft = draft.next_id, edits.add_box(draft, digits[place])
        canvas.rectangles[box_id], canvas.labels[box_id] = reported[place]
        page.select(box_id)
    for box_id, place in (found.same | found.moved).items():
        label = reported[place][1]
        if label != canvas.labels.get(box_id):
            draft = _with_label(draft, box_id, label)
        canvas.labels[box_id] = label
    page.edit("Boxes changed", lambda _: draft, source="canvas")


def _with_label(draft: Draft, box_id: int, label: str) -> Draft:
    """Apply a text typed on the canvas, unless it is no label."""
    from inkling.review import edits

    return edits.correct(draft, box_id, label) if label in draft.labels else draft


def box_on_page(rectangle: Rectangle, size: tuple[int, int], scale: float) -> Box:
    """A rectangle as a box on a page of this width and height, clipped at its edges."""
    from inkling.geometry import clip_box

    x, y, width, height = rectangle
    left, top = round(x / scale), round(y / scale)
    right, bottom = round((x + width) / scale), round((y + height) / scale)
    return clip_box((left, top, right - left, bottom - top), *size)


def _distance(a: Rectangle, b: Rectangle) -> float:
    """The greatest distance between corresponding edges."""
    edges = zip(
        (a[0], a[1], a[0] + a[2], a[1] + a[3]), (b[0], b[1], b[0] + b[2], b[1] + b[3]), strict=True
    )
    return max(abs(one - other) for one, other in edges)


def hex_colour(colour: tuple[int, int, int]) -> str:
    """An RGB colour as CSS writes it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
