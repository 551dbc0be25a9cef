"""Charts that put models beside each other, and beside what others have published."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from inkling.ui.insights.charts.training import LEGEND, SYMBOLS
from inkling.ui.shared.figures import BLUE, GRID, QUIET, SERIES, blank, finished

if TYPE_CHECKING:
    from inkling.reports.statistics import Interval


def accuracies(names: Sequence[str], values: Sequence[Interval]) -> go.Figure:
    """Accuracies as points with their 95 % intervals, one row each."""
    rows = list(names)
    figure = blank()
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
    return finished(figure, 90 + 36 * len(rows))


@dataclass(frozen=True, slots=True)
class Cost:
    """What a model costs and gives: `cost` in the axis's unit, `errors` of 10,000 with interval."""

    name: str
    kind: str
    cost: float
    errors: float
    low: float
    high: float


def _name_places(points: Sequence[Cost]) -> list[str]:
    """Where each point's name stands: apart from that of one that lies nearly level with it."""

    def is_near(a: Cost, b: Cost) -> bool:
        errors = [max(0.5, point.errors) for point in (a, b)]
        return abs(math.log(a.cost / b.cost)) < 0.9 and abs(math.log(errors[0] / errors[1])) < 0.35

    places = []
    for point in points:
        near = [other for other in points if other is not point and is_near(point, other)]
        if not near:
            places.append("middle right")
        elif all(point.errors >= other.errors for other in near):
            places.append("top right")
        else:
            places.append("bottom right")
    return places


def trade_off(points: Sequence[Cost], best: Sequence[int], title: str) -> go.Figure:
    """Errors by cost, both on log axes: left and below is better.

    Args:
        points: all of them.
        best: places of those that no other beats in both, by cost.
        title: of the cost's axis, with its unit.
    """
    figure = blank()
    figure.add_scatter(
        x=[points[k].cost for k in best],
        y=[points[k].errors for k in best],
        name="none is better in both",
        mode="lines",
        line={"color": QUIET, "width": 3, "shape": "hv"},
        hoverinfo="skip",
    )
    for place, kind in enumerate(dict.fromkeys(point.kind for point in points)):
        group = [point for point in points if point.kind == kind]
        figure.add_scatter(
            x=[point.cost for point in group],
            y=[point.errors for point in group],
            name=kind,
            mode="markers+text",
            # Its other kinds lie level with it, and are named when pointed at.
            text=[f"  {point.name}" if place == 0 else "" for point in group],
            textposition=_name_places(group),
            textfont={"size": 11},
            cliponaxis=False,
            marker={"color": SERIES[place], "symbol": SYMBOLS[place], "size": 11},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [point.high - point.errors for point in group],
                "arrayminus": [point.errors - point.low for point in group],
                "thickness": 1,
                "width": 3,
            },
            customdata=[[point.low, point.high, point.name] for point in group],
            hovertemplate="%{customdata[2]}: %{x:,.4g}, %{y:.4g} wrong of 10,000"
            f" (%{{customdata[0]:.0f}} to %{{customdata[1]:.0f}})<extra>{kind}</extra>",
        )
    costs = [point.cost for point in points]
    figure.update_xaxes(title=title, showgrid=False, **_log_axis(costs, 1.6, 3.0))
    heights = [height for point in points for height in (point.low, point.high)]
    figure.update_yaxes(title="wrong of 10,000", **_log_axis(heights))
    return finished(figure, 420, legend=LEGEND)


def _log_axis(values: Sequence[float], left: float = 1.25, right: float = 1.25) -> dict[str, Any]:
    """A log axis with plain numbers, and room at both ends, as factors."""
    positive = [value for value in values if value > 0] or [1.0]
    low, high = min(positive) / left, max(positive) * right
    digits = (1,) if high > 2000 * low else (1, 3) if high > 200 * low else (1, 2, 5)
    ticks = [digit * 10.0**power for power in range(-4, 9) for digit in digits]
    return {
        "type": "log",
        "range": [math.log10(low), math.log10(high)],
        "tickvals": ticks,
        "ticktext": [f"{tick:,.10g}" for tick in ticks],
    }


def readers(names: Sequence[str], groups: Mapping[str, Sequence[Interval | None]]) -> go.Figure:
    """Whole lines read right, by set and reader, with 95 % intervals.

    Args:
        names: of the sets, one a row.
        groups: by reader, a part for every set; None where it was not measured.
    """
    figure = blank()
    for place, (reader, values) in enumerate(groups.items()):
        known = [(name, v) for name, v in zip(names, values, strict=True) if v is not None]
        figure.add_bar(
            y=[name for name, _ in known],
            x=[100 * v.value for _, v in known],
            name=reader,
            orientation="h",
            marker={
                "color": SERIES[place % len(SERIES)],
                "pattern": {"shape": ("", "/", "x", ".")[place % 4], "size": 6},
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [100 * (v.high - v.value) for _, v in known],
                "arrayminus": [100 * (v.value - v.low) for _, v in known],
                "color": "#7a8699",
                "thickness": 2,
                "width": 3,
            },
            hovertemplate=f"%{{y}}: %{{x:.1f}} %<extra>{reader}</extra>",
        )
    figure.update_xaxes(title="read right (%), with its 95 % interval", range=[0, 103])
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    height = 120 + 26 * len(names) * max(1, len(groups))
    return finished(figure, height, legend=LEGEND | {"y": 1.02, "yanchor": "bottom"}, bargap=0.25)
