"""A page's picture with its boxes: to look at, to choose from, and to correct by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.shared import images, phrases

if TYPE_CHECKING:
    from inkling.review.draft import Entry, Mark
    from inkling.ui.upload.session import DeskPage

# Alternatives less probable than this are not worth a line.
LEAST = 0.005
MOST = 4

_boxes = st.components.v2.component(
    "inkling_boxes",
    html='<div class="stage"></div>\n',
    css=(Path(__file__).parent / "box_overlay.css").read_text("utf-8"),
    js=(Path(__file__).parent / "box_overlay.js").read_text("utf-8"),
)


def picture(page: DeskPage, key: str, room: int, on_event: Callable[[dict[str, Any]], None]) -> int:
    """Show a page's picture; hovering over a digit shows what else it could be.

    Args:
        page: what to show.
        key: the component's own.
        room: how wide the place for it was on the screen, in pixels, as far as known.
        on_event: called with what a person did: `kind` ("choose", "label", "delete" or "check"),
            `id` of the mark (-1 for none), and for "label" the `label`.

    Returns:
        How wide the place for it is on the screen, in pixels.
    """

    def take() -> None:
        event = st.session_state[key].event
        if isinstance(event, dict) and isinstance(event.get("id"), int):
            on_event(event)

    more = f", page {page.number}" if page.number > 1 else ""
    result = _boxes(
        key=key,
        data={
            "picture": images.data_url(page.view, "jpeg"),
            "width": page.width,
            "height": page.height,
            "alt": f"{page.file}{more}, a box around each digit that was read",
            "labels": list(page.draft.labels),
            "chosen": page.chosen,
            "room": room,
            "widest": page.widest,
            "boxes": [
                _box(entry, mark, page.draft.labels)
                for entry in page.draft.entries
                for mark in entry.marks
            ],
        },
        on_event_change=take,
        on_width_change=lambda: None,
        height="content",
    )
    return getattr(result, "width", None) or room


def _box(entry: Entry, mark: Mark, labels: tuple[str, ...]) -> dict[str, Any]:
    sure = entry.trusts(mark)
    label = mark.label if entry.typed is None else ""
    found = alternatives(mark, labels)
    spoken = ", ".join(f"{other} {phrases.percent(share)}" for other, share in found)
    state = "left-out" if entry.is_left_out else "sure" if sure else "unsure"
    note = note_on(entry, mark)
    return {
        "id": mark.id,
        "box": list(mark.box),
        "label": label,
        "state": state,
        "note": note,
        "bars": [[other, round(share, 4), phrases.percent(share)] for other, share in found],
        "spoken": f"{mark.label or 'nothing'} in {entry.text or 'an emptied number'}. {note} "
        f"Read as: {spoken or 'nothing'}.",
    }


def note_on(entry: Entry, mark: Mark) -> str:
    """One sentence on how far a digit can be relied on."""
    if entry.is_left_out:
        return "Left out of the table."
    if entry.typed is not None:
        return f"Typed as “{entry.text}”."
    if mark.corrected:
        return "Corrected by you."
    if entry.checked:
        return "Checked by you."
    if not mark.label:
        return "No ink was found in this box."
    return "Sure." if entry.trusts(mark) else "To check."


def alternatives(mark: Mark, labels: tuple[str, ...]) -> list[tuple[str, float]]:
    """What a digit could be, with the model's probabilities, the likeliest first."""
    if not mark.digit.prediction.label:
        return []
    shares = mark.digit.prediction.probabilities
    ranked = sorted(zip(labels, shares, strict=True), key=lambda pair: pair[1], reverse=True)
    return [(label, share) for label, share in ranked[:MOST] if share >= LEAST]
