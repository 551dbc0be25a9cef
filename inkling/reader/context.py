"""Whether there is a number at all, by itself and by what stands around it.

A single B looks like an 8. Among words it is a letter, and in a column of amounts a digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.geometry import Box
from inkling.reader.reliability import Reliability

# What is looked at, in order: the number, then its column, its row and the whole picture.
CONTEXT = (
    "logit of the number by itself",
    *(
        f"{part} {where}"
        for where in ("in its column", "in its row", "on the picture")
        for part in (
            "mean logit of the other numbers",
            "share of other characters",
            "share of digits that the line model did not read",
        )
    ),
)
# No logit of a single number counts for more than this.
MAX_LOGIT = 4.0
# What differs in height by a larger factor is not of the same column, row or picture.
MAX_RATIO = 2.0
# Means and shares are drawn to zero as if so many more numbers were there that say nothing.
SILENT_NUMBERS = 1.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a picture shows beside its numbers.

    Attributes:
        others: boxes of characters that are neither digit nor sign, in pixels.
        unread: boxes of digits that the page model found and the line model did not read.
        angle: how the writing is tilted, in radians, clockwise.
    """

    others: tuple[Box, ...] = ()
    unread: tuple[Box, ...] = ()
    angle: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Existence:
    """How probable it is that there is a number at all: two fitted regressions.

    Attributes:
        alone: over `reliability.FEATURES`; its threshold is not used.
        in_context: over `CONTEXT`. Below its threshold a number is left out.
    """

    alone: Reliability
    in_context: Reliability

    def is_number(
        self, boxes: Sequence[Box], features: NDArray[np.float64], around: Surroundings
    ) -> NDArray[np.bool_]:
        """Whether each number of a picture counts.

        Args:
            boxes: of its n numbers, in pixels.
            features: float64 (n, len(FEATURES)).
            around: what else the picture shows.

        Returns:
            bool (n,).
        """
        logits = context(boxes, self.alone.logits(features), around)
        return self.in_context.probabilities(logits) >= self.in_context.threshold


def context(
    boxes: Sequence[Box], logits: NDArray[np.float64], around: Surroundings
) -> NDArray[np.float64]:
    """What each number of a picture and the things around it say.

    Args:
        boxes: of the numbers, in pixels.
        logits: float64 (n,), that each is a number, by itself.
        around: what else the picture shows.

    Returns:
        float64 (n, len(CONTEXT)).
    """
    own = np.clip(logits, -MAX_LOGIT, MAX_LOGIT)
    count, last = len(own), len(own) + len(around.others)
    result = [own]
    for near in _neighbourhoods([*boxes, *around.others, *around.unread], count, around.angle):
        numbers, others, unread = near[:, :count], near[:, count:last], near[:, last:]
        all_numbers = numbers.sum(axis=1) + SILENT_NUMBERS
        result.append((numbers @ own) / all_numbers)
        counts = (others.sum(axis=1), unread.sum(axis=1))
        result += [count_of / (all_numbers + count_of) for count_of in counts]
    return np.stack(result, axis=1)


def _neighbourhoods(boxes: Sequence[Box], count: int, angle: float) -> list[NDArray[np.bool_]]:
    """Which boxes are in the column, in the row and on the picture of each of the first ones.

    What lies in a number's own box is in none of them: mostly that is a part of its ink.

    Args:
        boxes: of n things, in pixels.
        count: how many of them are numbers.
        angle: of the writing, in radians, clockwise.

    Returns:
        Three of bool (count, n).
    """
    x, y, width, height = np.asarray(boxes, np.float64).reshape(-1, 4).T
    x, y = x + width / 2.0, y + height / 2.0
    c, s = np.cos(angle), np.sin(angle)
    along, down = x * c + y * s, y * c - x * s
    right = np.abs(along[:count, None] - along)
    below = np.abs(down[:count, None] - down)
    is_inside = (right < width[:count, None] / 2.0) & (below < height[:count, None] / 2.0)
    is_alike = np.abs(np.log(height[:count, None] / height)) < np.log(MAX_RATIO)
    is_near = is_alike & ~is_inside
    return [
        is_near & (right < np.maximum(width[:count, None], width) / 2.0),
        is_near & (below < np.maximum(height[:count, None], height) / 2.0),
        is_near,
    ]
