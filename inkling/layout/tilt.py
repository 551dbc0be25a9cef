"""How the writing of a picture is tilted: by where its digits stand, and by its ruling lines.

The directions from digits to their neighbours on the right pile up at the tilt, but also at the
diagonals of a table. The lines of tables and of ruled paper are exact where there are any. A fitted
logit weighs both. Tilts are the more probable the nearer they are to what the page model says,
which is never far from level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inkling.layout.centres import Digits, InkMap

# The tilts that are compared, in radians, clockwise, and how far apart they are.
ANGLES, STEP = np.radians(np.arange(-40.0, 40.5, 1.0)), np.radians(1.0)
# Directions are looked at to digits up to this many heights away, whose heights differ by less than
# this factor (as a logarithm); far ones count more, up to a limit.
REACH, FAR, MAX_RATIO = 6.0, 3.0, 0.45
# Directions that differ by less than this agree, in radians.
SPREAD = 0.03
# Few directions agree by chance, so each tilt has these as well, which is two far ones.
SILENT = 6.0
# A place on the map is of a line where other ink is this probable.
IS_INK = 0.5
# So many directions and places are looked at, at most; more say no more.
MAX_DIRECTIONS, MAX_PLACES = 4000, 8000
# Fewer places of lines than this say nothing.
MIN_PLACES = 20


@dataclass(frozen=True, slots=True)
class TiltWeights:
    """What counts for a tilt, in nats: a fitted conditional logit.

    Attributes:
        directions: weight of how much more directions than usual agree with it, as a logarithm.
        rules: weight of how much sharper the ruling lines are than at most angles.
        size: weight of how far it is from the page model's, in tenths of a radian, negative.
    """

    directions: float = 3.5
    rules: float = 1.6
    size: float = 0.5


def with_tilt(digits: Digits, maps: Sequence[InkMap], weights: TiltWeights) -> Digits:
    """The same digits, whose lines run as the writing of the picture is tilted.

    The page model's own angles and links hardly follow a tilt.

    Args:
        digits: of the picture.
        maps: its ink, the finest map first.
        weights: of what speaks for a tilt.
    """
    if not len(digits):
        return digits
    directions, reach = _directions(digits)
    expected = float(np.median(digits.angle))
    features = evidence(directions, reach, maps[0].other, expected)
    best = float(ANGLES[int(np.argmax(features @ _as_array(weights)))])
    close = np.abs(directions - best) < 2.0 * SPREAD
    if close.any():
        best = float((directions * reach)[close].sum() / reach[close].sum())
    elif abs(best - expected) < STEP:
        best = expected
    c, s = np.cos(best - expected), np.sin(best - expected)
    return replace(
        digits,
        angle=np.full(len(digits), best, np.float32),
        next_x=np.asarray(c * digits.next_x - s * digits.next_y, np.float32),
        next_y=np.asarray(s * digits.next_x + c * digits.next_y, np.float32),
    )


def features_of(digits: Digits, maps: Sequence[InkMap]) -> NDArray[np.float64]:
    """What speaks for each of ANGLES: float64 (len(ANGLES), 3), in the order of `TiltWeights`."""
    return evidence(*_directions(digits), maps[0].other, float(np.median(digits.angle)))


def evidence(
    directions: NDArray[np.float64],
    reach: NDArray[np.float64],
    other: NDArray[np.float32],
    expected: float,
) -> NDArray[np.float64]:
    """What speaks for each of ANGLES: float64 (len(ANGLES), 3), in the order of `TiltWeights`.

    Args:
        directions: float64 (n,), from digits to others on their right, in radians.
        reach: float64 (n,), how far each counts.
        other: float32 (h, w), the probability of other ink.
        expected: what the page model says, in radians.
    """
    near = np.exp(-0.5 * ((directions[None, :] - ANGLES[:, None]) / SPREAD) ** 2) @ reach
    piled = np.log((near + SILENT) / (near.mean() + SILENT))
    return np.stack([piled, _sharpness(other), -10.0 * np.abs(ANGLES - expected)], axis=1)


def _as_array(weights: TiltWeights) -> NDArray[np.float64]:
    return np.array([weights.directions, weights.rules, weights.size])


def _directions(digits: Digits) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The directions from digits to others on their right, and how far each counts: (n,)."""
    dx = digits.x[None, :] - digits.x[:, None]
    dy = digits.y[None, :] - digits.y[:, None]
    height = np.sqrt(digits.height[None, :] * digits.height[:, None])
    reach = np.hypot(dx, dy) / height
    ratio = np.abs(np.log(digits.height[None, :] / digits.height[:, None]))
    is_near = (dx > 0.3 * height) & (reach < REACH) & (ratio < MAX_RATIO)
    first, second = np.nonzero(is_near)
    chosen = _some(len(first), MAX_DIRECTIONS)
    pairs = first[chosen], second[chosen]
    directions = np.arctan2(dy[pairs], dx[pairs]).astype(np.float64)
    return directions, np.minimum(reach[pairs], FAR).astype(np.float64)


def _sharpness(other: NDArray[np.float32]) -> NDArray[np.float64]:
    """How much sharper the profiles of other ink are at each of ANGLES than at most of them.

    Ruling lines fall into single bins of a profile along them, so that neighbouring bins differ.

    Args:
        other: float32 (h, w), the probability of other ink.

    Returns:
        float64 (len(ANGLES),), square roots of logarithms, with which the logit fits best.
    """
    y, x = np.nonzero(other > IS_INK)
    if len(y) < MIN_PLACES:
        return np.zeros(len(ANGLES))
    chosen = _some(len(y), MAX_PLACES)
    y, x = y[chosen], x[chosen]
    size = int(np.hypot(*other.shape)) + 2
    squares = [
        sum(_roughness(places + size) for places in (y * c - x * s, x * c + y * s))
        for c, s in zip(np.cos(ANGLES), np.sin(ANGLES), strict=True)
    ]
    sharpness = np.log(squares) - np.log(np.median(squares))
    return np.asarray(np.sign(sharpness) * np.sqrt(np.abs(sharpness)), np.float64)


def _roughness(places: NDArray[np.float64]) -> float:
    """The sum of squared differences of neighbouring bins of a profile, which is smoothed.

    Without that, bins take turns in being full at angles near those of the picture's rows.
    """
    profile = np.convolve(np.bincount(places.astype(np.int64)), (0.25, 0.5, 0.25))
    return float((np.diff(profile) ** 2).sum())


def _some(count: int, most: int) -> NDArray[np.int64]:
    """All of `count` row numbers, or as many as may be, evenly spread."""
    return np.linspace(0, count - 1, min(count, most)).astype(np.int64)
