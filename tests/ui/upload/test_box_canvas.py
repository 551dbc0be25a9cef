"""Boxes drawn, moved and deleted on the drawing surface."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkling.recognition.classifier import load
from inkling.recognition.results import LeftOut, Reason
from inkling.review.draft import DigitBox, History
from inkling.ui.shared import images
from inkling.ui.upload import box_canvas
from inkling.ui.upload.session_page import SessionPage
from tests.fixtures.drafts import make_draft
from tests.fixtures.uploads import numbers_of, read_file, written

rectangles = st.lists(
    st.tuples(*[st.integers(0, 60).map(lambda v: 10.0 * v)] * 2, *[st.just(30.0)] * 2),
    unique=True,
    max_size=8,
)


@given(rectangles, st.data())
def test_one_change_on_the_canvas_is_found(boxes: list, data: st.DataObject):
    before = dict(enumerate(boxes, 100))
    after = data.draw(st.permutations(boxes))
    assert box_canvas.changes(before, after).same.keys() == before.keys()
    new = (5.0, 605.0, 40.0, 50.0)
    found = box_canvas.changes(before, [*after, new])
    assert found.added == [len(after)] and not found.deleted and not found.moved
    if boxes:
        missing = data.draw(st.sampled_from(sorted(before)))
        rest = [box for box in after if box != before[missing]]
        assert box_canvas.changes(before, rest).deleted == [missing]
        assert box_canvas.changes(before, [new, *rest]).moved == {missing: 0}


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The rectangles that a stand-in for the canvas component reports."""
    boxes: list[dict[str, Any]] = []
    module = SimpleNamespace(
        st_canvas=lambda **settings: SimpleNamespace(boxes=list(boxes)),
        boxes_to_drawing=lambda boxes, **style: {"objects": [dict(box) for box in boxes]},
    )
    monkeypatch.setitem(sys.modules, "streamlit_drawable_canvas", module)
    monkeypatch.setattr(box_canvas, "_adapt_canvas", lambda **settings: None)
    monkeypatch.setattr("inkling.ui.upload.box_canvas.st.session_state", {"canvas": {}})
    return boxes


def test_the_canvas_shows_what_was_left_out(reported: list[dict[str, Any]]):
    page, model = read_file("page.png", written("305 27", seed=3)).pages[0], load()
    box_canvas.surface(page, "canvas", page.width, model)
    assert page.canvas.background == page.preview
    x, y, width, height = 300, 500, 90, 60
    left_out = LeftOut("7", (x, y, width, height), Reason.DOUBTFUL)
    page.history = History(replace(page.draft, left_out=(left_out,)))
    page.refresh()
    box_canvas.surface(page, "canvas", page.width, model)
    before, after = (
        images.rgb(each).astype(int) for each in (page.preview, page.canvas.background)
    )
    changed = np.abs(after - before).max(axis=2) > 40
    rows, columns = np.nonzero(changed)
    scale = changed.shape[1] / page.width
    edges = [columns.min(), rows.min(), columns.max(), rows.max()]
    assert np.divide(edges, scale) == pytest.approx([x, y, x + width, y + height], abs=6)


def test_boxes_on_the_canvas_are_deleted_drawn_moved_and_labelled(reported: list[dict[str, Any]]):
    session = read_file("page.png", written("305 27", seed=3))
    page, model = session.pages[0], load()

    def on_canvas(digit_box: DigitBox) -> dict[str, Any]:
        x, y, width, height = (value / 2 for value in digit_box.box)
        return {"label": digit_box.label, "left": x, "top": y, "width": width, "height": height}

    def show() -> list[str]:
        box_canvas.surface(page, "canvas", page.width // 2, model)
        return numbers_of(session)

    reported[:] = [on_canvas(digit_box) for digit_box in page.draft.boxes]
    assert show() == ["305", "27"] and not page.history.past
    gone = reported.pop(1)
    assert show() == ["35", "27"]
    wider = {"left": gone["left"] - 2.0, "width": gone["width"] + 4.0}
    reported.append({**gone, "label": "", **wider})
    assert show() == ["305", "27"]
    reported[0]["label"] = "9"
    assert show() == ["905", "27"]
    # A label that a person has set does not change when its box grows over another digit.
    reported[0]["height"] += 3.0
    reported.append({"label": "", "left": 3.0, "top": 3.0, "width": 1.0, "height": 1.0})
    assert show() == ["905", "27"]
    steps = len(page.history.past)
    assert show() == ["905", "27"] and len(page.history.past) == steps
    reported.clear()
    assert show() == [] and len(page.history.past) == steps + 1


def test_on_a_dense_page_only_doubtful_digits_have_labels(reported: list[dict[str, Any]]):
    draft = make_draft(*["12345 6?7890"] * 4)
    page = SessionPage("page.png", 1, 1000, 1000, b"", b"", (), History(draft))

    def labels_at(width: int, *shown: str) -> list[str]:
        """The labels on a canvas of a width that reports its boxes as it was given them."""
        page.refresh()
        sides = ("left", "top", "width", "height")
        reported[:] = [
            {"label": box.label if box.label in shown else ""}
            | {name: side * width / 1000 for name, side in zip(sides, box.box, strict=True)}
            for box in draft.boxes
        ]
        assert not box_canvas.surface(page, "canvas", width, load())
        return sorted(box["label"] for box in page.canvas.start["objects"])

    # The digits are 40 pixels high, and a third of that.
    assert labels_at(1000, *"0123456789") == sorted("1234567890" * 4)
    assert labels_at(333, "6") == [*[""] * 36, *["6"] * 4]
    # A label that is not shown is not taken for one that a person has removed.
    assert page.draft == draft
