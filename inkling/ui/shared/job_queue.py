"""The queue of jobs that all sessions share, and its process while somebody may need it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from inkling.paths import runs_folder, taught_prefix

if TYPE_CHECKING:
    from inkling.jobs import Queue

# Seconds between two signs that a page is still open. The process is kept for minutes.
LOOK_INTERVAL = 60.0


def shared_queue() -> Queue:
    """The queue of this process."""
    return _queue_of(str(runs_folder()))


def forget_taught(visit: str) -> str:
    """Delete what a visit has taught, and end a teaching that goes on.

    Args:
        visit: whose (see `visit.owner`).

    Returns:
        A sentence about what could not be deleted; empty where all is well.
    """
    problem = ""
    # Mostly nothing was taught, and the queue is not needed.
    if any(runs_folder().glob(f"{taught_prefix(visit)}*")):
        from inkling.jobs import JobError

        for status in shared_queue().taught(visit):
            try:
                shared_queue().remove(status.name, visit)
            except JobError as refused:
                problem = str(refused)
    return problem


@st.fragment(run_every=LOOK_INTERVAL)
def keep_ready() -> None:
    """Start the process that does the jobs, and keep it while the page that calls this is open."""
    shared_queue().look()


@st.cache_resource(show_spinner=False)
def _queue_of(folder: str) -> Queue:
    from inkling.jobs import Queue

    queue = Queue(Path(folder))
    queue.ensure_worker()
    return queue
