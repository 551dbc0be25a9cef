"""Forced alignment: which columns of a line say which character of a known text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inkling.recognition.ctc import ctc_states


def align(
    log_p: NDArray[np.float64], texts: Sequence[Sequence[int]]
) -> list[list[tuple[int, int]]]:
    """The most probable columns of each label of each text: Viterbi's path through CTC's states.

    Args:
        log_p: float64 (columns, labels + 1), log-probabilities, the blank last.
        texts: numbers of labels, at least one text; a text may be empty.

    Returns:
        For each label of each text its first column and the one after its last.

    Raises:
        ValueError: there are too few columns for the labels of a text.
    """
    states, may_skip, counts = ctc_states(texts, log_p.shape[1] - 1)
    every = np.arange(len(texts))
    skip_cost = np.where(may_skip, 0.0, -np.inf)
    # Two states that nothing reaches stand before the first, so that shifted views need no copy.
    score = np.full((len(texts), states.shape[1] + 2), -np.inf)
    score[:, 2:4] = log_p[0, states[:, :2]]
    steps = np.zeros((len(log_p), *states.shape), np.int8)
    for column, emitted in enumerate(log_p[1:, states], start=1):
        stay, one, two = score[:, 2:], score[:, 1:-1], score[:, :-2] + skip_cost
        best = np.maximum(stay, one)
        steps[column] = np.where(two > best, 2, one > stay)
        score[:, 2:] = np.maximum(best, two) + emitted
    # An empty text has no state before its last.
    is_blank_last = score[every, counts + 1] > score[every, counts]
    state = counts - np.where(is_blank_last | (counts == 1), 1, 2)
    for text, end in zip(texts, score[every, state + 2], strict=True):
        if not np.isfinite(end):
            raise ValueError(f"{len(log_p)} columns cannot say {len(text)} labels")
    path = np.empty((len(log_p), len(texts)), np.int64)
    for column in range(len(log_p) - 1, -1, -1):
        path[column] = state
        state = state - steps[column, every, state]
    return [_columns(path[:, row], len(text)) for row, text in enumerate(texts)]


def _columns(path: NDArray[np.int64], count: int) -> list[tuple[int, int]]:
    """The first column of each label's state, and the one after its last."""
    own = 2 * np.arange(count) + 1
    first, last = np.searchsorted(path, own), np.searchsorted(path, own, side="right")
    return list(zip(first.tolist(), last.tolist(), strict=True))
