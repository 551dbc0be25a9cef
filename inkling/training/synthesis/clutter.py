"""What stands around a number on forms and cheques and is no digit, and what a camera adds."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.recognition.line_image import DIGIT_HEIGHT, contrasted
from inkling.recognition.line_image import IMAGE_HEIGHT

Rng = np.random.Generator

# Lines are made at this many times the strip's size, and shrunk like a photo.
FINE = 2
HEIGHT = IMAGE_HEIGHT * FINE
DIGIT = DIGIT_HEIGHT * FINE
# How often there is ...
RULE = 0.25
FRAME = 0.1
SPECKS = 0.2
NEIGHBOUR = 0.12
CUT = 0.12
EDGE = 0.06
BENT = 0.3
BLUR = 0.3
FADE = 0.2
NOISE = 0.08
# ... and where a line's shade is seen: a rule that it stands on, and a printed pattern.
UNDER = 0.4
PATTERN = 0.6


def point(strip: Pixels, x: int, base: int, pen: float, rng: Rng) -> None:
    """A point or a comma."""
    wide = max(1, round(pen * float(rng.uniform(0.6, 2.0 if rng.random() < 0.3 else 1.3))))
    y = min(HEIGHT - 4, base - int(rng.integers(0, 10)))
    if rng.random() < 0.5:
        cv2.circle(strip, (x, y), max(1, wide // 2), 255, cv2.FILLED, cv2.LINE_AA)
    else:
        end = (x - int(rng.integers(0, 6)), min(HEIGHT - 1, y + int(rng.integers(4, 14))))
        cv2.line(strip, (x, y), end, 255, wide, cv2.LINE_AA)


def dot(height: float, rng: Rng) -> Pixels:
    """A dot, round or nearly so, of that height: uint8."""
    radius = max(1.0, height / 2.0)
    size = 2 * int(radius * 1.4) + 5
    patch = np.zeros((size, size), np.uint8)
    axes = (round(radius * float(rng.uniform(0.8, 1.3))), round(radius))
    centre = (size // 2, size // 2)
    cv2.ellipse(patch, centre, axes, 0.0, 0.0, 360.0, 255, cv2.FILLED, cv2.LINE_AA)
    return patch


def tail(
    strip: Pixels, x: int, base: float, pen: float, rng: Rng, *, is_before: bool = False
) -> int:
    """What stands at an amount's end or before it: a dash, two, a point, a stroke, a bracket;
    where it ends."""
    # A scrawl is rare, for it may be noughts, and before a number it would be a one.
    scrawl = 0.0 if is_before else 0.06
    kind = int(rng.choice([0, 1, 2, 4, 5, 3], p=[*[(1.0 - scrawl) / 5.0] * 5, scrawl]))
    thick = max(1, round(pen * float(rng.uniform(0.8, 1.1))))
    wide = int(rng.integers(8, 30))
    middle = round(base - float(rng.uniform(0.2, 0.9)) * DIGIT)
    if kind == 0 or kind == 4:
        point(strip, x, round(base), pen, rng)
        x += 6
    if kind in (1, 2, 4):
        tilt = int(rng.integers(-6, 3))
        cv2.line(strip, (x, middle), (x + wide, middle + tilt), 255, thick, cv2.LINE_AA)
        if kind == 2:
            lower = middle + int(rng.integers(6, 14))
            cv2.line(strip, (x, lower), (x + wide, lower + tilt), 255, thick, cv2.LINE_AA)
        return x + wide
    if kind == 5:
        return _bracket(strip, x, base, thick, rng, -1 if is_before else 1)
    if kind == 3:
        corners = rng.normal(0.0, 5.0, (6, 2)).cumsum(axis=0) + np.array([x + 12, middle])
        points = np.clip(corners, 0, [strip.shape[1] - 1, HEIGHT - 1]).astype(np.int32)
        cv2.polylines(strip, [points], False, 255, thick, cv2.LINE_AA)
        return int(points[:, 0].max())
    return x


def _bracket(strip: Pixels, x: int, base: float, thick: int, rng: Rng, bulge: int) -> int:
    """One that opens (bulge -1) or closes (1), higher than digits; where it ends."""
    wide, high = rng.uniform(0.2, 0.45) * DIGIT, rng.uniform(1.1, 1.6) * DIGIT
    turn = np.linspace(-1.0, 1.0, 16)
    middle = base - DIGIT / 2.0 + float(rng.normal(0.0, 0.08)) * DIGIT
    bow = wide * (1.0 - turn**2)
    way = np.stack([x + (wide - bow if bulge < 0 else bow), middle + turn * high / 2.0], axis=1)
    cv2.polylines(strip, [np.rint(way).astype(np.int32)], False, 255, thick, cv2.LINE_AA)
    return round(x + wide)


def surroundings(strip: Pixels, rng: Rng) -> Pixels:
    """Rules, frames, specks, what hangs in from the lines above and below, and what is cut off."""
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
    if rng.random() < EDGE:
        # Beyond the picture's edge there is nothing.
        lost = round((HEIGHT - DIGIT) / 2 + float(rng.uniform(0.0, 0.25)) * DIGIT)
        if rng.random() < 0.6:
            strip[:lost] = 0
        if rng.random() < 0.4:
            strip[height - lost :] = 0
    return strip


def photographed(strip: Pixels, rng: Rng) -> Pixels:
    """To the strip's size, with a lens' blur, uneven ink and broken strokes."""
    values = _shrunk(strip, rng)
    if rng.random() < NOISE:
        values += rng.normal(0.0, rng.uniform(2.0, 25.0), values.shape) * (
            values > 20 if rng.random() < 0.7 else 1.0
        )
    top = float(values.max())
    values *= 255.0 / max(1.0, top)
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def shaded(strip: Pixels, rng: Rng) -> Pixels:
    """To the strip's size, as a picture's shade shows it (see `line.shade_strip_of`): on grain and
    printed patterns, and the rule that it was written on."""
    if rng.random() < UNDER:
        _rule_under(strip, rng)
    ink = _shrunk(strip, rng) / 255.0
    paper = _field(ink.shape, 12, rng) * rng.uniform(0.0, 0.1)
    if rng.random() < PATTERN:
        paper = paper + _pattern(ink.shape, rng)
    # A faint pen is hardly darker than what is printed.
    pen = float(rng.uniform(0.3, 1.0))
    shade = paper + (1.0 - paper) * pen * ink
    grain = rng.normal(0.0, float(np.exp(rng.uniform(np.log(0.005), np.log(0.06)))), ink.shape)
    if rng.random() < 0.5:
        grain[:] = cv2.GaussianBlur(grain, (0, 0), float(rng.uniform(0.4, 0.9)))
    return contrasted((shade + grain).astype(np.float32))


def _shrunk(strip: Pixels, rng: Rng) -> NDArray[np.float32]:
    """A line at the strip's size, bent, blurred and unevenly inked at times: 0 to 255."""
    picture = strip
    if rng.random() < BENT:
        field = rng.normal(0.0, 1.0, (2, 3, max(3, strip.shape[1] // 48))).astype(np.float32)
        size = (strip.shape[1], strip.shape[0])
        rows, columns = np.indices(strip.shape).astype(np.float32)
        by = rng.uniform(0.5, 2.5)
        across, down = (cv2.resize(axis, size, interpolation=cv2.INTER_CUBIC) for axis in field)
        bent = cv2.remap(strip, columns + by * across, rows + by * down, cv2.INTER_LINEAR)
        picture = np.asarray(bent, np.uint8)
    width = max(8, strip.shape[1] // FINE)
    small = cv2.resize(picture, (width, IMAGE_HEIGHT), interpolation=cv2.INTER_AREA)
    if rng.random() < BLUR:
        small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.3, 0.9)))
    values = small.astype(np.float32)
    if rng.random() < FADE:
        coarse = rng.uniform(0.45, 1.0, (4, max(2, width // 10))).astype(np.float32)
        values *= cv2.resize(coarse, (width, IMAGE_HEIGHT), interpolation=cv2.INTER_LINEAR)
    return values


def _rule_under(strip: Pixels, rng: Rng) -> None:
    """The printed line that a number stands on or reaches through, whole or dotted."""
    width = strip.shape[1]
    y = round(HEIGHT / 2 + DIGIT * float(rng.uniform(0.3, 0.75)))
    climb = int(rng.integers(-3, 4))
    level, thick = int(rng.integers(70, 256)), int(rng.integers(1, 5))
    step = int(rng.integers(4, 12)) if rng.random() < 0.3 else width
    line = np.zeros_like(strip)
    cv2.line(line, (0, y), (width, y + climb), level, thick, cv2.LINE_AA)
    line[:, (np.arange(width) % step) > 0.6 * step] = 0
    np.maximum(strip, line, out=strip)


def _field(shape: tuple[int, ...], cell: int, rng: Rng) -> NDArray[np.float32]:
    """What changes slowly from place to place: 0 to 1, float32 of that shape."""
    height, width = shape
    coarse = rng.random((height // cell + 2, width // cell + 2)).astype(np.float32)
    field = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(field, np.float32)


def _pattern(shape: tuple[int, ...], rng: Rng) -> NDArray[np.float32]:
    """Waves of fine lines or dots, as are printed on cheques, in a part of the strip: 0 to 1."""
    rows, columns = np.indices(shape).astype(np.float32)
    waves = np.zeros(shape, np.float32)
    for _ in range(int(rng.integers(1, 3))):
        turn, length = rng.uniform(0.0, np.pi), rng.uniform(2.0, 8.0)
        way = np.cos(turn) * columns + np.sin(turn) * rows
        bent = way + 6.0 * rng.random() * _field(shape, 16, rng)
        # High powers make fine lines of waves.
        power = float(rng.uniform(1.0, 4.0))
        waves = np.maximum(waves, (0.5 + 0.5 * np.sin(2.0 * np.pi * bent / length)) ** power)
    strength = float(rng.uniform(0.02, 0.3))
    where = np.clip(2.0 * _field(shape, 24, rng) - float(rng.uniform(-0.5, 0.8)), 0.0, 1.0)
    return np.asarray(strength * waves * where, np.float32)
