"""What a person did outlives a reload: another session of the app with the same cookie."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from inkling.reader import page as reader_page
from inkling.review import edits
from inkling.storage.postgres import CONNECT_TIMEOUT
from inkling.storage.rules import new_visit
from inkling.storage.visits import VisitStore
from inkling.ui.shared import visit
from inkling.ui.upload.session import STATE_KEY, UploadSession
from tests.fixtures.app import new_app, opened, panel, texts
from tests.fixtures.silent_server import Server, say_nothing
from tests.fixtures.uploads import numbers_of, written

Draw = Callable[[str], None]
VISIT = new_visit()
MADE = {"one.png": written("305 27", seed=3), "two.png": written("12", seed=1)}


@pytest.fixture(autouse=True)
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of its own, and a browser that sends the same cookie with each session."""
    url = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    monkeypatch.setenv("INKLING_DATABASE", url)
    monkeypatch.delenv("INKLING_STORE", raising=False)
    monkeypatch.setattr(visit, "browser_visit", lambda: VISIT)
    return url


@pytest.fixture
def store(url: str) -> VisitStore:
    """The visits in that database."""
    return VisitStore(url)


def uploads(app: AppTest) -> UploadSession:
    session: UploadSession = app.session_state[STATE_KEY]
    return session


def add(app: AppTest, *names: str) -> None:
    for name in names:
        app.file_uploader[0].upload(name, MADE[name])
    app.run()
    assert not app.exception, app.exception


def type_number(app: AppTest, text: str, place: int = 0) -> None:
    """Type another text for the first number of a page."""
    page = uploads(app).pages[place]
    page.edit("Number typed", edits.type_number, page.draft.entries[0].id, text)
    app.run()


def test_a_drawing_and_everything_around_it_come_back(draw: Draw):
    draw("3")
    app = opened("draw")
    app.button(key="clear").click().run()
    draw("37")
    app.session_state["pen-kept"] = 24
    app.button(key="challenge-start").click().run()
    app.session_state["challenge-game"].fooled = 2
    app.button(key="challenge-stop").click().run()
    draw("37")
    app.run()
    assert panel(app)["answer"]["text"] == "37"
    before = app.session_state["drawing-canvas"].strokes
    draw("")
    again = opened("draw")
    assert panel(again)["answer"]["text"] == "37"
    assert again.session_state["drawing-canvas"].strokes == before
    assert again.button(key="past-1").label == "3"
    assert again.session_state["pen-kept"] == 24 and again.query_params["pen"] == "24"
    assert again.session_state["challenge-game"].fooled == 2
    # What the address says counts more.
    shared = new_app()
    shared.query_params["pen"] = "12"
    assert shared.run().session_state["pen-kept"] == 12


def test_a_cleared_canvas_stays_clear(draw: Draw):
    draw("3")
    app = opened("draw")
    draw("")
    app.button(key="clear").click().run()
    again = opened("draw")
    assert panel(again)["answer"] is None
    assert again.button(key="past-1").label == "3"


def test_what_was_saved_for_training_can_still_be_deleted(draw: Draw):
    draw("3")
    app = opened("draw")
    app.pills[0].select("8").run()
    again = opened("draw")
    assert again.pills[0].value == "8"
    assert "Saved as **an 8**" in texts(again)


def test_files_and_corrections_come_back_and_nothing_is_read_again(
    monkeypatch: pytest.MonkeyPatch,
):
    app = opened("upload")
    add(app, "one.png", "two.png")
    type_number(app, "99.5")
    session = uploads(app)
    session.turn_page(1)
    session.pages[1].select(session.pages[1].draft.boxes[0].id)
    session.remove(session.files[0])
    app.run()
    assert numbers_of(session) == ["12"]
    monkeypatch.setattr(reader_page, "read_upright", lambda *_: pytest.fail("read again"))
    again = opened("upload")
    kept = uploads(again)
    assert numbers_of(kept) == ["12"]
    assert kept.pages[0].selected == session.pages[0].selected is not None
    assert kept.pages[0].scan == session.pages[0].scan
    assert kept.pages[0].preview == session.pages[0].preview
    (removed,) = kept.removed.values()
    kept.add(removed.name, removed.content)
    again.run()
    assert numbers_of(kept) == ["12", "99.5", "27"]
    assert kept.pages[1].history.last_step == "Number typed"
    kept.pages[1].undo()
    again.run()
    assert numbers_of(uploads(opened("upload"))) == ["12", "305", "27"]


