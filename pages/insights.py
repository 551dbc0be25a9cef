"""Insights: how good each model is, where it fails, and how it was trained."""

import streamlit as st

from inkling.ui.insights import (
    calibration,
    confusion,
    embedding,
    errors,
    layers,
    overview,
    photos,
    robustness,
    trade_offs,
    train_here,
    training,
)
from inkling.ui.shared import resources, tabs
from inkling.ui.shared.entry import enter_by_app

# The sections by the title of their tab. A section runs only while its tab is open.
SECTIONS = {
    "Overview": overview.section,
    "Training": training.section,
    "Confusion": confusion.section,
    "Errors": errors.section,
    "Calibration": calibration.section,
    "Robustness": robustness.section,
    "Embedding": embedding.section,
    "Inside": layers.section,
    "Trade-offs": trade_offs.section,
    "Photos": photos.section,
    "Train here": train_here.section,
}


def pick_model(names: list[str]) -> str:
    """Let the user choose a model; the choice is also in the page's address."""
    if st.session_state.get("model") not in (None, *names):
        # The chosen run has been deleted.
        del st.session_state["model"]
    return st.selectbox(
        "Model",
        names,
        format_func=resources.model_title,
        key="model",
        bind="query-params",
        width=320,
    )


enter_by_app()
st.title("Insights")
names = resources.model_names()
if not names:
    st.info(
        "There is no trained model yet. Train one with `python train_model.py --preset quick`.",
        icon=":material/model_training:",
    )
    st.stop()
report = resources.report_or_error(pick_model(names))
if report is not None:
    overview.headline(report)
    opened = st.tabs(list(SECTIONS), on_change="rerun", key="view", bind="query-params")
    tabs.keep_in_view(str(st.session_state.get("view")))
    for tab, section in zip(opened, SECTIONS.values(), strict=True):
        if tab.open:
            with tab:
                section(report)
