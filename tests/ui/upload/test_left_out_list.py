"""What a page's reading left out, listed and counted after all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from inkling.geometry import Box
from inkling.imaging.load import Page
from inkling.reader import page as reader_page
from inkling.reader.page import read_upright
from inkling.recognition.results import LeftOut, Line, Reading, Reason
from inkling.ui.shared import images
from inkling.ui.upload import left_out_list
from tests.fixtures.uploads import numbers_of, read_file, written
from tests.ui.test_upload import metrics, open_upload, session_of, upload

Change = Callable[[Reading], Reading]


@pytest.fixture
def change_readings(monkeypatch: pytest.MonkeyPatch) -> Callable[[Change], None]:
    """The function makes the reader change each of its readings."""

    def install(change: Change) -> None:
        def changed(*arguments: Any) -> tuple[Page, Reading]:
            page, reading = read_upright(*arguments)
            return page, change(reading)

        monkeypatch.setattr(reader_page, "read_upright", changed)

    return install


def without_27(reading: Reading) -> Reading:
    """A reading that leaves the number 27 out."""
    (number,) = (number for number in reading.numbers if number.text == "27")
    lines = [tuple(each for each in line.numbers if each != number) for line in reading.lines]
    left_out = LeftOut("27", number.box, Reason.CROSSED_OUT)
    return replace(
        reading, lines=tuple(Line(numbers) for numbers in lines if numbers), left_out=(left_out,)
    )


def with_doubtful(count: int) -> Change:
    """Leave out so many places on blank paper, each with another box."""
    boxes: list[Box] = [(20 + 30 * place, 8, 20, 40) for place in range(count)]
    left_out = tuple(LeftOut("1", box, Reason.DOUBTFUL) for box in boxes)
    return lambda reading: replace(reading, left_out=left_out)


def buttons(test: Any) -> list[Any]:
    return [button for button in test.button if button.label == "Count it"]


def rest(test: Any) -> list[Any]:
    """What the list shows only when it is unfolded."""
    return [each for each in test.expander if each.label.endswith(" more")]


def test_a_left_out_number_is_listed_counted_and_undone(change_readings: Callable):
    change_readings(without_27)
    test = open_upload()
    upload(test, list_png=written("305 27", "416", seed=4))
    session = session_of(test)
    assert numbers_of(session) == ["305", "416"]
    assert "**27**" in [each.value for each in test.markdown]
    assert "Crossed out" in [each.value for each in test.caption]
    assert [each.proto.imgs[0].alt for each in test.get("image")] == ["Left out: 27, crossed out."]
    (button,) = buttons(test)
    button.click().run()
    assert not test.exception and not buttons(test)
    page = session.page
    assert page is not None
    assert [[entry.text for entry in line] for line in page.draft.lines] == [["305", "27"], ["416"]]
    assert metrics(test)["Numbers"] == "3"
    # It is selected, to be checked.
    assert "**2** in **27**" in [each.value for each in test.markdown]
    counted = page.draft.entries[1]
    assert counted.status == "to check" and page.selected == counted.boxes[0].id
    assert test.button(key="undo-edit").help == "Undo: Number counted"
    test.button(key="undo-edit").click().run()
    assert numbers_of(session) == ["305", "416"] and len(buttons(test)) == 1


def test_a_counted_number_survives_another_model(change_readings: Callable):
    change_readings(without_27)
    test = open_upload()
    upload(test, list_png=written("305 27", "416", seed=4))
    buttons(test)[0].click().run()
    test.session_state["upload-model-kept"] = "pocket"
    test.run()
    assert not test.exception and not buttons(test)
    assert numbers_of(session_of(test)) == ["305", "27", "416"]


def test_of_a_long_list_the_first_dozen_is_shown_and_the_rest_unfolds(change_readings: Callable):
    change_readings(with_doubtful(30))
    test = open_upload()
    upload(test, list_png=written("305 27", seed=3))
    (more,) = rest(test)
    assert more.label == "18 more"
    assert len(buttons(more)) == 18 and len(buttons(test)) == 30
    buttons(more)[-1].click().run()
    assert not test.exception
    assert [each.label for each in rest(test)] == ["17 more"] and len(buttons(test)) == 29
    assert len(numbers_of(session_of(test))) == 3


def test_a_page_without_numbers_lists_what_was_left_out(change_readings: Callable):
    change_readings(lambda reading: replace(without_27(reading), lines=()))
    test = open_upload()
    upload(test, list_png=written("27", seed=3))
    assert not numbers_of(session_of(test))
    assert "There are no numbers on this page." in [each.value for each in test.caption]
    buttons(test)[0].click().run()
    assert not test.exception and numbers_of(session_of(test)) == ["27"]


def test_without_anything_left_out_there_is_no_list():
    test = open_upload()
    test.button(key="sample-one-digit.jpg").click().run()
    assert not buttons(test) and not rest(test)


def test_a_crop_shows_the_number_with_a_little_of_the_page_around_it():
    page = read_file("page.png", written("305 27", seed=3)).pages[0]
    x, y, width, height = page.draft.entries[0].box
    share = left_out_list.MARGIN
    margin = round(share * height)
    around = page.around((x, y, width, height), share, share)
    assert around == (x - margin, y - margin, width + 2 * margin, height + 2 * margin)
    (crop,) = page.crops([around])
    scan, scale = page.image(), page.image().shape[1] / page.width
    left, top, wide, high = (round(value * scale) for value in around)
    shown, expected = images.rgb(crop), scan[top : top + high, left : left + wide]
    assert np.abs(np.subtract(shown.shape, expected.shape)).max() <= 1
    assert abs(float(shown.mean()) - float(expected.mean())) < 2.0
    # At the page's edge there is less around it.
    corner = page.around((page.width - 20, 0, 40, 40), share, share)
    assert corner == (page.width - 28, 0, 28, 48)
    assert page.crops([corner, around])[1] == crop


def test_a_late_click_counts_nothing():
    page = read_file("page.png", written("305 27", seed=3)).pages[0]
    selected, history = page.selected, page.history
    left_out_list.count(page, LeftOut("1", (5, 5, 20, 40), Reason.DOUBTFUL), "digits")
    assert (page.selected, page.history) == (selected, history)
