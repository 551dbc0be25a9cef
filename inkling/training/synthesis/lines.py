"""Synthetic lines: images of handwritten numbers, made of single characters, and their digits.

Digits of the training sets stand in a row as one writer would write them: by one writer where the
set knows its writers, in one pen, with a common slant and size, on an unsteady baseline. Some are
apart, some touch, some are joined by a ligature. Around them is what is found on forms and cheques
(see `marks` and `clutter`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.training.augment.config import HANDWRITING
from inkling.training.augment.glyphs import augment
from inkling.training.synthesis import clutter, compose, marks, photo
from inkling.training.synthesis.allographs import NO_ALLOGRAPHS, choose_allographs
from inkling.training.synthesis.canvas import CANVAS_DIGIT
from inkling.training.synthesis.characters import LETTER_LOOKALIKES, Characters
from inkling.training.synthesis.writer import Patch, Writer, draw_glyph, draw_strokes

Rng = np.random.Generator
# A line's image, uint8 (IMAGE_HEIGHT, width), and the digits in it.
Line = tuple[Pixels, tuple[int, ...]]

# The longest number, in digits.
MAX_DIGITS = 8
# In place of a digit: the character is none.
NO_DIGIT = -1

# Part of the lines without digits: with dots or scribbles, and with a word.
EMPTY_RATE = 0.05
WORD_RATE = 0.04
# Part of the numbers with a word before or after them.
WORD_BESIDE_RATE = 0.02
# Part of the lines whose image shows the darkness and not the ink.
DARKNESS_RATE = 0.5
# Part of the numbers whose first digit is chosen as in amounts of money (Benford, 1938), and that
# end in zeros or other repeated digits, and of the others that repeat a digit within.
AMOUNT_RATE = 0.4
ROUND_RATE = 0.35
REPEATED_RATE = 0.2

# Part of the lines that are drawn from pen strokes, where there are any.
PEN_STROKE_RATE = 0.65
# Part of the digits among pen strokes that another writer wrote.
OTHER_WRITER_RATE = 0.15
# Part of the digits among glyphs that are variants, such as crossed sevens. By chance there would
# be fewer.
VARIANT_RATE = 0.08
# Part of the lines of glyphs that are augmented like single digits.
AUGMENTED_RATE = 0.5

# Part of the writers who join digits by ligatures, cut corners, join the strokes of a digit, and
# slant their digits far.
LIGATURE_RATE = 0.25
CORNER_SMOOTHING_RATE = 0.35
JOINED_STROKES_RATE = 0.2
STEEP_RATE = 0.12
# The largest distortion of a writer's digits, in digit heights.
MAX_DISTORTION = 0.06
# Part of the numbers that end in several zeros whose zeros are written fast, and of those whose
# zeros are joined by ligatures.
FAST_ZEROS_RATE = 0.6
JOINED_ZEROS_RATE = 0.3
# Part of the numbers whose first digit is larger than the others.
LARGE_FIRST_RATE = 0.25


def make_line(characters: Characters, rng: Rng) -> Line:
    """Make one line.

    Args:
        characters: what it is made of.
        rng: the only source of randomness.

    Returns:
        The image, uint8 (IMAGE_HEIGHT, width), its digits about DIGIT_HEIGHT high, and its digits.
    """
    from_strokes = rng.random() < PEN_STROKE_RATE and characters.trajectories is not None
    # Pen strokes already have the slant of their writer.
    writer = choose_writer(rng, 0.15 if from_strokes else 0.2)
    digits: tuple[int, ...] = ()
    kind = rng.random()
    if kind < EMPTY_RATE:
        row = _make_scribbles(characters, writer, rng)
    elif kind < EMPTY_RATE + WORD_RATE and len(characters.letters):
        row = _make_word(characters, writer, rng)
    else:
        digits = _choose_digits(np.flatnonzero(np.bincount(characters.labels)), rng)
        writers = writers_of_digits(writer, digits, rng)
        draw = _draw_strokes if from_strokes else _draw_glyphs
        row = _Row(writers, draw(characters, digits, writers, rng), digits)
    if digits and rng.random() < WORD_BESIDE_RATE and len(characters.letters):
        row = _put_word_beside(row, characters, writer, rng)
    canvas = compose.compose_line(row.patches, row.labels, row.writers, rng)
    clutter.add_clutter(canvas, rng)
    is_darkness = rng.random() < DARKNESS_RATE
    photograph = photo.photograph_darkness if is_darkness else photo.photograph_ink
    return photograph(canvas, rng), digits


def choose_writer(rng: Rng, slant: float) -> Writer:
    """A random writer.

    Args:
        rng: chooses everything.
        slant: standard deviation of the slant, as a part of the height.
    """
    return Writer(
        height=CANVAS_DIGIT * float(np.exp(rng.normal(0.0, 0.18))),
        slant=float(
            rng.uniform(0.3, 0.8) if rng.random() < STEEP_RATE else rng.normal(0.08, slant)
        ),
        stretch=float(np.exp(rng.normal(0.0, 0.23))),
        gap=float(rng.choice([-0.04, 0.06, 0.2, 0.45], p=[0.25, 0.4, 0.25, 0.1])),
        baseline_jitter=float(rng.uniform(0.0, 0.09)),
        pen_width=float(np.exp(rng.uniform(np.log(1.6), np.log(8.0)))),
        ligature_rate=float(rng.uniform(0.2, 0.9)) if rng.random() < LIGATURE_RATE else 0.0,
        descender=float(rng.uniform(0.05, 0.35)) if rng.random() < 0.3 else 0.0,
        one_height=float(rng.uniform(0.8, 1.5)) if rng.random() < 0.3 else 1.0,
        zero_height=float(rng.uniform(0.45, 1.0)) if rng.random() < 0.3 else 1.0,
        allographs=choose_allographs(rng),
        habit_seed=int(rng.integers(1 << 31)),
        distortion=float(rng.uniform(0.0, MAX_DISTORTION)),
        corner_smoothing=(
            float(rng.uniform(0.06, 0.3)) if rng.random() < CORNER_SMOOTHING_RATE else 0.0
        ),
        join_rate=float(rng.uniform(0.3, 1.0)) if rng.random() < JOINED_STROKES_RATE else 0.0,
    )


def writers_of_digits(writer: Writer, digits: tuple[int, ...], rng: Rng) -> list[Writer]:
    """How the writer writes each digit of a number.

    The zeros of a round number may be written fast: smaller, wider and overlapping.
    """
    writers = [writer] * len(digits)
    if len(digits) > 2 and digits[-2:] == (0, 0) and rng.random() < FAST_ZEROS_RATE:
        zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
        fast = replace(
            writer,
            height=writer.height * float(rng.uniform(0.4, 1.0)),
            stretch=writer.stretch * float(rng.uniform(0.9, 1.6)),
            gap=float(rng.uniform(-0.28, 0.1)),
            elevation=float(rng.uniform(0.0, 0.5)) if rng.random() < 0.3 else 0.0,
            ligature_rate=(
                float(rng.uniform(0.3, 1.0))
                if rng.random() < JOINED_ZEROS_RATE
                else writer.ligature_rate
            ),
        )
        writers[-zeros:] = [fast] * zeros
    if len(digits) > 1 and rng.random() < LARGE_FIRST_RATE:
        writers[0] = replace(writer, height=writer.height * float(rng.uniform(1.15, 1.9)))
    return writers


@dataclass(frozen=True, slots=True)
class _Row:
    """Characters from left to right, the writer of each, and its digit or `NO_DIGIT`."""

    writers: list[Writer]
    patches: list[Patch]
    labels: tuple[int, ...]


def _choose_digits(labels: NDArray[np.int64], rng: Rng) -> tuple[int, ...]:
    """A random number of these digits.

    Round numbers, repeated digits, and low digits in front are more frequent than by chance.
    """
    count = int(rng.integers(1, MAX_DIGITS + 1))
    digits = rng.choice(labels, count)
    first = labels[labels > 0]
    if first.size and rng.random() < AMOUNT_RATE:
        weight = np.log1p(1.0 / first)
        digits[0] = rng.choice(first, p=weight / weight.sum())
    if count > 2 and rng.random() < ROUND_RATE:
        digits[-int(rng.integers(2, count)) :] = 0 if rng.random() < 0.7 else digits[-1]
    elif count > 1 and rng.random() < REPEATED_RATE:
        start = int(rng.integers(0, count - 1))
        digits[start : start + int(rng.integers(2, 5))] = digits[start]
    return tuple(int(digit) for digit in digits)


def _make_word(characters: Characters, writer: Writer, rng: Rng) -> _Row:
    """Four to eight letters. Fewer could be digits."""
    rows = rng.integers(0, len(characters.letters), int(rng.integers(4, 9)))
    glyphs = characters.letters[rows]
    patches = [draw_glyph(glyph, NO_DIGIT, writer, rng) for glyph in glyphs]
    return _Row([writer] * len(patches), patches, (NO_DIGIT,) * len(patches))


def _put_word_beside(number: _Row, characters: Characters, writer: Writer, rng: Rng) -> _Row:
    """A number with a word before or after it, and a gap between them."""
    word = _make_word(characters, writer, rng)
    before, after = (word, number) if rng.random() < 0.5 else (number, word)
    # The characters may be joined among themselves, but not across the gap.
    first = replace(after.writers[0], gap=float(rng.uniform(0.6, 1.4)), ligature_rate=0.0)
    return _Row(
        [*before.writers, first, *after.writers[1:]],
        [*before.patches, *after.patches],
        (*before.labels, *after.labels),
    )


def _make_scribbles(characters: Characters, writer: Writer, rng: Rng) -> _Row:
    """One to three dots or scribbles, small or as high as digits."""
    count = int(rng.integers(1, 4))
    writers = [
        replace(writer, height=writer.height * float(rng.uniform(0.3, 1.4))) for _ in range(count)
    ]
    if len(characters.scribbles) and rng.random() < 0.6:
        glyphs = characters.scribbles[rng.integers(0, len(characters.scribbles), count)]
        patches = [
            draw_glyph(glyph, NO_DIGIT, each, rng)
            for glyph, each in zip(glyphs, writers, strict=True)
        ]
    else:
        patches = [Patch(marks.dot(each.height, rng)) for each in writers]
    return _Row(writers, patches, (NO_DIGIT,) * count)


def _draw_strokes(
    characters: Characters, digits: tuple[int, ...], writers: list[Writer], rng: Rng
) -> list[Patch]:
    """Digits from pen strokes that one person wrote.

    Where the person wrote no such digit, another's is taken. Some digits are letters that look
    like them.
    """
    known = characters.trajectories
    assert known is not None
    person = known.writers[int(rng.integers(0, len(known.writers)))]
    letters = {}
    for digit, lookalikes in characters.lookalikes.items():
        if rng.random() < LETTER_LOOKALIKES[digit][0]:
            letter = lookalikes[int(rng.integers(len(lookalikes)))]
            letters[digit] = [letter[int(rng.integers(len(letter)))] for _ in range(2)]
    patches = []
    for digit, writer in zip(digits, writers, strict=True):
        if digit in letters:
            strokes = letters[digit][int(rng.integers(2))]
            # A letter keeps its own form.
            writer = replace(writer, allographs=NO_ALLOGRAPHS)
        else:
            rows = person.get(digit)
            if rows is None or rng.random() < OTHER_WRITER_RATE:
                rows = np.flatnonzero(known.labels == digit)
            strokes = known.digits[int(rng.choice(rows))]
        patches.append(draw_strokes(strokes, digit, writer, rng))
    return patches


def _draw_glyphs(
    characters: Characters, digits: tuple[int, ...], writers: list[Writer], rng: Rng
) -> list[Patch]:
    """Digits from glyphs of any writers. The same digit is often the same glyph."""
    # About the last twentieth of the glyphs are variants.
    variants_start = len(characters.labels) * 19 // 20
    chosen: dict[int, int] = {}
    rows = []
    for digit in digits:
        of_digit = np.flatnonzero(characters.labels == digit)
        variants = of_digit[of_digit >= variants_start]
        pool = variants if variants.size and rng.random() < VARIANT_RATE else of_digit
        row = int(rng.choice(pool))
        if digit in chosen and rng.random() < 0.5:
            row = chosen[digit]
        chosen[digit] = row
        rows.append(row)
    glyphs = characters.digits[rows]
    if rng.random() < AUGMENTED_RATE:
        glyphs = augment(glyphs, rng, HANDWRITING)
    return [
        draw_glyph(glyph, digit, writer, rng)
        for glyph, digit, writer in zip(glyphs, digits, writers, strict=True)
    ]
