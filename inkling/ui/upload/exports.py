"""Corrected pages as files: CSV, an Excel workbook, JSON, and the pictures with their boxes."""

from __future__ import annotations

import csv
import io
import string
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from inkling.ui.shared import images

if TYPE_CHECKING:
    from inkling.review.amounts import AmountFormat
    from inkling.review.result import Row
    from inkling.ui.upload.session_page import SessionPage

# These columns are left out where no number stands in a table.
CELL_COLUMNS = frozenset({"row", "column"})
# These columns hold what was written: amounts and codes.
NUMBER_COLUMNS = frozenset({"number", "written"})
# The background of a number that is to be checked, in a workbook.
DOUBT_COLOUR = "FFE8CC"
# Column widths in a workbook, in characters: of file names, and of everything else.
FILE_WIDTH, COLUMN_WIDTH = 28, 13
# Longest side of an annotated picture, in pixels: larger than any, so that none is shrunk.
PICTURE_SIDE = 100_000


class Download(NamedTuple):
    """A file to download.

    Attributes:
        label, icon: of the button.
        content: makes the file when the button is clicked.
        file_name, mime: the file's.
    """

    label: str
    icon: str
    content: Callable[[], bytes]
    file_name: str
    mime: str


def downloads(
    pages: Sequence[SessionPage], rows: Sequence[Row], style: AmountFormat
) -> tuple[Download, ...]:
    """List the files that can be downloaded, the most usual first."""
    several = len(pages) > 1
    return (
        Download(
            "Download for Excel",
            ":material/table:",
            lambda: as_xlsx(rows, style),
            "inkling.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Download(
            "CSV",
            ":material/download:",
            lambda: as_csv(rows, style),
            "inkling.csv",
            "text/csv",
        ),
        Download(
            "JSON",
            ":material/data_object:",
            lambda: as_json(pages),
            "inkling.jsonl" if several else "inkling.json",
            "application/json",
        ),
        Download(
            "Pictures" if several else "Picture",
            ":material/image:",
            lambda: pictures_of(pages),
            "inkling.zip" if several else "inkling.jpg",
            "application/zip" if several else "image/jpeg",
        ),
    )


def rows(pages: Iterable[SessionPage]) -> list[Row]:
    """List all numbers of all pages (see `inkling.review.result.rows`)."""
    from inkling.review import result

    return [
        row for page in pages for row in result.rows(page.draft, file=page.file, page=page.number)
    ]


def columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns of a table of rows: those of cells only if there are cells."""
    from inkling.review.result import COLUMNS

    has_cells = any(row["row"] is not None for row in rows)
    return [column for column in COLUMNS if has_cells or column not in CELL_COLUMNS]


def as_csv(rows: Sequence[Mapping[str, Any]], style: AmountFormat) -> bytes:
    """Write rows as CSV in UTF-8, with the byte order mark that spreadsheets need.

    Where amounts have a decimal comma, semicolons separate the columns, as spreadsheets of those
    languages expect. Amounts have no thousands signs, and codes stay as they are. A text that a
    spreadsheet would take for a formula gets an apostrophe, since file names can come from
    strangers.
    """
    out = io.StringIO()
    names = columns(rows)
    delimiter = ";" if style.decimal == "," else ","
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_csv_cell(name, row[name], style) for name in names])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Mapping[str, Any]], style: AmountFormat) -> bytes:
    """Write rows as an Excel workbook.

    Amounts are numbers, everything else is text. Numbers that are to be checked are coloured.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Numbers")
    sheet.freeze_panes = "A2"
    names = columns(rows)
    for place, name in enumerate(names):
        width = FILE_WIDTH if name == "file" else COLUMN_WIDTH
        sheet.column_dimensions[string.ascii_uppercase[place]].width = width
    header = [WriteOnlyCell(sheet, name.capitalize()) for name in names]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    doubt = PatternFill("solid", start_color=DOUBT_COLOUR)
    for row in rows:
        cells = [_workbook_cell(sheet, name, row[name], style) for name in names]
        if row["sure"] == "no":
            for cell in cells:
                cell.fill = doubt
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_json(pages: Iterable[SessionPage]) -> bytes:
    """Write the corrected pages as `python -m inkling read --format json` does, one per line."""
    import msgspec

    from inkling.review import result

    objects = (
        result.export(page.draft, file=page.file, page=page.number, warnings=page.warnings)
        for page in pages
    )
    return b"".join(msgspec.json.encode(each) + b"\n" for each in objects)


def annotated(page: SessionPage) -> bytes:
    """The page's picture with its boxes and their current labels, as JPEG."""
    from inkling.imaging.load import Page
    from inkling.reader.overlay import annotate
    from inkling.review import result

    image = page.image()
    reading = result.as_reading(page.draft, scale=image.shape[1] / page.width)
    picture = annotate(Page(page.file, page.number, image), reading)
    return images.photo_jpeg(picture, PICTURE_SIDE)


def pictures_of(pages: Sequence[SessionPage]) -> bytes:
    """The annotated picture of one page, or a ZIP file with those of several pages."""
    if len(pages) == 1:
        return annotated(pages[0])
    out = io.BytesIO()
    # JPEG files are compressed already.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for place, page in enumerate(pages, 1):
            stem = PurePath(page.file.replace("\\", "/")).stem or "page"
            archive.writestr(f"{place:03d}-{stem}-{page.number}.jpg", annotated(page))
    return out.getvalue()


def _csv_cell(name: str, value: object, style: AmountFormat) -> object:
    from inkling.review.amounts import amount, is_harmless

    if value is None:
        return ""
    if isinstance(value, float):
        return str(value).replace(".", style.decimal)
    text = str(value)
    number = amount(text, style) if name in NUMBER_COLUMNS else None
    if number is not None:
        return f"{number:f}".replace(".", style.decimal)
    is_formula = text.startswith(("=", "+", "-", "@", "\t", "\r")) and not is_harmless(text)
    return f"'{text}" if is_formula else text


def _workbook_cell(sheet: Any, name: str, value: object, style: AmountFormat) -> Any:
    from openpyxl.cell import WriteOnlyCell

    from inkling.review.amounts import amount

    number = amount(str(value), style) if name in NUMBER_COLUMNS else None
    if number is not None:
        cell = WriteOnlyCell(sheet, number)
        decimals = max(0, -int(number.as_tuple().exponent))
        cell.number_format = f"0.{'0' * decimals}" if decimals else "0"
        return cell
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        # Otherwise a text that starts like a formula or with a 0 would not stay a text.
        cell.data_type = "s"
        cell.number_format = "@"
    return cell