def test_a_second_tab_deletes_nothing_and_both_are_kept():
    first = opened("upload")
    add(first, "one.png")
    second = opened("upload")
    type_number(first, "11")
    add(second, "two.png")
    type_number(second, "22", place=1)
    first.run()
    assert numbers_of(uploads(opened("upload"))) == ["11", "27", "22"]
    # The same file in a tab that knows nothing of it does not replace the corrections.
    third = opened("upload")
    uploads(third).files.clear()
    third.session_state[visit.STATE_KEY].saved.clear()
    add(third, "one.png")
    assert numbers_of(uploads(third)) == ["305", "27"]
    assert sorted(numbers_of(uploads(opened("upload")))) == ["11", "22", "27"]


def test_a_forgotten_visit_is_gone_and_another_tab_goes_on(draw: Draw, store: VisitStore):
    draw("3")
    app, other = opened("draw"), opened("draw")
    app.pills[0].select("8").run()
    assert store.load(VISIT)
    app.session_state["draw-settings"] = True
    app.run()
    app.button(key="forget-visit").click().run()
    assert not app.exception and store.load(VISIT) == {}
    protos = [part.proto for part in app.get("bidi_component")]
    (data,) = (each.json for each in protos if each.component_name == "inkling_reload")
    assert json.loads(data) == {"asks": False, "reloads": True}
    draw("37")
    app.run()
    assert store.load(VISIT) == {}
    other.run()
    draw("")
    assert panel(opened("draw"))["answer"]["text"] == "37"


def test_a_tab_that_was_opened_before_the_cookie_joins_the_visit(
    draw: Draw, store: VisitStore, monkeypatch: pytest.MonkeyPatch
):
    draw("3")
    opened("draw")
    draw("7")
    monkeypatch.setattr(visit, "browser_visit", lambda: "")
    late = opened("draw")
    own = late.session_state[visit.STATE_KEY].id
    assert own != VISIT and store.load(own)
    late.session_state[visit.STATE_KEY].adopt(VISIT)
    late.run()
    assert store.load(own) == {}
    monkeypatch.setattr(visit, "browser_visit", lambda: VISIT)
    draw("")
    assert panel(opened("draw"))["answer"]["text"] == "7"


def test_a_store_that_fails_is_said_once_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(visit, "RETRY_AFTER", 0.0)
    file = tmp_path / "kept.sqlite3"
    file.write_bytes(b"no database at all" * 100)
    app = opened("upload")
    assert not app.warning
    add(app, "one.png")
    (warning,) = app.warning
    assert warning.value.startswith("A reload would lose what you do here now. The drawings")
    assert numbers_of(uploads(app)) == ["305", "27"]
    file.unlink()
    app.run()
    assert not app.warning
    assert numbers_of(uploads(opened("upload"))) == ["305", "27"]


def test_a_database_that_says_nothing_does_not_hang_the_page(
    draw: Draw, monkeypatch: pytest.MonkeyPatch
):
    server = Server(say_nothing)
    monkeypatch.setenv("INKLING_DATABASE", server.url)
    start = time.monotonic()
    draw("7")
    app = opened("draw")
    # The limit of a connection, and time for a busy computer to show the page.
    assert time.monotonic() - start < CONNECT_TIMEOUT + 25
    assert panel(app)["answer"]["text"] == "7"
    (warning,) = [element.value for element in app.warning]
    assert "A reload would lose what you do here now" in warning and "does not answer" in warning
    assert str(server.port) not in warning and "the-user" not in warning
    server.close()


def test_pictures_that_are_too_large_to_keep_are_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("INKLING_VISIT_MEGABYTES", "0.05")
    app = opened("upload")
    add(app, "one.png")
    (warning,) = app.warning
    assert warning.value.startswith("This visit has more than 0.05 MB.")
    assert not opened("upload").warning
    uploads(app).files.clear()
    app.run()
    assert not app.warning


def test_without_a_store_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("INKLING_STORE", "off")
    app = opened("upload")
    add(app, "one.png")
    app.session_state["upload-settings"] = True
    app.run()
    assert "until you close or reload this page" in texts(app)
    assert "forget-visit" not in [button.key for button in app.button]
    assert not (tmp_path / "kept.sqlite3").exists()
    monkeypatch.delenv("INKLING_STORE")
    assert STATE_KEY not in opened("draw").session_state
