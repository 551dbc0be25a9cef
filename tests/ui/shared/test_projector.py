"""Large text: one button in the head of every page, one choice for all of them."""

from __future__ import annotations

from inkling.ui.shared.projector import BUTTON_KEY, LARGE_TEXT
from tests.fixtures.app import new_app, opened

PAGES = ("draw", "upload", "insights")


def test_the_choice_works_at_once_and_on_every_page() -> None:
    app = opened("upload")
    assert LARGE_TEXT not in [element.value for element in app.html]
    app.button(key=BUTTON_KEY).click().run()
    for page in PAGES:
        app.switch_page(f"{page}.py").run()
        assert LARGE_TEXT in [element.value for element in app.html], page
        assert app.query_params["projector"] == "1"
        assert app.button(key=BUTTON_KEY).label == "Normal text"
    app.button(key=BUTTON_KEY).click().run()
    assert LARGE_TEXT not in [element.value for element in app.html]
    assert "projector" not in app.query_params


def test_an_address_with_large_text_can_be_shared() -> None:
    app = new_app()
    app.query_params["projector"] = "1"
    app.run()
    assert LARGE_TEXT in [element.value for element in app.html]
