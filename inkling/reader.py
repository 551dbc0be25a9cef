"""Reading: ink and a classifier to lines of numbers.

`read_ink` reads a drawing, `read_page` a photographed or scanned page. Both give a `Reading`: lines
from top to bottom, in each the numbers from left to right, in each its digits, every digit with its
box, its prediction and the glyph the network saw.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from inkling.classifier import Classifier, Prediction
from inkling.ink import Glyph, Pixels, from_image, to_glyph
from inkling.page import (
    Box,
    Sheet,
    canvas_sheet,
    digit_height,
    main_cluster,
    page_sheet,
    remove_rules,
)
from inkling.photo import Page
from inkling.segment import best_path, candidates, gap_limit, gaps

# Larger pages are read at this size: digits lose nothing by it, and 12 megapixels take a second.
LONGEST_SIDE = 2400
# On a page pens are finer than this part of it, and shadows wider; in a small crop neither holds.
PAGE_WINDOW = 0.12
CROP_WINDOW = 0.25
CROP_SIDE = 600
# Digits higher than this, in pixels, are read from smaller ink: as well, and faster.
DIGIT_HEIGHT = 72.0
# Okabe and Ito's colours, told apart with any kind of colour vision: sure, and not sure.
SURE_COLOUR = (0, 114, 178)
UNSURE_COLOUR = (213, 94, 0)


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit on a page.

    Attributes:
        label: what it says.
        confidence: the probability of that.
        box: x, y, width, height in pixels of the picture.
        prediction: all the classifier says of it.
        glyph: what the classifier saw; its own `box` is the picture's, too.
    """

    label: str
    confidence: float
    box: Box
    prediction: Prediction
    glyph: Glyph


@dataclass(frozen=True, slots=True)
class Number:
    """Digits that stand together; at least one."""

    digits: tuple[Digit, ...]

    @property
    def text(self) -> str:
        return "".join(digit.label for digit in self.digits)

    @property
    def confidence(self) -> float:
        """That of the digit least sure: a number is as good as its worst digit."""
        return min(digit.confidence for digit in self.digits)

    @property
    def box(self) -> Box:
        x = min(digit.box[0] for digit in self.digits)
        y = min(digit.box[1] for digit in self.digits)
        right = max(digit.box[0] + digit.box[2] for digit in self.digits)
        bottom = max(digit.box[1] + digit.box[3] for digit in self.digits)
        return x, y, right - x, bottom - y


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers beside each other; at least one."""

    numbers: tuple[Number, ...]

    @property
    def digits(self) -> tuple[Digit, ...]:
        return tuple(digit for number in self.numbers for digit in number.digits)

    @property
    def text(self) -> str:
        return "".join(number.text for number in self.numbers)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a picture says.

    Attributes:
        lines: from top to bottom; none for a blank picture.
        width, height: the picture's, in pixels; boxes refer to them.
        warnings: sentences about what may be wrong.
    """

    lines: tuple[Line, ...]
    width: int
    height: int
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def numbers(self) -> tuple[Number, ...]:
        return tuple(number for line in self.lines for number in line.numbers)

    @property
    def digits(self) -> tuple[Digit, ...]:
        return tuple(digit for line in self.lines for digit in line.digits)


def read_ink(ink: Pixels, classifier: Classifier) -> Reading:
    """Read a drawing: one digit, or several side by side.

    What was drawn is kept even when it is no digit; its prediction says so.

    Args:
        ink: uint8 (h, w), 0 paper, 255 pen, as `ink.from_canvas` gives it.
        classifier: any model.
    """
    height, width = ink.shape
    sheet = canvas_sheet(ink)
    return Reading(_read_lines(sheet, classifier, keep_all=True), width, height)


def read_page(page: Page, classifier: Classifier) -> Reading:
    """Read a photographed or scanned page of handwritten numbers.

    Marks that are no digit (`Prediction.is_digit`) are left out, and part the numbers around them.
    """
    image = _shrunk(page.image, LONGEST_SIDE / max(page.width, page.height))
    crop = max(page.width, page.height) < CROP_SIDE
    ink = remove_rules(from_image(image, window=CROP_WINDOW if crop else PAGE_WINDOW))
    ink = _shrunk(ink, DIGIT_HEIGHT / max(1.0, digit_height(ink)))
    lines = _read_lines(page_sheet(ink), classifier, keep_all=False)
    if ink.shape[1] < page.width:
        lines = tuple(_enlarged(line, page, page.width / ink.shape[1]) for line in lines)
    warnings = list(page.warnings)
    if not lines and not warnings:
        warnings.append("No handwritten digits were found in this picture.")
    return Reading(lines, page.width, page.height, tuple(warnings))


