"""Figures of accuracy on corrupted and distorted digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from inkling.ui.insights.charts.style import LEGEND, SYMBOLS
from inkling.ui.shared.figures import SERIES, blank, finished

if TYPE_CHECKING:
    from inkling.reports.robustness import CorruptionResult, Sweep

# From no errors to all wrong; light in both themes, so that the dark figures on it can be read.
ERROR_COLOURS = [[0, "#eef2fa"], [0.3, "#fbe3cd"], [1, "#e0701a"]]
TEXT = "#10182b"


def corruptions(rows: Sequence[CorruptionResult]) -> go.Figure:
    """Errors of every corruption at every severity, in percent; a stronger orange is worse."""
    names = list(dict.fromkeys(row.corruption for row in rows))
    severities = sorted({row.severity for row in rows})
    cells = {(row.corruption, row.severity): row for row in rows}
    grid = [[cells.get((name, severity)) for severity in severities] for name in names]
    error = [[None if row is None else 100 * row.errors / row.n for row in line] for line in grid]
    figure = blank()
    figure.add_heatmap(
        x=["single" if severity == 0 else str(severity) for severity in severities],
        y=[name.replace("_", " ") for name in names],
        # The square root, because 1 % and 5 % differ as much to people as 50 % and 70 %.
        z=[[None if value is None else value**0.5 for value in line] for line in error],
        zmin=0,
        zmax=10,
        colorscale=ERROR_COLOURS,
        showscale=False,
        xgap=2,
        ygap=2,
        text=[["" if value is None else f"{value:.1f}" for value in line] for line in error],
        texttemplate="%{text}",
        textfont={"size": 11, "color": TEXT},
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


def sweeps(by_model: dict[str, Sweep]) -> go.Figure:
    """Accuracy by the strength of a distortion, one curve per model.

    The 95 % intervals are shown on hover.
    """
    figure = blank()
    for place, (name, sweep) in enumerate(by_model.items()):
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
    first = next(iter(by_model.values()))
    figure.update_xaxes(title=first.unit, showgrid=False, zeroline=False)
    figure.update_yaxes(title="accuracy (%)", range=[0, 103], tickvals=[0, 25, 50, 75, 100])
    title = first.kind.capitalize()
    return finished(figure, 340, title, legend=LEGEND, showlegend=len(by_model) > 1)
