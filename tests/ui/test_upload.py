"""The Upload page without a browser, with Streamlit's own AppTest."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from inkling.review.csv_file import CsvOptions
from inkling.review.page_grid import page_grid
from inkling.ui.upload import download_row, exports, grid_view, number_table, sources
from inkling.ui.upload.session import STATE_KEY, UploadSession
from tests.fixtures.app import opened, shown
from tests.fixtures.uploads import numbers_of, sample, written


def open_upload() -> AppTest:
    return opened("upload")


def upload(test: AppTest, **files: bytes) -> None:
    """Upload files; `name_ext` is "name.ext"."""
    for name, content in files.items():
        test.file_uploader[0].upload(name.replace("_", "."), content)
    test.run()
    assert not test.exception, test.exception


def session_of(test: AppTest) -> UploadSession:
    session: UploadSession = test.session_state[STATE_KEY]
    return session


def rows(test: AppTest, unsure_first: bool = True) -> list[dict[str, Any]]:
    """The rows of the table beside the picture; none where there is no page."""
    page = session_of(test).page
    return number_table.table_data(page, unsure_first)["rows"] if page is not None else []


def table_numbers(test: AppTest) -> list[str]:
    """The numbers in the order of the table."""
    return [row["text"] for row in rows(test)]


def has_table(test: AppTest) -> bool:
    """Whether the table beside the picture is on the page."""
    names = [element.proto.component_name for element in test.get("bidi_component")]
    return "inkling_number_table" in names


def change_row(test: AppTest, row: int, kind: str, **values: object) -> None:
    """Type in a row or tick it, as the browser reports it."""
    page = session_of(test).page
    assert page is not None
    number_table.take_step(page, {"kind": kind, "id": rows(test)[row]["id"], **values})
    test.run()
    assert not test.exception, test.exception


def metrics(test: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in test.metric}


def index_of(test: AppTest, heading: str) -> int:
    """Which of the page's containers holds a heading."""

    def holds(block: object) -> bool:
        if getattr(block, "type", "") == "header" and getattr(block, "value", "") == heading:
            return True
        return any(map(holds, getattr(block, "children", {}).values()))

    (index,) = [index for index, block in test.main.children.items() if holds(block)]
    return index


# --- files ----------------------------------------------------------------------------------------


def test_it_starts_with_samples():
    test = open_upload()
    labels = {button.label for button in test.button}
    assert {sources.sample_title(path) for path in sources.samples()} <= labels
    assert not test.get("download_button") and not test.metric


def test_a_sample_is_added_and_removed_by_one_click():
    test = open_upload()
    test.button(key="sample-measurements.jpg").click().run()
    assert not test.exception
    assert len(table_numbers(test)) == 10 and metrics(test)["Numbers"] == "10"
    assert len(test.get("download_button")) == 5
    test.button(key="sample-measurements.jpg").click().run()
    assert not rows(test)


def test_files_are_read_and_a_broken_one_is_reported():
    test = open_upload()
    upload(test, broken_jpg=b"\xff\xd8\xff\xe0 no picture at all", empty_png=b"", one_jpg=sample())
    broken, empty = (shown(error.value) for error in test.error)
    assert "broken.jpg" in broken and "empty.png" in empty
    assert table_numbers(test) == ["8"]
    # The samples are gone, and the broken file can be removed.
    assert not any(str(button.key).startswith("sample-") for button in test.button)
    next(button for button in test.button if button.label == "Remove").click().run()
    assert [shown(error.value) for error in test.error] == [empty]


def test_the_pages_of_a_file_can_be_turned():
    test = open_upload()
    test.button(key="sample-two-pages.pdf").click().run()
    first = table_numbers(test)
    assert test.button(key="page-before").disabled
    test.button(key="page-after").click().run()
    assert table_numbers(test) != first and test.button(key="page-after").disabled
    test.selectbox(key="page-shown").select_index(0).run()
    assert table_numbers(test) == first


