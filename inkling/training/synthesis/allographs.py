"""Ways of writing that the training sets hardly know, as pen strokes.

What schools outside English-speaking countries teach and cheques are full of: ones with a long
upstroke, a loop or a foot, or like a tick, twos that begin with a loop, threes that close, fours
like an h, fives that are a hook under a bar or a root sign, sevens with a bar and a wave for a top
or like a t, eights like a B or open, nines from the foot up like a P, or like an e, a q or an R,
noughts that end in a tail, above or along the line, or stay open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Rng = np.random.Generator
Lines = list[NDArray[np.float64]]

# How often a hand writes so.
UPSTROKE = 0.45
CROSSED = 0.35
FOOT = 0.15
# Other forms of a digit: how often a hand has one of them, and each one's lines as corners "x,y" in
# hundredths of the digit's height. A corner named twice stays sharp.
FORMS: dict[int, tuple[float, tuple[tuple[str, ...], ...]]] = {
    0: (
        0.3,
        (
            ("0,94 44,66 64,22 40,0 10,26 10,76 40,100 104,88",),
            ("0,46 34,50 62,22 34,0 6,36 18,92 56,84 66,46 112,46",),
            ("35,4 5,40 20,100 62,75 60,15 30,4 85,10",),
            ("46,92 8,74 8,22 44,0 78,28 70,78 40,100 120,94",),
            ("14,10 52,0 76,34 66,84 34,100 4,86",),
        ),
    ),
    1: (
        0.25,
        (
            ("0,98 4,80 40,0 40,0 46,50 52,100",),
            ("0,56 8,78 22,64 56,0 56,0 50,50 44,100",),
            ("0,84 10,64 42,0 50,2 48,12 40,60 42,100 58,92",),
            ("0,55 20,32 44,6 36,0 26,12 24,50 20,100",),
            ("0,62 30,40 52,8 40,0 26,20 18,60 16,88 24,100 42,92",),
        ),
    ),
    2: (
        0.38,
        (
            ("50,44 22,54 2,30 24,0 60,12 62,46 34,78 2,98 2,98 34,90 88,100",),
            ("52,52 20,60 0,32 26,2 62,10 64,50 46,84 66,98 96,92",),
            ("10,24 34,0 60,18 48,58 16,98 0,84 18,70 50,90 84,82",),
            ("42,46 12,42 2,16 34,0 66,14 58,52 30,86 8,98 4,84 30,82 85,100",),
            ("22,40 6,22 30,0 62,12 52,52 22,84 0,96 4,80 36,86 90,98",),
            ("32,52 6,38 12,8 44,0 66,22 54,60 8,98 8,98 84,94",),
            ("36,50 8,40 8,12 38,0 62,18 52,60 14,92 34,98 72,84",),
        ),
    ),
    3: (
        0.15,
        (
            ("8,16 34,0 60,18 40,44 16,46 40,48 64,74 36,100 8,88 30,58",),
            ("10,22 4,8 34,0 58,16 30,42 30,42 60,60 54,90 24,100 2,84",),
        ),
    ),
    4: (0.15, (("22,0 12,32 2,64 2,64 24,46 46,42 50,60 44,100",),)),
    5: (
        0.36,
        (
            ("0,16 16,96 16,96 30,40 52,10 78,0 78,0 100,2",),
            ("4,10 18,100 18,100 28,30 44,4 96,8",),
            ("60,0 22,4 22,4 18,44 18,44 50,48 50,80 28,100 0,94",),
            ("80,0 42,3 34,40 42,72 30,96 2,92",),
            ("0,50 14,52 26,95 42,40 50,6 95,0",),
            ("0,55 10,50 26,100 26,100 40,40 46,0 46,0 100,2",),
            ("0,40 14,34 24,98 24,98 26,46 48,10 96,4",),
        ),
    ),
    7: (
        0.28,
        (
            ("2,22 4,2 4,2 60,0 60,0 36,50 22,98 44,92", "6,50 66,44"),
            ("0,16 8,2 26,12 60,0 46,40 30,100", "10,52 70,46"),
            ("12,14 24,0 36,4 34,50 28,100", "0,52 64,46"),
            ("4,0 14,24 34,18 58,0 58,0 44,44 24,100", "8,54 62,48"),
        ),
    ),
    8: (
        0.28,
        (
            ("60,14 34,0 10,16 36,44 64,72 34,100 8,80 28,58 52,36",),
            ("10,60 40,46 58,18 36,0 12,20 34,50 54,78 34,100 14,78 30,54",),
            ("44,2 12,10 16,38 48,50 58,84 24,98 6,76 40,46 56,20",),
            ("34,50 8,42 4,10 28,0 50,12 46,40 30,52 20,70 28,96 54,100 68,76 56,54 36,50",),
            ("70,6 30,0 14,18 20,40 50,60 50,86 26,100 6,84 16,62 44,46 62,26",),
            ("12,0 6,50 0,100 0,100 6,50 12,0 56,4 58,38 12,48 66,60 60,96 0,100",),
            ("64,14 40,0 16,16 8,60 16,94 40,100 62,82 50,58 16,54 50,44 62,20 48,2",),
            ("62,8 22,6 10,30 48,52 62,82 34,100 8,84 26,54 66,28",),
        ),
    ),
    9: (
        0.32,
        (
            ("10,52 12,10 50,0 62,24 20,50 20,50 52,96 76,88",),
            ("16,0 14,50 10,100", "14,8 50,0 66,20 48,44 14,50"),
            ("58,8 24,4 6,26 28,44 56,14 56,14 44,60 40,100",),
            ("20,100 32,50 42,8 72,0 86,24 66,46 36,46",),
            ("8,44 46,40 62,18 38,0 10,22 16,60 50,88 86,80",),
            ("60,24 40,2 10,12 8,44 36,50 60,24 54,60 62,92 92,90",),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Style:
    """One hand's ways; None where it writes as most do. Lengths are parts of a digit's height.

    Attributes:
        upstroke: how far left of the top, and how far below it, a one begins.
        foot: how long the bar under a one is.
        bar: how far below the top a seven is crossed, and how long the bar is.
        forms: the corners of digits that it writes in another form.
    """

    upstroke: tuple[float, float] | None = None
    foot: float | None = None
    bar: tuple[float, float] | None = None
    forms: dict[int, Lines] = field(default_factory=dict)


PLAIN = Style()


def style(rng: Rng) -> Style:
    """A hand's ways."""
    forms = {}
    for label, (often, known) in FORMS.items():
        if rng.random() < often:
            chosen = [corners(line) for line in known[int(rng.integers(len(known)))]]
            forms[label] = [line + rng.normal(0.0, 0.05, line.shape) for line in chosen]
    return Style(
        upstroke=(float(rng.uniform(0.12, 0.85)), float(rng.uniform(0.25, 1.05)))
        if rng.random() < UPSTROKE
        else None,
        foot=float(rng.uniform(0.25, 0.7)) if rng.random() < FOOT else None,
        bar=(float(rng.uniform(0.35, 0.65)), float(rng.uniform(0.25, 0.6)))
        if rng.random() < CROSSED
        else None,
        forms=forms,
    )


