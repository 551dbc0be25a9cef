"""Handwriting on a sheet: numbers, signs and words in one hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.training.synthesis.allographs import NO_ALLOGRAPHS, PenStrokes
from inkling.training.synthesis.characters import LETTER_LOOKALIKES
from inkling.training.synthesis.lines import choose_writer
from inkling.training.synthesis.pages.characters import PageCharacters
from inkling.training.synthesis.pages.sheet import Sheet, Written, log_uniform, put
from inkling.training.synthesis.writer import Patch, Writer, draw_glyph, draw_strokes

Rng = np.random.Generator

# The label of letters and signs, which only seeds their distortion.
NOT_A_DIGIT = 10
# Part of the hands that are pen strokes, where there are any; the others are glyphs.
PEN_STROKE_RATE = 0.72
# Part of the digits of a person's number that another person wrote.
OTHER_PERSON_RATE = 0.12
# A pen, as a part of the digits' height: from a hair to a felt pen.
THINNEST, BROADEST = 0.03, 0.2
# Strokes thinner than this, in pixels, are drawn larger and shrunk: OpenCV's lines have whole
# widths.
MIN_DRAWN_PEN = 3.0
ENLARGEMENT = 3
# Signs that stand between the digits of one number, and how often.
INNER_SIGNS = (".", ",", "/", ":", "-")
INNER_SIGN_RATE = 0.18
# Heights of signs and how far their middle stands below the digits' middle, as parts of the
# digits' height.
SIGN_HEIGHTS = {".": 0.1, ",": 0.22, "-": 0.08, "=": 0.3, ":": 0.5, ";": 0.6, "'": 0.25}
SIGN_DROPS = {".": 0.42, ",": 0.5, ";": 0.2, "'": -0.4}
TALL_SIGNS = "/()[]"
# Part of the hands whose digits touch, and whose zeros are written in one stroke.
TOUCHING_RATE = 0.3
LOOPED_ZEROS_RATE = 0.2


@dataclass(slots=True, eq=False)
class Hand:
    """One person's writing on a sheet.

    Attributes:
        characters: what it writes.
        writer: how; its height is that of the digits, in pixels.
        rng: varies it.
        person: for each digit the rows of that person's pen strokes; None for glyphs.
        letters: the digits that this hand writes like a letter, and that letter.
        loops_zeros: whether it writes the zeros at a number's end in one stroke.
    """

    characters: PageCharacters
    writer: Writer
    rng: Rng
    person: dict[int, NDArray[np.int64]] | None
    letters: dict[int, list[PenStrokes]]
    loops_zeros: bool

    @property
    def height(self) -> float:
        """Of a digit, in pixels."""
        return self.writer.height

    @property
    def pen(self) -> int:
        """The width of its strokes, in whole pixels."""
        return max(1, round(self.writer.pen_width))

    def digit(self, label: int) -> Patch:
        """One digit."""
        if self.person is None:
            rows = self.characters.rows[label]
            glyph = self.characters.glyphs[int(self.rng.choice(rows))]
            return _shrunk(self.writer, lambda w: draw_glyph(glyph, label, w, self.rng))
        strokes, writer = self._strokes(label)
        return _shrunk(writer, lambda w: draw_strokes(strokes, label, w, self.rng))

    def _strokes(self, label: int) -> tuple[PenStrokes, Writer]:
        """A digit's pen strokes, and how they are drawn."""
        if label in self.letters:
            forms = self.letters[label]
            # A letter keeps its own form.
            writer = replace(self.writer, allographs=NO_ALLOGRAPHS)
            return forms[int(self.rng.integers(len(forms)))], writer
        known = self.characters.trajectories
        assert known is not None and self.person is not None
        rows = self.person.get(label)
        if rows is None or self.rng.random() < OTHER_PERSON_RATE:
            rows = np.flatnonzero(known.labels == label)
        return known.digits[int(self.rng.choice(rows))], self.writer

    def stroke(self, strokes: PenStrokes, height: float) -> Patch:
        """Strokes of height 1, drawn in this pen at a height in pixels."""
        plain = replace(
            self.writer, height=height, allographs=NO_ALLOGRAPHS, distortion=0.0, slant=0.0
        )
        return _shrunk(plain, lambda w: draw_strokes(strokes, NOT_A_DIGIT, w, self.rng))


