"""Handwritten numbers made of single digits: a line's ink and what it says, without end.

Digits of the training sets stand in a row as one hand would write them: one writer's where the set
knows writers, one pen, a common slant and size, an unsteady baseline, some apart, some touching,
some tied by a stroke. Around them is what stands on forms and cheques (see `surroundings`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.ink import Pixels
from inkling.learning import styles, surroundings
from inkling.learning.augment import HANDWRITING, augment
from inkling.learning.hands import Hand, Patch, Trajectories, from_glyph, from_lines
from inkling.learning.surroundings import DIGIT, HEIGHT

Rng = np.random.Generator
Columns = NDArray[np.int64]

LONGEST = 8
# How often there is ...
STROKES = 0.65  # ... a line drawn from pen strokes, where there are any
STRANGER = 0.15  # ... a digit among those that another writer wrote
POINT = 0.3  # ... a point or comma after a digit that thousands end with
TAIL = 0.35  # ... a dash or the like after the number
LEAD = 0.06
TIE = 0.25  # ... a hand that ties digits
RARE = 0.08
HASTY = 0.35  # ... one that cuts corners
JOINED = 0.2  # ... one that leaves the pen on the paper within a four, five or the like
TALL = 0.12  # ... a first digit that is larger than the others
# How far hands bend digits, in digit heights, at most.
MOST_BENT = 0.06
# How often glyphs are bent as those of single digits' training are.
BENT = 0.5
# How often a line says nothing: a word, and a blot, a dot or scribbles; and how often a word
# stands before or behind a number.
WORD = 0.05
NOTHING = 0.05
BESIDE = 0.03


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """What numbers are made of.

    Attributes:
        digits: uint8 (n, 28, 28) glyphs.
        labels: uint8 (n,), 0 to 9.
        letters: uint8 (m, 28, 28) glyphs; m may be 0.
        scribbles: uint8 (k, 28, 28) glyphs of what is neither; k may be 0.
        strokes: digits as pen strokes; None where there are none.
    """

    digits: Pixels
    labels: Pixels
    letters: Pixels
    scribbles: Pixels
    strokes: Trajectories | None = None


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
            patches = _from_strokes(strokes, said, hands, rng)
    labels = said or (-1,) * len(patches)
    if said and rng.random() < BESIDE and len(characters.letters):
        hands, patches, labels = _beside(characters, hand, hands, patches, said, rng)
    strip = write(patches, labels, hands, rng)
    strip = surroundings.surroundings(strip, rng)
    return surroundings.photographed(strip, rng), said


def _hand(rng: Rng, slant: float) -> Hand:
    return Hand(
        height=DIGIT * float(np.exp(rng.normal(0.0, 0.13))),
        slant=float(rng.normal(0.08, slant)),
        stretch=float(np.exp(rng.normal(0.0, 0.18))),
        gap=float(rng.choice([-0.04, 0.06, 0.2, 0.45], p=[0.25, 0.4, 0.25, 0.1])),
        wobble=float(rng.uniform(0.0, 0.09)),
        pen=float(np.exp(rng.uniform(np.log(1.6), np.log(6.5)))),
        tie=float(rng.uniform(0.2, 0.9)) if rng.random() < TIE else 0.0,
        drop=float(rng.uniform(0.05, 0.35)) if rng.random() < 0.3 else 0.0,
        one=float(rng.uniform(0.8, 1.5)) if rng.random() < 0.3 else 1.0,
        zero=float(rng.uniform(0.45, 1.0)) if rng.random() < 0.3 else 1.0,
        style=styles.style(rng),
        habit=int(rng.integers(1 << 31)),
        bend=float(rng.uniform(0.0, MOST_BENT)),
        haste=float(rng.uniform(0.06, 0.3)) if rng.random() < HASTY else 0.0,
        join=float(rng.uniform(0.3, 1.0)) if rng.random() < JOINED else 0.0,
    )


def _number(labels: NDArray[np.int64], rng: Rng) -> tuple[int, ...]:
    """Any of these digits; round numbers and the same digit again more often than by chance."""
    count = int(rng.integers(1, LONGEST + 1))
    said = rng.choice(labels, count)
    if count > 2 and rng.random() < 0.3:
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
            gap=float(rng.uniform(-0.12, 0.1)),
            lift=float(rng.uniform(0.0, 0.5)) if rng.random() < 0.3 else 0.0,
        )
        hands[-tail:] = [quick] * tail
    if len(said) > 1 and rng.random() < TALL:
        hands[0] = replace(hand, height=hand.height * float(rng.uniform(1.15, 1.6)))
    return hands


def _word(characters: Characters, hand: Hand, rng: Rng) -> tuple[list[Hand], list[Patch]]:
    """Up to seven letters."""
    rows = rng.integers(0, len(characters.letters), int(rng.integers(1, 8)))
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
    return hands, [Patch(surroundings.dot(each.height, rng)) for each in hands]


def _from_strokes(
    known: Trajectories, said: tuple[int, ...], hands: list[Hand], rng: Rng
) -> list[Patch]:
    """Digits that one writer drew, so far as the writer has them; else another's."""
    writer = known.writers[int(rng.integers(0, len(known.writers)))]
    patches = []
    for label, hand in zip(said, hands, strict=True):
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


