"""Measures the robustness and the embedding of a model that this visit has trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.paths import RUN
from inkling.ui.shared import phrases, resources
from inkling.ui.shared.job_queue import keep_ready, shared_queue
from inkling.ui.shared.visit import owner

if TYPE_CHECKING:
    from inkling.jobs import JobStatus
    from inkling.reports.robustness import Robustness

# Seconds between two looks at a measurement that goes on.
UPDATE_INTERVAL = 1.0
# Session key: why a measurement could not begin, to show once.
PROBLEM = "measuring-problem"


def robustness_or_offer(name: str) -> Robustness | None:
    """A model's robustness report; None, with a note or an offer to measure it, if there is none.

    The embedding is part of the report, so both sections of the page call this.
    """
    if not name.startswith(RUN):
        return resources.robustness_or_note(name)
    from inkling import jobs
    from inkling.reports.files import ReportError

    try:
        return resources.robustness(name)
    except ReportError as problem:
        reason = str(problem)
    status = next((one for one in shared_queue().statuses() if _measures(one, name)), None)
    if status is not None and status.state in ("queued", "training"):
        st.fragment(_progress, run_every=UPDATE_INTERVAL)(name)
    elif jobs.is_enabled():
        _offer(name, reason, status)
    else:
        st.info(phrases.plain(reason), icon=":material/info:")
    return None


def _measures(status: JobStatus, name: str) -> bool:
    """Whether a job measures the model of this name."""
    from inkling.jobs.records import MeasuringRequest

    return isinstance(status.request, MeasuringRequest) and status.request.model == name


def _offer(name: str, reason: str, failed: JobStatus | None) -> None:
    problem = st.session_state.pop(PROBLEM, "") or (
        phrases.plain(failed.problem) if failed is not None else ""
    )
    if problem:
        st.error(f"It could not be measured: {problem}", icon=":material/error:")
    st.info(phrases.plain(reason), icon=":material/info:")
    run = next((one for one in shared_queue().statuses() if one.name == name), None)
    if run is None or not run.may_be_changed_by(owner()):
        st.caption("Whoever trained this model can measure it.")
        return
    keep_ready()
    st.button(
        "Measure robustness and embedding",
        icon=":material/speed:",
        key="measure-start",
        type="primary",
        on_click=_start,
        args=(name, failed.name if failed is not None else ""),
    )
    st.caption("A few minutes on two cores. It continues if you leave this page.")


def _start(name: str, failed: str) -> None:
    """Queue the measurement, in place of one that has failed."""
    from inkling.jobs import JobError
    from inkling.jobs.records import MeasuringRequest

    try:
        if failed:
            shared_queue().remove(failed, owner())
        shared_queue().add(MeasuringRequest(name), owner())
    except JobError as problem:
        st.session_state[PROBLEM] = str(problem)


def _progress(name: str) -> None:
    """How far a measurement is; the page is drawn anew when it has ended."""
    status = next((one for one in shared_queue().statuses() if _measures(one, name)), None)
    if status is None or status.state not in ("queued", "training"):
        st.rerun()
    text = "Measuring: corrupted and distorted digits, then the embedding …"
    if status.state == "queued":
        text = "Waiting for another training to end …"
    st.progress(status.progress.fraction, text=text)
    st.caption("It continues if you leave this page.")
