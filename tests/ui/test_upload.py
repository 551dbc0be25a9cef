"""The Upload page without a browser: Streamlit's own AppTest, and the modules behind it."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
import zipfile
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from inkling.imaging.load import Page, open_pages
from inkling.paths import ASSETS, ROOT
from inkling.reader import page as reader_page
from inkling.reader.page import read_page, read_upright
from inkling.recognition.classifier import load
from inkling.recognition.results import Reading
from inkling.review import edits
from inkling.ui.upload import box_canvas, exports, number_table, page_editor, sources
from inkling.ui.upload import box_canvas as redraw
from inkling.ui.upload.session import Desk, DeskFile, DeskPage, scaled
from tests.fixtures.pages_made import Paper, encode, make_page

PATIENCE = 60


def opened() -> AppTest:
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    test.switch_page("pages/upload.py").run()
    assert not test.exception, test.exception
    return test


def sample(name: str = "one-digit.jpg") -> bytes:
    return (ASSETS / "samples" / name).read_bytes()


def made(*lines: str, seed: int = 0, paper: Paper | None = None) -> bytes:
    return encode(make_page([line.split() for line in lines], seed, paper))


def upload(test: AppTest, **files: bytes) -> None:
    """Send files by the uploader there is; `name_ext` is "name.ext"."""
    for name, content in files.items():
        test.file_uploader[0].upload(name.replace("_", "."), content)
    test.run()
    assert not test.exception, test.exception


def desk_of(test: AppTest) -> Desk:
    found: Desk = test.session_state["desk"]
    return found


def shown(test: AppTest) -> list[str]:
    """The numbers as the table lists them; what was typed, the browser lays over its rows."""
    page = desk_of(test).page
    assert page is not None and len(page.draft.entries) == len(test.data_editor[0].value)
    return [page.draft.entry(entry_id).text for entry_id in page.table(True).order]


def said(desk: Desk) -> list[str]:
    return [entry.text for page in desk.pages for entry in page.draft.entries]


def place_of(test: AppTest, heading: str) -> int:
    """Which of the page's parts holds a heading."""

    def holds(part: object) -> bool:
        if getattr(part, "type", "") == "header" and getattr(part, "value", "") == heading:
            return True
        return any(map(holds, getattr(part, "children", {}).values()))

    (place,) = [place for place, part in test.main.children.items() if holds(part)]
    return place


def test_parts_keep_their_places_whatever_stands_before_them():
    """What moves to another place stands on the page twice until the run is over."""
    test = opened()
    upload(test, good_png=made("12 7"))
    place = place_of(test, "All numbers")
    upload(test, broken_jpg=b"no picture")
    assert len(test.error) == 1 and place_of(test, "All numbers") == place
    test = opened()
    test.button(key="sample-one-digit.jpg").click().run()
    assert place_of(test, "All numbers") == place


def figures(test: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in test.metric}


def read(name: str, content: bytes, model: str = "digits") -> Desk:
    """A desk with one file, read."""
    desk = Desk()
    desk.put(name, content)
    finish(desk, model)
    return desk


def finish(desk: Desk, model: str = "digits") -> None:
    while unread := desk.unread(model):
        unread[0].read_on(load(model))


# --- files ----------------------------------------------------------------------------------------


def test_it_starts_with_samples():
    test = opened()
    labels = {button.label for button in test.button}
    assert {sources.sample_title(path) for path in sources.samples()} <= labels
    assert not test.get("download_button") and not test.metric


def test_a_sample_is_one_click_away_and_can_be_put_back():
    test = opened()
    test.button(key="sample-measurements.jpg").click().run()
    assert not test.exception
    assert len(shown(test)) == 10 and figures(test)["Numbers"] == "10"
    assert len(test.get("download_button")) == 4
    test.button(key="sample-measurements.jpg").click().run()
    assert not test.data_editor


