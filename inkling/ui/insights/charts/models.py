"""Figures that compare models with each other, and readers of photos."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from inkling.ui.insights.charts.style import LEGEND, SYMBOLS, error_bars
from inkling.ui.shared.figures import BLUE, GRID, QUIET, SERIES, blank, finished

if TYPE_CHECKING:
    from inkling.reports.statistics import Interval
    from inkling.ui.insights.costs import ModelCost

# Error bars over coloured bars.
BAR_COLOUR = "#7a8699"
PATTERNS = ("", "/", "x", ".")
# Two names overlap if their points are closer than this on the log axes (natural logarithms).
NEAR_COST, NEAR_ERRORS = 0.9, 0.35


def accuracies(names: Sequence[str], values: Sequence[Interval]) -> go.Figure:
    """Accuracies as points with their 95 % intervals, one row each."""
    figure = blank()
    figure.add_scatter(
        x=[100 * value.value for value in values],
        y=list(names),
        mode="markers",
        marker={"color": BLUE, "size": 11},
        error_x=_percent_bars(values, color=BLUE, thickness=2, width=5),
        customdata=[[100 * value.low, 100 * value.high] for value in values],
        hovertemplate="%{y}: %{x:.2f} % (%{customdata[0]:.2f} to %{customdata[1]:.2f})"
        "<extra></extra>",
    )
    figure.update_xaxes(title="accuracy (%), with 95 % interval", gridcolor=GRID)
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    return finished(figure, 90 + 36 * len(names))


def trade_off(points: Sequence[ModelCost], front: Sequence[int], title: str) -> go.Figure:
    """Errors by cost, both on log axes: further left and further down is better.

    Args:
        points: all models.
        front: indices of the Pareto front, by cost.
        title: of the cost's axis, with its unit.
    """
    figure = blank()
    figure.add_scatter(
        x=[points[k].cost for k in front],
        y=[points[k].errors for k in front],
        name="Pareto front",
        mode="lines",
        line={"color": QUIET, "width": 3, "shape": "hv"},
        hoverinfo="skip",
    )
    for place, kind in enumerate(dict.fromkeys(point.kind for point in points)):
        group = [point for point in points if point.kind == kind]
        # Only the first kind is labelled: the same model's other kinds lie level with it.
        _add_costs(figure, group, place, is_labelled=place == 0)
    costs = [point.cost for point in points]
    figure.update_xaxes(title=title, showgrid=False, **_log_axis(costs, 1.6, 3.0))
    bounds = [bound for point in points for bound in (point.low, point.high)]
    figure.update_yaxes(title="errors per 10,000", **_log_axis(bounds))
    return finished(figure, 420, legend=LEGEND)


def readers(names: Sequence[str], groups: Mapping[str, Sequence[Interval | None]]) -> go.Figure:
    """The share of lines read correctly, by set and reader, with 95 % intervals.

    Args:
        names: of the sets, one row each.
        groups: by reader, the accuracy on each set; None if it was not measured.
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
                "pattern": {"shape": PATTERNS[place % len(PATTERNS)], "size": 6},
            },
            error_x=_percent_bars([v for _, v in known], color=BAR_COLOUR, thickness=2, width=3),
            hovertemplate=f"%{{y}}: %{{x:.1f}} %<extra>{reader}</extra>",
        )
    figure.update_xaxes(title="read correctly (%), with 95 % interval", range=[0, 103])
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    height = 120 + 26 * len(names) * max(1, len(groups))
    return finished(figure, height, legend=LEGEND | {"y": 1.02, "yanchor": "bottom"}, bargap=0.25)


def _percent_bars(values: Sequence[Interval], **look: Any) -> dict[str, Any]:
    """Error bars of proportions, in percent."""
    return error_bars(
        [100 * value.value for value in values],
        [100 * value.low for value in values],
        [100 * value.high for value in values],
        **look,
    )


def _add_costs(
    figure: go.Figure, group: Sequence[ModelCost], place: int, *, is_labelled: bool
) -> None:
    kind = group[0].kind
    figure.add_scatter(
        x=[point.cost for point in group],
        y=[point.errors for point in group],
        name=kind,
        mode="markers+text",
        text=[f"  {point.name}" if is_labelled else "" for point in group],
        textposition=_label_positions(group),
        textfont={"size": 11},
        cliponaxis=False,
        marker={
            "color": SERIES[place % len(SERIES)],
            "symbol": SYMBOLS[place % len(SYMBOLS)],
            "size": 11,
        },
        error_y=error_bars(
            [point.errors for point in group],
            [point.low for point in group],
            [point.high for point in group],
            thickness=1,
            width=3,
        ),
        customdata=[[point.low, point.high, point.name] for point in group],
        hovertemplate="%{customdata[2]}: %{x:,.4g}, %{y:.4g} errors per 10,000"
        f" (%{{customdata[0]:.0f}} to %{{customdata[1]:.0f}})<extra>{kind}</extra>",
    )


def _label_positions(points: Sequence[ModelCost]) -> list[str]:
    """Where each point's name stands, so that those of near points do not overlap."""

    def is_near(a: ModelCost, b: ModelCost) -> bool:
        # At least half an error, because the logarithm of 0 is infinite.
        errors = [max(0.5, point.errors) for point in (a, b)]
        return (
            abs(math.log(a.cost / b.cost)) < NEAR_COST
            and abs(math.log(errors[0] / errors[1])) < NEAR_ERRORS
        )

    positions = []
    for point in points:
        near = [other for other in points if other is not point and is_near(point, other)]
        if not near:
            positions.append("middle right")
        elif all(point.errors >= other.errors for other in near):
            positions.append("top right")
        else:
            positions.append("bottom right")
    return positions


def _log_axis(values: Sequence[float], left: float = 1.25, right: float = 1.25) -> dict[str, Any]:
    """A log axis with plain numbers.

    Args:
        values: what it has to show.
        left, right: margins, as factors of the smallest and the largest value.
    """
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