def choose_hand(characters: PageCharacters, height: float, rng: Rng) -> Hand:
    """A random person with a random pen.

    Args:
        characters: what is written.
        height: of digits, in pixels.
        rng: chooses everything.
    """
    known = characters.trajectories
    is_strokes = known is not None and rng.random() < PEN_STROKE_RATE
    writer = choose_writer(rng, 0.12)
    touches = rng.random() < TOUCHING_RATE
    gap = rng.choice([0.08, 0.2, 0.4, 0.8], p=[0.37, 0.37, 0.18, 0.08])
    gap = rng.uniform(-0.12, 0.04) if touches else gap
    writer = replace(
        writer,
        height=height,
        pen_width=max(0.8, height * log_uniform(rng, THINNEST, BROADEST)),
        gap=float(gap),
    )
    person = None
    letters: dict[int, list[PenStrokes]] = {}
    if is_strokes:
        assert known is not None
        person = known.writers[int(rng.integers(len(known.writers)))]
        for digit, forms in characters.lookalikes.items():
            if rng.random() < 0.6 * LETTER_LOOKALIKES[digit][0]:
                form = forms[int(rng.integers(len(forms)))]
                letters[digit] = [form[int(rng.integers(len(form)))] for _ in range(3)]
    loops = is_strokes and writer.pen_width < 0.1 * height and rng.random() < LOOPED_ZEROS_RATE
    return Hand(characters, writer, rng, person, letters, bool(loops))


def write_number(sheet: Sheet, hand: Hand, labels: str, x: float, y: float) -> float:
    """Write a number and say so in `sheet.written`.

    Args:
        sheet: changed in place.
        hand: who writes.
        labels: digits, and signs between them.
        x: where it begins.
        y: the row of the digits' middle.

    Returns:
        The column where it ends.
    """
    number, sheet.numbers = sheet.numbers, sheet.numbers + 1
    tail = len(labels) - len(labels.rstrip("0"))
    looped = tail if hand.loops_zeros and tail >= 2 else 0
    reach: NDArray[np.float64] | None = None
    lifted: tuple[float, float] | None = None
    end = x
    for place, character in enumerate(labels[: len(labels) - looped]):
        if not character.isdigit():
            end = write_sign(sheet, hand, character, end + 0.06 * hand.height, y, number)
            end += hand.height * float(hand.rng.uniform(0.02, 0.2))
            reach, lifted = None, None
            continue
        patch = hand.digit(int(character))
        height, width = patch.ink.shape
        drop = hand.writer.descent(int(character)) * 0.5
        jitter = float(hand.rng.normal(0.0, hand.writer.baseline_jitter)) * hand.height
        top = y - height / 2.0 + drop + jitter
        left = end if place == 0 else _next_left(reach, patch.ink, top, end, hand)
        put(sheet.digits, patch.ink, left, top)
        sheet.written.append(
            Written(character, left + width / 2.0, top + height / 2.0, width, height, number)
        )
        if lifted is not None and hand.rng.random() < hand.writer.ligature_rate:
            start = patch.start or (0, int(height * hand.rng.uniform(0.1, 0.9)))
            _ligature(sheet, hand, lifted, (left + start[0], top + start[1]))
        stop = patch.end or (width - 1, int(height * hand.rng.uniform(0.1, 0.9)))
        lifted = (left + stop[0], top + stop[1])
        reach = _reach(reach, patch.ink, left, top, y, hand.height)
        end = max(end, left + width)
    if looped:
        end = _looped_zeros(sheet, hand, looped, end + hand.height * 0.08, y, number)
    return end


def write_sign(
    sheet: Sheet, hand: Hand, sign: str, x: float, y: float, number: int | None = None
) -> float:
    """Write a sign such as "+" or "."; returns the column where it ends.

    Args:
        sheet: changed in place.
        hand: who writes.
        sign: the character; "x" for a multiplication sign.
        x: where it begins.
        y: the row of the digits' middle.
        number: the number it belongs to; None for none.
    """
    rng = hand.rng
    if sign in TALL_SIGNS:
        height = hand.height * float(rng.uniform(0.9, 1.4))
    else:
        height = SIGN_HEIGHTS.get(sign, 0.55) * hand.height * float(rng.uniform(0.6, 1.4))
    forms = hand.characters.letters.get("x") if sign == "x" else hand.characters.signs.get(sign)
    patch = None
    if forms and not (sign in "+-=." and rng.random() < 0.4):
        patch = hand.stroke(forms[int(rng.integers(len(forms)))], max(2.0, height)).ink
    if patch is None or patch.shape[1] > 1.4 * hand.height or patch.shape[0] > 1.7 * hand.height:
        patch = _plain_sign(hand, sign)
    drop = SIGN_DROPS.get(sign, 0.05) * hand.height + float(rng.normal(0.0, 0.05)) * hand.height
    top = y + drop - patch.shape[0] / 2.0
    put(sheet.other, patch, x, top)
    h, w = patch.shape
    sheet.written.append(
        Written(sign, x + w / 2.0, top + h / 2.0, w, h, -1 if number is None else number)
    )
    return float(x + w)


