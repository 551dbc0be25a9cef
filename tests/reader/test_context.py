"""What stands around a number, and whether it is one."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.geometry import Box
from inkling.reader.context import CONTEXT, Existence, Surroundings, context
from inkling.reader.reliability import FEATURES, Reliability

# Two columns of three numbers each, and their logits.
BOXES: list[Box] = [(60 * column, 40 * row, 14, 20) for column in range(2) for row in range(3)]
LOGITS = np.array([3.0, 2.0, 9.0, -1.0, 0.5, -3.0])


def _named(row: np.ndarray) -> dict[str, float]:
    return dict(zip(CONTEXT, row.tolist(), strict=True))


def test_means_are_over_the_column_the_row_and_the_picture() -> None:
    found = _named(context(BOXES, LOGITS, Surroundings())[1])
    assert found["logit of the number by itself"] == 2.0
    # The mean counts one number more, which says nothing, and no logit beyond 4.
    mean = "mean logit of the other numbers"
    assert found[f"{mean} in its column"] == pytest.approx((3.0 + 4.0) / 3.0)
    assert found[f"{mean} in its row"] == pytest.approx(0.5 / 2.0)
    assert found[f"{mean} on the picture"] == pytest.approx((3.0 + 4.0 - 1.0 + 0.5 - 3.0) / 6.0)


def test_shares_are_of_other_characters_and_of_digits_not_read() -> None:
    around = Surroundings(others=((0, 120, 14, 20),), unread=((60, 120, 14, 20), (60, 160, 12, 18)))
    left, right = (_named(context(BOXES, LOGITS, around)[row]) for row in (0, 3))
    others, unread = (
        "share of other characters in its column",
        "share of digits that the line model did not read in its column",
    )
    assert (left[others], left[unread]) == (pytest.approx(1.0 / 4.0), 0.0)
    assert (right[others], right[unread]) == (0.0, pytest.approx(2.0 / 5.0))


def test_what_lies_in_a_numbers_own_box_or_is_of_another_size_says_nothing() -> None:
    around = Surroundings(others=((2, 5, 10, 12), (0, 100, 60, 90)), unread=((1, 2, 12, 18),))
    found = context(BOXES[:1], LOGITS[:1], around)
    assert found[0].tolist() == [3.0, *[0.0] * (len(CONTEXT) - 1)]


def test_a_tilted_column_is_one() -> None:
    angle = 0.3
    c, s = np.cos(angle), np.sin(angle)
    turned: list[Box] = [
        (round(x * c - y * s), round(x * s + y * c), width, height) for x, y, width, height in BOXES
    ]
    found = context(turned, LOGITS, Surroundings(angle=angle))
    assert found == pytest.approx(context(BOXES, LOGITS, Surroundings()))


def test_a_number_counts_by_what_stands_around_it() -> None:
    """The same logit counts in a column of numbers, and not in a column of letters."""
    weights = np.zeros(len(FEATURES))
    weights[0] = 1.0
    alone = Reliability(weights, 0.0, 0.0)
    in_column = np.zeros(len(CONTEXT))
    in_column[CONTEXT.index("mean logit of the other numbers in its column")] = 1.0
    existence = Existence(alone, Reliability(in_column, 0.0, 0.5))
    features = np.zeros((6, len(FEATURES)))
    features[:, 0] = [3.0, 0.0, 3.0, -3.0, 0.0, -3.0]
    counts = existence.is_number(BOXES, features, Surroundings())
    assert counts.tolist() == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("ratio", "counts"), [(1.9, True), (2.1, False), (0.55, True), (0.45, False)]
)
def test_what_is_twice_as_high_or_half_as_high_is_something_else(
    ratio: float, counts: bool
) -> None:
    number: list[Box] = [(0, 0, 140, 200)]
    other: Box = (0, 500, 140, round(200 * ratio))
    found = _named(context(number, np.zeros(1), Surroundings(others=(other,)))[0])
    assert found["share of other characters in its column"] == (0.5 if counts else 0.0)
