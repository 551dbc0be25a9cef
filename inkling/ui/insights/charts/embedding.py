"""Figures of the embedding: test digits in the network's feature space, in 2-D and 3-D."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from inkling.ui.insights.charts.style import LEGEND, OUTLINE
from inkling.ui.shared.figures import BLUE, ORANGE, blank, finished
from inkling.ui.shared.phrases import with_article

if TYPE_CHECKING:
    from inkling.reports.robustness import Embedding

# Paul Tol's "muted" colours with Okabe and Ito's black made grey; labels beyond the last start
# again from the first. Groups also differ by name and place, never by colour alone.
LABEL_COLOURS = (
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
DRAWING = "your drawing"
# Pixels.
HEIGHT = 560
HOVER = "%{hovertext}<extra></extra>"

# Coordinates of the user's drawing: x and y, or x, y and z.
Position = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Points that look alike: those of one label, or those that were misread.

    Attributes:
        name: in the legend.
        rows: indices into the embedding's lists.
        color: of the marks.
        is_misread: whether they are shown as crosses, larger than the others.
    """

    name: str
    rows: list[int]
    color: str
    is_misread: bool = False


def figure_2d(
    embedding: Embedding, labels: Sequence[str], drawing: Position | None = None
) -> go.Figure:
    """The t-SNE plane: one colour and name per label, misread digits as crosses."""
    figure = blank()
    for group in _groups(embedding, labels):
        x, y = _coordinates(embedding.tsne, group)
        # As SVG: Plotly's WebGL in two dimensions compiles text to code, which the content security
        # policy forbids.
        figure.add_trace(go.Scatter(x=x, y=y, **_points(embedding, labels, group)))
        figure.data[-1].marker.update(
            {"size": 10, "symbol": "x", "line": OUTLINE} if group.is_misread else {"size": 5}
        )
    for label, position in _label_positions(embedding, labels):
        figure.add_annotation(
            x=position[0],
            y=position[1],
            text=f"<b>{label}</b>",
            showarrow=False,
            font={"size": 18, "color": "#10182b"},
            bgcolor="rgba(255,255,255,0.75)",
            borderpad=1,
        )
    if drawing is not None:
        trace = go.Scatter(x=[drawing[0]], y=[drawing[1]], **_drawing_mark("star", 26))
        figure.add_trace(trace)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")
    return _finished(figure)


def figure_3d(
    embedding: Embedding, labels: Sequence[str], drawing: Position | None = None
) -> go.Figure:
    """The first three principal components, as a scene that can be turned."""
    figure = blank()
    for group in _groups(embedding, labels):
        x, y, z = _coordinates(embedding.pca, group)
        figure.add_trace(go.Scatter3d(x=x, y=y, z=z, **_points(embedding, labels, group)))
        # Plotly draws only a few symbols in 3-D; its cross is hard to see among discs.
        figure.data[-1].marker.update(
            {"size": 5, "symbol": "diamond", "line": OUTLINE} if group.is_misread else {"size": 3}
        )
    if drawing is not None:
        x, y, z = ([value] for value in drawing)
        figure.add_trace(go.Scatter3d(x=x, y=y, z=z, **_drawing_mark("square", 9)))
    figure = _finished(figure)
    axis = {"visible": False}
    figure.update_layout(
        scene={
            "xaxis": axis,
            "yaxis": axis,
            "zaxis": axis,
            "dragmode": "turntable",
            "camera": {"eye": {"x": 0.95, "y": 0.95, "z": 0.6}},
        },
    )
    return figure


def _finished(figure: go.Figure) -> go.Figure:
    return finished(figure, HEIGHT, legend=LEGEND | {"y": -0.02}, hovermode="closest")


def _groups(embedding: Embedding, labels: Sequence[str]) -> list[Group]:
    """The correctly read points of every label, and the misread ones of all."""
    rows: list[list[int]] = [[] for _ in labels]
    misread: list[int] = []
    for k, (true, read) in enumerate(zip(embedding.label, embedding.predicted, strict=True)):
        (rows[true] if true == read else misread).append(k)
    groups = [
        Group(name, rows[label], LABEL_COLOURS[label % len(LABEL_COLOURS)])
        for label, name in enumerate(labels)
    ]
    if misread:
        groups.append(Group("misread", misread, BLUE, is_misread=True))
    return groups


def _coordinates(axes: Sequence[Sequence[float]], group: Group) -> list[list[float]]:
    """A group's coordinates, a list for each axis."""
    return [[axis[k] for k in group.rows] for axis in axes]


def _points(embedding: Embedding, labels: Sequence[str], group: Group) -> dict[str, Any]:
    """What a group's trace says and shows in both figures."""
    return {
        "name": group.name,
        "mode": "markers",
        "marker": {"color": group.color},
        "customdata": group.rows,
        "hovertext": [_hover_text(embedding, labels, k) for k in group.rows],
        "hovertemplate": HOVER,
    }


def _drawing_mark(symbol: str, size: int) -> dict[str, Any]:
    """What the trace of the user's drawing says and shows in both figures."""
    return {
        "name": DRAWING,
        "mode": "markers",
        "marker": {"symbol": symbol, "size": size, "color": ORANGE, "line": OUTLINE},
        "hovertemplate": f"{DRAWING}<extra></extra>",
    }


def _hover_text(embedding: Embedding, labels: Sequence[str], k: int) -> str:
    true, read = labels[embedding.label[k]], labels[embedding.predicted[k]]
    confidence = f"{100 * embedding.confidence[k]:.1f} %"
    return f"{with_article(true)}{'' if true == read else f' read as {read}'}, {confidence}"


def _label_positions(
    embedding: Embedding, labels: Sequence[str]
) -> list[tuple[str, tuple[float, float]]]:
    """Every label that occurs, with the medians of its points' t-SNE coordinates."""
    positions = []
    for label, name in enumerate(labels):
        rows = [k for k, true in enumerate(embedding.label) if true == label]
        if rows:
            x, y = (sorted(axis[k] for k in rows)[len(rows) // 2] for axis in embedding.tsne)
            positions.append((name, (x, y)))
    return positions
