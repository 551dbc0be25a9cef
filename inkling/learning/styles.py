"""Ways of writing that the training sets hardly know, as pen strokes.

What schools outside English-speaking countries teach and cheques are full of: ones with a long
upstroke, crossed sevens, fives that are a hook under a bar, nines from the foot up, like a P.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rng = np.random.Generator
Lines = list[NDArray[np.float64]]

# How often a hand writes so.
UPSTROKE = 0.35
CROSSED = 0.35
HOOKED = 0.12
FOOT_UP = 0.12

_HOOK = ((0.8, 0.0), (0.42, 0.03), (0.34, 0.4), (0.42, 0.72), (0.3, 0.96), (0.02, 0.92))
_TICK = ((0.0, 0.5), (0.14, 0.52), (0.26, 0.95), (0.42, 0.4), (0.5, 0.06), (0.95, 0.0))
_P = ((0.2, 1.0), (0.32, 0.5), (0.42, 0.08), (0.72, 0.0), (0.86, 0.24), (0.66, 0.46), (0.36, 0.46))


@dataclass(frozen=True, slots=True)
class Style:
    """One hand's ways; None where it writes as most do. Lengths are parts of a digit's height.

    Attributes:
        upstroke: how far left of the top, and how far below it, a one begins.
        bar: how far below the top a seven is crossed, and how long the bar is.
        five, nine: the corners of another form.
    """

    upstroke: tuple[float, float] | None = None
    bar: tuple[float, float] | None = None
    five: NDArray[np.float64] | None = None
    nine: NDArray[np.float64] | None = None


PLAIN = Style()


def style(rng: Rng) -> Style:
    """A hand's ways."""

    def form(corners: tuple[tuple[float, float], ...]) -> NDArray[np.float64]:
        return np.asarray(corners) + rng.normal(0.0, 0.05, (len(corners), 2))

    return Style(
        upstroke=(float(rng.uniform(0.12, 0.6)), float(rng.uniform(0.25, 1.0)))
        if rng.random() < UPSTROKE
        else None,
        bar=(float(rng.uniform(0.35, 0.65)), float(rng.uniform(0.25, 0.6)))
        if rng.random() < CROSSED
        else None,
        five=form(_HOOK if rng.random() < 0.6 else _TICK) if rng.random() < HOOKED else None,
        nine=form(_P) if rng.random() < FOOT_UP else None,
    )


def styled(lines: Lines, label: int, how: Style, rng: Rng) -> Lines:
    """A digit in a hand's own way.

    Args:
        lines: each (points, 2), x and y down from 0, the digit's height 1.
        label: what it is.
        how: the hand's ways.
        rng: no two digits are alike.

    Returns:
        Lines in the same measure; what sticks out has negative coordinates.
    """
    if label == 1 and how.upstroke is not None:
        points = np.concatenate(lines)
        top = points[points[:, 1].argmin()]
        foot = points[points[:, 1].argmax()]
        left, down = np.asarray(how.upstroke) + rng.normal(0.0, 0.04, 2)
        start = np.array([top[0] - left, top[1] + down])
        bend = (start + top) / 2.0 + rng.normal(0.0, 0.03, 2)
        return [smooth(np.stack([start, bend, top])), np.stack([top, (top + foot) / 2.0, foot])]
    if label == 7 and how.bar is not None:
        points = np.concatenate(lines)
        down, length = np.asarray(how.bar) + rng.normal(0.0, 0.03, 2)
        near = points[np.abs(points[:, 1] - down).argmin()]
        half = np.array([length / 2.0, float(rng.normal(0.0, 0.06))])
        return [*lines, np.stack([near - half, near + half])]
    form = {5: how.five, 9: how.nine}.get(label)
    if form is None:
        return lines
    return [smooth(form + rng.normal(0.0, 0.02, form.shape))]


def smooth(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """A way without corners between the same ends (Chaikin, 1974: corners cut, three times)."""
    for _ in range(3):
        before, after = corners[:-1], corners[1:]
        cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], 1)
        corners = np.concatenate([corners[:1], cut.reshape(-1, 2), corners[-1:]])
    return corners
