"""Train here: a training of one's own on this machine, watched while it learns.

The training itself is a process of its own (see `inkling.jobs`): it goes on when the page is left,
and everyone who looks sees the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling import jobs
from inkling.paths import runs_folder
from inkling.ui.insights.charts import confusion, training
from inkling.ui.insights.charts.training import Curve, What
from inkling.ui.insights.training import rows as epoch_rows
from inkling.ui.shared import chart, phrases, resources

if TYPE_CHECKING:
    from inkling.jobs import JobStatus
    from inkling.reports.schema import Report

NETWORKS = {
    "lenet5": "LeNet-5 (1998), 61,706 weights",
    "keras-io": "The example of keras.io, 34,826 weights",
    "pocket": "Pocket, 58,458 weights",
    "sprint": "Sprint: made to learn fast",
    "plain": "The tutorials' network",
    "batchnorm": "With batch normalisation",
    "inkling": "Inkling, 429,610 weights: slow to train",
}
AUGMENTATIONS = {
    "none": "None: the digits as they are",
    "affine": "Turned, slanted, shifted",
    "handwriting": "Bent, thickened and blurred as well",
    "everything": "Also rules, dirt and a camera's faults",
}
PARTS = {60: "0.1 %", 600: "1 %", 3000: "5 %", 6000: "10 %", 15000: "25 %", 30000: "50 %", 0: "All"}
RATES = (1e-4, 3e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2)
# Seconds between two looks at what is being trained.
EVERY = 1.0
STATES, PROBLEM, CHOSEN = "training-states", "training-problem", "training-chosen"
STATE_WORDS = {
    "queued": "waits for its turn",
    "training": "is being trained",
    "done": "is done",
    "failed": "has failed",
    "interrupted": "was interrupted",
}


def section(report: Report) -> None:  # noqa: ARG001  (every view is given one)
    """What to train, and what is being trained."""
    if jobs.is_enabled():
        _form()
    else:
        st.info(
            "Nothing can be trained here: this installation only serves. On your own machine, "
            "install with `pip install -r requirements.txt`.",
            icon=":material/model_training:",
        )
    queue = _queue()
    busy = any(look.state in ("queued", "training") for look in queue.statuses())
    st.session_state[STATES] = _states(queue)
    # Only while there is something to watch does the page ask again by itself.
    st.fragment(_board, run_every=EVERY if busy else None)()


def _queue() -> jobs.Queue:
    return _queue_of(str(runs_folder()))


@st.cache_resource(show_spinner=False)
def _queue_of(folder: str) -> jobs.Queue:
    from pathlib import Path

    queue = jobs.Queue(Path(folder))
    queue.ensure_worker()
    return queue


def _states(queue: jobs.Queue) -> list[tuple[str, str]]:
    return [(look.name, look.state) for look in queue.statuses()]


def _form() -> None:
    st.markdown(
        "Choose how a network is to learn MNIST's digits, and watch it. It becomes a model of its "
        "own that every page can use; the ones that came with Inkling are never touched."
    )
    with st.form("training", border=True):
        left, right = st.columns(2, gap="medium")
        with left:
            st.selectbox(
                "Network", list(NETWORKS), format_func=NETWORKS.__getitem__, key="train-network"
            )
            st.selectbox(
                "Augmentation",
                list(AUGMENTATIONS),
                index=1,
                format_func=AUGMENTATIONS.__getitem__,
                key="train-augmentation",
                help="How training digits are changed before every look at them.",
            )
        with right:
            st.select_slider(
                "Part of the 60,000 training digits",
                list(PARTS),
                value=6000,
                format_func=PARTS.__getitem__,
                key="train-limit",
            )
            st.slider("Epochs", 1, 30, 3, key="train-epochs")
        st.select_slider(
            "Learning rate (Adam's, falling to 0 along a cosine)",
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
            on_click=_begin,
        )
    problem = st.session_state.pop(PROBLEM, "")
    if problem:
        st.error(problem, icon=":material/error:")


def _begin() -> None:
    """Queue what the form says."""
    wish = jobs.TrainingRequest(
        network=st.session_state["train-network"],
        limit=st.session_state["train-limit"],
        epochs=st.session_state["train-epochs"],
        learning_rate=st.session_state["train-rate"],
        augmentation=st.session_state["train-augmentation"],
    )
    try:
        _queue().add(wish)
    except jobs.JobError as problem:
        st.session_state[PROBLEM] = str(problem)


def _board() -> None:
    """Every run; asks for the whole page where something has begun or ended."""
    queue = _queue()
    now = _states(queue)
    if st.session_state.pop(CHOSEN, False) or now != st.session_state.get(STATES):
        st.session_state[STATES] = now
        st.rerun()
    looks = queue.statuses()
    if not looks:
        st.caption("Nothing was trained here yet.")
        return
    for look in looks:
        if look.state == "training":
            _training(look)
    waiting = [look for look in looks if look.state in ("queued", "interrupted", "failed")]
    for look in waiting:
        _waiting(look)
    done = [look for look in reversed(looks) if look.state == "done"]
    if done:
        st.subheader("Trained here", anchor=False)
    for look in done:
        _done(look)


def _said(look: JobStatus) -> str:
    """What was wished, in a line."""
    wish = look.request
    return (
        f"{PARTS.get(wish.limit, f'{wish.limit:,} digits')} of the digits, "
        f"{phrases.plural(wish.epochs, 'epoch')}, learning rate {wish.learning_rate:g}, "
        f"augmentation: {AUGMENTATIONS.get(wish.augmentation, wish.augmentation).lower()}"
    )


def _training(look: JobStatus) -> None:
    """The one that learns, live."""
    moment = look.progress
    st.subheader(resources.model_title(look.name), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(moment.fraction, text=_stage(look))
        if look.is_stopping or moment.stage == "measuring":
            st.caption("It is measured and kept, whatever you do meanwhile.")
        else:
            st.button(
                "Stop and keep",
                icon=":material/stop:",
                key=f"stop-{look.name}",
                on_click=_queue().stop,
                args=(look.name,),
                help="It stops after this step; what it has learnt so far is measured and kept.",
            )
    st.caption(f"{_said(look)}. You may leave this page: it goes on.")
    if not moment.trace and not look.history:
        return
    # One run a chart, however many the validation knows yet.
    curve = Curve(resources.model_title(look.name), look.history)
    whats: tuple[What, What] = ("loss", "accuracy")
    left, right = st.columns(2, gap="medium")
    for column, what in zip((left, right), whats, strict=True):
        with column:
            chart.show(
                training.curves([curve], what, moment.trace),
                key=f"live-{what}-{look.name}",
                alt=f"Training and validation {what} so far, by epoch",
                rows=lambda: epoch_rows([curve]),
                name=f"{look.name}-training",
            )
    if not moment.confusion:
        return
    right_ones = sum(row[k] for k, row in enumerate(moment.confusion))
    st.caption(
        f"Of {moment.confusion_total:,} digits held back, it reads **{right_ones:,}** right just now. "
        "Each row is a digit, each column what it was read as."
    )
    labels = [str(k) for k in range(len(moment.confusion))]
    with st.container(horizontal_alignment="center"), st.container(width=560):
        chart.show(
            confusion.confusion(moment.confusion, labels),
            key=f"live-confusion-{look.name}",
            alt=f"Confusion matrix of {moment.confusion_total} digits held back, {right_ones} right so far",
            rows=lambda: [
                {"is a": labels[k], **{f"read as {j}": n for j, n in enumerate(row)}}
                for k, row in enumerate(moment.confusion)
            ],
            name=f"{look.name}-confusion",
        )


def _stage(look: JobStatus) -> str:
    moment = look.progress
    if moment.stage == "measuring":
        return "Measuring it on the test digits …"
    if look.is_stopping:
        return "Stopping after this step …"
    if moment.stage == "preparing" or not moment.steps:
        return "Waking TensorFlow up, and fetching the digits …"
    if not moment.step and moment.epoch < 2:
        return "The first step, which takes longest …"
    return f"Epoch {moment.epoch} of {moment.epochs}, step {moment.step:,} of {moment.steps:,}"


def _waiting(look: JobStatus) -> None:
    """One that waits, has failed, or was cut off."""
    queue = _queue()
    with st.container(border=True):
        st.markdown(f"**{resources.model_title(look.name)}** {STATE_WORDS[look.state]}.")
        st.caption(_said(look))
        if look.problem:
            st.error(look.problem, icon=":material/error:")
        with st.container(horizontal=True):
            if look.state != "queued":
                st.button(
                    "Go on",
                    icon=":material/play_arrow:",
                    key=f"go-on-{look.name}",
                    on_click=queue.resume,
                    args=(look.name,),
                    help="From the last whole epoch.",
                )
            st.button(
                "Take it out",
                icon=":material/close:",
                key=f"take-out-{look.name}",
                on_click=queue.remove,
                args=(look.name,),
            )


def _done(look: JobStatus) -> None:
    """One that can be looked at, and used."""
    from inkling.reports.files import ReportError

    with st.container(border=True):
        title = resources.model_title(look.name)
        try:
            report = resources.report(look.name)
        except ReportError as problem:
            st.error(phrases.report_problem(problem), icon=":material/error:")
        else:
            test = report.split("test")
            if test:
                st.markdown(
                    f"**{title}**: {phrases.percent(test.accuracy.value, 2)} of the test digits "
                    f"right ({phrases.interval(test.accuracy)}), after "
                    f"{phrases.plural(report.timing.epochs, 'epoch')} in "
                    f"{phrases.minutes(report.timing.training_seconds)}."
                )
        st.caption(_said(look))
        with st.container(horizontal=True):
            st.button(
                "Look at it",
                icon=":material/monitoring:",
                key=f"look-{look.name}",
                on_click=_choose,
                args=(look.name,),
            )
            delete = st.popover("Delete …", icon=":material/delete:", key=f"delete-{look.name}")
            with delete:
                st.markdown("The model and its report are gone then, for everyone here.")
                st.button(
                    "Delete it",
                    key=f"remove-{look.name}",
                    type="primary",
                    on_click=_queue().remove,
                    args=(look.name,),
                )


def _choose(name: str) -> None:
    st.session_state["model"], st.session_state["view"] = name, "Overview"
    st.session_state[CHOSEN] = True
