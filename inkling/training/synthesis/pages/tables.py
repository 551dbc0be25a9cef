"""Tables and rows of boxes, with any of their lines missing, filled in by hand or in print."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.training.synthesis.pages import printing
from inkling.training.synthesis.pages.handwriting import (
    Hand,
    choose_word,
    write_number,
    write_sign,
    write_word,
)
from inkling.training.synthesis.pages.marks import decorate, doodle, line, ring
from inkling.training.synthesis.pages.sheet import Sheet, Written, put

Rng = np.random.Generator

# Part of the tables drawn by hand, part whose inner lines of one direction are missing, and of
# each outer side that is missing.
DRAWN_RATE = 0.35
NO_LINES_RATE = 0.15
OPEN_SIDE_RATE = 0.2
# Part of the tables every third line of which is bold, and that hold printed digits too.
BOLD_RATE = 0.15
PRINTED_DIGITS_RATE = 0.25
# Part of the tables that have a column of grades, and the grades.
GRADES_RATE = 0.35
GRADES = "AABBCCDDEF"
# Part of the tables that have a column of totals, each in a ring.
TOTALS_RATE = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    columns: NDArray[np.float64]
    rows: NDArray[np.float64]


def add_table(sheet: Sheet, hand: Hand) -> None:
    """Draw one table over the sheet, or a part of one, and fill it in."""
    rng, height = hand.rng, hand.height
    digits = int(rng.choice([1, 2, 3, 4], p=[0.45, 0.3, 0.15, 0.1]))
    row = height * float(rng.uniform(1.15, 2.6))
    advance = 0.6 + max(0.0, hand.writer.gap)
    column = max(0.8 * row, height * (digits * advance + float(rng.uniform(0.2, 1.2))))
    left = float(rng.uniform(-column, 0.3 * sheet.shape[1]))
    top = float(rng.uniform(-row, 0.3 * sheet.shape[0]))
    grid = _Grid(
        np.asarray(left + column * np.arange(int(rng.integers(2, 15))), np.float64),
        np.asarray(top + row * np.arange(int(rng.integers(2, 15))), np.float64),
    )
    _draw_lines(sheet, hand, grid)
    _fill(sheet, hand, grid, digits)


def add_boxes(sheet: Sheet, hand: Hand, count: int, x: float, y: float) -> float:
    """A printed row of boxes with one digit in each, as forms have; returns where it ends.

    Args:
        sheet: changed in place.
        hand: who fills it in.
        count: boxes.
        x: the column where it begins.
        y: the row of the boxes' middle.
    """
    rng, height = hand.rng, hand.height
    side = height * float(rng.uniform(1.05, 1.7))
    width = side * float(rng.uniform(0.75, 1.1))
    gap = float(rng.choice([0.0, 0.15, 0.3])) * width
    thickness = max(1.0, height * float(rng.uniform(0.02, 0.08)))
    number, sheet.numbers = sheet.numbers, sheet.numbers + 1
    filled = count if rng.random() < 0.8 else int(rng.integers(1, count + 1))
    for box in range(count):
        left = x + box * (width + gap)
        _box(sheet, left, y - side / 2.0, width, side, thickness, rng)
        if box < filled:
            _write_digit(sheet, hand, left + width / 2.0, y, number)
    return x + count * (width + gap)


def _write_digit(sheet: Sheet, hand: Hand, x: float, y: float, number: int) -> None:
    """Write a digit with its middle near (x, y)."""
    label = int(hand.rng.integers(10))
    patch = hand.digit(label)
    height, width = patch.ink.shape
    x, y = np.array([x, y]) + hand.rng.normal(0.0, 0.07, 2) * hand.height
    put(sheet.digits, patch.ink, x - width / 2.0, y - height / 2.0)
    sheet.written.append(Written(str(label), float(x), float(y), width, height, number))


def _box(
    sheet: Sheet, x: float, y: float, width: float, height: float, thickness: float, rng: Rng
) -> None:
    corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
    for side in range(4):
        line(sheet.printed, corners[side], corners[(side + 1) % 4], thickness, 0.0, rng)


def _draw_lines(sheet: Sheet, hand: Hand, grid: _Grid) -> None:
    rng, height = hand.rng, hand.height
    is_drawn = rng.random() < DRAWN_RATE
    layer = sheet.other if is_drawn else sheet.printed
    pen = hand.writer.pen_width
    thickness = pen if is_drawn else max(1.0, height * float(rng.uniform(0.02, 0.1)))
    wobble = 0.02 * height if is_drawn else 0.0
    is_bold = rng.random() < BOLD_RATE
    for places, others, is_vertical in (
        (grid.columns, grid.rows, True),
        (grid.rows, grid.columns, False),
    ):
        has_inner = rng.random() >= NO_LINES_RATE
        for index, place in enumerate(places):
            is_outer = index in (0, len(places) - 1)
            if rng.random() < OPEN_SIDE_RATE if is_outer else not has_inner:
                continue
            ends = np.array([[place, others[0]], [place, others[-1]]])
            if not is_vertical:
                ends = ends[:, ::-1]
            width = thickness * (2.2 if is_bold and index % 3 == 0 else 1.0)
            line(layer, ends[0], ends[1], width, wobble, rng)


def _fill(sheet: Sheet, hand: Hand, grid: _Grid, digits: int) -> None:
    """Write in the cells."""
    rng, height = hand.rng, hand.height
    filled = float(rng.uniform(0.3, 1.0))
    font = printing.choose_font(rng) if rng.random() < PRINTED_DIGITS_RATE else None
    column = float(grid.columns[1] - grid.columns[0])
    row = float(grid.rows[1] - grid.rows[0])
    has_grades = set(GRADES) <= set(hand.characters.letters) and rng.random() < GRADES_RATE
    of_grades = float(rng.choice(grid.columns[:-1])) if has_grades else None
    of_totals = float(rng.choice(grid.columns[:-1])) if rng.random() < TOTALS_RATE else None
    for top in grid.rows[:-1]:
        for left in grid.columns[:-1]:
            is_inside = left < sheet.shape[1] and top < sheet.shape[0] and left + column > 0
            if not is_inside:
                continue
            y = top + row / 2.0 + float(rng.normal(0.0, 0.06)) * row
            choice = float(rng.random())
            if left == of_grades:
                _fill_grade(sheet, hand, left + float(rng.uniform(0.1, 0.4)) * column, y)
            elif choice < 0.9 * filled:
                count = int(rng.integers(1, digits + 1))
                width = count * height * (0.6 + max(0.0, hand.writer.gap))
                x = left + max(0.05 * height, (column - width) * float(rng.uniform(0.1, 0.7)))
                is_total = left == of_totals
                _fill_cell(sheet, hand, count, x, y, font, is_total=is_total)
            elif choice < 0.96 * filled and hand.characters.letters:
                word = choose_word(hand, may_be_short=True)
                write_word(sheet, hand, word, left + 0.2 * height, y)
            elif choice < filled:
                doodle(sheet, hand, left + 0.2 * column, y)


def _fill_grade(sheet: Sheet, hand: Hand, x: float, y: float) -> None:
    """Write a letter, perhaps with a sign."""
    rng = hand.rng
    end = write_word(sheet, hand, [str(rng.choice(list(GRADES)))], x, y)
    if rng.random() < 0.4:
        write_sign(sheet, hand, str(rng.choice(["+", "-"])), end + 0.1 * hand.height, y)


def _fill_cell(
    sheet: Sheet,
    hand: Hand,
    count: int,
    x: float,
    y: float,
    font: str | None,
    *,
    is_total: bool,
) -> None:
    """Write or print one number in a cell."""
    rng = hand.rng
    labels = "".join(str(k) for k in rng.integers(0, 10, count))
    if font is not None and not is_total and rng.random() < 0.5:
        print_number(sheet, labels, font, hand.height, x, y)
        return
    first = len(sheet.written)
    end = write_number(sheet, hand, labels, x, y)
    if is_total:
        ring(sheet, hand, first, x, end, y)
    elif rng.random() < 0.25:
        decorate(sheet, hand, first, x, end, y)


def print_number(sheet: Sheet, labels: str, font: str, height: float, x: float, y: float) -> float:
    """Print digits, which count as digits like written ones; returns where they end."""
    number, sheet.numbers = sheet.numbers, sheet.numbers + 1
    for label in labels:
        ink = printing.draw_text(label, font, height)
        h, w = ink.shape
        put(sheet.digits, ink, x, y - h / 2.0)
        sheet.written.append(Written(label, x + w / 2.0, y, w, h, number))
        x += w + 0.12 * height
    return x
