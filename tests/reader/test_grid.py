"""Tables of numbers that align."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from inkling.imaging.glyph import to_glyph
from inkling.layout.rows import Joint
from inkling.layout.ruled_tables import RuledTable
from inkling.reader.grid import BLOCK_REACH, find_lines, in_ruled_tables, with_cells
from inkling.recognition.results import Cell, Digit, Line, Number, Prediction
from tests.fixtures.found_digits import found_digits

GLYPH = to_glyph(np.full((20, 12), 255, np.uint8))
CERTAIN = Prediction("7", (0.0,) * 7 + (1.0, 0.0, 0.0), 1.0, True, True)


def _number(x: float, y: float, width: float = 12.0, height: float = 20.0) -> Number:
    box = (round(x - width / 2.0), round(y - height / 2.0), round(width), round(height))
    return Number((Digit("7", 1.0, box, CERTAIN, GLYPH),))


def _lines(places: list[list[tuple[float, float]]]) -> list[Line]:
    return [Line(tuple(_number(x, y) for x, y in row)) for row in places]


def _cells(lines: tuple[Line, ...]) -> list[list[tuple[int, int] | None]]:
    return [
        [None if n.cell is None else (n.cell.row, n.cell.column) for n in line.numbers]
        for line in lines
    ]


def test_digits_of_a_table_stay_in_their_cells_and_others_are_joined() -> None:
    joint = Joint(link=0.1, gap=0.0, bias=1.0)
    table = found_digits([(40.0 * x, 40.0 * y) for y in range(4) for x in range(4)])
    assert [len(line.numbers) for line in find_lines(table, joint)] == [4] * 4
    words = found_digits(
        [(15.0 * x + 7.0 * (x * y % 3), 40.0 * y) for y in range(4) for x in range(4)]
    )
    assert [len(line.numbers) for line in find_lines(words, joint)] == [1] * 4


def test_what_stands_around_a_ruled_table_is_no_table() -> None:
    around = [[(0.0, 40.0 * y), (200.0, 40.0 * y)] for y in range(4)]
    assert _cells(with_cells(_lines(around), 0.0))[0] == [(1, 1), (1, 2)]
    inside = replace(_number(100.0, 60.0), cell=Cell(1, 1, 1))
    cells = _cells(with_cells([*_lines(around), Line((inside,))], 0.0))
    assert cells == [[None, None]] * 4 + [[(1, 1)]]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 9999), st.floats(-0.1, 0.1), st.floats(-0.12, 0.12))
def test_a_sudoku_with_empty_cells_is_a_table(seed: int, angle: float, lean: float) -> None:
    rng = np.random.default_rng(seed)
    filled = rng.random((9, 9)) < 0.45
    # Each row and column has a digit, so that all can be counted.
    filled |= np.eye(9, dtype=np.bool_)
    at = np.argwhere(filled)
    steps = np.abs(at[:, None] - at[None, :]).max(axis=-1)
    # Digits far from all others are no part of the table.
    assume(connected_components(steps <= BLOCK_REACH)[0] == 1)
    c, s = np.cos(angle), np.sin(angle)
    places: list[list[tuple[float, float]]] = []
    expected = []
    for row in range(9):
        columns = np.flatnonzero(filled[row])
        x = 40.0 * columns + lean * 40.0 * row + rng.normal(0.0, 1.5, len(columns))
        y = 40.0 * row + rng.normal(0.0, 1.5, len(columns))
        turned = np.stack([300 + c * x - s * y, 300 + s * x + c * y], 1)
        places.append([(float(x), float(y)) for x, y in turned])
        expected.append([(row + 1, int(column) + 1) for column in columns])
    assert _cells(with_cells(_lines(places), angle)) == expected


def test_columns_of_unequal_width_are_counted_one_by_one() -> None:
    columns = (0.0, 30.0, 95.0, 140.0)
    places = [[(x, 50.0 * row) for x in columns] for row in range(4)]
    found = _cells(with_cells(_lines(places), 0.0))
    assert found == [[(row + 1, k + 1) for k in range(4)] for row in range(4)]


@pytest.mark.parametrize(
    "places",
    [
        [],
        [[(0.0, 0.0)]],
        [[(0.0, 40.0 * row)] for row in range(8)],
        [[(0.0, 0.0), (40.0, 0.0)], [(0.0, 40.0), (40.0, 40.0)]],
        [*[[(0.0, 40.0 * row)] for row in range(8)], [(0.0, 320.0), (40.0, 320.0)]],
    ],
    ids=["nothing", "one number", "a list", "two lines", "a list and a number beside it"],
)
def test_what_is_no_table_has_no_cells(places: list[list[tuple[float, float]]]) -> None:
    assert _cells(with_cells(_lines(places), 0.0)) == [[None] * len(row) for row in places]


def test_three_lines_of_two_numbers_are_a_table() -> None:
    places = [[(0.0, 40.0 * row), (40.0, 40.0 * row)] for row in range(3)]
    found = _cells(with_cells(_lines(places), 0.0))
    assert found == [[(row + 1, 1), (row + 1, 2)] for row in range(3)]


def test_numbers_anywhere_are_no_table() -> None:
    rng = np.random.default_rng(3)
    places = [[(float(x), 40.0 * row) for x in np.sort(rng.uniform(0, 600, 4))] for row in range(6)]
    assert {cell for line in _cells(with_cells(_lines(places), 0.0)) for cell in line} == {None}


def test_a_number_over_a_line_between_cells_is_several() -> None:
    table = RuledTable((0, 40, 80), (0, 40, 80, 120), np.eye(3))
    digits = tuple(
        Digit(label, 1.0, (x, 50, 10, 20), CERTAIN, GLYPH)
        for label, x in (("1", 45), ("2", 60), ("3", 85), ("4", 300))
    )
    (line,) = in_ruled_tables([Line((Number(digits, signed="1.234"),))], [table])
    assert [number.text for number in line.numbers] == ["12", "3", "4"]
    assert [number.cell for number in line.numbers] == [Cell(1, 2, 2), Cell(1, 2, 3), None]
    assert {number.signed for number in line.numbers} == {""}
    (line,) = in_ruled_tables([Line((Number(digits[:2], signed="1.2"),))], [table])
    assert [number.written for number in line.numbers] == ["1.2"]


def test_numbers_of_ruled_tables_keep_their_cells() -> None:
    places = [[(0.0, 50.0 * row), (40.0, 50.0 * row)] for row in range(4)]
    lines = [
        Line((replace(line.numbers[0], cell=Cell(1, 9, 9)), *line.numbers[1:]))
        for line in _lines(places)
    ]
    found = with_cells(lines, 0.0)
    assert [line.numbers[0].cell for line in found] == [Cell(1, 9, 9)] * 4


@pytest.mark.parametrize(("height", "is_table"), [(30.0, True), (34.0, False)])
def test_numbers_of_a_table_differ_in_height_by_a_factor_of_1_6_at_most(
    height: float, is_table: bool
) -> None:
    rows = [(_number(0.0, 50.0 * k), _number(40.0, 50.0 * k, 12.0, height)) for k in range(4)]
    found = with_cells([Line(row) for row in rows], 0.0)
    cells = [number.cell is not None for line in found for number in line.numbers]
    assert cells == [is_table] * 8


@pytest.mark.parametrize(("gap", "tables"), [(3.4, {1}), (3.6, {1, 2})])
def test_a_table_ends_where_nothing_stands_for_3_5_steps(gap: float, tables: set[int]) -> None:
    columns = [0.0, 40.0, 40.0 + 40.0 * gap, 80.0 + 40.0 * gap]
    found = with_cells(_lines([[(x, 40.0 * row) for x in columns] for row in range(4)]), 0.0)
    assert {number.cell and number.cell.table for line in found for number in line.numbers} == (
        tables
    )


@pytest.mark.parametrize(("jitter", "is_one"), [(0.35, True), (0.45, False)])
def test_numbers_of_a_column_are_apart_by_less_than_0_4_of_a_step(
    jitter: float, is_one: bool
) -> None:
    places = [
        [(100.0 * column + 100.0 * jitter * (row in (1, 2)), 100.0 * row) for column in range(2)]
        for row in range(4)
    ]
    found = _cells(with_cells(_lines(places), 0.0))
    assert (len({cell and cell[1] for row in found for cell in row}) == 2) is is_one


@pytest.mark.parametrize(("doubles", "is_table"), [(8, True), (9, False)])
def test_at_least_85_percent_of_a_table_s_numbers_are_alone_in_their_cells(
    doubles: int, is_table: bool
) -> None:
    """Ten lines of five columns; some have a second number in the last cell."""
    places = [
        [(40.0 * column, 40.0 * row) for column in range(5)]
        + [(175.0, 40.0 * row)] * (row < doubles)
        for row in range(10)
    ]
    found = with_cells(_lines(places), 0.0)
    assert {number.cell is not None for line in found for number in line.numbers} == {is_table}
