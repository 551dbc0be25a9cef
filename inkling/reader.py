"""Reading: ink and a classifier to lines of numbers.

`read_ink` reads a drawing, `read_upright` a photographed or scanned page, which it turns where it
lies on its side. Both give a `Reading`: lines from top to bottom, in each the numbers from left to
right, in each its digits, every digit with its box, its prediction and the glyph the network saw.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling import quality
from inkling import sheet as paper
from inkling.classifier import Classifier, Prediction, evidence
from inkling.ink import BOX_LEVEL, Glyph, Pixels, cut_noise, shade_of, to_glyph, to_glyphs
from inkling.keeping import Source, without_strays
from inkling.linereader import read_lines
from inkling.overlay import SURE_COLOUR as SURE_COLOUR
from inkling.overlay import UNSURE_COLOUR as UNSURE_COLOUR
from inkling.overlay import annotate as annotate
from inkling.page import (
    CROP_SIDE,
    Sheet,
    canvas_sheet,
    digit_height,
    find_marks,
    main_cluster,
    page_sheet,
)
from inkling.photo import Page
from inkling.reading import Cell as Cell
from inkling.reading import Digit as Digit
from inkling.reading import Line as Line
from inkling.reading import Number as Number
from inkling.reading import Reading as Reading
from inkling.reading import rows as rows
from inkling.rules import remove_rules, uprights, without
from inkling.segment import gap_limit, gaps
from inkling.table import Table, find_tables, without_tables
from inkling.tablereader import read_table

# Larger pages are read at this size: digits lose nothing by it, and 12 megapixels take a second.
LONGEST_SIDE = 2400
# Of a crop so much wider than high all is paper.
LINE = 1.2
# On a page pens are finer than this part of it, and shadows wider; in a small crop neither holds.
PAGE_WINDOW = 0.12
CROP_WINDOW = 0.25
# Digits higher than this, in pixels, are read from smaller ink: as well, and faster.
DIGIT_HEIGHT = 72.0
# ... and lower ones from larger ink, enlarged at most so many times.
MOST_ENLARGED = 3.0
MOST_PIXELS = 8e6
# A grid's cells are at most this many digits high.
CELL_LINES = 4.5
# A grid of so many cells both down and across is squared paper.
SQUARED = 18
# Where less than this part of what rules leave is dark, it is grain, and nothing was written.
DARK = 200
WRITTEN = 0.09
# A page lies on its side or head when its marks, turned, are so much more like digits, ...
TURNED = 1.35
# ... and so much like digits at all, on average over this many.
LIKE_DIGITS = 0.5
MARKS = 80
FEWEST_MARKS = 4
# What is lower than this on a page, in its pixels, is grain: nobody reads digits of so few.
LOWEST = 9


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """A page's ink before anything is read in it."""

    ink: Pixels
    # ... without rules and grids; of a crop they are taken off once it is enlarged.
    plain: Pixels
    is_crop: bool
    # From pixels of the ink to the page's.
    to_page: NDArray[np.float64]
    # What a crop's ink was cut from, and where lines run through the whole of it.
    shade: Pixels | None
    lines: NDArray[np.bool_] | None


def read_ink(ink: Pixels, classifier: Classifier) -> Reading:
    """Read a drawing: one digit, or several side by side.

    What was drawn is kept even when it is no digit; its prediction says so.

    Args:
        ink: uint8 (h, w), 0 paper, 255 pen, as `ink.from_canvas` gives it.
        classifier: any model.
    """
    height, width = ink.shape
    lines = _read_lines(canvas_sheet(ink), classifier, keep_all=True)
    if not lines:
        # Nothing in it is like a digit, yet something was drawn.
        glyph, prediction = read_digit(ink, classifier)
        if prediction is not None:
            said = Digit(prediction.label, prediction.confidence, glyph.box, prediction, glyph)
            lines = (Line((Number((said,)),)),)
    return Reading(lines, width, height)


