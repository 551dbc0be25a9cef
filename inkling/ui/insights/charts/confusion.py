"""The confusion matrix as a figure whose cells can be clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import plotly.graph_objects as go

from inkling.ui.shared.figures import blank, finished
from inkling.ui.shared.phrases import with_article

Share = Literal["count", "row", "column"]
Matrix = Sequence[Sequence[int]]
# Indices of a true label and of the label it was read as.
Cell = tuple[int, int]

# Light in both themes, because the counts on them are dark.
EMPTY, WRONG, CORRECT = "#eef2fa", "#f2913d", "#c7d6fb"
TEXT = "#10182b"
# Of a difference: blue is better, orange worse; they differ with any colour vision.
BETTER, WORSE = "#7fa3f7", "#f2913d"
CHOSEN = "#2f55c8"
# Pixels: of a row, and the least of the whole figure.
ROW_HEIGHT, MIN_HEIGHT = 46, 240
# Pixels: the side of a cell on a phone. The whole cell can be clicked.
CLICK_SIZE = 28


def confusion(
    matrix: Matrix, labels: Sequence[str], share: Share = "count", chosen: Cell | None = None
) -> go.Figure:
    """How often each label was read as each: errors in orange, correct answers in a quiet blue.

    Args:
        matrix: counts; rows are the true labels, columns the predicted ones.
        labels: their names.
        share: "row" and "column" show percent of the row's or the column's sum.
        chosen: a cell to frame.
    """
    size = range(len(labels))
    parts = _parts(matrix, share)
    correct = [[1 if i == j else None for j in size] for i in size]
    # The square root, so that a single error can be seen beside twenty.
    shades = [[None if i == j else parts[i][j] ** 0.5 for j in size] for i in size]
    figure = blank()
    figure.add_heatmap(z=correct, colorscale=[[0, CORRECT], [1, CORRECT]], **_grid(labels))
    figure.add_heatmap(
        z=shades, zmin=0, colorscale=[[0, EMPTY], [0.2, "#fbe3cd"], [1, WRONG]], **_grid(labels)
    )
    texts = [[_cell_text(matrix[i][j], parts[i][j], share) for j in size] for i in size]
    hover = [
        f"{_cell_name(labels, i, j)}: {matrix[i][j]:,}"
        + (f" ({parts[i][j]:.2f} % of the {share})" if share != "count" else "")
        for i in size
        for j in size
    ]
    _add_cells(figure, labels, texts, hover)
    return _finished(figure, len(labels), chosen)


def difference(counts: Matrix, labels: Sequence[str], chosen: Cell | None = None) -> go.Figure:
    """The difference of two models' confusion matrices.

    Args:
        counts: one minus the other; rows are the true labels, columns the predicted ones.
        labels: their names.
        chosen: a cell to frame.
    """
    size = range(len(labels))
    shades = [[_improvement(counts[i][j], is_diagonal=i == j) for j in size] for i in size]
    top = max(1.0, *(abs(value) for row in shades for value in row))
    figure = blank()
    figure.add_heatmap(
        z=shades,
        zmin=-top,
        zmax=top,
        colorscale=[[0, WORSE], [0.5, EMPTY], [1, BETTER]],
        **_grid(labels),
    )
    texts = [[f"{counts[i][j]:+d}" if counts[i][j] else "" for j in size] for i in size]
    hover = [f"{_cell_name(labels, i, j)}: {counts[i][j]:+d}" for i in size for j in size]
    _add_cells(figure, labels, texts, hover)
    return _finished(figure, len(labels), chosen)


def _cell_name(labels: Sequence[str], true: int, read: int) -> str:
    return f"{with_article(labels[true])} read as {labels[read]}"


def _improvement(count: int, *, is_diagonal: bool) -> float:
    """The square root of a difference, positive for better: more on the diagonal, fewer off it."""
    if not count:
        return 0.0
    if not count:
        return 0.0
    root = float(abs(count) ** 0.5)
    return root if (count > 0) == is_diagonal else -root


def _parts(matrix: Matrix, share: Share) -> list[list[float]]:
    """Counts, or percent of a row's or a column's sum."""
    if share == "row":
        return [[100.0 * count / max(1, sum(row)) for count in row] for row in matrix]
    if share == "column":
        sums = [max(1, sum(column)) for column in zip(*matrix, strict=True)]
        return [[100.0 * count / sums[j] for j, count in enumerate(row)] for row in matrix]
    return [[float(count) for count in row] for row in matrix]


def _cell_text(count: int, part: float, share: Share) -> str:
    if not count:
        return ""
    if share == "count":
        return str(count)
    # "100.0" only for all of them.
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
    """Add the cells' texts, each with an invisible mark that takes the click."""
    cells = [(i, j) for i in range(len(labels)) for j in range(len(labels))]
    # Plotly fades what is not selected unless both states look the same.
    same = {"marker": {"opacity": 0}, "textfont": {"color": TEXT}}
    figure.add_scatter(
        x=[labels[j] for _, j in cells],
        y=[labels[i] for i, _ in cells],
        mode="markers+text",
        marker={"size": CLICK_SIZE, "opacity": 0, "symbol": "square"},
        text=[texts[i][j] for i, j in cells],
        textposition="middle center",
        textfont={"size": 11, "color": TEXT},
        customdata=[[i, j] for i, j in cells],
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        selected=same,
        unselected=same,
        showlegend=False,
    )


def _finished(figure: go.Figure, labels: int, chosen: Cell | None) -> go.Figure:
    if chosen is not None:
        true, read = chosen
        figure.add_shape(
            type="rect",
            x0=read - 0.5,
            x1=read + 0.5,
            y0=true - 0.5,
            y1=true + 0.5,
            line={"color": CHOSEN, "width": 3},
        )
    figure.update_xaxes(type="category", title="read as", side="top", showgrid=False)
    figure.update_yaxes(type="category", title="true label", autorange="reversed", showgrid=False)
    return finished(figure, max(MIN_HEIGHT, ROW_HEIGHT * labels), clickmode="event+select")
