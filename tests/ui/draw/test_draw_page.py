"""The Draw page without a browser, with a stand-in for the canvas."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st

from inkling.paths import ROOT
from inkling.recognition import classifier, line_model
from inkling.ui.draw import stress_test
from tests.fixtures.app import new_app, opened, panel, shown, texts

Draw = Callable[[str], None]


def test_a_blank_canvas_shows_an_invitation(draw: Draw) -> None:
    app = opened("draw")
    assert panel(app)["answer"] is None
    assert "Draw a digit" in panel(app)["invitation"]
    assert panel(app)["labels"] == list("0123456789")
    assert app.button(key="undo").disabled and app.button(key="clear").disabled


@pytest.mark.parametrize("digit", ["3", "7"])
def test_a_digit_is_read(draw: Draw, digit: str) -> None:
    draw(digit)
    answer = panel(opened("draw"))["answer"]
    assert answer["text"] == answer["explained"] == digit
    assert answer["spoken"].startswith(f"Read as {digit}. ")
    best = max(range(10), key=answer["probabilities"].__getitem__)
    assert best == int(digit)
    assert answer["alt"].startswith(f"Probabilities: {digit} ")


def test_each_digit_of_a_number_can_be_explained(draw: Draw) -> None:
    draw("737")
    app = opened("draw")
    assert panel(app)["answer"]["text"] == "737"
    choice = app.segmented_control[-1]
    assert list(choice.options) == ["7", "3", "7"]
    choice.set_value(1).run()
    assert panel(app)["answer"]["explained"] == "3"


def test_a_dot_is_not_a_digit(draw: Draw) -> None:
    draw(".")
    answer = panel(opened("draw"))["answer"]
    assert answer["text"] == "?"
    assert "That is a dot" in answer["verdict"]
    assert answer["probabilities"] is None


def test_clear_works_while_the_canvas_still_reports_the_old_drawing(draw: Draw) -> None:
    draw("3")
    app = opened("draw")
    app.button(key="clear").click().run()
    assert panel(app)["answer"] is None
    assert app.button(key="clear").disabled
    # The next drawing is read again, and the first one can be restored.
    draw("7")
    app.run()
    assert panel(app)["answer"]["text"] == "7"
    assert app.button(key="past-1").label == "3"
    app.button(key="past-1").click().run()
    assert [stroke["digit"] for stroke in app.session_state["drawing-canvas"].strokes] == ["3"]
    assert app.button(key="past-2").label == "7"


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Copies of the models that the Draw page uses, to be damaged."""
    for name in ("digits", "drawn", "pocket"):
        shutil.copytree(ROOT / "model" / name, tmp_path / name)
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    caches = (
        line_model.load_once.cache_clear,
        classifier.load.cache_clear,
        st.cache_resource.clear,
    )
    for clear in caches:
        clear()
    yield tmp_path
    for clear in caches:
        clear()


def test_a_damaged_line_model_is_said_once_and_drawings_are_read(draw: Draw, models: Path) -> None:
    draw("37")
    app = opened("draw")
    assert not app.warning
    line_model.load_once.cache_clear()
    os.truncate(models / "drawn" / "model.tflite", 5_000_000)
    app.run()
    assert panel(app)["answer"]["text"] == "37"
    (warning,) = app.warning
    assert "drawn/model.tflite is not the file its report describes" in warning.value
    assert str(models) not in warning.value


def test_a_damaged_model_is_an_error_on_the_page(draw: Draw, models: Path) -> None:
    os.truncate(models / "digits" / "model.tflite", 1_000_000)
    draw("3")
    app = opened("draw")
    (error,) = app.error
    assert "The model “digits” cannot be used" in error.value and str(models) not in error.value
    assert panel(app)["answer"] is None


def test_damaged_weights_are_not_sent_to_the_browser(draw: Draw, models: Path) -> None:
    def is_sent() -> bool:
        parts = [element.proto for element in opened("draw").get("bidi_component")]
        return any(part.component_name == "inkling_pocket" for part in parts)

    assert is_sent()
    os.truncate(models / "pocket" / "weights.bin", 100_000)
    assert not is_sent()


