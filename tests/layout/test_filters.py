"""What is removed because it cannot be a digit."""

from __future__ import annotations

import pytest

from inkling.geometry import Box
from inkling.layout.components import Component
from inkling.layout.filters import (
    may_be_part,
    may_stand_in_strip,
    without_edges,
    without_margins,
    without_underlines,
)

# The height of a page's digits, the highest possible digit, and the page's height and width.
HEIGHT, TALLEST, SHAPE = 40.0, 90.0, (400, 600)


def component(box: Box, area: int = 0) -> Component:
    """A component that fills a third of its box, or as much as said."""
    return Component(box, (1,), area or box[2] * box[3] // 3)


@pytest.mark.parametrize(
    ("found", "is_part"),
    [
        (component((100, 100, 25, 40)), True),
        (component((100, 100, 25, 5)), True),
        (component((100, 100, 8, 8)), False),
        (component((100, 100, 25, 95)), False),
        (component((100, 100, 25, 40), 3), False),
        (component((100, 100, 30, 40), 1000), False),
        (component((100, 100, 6, 60)), False),
        (component((0, 100, 25, 20)), False),
        (component((0, 100, 25, 30)), True),
    ],
    ids=[
        "digit", "bar of a 5", "speck", "bracket", "almost empty", "solid", "thin and high",
        "low at the border", "cut by the border",
    ],
)  # fmt: skip
def test_sizes_and_places_of_digits(found: Component, is_part: bool) -> None:
    assert may_be_part(found, HEIGHT, TALLEST, SHAPE) is is_part


def test_a_single_line_keeps_all_but_specks_and_rests_of_ruling_lines() -> None:
    assert may_stand_in_strip(component((10, 10, 5, 6)), HEIGHT)
    assert not may_stand_in_strip(component((10, 10, 3, 3)), HEIGHT)
    assert not may_stand_in_strip(component((10, 10, 45, 6)), HEIGHT)
    assert may_stand_in_strip(component((10, 10, 35, 6)), HEIGHT)


def test_bars_along_a_side_are_the_edge_of_the_sheet() -> None:
    digit = component((300, 100, 25, 40))
    edge = [component((10, y, 12, 60)) for y in (20, 120)]
    one = component((10, 20, 9, 40))
    assert without_margins([digit, *edge], SHAPE, is_crop=False) == [digit]
    right = [component((570, y, 12, 60)) for y in (20, 120)]
    assert without_margins([digit, *right], SHAPE, is_crop=False) == [digit]
    # A single bar at the side of a page is a 1. In a crop it is not.
    assert without_margins([digit, one], SHAPE, is_crop=False) == [digit, one]
    assert without_margins([digit, one], SHAPE, is_crop=True) == [digit]


def test_a_bar_under_a_number_is_its_underline() -> None:
    digits = [component((x, 100, 25, 40)) for x in (100, 140, 180)]
    underline, minus = component((95, 145, 115, 12)), component((300, 118, 40, 6))
    assert without_underlines([*digits, underline, minus], HEIGHT) == [*digits, minus]
    # The lower bar of a digit overlaps it.
    low = component((140, 125, 40, 10))
    assert without_underlines([*digits, low], HEIGHT) == [*digits, low]


def test_bars_at_a_side_that_are_much_higher_than_the_rest_are_edges() -> None:
    digit, edge = component((60, 100, 28, 40)), component((2, 10, 5, 240))
    assert without_edges([digit, edge], (300, 120)) == [digit]
    one = component((2, 90, 5, 60))
    assert without_edges([digit, one], (300, 120)) == [digit, one]
    assert without_edges([edge], (300, 120)) == [edge]