def corners(line: str) -> NDArray[np.float64]:
    """A line of `FORMS` as points: float64 (n, 2), x and y down, a digit's height 1."""
    return np.asarray([corner.split(",") for corner in line.split()], np.float64) / 100.0


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
    if label in how.forms:
        return [smooth(line + rng.normal(0.0, 0.02, line.shape)) for line in how.forms[label]]
    if label == 1:
        return _one(lines, how, rng)
    if label == 7 and how.bar is not None:
        points = np.concatenate(lines)
        down, length = np.asarray(how.bar) + rng.normal(0.0, 0.03, 2)
        near = points[np.abs(points[:, 1] - down).argmin()]
        half = np.array([length / 2.0, float(rng.normal(0.0, 0.06))])
        return [*lines, np.stack([near - half, near + half])]
    return lines


def _one(lines: Lines, how: Style, rng: Rng) -> Lines:
    points = np.concatenate(lines)
    top = points[points[:, 1].argmin()]
    foot = points[points[:, 1].argmax()]
    if how.upstroke is not None:
        left, down = np.asarray(how.upstroke) + rng.normal(0.0, 0.04, 2)
        start = np.array([top[0] - left, top[1] + down])
        bend = (start + top) / 2.0 + rng.normal(0.0, 0.03, 2)
        lines = [smooth(np.stack([start, bend, top])), np.stack([top, (top + foot) / 2.0, foot])]
    if how.foot is not None:
        half = np.array([how.foot / 2.0, float(rng.normal(0.0, 0.04))])
        lines = [*lines, np.stack([foot - half, foot + half])]
    return lines


def smooth(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """A way without corners between the same ends (Chaikin, 1974: corners cut, three times)."""
    for _ in range(3):
        before, after = corners[:-1], corners[1:]
        cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], 1)
        corners = np.concatenate([corners[:1], cut.reshape(-1, 2), corners[-1:]])
    return corners
