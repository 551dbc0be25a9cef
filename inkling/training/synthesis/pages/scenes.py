"""What a sheet holds: lines of numbers, sums, lists, tables, forms, one number, or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from inkling.training.synthesis.pages import printing
from inkling.training.synthesis.pages.characters import PageCharacters
from inkling.training.synthesis.pages.handwriting import (
    INNER_SIGN_RATE,
    INNER_SIGNS,
    Hand,
    choose_hand,
    choose_word,
    write_number,
    write_sign,
    write_word,
)
from inkling.training.synthesis.pages.marks import decorate, doodle
from inkling.training.synthesis.pages.sheet import Sheet, log_uniform
from inkling.training.synthesis.pages.tables import add_boxes, add_table, print_number

Rng = np.random.Generator
Scene = Callable[[Sheet, PageCharacters, Rng], float]

# Heights of digits on a crop, in pixels.
SMALLEST, TALLEST = 10.0, 72.0
LARGEST = 200.0
# The longest number, in digits.
MAX_DIGITS = 12
# Signs beside numbers.
SIGNS = ("+", "-", "=", "x", "(", ")", "/", "%", "#", "$", "*", ":", ".", ",", "?", "!", "&")
SIGN_WEIGHTS = (20, 18, 17, 12, 4, 4, 7, 2, 2, 2, 3, 3, 3, 3, 1, 1, 1)
# Signs between the numbers of a sparse page, and how often each is written.
SPARSE_SIGNS = ("+", "-", "=", "x", "(", ")")
SPARSE_SIGN_RATES = (0.33, 0.17, 0.12, 0.22, 0.08, 0.08)


def add_lines(sheet: Sheet, characters: PageCharacters, rng: Rng) -> float:
    """Lines of numbers, with words, signs and doodles between them."""
    height = log_uniform(rng, SMALLEST, TALLEST)
    if rng.random() < 0.12:
        height = log_uniform(rng, TALLEST, 170.0)
    hand = choose_hand(characters, height, rng)
    has_words, has_signs = rng.random() < 0.4, rng.random() < 0.45
    pitch = height * float(rng.uniform(1.15, 2.8))
    y = float(rng.uniform(-0.5, 1.0)) * height
    while y < sheet.shape[0] + height / 2.0:
        x = float(rng.uniform(-1.0, 1.0)) * height
        if rng.random() < 0.4:
            x = float(rng.uniform(-2.0 * height, 0.5 * sheet.shape[1]))
        while x < sheet.shape[1]:
            x = _add_item(sheet, hand, x, y, has_words=has_words, has_signs=has_signs)
            far = rng.random() < 0.3
            x += height * float(rng.uniform(2.0, 6.0) if far else rng.uniform(0.4, 2.0))
        y += pitch * (2.0 if rng.random() < 0.15 else 1.0)
    return height


def add_sums(sheet: Sheet, characters: PageCharacters, rng: Rng) -> float:
    """Lines of sums, such as 12 + 3 = 15 and 4x - 1, with hardly any space."""
    height = log_uniform(rng, SMALLEST, 90.0)
    hand = choose_hand(characters, height, rng)
    is_close = rng.random() < 0.5
    pitch = height * float(rng.uniform(1.2, 2.8))
    clear = hand.characters.clear_letters()
    y = float(rng.uniform(-0.5, 1.0)) * height
    while y < sheet.shape[0] + height / 2.0:
        x = float(rng.uniform(-height, 0.4 * sheet.shape[1]))
        while x < sheet.shape[1]:
            gap = height * float(rng.uniform(0.0, 0.2) if is_close else rng.uniform(0.1, 0.6))
            count = int(rng.choice([1, 2, 3, 4], p=[0.45, 0.3, 0.15, 0.1]))
            first, start = len(sheet.written), x
            x = write_number(sheet, hand, _labels(rng, count), x, y)
            if rng.random() < 0.15:
                decorate(sheet, hand, first, start, x, y)
            if clear and rng.random() < 0.22:
                letter = "x" if rng.random() < 0.6 and "x" in clear else str(rng.choice(clear))
                x = write_word(sheet, hand, [letter], x + 0.7 * gap, y)
            sign = str(
                rng.choice(["+", "-", "=", "x", "/", ":"], p=[0.3, 0.2, 0.25, 0.15, 0.05, 0.05])
            )
            x = write_sign(sheet, hand, sign, x + gap, y) + gap
            if rng.random() < 0.15:
                x += height * float(rng.uniform(1.0, 4.0))
        y += pitch
    return height


def add_cells(sheet: Sheet, characters: PageCharacters, rng: Rng) -> float:
    """A table."""
    height = log_uniform(rng, SMALLEST, 64.0)
    hand = choose_hand(characters, height, rng)
    add_table(sheet, hand)
    if rng.random() < 0.3:
        _print_labels(sheet, height, rng)
    return height


def add_columns(sheet: Sheet, characters: PageCharacters, rng: Rng) -> float:
    """Numbers of one to three digits in columns without lines."""
    height = log_uniform(rng, SMALLEST, 60.0)
    hand = choose_hand(characters, height, rng)
    digits = int(rng.choice([1, 2, 3], p=[0.55, 0.3, 0.15]))
    step = height * (digits * (0.6 + max(0.0, hand.writer.gap)) + float(rng.uniform(0.4, 2.2)))
    pitch = height * float(rng.uniform(1.15, 2.4))
    left = float(rng.uniform(-step, step))
    for y in np.arange(rng.uniform(-0.5, 1.0) * height, sheet.shape[0] + height, pitch):
        for x in np.arange(left, sheet.shape[1], step):
            if rng.random() < 0.92:
                x, row = np.array([x, y]) + rng.normal(0.0, 0.06, 2) * height
                write_number(sheet, hand, _labels(rng, digits), float(x), float(row))
    return height


def add_form(sheet: Sheet, characters: PageCharacters, rng: Rng) -> float:
    """Printed labels, and beside each of them a number on a rule, in boxes or in none."""
    height = log_uniform(rng, 12.0, 60.0)
    hand = choose_hand(characters, height, rng)
    font = printing.choose_font(rng)
    pitch = height * float(rng.uniform(1.5, 3.2))
    left = float(rng.uniform(-2.0, 2.0)) * height
    for y in np.arange(rng.uniform(0.0, 1.0) * height, sheet.shape[0] + height, pitch):
        text = printing.random_words(rng)[: int(rng.integers(4, 16))]
        size = height * float(rng.uniform(0.35, 0.9))
        x = printing.print_text(sheet, text, font, size, left, float(y))
        x += height * float(rng.uniform(0.3, 1.2))
        count = int(rng.integers(1, 9))
        if rng.random() < 0.35:
            add_boxes(sheet, hand, count, x, float(y))
            continue
        if rng.random() < 0.5:
            row = float(y) + 0.6 * height
            thickness = max(1, round(0.05 * height))
            sheet.printed[max(0, int(row)) : max(0, int(row) + thickness), max(0, int(x)) :] = 255
        first = len(sheet.written)
        end = write_number(sheet, hand, _labels(rng, count), x, float(y))
        decorate(sheet, hand, first, x, end, float(y))
    return height


def add_single(sheet: Sheet, characters: PageCharacters, rng: Rng) -> float:
    """One digit or one short number, large on the sheet."""
    height_of_sheet, width = sheet.shape
    count = int(rng.choice([1, 2, 3, 4], p=[0.62, 0.16, 0.12, 0.1]))
    largest = min(0.72 * (height_of_sheet - 64), (width - 64) / (0.65 * count))
    height = log_uniform(rng, min(14.0, 0.4 * largest), largest)
    hand = choose_hand(characters, height, rng)
    x = width / 2.0 - 0.32 * count * height + float(rng.normal(0.0, 0.1)) * (width - 64)
    y = height_of_sheet / 2.0 + float(rng.normal(0.0, 0.1)) * (height_of_sheet - 64)
    first = len(sheet.written)
    end = write_number(sheet, hand, _labels(rng, count), x, y)
    if rng.random() < 0.3:
        decorate(sheet, hand, first, x, end, y)
    if rng.random() < 0.06:
        write_sign(sheet, hand, str(rng.choice(["=", "-", "+"])), end + 0.2 * height, y)
    return height


def add_strip(sheet: Sheet, characters: PageCharacters, rng: Rng) -> float:
    """One line that fills the picture, such as an amount's field on a cheque."""
    count = int(rng.integers(1, MAX_DIGITS + 1))
    rows, width = sheet.shape[0] - 64, sheet.shape[1] - 64
    height = min(0.8 * rows, max(10.0, width * float(rng.uniform(0.4, 1.0)) / (0.7 * count)))
    height *= float(rng.uniform(0.6, 1.0))
    hand = choose_hand(characters, height, rng)
    x = 32.0 + float(rng.uniform(0.0, 0.6)) * height
    y = sheet.shape[0] / 2.0 + float(rng.normal(0.0, 0.06)) * rows
    if rng.random() < 0.15:
        x = write_sign(sheet, hand, _sign(rng), x, y) + 0.15 * height
    written = 0
    while written < count and x < sheet.shape[1]:
        group = int(rng.integers(1, 6))
        first, start = len(sheet.written), x
        x = write_number(sheet, hand, _labels(rng, group), x, y)
        if rng.random() < 0.12:
            decorate(sheet, hand, first, start, x, y)
        written += group
        if rng.random() < 0.5:
            sign = str(rng.choice(["-", "-", ".", ",", "=", "/", "#", ":"]))
            x = write_sign(sheet, hand, sign, x + 0.05 * height, y)
        x += height * float(rng.uniform(0.02, 0.5))
    for _ in range(int(rng.integers(0, 4)) if rng.random() < 0.3 else 0):
        x = write_sign(sheet, hand, str(rng.choice(["-", "=", "/"])), x, y)
        x += height * float(rng.uniform(0.0, 0.3))
    for drop in (0.55, -0.75):
        if rng.random() < 0.35:
            row = int(y + (drop + rng.normal(0.0, 0.1)) * height)
            thickness = max(1, round(0.05 * height))
            sheet.printed[max(0, row) : max(0, row + thickness)] = 255
    return height


