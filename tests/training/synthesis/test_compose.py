"""Characters side by side on one baseline."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from inkling.training.synthesis import compose
from inkling.training.synthesis.canvas import CANVAS_DIGIT, CANVAS_HEIGHT
from inkling.training.synthesis.compose import compose_line
from inkling.training.synthesis.writer import Patch, Writer

BLOCK = Patch(np.full((CANVAS_DIGIT, 20), 255, np.uint8))
STEADY = Writer(
    height=CANVAS_DIGIT, slant=0.0, stretch=1.0, gap=0.6, baseline_jitter=0.0, pen_width=4.0
)


@pytest.fixture(autouse=True)
def without_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "THOUSANDS_RATE",
        "STRAY_POINT_RATE",
        "TRAILING_MARK_RATE",
        "LEADING_MARK_RATE",
        "CLIPPED_RATE",
    ):
        monkeypatch.setattr(compose, name, 0.0)


def column_groups(canvas: np.ndarray) -> list[np.ndarray]:
    """The columns of ink, split where a column has none."""
    columns = np.flatnonzero(canvas.any(axis=0))
    return np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)


def compose_blocks(count: int, writer: Writer, seed: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return compose_line([BLOCK] * count, [2] * count, [writer] * count, rng)


def test_characters_stand_apart_by_the_writers_gap() -> None:
    canvas = compose_blocks(5, STEADY)
    assert canvas.shape[0] == CANVAS_HEIGHT
    groups = column_groups(canvas)
    assert [len(group) for group in groups] == [20] * 5
    gaps = [after[0] - before[-1] - 1 for before, after in pairwise(groups)]
    assert np.mean(gaps) == pytest.approx(0.6 * CANVAS_DIGIT, abs=0.2 * CANVAS_DIGIT)


def test_a_negative_gap_makes_characters_touch() -> None:
    assert len(column_groups(compose_blocks(5, replace(STEADY, gap=-0.5)))) == 1


def test_a_ligature_joins_characters_that_are_near() -> None:
    assert len(column_groups(compose_blocks(3, replace(STEADY, ligature_rate=1.0)))) == 1


def test_points_separate_thousands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "THOUSANDS_RATE", 1.0)
    # Most points stand apart from the blocks, and are narrower. They follow the second of five.
    thin = replace(STEADY, pen_width=2.0)
    apart = 0
    for seed in range(20):
        widths = [len(group) for group in column_groups(compose_blocks(5, thin, seed))]
        apart += [width == 20 for width in widths] == [True, True, False, True, True, True]
    assert apart > 10
