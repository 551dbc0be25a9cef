"""The trainings of this machine: the one that is running, those that wait, and finished ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.insights import tables
from inkling.ui.insights.charts import confusion
from inkling.ui.insights.charts.training import Curve
from inkling.ui.insights.training import loss_and_accuracy
from inkling.ui.insights.training_options import summary
from inkling.ui.shared import chart, phrases, resources
from inkling.ui.shared.visit import owner

if TYPE_CHECKING:
    from inkling.jobs import JobStatus, Progress, Queue

# Session key: whether a finished training has just been chosen to look at.
CHOSEN = "training-chosen"
# The most runs in one chart: more cannot be told apart.
MAX_CURVES = 5
# Pixels: the width of the confusion matrix of a running training.
MATRIX_WIDTH = 560
STATE_PHRASES = {
    "queued": "is waiting for its turn",
    "training": "is training",
    "done": "is done",
    "failed": "has failed",
    "interrupted": "was interrupted",
}


def was_model_chosen() -> bool:
    """Whether a finished training was chosen since the last call."""
    return bool(st.session_state.pop(CHOSEN, False))


def show(queue: Queue) -> None:
    """Show all trainings of a queue: running, then waiting or failed, then finished ones."""
    from inkling.jobs import TrainingRequest

    every = queue.statuses()
    statuses = [one for one in every if isinstance(one.request, TrainingRequest)]
    if not statuses:
        st.caption("No models have been trained here yet.")
        return
    running = [status for status in statuses if status.state == "training"]
    for status in running:
        _running(queue, status)
    _overlay(statuses)
    for status in running:
        if status.progress.confusion:
            _confusion_so_far(status.name, status.progress)
    is_other_work = any(one.state == "training" for one in every) and not running
    for status in statuses:
        if status.state in ("queued", "interrupted", "failed"):
            _pending(queue, status, is_other_work=is_other_work)
    done = [status for status in reversed(statuses) if status.state == "done"]
    if done:
        st.subheader("Trained here", anchor=False)
    for status in done:
        _finished(queue, status)


def _is_mine(status: JobStatus) -> bool:
    """Whether this visit may stop and delete a training."""
    return status.may_be_changed_by(owner())


def _running(queue: Queue, status: JobStatus) -> None:
    """A training that is running: its progress."""
    progress, title = status.progress, resources.model_title(status.name)
    st.subheader(title, anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(progress.fraction, text=_stage(status, is_ready=queue.is_ready))
        if status.is_stopping or progress.stage == "measuring":
            st.caption("The model will be measured and kept, even if you leave this page.")
        elif _is_mine(status):
            _button(
                "Stop and keep",
                queue.stop,
                status.name,
                key="stop",
                icon=":material/stop:",
                help="Stops after the current step. The model so far is measured and kept.",
            )
    whose = "" if _is_mine(status) else " Somebody else started it."
    st.caption(f"{_summary(status)}. The training continues if you leave this page.{whose}")


def _overlay(statuses: Sequence[JobStatus]) -> None:
    """The curves of this visit's latest trainings and of the running one, in one chart."""
    shown = [one for one in statuses if _is_mine(one) or one.state == "training"]
    curves = [curve for status in shown[-MAX_CURVES:] if (curve := _curve(status)) is not None]
    if not curves:
        return
    titles = ", ".join(curve.name for curve in curves)
    loss_and_accuracy(
        curves, key="trained-here", about=f"so far, by epoch of {titles}", name="trainings"
    )
    st.caption("Solid lines show training data, dashed lines validation data.")


def _curve(status: JobStatus) -> Curve | None:
    """The curve of a training, as far as it has come; None without any point."""
    from inkling.reports.files import ReportError

    history, best, trace = status.history, 0, status.progress.trace
    if status.state == "done":
        try:
            report = resources.report(status.name)
        except ReportError:
            return None
        history, best = report.history, report.timing.best_epoch
    if not history and not trace:
        return None
    return Curve(resources.model_title(status.name), history, best, trace)


