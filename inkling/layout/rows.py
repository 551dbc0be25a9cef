"""Digits to numbers, and numbers to lines: along the page model's links, then by their course."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inkling.layout.centres import LINK_REACH, Digits
from inkling.layout.cut import NEAR_REACH, OWN_REACH

# Row numbers of digits, from left to right.
Run = list[int]

# No probability of a link counts as lower than this, or as higher than its complement.
MIN_LINK = 0.002
# A line goes on over a gap of up to this many digit heights.
MAX_GAP = 14.0
# How far a digit stands above or below the course of its line, in digit heights, next to it and
# for each height of a gap.
MAX_RISE, RISE_PER_GAP = 0.5, 0.03
# The heights of neighbours differ by this factor (as a logarithm), next to each other and across
# a gap.
NEAR_RATIO, FAR_RATIO = 0.8, 0.45
NEAR_GAP = 1.5
# A line's course is measured over this many digits, and how far a digit may leave it, in heights.
COURSE_DIGITS, MAX_LEAVE = 6, 0.75


@dataclass(frozen=True, slots=True)
class Joint:
    """Which neighbours of a line are digits of one number: a fitted logistic regression.

    Attributes:
        link: weight of the page model's logit that another digit of the number follows.
        gap: weight of the bare paper between the two, in digit heights.
        bias: the logit where both are 0.
    """

    link: float = 1.0
    gap: float = 0.0
    bias: float = 0.0

    def holds(self, features: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether neighbours with these features belong together: float64 (n, 2) to bool (n,)."""
        return np.asarray(features @ (self.link, self.gap) + self.bias > 0.0)


# The page model alone.
LINK_ALONE = Joint()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of writing.

    Attributes:
        numbers: from left to right, each with its digits from left to right.
        angle: of the line, in radians, clockwise.
    """

    numbers: list[Run]
    angle: float

    @property
    def digits(self) -> Run:
        """All of its digits, from left to right."""
        return [digit for number in self.numbers for digit in number]


def find_lines(digits: Digits) -> list[Line]:
    """The lines of a picture, from top to bottom.

    Args:
        digits: of the picture, in no order. The page model's links join them to numbers.
    """
    if not len(digits):
        return []
    angle = tilt(digits)
    x, y = level(digits, angle)
    after = _join(digits, x, y, _links(digits, x))
    runs = _without_parts(digits, x, y, _chains(after, len(digits)))
    lines = [Line([run], _angle(digits, run, angle)) for run in runs]
    lines.sort(key=lambda line: float(np.mean(y[line.digits])))
    return divided(lines, digits, LINK_ALONE)


def divided(lines: list[Line], digits: Digits, joint: Joint) -> list[Line]:
    """The same lines, divided into numbers anew.

    Args:
        lines: of digits.
        digits: of the picture.
        joint: joins them to numbers.
    """
    x, _ = level(digits, tilt(digits))
    return [
        replace(
            line, numbers=_numbers(line.digits, joint.holds(joint_features(digits, line.digits, x)))
        )
        for line in lines
    ]


def tilt(digits: Digits) -> float:
    """How the writing of a picture is tilted, in radians, clockwise: see `layout.tilt`."""
    return float(np.median(digits.angle)) if len(digits) else 0.0


def level(digits: Digits, angle: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The middles of digits in a picture turned by `-angle`: x and y, float64 (n,)."""
    c, s = np.cos(angle), np.sin(angle)
    return (
        np.asarray(digits.x * c + digits.y * s, np.float64),
        np.asarray(digits.y * c - digits.x * s, np.float64),
    )


def _links(digits: Digits, x: NDArray[np.float64]) -> dict[int, int]:
    """For each digit that one of the same number follows, that digit: the model's links."""
    reach_x, reach_y = digits.x + digits.next_x, digits.y + digits.next_y
    away = np.hypot(reach_x[:, None] - digits.x[None, :], reach_y[:, None] - digits.y[None, :])
    away = away / digits.height[:, None]
    is_link = (
        (digits.has_next[:, None] > 0.5)
        & (away < LINK_REACH)
        & (x[None, :] > x[:, None])
        & (np.abs(np.log(digits.height[:, None] / digits.height[None, :])) < NEAR_RATIO)
    )
    first, second = np.nonzero(is_link)
    return _one_to_one(first, second, away[first, second])


