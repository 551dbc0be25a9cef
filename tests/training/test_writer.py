"""One writer's digits in a line: drawn at the height, with the pen and at the slant of the hand."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.imaging.pixels import stroke_width
from inkling.training.synthesis import writer
from inkling.training.synthesis.writer import Hand
from tests.fixtures.pages_made import mnist_test, pen_strokes

PLAIN = Hand(height=40.0, slant=0.0, stretch=1.0, gap=0.1, wobble=0.0, pen=4.0)
UPRIGHT = [np.array([[0.0, 0.0], [0.0, 1.0]])]


class Still(np.random.Generator):
    """Chance that never moves anything."""

    def __init__(self) -> None:
        super().__init__(np.random.PCG64(0))

    def normal(self, loc=0.0, scale=1.0, size=None):  # type: ignore[no-untyped-def,override]
        return np.full(size, loc) if size is not None else loc


@settings(max_examples=30, deadline=None)
@given(height=st.floats(20, 60), pen=st.floats(2, 8))
def test_a_stroke_is_as_high_as_the_hand_and_as_wide_as_its_pen(height: float, pen: float) -> None:
    patch = writer.from_lines(UPRIGHT, 1, replace(PLAIN, height=height, pen=pen), Still())
    assert patch.ink.shape[0] == pytest.approx(height + pen, abs=3.5)
    assert patch.ink.shape[1] == pytest.approx(pen, abs=3.0)
    # The pen came at the top and left at the foot, in the middle of the stroke.
    assert patch.start is not None and patch.end is not None
    assert patch.end[1] - patch.start[1] == pytest.approx(height, abs=1.5)
    assert patch.ink[patch.start[1], patch.start[0]] == 255


def test_slant_leans_to_the_right() -> None:
    patch = writer.from_lines(UPRIGHT, 1, replace(PLAIN, slant=0.5), Still())
    top = np.flatnonzero(patch.ink[2] >= 128).mean()
    foot = np.flatnonzero(patch.ink[-3] >= 128).mean()
    assert top - foot == pytest.approx(0.5 * 40, abs=3)


def test_some_digits_are_higher_or_reach_below() -> None:
    hand = replace(PLAIN, one=1.5, zero=0.5, drop=0.2)
    assert [hand.share(label) for label in (0, 1, 2)] == [0.5, 1.5, 1.0]
    assert hand.below(7) == pytest.approx(8) and hand.below(1) == pytest.approx(10)
    assert hand.below(2) == 0.0


def test_a_hand_bends_a_digit_always_in_its_own_way() -> None:
    def ink(label: int, **changes: float) -> np.ndarray:
        return writer.from_lines(UPRIGHT, label, replace(PLAIN, **changes), Still()).ink

    np.testing.assert_array_equal(ink(2, bend=0.0, habit=1), ink(2))
    np.testing.assert_array_equal(ink(2, bend=0.06, habit=1), ink(2, bend=0.06, habit=1))
    bent = [ink(2), ink(2, bend=0.06, habit=1), ink(3, bend=0.06, habit=1)]
    bent.append(ink(2, bend=0.06, habit=2))
    assert len({each.tobytes() for each in bent}) == len(bent)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000), haste=st.floats(0.05, 0.4), size=st.sampled_from([0.05, 0.1, 1.0])
)
def test_a_hasty_line_keeps_its_ends_and_is_no_longer(seed: int, haste: float, size: float) -> None:
    line = np.random.default_rng(seed).uniform(0.0, size, (6, 2))
    cut = writer.hasty(line, haste)
    np.testing.assert_allclose(cut[[0, -1]], line[[0, -1]], atol=1e-9)

    def length(way: np.ndarray) -> float:
        return float(np.linalg.norm(np.diff(way, axis=0), axis=1).sum())

    assert length(cut) <= length(line) + 1e-9


def test_haste_leaves_straight_and_tiny_lines_alone() -> None:
    cut = writer.hasty(UPRIGHT[0], 0.2)
    assert np.ptp(cut[:, 0]) == 0.0 and (np.diff(cut[:, 1]) > 0).all()
    dot = np.array([[0.2, 0.2], [0.21, 0.2]])
    assert writer.hasty(dot, 0.2) is dot


@pytest.mark.parametrize(("label", "parts"), [(4, 1), (1, 2)])
def test_a_pen_that_is_not_lifted_joins_a_digits_lines(label: int, parts: int) -> None:
    apart = [np.array([[0.0, 0.0], [0.0, 1.0]]), np.array([[0.6, 0.0], [0.6, 1.0]])]
    patch = writer.from_lines(apart, label, replace(PLAIN, join=1.0), Still())
    assert cv2.connectedComponents((patch.ink >= 100).astype(np.uint8))[0] - 1 == parts


@settings(max_examples=40, deadline=None)
@given(before=st.integers(3, 9), pen=st.floats(2, 12), angle=st.floats(0, np.pi))
def test_strokes_become_as_wide_as_the_pen(before: int, pen: float, angle: float) -> None:
    ink = np.zeros((120, 120), np.uint8)
    reach = 45 * np.array([np.cos(angle), np.sin(angle)])
    ends = [tuple(int(n) for n in np.rint(60 + way * reach)) for way in (-1, 1)]
    cv2.line(ink, ends[0], ends[1], 255, before, cv2.LINE_AA)
    now = stroke_width(ink)
    # An edge moves by half of what a thin pen lacks, but not so far that strokes would close up.
    wanted = float(np.clip(pen, 0.56 * now, 1.7 * now))
    assert stroke_width(writer.with_pen(ink, pen)) == pytest.approx(wanted, abs=1.3)


def test_paper_stays_paper() -> None:
    assert not writer.with_pen(np.zeros((30, 30), np.uint8), 4.0).any()


def test_a_glyph_stands_in_the_line_as_high_as_the_hand() -> None:
    x, y = mnist_test()
    heights = [
        writer.from_glyph(x[row], int(y[row]), PLAIN, Still()).ink.shape[0]
        for row in range(100)
        if y[row] not in (1, 5, 7)
    ]
    assert np.median(heights) == pytest.approx(40, abs=4)


def test_writers_keep_their_digits() -> None:
    strokes = pen_strokes(writers=4)
    found = writer.trajectories(strokes, np.arange(len(strokes.labels)))
    assert len(found.writers) == 4 and len(found.digits) == len(found.labels)
    every = np.sort(np.concatenate([rows for known in found.writers for rows in known.values()]))
    assert every.tolist() == list(range(len(found.labels)))
    for known in found.writers:
        for label, rows in known.items():
            assert (found.labels[rows] == label).all()
    # At one height, from the corner.
    for lines in found.digits:
        points = np.concatenate(lines)
        assert points.min() == pytest.approx(0.0) and points[:, 1].max() == pytest.approx(1.0)
    twice = writer.joined([found, found])
    assert len(twice.writers) == 8 and len(twice.labels) == 2 * len(found.labels)
    assert (twice.labels[twice.writers[5][1]] == 1).all()


def test_without_names_neighbours_share_a_writer() -> None:
    strokes = replace(pen_strokes(writers=4), writers=None)
    count = len(strokes.labels)
    found = writer.trajectories(strokes, np.arange(count))
    assert len(found.writers) == -(-count // writer.RUN)
    nothing = writer.joined([])
    assert not nothing.digits and not nothing.writers and len(nothing.labels) == 0
