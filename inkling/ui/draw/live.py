"""The live panel: reads along in the browser while the pen is down, then shows the server's answer.

The browser reads the canvas on every frame in which the ink changed and asks the pocket network,
whose weights it is sent once a visit. Lifting the pen brings the server's answer.
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.paths import model_folder
from inkling.ui.draw.canvas import CONTAINER_KEY
from inkling.ui.shared import model_header
from inkling.ui.shared.component import component, source

if TYPE_CHECKING:
    from inkling.ui.draw.canvas import Canvas

log = logging.getLogger(__name__)

POCKET = "pocket"
WEIGHTS_FILE = "weights.bin"
# From the pixels of a canvas to digits, in this order: each uses what the ones before it define.
READING_SCRIPTS = ("draw/ink.js", "draw/glyph.js", "draw/segment.js", "draw/pocket.js")
INVITATION = "Draw a digit. Inkling reads it as you go."
HINT = "Use a finger, a pen or a mouse. Several digits in a row are read as a number."
# Keeps the weights where live.js looks for them.
_KEEP_WEIGHTS = """\
export default function ({ data }) {
  globalThis[Symbol.for("inkling.pocket")] = data
}
"""

_weights = st.components.v2.component(
    "inkling_pocket", html='<span class="inkling-pocket" hidden></span>\n', js=_KEEP_WEIGHTS
)
_panel = component(
    "inkling_live",
    source("draw/live.html"),
    css=("shared/status.css", "draw/live.css"),
    js=(
        "shared/gone.js",
        "shared/drawable_canvas.js",
        *READING_SCRIPTS,
        "draw/panel.js",
        "draw/live.js",
    ),
)


def send_network() -> None:
    """Send the browser the pocket network. Call it outside of fragments, so that it is sent once.

    Without a pocket network the browser reads nothing and waits for the server.
    """
    path = model_folder() / POCKET / WEIGHTS_FILE
    content = _content(str(path), path.stat().st_mtime_ns) if path.is_file() else b""
    if content:
        _weights(key="pocket-weights", data=content)


def panel(canvas: Canvas, answer: dict[str, Any] | None, labels: tuple[str, ...]) -> None:
    """Show the server's answer, or what the browser reads of newer ink.

    Args:
        canvas: what is drawn on.
        answer: as `prediction.panel_answer` gives it; None for a blank canvas.
        labels: the model's, for the bars of a blank canvas.
    """
    _panel(
        key="live",
        data={
            "container": CONTAINER_KEY,
            "redraws": canvas.redraws,
            "thresholds": _thresholds(),
            "labels": list(labels),
            "answer": answer and {**answer, "drawing": canvas.version},
            "invitation": INVITATION,
            "hint": HINT,
        },
        height="content",
    )


@st.cache_resource(show_spinner=False, max_entries=2)
def _content(path: str, changed: int) -> bytes:  # noqa: ARG001  (part of the cache's key)
    """The pocket network's weights; empty where they are not those its report describes."""
    content = Path(path).read_bytes()
    header = model_header.load(POCKET)
    known = header.files.get(WEIGHTS_FILE) if header is not None else None
    if known is None or hashlib.sha256(content).hexdigest() != known.sha256:
        log.warning("%s/%s is damaged, so the browser reads nothing", POCKET, WEIGHTS_FILE)
        return b""
    return content


def _thresholds() -> dict[str, float | list[float]] | None:
    """The pocket network's thresholds (see `model_header`); None without that network."""
    header = model_header.load(POCKET)
    if header is None:
        return None
    limits = header.calibration
    sure = limits.sure_by_label or (limits.sure,) * len(header.labels)
    return {"sure": list(sure), "digit": limits.digit}
