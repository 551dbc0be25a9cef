"""Projects saved and opened on the Upload page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from inkling.reader import page as reader_page
from inkling.review import edits, project
from inkling.ui.upload import project_file
from inkling.ui.upload.session import STATE_KEY, UploadSession
from tests.fixtures.app import opened, texts
from tests.fixtures.uploads import numbers_of, read_file, written
from tests.review.test_record import assert_same

PICTURE = written("305 27", seed=3)


@pytest.fixture(scope="module")
def corrected() -> UploadSession:
    """A session with one file, one of whose numbers was corrected."""
    session = read_file("page.png", PICTURE)
    page = session.pages[0]
    page.edit("Number typed", edits.type_number, page.draft.entries[0].id, "![*9*](x)")
    return session


def open_project(content: bytes, name: str = "my.inkling") -> AppTest:
    """The Upload page after a project was opened."""
    app = opened("upload")
    app.session_state["source"] = "Project"
    app.run()
    app.file_uploader[-1].upload(name, content).run()
    assert not app.exception, app.exception
    return app


def uploads(app: AppTest) -> UploadSession:
    session: UploadSession = app.session_state[STATE_KEY]
    return session


def saved(session: UploadSession) -> bytes:
    return project.save(project_file.project_files(session))


def test_a_project_is_opened_as_it_was_saved(
    corrected: UploadSession, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reader_page, "read_upright", lambda *_: pytest.fail("read again"))
    app = open_project(saved(corrected))
    session = uploads(app)
    assert numbers_of(session) == ["![*9*](x)", "27"]
    assert_same(session.pages[0].draft, corrected.pages[0].draft)
    assert session.files[0].content == PICTURE
    assert project_file.project_files(session) == project_file.project_files(corrected)
    # A text from a stranger is shown as it is.
    session.pages[0].select(session.pages[0].draft.boxes[0].id)
    app.run()
    assert r"**3** in **\!\[\*9\*\]\(x\)**" in texts(app)
    session.pages[0].undo()
    assert numbers_of(session) == ["305", "27"]
    assert "Save project" in [button.proto.label for button in app.get("download_button")]


def test_a_damaged_project_gives_a_sentence_and_changes_nothing(corrected: UploadSession):
    app = open_project(saved(corrected)[:-30], "half[1].inkling")
    (error,) = app.error
    assert error.value.startswith(r"Can't open half\[1\]\.inkling\: it is no Inkling project")
    assert not uploads(app).files
    app.file_uploader[-1].upload("my.inkling", saved(corrected)).run()
    assert not app.error and numbers_of(uploads(app)) == ["![*9*](x)", "27"]


def test_opening_loses_no_corrections(corrected: UploadSession):
    session = read_file("page.png", PICTURE)
    other = read_file("other.png", written("12", seed=1))
    session.files += other.files
    page = session.pages[0]
    page.edit("Number typed", edits.type_number, page.draft.entries[1].id, "28")
    project_file.add(session, tuple(project_file.project_files(corrected)))
    assert numbers_of(session) == ["![*9*](x)", "27", "12"] and session.page is page
    page.undo()
    assert numbers_of(session) == ["305", "28", "12"]
    # A file that was removed comes back.
    session.remove(session.files[0])
    project_file.add(session, tuple(project_file.project_files(corrected)))
    assert numbers_of(session) == ["12", "![*9*](x)", "27"] and session.page_index == 1


def test_what_is_too_large_is_not_offered(
    corrected: UploadSession, monkeypatch: pytest.MonkeyPatch
):
    app = open_project(saved(corrected))
    monkeypatch.setattr(project, "size", lambda files: project.MAX_BYTES + 1)
    app.run()
    (button,) = (
        each.proto for each in app.get("download_button") if each.proto.label == "Save project"
    )
    assert button.disabled and "at most 500 MB" in button.help