def test_files_are_read_and_a_broken_one_is_a_sentence():
    test = opened()
    upload(test, broken_jpg=b"\xff\xd8\xff\xe0 no picture at all", empty_png=b"", one_jpg=sample())
    assert [error.value.split()[0] for error in test.error] == ["broken.jpg", "empty.png"]
    assert shown(test) == ["8"]
    # The samples have made room, the uploader is empty again, and what is broken can go.
    assert not any(str(button.key).startswith("sample-") for button in test.button)
    next(button for button in test.button if button.label == "Put away").click().run()
    assert [error.value.split()[0] for error in test.error] == ["empty.png"]


def test_a_fault_of_ours_is_a_sentence_and_the_other_pages_are_read(monkeypatch):
    honest = read_upright

    def fail(page: Page, classifier: object) -> tuple[Page, Reading]:
        if page.number == 1:
            raise RuntimeError("a bug")
        return honest(page, classifier)

    monkeypatch.setattr(reader_page, "read_upright", fail)
    desk = read("two-pages.pdf", sample("two-pages.pdf"))
    assert desk.files[0].problem == (
        "two-pages.pdf could not be read: Inkling failed on it. Try another copy."
    )
    assert [page.number for page in desk.pages] == [2]


def test_the_same_file_is_not_laid_down_twice():
    desk = Desk()
    for name in ("a.png", "a.png", "b.png"):
        desk.put(name, sample())
    assert [file.name for file in desk.files] == ["a.png", "b.png"]


def test_a_file_of_several_pages_can_be_turned_over():
    test = opened()
    test.button(key="sample-two-pages.pdf").click().run()
    first = shown(test)
    assert test.button(key="page-before").disabled
    test.button(key="page-after").click().run()
    assert shown(test) != first and test.button(key="page-after").disabled
    test.selectbox(key="page-shown").select_index(0).run()
    assert shown(test) == first


# --- putting right --------------------------------------------------------------------------------


def edit(test: AppTest, row: int, **cells: object) -> None:
    """Type into a row of the table and press Enter; what the browser then sends is taken over."""
    page = desk_of(test).page
    number_table.take_edits(page, page.table(True).order, {row: cells})
    test.run()
    assert not test.exception, test.exception


def test_typed_numbers_count_and_undo_takes_them_back():
    test = opened()
    test.button(key="sample-measurements.jpg").click().run()
    before, total = shown(test), figures(test)["Sum"]
    unsure = int(figures(test)["To check"])
    assert unsure > 0
    edit(test, 0, number="1000")
    assert figures(test)["To check"] == str(unsure - 1) and figures(test)["Sum"] != total
    assert shown(test) == ["1000", *before[1:]]
    edit(test, 1, number="5")
    assert shown(test) == ["1000", "5", *before[2:]]
    for _ in range(2):
        test.button(key="undo-edit").click().run()
    assert sorted(shown(test)) == sorted(before) and figures(test)["Sum"] == total
    assert test.button(key="undo-edit").disabled


def test_a_tick_says_that_a_number_is_right():
    test = opened()
    test.button(key="sample-measurements.jpg").click().run()
    unsure = int(figures(test)["To check"])
    assert unsure > 0
    edit(test, 0, right=True)
    assert figures(test)["To check"] == str(unsure - 1)
    edit(test, 0, right=False)
    assert figures(test)["To check"] == str(unsure)


def test_the_uncertain_come_first_or_all_in_reading_order():
    test = opened()
    test.button(key="sample-measurements.jpg").click().run()
    ticks = list(test.data_editor[0].value["right"])
    assert ticks == sorted(ticks) and not ticks[0]
    test.toggle(key="unsure-first").set_value(False).run()
    assert list(test.data_editor[0].value["number"]) == said(desk_of(test))


