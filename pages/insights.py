"""Insights: how good each model is, where it fails, and how it was trained."""

import streamlit as st

from inkling.ui.insights import (
    calibration,
    confusion,
    embedding,
    errors,
    layers,
    model_choice,
    overview,
    photos,
    robustness,
    trade_offs,
    train_here,
    training,
)
from inkling.ui.shared import page_head, phrases, resources, tabs

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


controls = page_head.show("Insights")
names = resources.model_names()
if not names:
    st.info(
        "There is no trained model yet. Train one with `python train_model.py --preset quick`.",
        icon=":material/model_training:",
    )
    st.stop()
with controls:
    chosen, problem = model_choice.show(names)
if problem:
    st.warning(phrases.plain(problem), icon=":material/search_off:")
report = resources.report_or_error(chosen)
if report is not None:
    opened = st.tabs(list(SECTIONS), on_change="rerun", key="view", bind="query-params")
    tabs.keep_in_view(str(st.session_state.get("view")))
    for tab, section in zip(opened, SECTIONS.values(), strict=True):
        if tab.open:
            with tab:
                section(report)
