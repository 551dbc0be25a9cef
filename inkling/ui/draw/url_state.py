"""The Draw page's settings in its address, so that a view can be shared and comes back.

    ?model=pocket&pen=24&projector=1

What is as it would be anyway is not in the address, and what makes no sense there is ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from inkling.paths import folder_of
from inkling.ui.draw.canvas import DEFAULT_BRUSH
from inkling.ui.shared import resources

THINNEST, WIDEST = 6, 36


def _pen(text: str) -> int:
    return min(max(int(text), THINNEST), WIDEST)


def _model(text: str) -> str:
    if Path(text).name != text or not (folder_of(text) / "report.json").is_file():
        raise ValueError(text)
    return text


@dataclass(frozen=True, slots=True)
class Setting:
    """One part of the address.

    Attributes:
        state: where its value is kept in the session.
        default: what it is unless somebody chose.
        parse: from the address; ValueError for what makes no sense.
    """

    state: str
    default: int | str | bool
    parse: Callable[[str], int | str | bool]


SETTINGS = {
    "model": Setting("draw-model-kept", resources.DEFAULT_MODEL, _model),
    "pen": Setting("brush-kept", DEFAULT_BRUSH, _pen),
    "projector": Setting("projector-kept", False, lambda text: text == "1"),
}


def restore() -> None:
    """Take the settings over from the address, once a visit; then the address follows them."""
    if not st.session_state.get("view-restored"):
        st.session_state["view-restored"] = True
        for name, setting in SETTINGS.items():
            if name in st.query_params:
                try:
                    st.session_state[setting.state] = setting.parse(st.query_params[name])
                except ValueError:
                    continue
    publish()


def publish() -> None:
    """Bring the address up to date."""
    for name, setting in SETTINGS.items():
        value = st.session_state.get(setting.state, setting.default)
        if value == setting.default:
            if name in st.query_params:
                del st.query_params[name]
        elif (text := str(int(value) if isinstance(value, bool) else value)) != (
            st.query_params.get(name)
        ):
            st.query_params[name] = text


def value(name: str) -> int | str | bool:
    """A setting as it is now."""
    setting = SETTINGS[name]
    chosen: int | str | bool = st.session_state.get(setting.state, setting.default)
    return chosen


def keep(name: str, widget: str) -> None:
    """A widget's callback: take its value over."""
    st.session_state[SETTINGS[name].state] = st.session_state[widget]
