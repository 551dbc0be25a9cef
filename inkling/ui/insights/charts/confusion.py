"""The confusion matrix as a chart whose cells can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import plotly.graph_objects as go

from inkling.ui.shared.figures import blank, finished

# Light in both themes, like the paper elsewhere: the counts on them are dark.
EMPTY, WRONG, RIGHT = "#eef2fa", "#f2913d", "#c7d6fb"
TEXT = "#10182b"
# Fewer than before is good and blue, more is bad and orange; both told apart with any vision.
FEWER, MORE = "#7fa3f7", "#f2913d"
Share = Literal["count", "row", "column"]
Matrix = Sequence[Sequence[int]]
# Numbers of a true label and of an answer.
Cell = tuple[int, int]
HEIGHT = 460


def confusion(
    matrix: Matrix, labels: Sequence[str], share: Share = "count", chosen: Cell | None = None
) -> go.Figure:
    """Which label was taken for which: errors in orange by how many, right answers quiet.

    Args:
        matrix: counts; rows are the true labels, columns the answers.
        labels: their names.
        share: "row" and "column" show percent of the row's or the column's sum.
        chosen: a cell to frame.
    """
    size = range(len(labels))
    parts = _parts(matrix, share)
    right = [[1 if i == j else None for j in size] for i in size]
    # A square root: one error must still be seen beside twenty.
    shades = [[None if i == j else parts[i][j] ** 0.5 for j in size] for i in size]
    figure = blank()
    figure.add_heatmap(z=right, colorscale=[[0, RIGHT], [1, RIGHT]], **_grid(labels))
    figure.add_heatmap(
        z=shades, zmin=0, colorscale=[[0, EMPTY], [0.2, "#fbe3cd"], [1, WRONG]], **_grid(labels)
    )
    texts = [[_cell(matrix[i][j], parts[i][j], share) for j in size] for i in size]
    hover = [
        f"is a {labels[i]}, read as {labels[j]}: {matrix[i][j]:,}"
        + (f" ({parts[i][j]:.2f} % of the {share})" if share != "count" else "")
        for i in size
        for j in size
    ]
    _add_cells(figure, labels, texts, hover)
    return _done(figure, chosen)


def difference(gains: Matrix, labels: Sequence[str], chosen: Cell | None = None) -> go.Figure:
    """How many more answers a second model gives in each cell than a first.

    Args:
        gains: second less first; rows are the true labels, columns the answers.
        labels: their names.
        chosen: a cell to frame.
    """
    size = range(len(labels))

    def good(i: int, j: int) -> float:
        # On the diagonal more is better, elsewhere fewer is.
        sign = 1.0 if i == j else -1.0
        value = sign * gains[i][j]
        return float((abs(value) ** 0.5) * (1 if value > 0 else -1 if value < 0 else 0))

    shades = [[good(i, j) for j in size] for i in size]
    top = max(1.0, *(abs(value) for row in shades for value in row))
    figure = blank()
    figure.add_heatmap(
        z=shades,
        zmin=-top,
        zmax=top,
        colorscale=[[0, MORE], [0.5, EMPTY], [1, FEWER]],
        **_grid(labels),
    )
    texts = [[f"{gains[i][j]:+d}" if gains[i][j] else "" for j in size] for i in size]
    hover = [f"is a {labels[i]}, read as {labels[j]}: {gains[i][j]:+d}" for i in size for j in size]
    _add_cells(figure, labels, texts, hover)
    return _done(figure, chosen)


def _parts(matrix: Matrix, share: Share) -> list[list[float]]:
    """Counts, or percent of a row's or a column's sum."""
    if share == "row":
        return [[100.0 * count / max(1, sum(row)) for count in row] for row in matrix]
    if share == "column":
        sums = [max(1, sum(column)) for column in zip(*matrix, strict=True)]
        return [[100.0 * count / sums[j] for j, count in enumerate(row)] for row in matrix]
    return [[float(count) for count in row] for row in matrix]


def _cell(count: int, part: float, share: Share) -> str:
    if not count:
        return ""
    if share == "count":
        return str(count)
    return f"{part:.1f}" if part < 99.95 or part == 100.0 else "99.9"


def _grid(labels: Sequence[str]) -> dict[str, Any]:
    names = list(labels)
    return {
        "x": names,
        "y": names,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverinfo": "skip",
    }


def _add_cells(
    figure: go.Figure, labels: Sequence[str], texts: list[list[str]], hover: list[str]
) -> None:
    """What is written in the cells, each with a mark to click that is not seen."""
    cells = [(i, j) for i in range(len(labels)) for j in range(len(labels))]
    alike = {"marker": {"opacity": 0}, "textfont": {"color": TEXT}}
    figure.add_scatter(
        x=[labels[j] for _, j in cells],
        y=[labels[i] for i, _ in cells],
        mode="markers+text",
        # As large as a cell on a phone.
        marker={"size": 28, "opacity": 0, "symbol": "square"},
        text=[texts[i][j] for i, j in cells],
        textposition="middle center",
        textfont={"size": 11, "color": TEXT},
        customdata=[[i, j] for i, j in cells],
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        selected=alike,
        unselected=alike,
        showlegend=False,
    )


def _done(figure: go.Figure, chosen: Cell | None) -> go.Figure:
    if chosen is not None:
        true, read = chosen
        figure.add_shape(
            type="rect",
            x0=read - 0.5,
            x1=read + 0.5,
            y0=true - 0.5,
            y1=true + 0.5,
            line={"color": "#2f55c8", "width": 3},
        )
    figure.update_xaxes(type="category", title="read as", side="top", showgrid=False)
    figure.update_yaxes(type="category", title="is a", autorange="reversed", showgrid=False)
    return finished(figure, HEIGHT, clickmode="event+select")
