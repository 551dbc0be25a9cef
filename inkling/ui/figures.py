"""The Plotly figures. Colours are told apart with any colour vision and on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

if TYPE_CHECKING:
    from inkling.reports import Epoch, Interval, Sweep

BLUE = "#4c7cf0"
ORANGE = "#d9660a"
QUIET = "rgba(130, 145, 175, 0.55)"
# Light in both themes, like the paper elsewhere: the counts on them are dark.
CELL_EMPTY, CELL_WRONG, CELL_RIGHT = "#eef2fa", "#f2913d", "#c7d6fb"
GRID = "rgba(130, 145, 175, 0.25)"
# No buttons over the charts: on a phone they cover what they belong to.
CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False}


def _figure() -> go.Figure:
    """A new figure.

    Plotly looks for a pandas that somebody has imported, and fails on one that another session's
    thread is just importing. So pandas is imported first, here; the warm-up has paid for it.
    """
    import pandas  # noqa: F401

    return go.Figure()


def _finish(figure: go.Figure, height: int, title: str = "", **layout: Any) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 44 if title else 12, "b": 8},
        title={"text": title, "font": {"size": 15}, "x": 0, "xanchor": "left"} if title else None,
        dragmode=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        **layout,
    )
    figure.update_xaxes(automargin=True, fixedrange=True)
    figure.update_yaxes(automargin=True, fixedrange=True, gridcolor=GRID)
    return figure


def probabilities(
    values: Sequence[float], labels: Sequence[str], certain: bool, height: int = 250
) -> go.Figure:
    """A bar for every label's probability; the winner stands out.

    Args:
        values: one a label, 0..1.
        labels: what they are probabilities of.
        certain: whether the answer is sure; an unsure winner is orange and hatched.
    """
    best = max(range(len(values)), key=values.__getitem__)
    colours = [QUIET] * len(values)
    patterns = [""] * len(values)
    colours[best] = BLUE if certain else ORANGE
    patterns[best] = "" if certain else "/"
    # Little room over a bar: "99 %" for what is more, the exact figure stands beside.
    texts = [f"{min(99, round(100 * value))} %" if value >= 0.005 else "" for value in values]
    figure = _figure()
    figure.add_bar(
        x=list(labels),
        y=[100.0 * value for value in values],
        marker={"color": colours, "pattern": {"shape": patterns, "size": 6}, "line": {"width": 0}},
        text=texts,
        textposition="outside",
        textangle=0,
        cliponaxis=False,
        hovertemplate="%{x}: %{y:.2f} %<extra></extra>",
    )
    figure.update_xaxes(type="category", title="digit", showgrid=False, tickfont={"size": 14})
    figure.update_yaxes(
        title="probability (%)", range=[0, 114], tickvals=[0, 25, 50, 75, 100], zeroline=False
    )
    return _finish(figure, height, bargap=0.25, showlegend=False, uniformtext={"minsize": 9})


def learning_curves(history: Sequence[Epoch], best_epoch: int, what: str) -> go.Figure:
    """Training and validation by epoch.

    Args:
        history: the epochs in order.
        best_epoch: the one whose weights were kept, from 1.
        what: "loss" or "accuracy".
    """
    epochs = [epoch.epoch for epoch in history]
    scale, unit = (1.0, "nats") if what == "loss" else (100.0, "%")
    figure = _figure()
    series = (
        ("training", what, BLUE, "solid", "circle"),
        ("validation", f"val_{what}", ORANGE, "dash", "diamond"),
    )
    for name, field, colour, dash, symbol in series:
        figure.add_scatter(
            x=epochs,
            y=[scale * getattr(epoch, field) for epoch in history],
            name=name,
            mode="lines+markers" if len(epochs) <= 20 else "lines",
            line={"color": colour, "dash": dash, "width": 2},
            marker={"symbol": symbol, "size": 6},
            hovertemplate=f"epoch %{{x}}: %{{y:.4g}} {unit}<extra>{name}</extra>",
        )
    if epochs and epochs[0] <= best_epoch <= epochs[-1]:
        figure.add_vline(
            x=best_epoch,
            line={"color": "rgba(130, 145, 175, 0.9)", "width": 1, "dash": "dot"},
            annotation={"text": "kept", "yref": "paper", "y": 0.5, "font": {"size": 12}},
        )
    figure.update_xaxes(title="epoch", showgrid=False)
    figure.update_yaxes(title=f"{what} ({unit})", type="log" if what == "loss" else "linear")
    if what == "loss":
        # Left alone, Plotly labels a log axis with a bare 2 and 5 between the powers of ten.
        losses = [loss for epoch in history for loss in (epoch.loss, epoch.val_loss) if loss > 0]
        narrow = bool(losses) and max(losses) < 8 * min(losses)
        digits = (1, 1.5, 2, 3, 4, 5, 7) if narrow else (1, 2, 5)
        ticks = [digit * 10.0**power for power in range(-5, 2) for digit in digits]
        figure.update_yaxes(tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])
    legend = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"}
    return _finish(figure, 300, what.capitalize(), legend=legend)


def confusion(matrix: Sequence[Sequence[int]], labels: Sequence[str]) -> go.Figure:
    """The confusion matrix: counts, errors in orange by how many, right answers quiet.

    Args:
        matrix: rows are the true labels, columns the answers.
        labels: their names.
    """
    size = range(len(labels))
    errors = [[None if i == j else matrix[i][j] for j in size] for i in size]
    right = [[1 if i == j else None for j in size] for i in size]
    # A square root: one error must still be seen beside twenty.
    shades = [[None if value is None else value**0.5 for value in row] for row in errors]
    shared = {"x": list(labels), "y": list(labels), "showscale": False, "xgap": 2, "ygap": 2}
    figure = _figure()
    figure.add_heatmap(
        z=right,
        colorscale=[[0, CELL_RIGHT], [1, CELL_RIGHT]],
        hoverinfo="skip",
        **shared,
    )
    figure.add_heatmap(
        z=shades,
        zmin=0,
        colorscale=[[0, CELL_EMPTY], [0.2, "#fbe3cd"], [1, CELL_WRONG]],
        hoverinfo="skip",
        **shared,
    )
    cells = [(i, j) for i in size for j in size]
    figure.add_scatter(
        x=[labels[j] for _, j in cells],
        y=[labels[i] for i, _ in cells],
        mode="text",
        text=[str(matrix[i][j]) if matrix[i][j] else "" for i, j in cells],
        textfont={"size": 11, "color": "#10182b"},
        customdata=[matrix[i][j] for i, j in cells],
        hovertemplate="a %{y} read as %{x}: %{customdata} times<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(type="category", title="read as", side="top", showgrid=False)
    figure.update_yaxes(type="category", title="is a", autorange="reversed", showgrid=False)
    return _finish(figure, 440)


def accuracies(names: Sequence[str], values: Sequence[Interval]) -> go.Figure:
    """Accuracies as points with their 95 % intervals, one row each."""
    rows = list(names)
    figure = _figure()
    figure.add_trace(
        go.Scatter(
            x=[100 * value.value for value in values],
            y=rows,
            mode="markers",
            marker={"color": BLUE, "size": 11},
            error_x={
                "type": "data",
                "array": [100 * (value.high - value.value) for value in values],
                "arrayminus": [100 * (value.value - value.low) for value in values],
                "color": BLUE,
                "thickness": 2,
                "width": 5,
            },
            customdata=[[100 * value.low, 100 * value.high] for value in values],
            hovertemplate="%{y}: %{x:.2f} % (%{customdata[0]:.2f} to %{customdata[1]:.2f})"
            "<extra></extra>",
        )
    )
    figure.update_xaxes(title="accuracy (%), with its 95 % interval", gridcolor=GRID)
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    return _finish(figure, 90 + 36 * len(rows))


def sweep(found: Sweep, value: float, height: int = 260) -> go.Figure:
    """Accuracy by how much digits are distorted, with its 95 % interval, and where one stands.

    Args:
        found: as measured.
        value: where the dotted line is.
    """
    values = [point.value for point in found.points]
    shares = [point.accuracy for point in found.points]
    figure = _figure()
    figure.add_scatter(
        x=[*values, *reversed(values)],
        y=[100 * share.low for share in shares] + [100 * share.high for share in shares[::-1]],
        fill="toself",
        fillcolor="rgba(76, 124, 240, 0.18)",
        line={"width": 0},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=values,
        y=[100 * share.value for share in shares],
        mode="lines+markers",
        line={"color": BLUE, "width": 2},
        hovertemplate="%{x}: %{y:.1f} %<extra></extra>",
    )
    figure.add_vline(x=value, line={"color": ORANGE, "width": 2, "dash": "dot"})
    figure.update_xaxes(title=found.unit, showgrid=False, zeroline=False)
    figure.update_yaxes(title="accuracy (%)", range=[0, 103], tickvals=[0, 25, 50, 75, 100])
    return _finish(figure, height, showlegend=False)


def scores(values: Sequence[float], labels: Sequence[str], height: int = 250) -> go.Figure:
    """A bar for every score before it becomes a probability; the winner stands out.

    Args:
        values: one a label, in nats, of any sign.
        labels: what they speak for; one more than the digits' where "no digit" has a score.
    """
    best = max(range(len(values)), key=values.__getitem__)
    figure = _figure()
    figure.add_bar(
        x=list(labels),
        y=list(values),
        marker={"color": [BLUE if k == best else QUIET for k in range(len(values))]},
        text=[f"{value:.1f}" for value in values],
        textposition="outside",
        textangle=0,
        cliponaxis=False,
        hovertemplate="%{x}: %{y:.2f}<extra></extra>",
    )
    room = 0.15 * max(1e-6, max(values) - min(values))
    span = [min(0.0, min(values)) - room, max(0.0, max(values)) + room]
    figure.update_xaxes(type="category", showgrid=False, tickfont={"size": 14})
    figure.update_yaxes(title="score", range=span, zerolinecolor=QUIET)
    return _finish(figure, height, bargap=0.25, showlegend=False, uniformtext={"minsize": 8})
