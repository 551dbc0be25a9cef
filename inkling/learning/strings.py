"""Handwritten numbers made of single digits: a line's ink and what it says, without end.

Digits of the training sets stand in a row as one hand would write them: a common slant, pen and
size, an unsteady baseline, some apart, some touching, some tied by a stroke. Around them is what
stands on forms and cheques and is no digit: points, commas, dashes, rules, frames, specks, words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.ink import Pixels, bounding_box
from inkling.learning.augment import HANDWRITING, augment
from inkling.line import DIGIT_HEIGHT, STRIP_HEIGHT

Rng = np.random.Generator
Columns = NDArray[np.int64]

LONGEST = 8
# Made at this many times the strip's size, and shrunk like a photo.
FINE = 2
_HEIGHT = STRIP_HEIGHT * FINE
_DIGIT = DIGIT_HEIGHT * FINE
# How often there is ...
POINT = 0.3  # ... a point or comma after a digit that thousands end with
TAIL = 0.35  # ... a dash or the like after the number
RULE = 0.3
FRAME = 0.1
SPECKS = 0.25
TIE = 0.12
NEIGHBOUR = 0.15
CUT = 0.15
LEAD = 0.06
RARE = 0.08
# How often digits are bent as those of single digits' training are.
BENT = 0.6
WORD = 0.08


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """What numbers are made of.

    Attributes:
        digits: uint8 (n, 28, 28) glyphs.
        labels: uint8 (n,), 0 to 9.
        letters: uint8 (m, 28, 28) glyphs of what is no digit; m may be 0.
    """

    digits: Pixels
    labels: Pixels
    letters: Pixels


@dataclass(frozen=True, slots=True)
class _Hand:
    """One writer's way for the length of a number."""

    slant: float
    height: float
    stretch: float
    gap: float
    wobble: float
    pen: int


def make(characters: Characters, rng: Rng) -> tuple[Pixels, tuple[int, ...]]:
    """One line.

    Returns:
        uint8 (STRIP_HEIGHT, width) ink, its digits about DIGIT_HEIGHT high, and the digits it says.
    """
    hand = _Hand(
        slant=float(rng.normal(0.15, 0.22)),
        height=_DIGIT * float(np.exp(rng.normal(0.0, 0.13))),
        stretch=float(np.exp(rng.normal(0.0, 0.18))),
        gap=float(rng.choice([-0.04, 0.06, 0.2, 0.45], p=[0.3, 0.4, 0.2, 0.1])),
        wobble=float(rng.uniform(0.0, 0.09)),
        pen=int(rng.choice([-1, 0, 0, 1])),
    )
    said: tuple[int, ...] = ()
    if rng.random() < WORD and len(characters.letters):
        rows = rng.integers(0, len(characters.letters), int(rng.integers(1, 8)))
        glyphs = [characters.letters[row] for row in rows.tolist()]
    else:
        digits = _rows(characters.labels, rng)
        glyphs = [characters.digits[row] for row in digits]
        said = tuple(int(characters.labels[row]) for row in digits)
    if rng.random() < BENT:
        glyphs = list(augment(np.stack(glyphs), rng, HANDWRITING))
    hands = [hand] * len(glyphs)
    if len(said) > 2 and said[-2:] == (0, 0) and rng.random() < 0.6:
        # The noughts of a round number are written fast: small, wide and into each other.
        tail = len(said) - len("".join(map(str, said)).rstrip("0"))
        quick = replace(
            hand,
            height=hand.height * float(rng.uniform(0.5, 1.0)),
            stretch=hand.stretch * float(rng.uniform(0.9, 1.6)),
            gap=float(rng.uniform(-0.12, 0.1)),
        )
        hands[-tail:] = [quick] * tail
    strip = _write(glyphs, hands, rng)
    strip = _surroundings(strip, rng)
    return _photographed(strip, rng), said


