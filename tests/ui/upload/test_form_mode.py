"""Copies of one form on the Upload page."""

from __future__ import annotations

import csv
import io
import sys
from decimal import Decimal
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from inkling.forms.result import FieldReading, FormReading
from inkling.forms.template import Kind
from inkling.review import csv_file, workbook
from inkling.review.amounts import COMMA
from inkling.ui.upload import box_canvas, form_mode, form_results
from inkling.ui.upload.box_canvas import CanvasState
from inkling.ui.upload.form_session import STATE_KEY, FormSession
from tests.fixtures import forms
from tests.fixtures.app import opened, texts
from tests.fixtures.pages_made import encode, make_page
from tests.fixtures.uploads import read_file, written


def canvas() -> CanvasState:
    return CanvasState({"objects": []}, {}, 0.5, b"")


def test_boxes_on_the_canvas_become_fields():
    form, drawn = FormSession(size=(400, 600)), canvas()
    first, second = (10.0, 20.0, 100.0, 30.0), (10.0, 80.0, 30.0, 30.0)
    assert form_mode.apply_report(form, drawn, [(first, ""), (second, "paid")])
    assert [each.name for each in form.fields.values()] == ["Field 1", "paid"]
    assert form.fields[1].box == (20, 40, 200, 60)
    assert not form_mode.apply_report(form, drawn, [(first, ""), (second, "paid")])
    moved = (10.0, 50.0, 100.0, 30.0)
    assert form_mode.apply_report(form, drawn, [(moved, ""), (second, "paid")])
    assert form.fields[1].box == (20, 100, 200, 60)
    assert form_mode.apply_report(form, drawn, [(second, "paid")])
    assert [each.name for each in form.fields.values()] == ["paid"]


def test_fields_are_named_and_get_a_kind():
    form = FormSession(size=(400, 600))
    order = [form.add("", "digits", (0, 0, 10, 10)), form.add("Field 1", "digits", (0, 20, 10, 10))]
    assert len({each.name for each in form.fields.values()}) == 2
    form_mode.take_fields(form, order, {0: {"name": " Total "}, 1: {"kind": "Yes or no"}})
    first, second = (form.fields[key] for key in order)
    assert (first.name, first.kind, second.kind) == ("Total", "digits", "yes-no")


def read_form_session() -> tuple[FormSession, int]:
    """A session with one page that was read, by hand: an amount and a code, both doubtful."""
    session = read_file("=1+1.png", written("12"))
    page = session.pages[0]
    form = FormSession(decimal=",")
    form.use_page(page)
    form.add("Total", "amount", (10, 10, 100, 40))
    form.add("Code", "digits", (10, 80, 100, 40))
    corners = ((10.0, 10.0), (110.0, 10.0), (110.0, 50.0), (10.0, 50.0))
    total = FieldReading("Total", Kind.AMOUNT, "12,50", Decimal("12.50"), 0.5, False, corners)
    code = FieldReading("Code", Kind.DIGITS, "0071", "0071", 0.5, False, corners)
    form.readings[page.key] = FormReading("=1+1.png", 1, (total, code))
    return form, page.key


def test_what_is_doubtful_is_checked_or_corrected():
    form, key = read_form_session()
    assert form.doubtful() == [(key, "Total"), (key, "Code")]
    selected = []
    for text in ("13,50", "0071"):
        form_results.select_next(form)
        assert form.selected is not None
        selected.append(form.selected)
        form.answer(form.selected, text)
    assert selected == [(key, "Total"), (key, "Code")] and not form.doubtful()
    total, code = form.readings[key].fields
    assert (form.shown(key, total), form.shown(key, code)) == ("13,50", "0071")
    # What was typed stays when the pages are read again.
    reading = form.readings[key]
    form.changed()
    form.readings[key] = reading
    assert form.shown(key, total) == "13,50"


def test_rows_are_exported_with_amounts_codes_and_colours():
    session = read_file("=1+1.png", written("12"))
    form, key = read_form_session()
    page = session.pages[0]
    form.readings[page.key] = form.readings.pop(key)
    row = form.row(page)
    names = ["file", "page", "Total", "Code", "error"]
    text = csv_file.table_csv(names, [row], COMMA, csv_file.CsvOptions()).decode("utf-8-sig")
    (cells,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert cells == {
        "file": "'=1+1.png", "page": "1", "Total": "12,50", "Code": "0071", "error": "",
    }  # fmt: skip
    book = workbook.table_xlsx(names, [row], {(0, "Code")})
    sheet = load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:4] == ["=1+1.png", 1, 12.5, "0071"]
    assert sheet["A2"].data_type == "s" and sheet["D2"].data_type == "s"
    assert sheet["D2"].fill.start_color.rgb.endswith(workbook.DOUBT_COLOUR)
    assert not sheet["C2"].fill.fill_type


@pytest.fixture
def stub_canvas(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the canvas, on which nobody draws."""
    module = SimpleNamespace(
        st_canvas=lambda **settings: SimpleNamespace(
            boxes=[dict(box) for box in settings["initial_drawing"]["objects"]]
        ),
        boxes_to_drawing=lambda boxes, **style: {"objects": [dict(box) for box in boxes]},
    )
    monkeypatch.setitem(sys.modules, "streamlit_drawable_canvas", module)
    monkeypatch.setattr(box_canvas, "_adapt_canvas", lambda **settings: None)


def with_files(**files: bytes) -> AppTest:
    test = opened("upload")
    for name, content in files.items():
        test.file_uploader[0].upload(name.replace("_", "."), content)
    return test.run()


@pytest.mark.usefixtures("stub_canvas")
def test_copies_of_a_form_become_rows_and_other_pages_are_told():
    layout = forms.LAYOUTS[1]
    copy = encode(forms.flat(forms.printed(layout)))
    test = with_files(copy_png=copy, other_png=encode(make_page([["12", "907"]], 3)))
    assert not any(button.key == "form-read" for button in test.button)
    form = FormSession()
    form.open(forms.template_of(layout).encode(), "form.json")
    assert not form.problem and len(form.fields) == len(layout.places)
    test.session_state[STATE_KEY] = form
    test.session_state["form-mode"] = True
    test.run()
    test.button(key="form-read").click().run()
    assert not test.exception, test.exception
    assert "1 page read, 1 told" in texts(test)
    assert any("other" in warning.value for warning in test.warning)
    table = next(each.value for each in test.dataframe if "Total" in each.value)
    assert list(table.columns) == ["Page", *(place.label for place in layout.places)]
    assert list(table["Approved"]) == ["no"] and list(table["Total"]) == [""]


def test_a_file_that_is_no_template_is_told():
    form = FormSession()
    form.open(b"{}", "form.json")
    assert "form.json is no template" in form.problem and form.picture is None
