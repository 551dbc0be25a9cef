"""Figures of confidence: its reliability, its distribution, and the effect of a threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from inkling.ui.insights.charts.style import DASHES, LEGEND, SYMBOLS, error_bars
from inkling.ui.shared.figures import BLUE, ORANGE, QUIET, SERIES, blank, finished

if TYPE_CHECKING:
    from inkling.reports.comparison import OperatingPoint
    from inkling.reports.schema import Reliability

# The threshold chart shows at least this coverage, in percent, up to 100.
LOWEST_COVERAGE = 95.0
# Errors are shown per this many answers.
PER = 1e4


def reliability(diagrams: Sequence[Reliability]) -> go.Figure:
    """Accuracy by confidence; on the diagonal, the two are equal."""
    figure = blank()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        name="perfectly calibrated",
        line={"color": QUIET, "dash": "dot", "width": 2},
        hoverinfo="skip",
    )
    for place, diagram in enumerate(diagrams):
        _add_diagram(figure, diagram, place)
    figure.update_xaxes(title="mean confidence (%)", range=[-2, 104], showgrid=False)
    figure.update_yaxes(title="accuracy (%)", range=[-4, 106])
    return finished(figure, 360, "Accuracy by confidence", legend=LEGEND)


def histogram(counts: Mapping[str, Sequence[int]]) -> go.Figure:
    """How confident answers are, by kind.

    Args:
        counts: by kind, answers in bins of equal width from 0 to 1.
    """
    figure = blank()
    for place, (kind, row) in enumerate(counts.items()):
        width = 100 / len(row)
        figure.add_scatter(
            x=[width * (k + 0.5) for k in range(len(row))],
            y=[count or None for count in row],
            name=kind,
            mode="lines+markers",
            connectgaps=False,
            line={
                "color": SERIES[place % len(SERIES)],
                "width": 2,
                "shape": "hvh",
                "dash": DASHES[place % len(DASHES)],
            },
            marker={"size": 5},
            hovertemplate=f"%{{x:.1f}} % ± {width / 2:g}: %{{y:,}}<extra>{kind}</extra>",
        )
    figure.update_xaxes(title="confidence (%)", range=[0, 100], showgrid=False)
    figure.update_yaxes(title="answers (log scale)", type="log", dtick=1)
    return finished(figure, 360, "Distribution of confidence", legend=LEGEND)


def risk_coverage(curve: Sequence[OperatingPoint], chosen: OperatingPoint) -> go.Figure:
    """Error rate by the share of digits that is answered, with the chosen operating point."""
    shown = [(point, point.error) for point in curve if point.error and point.coverage >= 0.5]
    figure = blank()
    figure.add_scatter(
        x=[100 * point.coverage for point, _ in shown],
        y=[PER * error.value for _, error in shown],
        mode="lines",
        line={"color": BLUE, "width": 2, "shape": "vh"},
        customdata=[[100 * point.threshold, point.wrong, point.answered] for point, _ in shown],
        hovertemplate="%{x:.2f} % answered: %{customdata[1]} wrong of %{customdata[2]:,}<br>"
        "confidence of at least %{customdata[0]:.2f} %<extra></extra>",
    )
    if chosen.error is not None:
        value, low, high = (PER * v for v in _bounds(chosen))
        figure.add_scatter(
            x=[100 * chosen.coverage],
            y=[value],
            mode="markers",
            marker={"color": ORANGE, "size": 14, "symbol": "diamond"},
            error_y=error_bars([value], [low], [high], color=ORANGE, thickness=2),
            hovertemplate="your choice<extra></extra>",
        )
    left = min(LOWEST_COVERAGE, 100 * chosen.coverage - 1)
    highest = [PER * high for _, _, high in map(_bounds, [chosen, *(p for p, _ in shown[:1])])]
    figure.update_xaxes(title="share of digits answered (%)", range=[left, 100.2])
    figure.update_yaxes(
        title="errors per 10,000 answers", range=[0, 1.05 * (max(highest) or 1.0)], zeroline=True
    )
    return finished(figure, 320, showlegend=False)


def _bounds(point: OperatingPoint) -> tuple[float, float, float]:
    """A point's error rate with its interval; zeros if nothing is answered."""
    error = point.error
    return (error.value, error.low, error.high) if error else (0.0, 0.0, 0.0)


def _add_diagram(figure: go.Figure, diagram: Reliability, place: int) -> None:
    """Add one data set's points to a reliability diagram."""
    from inkling.reports.statistics import wilson

    largest = max((one.n for one in diagram.bins), default=1)
    shares = [wilson(round(one.accuracy * one.n), one.n) for one in diagram.bins]
    figure.add_scatter(
        x=[100 * one.confidence for one in diagram.bins],
        y=[100 * one.accuracy for one in diagram.bins],
        name=f"{diagram.data} ({diagram.n:,})",
        mode="markers",
        error_y=error_bars(
            [100 * share.value for share in shares],
            [100 * share.low for share in shares],
            [100 * share.high for share in shares],
            thickness=1.2,
            width=3,
        ),
        marker={
            "color": SERIES[place % len(SERIES)],
            # Larger for more answers; the small power keeps the nearly empty bins visible.
            "size": [7 + 12 * (one.n / largest) ** 0.3 for one in diagram.bins],
            "symbol": SYMBOLS[place % len(SYMBOLS)],
            "opacity": 0.8,
        },
        customdata=[one.n for one in diagram.bins],
        hovertemplate="confidence %{x:.1f} %, accuracy %{y:.1f} %, %{customdata:,} answers"
        "<extra></extra>",
    )
