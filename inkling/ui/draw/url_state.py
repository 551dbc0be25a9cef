"""The Draw page's settings in its address, so that a view can be shared and restored.

    ?model=pocket&pen=24&challenge=true

A model is named by its folder or its title, in any case. Defaults are left out of the address.
Values that are not valid are ignored, and a message says which models there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from inkling.reports.names import find_model, no_model
from inkling.ui.draw.canvas import DEFAULT_PEN
from inkling.ui.shared import phrases, resources

# Diameters of the pen to choose from, in pixels.
MIN_PEN, MAX_PEN = 6, 36
# What the address says of something that is on.
ON = "true"


def _pen(text: str) -> int:
    return min(max(int(text), MIN_PEN), MAX_PEN)


def _model(text: str) -> str:
    name = find_model(text)
    if name is None:
        raise ValueError(no_model(text))
    return name


def _flag(text: str) -> str:
    if text != ON:
        raise ValueError(text)
    return text


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting in the address.

    Attributes:
        state: its key in the session state.
        default: its value until somebody chooses another.
        parse: converts its text in the address; raises ValueError if that is not valid.
    """

    state: str
    default: int | str
    parse: Callable[[str], int | str]


# By the name in the address, which people may have shared.
SETTINGS = {
    "model": Setting("draw-model-kept", resources.DEFAULT_MODEL, _model),
    "pen": Setting("pen-kept", DEFAULT_PEN, _pen),
    "challenge": Setting("challenge-kept", "", _flag),
}


def restore() -> None:
    """Take the settings from the address, once a visit; afterwards the address follows them."""
    if not st.session_state.get("address-restored"):
        st.session_state["address-restored"] = True
        for name, setting in SETTINGS.items():
            if name in st.query_params:
                try:
                    st.session_state[setting.state] = setting.parse(st.query_params[name])
                except ValueError as problem:
                    if name == "model":
                        st.toast(
                            phrases.plain(str(problem)),
                            icon=":material/search_off:",
                            duration="long",
                        )
    publish()


def publish() -> None:
    """Write the settings to the address."""
    for name, setting in SETTINGS.items():
        value = st.session_state.get(setting.state, setting.default)
        if value == setting.default:
            if name in st.query_params:
                del st.query_params[name]
        elif (text := str(value)) != st.query_params.get(name):
            st.query_params[name] = text


def value(name: str) -> int | str:
    """The present value of a setting."""
    setting = SETTINGS[name]
    chosen: int | str = st.session_state.get(setting.state, setting.default)
    return chosen


def choose(name: str, value: int | str) -> None:
    """Give a setting another value."""
    st.session_state[SETTINGS[name].state] = value


def keep(name: str, widget: str) -> None:
    """A widget's callback: take its value over, so that it outlives the widget."""
    choose(name, st.session_state[widget])
