"""Ways of writing the training sets hardly know: each adds what it says, and nothing else moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.training.synthesis import allographs
from inkling.training.synthesis.allographs import PLAIN, Style

ONE = [np.array([[0.1, 0.0], [0.1, 0.5], [0.1, 1.0]])]
SEVEN = [np.array([[0.0, 0.0], [0.6, 0.0], [0.4, 0.5], [0.3, 1.0]])]


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_an_upstroke_leads_from_the_left_below_to_the_top() -> None:
    up, down = allographs.styled(ONE, 1, Style(upstroke=(0.4, 0.8)), rng())
    assert up[0] == pytest.approx([-0.3, 0.8], abs=0.15)
    np.testing.assert_array_equal(up[-1], [0.1, 0.0])
    np.testing.assert_array_equal(down[[0, -1]], [[0.1, 0.0], [0.1, 1.0]])


def test_a_foot_lies_under_a_one() -> None:
    stroke, foot = allographs.styled(ONE, 1, Style(foot=0.4), rng())
    assert stroke is ONE[0]
    assert foot.mean(axis=0) == pytest.approx([0.1, 1.0], abs=0.01)
    assert foot[1, 0] - foot[0, 0] == pytest.approx(0.4, abs=0.01)
    assert len(allographs.styled(ONE, 1, Style(upstroke=(0.4, 0.8), foot=0.4), rng())) == 3


def test_a_crossed_seven_keeps_its_stroke() -> None:
    stroke, bar = allographs.styled(SEVEN, 7, Style(bar=(0.5, 0.4)), rng())
    assert stroke is SEVEN[0]
    assert bar.mean(axis=0) == pytest.approx([0.4, 0.5], abs=0.01)
    assert bar[1, 0] - bar[0, 0] == pytest.approx(0.4, abs=0.1)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), label=st.integers(0, 9))
def test_hands_write_within_reach(seed: int, label: int) -> None:
    chance = np.random.default_rng(seed)
    lines = allographs.styled(SEVEN, label, allographs.style(chance), chance)
    points = np.concatenate(lines)
    assert np.isfinite(points).all() and points.min() > -1.2 and points.max() < 1.5
    assert all(len(line) >= 2 for line in lines)


def test_most_digits_stay_as_they_were_written() -> None:
    assert allographs.styled(SEVEN, 7, PLAIN, rng()) is SEVEN
    bold = Style(upstroke=(0.4, 0.8), bar=(0.5, 0.4), forms={5: ONE, 9: ONE})
    assert allographs.styled(SEVEN, 3, bold, rng()) is SEVEN
    assert allographs.styled(SEVEN, 5, bold, rng()) is not SEVEN


def test_every_way_is_met() -> None:
    chance = rng()
    found = [allographs.style(chance) for _ in range(200)]
    ways = {"upstroke": allographs.UPSTROKE, "foot": allographs.FOOT, "bar": allographs.CROSSED}
    for name, often in ways.items():
        met = np.mean([getattr(style, name) is not None for style in found])
        assert 0.03 < met < 0.6 and abs(met - often) < 0.1
    for label, (often, _) in allographs.FORMS.items():
        assert abs(np.mean([label in style.forms for style in found]) - often) < 0.1


@pytest.mark.parametrize("label", allographs.FORMS)
def test_another_form_is_as_high_as_any_digit(label: int) -> None:
    chance = rng()
    while label not in (how := allographs.style(chance)).forms:
        pass
    points = np.concatenate(allographs.styled(SEVEN, label, how, chance))
    assert np.ptp(points[:, 1]) == pytest.approx(1.0, abs=0.3)
    assert np.ptp(points[:, 0]) > 0.2


def test_a_smoothed_way_has_no_corners_and_the_same_ends() -> None:
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    way = allographs.smooth(corners)
    np.testing.assert_array_equal(way[[0, -1]], corners[[0, -1]])
    steps = np.diff(way, axis=0)
    angles = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    assert np.abs(np.diff(angles)).max() < np.pi / 8
    assert angles[-1] - angles[0] == pytest.approx(np.pi / 2)