def _rows(labels: Pixels, rng: Rng) -> list[int]:
    """Which digits: any, with the round numbers people write more often than chance would."""
    count = int(rng.integers(1, LONGEST + 1))
    rows = rng.integers(0, len(labels), count)
    # The last ones are variants, such as crossed sevens: shown more often than there are.
    rare = rng.random(count) < RARE
    rows[rare] = rng.integers(len(labels) * 19 // 20, len(labels), int(rare.sum()))
    if count > 2 and rng.random() < 0.3:
        same = np.flatnonzero(labels == (0 if rng.random() < 0.7 else labels[rows[-1]]))
        tail = int(rng.integers(2, count))
        rows[-tail:] = rng.choice(same, tail)
        if rng.random() < 0.5:
            # One writer's noughts are alike.
            rows[-tail:] = rows[-1]
    return [int(row) for row in rows]


def _write(glyphs: list[Pixels], hands: list[_Hand], rng: Rng) -> Pixels:
    """Glyphs side by side on one baseline: uint8 (_HEIGHT, width)."""
    strip = np.zeros((_HEIGHT, 2 * _HEIGHT + len(glyphs) * 3 * _DIGIT), np.uint8)
    room = round(float(rng.uniform(0.05, 0.8)) * _DIGIT)
    base = _HEIGHT / 2 + hands[0].height / 2 + float(rng.normal(0.0, 0.05)) * _DIGIT
    climb = float(rng.normal(0.0, 0.02))
    if rng.random() < LEAD:
        room = _tail(strip, room, base, rng) + round(float(rng.uniform(0.1, 0.5)) * _DIGIT)
    reach = np.full(_HEIGHT, room, np.int64)
    previous: tuple[int, int] | None = None
    for place, (glyph, hand) in enumerate(zip(glyphs, hands, strict=True)):
        patch = _patch(glyph, hand, rng)
        height, width = patch.shape
        top = round(
            base - height - climb * int(reach.max()) + rng.normal(0.0, hand.wobble) * _DIGIT
        )
        top = min(max(0, top), max(0, _HEIGHT - height))
        patch = patch[: _HEIGHT - top]
        left = _left(reach, patch, top, hand, rng)
        area = strip[top : top + patch.shape[0], left : left + width]
        np.maximum(area, patch, out=area)
        rows = np.flatnonzero((patch >= 64).any(axis=1)) + top
        middle = int(rows.mean()) if rows.size else _HEIGHT // 2
        if previous is not None and rng.random() < TIE:
            cv2.line(strip, previous, (left + 2, middle), 255, int(rng.integers(2, 5)), cv2.LINE_AA)
        edge = _right_edges(patch) + left
        new = reach.copy()
        new[top : top + patch.shape[0]] = np.maximum(new[top : top + patch.shape[0]], edge)
        reach = new
        previous = (left + width - 2, middle + int(rng.integers(-8, 9)))
        left_over = len(glyphs) - 1 - place
        if left_over in (3, 6) and rng.random() < POINT:
            x = int(reach.max()) + int(rng.integers(1, 8))
            _point(strip, x, round(base), rng)
            reach[-_HEIGHT // 3 :] = x + 4
    end = int(reach.max())
    if rng.random() < TAIL:
        end = _tail(strip, end + round(float(rng.uniform(0.05, 0.5)) * _DIGIT), base, rng)
    end += round(float(rng.uniform(0.05, 0.8)) * _DIGIT)
    return strip[:, : max(end, _DIGIT)]


def _patch(glyph: Pixels, hand: _Hand, rng: Rng) -> Pixels:
    """One digit in the writer's way, cut to its ink."""
    x, y, width, height = bounding_box(glyph) or (4, 4, 20, 20)
    patch = np.pad(glyph[y : y + height, x : x + width], 1)
    # A 20-pixel glyph may be a flat one; in a line it keeps its proportions.
    scale = hand.height / 20.0 * float(np.exp(rng.normal(0.0, 0.08)))
    if height < 12:
        scale *= 1.2
    across = scale * hand.stretch
    slant = hand.slant + float(rng.normal(0.0, 0.05))
    tall, room = round(patch.shape[0] * scale), abs(slant) * patch.shape[0] * scale
    wide = round(patch.shape[1] * across + room)
    shift = room if slant > 0 else 0.0
    matrix = np.array([[across, -slant * scale, shift], [0.0, scale, 0.0]], np.float32)
    out = cv2.warpAffine(patch, matrix, (max(3, wide), max(3, tall)), flags=cv2.INTER_LINEAR)
    if hand.pen:
        kernel = np.ones((2, 2), np.uint8)
        out = cv2.dilate(out, kernel) if hand.pen > 0 else cv2.erode(out, kernel)
    columns = np.flatnonzero((out >= 64).any(axis=0))
    if columns.size:
        out = out[:, columns[0] : columns[-1] + 1]
    return np.asarray(out, np.uint8)


def _left(
    reach: Columns,
    patch: Pixels,
    top: int,
    hand: _Hand,
    rng: Rng,
) -> int:
    """Where the next digit begins: its nearest ink at the writer's gap from what stands there."""
    mask = patch >= 64
    first = np.where(mask.any(axis=1), mask.argmax(axis=1), 10_000)
    room = reach[top : top + patch.shape[0]] - first
    gap = (hand.gap + float(rng.normal(0.0, 0.08))) * _DIGIT
    # By the nearest ink mostly, for digits tuck under each other; by the boxes at times.
    nearest = int(room.max())
    if rng.random() < 0.5:
        nearest = max(nearest, int(np.percentile(reach, 90)) - round(0.15 * _DIGIT))
    return max(0, nearest + round(gap))


def _right_edges(patch: Pixels) -> Columns:
    """For each row the column after its last ink; 0 where there is none."""
    mask = patch >= 64
    last = patch.shape[1] - mask[:, ::-1].argmax(axis=1)
    return np.where(mask.any(axis=1), last, 0).astype(np.int64)


def _point(strip: Pixels, x: int, base: int, rng: Rng) -> None:
    """A point or a comma."""
    y = min(_HEIGHT - 4, base - int(rng.integers(0, 6)))
    if rng.random() < 0.5:
        cv2.circle(strip, (x, y), int(rng.integers(1, 4)), 255, cv2.FILLED, cv2.LINE_AA)
    else:
        end = (x - int(rng.integers(0, 6)), min(_HEIGHT - 1, y + int(rng.integers(4, 14))))
        cv2.line(strip, (x, y), end, 255, int(rng.integers(2, 4)), cv2.LINE_AA)


def _tail(strip: Pixels, x: int, base: float, rng: Rng) -> int:
    """What people end an amount with: a dash, two, a point, a stroke; where it ends."""
    kind = int(rng.integers(0, 5))
    pen = int(rng.integers(2, 5))
    wide = int(rng.integers(8, 30))
    middle = round(base - float(rng.uniform(0.2, 0.9)) * _DIGIT)
    if kind == 0 or kind == 4:
        _point(strip, x, round(base), rng)
        x += 6
    if kind in (1, 2, 4):
        tilt = int(rng.integers(-6, 3))
        cv2.line(strip, (x, middle), (x + wide, middle + tilt), 255, pen, cv2.LINE_AA)
        if kind == 2:
            lower = middle + int(rng.integers(6, 14))
            cv2.line(strip, (x, lower), (x + wide, lower + tilt), 255, pen, cv2.LINE_AA)
        return x + wide
    if kind == 3:
        corners = rng.normal(0.0, 5.0, (6, 2)).cumsum(axis=0) + np.array([x + 12, middle])
        points = np.clip(corners, 0, [strip.shape[1] - 1, _HEIGHT - 1]).astype(np.int32)
        cv2.polylines(strip, [points], False, 255, pen, cv2.LINE_AA)
        return int(points[:, 0].max())
    return x


def _surroundings(strip: Pixels, rng: Rng) -> Pixels:
    """Rules, frames, specks and what hangs in from the lines above and below."""
    height, width = strip.shape
    if rng.random() < RULE:
        for _ in range(int(rng.integers(1, 3))):
            y = int(
                rng.choice([rng.integers(0, height // 6), rng.integers(height * 4 // 5, height)])
            )
            x = int(rng.integers(-width, width // 2))
            end = (x + int(rng.integers(width // 3, 2 * width)), y + int(rng.integers(-3, 4)))
            cv2.line(strip, (x, y), end, int(rng.integers(90, 256)), int(rng.integers(1, 3)))
    if rng.random() < FRAME:
        x = int(rng.choice([rng.integers(0, 8), rng.integers(max(0, width - 8), width)]))
        end = (x + int(rng.integers(-2, 3)), height)
        cv2.line(strip, (x, 0), end, int(rng.integers(90, 256)), int(rng.integers(1, 4)))
    if rng.random() < NEIGHBOUR:
        row = 0 if rng.random() < 0.4 else height - 1
        for x in rng.integers(0, width, int(rng.integers(2, 14))).tolist():
            y = row + int(rng.integers(-7, 8))
            end = (x + int(rng.integers(-8, 9)), row)
            cv2.line(strip, (x, y), end, 255, int(rng.integers(2, 4)), cv2.LINE_AA)
    if rng.random() < SPECKS:
        for x in rng.integers(0, width, int(rng.integers(1, 12))).tolist():
            y, level = int(rng.integers(0, height)), int(rng.integers(60, 256))
            cv2.circle(strip, (x, y), int(rng.integers(1, 3)), level, cv2.FILLED)
    if rng.random() < CUT:
        # Where a rule was taken away it took ink with it.
        y = int(rng.integers(height // 4, height))
        start, end = sorted(rng.integers(-width // 4, width + width // 4, 2).tolist())
        lean = y + int(rng.integers(-3, 4))
        cv2.line(strip, (start, y), (end, lean), 0, int(rng.integers(2, 6)))
    return strip


def _photographed(strip: Pixels, rng: Rng) -> Pixels:
    """To the strip's size, with a lens' blur, uneven ink and broken strokes."""
    picture = strip
    if rng.random() < 0.4:
        field = rng.normal(0.0, 1.0, (2, 3, max(3, strip.shape[1] // 48))).astype(np.float32)
        size = (strip.shape[1], strip.shape[0])
        rows, columns = np.indices(strip.shape).astype(np.float32)
        by = rng.uniform(0.5, 2.5)
        across, down = (cv2.resize(axis, size, interpolation=cv2.INTER_CUBIC) for axis in field)
        bent = cv2.remap(strip, columns + by * across, rows + by * down, cv2.INTER_LINEAR)
        picture = np.asarray(bent, np.uint8)
    width = max(8, strip.shape[1] // FINE)
    small = cv2.resize(picture, (width, STRIP_HEIGHT), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.3:
        small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.3, 0.9)))
    values = small.astype(np.float32)
    if rng.random() < 0.3:
        coarse = rng.uniform(0.45, 1.0, (4, max(2, width // 10))).astype(np.float32)
        values *= cv2.resize(coarse, (width, STRIP_HEIGHT), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.3:
        values += rng.normal(0.0, rng.uniform(2.0, 25.0), values.shape) * (
            values > 20 if rng.random() < 0.7 else 1.0
        )
    top = float(values.max())
    values *= 255.0 / max(1.0, top)
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)
