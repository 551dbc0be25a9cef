"""CTC arithmetic against the sum over all alignments."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.recognition.ctc import beam_search, ctc_log_likelihood

LABELS = 2
BLANK = LABELS


def columns_of(count: int, seed: int, sharpness: float = 1.0) -> np.ndarray:
    """Log-probabilities of `count` columns: float64 (count, LABELS + 1)."""
    rng = np.random.default_rng(seed)
    return np.log(rng.dirichlet(np.full(LABELS + 1, 1.0 / sharpness), count) + 1e-12)


def collapsed(states: tuple[int, ...]) -> tuple[int, ...]:
    """What an alignment says: repeats are one, blanks nothing."""
    return tuple(state for state, _ in itertools.groupby(states) if state != BLANK)


def all_readings(log_p: np.ndarray) -> dict[tuple[int, ...], float]:
    """Every reading's probability: the sum over all its alignments."""
    total: dict[tuple[int, ...], float] = defaultdict(float)
    for states in itertools.product(range(LABELS + 1), repeat=len(log_p)):
        p = math.exp(sum(log_p[column, state] for column, state in enumerate(states)))
        total[collapsed(states)] += p
    return total


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(1, 6),
    labels=st.lists(st.integers(0, LABELS - 1), max_size=4),
    seed=st.integers(0, 10_000),
)
def test_the_likelihood_is_the_sum_over_all_alignments(
    count: int, labels: list[int], seed: int
) -> None:
    log_p = columns_of(count, seed)
    truth = all_readings(log_p).get(tuple(labels), 0.0)
    assert math.exp(ctc_log_likelihood(log_p, labels)) == pytest.approx(truth, rel=1e-9, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 6), seed=st.integers(0, 10_000), sharpness=st.sampled_from([1.0, 4.0]))
def test_beam_search_finds_the_most_probable_readings(
    count: int, seed: int, sharpness: float
) -> None:
    log_p = columns_of(count, seed, sharpness)
    truth = all_readings(log_p)
    found = beam_search(log_p, 3, beam=200)
    assert len(set(found)) == len(found)
    # The search ignores labels below exp(-9) and merges certain blanks.
    for labels, best in zip(found, sorted(truth.values(), reverse=True), strict=False):
        assert truth[labels] == pytest.approx(best, rel=0.01, abs=1e-3)


def test_beam_search_finds_a_plain_reading() -> None:
    said = [7, 7, 10, 7, 3, 3, 10, 10, 0]
    log_p = np.log(np.full((len(said), 11), 0.005))
    log_p[np.arange(len(said)), said] = np.log(0.95)
    assert beam_search(log_p, 1) == [(7, 7, 3, 0)]
    assert ctc_log_likelihood(log_p, (7, 7, 3, 0)) > ctc_log_likelihood(log_p, (7, 3, 0)) + 2
