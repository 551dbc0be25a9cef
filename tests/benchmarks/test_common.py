"""What the benchmarks share: ratios with their intervals, and results that are kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import bootstrap

from benchmarks import common


def test_the_interval_of_a_ratio_is_that_of_scipy() -> None:
    rng = np.random.default_rng(3)
    wholes = rng.integers(1, 12, 60)
    parts = rng.binomial(wholes, 0.7)
    found = common.ratio(parts.tolist(), wholes.tolist())
    assert found is not None

    def total(part: np.ndarray, whole: np.ndarray, axis: int) -> np.ndarray:
        return part.sum(axis=axis) / whole.sum(axis=axis)

    expected = bootstrap(
        (parts, wholes), total, paired=True, vectorized=True, method="percentile", rng=1
    ).confidence_interval
    assert found.value == pytest.approx(parts.sum() / wholes.sum())
    assert found.low == pytest.approx(expected.low, abs=0.01)
    assert found.high == pytest.approx(expected.high, abs=0.01)


def test_what_stands_together_counts_together() -> None:
    # Forty lines, half of them right: on four pictures the interval is wider than on forty.
    few = common.ratio([10, 10, 0, 0], [10] * 4)
    many = common.ratio([1, 0] * 20, [1] * 40)
    assert few is not None and many is not None
    assert few.value == many.value == 0.5
    assert few.high - few.low > many.high - many.low


def test_ratios_without_anything_to_divide() -> None:
    assert common.ratio([], []) is None
    assert common.ratio([0, 0], [0, 0]) is None
    # Samples in which the first picture is missing have no ratio.
    found = common.ratio([1, 0], [2, 0])
    assert found is not None and (found.low, found.value, found.high) == (0.5, 0.5, 0.5)


def test_sets_and_readers_that_were_not_measured_again_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "results.json"

    def measured(name: str, **right: int) -> dict[str, Any]:
        readers = [{"name": reader, "right": count} for reader, count in right.items()]
        return {"name": name, "readers": readers}

    both = measured("b", ours=1, theirs=2)
    first = common.merged_results([both], path, "python x.py", ["a", "b"])
    assert first["sets"] == [both]
    path.write_text(json.dumps(first))
    second = common.merged_results(
        [measured("b", ours=3), measured("a", ours=4)], path, "python x.py", ["a", "b"]
    )
    assert second["sets"] == [measured("a", ours=4), measured("b", ours=3, theirs=2)]
