"""The form that starts a training. It keeps its values while other pages are open."""

from __future__ import annotations

from typing import Any

import streamlit as st

from inkling.ui.insights.training_options import (
    AUGMENTATIONS,
    DEFAULT_REQUEST,
    LIMITS,
    NETWORKS,
    RATES,
    SCHEDULES,
)
from inkling.ui.shared.job_queue import shared_queue
from inkling.ui.shared.visit import owner

# The most epochs that can be asked for.
MAX_EPOCHS = 30
# Session keys: the form's values, and an error to show once.
KEPT, PROBLEM = "training-form", "training-problem"
# Session key: whether the button was just pressed, so that more than the form is to be redrawn.
STARTED = "training-started"


def show() -> None:
    """Show the form, and once why the last training could not be queued."""
    st.markdown(
        "Choose how to train a network on MNIST and watch it learn. The result is a new model that "
        "every page can use. The models that came with Inkling stay as they are."
    )
    _fields()
    problem = st.session_state.pop(PROBLEM, "")
    if problem:
        st.error(problem, icon=":material/error:")


@st.fragment
def _fields() -> None:
    """The fields; changing one redraws nothing else."""
    with st.container(border=True):
        left, right = st.columns(2, gap="medium")
        with left:
            _choice("Network", NETWORKS, "network")
            _choice(
                "Augmentation",
                AUGMENTATIONS,
                "augmentation",
                help="How training digits are changed at random each time the network sees them.",
            )
            _choice("Learning rate over time", SCHEDULES, "schedule")
        with right:
            _slider("Share of the 60,000 training digits", LIMITS, "limit")
            st.slider("Epochs", 1, MAX_EPOCHS, _value("epochs"), **_field("epochs"))
            _slider("Learning rate (Adam)", {rate: f"{rate:g}" for rate in RATES}, "learning_rate")
        st.button(
            "Train",
            icon=":material/play_arrow:",
            type="primary",
            key="train-start",
            on_click=_start,
        )
    if st.session_state.pop(STARTED, False):
        st.rerun()


def _value(name: str) -> Any:
    """The value of a field as it was last set."""
    return st.session_state.get(KEPT, {}).get(name, getattr(DEFAULT_REQUEST, name))


def _field(name: str) -> dict[str, Any]:
    """What every widget of the form is given, so that its value is kept."""
    key = f"train-{name.removeprefix('learning_')}"

    def keep() -> None:
        st.session_state.setdefault(KEPT, {})[name] = st.session_state[key]

    return {"key": key, "on_change": keep}


def _choice(label: str, titles: dict[str, str], name: str, *, help: str | None = None) -> None:
    """A select box of names that are shown by their titles."""
    names = list(titles)
    st.selectbox(
        label,
        names,
        index=names.index(_value(name)),
        format_func=titles.__getitem__,
        help=help,
        **_field(name),
    )


def _slider(label: str, titles: dict[Any, str], name: str) -> None:
    """A slider of values that are shown by their titles."""
    st.select_slider(
        label, list(titles), value=_value(name), format_func=titles.__getitem__, **_field(name)
    )


def _start() -> None:
    """Queue the training that the form asks for."""
    from inkling.jobs import JobError, TrainingRequest

    request = TrainingRequest(**{name: _value(name) for name in TrainingRequest.__struct_fields__})
    try:
        shared_queue().add(request, owner())
    except JobError as problem:
        st.session_state[PROBLEM] = str(problem)
    st.session_state[STARTED] = True
