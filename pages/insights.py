"""Insights: how good each model is, where it fails, and how it came to be so."""

import streamlit as st

from inkling.ui.insights import (
    calibration,
    confusion,
    embedding,
    errors,
    layers,
    overview,
    robustness,
    trade_offs,
    train_here,
    training,
)
from inkling.ui.shared import resources, tabs
from inkling.ui.shared.entry import enter_by_app

# Each is shown a report; none is asked before its tab is open.
VIEWS = {
    "Overview": overview.section,
    "Training": training.section,
    "Confusion": confusion.section,
    "Errors": errors.section,
    "Calibration": calibration.section,
    "Robustness": robustness.section,
    "Embedding": embedding.section,
    "Inside": layers.section,
    "Trade-offs": trade_offs.trade_offs,
    "Photos": trade_offs.photos,
    "Train here": train_here.section,
}


def picker(names: list[str]) -> str:
    """Which model is looked at; the address says so, too."""
    if st.session_state.get("model") not in (None, *names):
        # A run that has been deleted meanwhile.
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
        "There is no trained model yet. Make one with `python train_model.py --preset quick`.",
        icon=":material/model_training:",
    )
    st.stop()
report = resources.report_or_sentence(picker(names))
if report is not None:
    overview.headline(report)
    views = st.tabs(list(VIEWS), on_change="rerun", key="view", bind="query-params")
    tabs.keep_in_view(str(st.session_state.get("view")))
    for tab, show in zip(views, VIEWS.values(), strict=True):
        if tab.open:
            with tab:
                show(report)