def test_parts_keep_their_places_whatever_is_above_them():
    """A part that moves to another place is on the page twice until the run ends."""
    test = open_upload()
    upload(test, good_png=written("12 7"))
    place = index_of(test, "All numbers")
    upload(test, broken_jpg=b"no picture")
    assert len(test.error) == 1 and index_of(test, "All numbers") == place
    test = open_upload()
    test.button(key="sample-one-digit.jpg").click().run()
    assert index_of(test, "All numbers") == place


# --- corrections ----------------------------------------------------------------------------------


def test_typed_numbers_count_and_are_undone():
    test = open_upload()
    test.button(key="sample-measurements.jpg").click().run()
    before, unsure = table_numbers(test), int(metrics(test)["To check"])
    assert unsure > 0
    change_row(test, 0, "type", text="1000")
    assert metrics(test)["To check"] == str(unsure - 1)
    assert table_numbers(test) == ["1000", *before[1:]]
    change_row(test, 1, "type", text="5")
    assert table_numbers(test) == ["1000", "5", *before[2:]]
    for _ in range(2):
        test.button(key="undo-edit").click().run()
    assert sorted(table_numbers(test)) == sorted(before)
    assert test.button(key="undo-edit").disabled


def test_a_table_is_a_grid_and_has_no_sum_over_its_columns():
    test = open_upload()
    test.button(key="sample-measurements.jpg").click().run()
    assert "Sum" not in metrics(test)
    test.segmented_control(key="numbers-as").set_value(grid_view.GRID).run()
    assert not test.exception and not has_table(test)
    page = session_of(test).page
    assert page is not None
    grid = page_grid(page.draft)
    assert grid is not None and grid.shape == (5, 2)
    # Numbers of a single line stand in no columns.
    test.button(key="sample-phone-number.jpg").click().run()
    assert has_table(test)
    assert "do not stand in rows and columns" in " ".join(each.value for each in test.caption)


def test_a_tick_confirms_a_number():
    test = open_upload()
    test.button(key="sample-measurements.jpg").click().run()
    unsure = int(metrics(test)["To check"])
    assert unsure > 0
    change_row(test, 0, "tick", checked=True)
    assert metrics(test)["To check"] == str(unsure - 1)
    change_row(test, 0, "tick", checked=False)
    assert metrics(test)["To check"] == str(unsure)


def test_doubtful_numbers_come_first_or_all_are_in_reading_order():
    test = open_upload()
    test.button(key="sample-measurements.jpg").click().run()
    ticks = [row["state"] != "check" for row in rows(test)]
    assert ticks == sorted(ticks) and not ticks[0]
    test.toggle(key="unsure-first").set_value(False).run()
    assert [row["text"] for row in rows(test, False)] == numbers_of(session_of(test))


def test_a_selected_digit_is_corrected_and_deleted_and_its_number_split():
    test = open_upload()
    test.button(key="sample-phone-number.jpg").click().run()
    session = session_of(test)
    assert numbers_of(session) == ["030", "5274", "1986"]
    page = session.page
    assert page is not None
    page.select(page.draft.entries[1].boxes[1].id)
    test.run()
    assert "**2** in **5274**" in [element.value for element in test.markdown]
    test.pills[0].set_value("7").run()
    assert numbers_of(session) == ["030", "5774", "1986"]
    test.button(key="number-split").click().run()
    assert numbers_of(session) == ["030", "5", "774", "1986"]
    test.button(key="box-delete").click().run()
    assert numbers_of(session) == ["030", "5", "74", "1986"]
    page.select(page.draft.entries[2].boxes[0].id)
    test.run()
    test.button(key="number-delete").click().run()
    assert numbers_of(session) == ["030", "5", "1986"]
    for _ in range(4):
        test.button(key="undo-edit").click().run()
    assert numbers_of(session) == ["030", "5274", "1986"]


def test_numbers_are_joined_and_a_typed_text_is_discarded():
    test = open_upload()
    test.button(key="sample-phone-number.jpg").click().run()
    session = session_of(test)
    page = session.page
    assert page is not None
    page.select(page.draft.entries[0].boxes[-1].id)
    test.run()
    test.button(key="number-join").click().run()
    assert numbers_of(session) == ["0305274", "1986"]
    row = page.row_order(True).index(page.draft.entries[0].id)
    change_row(test, row, "type", text="1.5")
    assert numbers_of(session) == ["1.5", "1986"]
    test.button(key="number-boxes").click().run()
    assert numbers_of(session) == ["0305274", "1986"]


