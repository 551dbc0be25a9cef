"""The leaderboard: every model's errors with their intervals on one axis, as HTML.

HTML because it is the first thing the page shows, and Plotly takes a browser seconds to load.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from inkling.reports import published
from inkling.ui.insights.costs import errors_per_10_000
from inkling.ui.shared import resources

if TYPE_CHECKING:
    from inkling.reports.schema import Report

Group = Literal["chosen", "ours", "published"]

TITLES: dict[Group, str] = {
    "chosen": "this model",
    "ours": "measured here",
    "published": "published",
}
COLOURS: dict[Group, str] = {"chosen": "#d9660a", "ours": "#4c7cf0", "published": "#7a8699"}
# The groups differ by shape too: a diamond, a disc and a ring.
SHAPES: dict[Group, str] = {
    "chosen": "transform:translate(-50%,-50%) rotate(45deg)",
    "ours": "transform:translate(-50%,-50%);border-radius:50%",
    "published": "transform:translate(-50%,-50%);border-radius:50%;background:transparent",
}
# The axis is logarithmic if the worst model has more than this many times the best one's errors.
MAX_LINEAR_RATIO = 40.0


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """A model's errors per 10,000 test digits with their 95 % interval."""

    name: str
    errors: float
    low: float
    high: float
    group: Group


def rows(reports: Sequence[Report], chosen: str) -> list[LeaderboardRow]:
    """Every model that was tested on MNIST, and the published results.

    Args:
        reports: of all models.
        chosen: the name of the model to stand out.
    """
    from inkling.reports.statistics import wilson

    listed = []
    for report in reports:
        test = report.split("test")
        if test and test.dataset == published.DATASET:
            group: Group = "chosen" if report.name == chosen else "ours"
            title = resources.model_title(report.name)
            listed.append(LeaderboardRow(title, *errors_per_10_000(test.accuracy), group))
    for result in published.RESULTS:
        accuracy = wilson(published.N - result.errors, published.N)
        listed.append(LeaderboardRow(result.name, *errors_per_10_000(accuracy), "published"))
    return listed


def is_log(rows: Sequence[LeaderboardRow]) -> bool:
    """Whether the axis has to be logarithmic, because one model is far worse than the best."""
    values = [row.errors for row in rows]
    return bool(values) and max(values) > MAX_LINEAR_RATIO * max(1.0, min(values))


def to_html(rows: Sequence[LeaderboardRow]) -> str:
    """All rows on one axis, the best at the top."""
    ranked = sorted(rows, key=lambda row: row.errors)
    ticks = _ticks(ranked)
    lines = "".join(_row(row, ticks, is_log(rows)) for row in ranked)
    scale = " (logarithmic scale)" if is_log(rows) else ""
    legend = " ".join(
        f'<span style="display:inline-flex;align-items:center;gap:0.4rem;margin-right:1rem">'
        f'<span style="position:relative;width:12px;height:12px">{_mark(group, 50.0)}</span>'
        f"{TITLES[group]}</span>"
        for group in dict.fromkeys(row.group for row in ranked)
    )
    return (
        f'<div role="list" style="font-size:0.9rem">{lines}</div>{_axis(ticks, is_log(rows))}'
        f'<div style="font-size:0.8rem;margin-top:1.5rem">errors per 10,000 digits{scale}, with '
        f'95 % interval</div><div style="font-size:0.8rem;margin-top:0.3rem">{legend}</div>'
    )


def _ticks(rows: Sequence[LeaderboardRow]) -> list[float]:
    """Tick values; the first and the last are the ends of the axis."""
    high = max((row.high for row in rows), default=1.0)
    if is_log(rows):
        low = min(max(1.0, row.low) for row in rows)
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        return [10.0**power for power in range(first, last + 1)]
    step = next(s * 10**p for p in range(5) for s in (1, 2, 5) if s * 10**p * 6 >= high)
    return [float(step * k) for k in range(math.ceil(high / step) + 1)]


def _position(value: float, ticks: Sequence[float], log: bool) -> float:
    """Where a value lies on the axis, in percent of its length."""
    if log:
        value, ticks = math.log(max(value, ticks[0])), [math.log(tick) for tick in ticks]
    return 100.0 * (value - ticks[0]) / (ticks[-1] - ticks[0])


def _row(row: LeaderboardRow, ticks: Sequence[float], log: bool) -> str:
    low, middle, high = (_position(v, ticks, log) for v in (row.low, row.errors, row.high))
    weight = 650 if row.group == "chosen" else 400
    colour = COLOURS[row.group]
    return (
        '<div role="listitem" style="display:flex;flex-wrap:wrap;align-items:center;'
        'column-gap:1rem;padding:0.25rem 0">'
        f'<div style="flex:1 1 19rem;display:flex;justify-content:space-between;'
        f'font-weight:{weight}"><span>{html.escape(row.name)}</span>'
        f'<span>{row.errors:,.4g} <span style="opacity:0.7">({row.low:,.0f} to {row.high:,.0f})'
        "</span></span></div>"
        '<div aria-hidden="true" style="flex:100 1 16rem;position:relative;height:1.1rem;'
        'background:rgba(130,145,175,0.13);border-radius:0.3rem">'
        f'<div style="position:absolute;top:calc(50% - 1.5px);height:3px;left:{low:.2f}%;'
        f'width:{high - low:.2f}%;background:{colour}"></div>{_mark(row.group, middle)}</div>'
        "</div>"
    )


def _mark(group: Group, position: float) -> str:
    colour = COLOURS[group]
    return (
        f'<div style="position:absolute;left:{position:.2f}%;top:50%;width:10px;height:10px;'
        f"box-sizing:border-box;border:2px solid {colour};background:{colour};"
        f'{SHAPES[group]}"></div>'
    )


def _axis(ticks: Sequence[float], log: bool) -> str:
    marks = "".join(
        f'<div style="position:absolute;left:{_position(tick, ticks, log):.2f}%;'
        f"transform:translateX({-100 if tick == ticks[-1] else 0 if tick == ticks[0] else -50}%)"
        f'">{tick:,.0f}</div>'
        for tick in ticks
    )
    return (
        '<div aria-hidden="true" style="display:flex;flex-wrap:wrap;column-gap:1rem;'
        'font-size:0.8rem;opacity:0.75"><div style="flex:1 1 19rem"></div>'
        f'<div style="flex:100 1 16rem;position:relative;height:0">{marks}</div></div>'
    )
