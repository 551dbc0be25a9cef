"""Paths through a lattice against all paths, enumerated."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.imaging.glyph import Glyph, GlyphKind
from inkling.recognition.candidates import Candidate
from inkling.recognition.search import best_path, forced_alignment

GLYPH = Glyph(np.zeros((28, 28), np.uint8), GlyphKind.CHARACTER, (0, 0, 1, 1), 0.0, 0.0, False)
LABELS = 3


def lattice(segments: int, rng: np.random.Generator) -> tuple[list[Candidate], np.ndarray]:
    """Runs of up to three segments, some missing, and each segment rejected; with costs."""
    spans = [(a, b) for a in range(segments) for b in range(a + 1, min(a + 3, segments) + 1)]
    found = [
        Candidate(a, b, (a, 0, b - a, 1), GLYPH, 0.0, 1.0) for a, b in spans if rng.random() < 0.8
    ]
    found += [Candidate(a, a + 1, (a, 0, 1, 1), None, 0.0, 1.0) for a in range(segments)]
    order = rng.permutation(len(found)).tolist()
    found = [found[index] for index in order]
    costs = rng.uniform(0.0, 5.0, (len(found), LABELS))
    for row, candidate in enumerate(found):
        if candidate.glyph is None:
            costs[row] = costs[row, 0]
    return found, costs


def paths(found: list[Candidate], segments: int, start: int = 0) -> Iterator[tuple[int, ...]]:
    """All paths through a lattice."""
    if start == segments:
        yield ()
    for index, candidate in enumerate(found):
        if candidate.first == start:
            for rest in paths(found, segments, candidate.last):
                yield (index, *rest)


def digits_of(found: list[Candidate], path: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(index for index in path if found[index].glyph is not None)


@settings(max_examples=60, deadline=None)
@given(segments=st.integers(1, 6), seed=st.integers(0, 10_000))
def test_best_path_is_the_cheapest_of_all(segments: int, seed: int) -> None:
    found, costs = lattice(segments, np.random.default_rng(seed))
    cheapest = min(sum(float(costs[i].min()) for i in path) for path in paths(found, segments))
    path = best_path(found, costs)
    assert path.cost == pytest.approx(cheapest)
    taken = [found[index] for index, _ in path.steps]
    assert [one.first for one in taken] == [0, *(one.last for one in taken)][:-1]
    assert taken[-1].last == segments
    for index, label in path.steps:
        assert label == (-1 if found[index].glyph is None else int(costs[index].argmin()))
    assert path.cost == pytest.approx(sum(float(costs[i, max(0, n)]) for i, n in path.steps))


@settings(max_examples=60, deadline=None)
@given(
    segments=st.integers(1, 5),
    labels=st.lists(st.integers(0, LABELS - 1), max_size=6),
    seed=st.integers(0, 10_000),
)
def test_forced_alignment_is_the_cheapest_path_with_those_labels(
    segments: int, labels: list[int], seed: int
) -> None:
    found, costs = lattice(segments, np.random.default_rng(seed))
    cheapest = math.inf
    for indices in paths(found, segments):
        digits = digits_of(found, indices)
        if len(digits) == len(labels):
            cost = sum(float(costs[i, 0]) for i in indices if i not in digits)
            cost += sum(float(costs[i, label]) for i, label in zip(digits, labels, strict=True))
            cheapest = min(cheapest, cost)
    path = forced_alignment(found, costs, labels)
    if path is None:
        assert math.isinf(cheapest)
    else:
        assert path.cost == pytest.approx(cheapest) and path.labels == tuple(labels)


def test_best_path_is_the_alignment_of_its_own_labels() -> None:
    for seed in range(20):
        found, costs = lattice(5, np.random.default_rng(seed))
        best = best_path(found, costs)
        same = forced_alignment(found, costs, best.labels)
        assert same is not None and same.cost == pytest.approx(best.cost)


def test_an_empty_lattice_has_an_empty_path() -> None:
    assert best_path([], np.zeros((0, 10))).steps == ()
    nothing = forced_alignment([], np.zeros((0, 10)), ())
    assert nothing is not None and nothing.steps == ()
    assert forced_alignment([], np.zeros((0, 10)), (1,)) is None