def test_settings_come_from_the_address_and_stay_in_it(draw: Draw) -> None:
    app = new_app()
    app.query_params["model"] = "POCKET"
    app.query_params["pen"] = "900"
    app.query_params["projector"] = "1"
    draw("7")
    app.run()
    assert not app.exception
    assert panel(app)["answer"]["title"] == "Pocket"
    assert app.session_state["pen-kept"] == 36
    assert app.query_params["pen"] == "36"
    assert "font-size" in texts(app)


def test_settings_that_are_not_valid_are_removed_from_the_address(draw: Draw) -> None:
    app = new_app()
    app.query_params["model"] = "../nobody"
    app.query_params["pen"] = "thick"
    app.run()
    assert not app.exception
    assert not app.query_params
    assert "There is no model “../nobody”. Available models: digits, " in shown(app.toast[0].value)


def test_the_challenge_keeps_score(draw: Draw) -> None:
    app = opened("draw")
    app.button(key="challenge-start").click().run()
    assert app.query_params["challenge"] == "true"
    game = app.session_state["challenge-game"]
    game.target = "3"
    draw("7")
    app.run()
    assert "you fooled it" in texts(app)
    # What is drawn to fool the network is no example to learn from.
    assert not app.pills
    app.button(key="challenge-next").click().run()
    assert (game.fooled, game.tries) == (1, 1)
    assert "You fooled it 1 time in 1 try." in texts(app)
    game.earlier.clear()
    game.target = "7"
    draw("7")
    app.run()
    assert "It still reads 7" in texts(app)
    app.button(key="challenge-stop").click().run()
    assert "challenge" not in app.query_params


@pytest.mark.parametrize(
    ("drawn", "outcome"),
    [
        ("7", "What was drawn before does not count. Clear the canvas first."),
        (".", "It sees no digit. That does not count"),
        ("77", "It sees 2 characters. Draw a single digit."),
    ],
)
def test_nobody_fools_the_network_with_a_scribble_or_an_earlier_drawing(
    draw: Draw, drawn: str, outcome: str
) -> None:
    app = new_app()
    app.query_params["challenge"] = "true"
    if drawn == "7":
        draw("7")
    app.run()
    game = app.session_state["challenge-game"]
    game.target = "3"
    draw(drawn)
    app.run()
    assert outcome in texts(app)
    app.button(key="challenge-next").click().run()
    assert (game.fooled, game.tries) == (0, int(drawn != "7"))


@pytest.mark.parametrize("kind", stress_test.TITLES)
def test_each_distortion_can_be_tried(draw: Draw, kind: str) -> None:
    draw("7")
    app = new_app()
    app.session_state["break"] = True
    app.session_state["break-kind"] = kind
    app.run()
    assert not app.exception
    assert "Read as **7, " in texts(app)
    assert "Measured on 2,000 MNIST test digits." in texts(app)
    slider = app.slider(key=f"break-{kind}")
    slider.set_value(slider.max).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1


def test_undo_and_redo(draw: Draw) -> None:
    draw("37")
    app = opened("draw")
    app.button(key="undo").click().run()
    assert len(app.session_state["drawing-canvas"].strokes) == 1
    assert not app.button(key="redo").disabled
    app.button(key="redo").click().run()
    assert len(app.session_state["drawing-canvas"].strokes) == 2
    assert app.button(key="redo").disabled


def test_a_missing_model_shows_an_error(
    draw: Draw, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from inkling.recognition import classifier
    from inkling.ui.shared import resources

    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    resources.classifier.clear()
    classifier.load.cache_clear()
    draw("3")
    app = opened("draw")
    assert "There is no model “digits”" in app.error[0].value
    assert "challenge-start" not in [button.key for button in app.button]
    assert not app.exception
