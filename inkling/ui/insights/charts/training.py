"""Charts of how a network learnt, or is learning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import plotly.graph_objects as go

from inkling.ui.shared.figures import QUIET, SERIES, blank, finished

if TYPE_CHECKING:
    from inkling.reports.schema import Epoch

What = Literal["loss", "accuracy"]
LEGEND = {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.22, "yanchor": "top"}
# Markers beside colours, one a run.
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x", "star")


@dataclass(frozen=True, slots=True)
class Curve:
    """One run's epochs under a name; `kept` is the epoch whose weights were, 0 for none yet."""

    name: str
    history: Sequence[Epoch]
    kept: int = 0


def curves(
    runs: Sequence[Curve], what: What, trace: Sequence[tuple[float, float, float]] = ()
) -> go.Figure:
    """Loss or accuracy by epoch: solid what was learnt from, dashed what was held back.

    Args:
        runs: one a colour; several are laid over each other.
        what: "loss" or "accuracy".
        trace: of a training that goes on, see `inkling.jobs.Progress`.
    """
    scale, unit = (1.0, "nats") if what == "loss" else (100.0, "%")
    figure = blank()
    if trace:
        figure.add_scatter(
            x=[done for done, _, _ in trace],
            y=[scale * (loss if what == "loss" else right) for _, loss, right in trace],
            name="training, so far",
            mode="lines",
            line={"color": QUIET, "width": 2},
            hovertemplate=f"%{{x:.2f}} epochs: %{{y:.4g}} {unit}<extra>so far</extra>",
        )
    for place, run in enumerate(runs):
        _add_run(figure, run, place, what, len(runs) > 1)
    figure.update_xaxes(title="epoch", showgrid=False, rangemode="tozero")
    figure.update_yaxes(title=f"{what} ({unit})", type="log" if what == "loss" else "linear")
    if what == "loss":
        _label_log(figure, [loss for run in runs for e in run.history for loss in _losses(e)])
    return finished(figure, 340, what.capitalize(), legend=LEGEND)


def _losses(epoch: Epoch) -> tuple[float, float]:
    return epoch.loss, epoch.val_loss


def _add_run(figure: go.Figure, run: Curve, place: int, what: What, is_one_of_many: bool) -> None:
    scale, unit = (1.0, "nats") if what == "loss" else (100.0, "%")
    epochs = [epoch.epoch for epoch in run.history]
    colour, symbol = SERIES[place % len(SERIES)], SYMBOLS[place % len(SYMBOLS)]
    for kind, field, dash in (("training", what, "solid"), ("validation", f"val_{what}", "dash")):
        name = f"{run.name}, {kind}" if is_one_of_many else kind
        shade = colour if is_one_of_many or kind == "training" else SERIES[1]
        figure.add_scatter(
            x=epochs,
            y=[scale * getattr(epoch, field) for epoch in run.history],
            name=name,
            mode="lines+markers" if len(epochs) <= 20 else "lines",
            line={"color": shade, "dash": dash, "width": 2},
            marker={"symbol": symbol, "size": 6},
            hovertemplate=f"epoch %{{x}}: %{{y:.4g}} {unit}<extra>{name}</extra>",
        )
    best = next((epoch for epoch in run.history if epoch.epoch == run.kept), None)
    if best is not None:
        figure.add_scatter(
            x=[best.epoch],
            y=[scale * getattr(best, f"val_{what}")],
            name=f"{run.name}, kept" if is_one_of_many else "kept",
            mode="markers",
            marker={
                "symbol": "circle-open",
                "size": 14,
                "color": colour if is_one_of_many else SERIES[1],
                "line": {"width": 3},
            },
            hovertemplate=f"kept: epoch %{{x}}, %{{y:.4g}} {unit}<extra>{run.name}</extra>",
            showlegend=not is_one_of_many,
        )


def rates(runs: Sequence[Curve]) -> go.Figure:
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
    shown = len(runs) > 1
    return finished(figure, 260, "Learning rate", legend=LEGEND, showlegend=shown)


def _label_log(figure: go.Figure, losses: Sequence[float]) -> None:
    """Left alone, Plotly labels a log axis with a bare 2 and 5 between the powers of ten."""
    positive = [loss for loss in losses if loss > 0]
    narrow = bool(positive) and max(positive) < 8 * min(positive)
    digits = (1, 1.5, 2, 3, 4, 5, 7) if narrow else (1, 2, 5)
    ticks = [digit * 10.0**power for power in range(-5, 2) for digit in digits]
    figure.update_yaxes(tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])
