"""Drafts to take away: as rows, CSV, a workbook, JSON, and the picture with its boxes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from inkling.ui.shared import images

if TYPE_CHECKING:
    from inkling.recognition.results import Reading
    from inkling.review.draft import Draft, Entry
    from inkling.ui.upload.session import DeskPage

COLUMNS = ("file", "page", "line", "row", "column", "number", "confidence", "status")
# Only where something stands in a table.
CELL_COLUMNS = frozenset({"row", "column"})
Row = dict[str, str | int | float | None]


def rows(pages: Iterable[DeskPage]) -> list[Row]:
    """One row a number, in reading order, with all corrections; emptied numbers are left out.

    Returns:
        Dictionaries of `COLUMNS`; `row` and `column` are None outside tables, `confidence` (that of
        the model in what stands there now) is None for a typed text that is not made of the boxes.
    """
    found: list[Row] = []
    for page in pages:
        for entry in page.draft.entries:
            if entry.is_left_out:
                continue
            confidence = entry.confidence(page.draft.labels)
            found.append(
                {
                    "file": page.file,
                    "page": page.number,
                    "line": entry.line,
                    "row": entry.cell.row if entry.cell else None,
                    "column": entry.cell.column if entry.cell else None,
                    "number": entry.text,
                    # Rounded up to 1 it would be shown as 100 %, which nothing deserves.
                    "confidence": None if confidence is None else min(round(confidence, 4), 0.9999),
                    "status": str(entry.status),
                }
            )
    return found


def columns(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns of a table of rows: a cell's only where there are cells."""
    in_cells = any(row["row"] is not None for row in found)
    return [column for column in COLUMNS if in_cells or column not in CELL_COLUMNS]


def as_csv(found: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as CSV in UTF-8, with the mark that lets spreadsheets see so.

    A text that starts like a formula gets an apostrophe: file names are other people's.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, columns(found), lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    for row in found:
        writer.writerow({column: _harmless(row[column]) for column in writer.fieldnames})
    return out.getvalue().encode("utf-8-sig")


def _harmless(value: object) -> object:
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return "" if value is None else value


def as_xlsx(found: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as an Excel workbook; what can be added up is a number, all else is text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    from inkling.review.totals import total

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Numbers")
    sheet.freeze_panes = "A2"
    names = columns(found)
    for place, name in enumerate(names):
        sheet.column_dimensions["ABCDEFGH"[place]].width = 28 if name == "file" else 13
    heads = [WriteOnlyCell(sheet, name.capitalize()) for name in names]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for row in found:
        cells = []
        for name in names:
            value = row[name]
            amount = total([str(value)]) if name == "number" else None
            cell = WriteOnlyCell(sheet, value if amount is None else amount)
            if isinstance(value, str) and amount is None:
                # A text stays one, also when it starts like a formula or with a 0.
                cell.data_type = "s"
                cell.number_format = "@"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_json(pages: Iterable[DeskPage]) -> bytes:
    """The pages as `python -m inkling read --format json` gives them, one a line, corrected."""
    from inkling.cli import output

    return "".join(output.as_json(_data(page)) + "\n" for page in pages).encode()


def _data(page: DeskPage) -> dict[str, Any]:
    draft = page.draft
    data = _reading(draft, 1.0).export()
    data |= {"file": page.file, "page": page.number, "warnings": list(page.warnings)}
    lines = [[entry for entry in line if not entry.is_left_out] for line in draft.lines]
    for line, entries in zip(data["lines"], filter(None, lines), strict=True):
        marks = [mark for entry in entries for mark in entry.marks]
        for digit, mark in zip(line["digits"], marks, strict=True):
            # What the mark says now, not what the model would say.
            known = mark.label in draft.labels
            digit["digit"] = draft.labels.index(mark.label) if known else None
        line["confidences"] = [
            confidence if entry.typed is None else None
            for confidence, entry in zip(line["confidences"], entries, strict=True)
        ]
    return data


def annotated(page: DeskPage) -> bytes:
    """The page's picture with its boxes and what they say now, as JPEG."""
    from inkling.imaging.load import Page
    from inkling.reader.overlay import annotate

    image = page.image()
    reading = _reading(page.draft, image.shape[1] / page.width)
    return images.photo_jpeg(annotate(Page(page.file, page.number, image), reading), 100_000)


def _reading(draft: Draft, scale: float) -> Reading:
    """A draft as a reading, so that it is drawn as readings are."""
    from dataclasses import replace

    from inkling.recognition.results import Line, Number, Reading
    from inkling.ui.upload.session import scaled

    def number(entry: Entry) -> Number:
        digits = []
        for place, mark in enumerate(entry.marks):
            # What was typed in the boxes' place stands over the first of them.
            label = mark.label if entry.typed is None else "" if place else entry.typed
            prediction = replace(mark.digit.prediction, is_sure=entry.trusts(mark))
            box = scaled(mark.box, scale)
            confidence = mark.confidence(draft.labels)
            digits.append(
                replace(
                    mark.digit, label=label, confidence=confidence, box=box, prediction=prediction
                )
            )
        return Number(tuple(digits))

    lines = [
        Line(tuple(number(entry) for entry in line if not entry.is_left_out))
        for line in draft.lines
    ]
    size = (round(draft.width * scale), round(draft.height * scale))
    return Reading(tuple(line for line in lines if line.numbers), *size)


def pictures_of(pages: Sequence[DeskPage]) -> bytes:
    """The annotated picture of one page, or a ZIP file of those of several."""
    if len(pages) == 1:
        return annotated(pages[0])
    out = io.BytesIO()
    # Stored: JPEG does not get smaller.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for place, page in enumerate(pages, 1):
            stem = PurePath(page.file.replace("\\", "/")).stem or "page"
            archive.writestr(f"{place:03d}-{stem}-{page.number}.jpg", annotated(page))
    return out.getvalue()
