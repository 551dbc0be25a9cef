"""A page's picture with its boxes, to look at, to select from, and to correct by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.shared import images, phrases
from inkling.ui.shared.component import component
from inkling.ui.upload.session_page import PREVIEW_SIDE

if TYPE_CHECKING:
    from inkling.recognition.results import LeftOut
    from inkling.review.draft import DigitBox, NumberEntry
    from inkling.ui.upload.session_page import SessionPage

# Alternatives less probable than this are not shown.
MIN_PROBABILITY = 0.005
MAX_ALTERNATIVES = 4

_overlay = component(
    "inkling_box_overlay",
    '<div class="stage"></div>\n',
    css=["upload/box_overlay.css"],
    js=["upload/box_hint.js", "upload/picture_view.js", "upload/box_overlay.js"],
)


def picture(
    page: SessionPage, key: str, width: int, on_event: Callable[[dict[str, Any]], None]
) -> int:
    """Show a page's picture; pointing at a digit shows what else it could be.

    Args:
        page: to show.
        key: of the component.
        width: the space for the picture in screen pixels, as last reported.
        on_event: called with what a person did: `kind` ("select", "label", "delete" or "check"),
            `id` of the box (-1 for none), and for "label" the `label`.

    Returns:
        The space for the picture in screen pixels.
    """

    def take() -> None:
        event = st.session_state[key].event
        if isinstance(event, dict) and isinstance(event.get("id"), int):
            on_event(event)

    is_sharp = bool(getattr(st.session_state.get(key), "sharp", False))
    result = _overlay(
        key=key,
        data=page_data(page, is_sharp) | {"space": width},
        on_event_change=take,
        on_width_change=lambda: None,
        on_sharp_change=lambda: None,
        height="content",
    )
    return getattr(result, "width", None) or width


def note_on(entry: NumberEntry, digit_box: DigitBox) -> str:
    """Say in one sentence how reliable a digit is."""
    if entry.is_excluded:
        return "Excluded from the table."
    if entry.typed is not None:
        return f"Typed as “{entry.text}”."
    if digit_box.corrected:
        return "Corrected by you."
    if entry.checked:
        return "Checked by you."
    if not digit_box.label:
        return "No ink was found in this box."
    return "Sure." if entry.is_reliable(digit_box) else "To check."


def note_on_left_out(left_out: LeftOut) -> str:
    """Say in one sentence what was left out and why."""
    return f"Left out: {left_out.number or 'a digit'}, {left_out.reason}."


def alternatives(digit_box: DigitBox, labels: tuple[str, ...]) -> list[tuple[str, float]]:
    """The most probable labels with the model's probabilities, the highest first."""
    prediction = digit_box.digit.prediction
    if not prediction.label:
        return []
    ranked = sorted(
        zip(labels, prediction.probabilities, strict=True), key=lambda pair: pair[1], reverse=True
    )
    return [(label, p) for label, p in ranked[:MAX_ALTERNATIVES] if p >= MIN_PROBABILITY]


def page_data(page: SessionPage, is_sharp: bool) -> dict[str, Any]:
    """What the component shows; if `is_sharp`, with the picture that digits are read from."""
    which_page = f", page {page.number}" if page.number > 1 else ""
    return {
        "page": page.key,
        "picture": images.data_url(page.scan if is_sharp else page.preview, "jpeg"),
        "canSharpen": not is_sharp and max(page.width, page.height) > PREVIEW_SIDE,
        "width": page.width,
        "height": page.height,
        "alt": f"{page.file}{which_page}, with a box around each digit",
        "labels": list(page.draft.labels),
        "selected": page.selected,
        "reveal": page.reveals,
        "maxWidth": page.max_width,
        "boxes": [
            _box_data(entry, digit_box, page.draft.labels)
            for entry in page.draft.entries
            for digit_box in entry.boxes
        ],
        "leftOut": [
            {"box": list(each.box), "note": note_on_left_out(each)} for each in page.draft.left_out
        ],
    }


def _box_data(entry: NumberEntry, digit_box: DigitBox, labels: tuple[str, ...]) -> dict[str, Any]:
    ranked = alternatives(digit_box, labels)
    is_reliable = entry.is_reliable(digit_box)
    note = note_on(entry, digit_box)
    spoken = ", ".join(f"{label} {phrases.percent(p)}" for label, p in ranked)
    return {
        "id": digit_box.id,
        "number": entry.id,
        "box": list(digit_box.box),
        "label": digit_box.label if entry.typed is None else "",
        "state": "excluded" if entry.is_excluded else "sure" if is_reliable else "unsure",
        "note": note,
        "bars": [[label, round(p, 4), phrases.percent(p)] for label, p in ranked],
        "spoken": f"{digit_box.label or 'nothing'} in {entry.text or 'an excluded number'}. {note} "
        f"Read as: {spoken or 'nothing'}.",
    }