def add_few(sheet: Sheet, characters: PageCharacters, rng: Rng) -> float:
    """Printed words, and a few numbers and words anywhere."""
    height = log_uniform(rng, SMALLEST, 90.0)
    hand = choose_hand(characters, height, rng)
    for _ in range(int(rng.integers(1, 6))):
        x, y = (float(rng.uniform(0, size)) for size in sheet.shape[::-1])
        if rng.random() < 0.5 or not characters.letters:
            write_number(sheet, hand, _labels(rng, int(rng.integers(1, 6))), x, y)
        elif rng.random() < 0.7:
            write_word(sheet, hand, choose_word(hand), x, y)
        else:
            doodle(sheet, hand, x, y)
    _print_labels(sheet, height, rng)
    if rng.random() < 0.3:
        font = printing.choose_font(rng)
        x, y = (float(rng.uniform(0, size)) for size in sheet.shape[::-1])
        print_number(sheet, _labels(rng, 3, signs=False), font, height, x, y)
    return height


def add_sparse(sheet: Sheet, characters: PageCharacters, rng: Rng) -> float:
    """A few numbers and short sums with much paper around them, such as answers on a worksheet."""
    height = log_uniform(rng, SMALLEST, 60.0)
    hand = choose_hand(characters, height, rng)
    is_wide = rng.random() < 0.5
    if is_wide:
        hand.writer = replace(hand.writer, gap=float(rng.uniform(0.3, 1.0)))
    if rng.random() < 0.35:
        _print_frames(sheet, height, rng)
    y = float(rng.uniform(0.15, 0.75)) * sheet.shape[0]
    left = float(rng.uniform(0.1, 0.6)) * sheet.shape[1]
    for _ in range(int(rng.integers(1, 5))):
        x = left + float(rng.normal(0.0, 1.5)) * height
        parts = int(rng.choice([1, 2, 3, 4], p=[0.55, 0.2, 0.15, 0.1]))
        for part in range(parts):
            if part:
                gap = height * float(rng.uniform(0.4, 1.6) if is_wide else rng.uniform(0.1, 0.7))
                sign = str(rng.choice(SPARSE_SIGNS, p=SPARSE_SIGN_RATES))
                x = write_sign(sheet, hand, sign, x + gap, y) + gap
            x = write_number(sheet, hand, _labels(rng, int(rng.integers(1, 7))), x, y)
        y += height * float(rng.uniform(1.6, 6.0))
    return height


