"""Insights: how good each model is, where it fails, and how it came to be so."""

import streamlit as st

from inkling.ui import (
    insight_confusion,
    insight_embedding,
    insight_errors,
    insight_inside,
    insight_models,
    insight_overview,
    insight_robust,
    insight_training,
    insight_trust,
    resources,
    tabs,
    training_room,
)
from inkling.ui.door import enter_by_app

# Each is shown a report; none is asked before its tab is open.
VIEWS = {
    "Overview": insight_overview.section,
    "Training": insight_training.section,
    "Confusion": insight_confusion.section,
    "Errors": insight_errors.section,
    "Calibration": insight_trust.section,
    "Robustness": insight_robust.section,
    "Embedding": insight_embedding.section,
    "Inside": insight_inside.section,
    "Trade-offs": insight_models.trade_offs,
    "Photos": insight_models.photos,
    "Train here": training_room.section,
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
    insight_overview.headline(report)
    views = st.tabs(list(VIEWS), on_change="rerun", key="view", bind="query-params")
    tabs.keep_in_view(str(st.session_state.get("view")))
    for tab, show in zip(views, VIEWS.values(), strict=True):
        if tab.open:
            with tab:
                show(report)
