"""Forced alignment: which columns of a line say which character of a known text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inkling.recognition.ctc import ctc_states


def align(log_p: NDArray[np.float64], labels: Sequence[int]) -> list[tuple[int, int]]:
    """The most probable columns of each label: Viterbi's path through CTC's states.

    Args:
        log_p: float64 (columns, labels + 1), log-probabilities, the blank last.
        labels: numbers of labels.

    Returns:
        For each label its first column and the one after its last.

    Raises:
        ValueError: there are too few columns for the labels.
    """
    if not labels:
        return []
    states, may_skip = ctc_states(labels, log_p.shape[1] - 1)
    count = len(states)
    score = np.full(count, -np.inf)
    score[:2] = log_p[0, states[:2]]
    steps = np.zeros((len(log_p), count), np.int64)
    emitted = log_p[:, states]
    for column in range(1, len(log_p)):
        one = np.concatenate([[-np.inf], score[:-1]])
        two = np.where(may_skip, np.concatenate([[-np.inf, -np.inf], score[:-2]]), -np.inf)
        ways = np.stack([score, one, two])
        steps[column] = ways.argmax(axis=0)
        score = ways.max(axis=0) + emitted[column]
    state = count - 1 if score[-1] > score[-2] else count - 2
    if not np.isfinite(score[state]):
        raise ValueError(f"{len(log_p)} columns cannot say {len(labels)} labels")
    path = np.empty(len(log_p), np.int64)
    for column in range(len(log_p) - 1, -1, -1):
        path[column] = state
        state -= int(steps[column, state])
    return [
        (int(columns[0]), int(columns[-1]) + 1)
        for columns in (np.flatnonzero(path == 2 * k + 1) for k in range(len(labels)))
    ]
