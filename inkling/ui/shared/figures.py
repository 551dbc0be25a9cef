"""The style of all Plotly figures, and the figures of the Draw page.

The colours can be told apart with any colour vision, on light and on dark pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

if TYPE_CHECKING:
    from inkling.reports.robustness import Sweep

BLUE = "#4c7cf0"
ORANGE = "#d9660a"
QUIET = "rgba(130, 145, 175, 0.55)"
# One colour per curve, each with its own dash. From the palette of Okabe and Ito (2008).
SERIES = (BLUE, ORANGE, "#009e73", "#cc79a7", "#56b4e9", "#8a6d00")
GRID = "rgba(130, 145, 175, 0.25)"
# Plotly's buttons are off: on a phone they would cover the chart.
CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False}


def blank() -> go.Figure:
    """A new figure.

    Plotly uses pandas if it is imported, and fails while another session's thread is importing it.
    So pandas is imported here first. The warm-up has done that already.
    """
    import pandas  # noqa: F401

    return go.Figure()


def finished(figure: go.Figure, height: int, title: str = "", **layout: Any) -> go.Figure:
    """Apply the app's style to a figure.

    Args:
        figure: changed in place.
        height: in pixels.
        title: above the figure.
        layout: further settings of Plotly's layout.
    """
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
    values: Sequence[float], labels: Sequence[str], is_sure: bool, height: int = 250
) -> go.Figure:
    """A bar for the probability of each label; the highest stands out.

    Args:
        values: one per label, 0..1.
        labels: their labels.
        is_sure: whether the answer is sure; the bar of an unsure answer is orange and hatched.
        height: in pixels.
    """
    best = max(range(len(values)), key=values.__getitem__)
    colours = [QUIET] * len(values)
    patterns = [""] * len(values)
    colours[best] = BLUE if is_sure else ORANGE
    patterns[best] = "" if is_sure else "/"
    # There is room for two digits: more than 99 % is shown as "99 %".
    texts = [f"{min(99, round(100 * value))} %" if value >= 0.005 else "" for value in values]
    figure = blank()
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
    return finished(figure, height, bargap=0.25, showlegend=False, uniformtext={"minsize": 9})


def sweep(measured: Sweep, value: float, height: int = 260) -> go.Figure:
    """Accuracy by the strength of a distortion, with its 95 % interval.

    Args:
        measured: the distortion's sweep.
        value: the strength that a dotted line marks.
        height: in pixels.
    """
    values = [point.value for point in measured.points]
    shares = [point.accuracy for point in measured.points]
    figure = blank()
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
    figure.update_xaxes(title=measured.unit, showgrid=False, zeroline=False)
    figure.update_yaxes(title="accuracy (%)", range=[0, 103], tickvals=[0, 25, 50, 75, 100])
    return finished(figure, height, showlegend=False)


def scores(values: Sequence[float], labels: Sequence[str], height: int = 250) -> go.Figure:
    """A bar for each score, from which the probabilities are computed; the highest stands out.

    Args:
        values: one per label, in nats, of any sign.
        labels: their labels; the last is "?" if "not a digit" has a score of its own.
        height: in pixels.
    """
    best = max(range(len(values)), key=values.__getitem__)
    figure = blank()
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
    margin = 0.15 * max(1e-6, max(values) - min(values))
    span = [min(0.0, min(values)) - margin, max(0.0, max(values)) + margin]
    figure.update_xaxes(type="category", showgrid=False, tickfont={"size": 14})
    figure.update_yaxes(title="score", range=span, zerolinecolor=QUIET)
    return finished(figure, height, bargap=0.25, showlegend=False, uniformtext={"minsize": 8})
