"""How a model was trained: loss, accuracy and learning rate by epoch, of one or several runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.insights import sentences
from inkling.ui.insights.charts import training
from inkling.ui.insights.charts.training import Curve
from inkling.ui.shared import chart, resources

if TYPE_CHECKING:
    from inkling.reports.schema import Report

# More runs than this cannot be told apart.
MAX_COMPARED = 5


def section(report: Report) -> None:
    """Show the curves of this run and of the runs it is compared with."""
    names = [name for name in resources.model_names() if name != report.name]
    others = st.multiselect(
        "Compare runs",
        names,
        format_func=resources.model_title,
        placeholder="Other runs",
        key="compared-runs",
        max_selections=MAX_COMPARED,
    )
    reports = [report, *(one for one in map(resources.report_or_error, others) if one)]
    runs = [
        Curve(resources.model_title(one.name), one.history, one.timing.best_epoch)
        for one in reports
    ]
    key = "-".join(one.name for one in reports)
    titles = ", ".join(run.name for run in runs)
    loss_and_accuracy(runs, key=key, about=f"by epoch of {titles}", name=f"{report.name}-training")
    patience = report.settings.get("patience")
    st.caption(
        "Solid lines show training data, dashed lines validation data. The ring marks the epoch "
        "whose weights were kept: the one with the lowest validation loss."
        + (f" Training stops after {patience} epochs without improvement." if patience else "")
        + sentences.loss_note(report)
    )
    chart.show(
        training.learning_rates(runs),
        key=f"rate-{key}",
        alt=f"Learning rate by epoch of {titles}",
        rows=lambda: epoch_rows(runs),
        name=f"{report.name}-learning-rate",
    )


def loss_and_accuracy(runs: Sequence[Curve], *, key: str, about: str, name: str) -> None:
    """Show the loss and the accuracy of some runs side by side.

    Args:
        runs: see `charts.training.curves`.
        key: ends the keys of both charts.
        about: ends their descriptions for screen readers.
        name: of the data's file.
    """
    left, right = st.columns(2, gap="medium")
    metrics: tuple[tuple[Any, training.Metric], ...] = ((left, "loss"), (right, "accuracy"))
    for column, metric in metrics:
        with column:
            chart.show(
                training.curves(runs, metric),
                key=f"{metric}-{key}",
                alt=f"Training and validation {metric} {about}",
                rows=lambda: epoch_rows(runs),
                name=name,
            )


def epoch_rows(runs: Sequence[Curve]) -> list[dict[str, Any]]:
    """Every epoch of every run, for download."""
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
            "kept": "yes" if epoch.epoch == run.best_epoch else "",
        }
        for run in runs
        for epoch in run.history
    ]