def test_a_chosen_digit_is_corrected_deleted_and_parted():
    test = opened()
    test.button(key="sample-phone-number.jpg").click().run()
    assert said(desk_of(test)) == ["030", "5274", "1986"]
    page = desk_of(test).page
    page.choose(page.draft.entries[1].marks[1].id)
    test.run()
    assert "**2** in **5274**" in [element.value for element in test.markdown]
    test.get("pills")[0].set_value("7").run()
    assert said(desk_of(test)) == ["030", "5774", "1986"]
    test.button(key="number-part").click().run()
    assert said(desk_of(test)) == ["030", "5", "774", "1986"]
    test.button(key="box-delete").click().run()
    assert said(desk_of(test)) == ["030", "5", "74", "1986"]
    page.choose(page.draft.entries[2].marks[0].id)
    test.run()
    test.button(key="number-delete").click().run()
    assert said(desk_of(test)) == ["030", "5", "1986"]
    for _ in range(4):
        test.button(key="undo-edit").click().run()
    assert said(desk_of(test)) == ["030", "5274", "1986"]


def test_boxes_are_merged_and_split_by_reading_them_again():
    desk = read("page.png", made("305 27", seed=3))
    page, model = desk.pages[0], load()
    assert said(desk) == ["305", "27"]
    first, second = page.draft.entries[0].marks[:2]
    whole = page.read_box(editing_union(first.box, second.box), model)
    page.do("Boxes merged", edits.merge_marks, first.id, whole)
    assert len(page.draft.entries[0].marks) == 2
    merged = page.draft.entries[0].marks[0]
    page.do("Box split", edits.split_mark, merged.id, page.read_parts(merged.box, model))
    assert said(desk) == ["305", "27"]
    for mark, now in zip((first, second), page.draft.marks, strict=False):
        assert np.abs(np.subtract(mark.box, now.box)).max() <= 8


def editing_union(a: Sequence[int], b: Sequence[int]) -> tuple[int, int, int, int]:
    right, bottom = max(a[0] + a[2], b[0] + b[2]), max(a[1] + a[3], b[1] + b[3])
    left, top = min(a[0], b[0]), min(a[1], b[1])
    return left, top, right - left, bottom - top


def test_what_was_done_on_the_picture_is_taken_over():
    desk = read("page.png", made("305 27", seed=3))
    page = desk.pages[0]
    mark = page.draft.marks[0].id
    page_editor.take_event(page, {"kind": "choose", "id": mark})
    assert page.chosen == mark
    page_editor.take_event(page, {"kind": "label", "id": mark, "label": "8"})
    page_editor.take_event(page, {"kind": "label", "id": mark, "label": "nonsense"})
    assert said(desk) == ["805", "27"]
    page_editor.take_event(page, {"kind": "delete", "id": mark})
    page_editor.take_event(page, {"kind": "delete", "id": mark})
    assert said(desk) == ["05", "27"] and page.chosen is None


# --- nothing is lost ------------------------------------------------------------------------------


def test_corrections_survive_other_pages_other_files_and_another_model():
    test = opened()
    upload(test, list_png=made("305 27", "416", seed=4))
    assert sorted(shown(test)) == ["27", "305", "416"]
    edit(test, shown(test).index("27"), number="27.5")
    test.switch_page("pages/draw.py").run()
    test.switch_page("pages/upload.py").run()
    assert sorted(shown(test)) == ["27.5", "305", "416"]
    upload(test, other_jpg=sample())
    assert said(desk_of(test)) == ["305", "27.5", "416", "8"]
    test.session_state["upload-model-kept"] = "pocket"
    test.run()
    assert not test.exception
    assert {file.read_by for file in desk_of(test).files} == {"pocket"}
    assert said(desk_of(test))[1] == "27.5"
    other = desk_of(test).files[1]
    test.button(key=f"close-{other.key}").click().run()
    assert said(desk_of(test)) == ["305", "27.5", "416"]


def test_a_file_put_away_comes_back_with_its_corrections():
    test = opened()
    upload(test, list_png=made("305 27", seed=3))
    edit(test, 0, number="12345")
    file = desk_of(test).files[0]
    corrected = said(desk_of(test))
    test.button(key=f"close-{file.key}").click().run()
    assert not test.data_editor and not test.exception
    upload(test, list_png=made("305 27", seed=3))
    assert said(desk_of(test)) == corrected and "12345" in corrected


