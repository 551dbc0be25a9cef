""" "That was a …", as a visitor uses it, on a real database."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from inkling.storage.drawings import NO_DIGIT, Store


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "drawings.sqlite3"
    monkeypatch.setenv("INKLING_DATABASE", f"sqlite:///{path}")
    monkeypatch.delenv("INKLING_STORE", raising=False)
    return path


def page() -> None:
    """A page with one drawing on it, and the section."""
    import numpy as np
    import streamlit as st

    from inkling.ui.draw import feedback, prediction
    from inkling.ui.draw.canvas import Paper
    from inkling.ui.shared import resources
    from tests.fixtures.pages_made import mnist_test
    from tests.fixtures.redrawn import on_canvas

    glyph = mnist_test()[0][st.session_state.get("which", 0)]
    pixels = on_canvas(glyph, np.random.default_rng(0))
    classifier = resources.classifier("digits")
    sheet = Paper(strokes=[{"path": [["M", 1, 2]]}], pixels=pixels)
    feedback.section(sheet, prediction.read(pixels, classifier)[0], classifier)


def started() -> AppTest:
    return AppTest.from_function(page, default_timeout=60).run()


def said(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.warning])


def test_nothing_is_opened_before_something_is_kept(file: Path) -> None:
    app = started()
    assert not app.exception
    assert len(app.pills[0].options) == 11
    assert "keeps the drawing" in said(app)
    assert not file.exists()


def test_a_correction_is_kept_changed_and_taken_back(file: Path) -> None:
    app = started()
    app.pills[0].select("1").run()
    assert "remember it as **a 1**" in said(app)
    store = Store(f"sqlite:///{file}")
    (kept,) = store.corrections()
    assert (kept.correction, kept.answer, kept.model) == ("1", "7", "digits")
    assert kept.strokes == [{"path": [["M", 1, 2]]}]
    assert kept.model_version.startswith("20")
    assert kept.ink_png.startswith(b"\x89PNG")
    assert kept.glyph.any()
    app.pills[0].select("8").run()
    assert "remember it as **an 8**" in said(app)
    assert [one.correction for one in store.corrections()] == ["8"]
    app.pills[0].select("7").run()
    assert "one more example" in said(app)
    app.pills[0].select("No digit").run()
    assert [one.correction for one in store.corrections()] == [NO_DIGIT]
    app.pills[0].unselect("No digit").run()
    assert store.corrections() == []
    assert not app.exception


def test_each_drawing_has_its_own_correction_and_visits_are_apart(file: Path) -> None:
    first, second = started(), started()
    first.pills[0].select("3").run()
    first.session_state["which"] = 1
    first.run()
    assert first.pills[0].value is None
    first.pills[0].select("4").run()
    second.pills[0].select("5").run()
    store = Store(f"sqlite:///{file}")
    by_visit: dict[str, set[str | None]] = {}
    for one in store.corrections():
        by_visit.setdefault(one.session, set()).add(one.correction)
    assert sorted(map(sorted, by_visit.values())) == [["3", "4"], ["5"]]
    first.session_state["which"] = 0
    first.run()
    assert first.pills[0].value == "3"


def test_a_store_that_fails_costs_nothing_that_is_on_the_page(file: Path) -> None:
    app = started()
    file.write_bytes(b"no database at all" * 100)
    app.pills[0].select("1").run()
    assert not app.exception
    assert "cannot be used" in said(app)
    assert app.pills[0].value == "1"
    file.unlink()
    app.pills[0].select("2").run()
    assert "remember it as **a 2**" in said(app)


def test_switched_off_nothing_is_offered(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKLING_STORE", "off")
    app = started()
    assert not app.exception
    assert not app.pills
    assert said(app) == ""
