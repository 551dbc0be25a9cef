"""Allographs: each adds the strokes that its description says, and moves no others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.training.synthesis import allographs
from inkling.training.synthesis.allographs import (
    NO_ALLOGRAPHS,
    Allographs,
    apply_allographs,
    choose_allographs,
)

ONE = [np.array([[0.1, 0.0], [0.1, 0.5], [0.1, 1.0]])]
SEVEN = [np.array([[0.0, 0.0], [0.6, 0.0], [0.4, 0.5], [0.3, 1.0]])]


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_an_upstroke_leads_from_the_lower_left_to_the_top() -> None:
    up, down = apply_allographs(ONE, 1, Allographs(upstroke=(0.4, 0.8)), rng())
    assert up[0] == pytest.approx([-0.3, 0.8], abs=0.15)
    np.testing.assert_array_equal(up[-1], [0.1, 0.0])
    np.testing.assert_array_equal(down[[0, -1]], [[0.1, 0.0], [0.1, 1.0]])


def test_a_foot_lies_under_a_one() -> None:
    stroke, foot = apply_allographs(ONE, 1, Allographs(foot=0.4), rng())
    assert stroke is ONE[0]
    assert foot.mean(axis=0) == pytest.approx([0.1, 1.0], abs=0.01)
    assert foot[1, 0] - foot[0, 0] == pytest.approx(0.4, abs=0.01)
    both = Allographs(upstroke=(0.4, 0.8), foot=0.4)
    assert len(apply_allographs(ONE, 1, both, rng())) == 3


def test_a_crossed_seven_keeps_its_stroke() -> None:
    stroke, bar = apply_allographs(SEVEN, 7, Allographs(bar=(0.5, 0.4)), rng())
    assert stroke is SEVEN[0]
    assert bar.mean(axis=0) == pytest.approx([0.4, 0.5], abs=0.01)
    assert bar[1, 0] - bar[0, 0] == pytest.approx(0.4, abs=0.1)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), label=st.integers(0, 9))
def test_digits_stay_within_bounds(seed: int, label: int) -> None:
    random = np.random.default_rng(seed)
    strokes = apply_allographs(SEVEN, label, choose_allographs(random), random)
    points = np.concatenate(strokes)
    assert np.isfinite(points).all() and points.min() > -1.2 and points.max() < 1.5
    assert all(len(line) >= 2 for line in strokes)


def test_most_digits_stay_as_they_were_written() -> None:
    assert apply_allographs(SEVEN, 7, NO_ALLOGRAPHS, rng()) is SEVEN
    many = Allographs(upstroke=(0.4, 0.8), bar=(0.5, 0.4), forms={5: ONE, 9: ONE})
    assert apply_allographs(SEVEN, 3, many, rng()) is SEVEN
    assert apply_allographs(SEVEN, 5, many, rng()) is not SEVEN


def test_every_allograph_is_as_frequent_as_its_rate() -> None:
    random = rng()
    writers = [choose_allographs(random) for _ in range(200)]
    rates = {
        "upstroke": allographs.UPSTROKE_RATE,
        "foot": allographs.FOOT_RATE,
        "bar": allographs.CROSSED_SEVEN_RATE,
    }
    for name, rate in rates.items():
        part = np.mean([getattr(writer, name) is not None for writer in writers])
        assert 0.03 < part < 0.6 and abs(part - rate) < 0.1
    for label, (rate, _) in allographs.FORMS.items():
        assert abs(np.mean([label in writer.forms for writer in writers]) - rate) < 0.1


@pytest.mark.parametrize("label", allographs.FORMS)
def test_another_form_is_as_high_as_any_digit(label: int) -> None:
    random = rng()
    while label not in (chosen := choose_allographs(random)).forms:
        pass
    points = np.concatenate(apply_allographs(SEVEN, label, chosen, random))
    assert np.ptp(points[:, 1]) == pytest.approx(1.0, abs=0.3)
    assert np.ptp(points[:, 0]) > 0.2
