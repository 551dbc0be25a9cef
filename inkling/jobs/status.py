"""The state of a run, read from its folder."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from inkling.jobs.heartbeat import is_alive
from inkling.jobs.records import (
    CHECKPOINT_FILE,
    PROGRESS_FILE,
    STOP_FILE,
    JobRecord,
    Progress,
    Request,
)
from inkling.reports.names import REPORT_FILE
from inkling.reports.schema import Epoch

State = Literal["queued", "training", "done", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A run as it is now.

    Attributes:
        created: ISO 8601, with seconds.
        is_stopping: whether it was asked to end early and is still training.
        problem: why it failed, for people; empty if it did not.
        history: the epochs that are complete; empty once the run is done.
        visit: who asked for it; empty for everyone.
    """

    name: str
    request: Request
    created: str
    state: State
    is_stopping: bool
    problem: str
    progress: Progress
    history: list[Epoch]
    visit: str = ""

    def may_be_changed_by(self, visit: str) -> bool:
        """Whether a visit may stop, resume and delete it: its own visit, or any if it has none."""
        return self.visit in ("", visit)


class _Checkpoint(msgspec.Struct):
    """The part of a checkpoint's state that is shown."""

    history: list[Epoch]


def state_of(folder: Path, record: JobRecord, *, is_active: bool) -> State:
    """The state of a run.

    Args:
        folder: the run's folder.
        record: its record.
        is_active: whether this process has started its training and it has not ended.
    """
    if is_active or is_alive(folder):
        return "training"
    if (folder / REPORT_FILE).exists():
        return "done"
    if record.problem:
        return "failed"
    return "interrupted" if record.is_started else "queued"


def read_status(folder: Path, record: JobRecord, state: State) -> JobStatus:
    """A run's status. Files that are missing or damaged count as empty."""
    progress, history = Progress(), []
    with contextlib.suppress(OSError, msgspec.DecodeError):
        progress = msgspec.json.decode((folder / PROGRESS_FILE).read_bytes(), type=Progress)
    with contextlib.suppress(OSError, msgspec.DecodeError):
        content = (folder / CHECKPOINT_FILE).read_bytes()
        history = msgspec.json.decode(content, type=_Checkpoint).history
    return JobStatus(
        name=folder.name,
        request=record.request,
        created=record.created,
        state=state,
        is_stopping=state == "training" and (folder / STOP_FILE).exists(),
        problem=record.problem,
        progress=progress,
        history=history,
        visit=record.visit,
    )
