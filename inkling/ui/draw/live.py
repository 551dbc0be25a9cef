"""The live layer: the panel that reads along in the browser, and shows the server's answer after.

The browser reads the canvas itself on every frame in which the ink changed, and asks the pocket
network, whose weights it is given once a visit. Lifting the pen brings the server's answer.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import streamlit as st

from inkling.paths import model_folder
from inkling.ui.draw.canvas import ROOM_KEY

if TYPE_CHECKING:
    from inkling.ui.draw.canvas import Paper

POCKET = "pocket"
WEIGHTS_FILE = "weights.bin"
REPORT_FILE = "report.json"
# One module, in this order: each uses what stands before it.
SCRIPTS = ("surface.js", "ink.js", "segment.js", "pocket.js", "live.js")
# Hands the weights to whoever asks for them by this name.
_KEEP_WEIGHTS = """\
export default function ({ data }) {
  globalThis[Symbol.for("inkling.pocket")] = data
}
"""


def _text(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8")


def script(*names: str) -> str:
    """Scripts of ours as one JavaScript module."""
    return "\n".join(map(_text, names))


_weights = st.components.v2.component(
    "inkling_pocket", html='<span class="inkling-pocket" hidden></span>\n', js=_KEEP_WEIGHTS
)
_panel = st.components.v2.component(
    "inkling_live", html=_text("live.html"), css=_text("live.css"), js=script(*SCRIPTS)
)


def network() -> None:
    """Hand the browser the pocket network. Outside of every fragment, so that it is sent once."""
    path = model_folder() / POCKET / WEIGHTS_FILE
    # Without it, everything waits for the server.
    if path.is_file():
        _weights(key="pocket-weights", data=_content(str(path), path.stat().st_mtime_ns))


@st.cache_resource(show_spinner=False, max_entries=2)
def _content(path: str, changed: int) -> bytes:  # noqa: ARG001  (part of the cache's key)
    return Path(path).read_bytes()


def panel(sheet: Paper, answer: dict[str, Any] | None, invite: str, how: str) -> None:
    """Show what is read: the server's answer, or what the browser makes of newer ink.

    Args:
        sheet: the paper that is drawn on.
        answer: as `answers.shown` gives it; None for a blank sheet.
        invite, how: what a blank sheet says, and the small print under it.
    """
    _panel(
        key="live",
        data={
            "room": ROOM_KEY,
            "redraws": sheet.redraws,
            "limits": _limits(),
            "labels": list("0123456789") if answer is None else answer["labels"],
            "answer": answer and {**answer, "drawing": sheet.version},
            "invite": invite,
            "how": how,
        },
        height="content",
    )


class _Limits(msgspec.Struct):
    sure: float
    digit: float


class _Pocket(msgspec.Struct):
    calibration: _Limits


def _limits() -> dict[str, float] | None:
    """From what on the pocket network is sure, and sees a digit at all; None without it."""
    path = model_folder() / POCKET / REPORT_FILE
    changed = path.stat().st_mtime_ns if path.is_file() else 0
    return _fitted(str(path), changed) if changed else None


@st.cache_resource(show_spinner=False, max_entries=2)
def _fitted(path: str, changed: int) -> dict[str, float] | None:  # noqa: ARG001
    # Not by `inkling.reports`, which brings OpenCV along: the first page is painted before that.
    try:
        fitted = msgspec.json.decode(Path(path).read_bytes(), type=_Pocket).calibration
    except (OSError, msgspec.DecodeError):
        return None
    return {"sure": fitted.sure, "digit": fitted.digit}