def write_word(sheet: Sheet, hand: Hand, letters: list[str], x: float, y: float) -> float:
    """Write letters side by side; returns the column where they end."""
    rng = hand.rng
    size = hand.height * float(rng.uniform(0.7, 1.2))
    overlap = float(rng.uniform(-0.1, 0.2))
    for letter in letters:
        forms = hand.characters.letters[letter]
        is_low = letter in "acemnorsuvwxz"
        height = size * (0.6 if is_low else 1.0) * float(np.exp(rng.normal(0.0, 0.08)))
        patch = hand.stroke(forms[int(rng.integers(len(forms)))], max(2.0, height)).ink
        base = y + 0.5 * size + (0.3 * size if letter in "gjpqy" else 0.0)
        put(sheet.other, patch, x, base - patch.shape[0])
        h, w = patch.shape
        sheet.written.append(Written(letter, x + w / 2.0, base - h / 2.0, w, h))
        x += patch.shape[1] + size * float(rng.normal(overlap, 0.05))
        if x > sheet.shape[1]:
            break
    return x


def choose_word(hand: Hand, *, may_be_short: bool = False) -> list[str]:
    """Random letters; words beside numbers hold only letters that nobody reads as digits.

    Args:
        hand: who writes.
        may_be_short: one to three letters, all of them clear ones; else three to eight.
    """
    rng = hand.rng
    if may_be_short:
        clear = hand.characters.clear_letters()
        return [str(rng.choice(clear)) for _ in range(int(rng.integers(1, 4)))]
    every = list(hand.characters.letters)
    return [str(rng.choice(every)) for _ in range(int(rng.integers(4, 9)))]


