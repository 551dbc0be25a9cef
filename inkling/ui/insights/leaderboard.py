"""Where a model stands: errors with their intervals on one axis, as HTML.

No chart library: this is what the page shows first, and Plotly takes a browser seconds to load.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Standing = Literal["chosen", "ours", "published"]
NAMES: dict[Standing, str] = {
    "chosen": "chosen",
    "ours": "measured here",
    "published": "as published",
}
COLOURS: dict[Standing, str] = {"chosen": "#d9660a", "ours": "#4c7cf0", "published": "#7a8699"}
# Told apart by more than their colour: a diamond, a disc, a ring.
SHAPES: dict[Standing, str] = {
    "chosen": "transform:translate(-50%,-50%) rotate(45deg)",
    "ours": "transform:translate(-50%,-50%);border-radius:50%",
    "published": "transform:translate(-50%,-50%);border-radius:50%;background:transparent",
}
# From so much worse than the best on, a linear axis would press the others together.
FAR = 40.0


@dataclass(frozen=True, slots=True)
class Errors:
    """A row: errors with their 95 % interval, all of 10,000."""

    name: str
    errors: float
    low: float
    high: float
    standing: Standing


def is_log(rows: Sequence[Errors]) -> bool:
    """Whether one is so far off that the axis has to be logarithmic."""
    values = [row.errors for row in rows]
    return bool(values) and max(values) > FAR * max(1.0, min(values))


def to_html(rows: Sequence[Errors]) -> str:
    """All rows on one axis, the best above: from 0, or logarithmic where one is far off."""
    ranked = sorted(rows, key=lambda row: row.errors)
    ticks = _ticks(ranked)
    lines = "".join(_row(row, ticks, is_log(rows)) for row in ranked)
    scale = " (logarithmic)" if is_log(rows) else ""
    used = dict.fromkeys(row.standing for row in ranked)
    legend = " ".join(
        f'<span style="display:inline-flex;align-items:center;gap:0.4rem;margin-right:1rem">'
        f'<span style="position:relative;width:12px;height:12px">{_mark(standing, 50.0)}</span>'
        f"{NAMES[standing]}</span>"
        for standing in used
    )
    return (
        f'<div role="list" style="font-size:0.9rem">{lines}</div>{_axis(ticks, is_log(rows))}'
        f'<div style="font-size:0.8rem;margin-top:1.5rem">wrong of 10,000{scale}, with the 95 % '
        f'interval</div><div style="font-size:0.8rem;margin-top:0.3rem">{legend}</div>'
    )


def _ticks(rows: Sequence[Errors]) -> list[float]:
    """From the axis's beginning to its end."""
    high = max((row.high for row in rows), default=1.0)
    if is_log(rows):
        low = min(max(1.0, row.low) for row in rows)
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        return [10.0**power for power in range(first, last + 1)]
    step = next(s * 10**p for p in range(5) for s in (1, 2, 5) if s * 10**p * 6 >= high)
    return [float(step * k) for k in range(math.ceil(high / step) + 1)]


def _place(value: float, ticks: Sequence[float], log: bool) -> float:
    """Percent of the axis."""
    if log:
        value, ticks = math.log(max(value, ticks[0])), [math.log(tick) for tick in ticks]
    return 100.0 * (value - ticks[0]) / (ticks[-1] - ticks[0])


def _row(row: Errors, ticks: Sequence[float], log: bool) -> str:
    low, middle, high = (_place(v, ticks, log) for v in (row.low, row.errors, row.high))
    weight = 650 if row.standing == "chosen" else 400
    colour = COLOURS[row.standing]
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
        f'width:{high - low:.2f}%;background:{colour}"></div>{_mark(row.standing, middle)}</div>'
        "</div>"
    )


def _mark(standing: Standing, place: float) -> str:
    colour = COLOURS[standing]
    return (
        f'<div style="position:absolute;left:{place:.2f}%;top:50%;width:10px;height:10px;'
        f"box-sizing:border-box;border:2px solid {colour};background:{colour};"
        f'{SHAPES[standing]}"></div>'
    )


def _axis(ticks: Sequence[float], log: bool) -> str:
    marks = "".join(
        f'<div style="position:absolute;left:{_place(tick, ticks, log):.2f}%;'
        f"transform:translateX({-100 if tick == ticks[-1] else 0 if tick == ticks[0] else -50}%)"
        f'">{tick:,.0f}</div>'
        for tick in ticks
    )
    return (
        '<div aria-hidden="true" style="display:flex;flex-wrap:wrap;column-gap:1rem;'
        'font-size:0.8rem;opacity:0.75"><div style="flex:1 1 19rem"></div>'
        f'<div style="flex:100 1 16rem;position:relative;height:0">{marks}</div></div>'
    )