def test_another_model_keeps_what_was_deleted_and_can_be_taken_back():
    desk = read("page.png", made("305 27", seed=3))
    page = desk.pages[0]
    page.do("Number deleted", edits.delete_number, page.draft.entries[0].id)
    finish(desk, "pocket")
    assert said(desk) == ["27"]
    page.undo()
    page.undo()
    assert said(desk) == ["305", "27"]


# --- boxes drawn on the canvas --------------------------------------------------------------------

rectangles = st.lists(
    st.tuples(*[st.integers(0, 60).map(lambda v: 10.0 * v)] * 2, *[st.just(30.0)] * 2),
    unique=True,
    max_size=8,
)


@given(rectangles, st.data())
def test_one_change_on_the_canvas_is_found(boxes: list, data: st.DataObject):
    known = dict(enumerate(boxes, 100))
    seen = data.draw(st.permutations(boxes))
    assert box_canvas.changes(known, seen).same.keys() == known.keys()
    new = (5.0, 605.0, 40.0, 50.0)
    found = box_canvas.changes(known, [*seen, new])
    assert found.added == [len(seen)] and not found.gone and not found.moved
    if boxes:
        lost = data.draw(st.sampled_from(sorted(known)))
        rest = [box for box in seen if box != known[lost]]
        assert box_canvas.changes(known, rest).gone == [lost]
        assert box_canvas.changes(known, [new, *rest]).moved == {lost: 0}


def canvas_with(monkeypatch, boxes: list[dict[str, object]]) -> list[dict[str, object]]:
    """Stands in for the canvas component: reports what is in the list."""
    module = SimpleNamespace(
        st_canvas=lambda **settings: SimpleNamespace(boxes=list(boxes)),
        boxes_to_drawing=lambda boxes, **style: {"objects": [dict(box) for box in boxes]},
    )
    monkeypatch.setitem(__import__("sys").modules, "streamlit_drawable_canvas", module)
    monkeypatch.setattr(box_canvas, "_adapt", lambda **settings: None)
    monkeypatch.setattr(redraw.st, "session_state", {"canvas": {}})
    return boxes


def test_boxes_on_the_canvas_are_deleted_drawn_moved_and_named(monkeypatch):
    desk = read("page.png", made("305 27", seed=3))
    page, model = desk.pages[0], load()
    boxes = canvas_with(monkeypatch, [])
    width = page.width // 2

    def on_canvas(mark) -> dict[str, object]:
        x, y, wide, high = (value / 2 for value in mark.box)
        return {"label": mark.label, "left": x, "top": y, "width": wide, "height": high}

    def show() -> list[str]:
        box_canvas.surface(page, "canvas", width, model)
        return said(desk)

    boxes[:] = [on_canvas(mark) for mark in page.draft.marks]
    assert show() == ["305", "27"] and not page.history.past
    gone = boxes.pop(1)
    assert show() == ["35", "27"]
    boxes.append({**gone, "label": "", "left": gone["left"] - 2.0, "width": gone["width"] + 4.0})
    assert show() == ["305", "27"]
    boxes[0]["label"] = "9"
    assert show() == ["905", "27"]
    # Over the 2, too: nothing that a person has named changes with its box.
    boxes[0]["height"] += 3.0
    boxes.append({"label": "", "left": 3.0, "top": 3.0, "width": 1.0, "height": 1.0})
    assert show() == ["905", "27"]
    steps = len(page.history.past)
    assert show() == ["905", "27"] and len(page.history.past) == steps
    boxes.clear()
    assert show() == [] and len(page.history.past) == steps + 1


# --- out ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corrected() -> DeskPage:
    """A page with a number typed, one emptied and a digit corrected."""
    desk = read("=page.png", made("305 27 9", "0168", seed=3))
    page = desk.pages[0]
    assert said(desk) == ["305", "27", "9", "0168"]
    ids = [entry.id for entry in page.draft.entries]
    page.do("", edits.type_number, ids[0], "-3.5")
    page.do("", edits.type_number, ids[2], "")
    page.do("", edits.correct, page.draft.entry(ids[1]).marks[0].id, "8")
    return page