def _confusion_so_far(name: str, progress: Progress) -> None:
    matrix, total = progress.confusion, progress.confusion_total
    correct = sum(row[k] for k, row in enumerate(matrix))
    st.caption(
        f"The network now reads **{correct:,}** of {total:,} validation digits correctly. Each row "
        "is a true label, each column what its images were read as."
    )
    labels = [str(k) for k in range(len(matrix))]
    with st.container(horizontal_alignment="center"), st.container(width=MATRIX_WIDTH):
        chart.show(
            confusion.confusion(matrix, labels),
            key=f"live-confusion-{name}",
            alt=f"Confusion matrix of {total} validation digits, {correct} correct so far",
            rows=lambda: tables.confusion_rows(matrix, labels),
            name=f"{name}-confusion",
        )


def _stage(status: JobStatus, *, is_ready: bool) -> str:
    """What a running training is doing; `is_ready` once TensorFlow has been imported."""
    progress = status.progress
    if progress.stage == "measuring":
        return "Measuring the model on the test digits …"
    if status.is_stopping:
        return "Stopping after this step …"
    if progress.stage == "preparing" or not progress.steps:
        return "Loading the digits …" if is_ready else "Starting TensorFlow …"
    if not progress.step and progress.epoch < 2:
        return "The first step, which takes longest …"
    return (
        f"Epoch {progress.epoch} of {progress.epochs}, step {progress.step:,} of {progress.steps:,}"
    )


def _pending(queue: Queue, status: JobStatus, *, is_other_work: bool) -> None:
    """A training that waits, has failed or was interrupted.

    Args:
        queue: of the training.
        status: the training's.
        is_other_work: whether a model is being measured or taught instead.
    """
    with st.container(border=True):
        title = resources.model_title(status.name)
        why = ""
        if status.state == "queued" and is_other_work:
            why = " A model is being measured or taught first."
        st.markdown(f"**{title}** {STATE_PHRASES[status.state]}.{why}")
        st.caption(_summary(status))
        if status.problem:
            st.error(f"It failed: {phrases.plain(status.problem)}.", icon=":material/error:")
        if not _is_mine(status):
            return
        with st.container(horizontal=True):
            if status.state != "queued":
                _button(
                    "Resume",
                    queue.resume,
                    status.name,
                    key="resume",
                    icon=":material/play_arrow:",
                    help="Continues after the last complete epoch.",
                )
            _button("Remove", queue.remove, status.name, key="remove", icon=":material/close:")


def _finished(queue: Queue, status: JobStatus) -> None:
    """A finished training: its result, and buttons to look at it and to delete it."""
    with st.container(border=True):
        _result(status.name)
        st.caption(_summary(status))
        with st.container(horizontal=True):
            st.button(
                "Show its results",
                icon=":material/monitoring:",
                key=f"show-{status.name}",
                on_click=_choose,
                args=(status.name,),
            )
            if not _is_mine(status):
                return
            popover = st.popover("Delete …", icon=":material/delete:", key=f"ask-{status.name}")
            with popover:
                st.markdown("This deletes the model and its report for everyone who uses this app.")
                _button("Delete the model", queue.remove, status.name, key="delete", type="primary")


def _button(
    label: str, action: Callable[[str, str], None], name: str, *, key: str, **settings: Any
) -> None:
    """A button that does something with the training of this name for this visit."""
    st.button(label, key=f"{key}-{name}", on_click=action, args=(name, owner()), **settings)


def _summary(status: JobStatus) -> str:
    """A training's options in one line."""
    from inkling.jobs import TrainingRequest

    return summary(status.request) if isinstance(status.request, TrainingRequest) else ""


def _result(name: str) -> None:
    """A trained model's accuracy, or why its report cannot be read."""
    from inkling.reports.files import ReportError

    try:
        report = resources.report(name)
    except ReportError as problem:
        st.error(phrases.report_problem(problem), icon=":material/error:")
        return
    test = report.split("test")
    if test:
        st.markdown(
            f"**{resources.model_title(name)}** reads {phrases.percent(test.accuracy.value, 2)} of "
            f"the test digits correctly ({phrases.interval(test.accuracy)}), after "
            f"{phrases.plural(report.timing.epochs, 'epoch')} in "
            f"{phrases.duration(report.timing.training_seconds)}."
        )


def _choose(name: str) -> None:
    """Select a model and its overview when the page is drawn next."""
    st.session_state["model"], st.session_state["view"] = name, "Overview"
    st.session_state[CHOSEN] = True