def add_none(sheet: Sheet, characters: PageCharacters, rng: Rng) -> float:
    """No digits: nothing, printed text, handwritten words, or doodles."""
    height = log_uniform(rng, SMALLEST, LARGEST)
    hand = choose_hand(characters, height, rng)
    for _ in range(int(rng.integers(0, 7))):
        x, y = (float(rng.uniform(-height, size)) for size in sheet.shape[::-1])
        if characters.letters and rng.random() < 0.6:
            write_word(sheet, hand, choose_word(hand), x, y)
        elif rng.random() < 0.7:
            doodle(sheet, hand, x, y)
        else:
            _print_labels(sheet, height, rng)
    return height


# Scenes of a large crop, and how often each is made.
SCENES: tuple[tuple[Scene, float], ...] = (
    (add_lines, 0.21),
    (add_sums, 0.15),
    (add_cells, 0.17),
    (add_columns, 0.06),
    (add_form, 0.07),
    (add_single, 0.07),
    (add_sparse, 0.19),
    (add_few, 0.05),
    (add_none, 0.03),
)
# Scenes of a long low crop.
STRIP_SCENES: tuple[tuple[Scene, float], ...] = (
    (add_strip, 0.6),
    (add_lines, 0.1),
    (add_sums, 0.1),
    (add_single, 0.05),
    (add_sparse, 0.12),
    (add_none, 0.03),
)
# Scenes of a small crop.
SMALL_SCENES: tuple[tuple[Scene, float], ...] = (
    (add_single, 0.85),
    (add_lines, 0.06),
    (add_none, 0.09),
)