def write(patches: list[Patch], said: tuple[int, ...], hands: list[Hand], rng: Rng) -> Pixels:
    """Digits side by side on one baseline.

    Args:
        patches: from left to right.
        said: the label of each; -1 for none.
        hands: whose each is.
        rng: of the gaps, and of what stands before and after.

    Returns:
        uint8 (HEIGHT, width) ink.
    """
    wide = sum(patch.ink.shape[1] for patch in patches)
    strip = np.zeros((HEIGHT, 2 * HEIGHT + wide + len(patches) * 2 * DIGIT), np.uint8)
    pen = hands[0].pen
    room = round(float(rng.uniform(0.05, 0.8)) * DIGIT)
    base = HEIGHT / 2 + hands[0].height / 2 + float(rng.normal(0.0, 0.05)) * DIGIT
    climb = float(rng.normal(0.0, 0.02))
    if rng.random() < LEAD:
        end = surroundings.tail(strip, room, base, pen, rng, is_before=True)
        room = end + round(float(rng.uniform(0.1, 0.5)) * DIGIT)
    reach = np.full(HEIGHT, room, np.int64)
    left_off: tuple[int, int] | None = None
    for place, (patch, label, hand) in enumerate(zip(patches, said, hands, strict=True)):
        height, width = patch.ink.shape
        bottom = base + hand.below(label) - climb * int(reach.max())
        top = round(bottom - height + rng.normal(0.0, hand.wobble) * DIGIT)
        top = min(max(0, top), max(0, HEIGHT - height))
        ink = patch.ink[: HEIGHT - top]
        left = _left(reach, ink, top, hand, rng)
        area = strip[top : top + ink.shape[0], left : left + width]
        np.maximum(area, ink, out=area)
        if left_off is not None and rng.random() < hand.tie:
            _tie(strip, left_off, _shifted(_start(patch), left, top), hand.pen)
        left_off = _shifted(_end(patch), left, top)
        rows = slice(top, top + ink.shape[0])
        reach[rows] = np.maximum(reach[rows], _right_edges(ink) + left)
        if len(patches) - 1 - place in (3, 6) and rng.random() < POINT:
            x = int(reach.max()) + int(rng.integers(1, 8))
            surroundings.point(strip, x, round(base), pen, rng)
            reach[-HEIGHT // 3 :] = x + 4
    end = int(reach.max())
    if rng.random() < TAIL:
        start = end + round(float(rng.uniform(0.05, 0.5)) * DIGIT)
        end = surroundings.tail(strip, start, base, pen, rng)
    end += round(float(rng.uniform(0.05, 0.8)) * DIGIT)
    return strip[:, : max(end, DIGIT)]


def _start(patch: Patch) -> tuple[int, int]:
    return patch.start or (2, patch.ink.shape[0] // 2)


def _end(patch: Patch) -> tuple[int, int]:
    return patch.end or (patch.ink.shape[1] - 2, patch.ink.shape[0] // 2)


def _shifted(point: tuple[int, int], left: int, top: int) -> tuple[int, int]:
    return point[0] + left, point[1] + top


def _tie(strip: Pixels, start: tuple[int, int], end: tuple[int, int], pen: float) -> None:
    """The way of a pen that was not lifted between two digits that are near each other."""
    if abs(end[0] - start[0]) < DIGIT:
        cv2.line(strip, start, end, 255, max(1, round(0.8 * pen)), cv2.LINE_AA)


def _left(reach: Columns, ink: Pixels, top: int, hand: Hand, rng: Rng) -> int:
    """Where the next digit begins: its nearest ink at the writer's gap from what stands there."""
    mask = ink >= 64
    first = np.where(mask.any(axis=1), mask.argmax(axis=1), 10_000)
    room = reach[top : top + ink.shape[0]] - first
    gap = (hand.gap + float(rng.normal(0.0, 0.08))) * DIGIT
    # By the nearest ink mostly, for digits tuck under each other; by the boxes at times.
    nearest = int(room.max())
    if rng.random() < 0.5:
        nearest = max(nearest, int(np.percentile(reach, 90)) - round(0.15 * DIGIT))
    return max(0, nearest + round(gap))


def _right_edges(ink: Pixels) -> Columns:
    """For each row the column after its last ink; 0 where there is none."""
    mask = ink >= 64
    last = ink.shape[1] - mask[:, ::-1].argmax(axis=1)
    return np.where(mask.any(axis=1), last, 0).astype(np.int64)