def annotate(page: Page, reading: Reading) -> Pixels:
    """The page with a box around each digit and its label above.

    Blue boxes are sure, orange ones are not: colours that every kind of colour vision tells apart,
    and the unsure ones are thicker, too.

    Returns:
        uint8 (height, width, 3), RGB, of the page's size.
    """
    picture = page.image.copy()
    unit = max(1, round(max(page.width, page.height) / 800))
    for digit in reading.digits:
        sure = digit.prediction.is_sure
        colour = SURE_COLOUR if sure else UNSURE_COLOUR
        x, y, width, height = digit.box
        thickness = unit if sure else 2 * unit
        margin = 2 * unit
        low, high = (x - margin, y - margin), (x + width + margin, y + height + margin)
        cv2.rectangle(picture, low, high, colour, thickness, cv2.LINE_AA)
        size = min(1.0 * unit, max(0.4 * unit, height / 60.0))
        ink_width = max(1, round(1.5 * size))
        text = digit.label if sure else f"{digit.label}?"
        (_, text_height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, ink_width)
        # Over the box, or under it where the page ends.
        above = low[1] - margin
        base = above if above > text_height else high[1] + text_height + margin
        for shade, weight in (((255, 255, 255), ink_width + 2 * unit), (colour, ink_width)):
            cv2.putText(
                picture,
                text,
                (low[0], base),
                cv2.FONT_HERSHEY_SIMPLEX,
                size,
                shade,
                weight,
                cv2.LINE_AA,
            )
    return picture


def rows(readings: Iterable[tuple[Page, Reading]]) -> list[dict[str, str | int | float]]:
    """A table of everything read: one row a number, in reading order.

    Returns:
        Dictionaries with `file`, `page` (from 1), `line` (from 1), `number` (its text: a leading 0
        is kept) and `confidence`.
    """
    return [
        {
            "file": page.file,
            "page": page.number,
            "line": place,
            "number": number.text,
            "confidence": round(number.confidence, 4),
        }
        for page, reading in readings
        for place, line in enumerate(reading.lines, 1)
        for number in line.numbers
    ]


def _read_lines(sheet: Sheet, classifier: Classifier, *, keep_all: bool) -> tuple[Line, ...]:
    per_line = [candidates(sheet, line) for line in sheet.lines]
    glyphs = [candidate.glyph.pixels for found in per_line for candidate in found]
    if not glyphs:
        return ()
    # One batch for the whole page: the classifier works through it without waiting for us.
    probabilities = classifier.probabilities(np.stack(glyphs))
    rows: list[list[Digit | None]] = []
    start = 0
    for found in per_line:
        answers = probabilities[start : start + len(found)]
        start += len(found)
        digits: list[Digit | None] = []
        for index in best_path(found, answers):
            if found[index].is_loose:
                continue
            glyph = replace(found[index].glyph, box=found[index].box)
            prediction = classifier.predict_glyph(glyph)
            if prediction is None or not (keep_all or prediction.is_digit):
                digits.append(None)
            else:
                digits.append(
                    Digit(prediction.label, prediction.confidence, glyph.box, prediction, glyph)
                )
        if any(digits):
            rows.append(digits)
    limit = gap_limit([gap for row in rows for gap in gaps([d.box for d in row if d])])
    return tuple(Line(_numbers(row, limit)) for row in rows)


def _numbers(digits: list[Digit | None], limit: float) -> tuple[Number, ...]:
    """A line's digits parted at wide gaps, and where something stood that is no digit (None).

    Args:
        digits: from left to right.
        limit: the widest gap within a number, in digit heights.
    """
    height = float(np.median([digit.box[3] for digit in digits if digit]))
    numbers: list[list[Digit]] = []
    end = -math.inf
    for digit in digits:
        if digit is None:
            end = -math.inf
            continue
        if digit.box[0] - end > limit * height:
            numbers.append([])
        numbers[-1].append(digit)
        end = digit.box[0] + digit.box[2]
    return tuple(Number(tuple(number)) for number in numbers)


def _shrunk(image: Pixels, scale: float) -> Pixels:
    """A picture made smaller; as it is for a scale of 1 and more."""
    if scale >= 1.0:
        return image
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _enlarged(line: Line, page: Page, scale: float) -> Line:
    """A line whose boxes are in the pixels of the full-size page."""

    def enlarged(digit: Digit) -> Digit:
        x, y, width, height = (value * scale for value in digit.box)
        left, top = round(x), round(y)
        right = min(page.width, round(x + width))
        bottom = min(page.height, round(y + height))
        box = (left, top, right - left, bottom - top)
        glyph = replace(digit.glyph, box=box, scale=digit.glyph.scale / scale)
        return replace(digit, box=box, glyph=glyph)

    return Line(tuple(Number(tuple(map(enlarged, number.digits))) for number in line.numbers))


def read_digit(ink: Pixels, classifier: Classifier) -> tuple[Glyph, Prediction | None]:
    """Read a picture that holds a single digit, whatever dirt and border there is around it.

    Args:
        ink: uint8 (h, w), as `ink.from_image` or `ink.from_canvas` gives it.

    Returns:
        The glyph and its prediction, None when there is no ink.
    """
    cluster = main_cluster(ink)
    glyph = to_glyph(cluster)
    return glyph, classifier.predict_glyph(glyph)
