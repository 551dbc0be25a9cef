"""Feedback as a visitor gives it, on a real database."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from inkling.storage.drawings import NO_DIGIT, Store
from tests.fixtures.app import texts


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "drawings.sqlite3"
    monkeypatch.setenv("INKLING_DATABASE", f"sqlite:///{path}")
    monkeypatch.delenv("INKLING_STORE", raising=False)
    return path


def page() -> None:
    """A page with one drawing and its feedback section."""
    import numpy as np
    import streamlit as st

    from inkling.ui.draw import feedback, prediction
    from inkling.ui.draw.canvas import Canvas
    from inkling.ui.shared import resources
    from tests.fixtures.pages_made import mnist_test
    from tests.fixtures.redrawn import on_canvas

    glyph = mnist_test()[0][st.session_state.get("which", 0)]
    pixels = on_canvas(glyph, np.random.default_rng(0))
    classifier = resources.classifier("digits")
    canvas = Canvas(strokes=[{"path": [["M", 1, 2]]}], pixels=pixels)
    digit = prediction.read(pixels, classifier)[0]
    feedback.section(canvas, digit, classifier, "digits")


def started() -> AppTest:
    return AppTest.from_function(page, default_timeout=60).run()


def test_no_database_is_opened_before_something_is_saved(file: Path) -> None:
    app = started()
    assert not app.exception
    assert len(app.pills[0].options) == 11
    assert "to save this drawing" in texts(app)
    assert not file.exists()


def test_an_answer_is_saved_changed_and_withdrawn(file: Path) -> None:
    app = started()
    app.pills[0].select("1").run()
    assert "Saved as **a 1**" in texts(app)
    store = Store(f"sqlite:///{file}")
    (saved,) = store.corrections()
    assert (saved.correction, saved.answer, saved.model) == ("1", "7", "digits")
    assert saved.strokes == [{"path": [["M", 1, 2]]}]
    assert saved.model_version.startswith("20")
    assert saved.ink_png.startswith(b"\x89PNG")
    assert saved.glyph.any()
    app.pills[0].select("8").run()
    assert "Saved as **an 8**" in texts(app)
    assert [one.correction for one in store.corrections()] == ["8"]
    app.pills[0].select("7").run()
    assert "one more example" in texts(app)
    app.pills[0].select("Not a digit").run()
    assert [one.correction for one in store.corrections()] == [NO_DIGIT]
    app.pills[0].unselect("Not a digit").run()
    assert store.corrections() == []
    assert not app.exception


def test_each_drawing_and_each_session_has_its_own_answers(file: Path) -> None:
    first, second = started(), started()
    first.pills[0].select("3").run()
    first.session_state["which"] = 1
    first.run()
    assert first.pills[0].value is None
    first.pills[0].select("4").run()
    second.pills[0].select("5").run()
    store = Store(f"sqlite:///{file}")
    by_session: dict[str, set[str | None]] = {}
    for one in store.corrections():
        by_session.setdefault(one.session, set()).add(one.correction)
    answers = [sorted(map(str, session)) for session in by_session.values()]
    assert sorted(answers) == [["3", "4"], ["5"]]
    first.session_state["which"] = 0
    first.run()
    assert first.pills[0].value == "3"


def test_the_page_survives_a_store_that_fails(file: Path) -> None:
    app = started()
    file.write_bytes(b"no database at all" * 100)
    app.pills[0].select("1").run()
    assert not app.exception
    assert "cannot be used" in texts(app)
    assert app.pills[0].value == "1"
    file.unlink()
    app.pills[0].select("2").run()
    assert "Saved as **a 2**" in texts(app)


def test_nothing_is_offered_where_storing_is_off(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKLING_STORE", "off")
    app = started()
    assert not app.exception
    assert not app.pills
    assert texts(app) == ""