def _shrunk(writer: Writer, draw: Callable[[Writer], Patch]) -> Patch:
    """A character in the writer's pen; in a thin pen, drawn larger and shrunk."""
    if writer.pen_width >= MIN_DRAWN_PEN:
        return draw(writer)
    k = ENLARGEMENT
    patch = draw(replace(writer, height=writer.height * k, pen_width=writer.pen_width * k))
    height, width = patch.ink.shape
    size = (max(1, round(width / k)), max(1, round(height / k)))
    ink = np.asarray(cv2.resize(patch.ink, size, interpolation=cv2.INTER_AREA), np.uint8)
    if writer.pen_width < 1.2:
        # Averaged over a pixel, a hair would be grey.
        ink = np.minimum(ink.astype(np.uint16) * 4 // 3, 255).astype(np.uint8)
    start, end = (
        None if point is None else (point[0] // k, point[1] // k)
        for point in (patch.start, patch.end)
    )
    return Patch(ink, start, end)


def _next_left(
    reach: NDArray[np.float64] | None, ink: Pixels, top: float, end: float, hand: Hand
) -> float:
    """Where a digit begins: at the hand's gap from the ink before it, or from that ink's box."""
    gap = hand.height * (hand.writer.gap + float(hand.rng.normal(0.0, 0.05)))
    if reach is None or hand.rng.random() < 0.4:
        return end + gap
    mask = ink >= 64
    first = np.where(mask.any(axis=1), mask.argmax(axis=1), 10_000)
    rows = np.clip(np.arange(len(first)) + round(top - reach[0]), 0, len(reach) - 2) + 1
    nearest = float((reach[rows] - first).max())
    # Digits do not slide far under each other.
    return max(nearest, end - 0.35 * hand.height) + gap


def _reach(
    before: NDArray[np.float64] | None,
    ink: Pixels,
    left: float,
    top: float,
    y: float,
    height: float,
) -> NDArray[np.float64]:
    """For each row around a number the column up to which it is used; the first value is the row
    that the second one stands for."""
    if before is None:
        before = np.full(round(3.0 * height) + 2, -1e6)
        before[0] = y - 1.5 * height
    mask = ink >= 64
    last = np.where(mask.any(axis=1), ink.shape[1] - mask[:, ::-1].argmax(axis=1), -1e6) + left
    rows = np.arange(len(last)) + round(top - before[0])
    inside = (rows >= 0) & (rows < len(before) - 1)
    after = before.copy()
    np.maximum.at(after, rows[inside] + 1, last[inside])
    return after


def _ligature(
    sheet: Sheet, hand: Hand, start: tuple[float, float], end: tuple[float, float]
) -> None:
    """Draw a bent stroke from one digit to the next, if they are near."""
    if abs(end[0] - start[0]) > 0.8 * hand.height:
        return
    sag = float(hand.rng.uniform(-0.2, 0.25)) * hand.height
    t = np.linspace(0.0, 1.0, 8)[:, None]
    first, last = np.asarray(start), np.asarray(end)
    middle = (first + last) / 2.0 + np.array([0.0, sag])
    points = (1 - t) ** 2 * first + 2 * t * (1 - t) * middle + t**2 * last
    draw_curve(sheet.digits, points, hand.writer.pen_width * float(hand.rng.uniform(0.7, 1.0)))


def draw_curve(layer: Pixels, points: NDArray[np.float64], width: float) -> None:
    """Draw a curve into a layer, in place.

    Args:
        layer: uint8 (height, width).
        points: float64 (n, 2), x and y in pixels.
        width: of the pen, in pixels.
    """
    fixed = np.rint(points * 16).astype(np.int32)
    level = 255 if width >= 1 else round(255 * max(0.4, width))
    cv2.polylines(layer, [fixed], False, level, max(1, round(width)), cv2.LINE_AA, 4)


def _looped_zeros(sheet: Sheet, hand: Hand, count: int, x: float, y: float, number: int) -> float:
    """Write zeros in one stroke, as people do at the end of an amount; returns where they end."""
    rng = hand.rng
    height = hand.height * float(rng.uniform(0.4, 0.95))
    width = height * float(rng.uniform(0.5, 1.0))
    step = width * float(rng.uniform(0.6, 1.0))
    middle = y + (hand.height - height) / 2.0 * float(rng.uniform(-0.3, 1.0))
    turns = count - 0.06 + float(rng.uniform(-0.1, 0.12))
    phase = np.linspace(0.0, 2.0 * np.pi * turns, 24 * count)
    start = float(rng.uniform(-0.6, 0.6))
    columns = x + width / 2.0 + step * phase / (2.0 * np.pi) + width / 2.0 * np.sin(start - phase)
    rows = middle - height / 2.0 * np.cos(phase)
    points = np.stack([columns - hand.writer.slant * (rows - middle), rows], axis=1)
    draw_curve(sheet.digits, points, hand.writer.pen_width)
    pen = hand.writer.pen_width
    for zero in range(count):
        part = points[(phase >= 2 * np.pi * zero) & (phase <= 2 * np.pi * (zero + 1))]
        low, high = part.min(axis=0), part.max(axis=0)
        middle_x, middle_y = ((low + high) / 2.0).tolist()
        size = high - low + pen
        sheet.written.append(
            Written("0", middle_x, middle_y, min(size[0], 1.3 * step + pen), size[1], number)
        )
    return float(points[:, 0].max() + pen / 2.0)


def _plain_sign(hand: Hand, sign: str) -> Pixels:
    """A sign of straight lines or dots, where no set has it."""
    rng, pen = hand.rng, hand.pen
    size = max(4, round(hand.height * float(rng.uniform(0.3, 0.75)))) + pen + 2
    ink = np.zeros((size, size), np.uint8)
    middle = size // 2
    low, high = pen // 2 + 1, size - pen // 2 - 2
    tilt = round(float(rng.normal(0.0, 0.06)) * size)
    if sign in ".:":
        radius = max(1, round(pen * float(rng.uniform(0.5, 0.9))))
        spots = [middle] if sign == "." else [middle - size // 4, middle + size // 4]
        for spot in spots:
            cv2.circle(ink, (middle, spot), radius, 255, cv2.FILLED, cv2.LINE_AA)
        return np.ascontiguousarray(ink[:, middle - radius - 1 : middle + radius + 2])
    if sign in ",/'":
        cv2.line(ink, (high, low), (low, high), 255, pen, cv2.LINE_AA)
        return ink
    lines = {"=": (-0.2, 0.2), "+": (0.0,)}.get(sign, (0.0,))
    for shift in lines:
        row = middle + round(shift * size)
        cv2.line(ink, (low, row + tilt), (high, row - tilt), 255, pen, cv2.LINE_AA)
    if sign == "+":
        cv2.line(ink, (middle + tilt, low), (middle - tilt, high), 255, pen, cv2.LINE_AA)
    rows = np.flatnonzero(ink.any(axis=1))
    return np.ascontiguousarray(ink[rows[0] : rows[-1] + 1])
