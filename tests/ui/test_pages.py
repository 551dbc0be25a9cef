"""The pages without a browser: Streamlit's own AppTest, with a canvas that draws what we say."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from inkling.paths import ROOT
from inkling.ui.draw import stress_test
from inkling.ui.shared import phrases

APP = str(ROOT / "app.py")
# Seconds: the first run loads the model, perhaps beside a training.
PATIENCE = 60
# Corners of a pen's way, x and y in turn.
STROKES = {
    "3": (60, 70, 100, 40, 140, 60, 140, 100, 100, 125, 150, 150, 150, 210, 105, 240, 55, 215),
    "7": (60, 50, 160, 50, 100, 240),
}
Draw = Callable[[str], None]


def drawing(digits: str) -> np.ndarray:
    """The digits side by side on white paper, RGBA; "." is a dot."""
    paper = np.full((300, max(1, len(digits)) * 210, 4), 255, np.uint8)
    colour = (16, 24, 43, 255)
    for place, digit in enumerate(digits):
        left = 210 * place
        if digit == ".":
            cv2.circle(paper, (left + 100, 150), 9, colour, -1, cv2.LINE_AA)
            continue
        way = np.array(STROKES[digit], np.int32).reshape(-1, 2)
        way[:, 0] += left
        cv2.polylines(paper, [way], False, colour, 18, cv2.LINE_AA)
    return paper


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Draw:
    """Stands in for the canvas: says what it reports from the next run on."""
    state = {"digits": "", "count": 0}

    def canvas(**settings):
        if not state["digits"]:
            return SimpleNamespace(json_data=settings["initial_drawing"], image_data=None)
        place = {"left": 90, "top": 90, "width": 60, "height": 80, "strokeWidth": 18}
        stroke = {"type": "path", "scaleX": 1, "scaleY": 1, **place}
        strokes = [{**stroke, "digit": digit} for digit in state["digits"]]
        drawn = {"objects": strokes, "count": state["count"]}
        return SimpleNamespace(json_data=drawn, image_data=drawing(state["digits"]))

    module = ModuleType("streamlit_drawable_canvas")
    module.st_canvas = canvas
    monkeypatch.setitem(sys.modules, "streamlit_drawable_canvas", module)

    def say(digits: str) -> None:
        state["digits"] = digits
        state["count"] += 1

    return say


def opened(page: str = "") -> AppTest:
    test = AppTest.from_file(APP, default_timeout=PATIENCE).run()
    if page:
        test.switch_page(f"pages/{page}.py").run()
    assert not test.exception, test.exception
    return test


def panel(test: AppTest) -> dict:
    """What the Draw page's panel was given."""
    parts = [element.proto for element in test.get("bidi_component")]
    return next(json.loads(part.json) for part in parts if part.component_name == "inkling_live")


def texts(test: AppTest) -> str:
    """All that can be read on the page."""
    found = [*test.markdown, *test.caption, *test.html, *test.error, *test.warning, *test.info]
    return "\n".join(element.value for element in found)


# --- every page ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "title"),
    [("draw", "Draw a digit"), ("upload", "Read a photo"), ("insights", "Insights")],
)
def test_a_page_opens(draw: Draw, page: str, title: str):
    assert opened(page).title[0].value == title


