"""McNemar's test against the binomial distribution and a published example."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkling.reports import comparison


def discordant_answers(only_a, only_b, both=50):
    a = np.array([True] * only_a + [False] * only_b + [True] * both + [False] * 3)
    b = np.array([False] * only_a + [True] * only_b + [True] * both + [False] * 3)
    return a, b


@given(st.integers(0, 24), st.integers(0, 24))
def test_mcnemar_is_the_binomial_sum_if_few_answers_differ(only_a, only_b):
    found = comparison.mcnemar(*discordant_answers(only_a, only_b))
    assert (found.only_a_right, found.only_b_right) == (only_a, only_b)
    n = only_a + only_b
    if n < comparison.MIN_DISCORDANT_FOR_CHI_SQUARE:
        tail = sum(math.comb(n, k) for k in range(max(only_a, only_b), n + 1))
        assert found.p_value == pytest.approx(min(1.0, 2 * tail / 2**n), abs=1e-12)


def test_mcnemar_of_many_answers():
    # Raschka, "Model evaluation, model selection, and algorithm selection in machine learning"
    # (2018), McNemar example: 25 against 15, chi-square 2.025, p 0.155.
    a, b = discordant_answers(25, 15)
    found = comparison.mcnemar(a, b)
    assert found.p_value == pytest.approx(0.1547, abs=5e-5)
    assert comparison.mcnemar(b, a).p_value == found.p_value
    assert comparison.mcnemar(*discordant_answers(40, 40)).p_value == 1.0
    tail = sum(math.comb(300, k) for k in range(180, 301)) / 2**300
    assert comparison.mcnemar(*discordant_answers(180, 120)).p_value == pytest.approx(
        2 * tail, rel=0.05
    )
    with pytest.raises(ValueError, match="not tested on the same images"):
        comparison.mcnemar(a, b[1:])
