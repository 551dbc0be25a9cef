"""Figures of training: loss, accuracy and learning rate by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import plotly.graph_objects as go

from inkling.ui.insights.charts.style import LEGEND, SYMBOLS
from inkling.ui.shared.figures import SERIES, blank, finished

if TYPE_CHECKING:
    from inkling.reports.schema import Epoch

Metric = Literal["loss", "accuracy"]

# Runs with more epochs than this are drawn without a marker for each.
MAX_EPOCHS_WITH_MARKERS = 20


@dataclass(frozen=True, slots=True)
class Curve:
    """The epochs of one run.

    Attributes:
        name: in the legend.
        history: its epochs.
        best_epoch: the epoch whose weights were kept; 0 for none yet.
        trace: points within epochs (see `jobs.Progress`), which then stand for the training data.
    """

    name: str
    history: Sequence[Epoch]
    best_epoch: int = 0
    trace: Sequence[tuple[float, float, float]] = ()


def curves(runs: Sequence[Curve], metric: Metric) -> go.Figure:
    """Loss or accuracy by epoch: training data as solid lines, validation data as dashed ones.

    Args:
        runs: one colour each.
        metric: "loss" or "accuracy".
    """
    _, unit = _scale(metric)
    figure = blank()
    for place, run in enumerate(runs):
        _add_run(figure, run, place, metric, is_one_of_many=len(runs) > 1)
    figure.update_xaxes(title="epoch", showgrid=False, rangemode="tozero")
    figure.update_yaxes(title=f"{metric} ({unit})", type="log" if metric == "loss" else "linear")
    if metric == "loss":
        epochs = [epoch for run in runs for epoch in run.history]
        losses = [loss for e in epochs for loss in (e.loss, e.val_loss)]
        _label_log_axis(figure, losses + [loss for run in runs for _, loss, _ in run.trace])
    return finished(figure, 340, metric.capitalize(), legend=LEGEND)


def learning_rates(runs: Sequence[Curve]) -> go.Figure:
    """The learning rate of every epoch."""
    figure = blank()
    for place, run in enumerate(runs):
        figure.add_scatter(
            x=[epoch.epoch for epoch in run.history],
            y=[epoch.learning_rate for epoch in run.history],
            name=run.name,
            mode="lines+markers",
            line={"color": SERIES[place % len(SERIES)], "width": 2, "shape": "hv"},
            marker={"symbol": SYMBOLS[place % len(SYMBOLS)], "size": 5},
            hovertemplate=f"epoch %{{x}}: %{{y:.3g}}<extra>{run.name}</extra>",
        )
    figure.update_xaxes(title="epoch", showgrid=False, rangemode="tozero")
    figure.update_yaxes(title="learning rate (Adam)", rangemode="tozero", exponentformat="power")
    return finished(figure, 260, "Learning rate", legend=LEGEND, showlegend=len(runs) > 1)


def _scale(metric: Metric) -> tuple[float, str]:
    """What stored values are multiplied by, and the unit they have then."""
    return (1.0, "nats") if metric == "loss" else (100.0, "%")


def _add_run(
    figure: go.Figure, run: Curve, place: int, metric: Metric, *, is_one_of_many: bool
) -> None:
    """Add a run's training and validation curves, and a ring around its best epoch."""
    scale, unit = _scale(metric)
    color, symbol = SERIES[place % len(SERIES)], SYMBOLS[place % len(SYMBOLS)]
    # A single run has a colour for each curve; of several, each run has one.
    validation_color = color if is_one_of_many else SERIES[1]
    prefix = f"{run.name}, " if is_one_of_many else ""
    for kind, field, dash in (
        ("training", metric, "solid"),
        ("validation", f"val_{metric}", "dash"),
    ):
        points = [(float(one.epoch), getattr(one, field)) for one in run.history]
        has_markers = len(points) <= MAX_EPOCHS_WITH_MARKERS
        if kind == "training" and run.trace:
            points = [(one[0], one[1 if metric == "loss" else 2]) for one in run.trace]
            has_markers = False
        figure.add_scatter(
            x=[epoch for epoch, _ in points],
            y=[scale * value for _, value in points],
            name=f"{prefix}{kind}",
            mode="lines+markers" if has_markers else "lines",
            line={
                "color": color if kind == "training" else validation_color,
                "dash": dash,
                "width": 2,
            },
            marker={"symbol": symbol, "size": 6},
            hovertemplate=f"epoch %{{x:.3g}}: %{{y:.4g}} {unit}<extra>{prefix}{kind}</extra>",
        )
    _add_best_epoch(figure, run, metric, prefix, validation_color)


def _add_best_epoch(figure: go.Figure, run: Curve, metric: Metric, prefix: str, color: str) -> None:
    """Add a ring around a run's best epoch; `prefix` is empty for the only run of a figure."""
    best = next((epoch for epoch in run.history if epoch.epoch == run.best_epoch), None)
    if best is None:
        return
    scale, unit = _scale(metric)
    figure.add_scatter(
        x=[best.epoch],
        y=[scale * getattr(best, f"val_{metric}")],
        name=f"{prefix}kept",
        mode="markers",
        marker={"symbol": "circle-open", "size": 14, "color": color, "line": {"width": 3}},
        hovertemplate=f"kept: epoch %{{x}}, %{{y:.4g}} {unit}<extra>{run.name}</extra>",
        showlegend=not prefix,
    )


def _label_log_axis(figure: go.Figure, losses: Sequence[float]) -> None:
    """Set full tick labels; by default Plotly writes a bare 2 and 5 between the powers of ten."""
    positive = [loss for loss in losses if loss > 0]
    is_narrow = bool(positive) and max(positive) < 8 * min(positive)
    digits = (1, 1.5, 2, 3, 4, 5, 7) if is_narrow else (1, 2, 5)
    ticks = [digit * 10.0**power for power in range(-5, 2) for digit in digits]
    figure.update_yaxes(tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])