def test_choices_decide_how_files_are_written(monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[CsvOptions, bool]] = []
    original = exports.downloads

    def downloads(*values: Any, has_crops: bool) -> tuple[exports.Download, ...]:
        asked.append((values[3], has_crops))
        return original(*values, has_crops=has_crops)

    monkeypatch.setattr(exports, "downloads", downloads)
    test = open_upload()
    test.button(key="sample-measurements.jpg").click().run()
    assert asked[-1] == (CsvOptions(), False)
    test.toggle(key=download_row.CROPS).set_value(True)
    test.toggle(key=download_row.MARK).set_value(False)
    test.toggle(key=download_row.CODES).set_value(True)
    test.segmented_control(key=download_row.LAYOUT).set_value(download_row.ON_PAGE).run()
    assert not test.exception
    assert asked[-1] == (CsvOptions(on_page=True, has_mark=False, guards_codes=True), True)
    # A page without rows and columns has no other layout.
    test.button(key="sample-phone-number.jpg").click().run()
    assert not asked[-1][0].on_page
    assert download_row.LAYOUT not in [control.key for control in test.segmented_control]


# --- nothing is lost ------------------------------------------------------------------------------


def test_corrections_survive_other_pages_other_files_and_another_model():
    test = open_upload()
    upload(test, list_png=written("305 27", "416", seed=4))
    assert sorted(table_numbers(test)) == ["27", "305", "416"]
    change_row(test, table_numbers(test).index("27"), "type", text="27.5")
    test.switch_page("draw.py").run()
    test.switch_page("upload.py").run()
    assert sorted(table_numbers(test)) == ["27.5", "305", "416"]
    upload(test, other_jpg=sample())
    session = session_of(test)
    assert numbers_of(session) == ["305", "27.5", "416", "8"]
    test.session_state["upload-model-kept"] = "pocket"
    test.run()
    assert not test.exception
    assert {file.read_by for file in session.files} == {"pocket"}
    assert numbers_of(session)[1] == "27.5"
    other = session.files[1]
    test.button(key=f"close-{other.key}").click().run()
    assert numbers_of(session) == ["305", "27.5", "416"]


def test_all_files_are_removed_at_once_and_brought_back():
    test = open_upload()
    upload(test, a_png=written("305"), b_jpg=sample())
    session = session_of(test)
    test.button(key="remove-all").click().run()
    assert not test.exception and not session.files and not has_table(test)
    first = next(iter(session.removed.values()))
    test.button(key=f"back-{first.key}").click().run()
    assert not test.exception and numbers_of(session) == ["305"]
    assert "remove-all" not in [button.key for button in test.button]


def test_a_removed_file_comes_back_with_its_corrections():
    test = open_upload()
    upload(test, list_png=written("305 27", seed=3))
    change_row(test, 0, "type", text="12345")
    session = session_of(test)
    corrected = numbers_of(session)
    test.button(key=f"close-{session.files[0].key}").click().run()
    assert not rows(test) and not test.exception
    upload(test, list_png=written("305 27", seed=3))
    assert numbers_of(session) == corrected and "12345" in corrected


def test_an_amount_with_two_meanings_is_asked_about():
    test = open_upload()
    upload(test, made_png=written("305 27 9", seed=3))
    key = "amount-format"
    assert key not in [control.key for control in test.segmented_control]
    change_row(test, 0, "type", text="1,234")
    change_row(test, 1, "type", text="1.5")
    change_row(test, 2, "type", text="-1")
    # Nothing is known of the browser's language.
    control = test.segmented_control(key=key)
    assert (control.options, control.value) == (["1,234.56", "1.234,56"], "1,234.56")
    assert metrics(test)["Sum"] == "1,234.5"
    control.set_value("1.234,56").run()
    assert metrics(test)["Sum"] == "1,734"
