"""A page's lines to a `Reading`, and pages that must be turned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from inkling.imaging import quality
from inkling.imaging.load import Page
from inkling.reader.deadline import Deadline
from inkling.recognition.results import LeftOut, Line, Reading

# By turns to the left, as `np.rot90` counts them, the degrees to the right.
DEGREES = {1: 270, 2: 180, 3: 90}


def turned(page: Page, turns: int) -> Page:
    """A page turned to the left, `turns` times by 90 degrees, with a warning about it."""
    image = np.ascontiguousarray(np.rot90(page.image, turns))
    warning = f"The picture reads better turned by {DEGREES[turns]}° clockwise, so it was turned."
    return replace(page, image=image, warnings=(*page.warnings, warning))


def to_reading(
    page: Page, lines: Sequence[Line], deadline: Deadline, left_out: Sequence[LeftOut] = ()
) -> Reading:
    """What a page says, with what makes it hard to read.

    Args:
        page: as it was read.
        lines: those that were read, from top to bottom, boxes in the page's pixels.
        deadline: for reading them.
        left_out: what was read but does not count.
    """
    warnings = list(page.warnings)
    if not lines or not all(number.is_sure for line in lines for number in line.numbers):
        # What is read for sure was not too hard to read.
        heights = [digit.box[3] for line in lines for digit in line.digits]
        warnings += quality.faults(page.image, float(np.median(heights)) if heights else 0.0)
    if deadline.was_missed:
        warnings.insert(
            0,
            f"Reading took longer than {deadline.seconds:g} s. The rest of the page was not read.",
        )
    elif not lines:
        warnings.insert(0, "No handwritten digits were found in this picture.")
    return Reading(
        tuple(lines),
        page.width,
        page.height,
        tuple(warnings),
        page.file,
        page.number,
        tuple(left_out),
    )
