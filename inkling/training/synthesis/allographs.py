"""Allographs: forms of digits that the training sets hardly contain, as pen strokes.

Schools outside English-speaking countries teach them, and cheques are full of them: ones with a
long upstroke, a loop or a foot, or like a tick; twos that begin with a loop; threes that close;
fours like an h, or in one looped stroke; fives like a hook under a bar or like a root sign; sevens
with a bar, with a wave for a top, or like a t; eights like a B, or open; nines that begin at the
foot like a P, or look like an e, a q or an R; zeros that end in a tail, above the digit or along
the line, or stay open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inkling.training.augment.curves import cut_corners

Rng = np.random.Generator
# The strokes of one character, each float64 (points, 2).
PenStrokes = list[NDArray[np.float64]]

# Part of the writers whose ones have an upstroke, whose sevens are crossed, whose ones have a foot.
UPSTROKE_RATE = 0.45
CROSSED_SEVEN_RATE = 0.35
FOOT_RATE = 0.15
# How often corners are cut to make a curve of a form (see `cut_corners`).
ROUNDS = 3
# Other forms of a digit: the part of the writers who use one of them, and the strokes of each form
# as corners "x,y" in hundredths of the digit's height. A corner that is named twice stays sharp.
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
    4: (
        0.3,
        (
            ("22,0 12,32 2,64 2,64 24,46 46,42 50,60 44,100",),
            ("8,4 4,34 12,54 40,60 70,46 84,22 70,8 54,22 48,60 44,100",),
            ("10,0 8,40 30,56 62,44 76,14 62,4 50,24 46,58 36,100",),
            ("4,2 0,44 26,58 66,54 72,12 58,10 42,14 44,56 30,100",),
        ),
    ),
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
class Allographs:
    """The allographs of one writer; None where it writes as most people do.

    Lengths are parts of a digit's height.

    Attributes:
        upstroke: how far left of the top, and how far below it, a one begins.
        foot: the length of the bar under a one.
        bar: how far below the top a seven is crossed, and the length of the bar.
        forms: the corners of the digits that it writes in another form.
    """

    upstroke: tuple[float, float] | None = None
    foot: float | None = None
    bar: tuple[float, float] | None = None
    forms: dict[int, PenStrokes] = field(default_factory=dict)


NO_ALLOGRAPHS = Allographs()


def choose_allographs(rng: Rng) -> Allographs:
    """The allographs of a random writer."""
    forms = {}
    for label, (rate, known) in FORMS.items():
        if rng.random() < rate:
            form = [parse_corners(line) for line in known[int(rng.integers(len(known)))]]
            forms[label] = [line + rng.normal(0.0, 0.05, line.shape) for line in form]
    return Allographs(
        upstroke=(float(rng.uniform(0.12, 0.85)), float(rng.uniform(0.25, 1.05)))
        if rng.random() < UPSTROKE_RATE
        else None,
        foot=float(rng.uniform(0.25, 0.7)) if rng.random() < FOOT_RATE else None,
        bar=(float(rng.uniform(0.35, 0.65)), float(rng.uniform(0.25, 0.6)))
        if rng.random() < CROSSED_SEVEN_RATE
        else None,
        forms=forms,
    )


def parse_corners(line: str) -> NDArray[np.float64]:
    """A stroke of `FORMS` as points: float64 (n, 2), y down, the digit's height 1."""
    return np.asarray([corner.split(",") for corner in line.split()], np.float64) / 100.0


def apply_allographs(
    strokes: PenStrokes, label: int, allographs: Allographs, rng: Rng
) -> PenStrokes:
    """A digit as a writer with these allographs writes it.

    Args:
        strokes: each float64 (points, 2), y down, from 0 on, the digit's height 1.
        label: the digit.
        allographs: of the writer.
        rng: varies the digit, since nobody writes it twice alike.

    Returns:
        Strokes in the same unit. What extends beyond the digit has negative coordinates.
    """
    if label in allographs.forms:
        return [
            cut_corners(line + rng.normal(0.0, 0.02, line.shape), ROUNDS, keep_ends=True)
            for line in allographs.forms[label]
        ]
    if label == 1:
        return _one(strokes, allographs, rng)
    if label == 7 and allographs.bar is not None:
        points = np.concatenate(strokes)
        down, length = np.asarray(allographs.bar) + rng.normal(0.0, 0.03, 2)
        crossing = points[np.abs(points[:, 1] - down).argmin()]
        return [*strokes, _bar(crossing, length, float(rng.normal(0.0, 0.06)))]
    return strokes


def _one(strokes: PenStrokes, allographs: Allographs, rng: Rng) -> PenStrokes:
    points = np.concatenate(strokes)
    top = points[points[:, 1].argmin()]
    foot = points[points[:, 1].argmax()]
    if allographs.upstroke is not None:
        left, down = np.asarray(allographs.upstroke) + rng.normal(0.0, 0.04, 2)
        start = np.array([top[0] - left, top[1] + down])
        bend = (start + top) / 2.0 + rng.normal(0.0, 0.03, 2)
        upstroke = cut_corners(np.stack([start, bend, top]), ROUNDS, keep_ends=True)
        strokes = [upstroke, np.stack([top, (top + foot) / 2.0, foot])]
    if allographs.foot is not None:
        strokes = [*strokes, _bar(foot, allographs.foot, float(rng.normal(0.0, 0.04)))]
    return strokes


def _bar(middle: NDArray[np.float64], length: float, drop: float) -> NDArray[np.float64]:
    """A straight stroke around a point; its right end is lower by twice `drop`."""
    half = np.array([length / 2.0, drop])
    return np.stack([middle - half, middle + half])
