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
from inkling.review.amounts import POINT
from inkling.review.csv_file import CsvOptions
from inkling.review.draft import History
from inkling.ui.upload import exports
from inkling.ui.upload.session_page import SessionPage
from tests.fixtures.drafts import make_draft, make_table
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


LIST, ON_PAGE = CsvOptions(), CsvOptions(on_page=True)


def test_files_hold_the_corrections(corrected: SessionPage):
    rows = exports.rows([corrected])
    content = exports.csv_of([corrected], rows, POINT, LIST).decode("utf-8-sig")
    listed = list(csv.DictReader(io.StringIO(content)))
    assert [row["number"] for row in listed] == ["-3.5", "87", "0168"]
    assert {row["file"] for row in listed} == {"'=page.png"}
    assert [row["status"] for row in listed[:2]] == ["corrected", "corrected"]
    assert listed[0]["confidence"] == "" and float(listed[1]["confidence"]) < 0.5
    book = openpyxl.load_workbook(
        io.BytesIO(exports.workbook_of([corrected], rows, POINT, has_crops=True))
    )
    head, *lines = book["Numbers"].iter_rows()
    names = [cell.value for cell in head]
    assert [line[names.index("Number")].value for line in lines] == [-3.5, 87, "0168"]
    # Its numbers stand in no columns.
    assert book.sheetnames == ["Numbers"] and len(book["Numbers"]._images) == len(rows)
    pages = exports.csv_of([corrected, corrected], rows, POINT, ON_PAGE).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(pages))) == [
        ["'=page.png"], ["-3.5", "87"], ["0168"], [], ["'=page.png"], ["-3.5", "87"], ["0168"]
    ]  # fmt: skip


def test_a_page_with_columns_has_a_sheet():
    table = make_table([["1", "2"], ["3", ""], ["5", "6"]])
    pages = [
        SessionPage("C:\\a:b [1].png", number, 1000, 1000, b"", b"", (), History(draft))
        for number, draft in ((1, table), (2, table), (1, make_draft("8")))
    ]
    content = exports.workbook_of(pages, exports.rows(pages), POINT)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Numbers", "a b  1", "a b  1  2"]
    for sheet in book.worksheets[1:]:
        assert list(sheet.values) == [(1, 2), (3, None), (5, 6)]


def test_json_is_that_of_the_command_line(corrected: SessionPage):
    page = next(open_pages(written("305 27 9", "0168", seed=3), "made.png"))
    reading = replace(read_page(page, load()), file=page.file, page=page.number)
    fresh = read_file("made.png", written("305 27 9", "0168", seed=3)).pages
    assert json.loads(exports.as_json(fresh)) == reading.export()
    data = json.loads(exports.as_json([corrected]))
    assert json.loads(exports.as_json([corrected] * 2)) == [data] * 2
    assert [json.loads(line) for line in exports.as_json_lines([corrected] * 2).splitlines()] == [
        data
    ] * 2
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
    names = [each.file_name for each in exports.downloads([corrected], rows, POINT, LIST)]
    assert names == ["inkling.xlsx", "inkling.csv", "inkling.json", "inkling.jpg"]
    several = exports.downloads([corrected] * 2, rows, POINT, LIST)
    names = [each.file_name for each in several]
    assert names == ["inkling.xlsx", "inkling.csv", "inkling.json", "inkling.jsonl", "inkling.zip"]
    # Each content is made without an error, and is not empty.
    assert all(each.content() for each in several)
