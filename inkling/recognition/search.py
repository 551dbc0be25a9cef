"""The cheapest path through a lattice, found exactly (Viterbi)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.recognition.candidates import Candidate


@dataclass(frozen=True, slots=True)
class LatticePath:
    """A path through a line's lattice.

    Attributes:
        steps: (candidate, label) numbers, from left to right; label -1 for a rejected component.
        cost: in nats.
    """

    steps: tuple[tuple[int, int], ...]
    cost: float

    @property
    def labels(self) -> tuple[int, ...]:
        return tuple(label for _, label in self.steps if label >= 0)


def best_path(found: Sequence[Candidate], costs: NDArray[np.float64]) -> LatticePath:
    """The cheapest path through a line.

    Args:
        found: as `candidates` gives them.
        costs: as `label_costs` gives them, float64 (n, labels) in nats.
    """
    end = max((candidate.last for candidate in found), default=0)
    labels = costs.argmin(axis=1) if len(found) else np.zeros(0, np.int64)
    least = costs.min(axis=1) if len(found) else np.zeros(0)
    total = [0.0] + [math.inf] * end
    choice = [-1] * (end + 1)
    for index in sorted(range(len(found)), key=lambda index: found[index].last):
        candidate = found[index]
        cost = total[candidate.first] + float(least[index])
        if cost < total[candidate.last]:
            total[candidate.last], choice[candidate.last] = cost, index
    steps: list[tuple[int, int]] = []
    place = end
    while place > 0:
        index = choice[place]
        steps.append((index, int(labels[index]) if found[index].glyph is not None else -1))
        place = found[index].first
    return LatticePath(tuple(reversed(steps)), total[end])


def forced_alignment(
    found: Sequence[Candidate], costs: NDArray[np.float64], labels: Sequence[int]
) -> LatticePath | None:
    """The cheapest path through a line that says these labels; None when there is no such path.

    Args:
        found: as `candidates` gives them.
        costs: as `label_costs` gives them, float64 (n, labels) in nats.
        labels: numbers of labels, from left to right; may be empty.
    """
    end = max((candidate.last for candidate in found), default=0)
    count = len(labels)
    total = np.full((end + 1, count + 1), math.inf)
    total[0, 0] = 0.0
    choice = np.full((end + 1, count + 1), -1, np.int64)
    for index in sorted(range(len(found)), key=lambda index: found[index].last):
        candidate = found[index]
        if candidate.glyph is None:
            step, cost = 0, np.full(count + 1, float(costs[index, 0]))
        else:
            step, cost = 1, np.array([0.0, *(costs[index, label] for label in labels)])
        before = total[candidate.first]
        new = before + cost if step == 0 else np.concatenate([[math.inf], before[:-1] + cost[1:]])
        better = new < total[candidate.last]
        total[candidate.last, better] = new[better]
        choice[candidate.last, better] = index
    if not math.isfinite(total[end, count]):
        return None
    steps: list[tuple[int, int]] = []
    place, left = end, count
    while place > 0:
        index = int(choice[place, left])
        if found[index].glyph is None:
            steps.append((index, -1))
        else:
            left -= 1
            steps.append((index, labels[left]))
        place = found[index].first
    return LatticePath(tuple(reversed(steps)), float(total[end, count]))
