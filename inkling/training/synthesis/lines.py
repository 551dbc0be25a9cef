"""Handwritten numbers made of single digits: a line's ink and what it says, without end.

Digits of the training sets stand in a row as one hand would write them: one writer's where the set
knows writers, one pen, a common slant and size, an unsteady baseline, some apart, some touching,
some tied by a stroke. Around them is what stands on forms and cheques (see `surroundings`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.training.augment.config import HANDWRITING
from inkling.training.augment.glyphs import augment
from inkling.training.synthesis import allographs, clutter, compose
from inkling.training.synthesis.allographs import PLAIN, Lines
from inkling.training.synthesis.clutter import DIGIT
from inkling.training.synthesis.writer import Hand, Patch, Trajectories, from_glyph, from_lines

Rng = np.random.Generator

LONGEST = 8
# Letters that hands write for a digit, and how often a hand does.
ALIKE: dict[int, tuple[float, str]] = {
    0: (0.06, "Oo"),
    1: (0.12, "l"),
    2: (0.1, "ZzQ"),
    4: (0.14, "hyu"),
    5: (0.1, "SsrY"),
    6: (0.08, "bG"),
    7: (0.2, "ttT"),
    8: (0.08, "B"),
    9: (0.24, "PPppqgeR"),
}
# How often there is ...
AMOUNT = 0.4  # ... a number that begins as amounts do
STROKES = 0.65  # ... a line drawn from pen strokes, where there are any
STRANGER = 0.15  # ... a digit among those that another writer wrote
TIE = 0.25  # ... a hand that ties digits
CHAINED = 0.3  # ... noughts of a round number that are tied
RARE = 0.08
HASTY = 0.35  # ... one that cuts corners
JOINED = 0.2  # ... one that leaves the pen on the paper within a four, five or the like
STEEP = 0.12  # ... one that leans far
TALL = 0.25  # ... a first digit that is larger than the others
# How far hands bend digits, in digit heights, at most.
MOST_BENT = 0.06
# How often glyphs are bent as those of single digits' training are.
BENT = 0.5
# How often a line says nothing: a word, and a blot, a dot or scribbles; and how often a word
# stands before or behind a number.
WORD = 0.04
NOTHING = 0.05
BESIDE = 0.02
# ... that is seen as the picture's shade, not as its ink.
SHADE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """What numbers are made of.

    Attributes:
        digits: uint8 (n, 28, 28) glyphs.
        labels: uint8 (n,), 0 to 9.
        letters: uint8 (m, 28, 28) glyphs; m may be 0.
        scribbles: uint8 (k, 28, 28) glyphs of what is neither; k may be 0.
        strokes: digits as pen strokes; None where there are none.
        alike: of each digit in `ALIKE` the letters there are, each written by many, as pen strokes.
    """

    digits: Pixels
    labels: Pixels
    letters: Pixels
    scribbles: Pixels
    strokes: Trajectories | None = None
    alike: dict[int, list[list[Lines]]] = field(default_factory=dict)


def make(characters: Characters, rng: Rng) -> tuple[Pixels, tuple[int, ...]]:
    """One line.

    Returns:
        uint8 (STRIP_HEIGHT, width) ink, its digits about DIGIT_HEIGHT high, and the digits it says.
    """
    strokes = characters.strokes if rng.random() < STROKES else None
    # Pen strokes have their writer's slant already.
    hand = _hand(rng, 0.2 if strokes is None else 0.15)
    said: tuple[int, ...] = ()
    kind = rng.random()
    if kind < NOTHING:
        hands, patches = _nothing(characters, hand, rng)
    elif kind < NOTHING + WORD and len(characters.letters):
        hands, patches = _word(characters, hand, rng)
    else:
        said = _number(np.flatnonzero(np.bincount(characters.labels)), rng)
        hands = _hands(hand, said, rng)
        if strokes is None:
            patches = _from_glyphs(characters, said, hands, rng)
        else:
            patches = _from_strokes(strokes, characters.alike, said, hands, rng)
    labels = said or (-1,) * len(patches)
    if said and rng.random() < BESIDE and len(characters.letters):
        hands, patches, labels = _beside(characters, hand, hands, patches, said, rng)
    strip = compose.write(patches, labels, hands, rng)
    strip = clutter.surroundings(strip, rng)
    seen = clutter.shaded if rng.random() < SHADE else clutter.photographed
    return seen(strip, rng), said


def _hand(rng: Rng, slant: float) -> Hand:
    return Hand(
        height=DIGIT * float(np.exp(rng.normal(0.0, 0.18))),
        slant=float(rng.uniform(0.3, 0.8) if rng.random() < STEEP else rng.normal(0.08, slant)),
        stretch=float(np.exp(rng.normal(0.0, 0.23))),
        gap=float(rng.choice([-0.04, 0.06, 0.2, 0.45], p=[0.25, 0.4, 0.25, 0.1])),
        wobble=float(rng.uniform(0.0, 0.09)),
        pen=float(np.exp(rng.uniform(np.log(1.6), np.log(8.0)))),
        tie=float(rng.uniform(0.2, 0.9)) if rng.random() < TIE else 0.0,
        drop=float(rng.uniform(0.05, 0.35)) if rng.random() < 0.3 else 0.0,
        one=float(rng.uniform(0.8, 1.5)) if rng.random() < 0.3 else 1.0,
        zero=float(rng.uniform(0.45, 1.0)) if rng.random() < 0.3 else 1.0,
        style=allographs.style(rng),
        habit=int(rng.integers(1 << 31)),
        bend=float(rng.uniform(0.0, MOST_BENT)),
        haste=float(rng.uniform(0.06, 0.3)) if rng.random() < HASTY else 0.0,
        join=float(rng.uniform(0.3, 1.0)) if rng.random() < JOINED else 0.0,
    )


def _number(labels: NDArray[np.int64], rng: Rng) -> tuple[int, ...]:
    """Any of these digits; round numbers and the same digit again more often than by chance, and
    low digits in front (Benford, 1938)."""
    count = int(rng.integers(1, LONGEST + 1))
    said = rng.choice(labels, count)
    front = labels[labels > 0]
    if front.size and rng.random() < AMOUNT:
        often = np.log1p(1.0 / front)
        said[0] = rng.choice(front, p=often / often.sum())
    if count > 2 and rng.random() < 0.35:
        said[-int(rng.integers(2, count)) :] = 0 if rng.random() < 0.7 else said[-1]
    elif count > 1 and rng.random() < 0.2:
        start = int(rng.integers(0, count - 1))
        said[start : start + int(rng.integers(2, 5))] = said[start]
    return tuple(int(label) for label in said)


def _hands(hand: Hand, said: tuple[int, ...], rng: Rng) -> list[Hand]:
    """The hand for each digit: the noughts of a round number are written fast: small, wide and
    into each other."""
    hands = [hand] * len(said)
    if len(said) > 2 and said[-2:] == (0, 0) and rng.random() < 0.6:
        tail = len(said) - len("".join(map(str, said)).rstrip("0"))
        quick = replace(
            hand,
            height=hand.height * float(rng.uniform(0.4, 1.0)),
            stretch=hand.stretch * float(rng.uniform(0.9, 1.6)),
            gap=float(rng.uniform(-0.28, 0.1)),
            lift=float(rng.uniform(0.0, 0.5)) if rng.random() < 0.3 else 0.0,
            tie=float(rng.uniform(0.3, 1.0)) if rng.random() < CHAINED else hand.tie,
        )
        hands[-tail:] = [quick] * tail
    if len(said) > 1 and rng.random() < TALL:
        hands[0] = replace(hand, height=hand.height * float(rng.uniform(1.15, 1.9)))
    return hands


def _word(characters: Characters, hand: Hand, rng: Rng) -> tuple[list[Hand], list[Patch]]:
    """Four to eight letters: fewer may be digits."""
    rows = rng.integers(0, len(characters.letters), int(rng.integers(4, 9)))
    patches = [from_glyph(glyph, -1, hand, rng) for glyph in characters.letters[rows]]
    return [hand] * len(rows), patches


def _beside(
    characters: Characters,
    hand: Hand,
    hands: list[Hand],
    patches: list[Patch],
    said: tuple[int, ...],
    rng: Rng,
) -> tuple[list[Hand], list[Patch], tuple[int, ...]]:
    """A number's hands, patches and labels with a word's before or behind them, a gap between."""
    spaced, letters = _word(characters, hand, rng)
    none = (-1,) * len(letters)
    if rng.random() < 0.5:
        hands, patches, labels = [*spaced, *hands], [*letters, *patches], (*none, *said)
        first = len(letters)
    else:
        hands, patches, labels = [*hands, *spaced], [*patches, *letters], (*said, *none)
        first = len(said)
    hands[first] = replace(hands[first], gap=float(rng.uniform(0.6, 1.4)), tie=0.0)
    return hands, patches, labels


def _nothing(characters: Characters, hand: Hand, rng: Rng) -> tuple[list[Hand], list[Patch]]:
    """A dot or two, small or as high as digits, or scribbles of any size."""
    count = int(rng.integers(1, 4))
    hands = [replace(hand, height=hand.height * float(rng.uniform(0.3, 1.4))) for _ in range(count)]
    if len(characters.scribbles) and rng.random() < 0.6:
        rows = rng.integers(0, len(characters.scribbles), count)
        glyphs = characters.scribbles[rows]
        pairs = zip(glyphs, hands, strict=True)
        return hands, [from_glyph(glyph, -1, each, rng) for glyph, each in pairs]
    return hands, [Patch(clutter.dot(each.height, rng)) for each in hands]


def _from_strokes(
    known: Trajectories,
    alike: dict[int, list[list[Lines]]],
    said: tuple[int, ...],
    hands: list[Hand],
    rng: Rng,
) -> list[Patch]:
    """Digits that one writer drew, so far as the writer has them; else another's; or a letter that
    is written for one."""
    writer = known.writers[int(rng.integers(0, len(known.writers)))]
    letters = {}
    for label, drawn in alike.items():
        if rng.random() < ALIKE[label][0]:
            letter = drawn[int(rng.integers(len(drawn)))]
            letters[label] = [letter[int(rng.integers(len(letter)))] for _ in range(2)]
    patches = []
    for label, hand in zip(said, hands, strict=True):
        if label in letters:
            lines = letters[label][int(rng.integers(2))]
            patches.append(from_lines(lines, label, replace(hand, style=PLAIN), rng))
            continue
        rows = writer.get(label)
        if rows is None or rng.random() < STRANGER:
            rows = np.flatnonzero(known.labels == label)
        lines = known.digits[int(rng.choice(rows))]
        patches.append(from_lines(lines, label, hand, rng))
    return patches


def _from_glyphs(
    known: Characters, said: tuple[int, ...], hands: list[Hand], rng: Rng
) -> list[Patch]:
    """Glyphs of any writers."""
    chosen: dict[int, int] = {}
    rows = []
    for label in said:
        of_label = np.flatnonzero(known.labels == label)
        # The last ones are variants, such as crossed sevens: shown more often than there are.
        rare = of_label[of_label >= len(known.labels) * 19 // 20]
        pool = rare if rare.size and rng.random() < RARE else of_label
        row = int(rng.choice(pool))
        # One writer's digits are alike.
        if label in chosen and rng.random() < 0.5:
            row = chosen[label]
        chosen[label] = row
        rows.append(row)
    glyphs = known.digits[rows]
    if rng.random() < BENT:
        glyphs = augment(glyphs, rng, HANDWRITING)
    return [
        from_glyph(glyph, label, hand, rng)
        for glyph, label, hand in zip(glyphs, said, hands, strict=True)
    ]