def _join(
    digits: Digits, x: NDArray[np.float64], y: NDArray[np.float64], links: dict[int, int]
) -> dict[int, int]:
    """For each digit the next one of its line: along a link, or the nearest that stands level."""
    width, height = digits.width, digits.height
    mean = np.sqrt(height[:, None] * height[None, :])
    gap = (x - width / 2.0)[None, :] - (x + width / 2.0)[:, None]
    gap = np.maximum(gap, 0.0) / mean
    rise = np.abs(y[None, :] - y[:, None]) / mean
    ratio = np.abs(np.log(height[:, None] / height[None, :]))
    may_follow = (
        (x[None, :] > x[:, None])
        & (gap < MAX_GAP)
        & (rise < MAX_RISE + RISE_PER_GAP * np.minimum(gap, 10.0))
        & (ratio < np.where(gap < NEAR_GAP, NEAR_RATIO, FAR_RATIO))
    )
    first, second = np.nonzero(may_follow)
    cost = gap[first, second] + 3.0 * rise[first, second]
    after = dict(links)
    before = {b: a for a, b in links.items()}
    for k in np.argsort(cost, kind="stable"):
        a, b = int(first[k]), int(second[k])
        if a in after or b in before or not _keeps_course(a, b, x, y, height, before):
            continue
        after[a], before[b] = b, a
    return after


def _keeps_course(
    a: int,
    b: int,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    height: NDArray[np.float32],
    before: dict[int, int],
) -> bool:
    """Whether a digit lies on the course of the line that ends with another one."""
    line = [a]
    while line[-1] in before and len(line) < COURSE_DIGITS:
        line.append(before[line[-1]])
    h = float(np.sqrt(height[a] * height[b]))
    if len(line) < 4 or x[line[0]] - x[line[-1]] < 3.0 * h:
        return True
    slope = float(np.clip(np.polyfit(x[line], y[line], 1)[0], -0.15, 0.15))
    expected = float(np.median(y[line[:3]])) + slope * (x[b] - float(np.mean(x[line[:3]])))
    return bool(abs(float(y[b]) - expected) < MAX_LEAVE * h)


def _without_parts(
    digits: Digits, x: NDArray[np.float64], y: NDArray[np.float64], runs: list[Run]
) -> list[Run]:
    """The runs without digits that lie on a better one, whose cut shows them anyway.

    The page model often finds part of a digit once more.
    """
    half, height = digits.width / 2.0, digits.height
    # What is rather in the cut than not.
    reach = (OWN_REACH + NEAR_REACH) / 2.0
    beside = np.abs(x[:, None] - x[None, :]) - half[None, :] < height[None, :]
    lies_on = beside & (np.abs(y[:, None] - y[None, :]) < reach * height[None, :])
    is_kept = np.zeros(len(digits), np.bool_)
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: -float(digits.score[run].sum())):
        is_part = (lies_on[run] & is_kept).any(axis=1)
        own = [digit for digit, part in zip(run, is_part.tolist(), strict=True) if not part]
        is_kept[own] = True
        kept += [own] if own else []
    return kept


def _one_to_one(
    first: NDArray[np.int64], second: NDArray[np.int64], cost: NDArray[np.floating]
) -> dict[int, int]:
    """Pairs so that nobody is in two, the cheapest first."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for k in np.argsort(cost, kind="stable"):
        a, b = int(first[k]), int(second[k])
        if a not in pairs and b not in taken:
            pairs[a] = b
            taken.add(b)
    return pairs


def _chains(after: dict[int, int], count: int) -> list[Run]:
    """All of `count` digits in runs along these pairs."""
    starts = set(range(count)) - set(after.values())
    runs = []
    for start in sorted(starts):
        run = [start]
        while run[-1] in after:
            run.append(after[run[-1]])
        runs.append(run)
    return runs


def joint_features(digits: Digits, run: Run, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """What says whether each two neighbours of a line are digits of one number.

    Args:
        digits: of the picture.
        run: row numbers of the line's digits, from left to right.
        x: float64 (n,), their middles along the line.

    Returns:
        float64 (len(run) - 1, 2): the logit of the page model's link, and the gap in digit heights.
    """
    first, second = run[:-1], run[1:]
    p = np.clip(digits.has_next[first].astype(np.float64), MIN_LINK, 1.0 - MIN_LINK)
    gap = (x[second] - digits.width[second] / 2.0) - (x[first] + digits.width[first] / 2.0)
    height = np.sqrt(digits.height[first] * digits.height[second])
    return np.stack([np.log(p / (1.0 - p)), np.maximum(gap, 0.0) / height], axis=1)


def _numbers(run: Run, is_joined: NDArray[np.bool_]) -> list[Run]:
    """A line's digits by number: one ends where two neighbours are not joined."""
    numbers = [[run[0]]]
    for digit, joined in zip(run[1:], is_joined, strict=True):
        if joined:
            numbers[-1].append(digit)
        else:
            numbers.append([digit])
    return numbers


def _angle(digits: Digits, run: Run, angle: float) -> float:
    """A line's angle: by the places of its digits where there are enough, else by their own."""
    x, y, height = digits.x[run], digits.y[run], float(np.median(digits.height[run]))
    if len(run) >= 4 and float(np.ptp(x)) > 3.0 * height:
        i, j = np.triu_indices(len(run), 1)
        is_far = np.abs(x[j] - x[i]) > height
        slopes = (y[j] - y[i])[is_far] / (x[j] - x[i])[is_far]
        return float(np.arctan(np.median(slopes)))
    return 0.5 * (angle + float(np.median(digits.angle[run])))
