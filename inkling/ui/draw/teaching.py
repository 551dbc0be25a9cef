"""Teach now: the network learns what a visit has corrected, and answers this visit from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.shared import phrases, resources
from inkling.ui.shared.gallery import Tile, gallery
from inkling.ui.shared.job_queue import forget_taught, keep_ready, shared_queue
from inkling.ui.shared.visit import owner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inkling.jobs import JobStatus, Progress
    from inkling.jobs.records import Correction
    from inkling.reports.teaching import TaughtDrawing
    from inkling.storage.drawings import Drawing

# Seconds between two looks at a teaching that goes on.
UPDATE_INTERVAL = 0.5
# Session key: a sentence on why nothing could be taught, to show once.
PROBLEM = "teaching-problem"
# How much of the time the stages before and after the training itself take.
BEFORE, AFTER = 0.4, 0.2


def is_possible() -> bool:
    """Whether models can be taught here."""
    from inkling import jobs

    return jobs.is_enabled()


def section(session: str, base: str) -> None:
    """Show the button, how far the teaching is, and what it has changed.

    Args:
        session: whose saved drawings are taught.
        base: the model that is taught; it stays as it is.
    """
    if not is_possible():
        return
    keep_ready()
    statuses = [one for one in shared_queue().taught(owner()) if _base_of(one) == base]
    running = next((one for one in statuses if one.state in ("queued", "training")), None)
    failed = next((one for one in statuses if one.state in ("failed", "interrupted")), None)
    done = next((one for one in reversed(statuses) if one.state == "done"), None)
    with st.container(border=True, key="teaching"):
        if running is not None:
            st.fragment(_progress, run_every=UPDATE_INTERVAL)(running.name)
        else:
            _problem(failed)
            if done is not None:
                _result(done.name)
            _buttons(session, base, done)


def forget() -> None:
    """Delete what this visit has taught, and end a teaching that goes on."""
    problem = forget_taught(owner())
    if problem:
        st.session_state[PROBLEM] = problem


def _base_of(status: JobStatus) -> str:
    from inkling.jobs.records import TeachingRequest

    return status.request.base if isinstance(status.request, TeachingRequest) else ""


def _buttons(session: str, base: str, done: JobStatus | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Teach now" if done is None else "Teach again",
            icon=":material/school:",
            key="teach-now",
            type="primary" if done is None else "secondary",
            on_click=_start,
            args=(session, base),
        )
        if done is not None:
            st.button(
                "Use the original again",
                icon=":material/undo:",
                key="teach-reset",
                on_click=forget,
            )
    if done is None:
        st.caption(
            "The network's last layers learn your saved drawings beside digits of MNIST, which "
            "takes some 10 to 20 seconds. It then answers you alone."
        )
    else:
        st.caption("This network reads your drawings on this page. Nobody else gets it.")


def _problem(failed: JobStatus | None) -> None:
    """Show why the last teaching did not begin, or did not end well."""
    problem = st.session_state.pop(PROBLEM, "")
    if not problem and failed is not None:
        reason = phrases.plain(failed.problem) or "it was interrupted"
        problem = f"The network could not be taught: {reason}. Your drawings are still saved."
    if problem:
        st.error(problem, icon=":material/error:")


def _start(session: str, base: str) -> None:
    """Queue a teaching of what the session has saved."""
    from inkling.jobs import JobError
    from inkling.jobs.records import TeachingRequest
    from inkling.storage.drawings import open_store
    from inkling.storage.rules import StoreError

    try:
        store = open_store()
        drawings = store.of_session(session) if store is not None else []
        shared_queue().add(TeachingRequest(base, _corrections(drawings)), owner())
    except (StoreError, JobError) as problem:
        st.session_state[PROBLEM] = str(problem)


def _corrections(drawings: Sequence[Drawing]) -> list[Correction]:
    from inkling.jobs.records import Correction
    from inkling.reports.schema import encode_image

    return [
        Correction(encode_image(one.glyph), one.correction)
        for one in drawings
        if one.correction is not None
    ]


def _progress(name: str) -> None:
    """How far a teaching is; the page is drawn anew when it has ended."""
    status = next((one for one in shared_queue().taught(owner()) if one.name == name), None)
    if status is None or status.state not in ("queued", "training"):
        st.rerun()
    fraction, text = _stage(status.progress)
    if status.state == "queued":
        text = "Waiting for another training to end …"
    elif not shared_queue().is_ready:
        text = "Starting TensorFlow …"
    st.progress(fraction, text=text)
    st.caption("You can go on drawing.")


def _stage(progress: Progress) -> tuple[float, str]:
    """How much is done, 0..1, and what is being done."""
    if progress.stage == "measuring":
        return 1.0 - AFTER, "Comparing it with the network before …"
    if progress.stage == "training":
        done = BEFORE + (1.0 - BEFORE - AFTER) * progress.fraction
        return done, f"Learning, round {progress.epoch} of {progress.epochs} …"
    return 0.1, "Looking at your drawings and at digits of MNIST …"


def _result(name: str) -> None:
    """What teaching has changed: on the drawings, and on the test digits."""
    from inkling.reports.files import ReportError
    from inkling.reports.teaching import load_teaching

    try:
        teaching, report = load_teaching(name), resources.report(name)
    except ReportError as problem:
        st.error(phrases.report_problem(problem), icon=":material/error:")
        return
    count = len(teaching.drawings)
    st.markdown(
        f":material/school: **Taught** in {phrases.duration(teaching.seconds)}. The network now "
        f"reads {teaching.learnt} of {phrases.plural(count, 'drawing')} as you said."
    )
    gallery(
        [_tile(place, drawing) for place, drawing in enumerate(teaching.drawings)],
        key="taught-drawings",
        label="Your drawings, as read before and after",
        is_choice=False,
    )
    after, before = report.split("test"), next(iter(report.before), None)
    if after is not None and before is not None:
        st.caption(
            f"Of {after.n:,} test digits of MNIST it reads "
            f"{phrases.percent(after.accuracy.value, 2)} correctly "
            f"({phrases.interval(after.accuracy)}); before, it was "
            f"{phrases.percent(before.accuracy.value, 2)} ({phrases.interval(before.accuracy)})."
        )


def _tile(place: int, drawing: TaughtDrawing) -> Tile:
    before, after = _shown(drawing.before), _shown(drawing.after)
    is_learnt = drawing.after == drawing.label
    confidence = phrases.percent(drawing.after_confidence)
    return Tile(
        number=place,
        image=drawing.image,
        caption=f"{before} → {after}",
        note=confidence,
        text=f"Named {_spoken(drawing.label)}. Before: {_spoken(drawing.before)}, "
        f"{phrases.percent(drawing.before_confidence)}. After: {_spoken(drawing.after)}, "
        f"{confidence}",
        flag="" if is_learnt else f"not {_shown(drawing.label)}",
    )


def _shown(label: str) -> str:
    """A label on a tile; a dash for "not a digit"."""
    from inkling.storage.drawings import NO_DIGIT

    return "–" if label == NO_DIGIT else label


def _spoken(label: str) -> str:
    from inkling.storage.drawings import NO_DIGIT

    return "not a digit" if label == NO_DIGIT else phrases.with_article(label)
