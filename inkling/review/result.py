"""A draft as a result: as a `Reading`, as the JSON object of `read`, and as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from inkling.geometry import scale_box
from inkling.recognition.results import Cell, Digit, Line, Number, Reading
from inkling.review.cells import cells
from inkling.review.draft import Draft, NumberEntry, Status

# What `rows` gives for each number.
COLUMNS = (
    "file",
    "page",
    "line",
    "row",
    "column",
    "number",
    "written",
    "confidence",
    "sure",
    "status",
)
# These are left out where no number stands in a table.
CELL_COLUMNS = frozenset({"row", "column"})
# These hold what was written: amounts and codes.
NUMBER_COLUMNS = frozenset({"number", "written"})
# The highest confidence that is shown: rounded to 1, it would look like certainty.
HIGHEST_CONFIDENCE = 0.9999

Row = dict[str, str | int | float | None]


def as_reading(
    draft: Draft,
    *,
    file: str = "",
    page: int = 1,
    warnings: Sequence[str] = (),
    scale: float = 1.0,
) -> Reading:
    """Turn a draft into the reading it stands for; excluded numbers are left out.

    Args:
        draft: of one page.
        file, page, warnings: see `Reading`.
        scale: the size of the picture to refer to, as a multiple of the draft's.

    Returns:
        A reading whose digits have the current labels. A typed text is the label of its number's
        first digit, and the other digits' labels are empty.
    """
    cell_of = cells(draft)
    left_out = tuple(replace(e, box=scale_box(e.box, scale)) for e in draft.left_out)
    lines = [
        Line(tuple(_number(draft, entry, scale, cell_of.get(entry.id)) for entry in line))
        for line in _included(draft)
    ]
    width, height = round(draft.width * scale), round(draft.height * scale)
    return Reading(tuple(lines), width, height, tuple(warnings), file, page, left_out)


def export(draft: Draft, *, file: str, page: int, warnings: Sequence[str]) -> dict[str, Any]:
    """Export a draft as `Reading.export` does, with the digits that a person set.

    `digit` is None for a box without ink, and a typed number's confidence is None.
    """
    data = as_reading(draft, file=file, page=page, warnings=warnings).export()
    for line, entries in zip(data["lines"], _included(draft), strict=True):
        boxes = [digit_box for entry in entries for digit_box in entry.boxes]
        for digit, digit_box in zip(line["digits"], boxes, strict=True):
            has_label = digit_box.label in draft.labels
            digit["digit"] = draft.labels.index(digit_box.label) if has_label else None
        line["confidences"] = [
            confidence if entry.typed is None else None
            for confidence, entry in zip(line["confidences"], entries, strict=True)
        ]
    return data


def rows(draft: Draft, *, file: str, page: int) -> list[Row]:
    """List a draft's numbers in reading order; excluded numbers are left out.

    Returns:
        One dictionary of `COLUMNS` per number. `row` and `column` are None outside tables, and
        `confidence`, the model's for the current digits, is None for a typed text.
    """
    cell_of = cells(draft)
    return [
        {
            "file": file,
            "page": page,
            "line": entry.line,
            "row": cell.row if cell else None,
            "column": cell.column if cell else None,
            "number": entry.text,
            "written": entry.written,
            "confidence": _shown_confidence(entry.confidence(draft.labels)),
            "sure": "no" if entry.status is Status.UNSURE else "yes",
            "status": str(entry.status),
        }
        for entry in draft.entries
        if not entry.is_excluded
        for cell in (cell_of.get(entry.id),)
    ]


def columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns of a table of rows: those of cells only if there are cells."""
    has_cells = any(row["row"] is not None for row in rows)
    return [column for column in COLUMNS if has_cells or column not in CELL_COLUMNS]


def _included(draft: Draft) -> list[list[NumberEntry]]:
    """The lines without excluded numbers; lines that have no other numbers are left out."""
    lines = [[entry for entry in line if not entry.is_excluded] for line in draft.lines]
    return [line for line in lines if line]


def _number(draft: Draft, entry: NumberEntry, scale: float, cell: Cell | None) -> Number:
    digits: list[Digit] = []
    for place, digit_box in enumerate(entry.boxes):
        label = digit_box.label if entry.typed is None else "" if place else entry.typed
        is_sure = entry.is_reliable(digit_box)
        digits.append(
            replace(
                digit_box.digit,
                label=label,
                confidence=digit_box.confidence(draft.labels),
                box=scale_box(digit_box.box, scale),
                prediction=replace(digit_box.digit.prediction, is_sure=is_sure),
            )
        )
    signed = entry.written if entry.written != entry.text else ""
    return Number(tuple(digits), cell, signed)


def _shown_confidence(confidence: float | None) -> float | None:
    return None if confidence is None else min(round(confidence, 4), HIGHEST_CONFIDENCE)
