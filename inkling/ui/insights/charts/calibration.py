"""Charts of confidence: whether it can be believed, and what a threshold on it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from inkling.ui.insights.charts.training import LEGEND
from inkling.ui.shared.figures import BLUE, ORANGE, QUIET, SERIES, blank, finished

if TYPE_CHECKING:
    from inkling.reports.comparison import OperatingPoint
    from inkling.reports.schema import Reliability


def reliability(found: Sequence[Reliability]) -> go.Figure:
    """How often answers of some confidence are right; on the diagonal, confidence is honest."""
    from inkling.reports.statistics import wilson

    figure = blank()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        name="honest",
        line={"color": QUIET, "dash": "dot", "width": 2},
        hoverinfo="skip",
    )
    for place, one in enumerate(found):
        most = max((bin_.n for bin_ in one.bins), default=1)
        shares = [wilson(round(bin_.accuracy * bin_.n), bin_.n) for bin_ in one.bins]
        figure.add_scatter(
            x=[100 * bin_.confidence for bin_ in one.bins],
            y=[100 * bin_.accuracy for bin_ in one.bins],
            name=f"{one.data} ({one.n:,})",
            mode="markers",
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [100 * (share.high - share.value) for share in shares],
                "arrayminus": [100 * (share.value - share.low) for share in shares],
                "thickness": 1.2,
                "width": 3,
            },
            marker={
                "color": SERIES[place % len(SERIES)],
                # By how many answers are behind it: most lie in the last bin.
                "size": [7 + 12 * (bin_.n / most) ** 0.3 for bin_ in one.bins],
                "symbol": ("circle", "diamond")[place % 2],
                "opacity": 0.8,
            },
            customdata=[bin_.n for bin_ in one.bins],
            hovertemplate="said %{x:.1f} %, right %{y:.1f} %, %{customdata:,} answers"
            "<extra></extra>",
        )
    figure.update_xaxes(title="mean confidence (%)", range=[-2, 104], showgrid=False)
    figure.update_yaxes(title="right (%)", range=[-4, 106])
    return finished(figure, 360, "Is its confidence honest?", legend=LEGEND)


def histogram(counts: Mapping[str, Sequence[int]]) -> go.Figure:
    """How confident answers are, by kind; bins of equal width from 0 to 1, a log axis up."""
    figure = blank()
    dashes = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
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
                "dash": dashes[place % len(dashes)],
            },
            marker={"size": 5},
            hovertemplate=f"%{{x:.1f}} % ± {width / 2:g}: %{{y:,}}<extra>{kind}</extra>",
        )
    figure.update_xaxes(title="confidence (%)", range=[0, 100], showgrid=False)
    figure.update_yaxes(title="answers (log)", type="log", dtick=1)
    return finished(figure, 360, "How confident is it?", legend=LEGEND)


def risk(curve: Sequence[OperatingPoint], chosen: OperatingPoint) -> go.Figure:
    """Error by the part that is answered, and where the chosen threshold stands."""
    shown = [kept for kept in curve if kept.error is not None and kept.coverage >= 0.5]
    figure = blank()
    figure.add_scatter(
        x=[100 * kept.coverage for kept in shown],
        y=[1e4 * kept.error.value for kept in shown if kept.error],
        mode="lines",
        line={"color": BLUE, "width": 2, "shape": "vh"},
        customdata=[[100 * kept.threshold, kept.wrong, kept.answered] for kept in shown],
        hovertemplate="answers %{x:.2f} %: %{customdata[1]} wrong of %{customdata[2]:,}<br>"
        "confidence from %{customdata[0]:.2f} %<extra></extra>",
    )
    if chosen.error is not None:
        figure.add_scatter(
            x=[100 * chosen.coverage],
            y=[1e4 * chosen.error.value],
            mode="markers",
            marker={"color": ORANGE, "size": 14, "symbol": "diamond"},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [1e4 * (chosen.error.high - chosen.error.value)],
                "arrayminus": [1e4 * (chosen.error.value - chosen.error.low)],
                "color": ORANGE,
                "thickness": 2,
            },
            hovertemplate="your choice<extra></extra>",
        )
    low = min([95.0, 100 * chosen.coverage - 1])
    top = [1e4 * k.error.high for k in (chosen, *shown[:1]) if k.error]
    figure.update_xaxes(title="part of the digits it answers (%)", range=[low, 100.2])
    figure.update_yaxes(
        title="wrong in 10,000 answers", range=[0, 1.05 * max(top, default=1.0)], zeroline=True
    )
    return finished(figure, 320, showlegend=False)
