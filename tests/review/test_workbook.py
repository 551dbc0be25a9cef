"""Numbers as an Excel workbook."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import cv2
import numpy as np
import openpyxl
import pytest

from inkling.review import edits
from inkling.review.amounts import COMMA, POINT, AmountFormat
from inkling.review.draft import Draft
from inkling.review.page_grid import PageGrid, page_grid
from inkling.review.workbook import COLUMN_WIDTH, DOUBT_COLOUR, WIDTHS, as_xlsx, table_xlsx
from tests.fixtures.drafts import make_table
from tests.fixtures.typed import expected, typed_rows


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def grid_of(draft: Draft) -> PageGrid:
    grid = page_grid(draft)
    assert grid is not None
    return grid


@pytest.mark.parametrize("style", [POINT, COMMA], ids=["point", "comma"])
def test_amounts_are_numbers_and_codes_are_text(style: AmountFormat):
    head, *rows = opened(as_xlsx(typed_rows("=page.png"), style)).active.iter_rows()
    names = [cell.value for cell in head]
    for name in ("Number", "Written"):
        cells = [row[names.index(name)] for row in rows]
        assert [cell.value for cell in cells] == expected(style)
        kinds = ["s" if isinstance(value, str) else "n" for value in expected(style)]
        assert [cell.data_type for cell in cells] == kinds
        # Excel shows as many decimals as were written.
        (half,) = (cell for cell in cells if cell.value == 1234.5)
        assert half.number_format == "0.00"
    assert {(row[0].value, row[0].data_type) for row in rows} == {("=page.png", "s")}


def test_a_number_to_check_is_coloured():
    row = typed_rows()[0]
    rows = [{**row, "sure": sure} for sure in ("yes", "no")]
    _, sure, doubtful = opened(as_xlsx(rows, POINT)).active.iter_rows()
    assert {cell.fill.fill_type for cell in sure} == {None}
    assert {cell.fill.start_color.rgb[-6:] for cell in doubtful} == {DOUBT_COLOUR}


def test_a_page_has_a_sheet_with_its_cells():
    draft = make_table([["5", "230", ""], ["3?", "", "0049"], ["7", "8", "9"]], (3, 4))
    draft = edits.type_number(draft, draft.entries[1].id, "1,234.5")
    sheet = opened(as_xlsx([], POINT, [("list.png", grid_of(draft))])).worksheets[1]
    assert sheet.title == "list.png"
    assert list(sheet.values) == [
        (5, 1234.5, None, None),
        (3, None, "0049", None),
        (7, 8, 9, None),
    ]
    coloured = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fill_type]
    assert coloured == ["A2"]


def test_titles_of_sheets_are_what_excel_allows():
    grid = grid_of(make_table([["1", "2"], ["3", "4"]]))
    titles = ["a/b:c*d?[e]\\f", "numbers", "'quoted'", "", "\x01", "History", "x" * 60, "x" * 60]
    book = opened(as_xlsx([], POINT, [(title, grid) for title in titles]))
    names = book.sheetnames
    assert names[1] == "a b c d  e  f" and names[3] == "quoted"
    assert len({name.lower() for name in names}) == len(names) == 9
    assert all(0 < len(name) <= 31 and name.lower() != "history" for name in names)


def test_the_list_has_a_picture_of_each_number_on_request():
    _, jpeg = cv2.imencode(".jpg", np.full((60, 300, 3), 200, np.uint8))
    rows = typed_rows("a\x01b.png")[:2]
    sheet = opened(as_xlsx(rows, POINT, crops=[jpeg.tobytes()] * 2)).active
    place = [cell.value for cell in sheet[1]].index("Picture")
    anchors = [image.anchor._from for image in sheet._images]
    assert [(anchor.row, anchor.col) for anchor in anchors] == [(1, place), (2, place)]
    assert sheet.cell(1, place + 2).value == "Number" and sheet.cell(2, place + 2).value == "0049"
    assert sheet.cell(2, 1).value == "ab.png" and sheet.row_dimensions[2].height is not None


def test_any_columns_are_a_list_with_a_head():
    rows = [
        {"file": "=a.png", "amount": Decimal("12.50")},
        {"file": "b.png", "amount": Decimal(7)},
    ]
    sheet = opened(table_xlsx(["file", "amount"], rows, {(1, "amount")})).active
    assert list(sheet.values) == [("File", "Amount"), ("=a.png", 12.5), ("b.png", 7)]
    assert [cell.font.bold for cell in sheet[1]] == [True, True]
    assert sheet.freeze_panes == "A2"
    assert sheet["A2"].data_type == "s" and sheet["B2"].number_format == "0.00"
    coloured = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fill_type]
    assert coloured == ["B3"]
    # Excel's own width is 8.43 characters, too narrow for the names of files.
    widths = [sheet.column_dimensions[letter].width for letter in "AB"]
    assert widths == [WIDTHS["file"], COLUMN_WIDTH] and min(widths) > 8.43
