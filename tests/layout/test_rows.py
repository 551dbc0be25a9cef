"""Digits to numbers and lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.layout.rows import Joint, divided, find_lines
from tests.fixtures.found_digits import found_digits


def test_no_digits_are_no_lines() -> None:
    assert find_lines(found_digits([])) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(1, 8), st.floats(-0.3, 0.3), st.integers(0, 99))
def test_a_tilted_grid_of_digits_is_its_rows(
    rows: int, columns: int, angle: float, seed: int
) -> None:
    c, s = np.cos(angle), np.sin(angle)
    grid = [(40.0 * column, 45.0 * row) for row in range(rows) for column in range(columns)]
    places = [(300 + x * c - y * s, 300 + x * s + y * c) for x, y in grid]
    order = np.random.default_rng(seed).permutation(len(places))
    lines = find_lines(found_digits([places[k] for k in order], angle=angle))
    found = [[int(order[digit]) for digit in line.digits] for line in lines]
    expected = [list(range(row * columns, (row + 1) * columns)) for row in range(rows)]
    assert found == expected


def test_a_number_is_a_chain_of_links() -> None:
    places = [(0, 0), (14, 1), (28, 0), (44, 0), (58, 0)]
    lines = find_lines(found_digits(places, links=[(0, 1), (1, 2), (3, 4)]))
    assert [line.numbers for line in lines] == [[[0, 1, 2], [3, 4]]]


def test_a_wide_gap_divides_and_a_narrow_one_joins_where_the_link_is_weak() -> None:
    places = [(0, 0), (14, 0), (60, 0), (74, 0)]
    digits = found_digits(places, links=[(0, 1), (1, 2), (2, 3)])
    digits.has_next[:3] = (0.4, 0.6, 0.4)
    assert [line.numbers for line in find_lines(digits)] == [[[0], [1, 2], [3]]]
    joint = Joint(link=1.0, gap=-2.0, bias=2.0)
    assert [line.numbers for line in divided(find_lines(digits), digits, joint)] == [
        [[0, 1], [2, 3]]
    ]


def test_the_angle_of_a_long_line_is_measured() -> None:
    places = [(20.0 * k, 4.0 * k) for k in range(6)]
    (line,) = find_lines(found_digits(places, angle=0.1))
    assert line.angle == pytest.approx(np.arctan(0.2), abs=0.01)


def test_lines_far_apart_are_not_one() -> None:
    lines = find_lines(found_digits([(0, 0), (1000, 0)]))
    assert len(lines) == 2


def test_a_part_of_a_digit_makes_no_line_of_its_own() -> None:
    # The top of the second digit was found once more, and between the third and the fourth a fifth.
    places = [(0.0, 0.0), (20.0, 0.0), (40.0, 0.0), (60.0, 0.0), (22.0, -7.0), (50.0, 6.0)]
    digits = found_digits(places, links=[(0, 1), (1, 2), (2, 3)])
    (line,) = find_lines(digits)
    assert line.digits == [0, 1, 2, 3]


def test_a_line_close_below_another_is_kept() -> None:
    places = [(20.0 * k, y) for y in (0.0, 17.0) for k in range(4)]
    lines = find_lines(found_digits(places))
    assert [line.digits for line in lines] == [[0, 1, 2, 3], [4, 5, 6, 7]]


@pytest.mark.parametrize(
    ("count", "rise", "is_one"),
    [
        # Six level digits show the line's course. The next one leaves it by 0.72 or 0.78 heights,
        # across a gap over which digits may rise by 0.8.
        (6, 0.72, True),
        (6, 0.78, False),
        (3, 0.78, True),
    ],
)
def test_a_digit_that_leaves_the_course_of_its_line_is_of_another_one(
    count: int, rise: float, is_one: bool
) -> None:
    places = [(25.0 * k, 100.0) for k in range(count)]
    places.append((25.0 * count + 250.0, 100.0 - 20.0 * rise))
    lines = find_lines(found_digits(places))
    assert (len(lines) == 1) is is_one
