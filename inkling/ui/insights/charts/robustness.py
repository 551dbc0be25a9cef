"""Charts of what a model does with digits that are not as they were, and of how it sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from inkling.ui.insights.charts.training import LEGEND, SYMBOLS
from inkling.ui.shared.figures import BLUE, ORANGE, SERIES, blank, finished

if TYPE_CHECKING:
    from inkling.reports.robustness import CorruptionResult, Embedding, Sweep

# One a digit; Paul Tol's "muted" ten with Okabe and Ito's black made grey. Digits differ by name
# and place, too: colour alone never says which.
DIGITS = (
    "#332288",
    "#88ccee",
    "#44aa99",
    "#117733",
    "#999933",
    "#ddcc77",
    "#cc6677",
    "#882255",
    "#aa4499",
    "#8a8a8a",
)
YOURS = "your drawing"
Place = tuple[float, ...]


def corruptions(rows: Sequence[CorruptionResult]) -> go.Figure:
    """Errors of every corruption at every severity, in percent; darker is worse."""
    names = list(dict.fromkeys(row.corruption for row in rows))
    columns = sorted({row.severity for row in rows})
    titles = ["one" if severity == 0 else str(severity) for severity in columns]
    cells = {(row.corruption, row.severity): row for row in rows}
    grid = [[cells.get((name, severity)) for severity in columns] for name in names]
    error = [[None if row is None else 100 * row.errors / row.n for row in line] for line in grid]
    figure = blank()
    figure.add_heatmap(
        x=titles,
        y=[name.replace("_", " ") for name in names],
        # The root: 1 % and 5 % are as far apart to people as 50 % and 70 %.
        z=[[None if value is None else value**0.5 for value in line] for line in error],
        zmin=0,
        zmax=10,
        colorscale=[[0, "#eef2fa"], [0.3, "#fbe3cd"], [1, "#e0701a"]],
        showscale=False,
        xgap=2,
        ygap=2,
        text=[["" if value is None else f"{value:.1f}" for value in line] for line in error],
        texttemplate="%{text}",
        textfont={"size": 11, "color": "#10182b"},
        customdata=[
            [["" if row is None else f"{row.errors:,} of {row.n:,} wrong"] for row in line]
            for line in grid
        ],
        hovertemplate="%{y}, severity %{x}: %{text} %<br>%{customdata[0]}<extra></extra>",
        hoverongaps=False,
    )
    figure.update_xaxes(type="category", title="severity", side="top", showgrid=False)
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    return finished(figure, 60 + 28 * len(names))


def sweeps(found: dict[str, Sweep]) -> go.Figure:
    """Accuracy by how much digits are distorted, a curve a model, with 95 % intervals in hover."""
    figure = blank()
    for place, (name, sweep) in enumerate(found.items()):
        figure.add_scatter(
            x=[point.value for point in sweep.points],
            y=[100 * point.accuracy.value for point in sweep.points],
            name=name,
            mode="lines+markers",
            line={"color": SERIES[place % len(SERIES)], "width": 2},
            marker={"symbol": SYMBOLS[place % len(SYMBOLS)], "size": 6},
            customdata=[[100 * p.accuracy.low, 100 * p.accuracy.high] for p in sweep.points],
            hovertemplate="%{x}: %{y:.1f} % (%{customdata[0]:.1f} to %{customdata[1]:.1f})"
            f"<extra>{name}</extra>",
        )
    first = next(iter(found.values()))
    figure.update_xaxes(title=first.unit, showgrid=False, zeroline=False)
    figure.update_yaxes(title="accuracy (%)", range=[0, 103], tickvals=[0, 25, 50, 75, 100])
    return finished(figure, 340, first.kind.capitalize(), legend=LEGEND, showlegend=len(found) > 1)


def plane(found: Embedding, labels: Sequence[str], yours: Place | None = None) -> go.Figure:
    """The embedding on t-SNE's plane: a colour and a name a label, mistakes as crosses."""
    figure = blank()
    for name, rows, style in _groups(found, labels):
        figure.add_trace(
            go.Scattergl(
                x=[found.tsne[0][k] for k in rows],
                y=[found.tsne[1][k] for k in rows],
                name=name,
                mode="markers",
                marker=style,
                customdata=rows,
                hovertext=[_says(found, labels, k) for k in rows],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    for label, x, y in _middles(found, labels):
        figure.add_annotation(
            x=x,
            y=y,
            text=f"<b>{label}</b>",
            showarrow=False,
            font={"size": 18, "color": "#10182b"},
            bgcolor="rgba(255,255,255,0.75)",
            borderpad=1,
        )
    if yours is not None:
        figure.add_trace(
            # Drawn as the points are: a plain scatter would lie under them.
            go.Scattergl(
                x=[yours[0]],
                y=[yours[1]],
                name=YOURS,
                mode="markers",
                marker={"symbol": "star", "size": 26, "color": ORANGE, "line": _RIM},
                hovertemplate=f"{YOURS}<extra></extra>",
            )
        )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")
    return finished(figure, 560, legend=LEGEND | {"y": -0.02}, hovermode="closest")


def room(found: Embedding, labels: Sequence[str], yours: Place | None = None) -> go.Figure:
    """The embedding in a room of its first three principal axes; it can be turned."""
    figure = blank()
    for name, rows, style in _groups(found, labels):
        x, y, z = ([axis[k] for k in rows] for axis in found.pca)
        figure.add_trace(
            go.Scatter3d(
                x=x,
                y=y,
                z=z,
                name=name,
                mode="markers",
                # In a room few signs can be drawn with any font: a diamond is one of them.
                marker=style
                | (
                    {"size": 3} if style["symbol"] == "circle" else {"size": 5, "symbol": "diamond"}
                ),
                customdata=rows,
                hovertext=[_says(found, labels, k) for k in rows],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    if yours is not None:
        figure.add_trace(
            go.Scatter3d(
                x=[yours[0]],
                y=[yours[1]],
                z=[yours[2]],
                name=YOURS,
                mode="markers",
                marker={"symbol": "square", "size": 9, "color": ORANGE, "line": _RIM},
                hovertemplate=f"{YOURS}<extra></extra>",
            )
        )
    axis = {"visible": False}
    camera = {"eye": {"x": 0.95, "y": 0.95, "z": 0.6}}
    figure = finished(figure, 560, legend=LEGEND | {"y": -0.02}, hovermode="closest")
    figure.update_layout(
        scene={
            "xaxis": axis,
            "yaxis": axis,
            "zaxis": axis,
            "dragmode": "turntable",
            "camera": camera,
        },
    )
    return figure


_RIM = {"color": "#10182b", "width": 2}


def _groups(
    found: Embedding, labels: Sequence[str]
) -> list[tuple[str, list[int], dict[str, object]]]:
    """Every label's points, and those that were read wrong."""
    rows: list[list[int]] = [[] for _ in labels]
    wrong: list[int] = []
    for k, (true, read) in enumerate(zip(found.label, found.predicted, strict=True)):
        (rows[true] if true == read else wrong).append(k)
    groups: list[tuple[str, list[int], dict[str, object]]] = [
        (name, rows[label], {"color": DIGITS[label % len(DIGITS)], "size": 5, "symbol": "circle"})
        for label, name in enumerate(labels)
    ]
    if wrong:
        style = {"color": BLUE, "size": 10, "symbol": "x", "line": _RIM}
        groups.append(("read wrong", wrong, style))
    return groups


def _says(found: Embedding, labels: Sequence[str], k: int) -> str:
    true, read = labels[found.label[k]], labels[found.predicted[k]]
    share = f"{100 * found.confidence[k]:.1f} %"
    return f"a {true}, {share}" if true == read else f"a {true} read as {read}, {share}"


def _middles(found: Embedding, labels: Sequence[str]) -> list[tuple[str, float, float]]:
    """Where a label's points are: the medians of x and of y."""
    middles = []
    for label, name in enumerate(labels):
        rows = [k for k, true in enumerate(found.label) if true == label]
        if rows:
            x, y = (sorted(axis[k] for k in rows)[len(rows) // 2] for axis in found.tsne)
            middles.append((name, x, y))
    return middles
