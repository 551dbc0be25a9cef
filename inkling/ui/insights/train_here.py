"""Train here: train a network on this machine and watch it learn.

Each training is a process of its own (see `inkling.jobs`). It continues when the page is left, and
everyone who opens the page sees the same trainings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling import jobs
from inkling.paths import runs_folder
from inkling.ui.insights import training_runs
from inkling.ui.insights.training_options import AUGMENTATIONS, LIMITS, NETWORKS, RATES

if TYPE_CHECKING:
    from inkling.reports.schema import Report

# Seconds between two updates of a training that is shown.
UPDATE_INTERVAL = 1.0
# The most epochs that can be asked for.
MAX_EPOCHS = 30
# Session keys: the states that the page was drawn with, and an error to show once.
STATES, PROBLEM = "training-states", "training-problem"


def section(report: Report) -> None:  # noqa: ARG001  (every section gets the report)
    """Show the form that starts a training, and all trainings."""
    if jobs.is_enabled():
        _form()
        _show_problem()
    else:
        st.info(
            "Training is not available here. On your own machine, install Inkling with "
            "`pip install -r requirements.txt` to train networks.",
            icon=":material/model_training:",
        )
    queue = _queue()
    states = _states(queue)
    st.session_state[STATES] = states
    is_busy = any(state in ("queued", "training") for _, state in states)
    # The page updates by itself only while there is something to watch.
    st.fragment(_runs, run_every=UPDATE_INTERVAL if is_busy else None)()


def _queue() -> jobs.Queue:
    return _queue_of(str(runs_folder()))


@st.cache_resource(show_spinner=False)
def _queue_of(folder: str) -> jobs.Queue:
    from pathlib import Path

    queue = jobs.Queue(Path(folder))
    queue.ensure_worker()
    return queue


def _states(queue: jobs.Queue) -> list[tuple[str, str]]:
    """Every training with its state."""
    return [(status.name, status.state) for status in queue.statuses()]


def _form() -> None:
    st.markdown(
        "Choose how to train a network on MNIST and watch it learn. The result is a new model that "
        "every page can use. The models that came with Inkling stay as they are."
    )
    with st.form("training", border=True):
        left, right = st.columns(2, gap="medium")
        with left:
            _choice("Network", NETWORKS, "lenet5", key="train-network")
            _choice(
                "Augmentation",
                AUGMENTATIONS,
                "affine",
                key="train-augmentation",
                help="How training digits are changed at random each time the network sees them.",
            )
        with right:
            st.select_slider(
                "Share of the 60,000 training digits",
                list(LIMITS),
                value=6000,
                format_func=LIMITS.__getitem__,
                key="train-limit",
            )
            st.slider("Epochs", 1, MAX_EPOCHS, 3, key="train-epochs")
        st.select_slider(
            "Learning rate (Adam, falling to 0 along a cosine)",
            RATES,
            value=1e-3,
            format_func=lambda value: f"{value:g}",
            key="train-rate",
        )
        st.form_submit_button(
            "Train",
            icon=":material/play_arrow:",
            type="primary",
            key="train-start",
            on_click=_start,
        )


def _show_problem() -> None:
    """Show once why the last training could not be queued."""
    problem = st.session_state.pop(PROBLEM, "")
    if problem:
        st.error(problem, icon=":material/error:")


def _choice(
    label: str, titles: dict[str, str], default: str, *, key: str, help: str | None = None
) -> None:
    """A select box of names that are shown by their titles."""
    names = list(titles)
    st.selectbox(
        label,
        names,
        index=names.index(default),
        format_func=titles.__getitem__,
        key=key,
        help=help,
    )


def _start() -> None:
    """Queue the training that the form asks for."""
    request = jobs.TrainingRequest(
        network=st.session_state["train-network"],
        limit=st.session_state["train-limit"],
        epochs=st.session_state["train-epochs"],
        learning_rate=st.session_state["train-rate"],
        augmentation=st.session_state["train-augmentation"],
    )
    try:
        _queue().add(request)
    except jobs.JobError as problem:
        st.session_state[PROBLEM] = str(problem)


def _runs() -> None:
    """Show every training; redraw the whole page when one has started or ended."""
    queue = _queue()
    states = _states(queue)
    if training_runs.was_model_chosen() or states != st.session_state.get(STATES):
        st.session_state[STATES] = states
        st.rerun()
    training_runs.show(queue)
