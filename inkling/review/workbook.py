"""Numbers as an Excel workbook: a list of all of them, and pages as they stand."""

from __future__ import annotations

import io
import re
from collections.abc import Container, Mapping, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from inkling.review.amounts import AmountFormat, amount
from inkling.review.draft import NumberEntry, Status
from inkling.review.page_grid import PageGrid
from inkling.review.result import NUMBER_COLUMNS, columns

LIST_TITLE = "Numbers"
# The background of a number that is to be checked.
DOUBT_COLOUR = "FFE8CC"
DOUBT = PatternFill("solid", start_color=DOUBT_COLOUR)
# The column with a picture of each number.
PICTURE = "picture"
# Column widths, in characters, and that of all others. On a page's sheet columns are as wide as
# their longest number, within limits.
WIDTHS, COLUMN_WIDTH = {"file": 28, PICTURE: 18}, 13
MIN_WIDTH, MAX_WIDTH = 6, 40
# The largest picture of a number, in pixels, and the height of a row that holds one, in points.
CROP_WIDTH, CROP_HEIGHT = 120, 34
CROP_ROW = 28
# The longest title of a sheet. Excel's limit is 31; where two are the same, a number is added.
MAX_TITLE = 27


def as_xlsx(
    rows: Sequence[Mapping[str, Any]],
    style: AmountFormat,
    grids: Sequence[tuple[str, PageGrid]] = (),
    crops: Sequence[bytes] = (),
) -> bytes:
    """Write numbers as a workbook.

    Amounts are numbers, everything else is text. Numbers that are to be checked are coloured.

    Args:
        rows: for the sheet with the list.
        style: how amounts are written.
        grids: pages with a sheet of their own, each with its title.
        crops: a picture of each row's number as JPEG, or none.

    Returns:
        The content of an .xlsx file.
    """
    book = Workbook(write_only=True)
    _list_sheet(book, rows, style, crops)
    for title, grid in grids:
        _page_sheet(book, title, grid, style)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table_xlsx(
    names: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    doubtful: Container[tuple[int, str]],
) -> bytes:
    """Write any columns of rows as a workbook (see `as_xlsx`).

    Args:
        names: of the columns.
        rows: each with a value for every column. Values that are `Decimal` are amounts.
        doubtful: row numbers and columns of the cells to colour.

    Returns:
        The content of an .xlsx file.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(LIST_TITLE)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(names, 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(name, COLUMN_WIDTH)
    _add_header(sheet, names)
    for place, row in enumerate(rows):
        cells = [_cell_of(sheet, row[name]) for name in names]
        for name, cell in zip(names, cells, strict=True):
            if (place, name) in doubtful:
                cell.fill = DOUBT
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _add_header(sheet: Any, names: Sequence[str]) -> None:
    header = [_cell_of(sheet, name[:1].upper() + name[1:]) for name in names]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)


def _list_sheet(
    book: Any, rows: Sequence[Mapping[str, Any]], style: AmountFormat, crops: Sequence[bytes]
) -> None:
    sheet = book.create_sheet(LIST_TITLE)
    sheet.freeze_panes = "A2"
    names = columns(rows)
    if crops:
        # Beside the number that it shows.
        names.insert(names.index("number"), PICTURE)
    letters = {name: get_column_letter(place) for place, name in enumerate(names, 1)}
    for name, letter in letters.items():
        sheet.column_dimensions[letter].width = WIDTHS.get(name, COLUMN_WIDTH)
    _add_header(sheet, names)
    for place, row in enumerate(rows):
        cells = [_cell(sheet, row.get(name), style, name in NUMBER_COLUMNS) for name in names]
        for cell in cells:
            if row["sure"] == "no":
                cell.fill = DOUBT
            if crops:
                cell.alignment = Alignment(vertical="center")
        if crops:
            sheet.row_dimensions[place + 2].height = CROP_ROW
            _add_picture(sheet, crops[place], f"{letters[PICTURE]}{place + 2}")
        sheet.append(cells)


def _page_sheet(book: Any, title: str, grid: PageGrid, style: AmountFormat) -> None:
    """A sheet whose cells are those of a page."""
    # Excel allows neither these signs nor an apostrophe at an end.
    plain = ILLEGAL_CHARACTERS_RE.sub("", re.sub(r"[\[\]:*?/\\]", " ", title))[:MAX_TITLE].strip(
        " '"
    )
    # "History" is Excel's own.
    sheet = book.create_sheet(plain if plain and plain.lower() != "history" else "Page")
    for place, column in enumerate(zip(*grid.cells, strict=True), 1):
        longest = max(len(_text(cell) or "") for cell in column)
        width = min(max(longest + 2, MIN_WIDTH), MAX_WIDTH)
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row in grid.cells:
        cells = [_cell(sheet, _text(each), style, True) for each in row]
        for cell, each in zip(cells, row, strict=True):
            cell.alignment = Alignment(horizontal="right")
            if any(entry.status is Status.UNSURE for entry in each):
                cell.fill = DOUBT
        sheet.append(cells)


def _text(cell: Sequence[NumberEntry]) -> str | None:
    return " ".join(entry.written for entry in cell) or None


def _cell(sheet: Any, value: object, style: AmountFormat, is_number: bool) -> Any:
    """A cell: an amount as a number, everything else as it is."""
    number = amount(str(value), style) if is_number else None
    return _cell_of(sheet, value if number is None else number)


def _cell_of(sheet: Any, value: object) -> Any:
    """A cell: a text stays one, whatever it looks like."""
    if isinstance(value, Decimal):
        cell = WriteOnlyCell(sheet, value)
        decimals = max(0, -int(value.as_tuple().exponent))
        cell.number_format = f"0.{'0' * decimals}" if decimals else "0"
        return cell
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    # Otherwise a text that starts like a formula or with a 0 would not stay a text.
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _add_picture(sheet: Any, content: bytes, place: str) -> None:
    picture = Image(io.BytesIO(content))
    scale = min(1.0, CROP_WIDTH / picture.width, CROP_HEIGHT / picture.height)
    picture.width, picture.height = round(picture.width * scale), round(picture.height * scale)
    sheet.add_image(picture, place)