def _add_item(
    sheet: Sheet, hand: Hand, x: float, y: float, *, has_words: bool, has_signs: bool
) -> float:
    """A number with what stands around it, a word, a sign or a doodle; returns where it ends."""
    rng, height = hand.rng, hand.height
    choice = rng.random()
    has_letters = has_words and bool(hand.characters.letters)
    if has_letters and choice < 0.25:
        return write_word(sheet, hand, choose_word(hand), x, y)
    if choice < 0.28:
        return doodle(sheet, hand, x, y)
    if has_letters and rng.random() < 0.2:
        x = write_word(sheet, hand, choose_word(hand, may_be_short=True), x, y)
        x += height * float(rng.uniform(0.2, 0.8))
    if has_signs and rng.random() < 0.35:
        x = write_sign(sheet, hand, _sign(rng), x, y) + height * float(rng.uniform(0.05, 0.4))
    first, start = len(sheet.written), x
    count = int(rng.integers(1, MAX_DIGITS + 1)) if rng.random() < 0.7 else 1
    end = write_number(sheet, hand, _labels(rng, count), x, y)
    decorate(sheet, hand, first, start, end, y)
    if has_signs and rng.random() < 0.35:
        end = write_sign(sheet, hand, _sign(rng), end + height * float(rng.uniform(0.05, 0.4)), y)
    return end


def _labels(rng: Rng, count: int, *, signs: bool = True) -> str:
    """Random digits; some end in zeros, and some hold a sign."""
    digits = "".join(str(k) for k in rng.integers(0, 10, count))
    if count > 2 and rng.random() < 0.25:
        zeros = int(rng.integers(2, count))
        digits = digits[:-zeros] + "0" * zeros
    if signs and count > 1 and rng.random() < INNER_SIGN_RATE:
        place = int(rng.integers(1, count))
        digits = digits[:place] + str(rng.choice(INNER_SIGNS)) + digits[place:]
    return digits


def _sign(rng: Rng) -> str:
    weights = np.asarray(SIGN_WEIGHTS, np.float64)
    return str(rng.choice(SIGNS, p=weights / weights.sum()))


def _print_frames(sheet: Sheet, height: float, rng: Rng) -> None:
    """Printed lines far from each other, as around the fields of a worksheet."""
    thickness = max(1, round(height * float(rng.uniform(0.03, 0.12))))
    for axis in (0, 1):
        pitch = height * float(rng.uniform(5.0, 14.0))
        for place in np.arange(rng.uniform(0.0, pitch), sheet.shape[axis], pitch):
            line = slice(int(place), int(place) + thickness)
            sheet.printed[(line, slice(None)) if axis == 0 else (slice(None), line)] = 255


def _print_labels(sheet: Sheet, height: float, rng: Rng) -> None:
    """Printed words anywhere."""
    for _ in range(int(rng.integers(1, 6))):
        text = printing.random_words(rng)
        size = height * float(rng.uniform(0.3, 1.2))
        x = float(rng.uniform(-50, 0.7 * sheet.shape[1]))
        y = float(rng.uniform(0, sheet.shape[0]))
        printing.print_text(sheet, text, printing.choose_font(rng), min(size, 60.0), x, y)
