"""What all sessions share: classifiers and reports, loaded once per process."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from inkling.paths import ASSETS, folder_of
from inkling.reports import names
from inkling.ui.shared import phrases

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.reports.robustness import Robustness
    from inkling.reports.schema import Report

DEFAULT_MODEL = "digits"
# Seconds. Until then the browser draws the first page with the processor to itself.
WARM_UP_AFTER = 1.0
ICON = str(ASSETS / "icon.svg")
# What the pages ask of models' names, which others ask as well.
model_names, model_title = names.model_names, names.model_title

T = TypeVar("T")


@st.cache_resource(show_spinner=False, max_entries=8)
def classifier(name: str) -> Classifier:
    """Load the classifier of a model.

    Raises:
        ReportError: the model is missing or damaged.
    """
    # This imports numpy, OpenCV and LiteRT, which the first page is painted without.
    from inkling.recognition.classifier import load

    loaded = load(name)
    _freeze_garbage()
    return loaded


def classifier_or_error(name: str) -> Classifier | None:
    """The classifier of a model; None, with an error on the page, if it cannot be loaded."""
    return _or_message(classifier, name, _error)


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Load the default classifier in the background, so that the first answer comes quickly."""
    timer = threading.Timer(WARM_UP_AFTER, _load_default)
    timer.daemon = True
    timer.start()


def warm_up_readers() -> None:
    """Start the reading processes in the background, while the Upload page is looked at."""
    timer = threading.Timer(WARM_UP_AFTER, _start_readers)
    timer.daemon = True
    timer.start()


def report(name: str) -> Report:
    """A model's report, read again when its file changes.

    Raises:
        ReportError: it is missing or damaged.
    """
    return _report(str(folder_of(name)), _changed(name, names.REPORT_FILE))


def report_or_error(name: str) -> Report | None:
    """A model's report; None, with an error on the page, if it cannot be read."""
    return _or_message(report, name, _error)


def readable_reports() -> list[Report]:
    """All reports that can be read, to compare; a page that needs a damaged one says so itself."""
    return list(_readable(report).values())


def robustness(name: str) -> Robustness:
    """A model's robustness report, read again when its file or the model's report changes.

    Raises:
        ReportError: it is missing, damaged, or belongs to another version of the model.
    """
    from inkling.reports.files import ROBUSTNESS_FILE

    return _robustness(str(folder_of(name)), _changed(name, names.REPORT_FILE, ROBUSTNESS_FILE))


def robustness_or_note(name: str) -> Robustness | None:
    """A model's robustness report; None, with a note on the page, if it cannot be read."""
    return _or_message(robustness, name, _note)


def readable_robustness() -> dict[str, Robustness]:
    """All robustness reports that can be read, by model."""
    return _readable(robustness)


def chosen_model(key: str) -> str:
    """The model chosen with the `model_picker` of this key, or the default one."""
    name: str = st.session_state.get(f"{key}-kept", DEFAULT_MODEL)
    return name if folder_of(name).is_dir() else DEFAULT_MODEL


def model_picker(key: str) -> str:
    """Show a choice of model, which is remembered while the picker is not on the page."""

    def keep() -> None:
        st.session_state[f"{key}-kept"] = st.session_state[key]

    known = model_names() or [DEFAULT_MODEL]
    current = chosen_model(key)
    st.selectbox(
        "Model",
        known,
        index=known.index(current) if current in known else 0,
        format_func=model_title,
        key=key,
        on_change=keep,
        help="The trained network that answers. The Insights page compares them all.",
    )
    return chosen_model(key)


def _freeze_garbage() -> None:
    """Keep what is loaded for good out of the garbage collections after every rerun."""
    gc.collect()
    gc.freeze()


def _load_default() -> None:
    from inkling.reports.files import ReportError

    # The page that needs a missing model says so itself.
    try:
        # Imported here so that no page waits for them (pandas: see `figures.blank`).
        import pandas  # noqa: F401

        import inkling.explain.advice
        import inkling.reader.drawing
        import inkling.storage.drawings  # noqa: F401
        from inkling.recognition import line_model

        classifier(DEFAULT_MODEL)
        line_model.load(line_model.DRAWN)
    except ReportError:
        return
    _freeze_garbage()


def _start_readers() -> None:
    from inkling.serving.errors import PoolError
    from inkling.serving.pool import reading_pool

    # Reading says itself what is wrong with a setting.
    with suppress(PoolError):
        reading_pool().warm()


def _error(sentence: str) -> None:
    st.error(sentence, icon=":material/error:")


def _note(sentence: str) -> None:
    st.info(sentence, icon=":material/info:")


def _or_message(load: Callable[[str], T], name: str, show: Callable[[str], None]) -> T | None:
    """What `load` gives for a model; None, with a message on the page, if it fails."""
    from inkling.reports.files import ReportError

    try:
        return load(name)
    except ReportError as problem:
        show(phrases.report_problem(problem))
        return None


def _readable(load: Callable[[str], T]) -> dict[str, T]:
    """By model, what `load` gives for each one for which it does not fail."""
    from inkling.reports.files import ReportError

    found = {}
    for name in model_names():
        try:
            found[name] = load(name)
        except ReportError:
            continue
    return found


def _changed(name: str, *files: str) -> tuple[int, ...]:
    """When files of a model were last changed, in ns; 0 for a missing one. Part of cache keys."""
    paths = (folder_of(name) / file for file in files)
    return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)


@st.cache_resource(show_spinner=False, max_entries=32)
def _report(folder: str, changed: tuple[int, ...]) -> Report:  # noqa: ARG001
    from inkling.reports.files import load_report

    return load_report(Path(folder).name)


@st.cache_resource(show_spinner=False, max_entries=16)
def _robustness(folder: str, changed: tuple[int, ...]) -> Robustness:  # noqa: ARG001
    from inkling.reports.files import load_robustness

    return load_robustness(Path(folder).name)