def read_upright(page: Page, classifier: Classifier) -> tuple[Page, Reading]:
    """Read a photographed or scanned page of handwritten numbers, turned first where it lies on
    its side or head: the page as it was read, and what it says.

    Marks that are no digit (`Prediction.is_digit`) are left out, and part the numbers around them.
    """
    prepared = _prepare(page)
    turns = _quarter_turns(prepared, classifier)
    if turns:
        image = np.ascontiguousarray(np.rot90(page.image, turns))
        # np.rot90 turns to the left.
        degrees = {1: 270, 2: 180, 3: 90}[turns]
        said = f"The picture reads better turned by {degrees}° clockwise, so it was turned."
        page = replace(page, image=image, warnings=(*page.warnings, said))
        prepared = _prepare(page)
    return page, _read(page, prepared, classifier)


def read_page(page: Page, classifier: Classifier) -> Reading:
    """Read a page as it lies (see `read_upright`)."""
    return _read(page, _prepare(page), classifier)


def _prepare(page: Page) -> _Prepared:
    """The ink of a page's paper, flattened."""
    image = _shrunk(page.image, LONGEST_SIDE / max(page.width, page.height))
    scale = _scaling(page.width / image.shape[1])
    is_crop = max(page.width, page.height) < CROP_SIDE
    is_line = is_crop and page.width > LINE * page.height
    sheet = paper.whole(image) if is_line else paper.find(image)
    image = sheet.image
    if sheet.mask is not None:
        # What is not paper looks like it, so that the desk's edge is no ink.
        image = image.copy()
        image[~sheet.mask] = np.median(image[sheet.mask], axis=0).astype(np.uint8)
    shade = shade_of(image, window=CROP_WINDOW if is_crop else PAGE_WINDOW)
    ink = cut_noise(shade)
    lines = uprights(shade) if is_crop and not is_line else None
    if lines is not None:
        ink = without(ink, lines)
    kept = np.rint(shade * 255.0).astype(np.uint8) if is_crop else None
    # A page's is large.
    del shade
    if sheet.mask is not None:
        ink = np.where(sheet.mask, ink, 0).astype(np.uint8)
    plain = ink if is_crop else _written(remove_rules(ink))
    return _Prepared(ink, plain, is_crop, scale @ sheet.to_photo, kept, lines)


def _written(plain: Pixels) -> Pixels:
    """A page's ink without its rules, or none: on an empty page the rules were taken for the pen,
    beside which the paper's grain is not as faint as beside one."""
    there = int(np.count_nonzero(plain >= BOX_LEVEL))
    dark = int(np.count_nonzero(plain >= DARK))
    return plain if dark >= WRITTEN * there else np.zeros_like(plain)


def _read(page: Page, prepared: _Prepared, classifier: Classifier) -> Reading:
    is_crop = prepared.is_crop
    tables = [] if is_crop else _tables(prepared)
    lines: list[Line] = []
    for number, table in enumerate(tables, 1):
        lines += [
            _moved(line, prepared.to_page, page) for line in read_table(table, number, classifier)
        ]
    rest = without_tables(prepared.plain, tables)
    before = rest.shape[1]
    shade = prepared.shade
    if is_crop:
        # Enlarged first: in a few pixels a rule is hardly told from a stroke.
        scale = DIGIT_HEIGHT / max(1.0, digit_height(rest, is_crop=True))
        rest = _sized(rest, scale)
        shade = None if shade is None else _sized(shade, scale)
        rest = remove_rules(rest, is_crop=True)
        if prepared.lines is not None:
            # Other rules had held some of it.
            rest = without(rest, _sized(255 * prepared.lines.astype(np.uint8), scale) > 127)
    else:
        # A whole page is enlarged less, or it would take long.
        most = math.sqrt(MOST_PIXELS / rest.size)
        rest = _sized(rest, min(most, DIGIT_HEIGHT / max(1.0, digit_height(rest))))
    sheet = replace(page_sheet(rest, is_crop=is_crop), shade=shade)
    to_page = prepared.to_page @ _scaling(before / rest.shape[1])
    keep_all = is_crop and len(sheet.lines) == 1
    found = without_strays(
        _read_lines(sheet, classifier, keep_all=keep_all, source="crop" if is_crop else "page")
    )
    moved = [_moved(line, to_page, page) for line in found]
    lines += moved if is_crop else [line for line in moved if _highest(line) >= LOWEST]
    lines.sort(key=lambda line: min(number.box[1] for number in line.numbers))
    warnings = [*page.warnings]
    height = float(np.median([d.box[3] for line in lines for d in line.digits])) if lines else 0.0
    warnings += quality.faults(page.image, height)
    if not lines:
        warnings.insert(0, "No handwritten digits were found in this picture.")
    return Reading(tuple(lines), page.width, page.height, tuple(warnings))