def test_csv_is_for_spreadsheets_and_holds_no_formulas(corrected: DeskPage):
    text = exports.as_csv(exports.rows([corrected])).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["number"] for row in rows] == ["'-3.5", "87", "0168"]
    assert {row["file"] for row in rows} == {"'=page.png"}
    assert [row["status"] for row in rows[:2]] == ["corrected", "corrected"]
    assert (
        "row" not in rows[0] and rows[0]["confidence"] == "" and float(rows[1]["confidence"]) < 0.5
    )


def test_cells_of_a_printed_table_get_their_columns(corrected: DeskPage):
    cell = SimpleNamespace(table=1, row=4, column=7)
    rows = exports.rows([corrected])
    with_cell = [dict(row) | {"row": cell.row, "column": cell.column} for row in rows[:1]]
    assert exports.columns(rows + with_cell) == list(exports.COLUMNS)
    assert exports.as_csv(rows + with_cell).decode("utf-8-sig").endswith("\r\n")


def test_a_workbook_holds_numbers_as_numbers_and_codes_as_text(corrected: DeskPage):
    book = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(exports.rows([corrected]))))
    head, *rows = book.active.iter_rows()
    place = [cell.value for cell in head].index("Number")
    assert [row[place].value for row in rows] == [-3.5, 87, "0168"]
    assert [(row[0].value, row[0].data_type) for row in rows] == [("=page.png", "s")] * 3


def test_json_is_that_of_the_command_line(corrected: DeskPage):
    page = next(open_pages(made("305 27 9", "0168", seed=3), "made.png"))
    reading = read_page(page, load())
    fresh = read("made.png", made("305 27 9", "0168", seed=3)).pages
    assert json.loads(exports.as_json(fresh)) == reading.export()
    data = json.loads(exports.as_json([corrected]))
    assert data["text"] == "-3.587\n0168" and data["lines"][0]["numbers"] == ["-3.5", "87"]
    assert data["lines"][0]["confidences"][0] is None and data["lines"][0]["confidences"][1] < 0.5
    assert [digit["digit"] for digit in data["lines"][0]["digits"]][3:] == [8, 7]


def test_the_picture_shows_the_boxes_as_they_are(corrected: DeskPage):
    picture = np.asarray(Image.open(io.BytesIO(exports.pictures_of([corrected]))), np.int32)
    plain = np.asarray(Image.open(io.BytesIO(corrected.scan)), np.int32)
    assert picture.shape == plain.shape
    changed = np.abs(picture - plain).max(axis=2) > 60
    for entry in corrected.draft.entries:
        x, y, width, _ = scaled(entry.box, plain.shape[1] / corrected.width)
        edge = changed[max(0, y - 6) : y + 1, x : x + width]
        assert edge.any() != entry.is_left_out
    archive = zipfile.ZipFile(io.BytesIO(exports.pictures_of([corrected, corrected])))
    assert archive.namelist() == ["001-=page-1.jpg", "002-=page-1.jpg"]


def test_a_run_that_takes_over_waits_for_the_page_that_is_being_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Streamlit starts a newer run while the one before still reads: no page may be missed."""
    begun = threading.Event()
    whole = read_upright

    def slow(*arguments: Any) -> Any:
        begun.set()
        time.sleep(0.5)
        return whole(*arguments)

    monkeypatch.setattr(reader_page, "read_upright", slow)
    model = load("digits")
    file = DeskFile("one-digit.jpg", sample())
    before = threading.Thread(target=file.read_on, args=(model,))
    before.start()
    assert begun.wait(30)
    file.read_on(model)
    assert [page.number for page in file.pages] == [1]
    before.join()
    file.read_on(model)
    assert file.read_by == "digits" and file.problem is None and len(file.pages) == 1