@pytest.mark.parametrize("page", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.stem)
def test_pages_hold_no_array_maths(page: Path):
    imported = set()
    for node in ast.walk(ast.parse(page.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert not imported & {"numpy", "cv2", "pandas", "PIL", "tensorflow"}


def run_alone(code: str) -> str:
    """The output of a fresh Python in the repository."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def test_tensorflow_is_never_loaded():
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
test = AppTest.from_file({APP!r}, default_timeout={PATIENCE}).run()
for page in ("upload", "insights", "draw"):
    test.switch_page(f"pages/{{page}}.py").run()
    assert not test.exception, test.exception
from inkling.ui.resources import classifier
classifier("digits")
loaded = {{"tensorflow", "keras", "torch", "jax"}} & set(sys.modules)
print(f"loaded: {{sorted(loaded)}}")
"""
    assert "loaded: []" in run_alone(code)


def test_the_draw_page_is_painted_before_anything_heavy_is_loaded():
    code = """
import sys
import streamlit
before = set(sys.modules)
from inkling.ui import answers, breaking, challenge, door, figures, inside, live, paper, pictures
from inkling.ui import resources, strip, takeaway, teach, view, words
new = {name.split(".")[0] for name in set(sys.modules) - before}
print("heavy:", sorted(new & {"numpy", "pandas", "cv2", "PIL", "pypdfium2", "ai_edge_litert"}))
"""
    assert "heavy: []" in run_alone(code)


# --- Draw ----------------------------------------------------------------------------------------


def test_a_blank_sheet_gets_an_invitation(draw: Draw):
    test = opened("draw")
    assert panel(test)["answer"] is None
    assert "Draw a digit" in panel(test)["invite"]
    assert test.button(key="undo").disabled and test.button(key="clear").disabled


@pytest.mark.parametrize("digit", ["3", "7"])
def test_a_digit_is_read(draw: Draw, digit: str):
    draw(digit)
    answer = panel(opened("draw"))["answer"]
    assert answer["sign"] == answer["looked"] == digit
    assert answer["spoken"].startswith(f"Read as {digit}. ")
    best = max(range(10), key=answer["probabilities"].__getitem__)
    assert best == int(digit)
    assert answer["alt"].startswith(f"Probabilities: {digit} ")


def test_a_number_is_read_and_each_digit_can_be_looked_at(draw: Draw):
    draw("737")
    test = opened("draw")
    assert panel(test)["answer"]["sign"] == "737"
    choice = test.get("segmented_control")[-1]
    assert list(choice.options) == ["7", "3", "7"]
    choice.set_value(1).run()
    assert panel(test)["answer"]["looked"] == "3"


def test_a_dot_is_no_digit(draw: Draw):
    draw(".")
    answer = panel(opened("draw"))["answer"]
    assert answer["sign"] == "?"
    assert "That is a dot" in answer["verdict"]
    assert answer["probabilities"] is None


def test_clear_clears_even_while_the_canvas_still_reports_the_old_drawing(draw: Draw):
    draw("3")
    test = opened("draw")
    test.button(key="clear").click().run()
    assert panel(test)["answer"] is None
    assert test.button(key="clear").disabled
    # The next drawing is read again, and the first can be brought back.
    draw("7")
    test.run()
    assert panel(test)["answer"]["sign"] == "7"
    assert test.button(key="past-1").label == "3"
    test.button(key="past-1").click().run()
    assert [stroke["digit"] for stroke in test.session_state["paper"].strokes] == ["3"]
    assert test.button(key="past-2").label == "7"


def test_settings_are_taken_from_the_address_and_kept_in_it(draw: Draw):
    test = AppTest.from_file(APP, default_timeout=PATIENCE)
    test.query_params["model"] = "pocket"
    test.query_params["pen"] = "900"
    test.query_params["projector"] = "1"
    draw("7")
    test.run()
    assert not test.exception
    assert panel(test)["answer"]["title"] == "Pocket"
    assert test.session_state["brush-kept"] == 36
    assert test.query_params["pen"] == "36"
    assert "font-size" in texts(test)
    broken = AppTest.from_file(APP, default_timeout=PATIENCE)
    broken.query_params["model"] = "../digits"
    broken.query_params["pen"] = "thick"
    broken.run()
    assert not broken.exception
    assert not broken.query_params


def test_the_challenge_keeps_score(draw: Draw):
    test = opened("draw")
    test.session_state["challenge"] = True
    test.run()
    game = test.session_state["challenge-game"]
    game.target = "3"
    draw("7")
    test.run()
    assert "you fooled it" in test.success[0].value
    test.button(key="challenge-next").click().run()
    assert (game.fooled, game.tries) == (1, 1)
    assert "Fooled 1 time in 1 try." in texts(test)
    game.target = "7"
    draw("7")
    test.run()
    assert "It still reads 7" in test.info[0].value


@pytest.mark.parametrize("kind", stress_test.TITLES)
def test_a_digit_can_be_broken(draw: Draw, kind: str):
    draw("7")
    test = AppTest.from_file(APP, default_timeout=PATIENCE)
    test.session_state["break"] = True
    test.session_state["break-kind"] = kind
    test.run()
    assert not test.exception
    assert "Reads **7, " in texts(test)
    assert "Measured on 2,000 test digits of MNIST" in texts(test)
    slider = test.slider(key=f"break-{kind}")
    slider.set_value(slider.max).run()
    assert not test.exception
    assert len(test.get("plotly_chart")) == 1


def test_downloads_hold_the_drawing(draw: Draw):
    from inkling.imaging import ink
    from inkling.reader.drawing import read_ink
    from inkling.recognition import classifier
    from inkling.ui.draw import downloads
    from inkling.ui.draw.canvas import Paper

    digits = read_ink(ink.from_canvas(drawing("37")), classifier.load("digits")).digits
    rows = downloads.labelled_csv(digits, ["3", "1"]).decode().splitlines()
    assert rows[0].startswith("label,pixel0,pixel1,") and rows[0].endswith(",pixel783")
    values = np.array([row.split(",") for row in rows[1:]], int)
    assert values[:, 0].tolist() == [3, 1]
    assert (values[0, 1:] == digits[0].glyph.pixels.ravel()).all()
    sheet = Paper(strokes=[{"type": "Path"}], width=640)
    assert json.loads(downloads.strokes_json(sheet)) == {
        "width": 640,
        "height": 400,
        "strokes": [{"type": "Path"}],
    }


def test_undo_and_redo(draw: Draw):
    draw("37")
    test = opened("draw")
    test.button(key="undo").click().run()
    assert len(test.session_state["paper"].strokes) == 1
    assert not test.button(key="redo").disabled
    test.button(key="redo").click().run()
    assert len(test.session_state["paper"].strokes) == 2
    assert test.button(key="redo").disabled


def test_a_missing_model_is_a_sentence(draw: Draw, monkeypatch, tmp_path: Path):
    from inkling.recognition import classifier
    from inkling.ui.shared import resources

    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    resources.classifier.clear()
    classifier.load.cache_clear()
    draw("3")
    test = opened("draw")
    assert "There is no model “digits”" in test.error[0].value


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [
        (1.0, 0, "100 %"),
        (0.9999, 0, "over 99 %"),
        (0.99999, 1, "over 99.9 %"),
        (0.9954, 2, "99.54 %"),
        (0.984, 0, "98 %"),
        (0.0, 0, "0 %"),
    ],
)
def test_a_percentage_never_claims_more_than_there_is(share: float, decimals: int, text: str):
    assert phrases.percent(share, decimals).replace("\N{NO-BREAK SPACE}", " ") == text


def test_an_article_fits_its_label():
    from inkling.ui.shared.phrases import an_or_a

    assert [an_or_a(label) for label in "0178"] == ["a 0", "a 1", "a 7", "an 8"]