def _tables(prepared: _Prepared) -> list[Table]:
    """The grids whose cells hold one line of digits: larger ones are frames, very many paper."""
    found = find_tables(prepared.ink)
    if not found:
        return []
    height = digit_height(prepared.plain)
    return [
        table
        for table in found
        if table.cell_height < CELL_LINES * height and min(table.shape) < SQUARED
    ]


def _quarter_turns(prepared: _Prepared, classifier: Classifier) -> int:
    """How often a page must be turned to the left by 90 degrees to read upright: 0 to 3.

    Marks of a digit's size are looked at one by one, as they lie and turned.
    """
    if prepared.is_crop:
        return 0
    ink = prepared.plain
    height = digit_height(ink)
    marks = [
        mark
        for mark in find_marks(ink)[1]
        if 0.6 * height <= max(mark.box[2:]) <= 1.6 * height and not mark.at_edge
    ]
    if len(marks) < FEWEST_MARKS:
        return 0
    marks = sorted(marks, key=lambda mark: -mark.area)[:MARKS]
    patches = [np.pad(ink[y : y + h, x : x + w], 2) for x, y, w, h in (m.box for m in marks)]
    as_it_lies = _likeness(patches, 0, classifier)
    if TURNED * as_it_lies > 1.0:
        return 0
    turned = {turns: _likeness(patches, turns, classifier) for turns in (1, 2, 3)}
    best = max(turned, key=lambda turns: turned[turns])
    if turned[best] < max(LIKE_DIGITS, TURNED * as_it_lies):
        return 0
    return best


def _likeness(patches: list[Pixels], turns: int, classifier: Classifier) -> float:
    """How like digits some marks are, turned to the left so often: 0 to 1."""
    glyphs = to_glyphs(np.ascontiguousarray(np.rot90(patch, turns)) for patch in patches)
    p = classifier.probabilities(glyphs)
    # Ones look like anything long, whichever way it lies.
    counted = p.argmax(axis=1) != 1
    return float((evidence(p) * p.max(axis=1))[counted].mean()) if counted.any() else 0.0


def _read_lines(
    sheet: Sheet, classifier: Classifier, *, keep_all: bool, source: Source = "drawing"
) -> tuple[Line, ...]:
    found = read_lines(sheet, classifier, keep_all=keep_all, source=source)
    rows = [row for row in found if any(row)]
    limit = gap_limit([gap for row in rows for gap in gaps([d.box for d in row if d])])
    return tuple(Line(_numbers(row, limit)) for row in rows)


def _highest(line: Line) -> int:
    return max(digit.box[3] for digit in line.digits)


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


def _sized(ink: Pixels, scale: float) -> Pixels:
    """Ink whose digits are of the size that is read best; not much enlarged."""
    scale = min(scale, MOST_ENLARGED)
    if scale < 1.0:
        return _shrunk(ink, scale)
    if scale < 1.3:
        return ink
    size = (round(ink.shape[1] * scale), round(ink.shape[0] * scale))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _scaling(scale: float) -> NDArray[np.float64]:
    return np.diag([scale, scale, 1.0])


def _moved(line: Line, matrix: NDArray[np.float64], page: Page) -> Line:
    """A line whose boxes are in the pixels of the page.

    Args:
        matrix: float64 (3, 3), takes (x, y, 1) of the line's pixels to the page's.
    """

    def moved(digit: Digit) -> Digit:
        x, y, width, height = digit.box
        corners = np.array([[(x, y), (x + width, y), (x + width, y + height), (x, y + height)]])
        found = cv2.perspectiveTransform(corners.astype(np.float64), matrix)[0]
        left, top = (max(0, round(float(value))) for value in found.min(axis=0))
        right = min(page.width, max(left + 1, round(float(found[:, 0].max()))))
        bottom = min(page.height, max(top + 1, round(float(found[:, 1].max()))))
        box = (left, top, right - left, bottom - top)
        scale = digit.glyph.scale * height / max(1, bottom - top)
        return replace(digit, box=box, glyph=replace(digit.glyph, box=box, scale=scale))

    return Line(
        tuple(
            replace(number, digits=tuple(moved(digit) for digit in number.digits))
            for number in line.numbers
        )
    )


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
