"""Corrected pages as CSV, workbook, JSON and pictures."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from PIL import Image

from inkling.geometry import scale_box
from inkling.imaging.load import open_pages
from inkling.reader.overlay import LEFT_OUT_COLOUR
from inkling.reader.page import read_page
from inkling.recognition.classifier import load
from inkling.recognition.results import LeftOut, Reason
from inkling.review import edits
from inkling.review.amounts import COMMA, POINT, AmountFormat
from inkling.review.draft import History
from inkling.review.result import COLUMNS, Row
from inkling.ui.upload import exports
from inkling.ui.upload.session_page import SessionPage
from tests.fixtures.uploads import numbers_of, read_file, written


@pytest.fixture(scope="module")
def corrected() -> SessionPage:
    """A page with a typed number, an excluded number and a corrected digit."""
    session = read_file("=page.png", written("305 27 9", "0168", seed=3))
    page = session.pages[0]
    assert numbers_of(session) == ["305", "27", "9", "0168"]
    ids = [entry.id for entry in page.draft.entries]
    page.edit("", edits.type_number, ids[0], "-3.5")
    page.edit("", edits.type_number, ids[2], "")
    second = page.draft.entry(ids[1])
    assert second is not None
    page.edit("", edits.correct, second.boxes[0].id, "8")
    return page


def test_csv_is_for_spreadsheets_and_holds_no_formulas(corrected: SessionPage):
    content = exports.as_csv(exports.rows([corrected]), POINT)
    assert content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\r\n")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == ["-3.5", "87", "0168"]
    assert {row["file"] for row in rows} == {"'=page.png"}
    assert [row["status"] for row in rows[:2]] == ["corrected", "corrected"]
    assert (
        "row" not in rows[0] and rows[0]["confidence"] == "" and float(rows[1]["confidence"]) < 0.5
    )


def test_numbers_in_a_printed_table_get_columns_for_their_cells(corrected: SessionPage):
    rows = exports.rows([corrected])
    with_cell = [dict(row) | {"row": 4, "column": 7} for row in rows[:1]]
    assert exports.columns(rows + with_cell) == list(COLUMNS)
    assert exports.as_csv(rows + with_cell, POINT).decode("utf-8-sig").endswith("\r\n")


def test_a_workbook_holds_numbers_as_numbers_and_codes_as_text(corrected: SessionPage):
    book = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(exports.rows([corrected]), POINT)))
    head, *rows = book.active.iter_rows()
    place = [cell.value for cell in head].index("Number")
    assert [row[place].value for row in rows] == [-3.5, 87, "0168"]
    assert [(row[0].value, row[0].data_type) for row in rows] == [("=page.png", "s")] * 3


# What was typed, and what a spreadsheet holds for it where amounts have a point, and a comma.
TYPED: dict[str, tuple[str | float, str | float]] = {
    "0049": ("0049", "0049"),
    "+4917": ("+4917", "+4917"),
    "-7": (-7, -7),
    "1,234": (1234, 1.234),
    "1.234,50": ("1.234,50", 1234.5),
    "1,234.50": (1234.5, "1,234.50"),
    "24.6": (24.6, 24.6),
    "=1+1": ("=1+1", "=1+1"),
    "-1+A1": ("-1+A1", "-1+A1"),
    "12/24": ("12/24", "12/24"),
}


def typed_rows(page: SessionPage) -> list[Row]:
    """A row for each of TYPED."""
    row = exports.rows([page])[0]
    return [{**row, "number": text, "written": text} for text in TYPED]


@pytest.mark.parametrize(("style", "place"), [(POINT, 0), (COMMA, 1)])
def test_amounts_and_codes_survive_a_workbook(
    corrected: SessionPage, style: AmountFormat, place: int
):
    content = exports.as_xlsx(typed_rows(corrected), style)
    head, *rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()
    names = [cell.value for cell in head]
    for name in ("Number", "Written"):
        cells = [row[names.index(name)] for row in rows]
        assert [cell.value for cell in cells] == [values[place] for values in TYPED.values()]
        assert {cell.data_type for cell in cells} == {"s", "n"}
    # Excel shows as many decimals as were written.
    half = next(row[names.index("Number")] for row in rows if row[4].value == 1234.5)
    assert half.number_format == "0.00"


@pytest.mark.parametrize(("style", "place"), [(POINT, 0), (COMMA, 1)])
def test_amounts_and_codes_survive_a_csv_file(
    corrected: SessionPage, style: AmountFormat, place: int
):
    content = exports.as_csv(typed_rows(corrected), style).decode("utf-8-sig")
    delimiter = ";" if style is COMMA else ","
    rows = list(csv.DictReader(io.StringIO(content), delimiter=delimiter))
    for row, values in zip(rows, TYPED.values(), strict=True):
        value = values[place]
        if isinstance(value, str):
            # Only what a spreadsheet would compute gets an apostrophe.
            is_formula = value in ("=1+1", "-1+A1")
            assert row["number"] == ("'" if is_formula else "") + value
        else:
            assert float(row["number"].replace(style.decimal, ".")) == value
            assert style.thousands not in row["number"]


def test_a_number_to_check_is_coloured_in_a_workbook(corrected: SessionPage):
    row = exports.rows([corrected])[0]
    rows = [{**row, "sure": sure} for sure in ("yes", "no")]
    book = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(rows, POINT)))
    _, sure, doubtful = book.active.iter_rows()
    assert {cell.fill.fill_type for cell in sure} == {None}
    assert {cell.fill.start_color.rgb[-6:] for cell in doubtful} == {exports.DOUBT_COLOUR}


def test_json_is_that_of_the_command_line(corrected: SessionPage):
    page = next(open_pages(written("305 27 9", "0168", seed=3), "made.png"))
    reading = replace(read_page(page, load()), file=page.file, page=page.number)
    fresh = read_file("made.png", written("305 27 9", "0168", seed=3)).pages
    assert json.loads(exports.as_json(fresh)) == reading.export()
    data = json.loads(exports.as_json([corrected]))
    assert data["text"] == "-3.587\n0168" and data["lines"][0]["numbers"] == ["-3.5", "87"]
    assert data["lines"][0]["confidences"][0] is None and data["lines"][0]["confidences"][1] < 0.5
    assert [digit["digit"] for digit in data["lines"][0]["digits"]][3:] == [8, 7]


def test_the_picture_shows_the_boxes_as_they_are(corrected: SessionPage):
    picture = np.asarray(Image.open(io.BytesIO(exports.pictures_of([corrected]))), np.int32)
    plain = np.asarray(Image.open(io.BytesIO(corrected.scan)), np.int32)
    assert picture.shape == plain.shape
    changed = np.abs(picture - plain).max(axis=2) > 60
    for entry in corrected.draft.entries:
        x, y, width, _ = scale_box(entry.box, plain.shape[1] / corrected.width)
        edge = changed[max(0, y - 6) : y + 1, x : x + width]
        assert edge.any() != entry.is_excluded
    archive = zipfile.ZipFile(io.BytesIO(exports.pictures_of([corrected, corrected])))
    assert archive.namelist() == ["001-=page-1.jpg", "002-=page-1.jpg"]


def test_what_was_left_out_is_in_the_json_and_gray_on_the_picture(corrected: SessionPage):
    left_out = LeftOut("7", (600, 600, 90, 60), Reason.CROSSED_OUT)
    draft = replace(corrected.draft, left_out=(left_out,))
    page = replace(corrected, history=History(draft))
    assert json.loads(exports.as_json([page]))["left_out"] == [left_out.export()]
    with_it, without = (
        np.asarray(Image.open(io.BytesIO(exports.annotated(each))), np.int32)
        for each in (page, corrected)
    )
    changed = np.abs(with_it - without).max(axis=2) > 40
    assert changed.any()
    colour = np.median(with_it[changed], axis=0)
    assert colour == pytest.approx(LEFT_OUT_COLOUR, abs=30)


def test_downloads_of_several_pages_are_named_for_it(corrected: SessionPage):
    rows = exports.rows([corrected])
    names = [each.file_name for each in exports.downloads([corrected], rows, POINT)]
    assert names == ["inkling.xlsx", "inkling.csv", "inkling.json", "inkling.jpg"]
    names = [each.file_name for each in exports.downloads([corrected] * 2, rows, POINT)]
    assert names == ["inkling.xlsx", "inkling.csv", "inkling.jsonl", "inkling.zip"]
