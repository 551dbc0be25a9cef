"""Wilson intervals, against scipy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from inkling.reports.statistics import wilson


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_wilson_interval_agrees_with_scipy(counts):
    interval = wilson(*counts)
    theirs = binomtest(*counts).proportion_ci(method="wilson")
    assert (interval.low, interval.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert interval.value == counts[0] / counts[1]


@pytest.mark.parametrize("counts", [(3, 2), (-1, 2), (0, 0)])
def test_what_is_not_a_proportion_is_refused(counts):
    with pytest.raises(ValueError, match="is not a proportion"):
        wilson(*counts)
