"""Reading a photographed or scanned page: from the picture to a `Reading`.

The stages: `layout.analyse` finds tables and lines, `orientation` says whether the page must be
turned, `cells` reads the tables, `numbers` reads the lines, and the boxes go back to the page.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.deadline import NO_DEADLINE, Deadline, DeadlineError
from inkling.imaging.load import Page
from inkling.layout.page import analyse
from inkling.layout.page_layout import PageLayout
from inkling.reader.cells import read_table
from inkling.reader.numbers import read_numbers
from inkling.reader.orientation import quarter_turns
from inkling.reader.reading import to_reading, turned
from inkling.recognition.classifier import Classifier
from inkling.recognition.rejection import Source, without_outliers
from inkling.recognition.results import Digit, Line, Reading

# A line on a page whose digits are lower than this, in the page's pixels, is grain.
MIN_DIGIT_HEIGHT = 9


def read_upright(
    page: Page, classifier: Classifier, deadline: Deadline = NO_DEADLINE
) -> tuple[Page, Reading]:
    """Read a page of handwritten numbers, turned first if it lies on its side or upside down.

    What the classifier takes for no digit is left out, and divides the numbers around it. So are
    the lines for which the time is too short, with a warning.

    Returns:
        The page as it was read, and what it says.
    """
    try:
        layout = analyse(page, deadline)
        turns = quarter_turns(layout, classifier, deadline)
        if turns:
            page = turned(page, turns)
            layout = analyse(page, deadline)
    except DeadlineError:
        return page, to_reading(page, [], deadline)
    return page, to_reading(page, _lines(page, layout, classifier, deadline), deadline)


def read_page(page: Page, classifier: Classifier, deadline: Deadline = NO_DEADLINE) -> Reading:
    """Read a page as it lies (see `read_upright`)."""
    try:
        layout = analyse(page, deadline)
    except DeadlineError:
        return to_reading(page, [], deadline)
    return to_reading(page, _lines(page, layout, classifier, deadline), deadline)


def _lines(
    page: Page, layout: PageLayout, classifier: Classifier, deadline: Deadline
) -> list[Line]:
    """The lines that were read in time, from top to bottom, boxes in the page's pixels."""
    lines = [
        _on_page(line, layout.ink_to_page, page)
        for number, table in enumerate(layout.tables, 1)
        for line in read_table(table, number, classifier, deadline)
    ]
    lines += _free_lines(page, layout, classifier, deadline)
    return sorted(lines, key=lambda line: min(number.box[1] for number in line.numbers))


def _free_lines(
    page: Page, layout: PageLayout, classifier: Classifier, deadline: Deadline
) -> list[Line]:
    """The lines outside tables."""
    keep_all = layout.is_crop and len(layout.lines) == 1
    source: Source = "crop" if layout.is_crop else "page"
    found = read_numbers(layout, classifier, keep_all=keep_all, source=source, deadline=deadline)
    lines = [_on_page(line, layout.to_page, page) for line in without_outliers(found)]
    if layout.is_crop:
        return lines
    return [
        line for line in lines if max(digit.box[3] for digit in line.digits) >= MIN_DIGIT_HEIGHT
    ]


def _on_page(line: Line, matrix: NDArray[np.float64], page: Page) -> Line:
    """A line whose boxes are in the page's pixels.

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
