"""How a model learnt: loss, accuracy and learning rate by epoch, several runs laid over each
other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.insights import tables
from inkling.ui.insights.charts import training
from inkling.ui.insights.charts.training import Curve, What
from inkling.ui.shared import chart, resources

if TYPE_CHECKING:
    from inkling.reports.schema import Report


def section(report: Report) -> None:
    """The curves."""
    names = [name for name in resources.model_names() if name != report.name]
    others = st.multiselect(
        "Lay over it",
        names,
        format_func=resources.model_title,
        placeholder="Other runs",
        key="overlaid",
        max_selections=5,
    )
    found = [report, *(one for one in map(resources.report_or_sentence, others) if one)]
    runs = [
        Curve(resources.model_title(one.name), one.history, one.timing.best_epoch) for one in found
    ]
    key = "-".join(one.name for one in found)
    left, right = st.columns(2, gap="medium")
    whats: tuple[What, What] = ("loss", "accuracy")
    for column, what in zip((left, right), whats, strict=True):
        with column:
            chart.show(
                training.curves(runs, what),
                key=f"{what}-{key}",
                alt=f"Training and validation {what} by epoch of {_said(runs)}",
                rows=lambda: rows(runs),
                name=f"{report.name}-training",
            )
    stopped = report.settings.get("patience")
    st.caption(
        "Solid is what the network learns from, dashed are digits held back from it. The ring "
        "marks the epoch whose weights were kept: the one with the lowest validation loss. "
        + (f"Training stops after {stopped} epochs without a better one." if stopped else "")
        + tables.loss_note(report)
    )
    chart.show(
        training.rates(runs),
        key=f"rate-{key}",
        alt=f"Learning rate by epoch of {_said(runs)}",
        rows=lambda: rows(runs),
        name=f"{report.name}-learning-rate",
    )


def _said(runs: Sequence[Curve]) -> str:
    return ", ".join(run.name for run in runs)


def rows(runs: Sequence[Curve]) -> list[dict[str, Any]]:
    """Every epoch of every run, as a table to take away."""
    return [
        {
            "run": run.name,
            "epoch": epoch.epoch,
            "training loss (nats)": epoch.loss,
            "validation loss (nats)": epoch.val_loss,
            "training accuracy": epoch.accuracy,
            "validation accuracy": epoch.val_accuracy,
            "learning rate": epoch.learning_rate,
            "seconds": epoch.seconds,
            "kept": "yes" if epoch.epoch == run.kept else "",
        }
        for run in runs
        for epoch in run.history
    ]
