"""Reading: ink and a classifier to lines of numbers.

`read_ink` reads a drawing, `read_upright` a photographed or scanned page, which it turns where it
lies on its side. Both give a `Reading`: lines from top to bottom, in each the numbers from left to
right, in each its digits, every digit with its box, its prediction and the glyph the network saw.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging import quality
from inkling.imaging.load import Page
from inkling.layout.components import digit_height
from inkling.layout.lines import page_layout
from inkling.layout.page import (
    DIGIT_HEIGHT,
    MOST_PIXELS,
    Prepared,
    prepare,
    resized,
    scaling_matrix,
    tables_of,
)
from inkling.layout.ruling import remove_components_on, remove_ruling_lines
from inkling.layout.tables import without_tables
from inkling.reader.cells import read_table
from inkling.reader.numbers import read_numbers
from inkling.reader.orientation import quarter_turns
from inkling.recognition.classifier import Classifier
from inkling.recognition.rejection import without_outliers
from inkling.recognition.results import Digit, Line, Reading

# What is lower than this on a page, in its pixels, is grain: nobody reads digits of so few.
LOWEST = 9


def read_upright(page: Page, classifier: Classifier) -> tuple[Page, Reading]:
    """Read a photographed or scanned page of handwritten numbers, turned first where it lies on
    its side or head: the page as it was read, and what it says.

    Marks that are no digit (`Prediction.is_digit`) are left out, and part the numbers around them.
    """
    prepared = prepare(page)
    turns = quarter_turns(prepared, classifier)
    if turns:
        image = np.ascontiguousarray(np.rot90(page.image, turns))
        # np.rot90 turns to the left.
        degrees = {1: 270, 2: 180, 3: 90}[turns]
        said = f"The picture reads better turned by {degrees}° clockwise, so it was turned."
        page = replace(page, image=image, warnings=(*page.warnings, said))
        prepared = prepare(page)
    return page, _read(page, prepared, classifier)


def read_page(page: Page, classifier: Classifier) -> Reading:
    """Read a page as it lies (see `read_upright`)."""
    return _read(page, prepare(page), classifier)


def _read(page: Page, prepared: Prepared, classifier: Classifier) -> Reading:
    is_crop = prepared.is_crop
    tables = [] if is_crop else tables_of(prepared)
    lines: list[Line] = []
    for number, table in enumerate(tables, 1):
        lines += [
            _moved(line, prepared.to_page, page) for line in read_table(table, number, classifier)
        ]
    rest = without_tables(prepared.plain, tables)
    before = rest.shape[1]
    darkness = prepared.darkness
    if is_crop:
        # Enlarged first: in a few pixels a rule is hardly told from a stroke.
        scale = DIGIT_HEIGHT / max(1.0, digit_height(rest, is_crop=True))
        rest = resized(rest, scale)
        darkness = None if darkness is None else resized(darkness, scale)
        rest = remove_ruling_lines(rest, is_crop=True)
        if prepared.lines is not None:
            # Other rules had held some of it.
            rest = remove_components_on(
                rest, resized(255 * prepared.lines.astype(np.uint8), scale) > 127
            )
    else:
        # A whole page is enlarged less, or it would take long.
        most = math.sqrt(MOST_PIXELS / rest.size)
        rest = resized(rest, min(most, DIGIT_HEIGHT / max(1.0, digit_height(rest))))
    sheet = replace(page_layout(rest, is_crop=is_crop), darkness=darkness)
    to_page = prepared.to_page @ scaling_matrix(before / rest.shape[1])
    keep_all = is_crop and len(sheet.lines) == 1
    found = without_outliers(
        read_numbers(sheet, classifier, keep_all=keep_all, source="crop" if is_crop else "page")
    )
    moved = [_moved(line, to_page, page) for line in found]
    lines += moved if is_crop else [line for line in moved if _highest(line) >= LOWEST]
    lines.sort(key=lambda line: min(number.box[1] for number in line.numbers))
    warnings = [*page.warnings]
    height = float(np.median([d.box[3] for line in lines for d in line.digits])) if lines else 0.0
    warnings += quality.faults(page.image, height)
    if not lines:
        warnings.insert(0, "No handwritten digits were found in this picture.")
    return Reading(tuple(lines), page.width, page.height, tuple(warnings), page.file, page.number)


def _highest(line: Line) -> int:
    return max(digit.box[3] for digit in line.digits)


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
