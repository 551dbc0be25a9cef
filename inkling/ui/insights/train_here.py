"""Train here: train a network on this machine and watch it learn.

A process of its own does one training after another (see `inkling.jobs`). It continues when the
page is left. Everyone who opens the page sees all trainings, and may change those of this visit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling import jobs
from inkling.ui.insights import train_form, training_runs
from inkling.ui.shared.job_queue import keep_ready, shared_queue

if TYPE_CHECKING:
    from inkling.reports.schema import Report

# Seconds between two updates of a training that is shown.
UPDATE_INTERVAL = 1.0
# Session key: the states that the page was drawn with.
STATES = "training-states"


def section(report: Report) -> None:  # noqa: ARG001  (every section gets the report)
    """Show the form that starts a training, and all trainings."""
    if jobs.is_enabled():
        keep_ready()
        train_form.show()
    else:
        st.info(
            "Training is not available here. On your own machine, install Inkling with "
            "`pip install -r requirements.txt` to train networks.",
            icon=":material/model_training:",
        )
    states = _states()
    st.session_state[STATES] = states
    is_busy = any(state in ("queued", "training") for _, state in states)
    # The page updates by itself only while there is something to watch.
    st.fragment(_runs, run_every=UPDATE_INTERVAL if is_busy else None)()


def _states() -> list[tuple[str, str]]:
    """Every job with its state."""
    return [(status.name, status.state) for status in shared_queue().statuses()]


def _runs() -> None:
    """Show every training; redraw the whole page when one has started or ended."""
    states = _states()
    if training_runs.was_model_chosen() or states != st.session_state.get(STATES):
        st.session_state[STATES] = states
        st.rerun()
    training_runs.show(shared_queue())
