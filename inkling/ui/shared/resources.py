"""What every session shares: classifiers and reports, loaded once a process."""

from __future__ import annotations

import gc
import re
import threading
from typing import TYPE_CHECKING

import streamlit as st

from inkling.paths import ASSETS, RUN, folder_of
from inkling.ui.shared import phrases

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.reports.robustness import Robustness
    from inkling.reports.schema import Report

DEFAULT_MODEL = "digits"
# Seconds: the browser draws the first page meanwhile, with the processor to itself.
WARM_UP_AFTER = 1.0
ICON = str(ASSETS / "icon.svg")
# How pages call the shipped models.
TITLES = {
    "digits": "Inkling",
    "pocket": "Pocket",
    "inkling": "MNIST only",
    "keras-io": "keras.io",
    "lenet5": "LeNet-5",
}


@st.cache_resource(show_spinner=False, max_entries=8)
def classifier(name: str) -> Classifier:
    """The classifier of a model.

    Raises:
        ReportError: the model is missing or damaged.
    """
    # Numpy, OpenCV and LiteRT are imported here, not at the top: the first page is painted before.
    from inkling.recognition.classifier import load

    loaded = load(name)
    _settle()
    return loaded


def _settle() -> None:
    """Streamlit collects garbage after every rerun; what stays for good is not looked at again."""
    gc.collect()
    gc.freeze()


def classifier_or_sentence(name: str) -> Classifier | None:
    """The classifier of a model; when there is none, the page says why and this is None."""
    from inkling.reports.files import ReportError

    try:
        return classifier(name)
    except ReportError as problem:
        st.error(phrases.report_problem(problem), icon=":material/error:")
        return None


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Load the default classifier in the background, so that the first answer is not slow."""
    timer = threading.Timer(WARM_UP_AFTER, _load_default)
    timer.daemon = True
    timer.start()


def _load_default() -> None:
    from inkling.reports.files import ReportError

    # A missing model is told where it is used, by the page that needs it.
    try:
        # So that all of it is paid for here (pandas: see figures.blank).
        import pandas  # noqa: F401

        import inkling.explain.advice
        import inkling.reader.drawing
        import inkling.storage.drawings  # noqa: F401
        from inkling.recognition import line_model

        classifier(DEFAULT_MODEL)
        line_model.load()
    except ReportError:
        return
    _settle()


def model_names() -> list[str]:
    """The models there are, `digits` first."""
    from inkling.reports import files

    return files.model_names()


def report(name: str) -> Report:
    """A model's report; read again when its file changes.

    Raises:
        ReportError: it is missing or damaged.
    """
    from inkling.reports.files import REPORT_FILE

    path = folder_of(name) / REPORT_FILE
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return _report(str(path.parent), changed)


def report_or_sentence(name: str) -> Report | None:
    """A model's report; when it cannot be read, the page says why and this is None."""
    from inkling.reports.files import ReportError

    try:
        return report(name)
    except ReportError as problem:
        st.error(phrases.report_problem(problem), icon=":material/error:")
        return None


def robustness(name: str) -> Robustness:
    """A model's robustness report; read again when its file or its report changes.

    Raises:
        ReportError: it is missing, damaged, or of another model.
    """
    from inkling.reports.files import REPORT_FILE, ROBUSTNESS_FILE

    paths = (folder_of(name) / file for file in (REPORT_FILE, ROBUSTNESS_FILE))
    changed = tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)
    return _robustness(str(folder_of(name)), changed)


@st.cache_resource(show_spinner=False, max_entries=16)
def _robustness(folder: str, changed: tuple[int, ...]) -> Robustness:  # noqa: ARG001  (part of the key)
    from pathlib import Path

    from inkling.reports.files import load_robustness

    return load_robustness(Path(folder).name)


def robustness_or_sentence(name: str) -> Robustness | None:
    """A model's robustness report; when it cannot be had, the page says why and this is None."""
    from inkling.reports.files import ReportError

    try:
        return robustness(name)
    except ReportError as problem:
        st.info(phrases.report_problem(problem), icon=":material/info:")
        return None


def readable_robustness() -> dict[str, Robustness]:
    """By model, all robustness reports that can be read."""
    from inkling.reports.files import ReportError

    found = {}
    for name in model_names():
        try:
            found[name] = robustness(name)
        except ReportError:
            continue
    return found


def readable_reports() -> list[Report]:
    """All reports that can be read, for comparison; a damaged one is told where it is chosen."""
    from inkling.reports.files import ReportError

    found = []
    for name in model_names():
        try:
            found.append(report(name))
        except ReportError:
            continue
    return found


@st.cache_resource(show_spinner=False, max_entries=32)
def _report(folder: str, changed: int) -> Report:  # noqa: ARG001  (part of the cache's key)
    from pathlib import Path

    from inkling.reports.files import load_report

    return load_report(Path(folder).name)


def model_title(name: str) -> str:
    """How a model is called on the pages: a run by its network and when it was trained."""
    run = re.fullmatch(RUN + r"\d{4}(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-(.+)", name)
    if run:
        month, day, hour, minute, second, network = run.groups()
        what = TITLES.get(network, network)
        return f"{what}, {day}/{month} {hour}:{minute}:{second}"
    return TITLES.get(name, name)


def chosen_model(key: str) -> str:
    """The model chosen with `model_picker`, while it still exists."""

    name: str = st.session_state.get(f"{key}-kept", DEFAULT_MODEL)
    return name if folder_of(name).is_dir() else DEFAULT_MODEL


def model_picker(key: str) -> str:
    """A choice among the models; it stays chosen while the picker is not on the page."""

    def keep() -> None:
        st.session_state[f"{key}-kept"] = st.session_state[key]

    names = model_names() or [DEFAULT_MODEL]
    current = chosen_model(key)
    st.selectbox(
        "Model",
        names,
        index=names.index(current) if current in names else 0,
        format_func=model_title,
        key=key,
        on_change=keep,
        help="Which trained network answers. The Insights page says how good each is.",
    )
    return chosen_model(key)
