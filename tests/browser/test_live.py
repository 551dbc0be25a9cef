"""What JavaScript reads in the browser, compared with Python: ink, glyphs, components, answers."""

from __future__ import annotations

import base64
import os
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page

from inkling.imaging import ink
from inkling.imaging.glyph import to_glyph
from inkling.imaging.strokes import from_strokes
from inkling.paths import model_folder
from inkling.reader.drawing import read_ink
from inkling.recognition import classifier
from inkling.ui.draw.live import READING_SCRIPTS
from inkling.ui.shared.component import source
from tests.fixtures.pages_made import mnist_test, number_ink
from tests.fixtures.redrawn import on_canvas

WANTED = 500
PEN = (16, 24, 43)
READ_ALL = """
async ([script, weights, pictures, thresholds]) => {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }))
  const live = await import(url)
  const bytes = Uint8Array.from(atob(weights), (c) => c.charCodeAt(0))
  const network = live.loadNetwork(bytes.buffer)
  const predict = live.cachedPredict(network)
  const found = []
  for (const picture of pictures) {
    const image = new Image()
    image.src = `data:image/png;base64,${picture}`
    await image.decode()
    const { width, height } = image
    const context = new OffscreenCanvas(width, height).getContext("2d")
    context.drawImage(image, 0, 0)
    const ink = live.fromCanvas(context.getImageData(0, 0, width, height).data, width, height)
    const whole = live.toGlyph(ink)
    found.push({
      glyph: Array.from(whole.pixels),
      kind: whole.kind,
      probabilities: Array.from(predict(whole.pixels)),
      digits: live.readInk(ink, predict, network.labels, thresholds).map((digit) => ({
        ...digit,
        glyph: Array.from(digit.glyph),
        probabilities: Array.from(digit.probabilities),
      })),
    })
  }
  return found
}
"""


def in_browser(page: Page, canvases: list[np.ndarray]) -> list[dict]:
    """What JavaScript reads on canvases, RGB or RGBA (h, w, channels)."""
    pictures = [
        base64.b64encode(cv2.imencode(".png", rgb[..., 2::-1])[1].tobytes()).decode()
        for rgb in canvases
    ]
    weights = base64.b64encode((model_folder() / "pocket" / "weights.bin").read_bytes()).decode()
    calibration = classifier.load("pocket").report.calibration
    sure = [calibration.sure_of(label) for label in range(10)]
    thresholds = {"sure": sure, "digit": calibration.digit}
    return page.evaluate(READ_ALL, [source(*READING_SCRIPTS), weights, pictures, thresholds])


def strokes_on_canvas(*strokes: list[tuple[int, int]], brush: int = 18) -> np.ndarray:
    """Strokes of a round pen on white paper, RGB, 400x400 pixels."""
    paper = np.full((400, 400, 3), 255, np.uint8)
    for stroke in strokes:
        cv2.polylines(paper, [np.array(stroke, np.int32)], False, PEN, brush, cv2.LINE_AA)
    return paper


def coloured(pen: np.ndarray) -> np.ndarray:
    """Ink, uint8 (h, w), in the page's colours, RGB."""
    share = pen[..., None].astype(np.float32) / 255.0
    return np.rint(255.0 - share * (255.0 - np.array(PEN, np.float32))).astype(np.uint8)


@cache
def drawn() -> list[np.ndarray]:
    """Digits on canvases: pen trajectories where these are available, else redrawn MNIST digits."""
    canvases: list[np.ndarray] = []
    folder = os.environ.get("INKLING_DATA")
    if folder and (path := Path(folder) / "unipen_digits.npz").is_file():
        with np.load(path, allow_pickle=False) as data:
            points, strokes, digits = data["points"], data["stroke_off"], data["digit_off"]
        for number in np.linspace(0, len(digits) - 2, WANTED // 2).astype(int):
            trajectories = [
                points[strokes[k] : strokes[k + 1]] * (1.0, -1.0)
                for k in range(digits[number], digits[number + 1])
            ]
            canvases.append(coloured(from_strokes(trajectories, size=320, brush=18.0)))
    rng = np.random.default_rng(5)
    glyphs, _ = mnist_test()
    canvases += [on_canvas(glyph, rng) for glyph in glyphs[: WANTED - len(canvases)]]
    return canvases


@pytest.mark.browser
def test_five_hundred_digits_are_read_as_python_reads_them(screen: Page):
    pocket = classifier.load("pocket")
    glyphs = [to_glyph(ink.from_canvas(canvas)) for canvas in drawn()]
    pixels = np.array([glyph.pixels for glyph in glyphs])
    ours, theirs = pocket.probabilities(pixels), in_browser(screen, drawn())
    assert [live["kind"] for live in theirs] == [glyph.kind for glyph in glyphs]
    found = np.array([live["glyph"] for live in theirs]).reshape(pixels.shape)
    difference = np.abs(pixels.astype(int) - found).max(axis=(1, 2))
    # OpenCV's own rounding differs from place to place.
    assert difference.max() <= 2
    same = difference == 0
    assert same.mean() >= 0.95
    answers = np.array([live["probabilities"] for live in theirs])
    assert np.abs(answers - ours)[same].max() <= 1e-3
    assert (answers.argmax(axis=1) == ours.argmax(axis=1)).mean() >= 0.995


@pytest.mark.browser
def test_drawings_are_read_as_the_server_reads_them(screen: Page):
    canvases = drawn()[::5]
    pocket = classifier.load("pocket")
    same = 0
    for canvas, live in zip(canvases, in_browser(screen, canvases), strict=True):
        mine = read_ink(ink.from_canvas(canvas), pocket).digits
        same += [d.label for d in mine] == [d["label"] for d in live["digits"]]
        if len(mine) == len(live["digits"]) == 1:
            digit = live["digits"][0]
            assert digit["isDigit"] == mine[0].prediction.is_digit
            assert digit["isSure"] == mine[0].prediction.is_sure
    # The server may cut a component in two, JavaScript never does.
    assert same >= 0.97 * len(canvases)


@pytest.mark.browser
def test_pens_and_sizes_give_the_same_glyph(screen: Page):
    rng = np.random.default_rng(3)
    canvases = [
        strokes_on_canvas(
            [tuple(point) for point in rng.integers(20, rng.integers(40, 380), (5, 2)).tolist()],
            brush=int(rng.integers(2, 37)),
        )
        for _ in range(60)
    ]
    for canvas, live in zip(canvases, in_browser(screen, canvases), strict=True):
        glyph = to_glyph(ink.from_canvas(canvas))
        assert live["kind"] == glyph.kind
        assert np.abs(glyph.pixels.ravel().astype(int) - live["glyph"]).max() <= 2


@pytest.mark.browser
def test_numbers_are_read_digit_by_digit(screen: Page):
    texts = ["7", "42", "305", "1984", "60723"]
    inks = [number_ink(text, seed, gap=(0.25, 0.4)) for seed, text in enumerate(texts)]
    pocket = classifier.load("pocket")
    for pen, live in zip(inks, in_browser(screen, [coloured(pen) for pen in inks]), strict=True):
        mine = read_ink(pen, pocket)
        assert "".join(digit["label"] for digit in live["digits"]) == mine.text
        assert [digit["box"] for digit in live["digits"]] == [list(d.box) for d in mine.digits]


LETTERS = {
    "A": ([(80, 360), (200, 40), (320, 360)], [(130, 240), (270, 240)]),
    "E": ([(300, 50), (100, 50), (100, 350), (300, 350)], [(100, 200), (260, 200)]),
    "K": ([(100, 40), (100, 360)], [(300, 40), (110, 200), (300, 360)]),
    "M": ([(60, 360), (90, 40), (200, 260), (310, 40), (340, 360)],),
    "W": ([(40, 50), (120, 350), (200, 120), (280, 350), (360, 50)],),
}


def negatives() -> dict[str, np.ndarray]:
    """Canvases without digits: a blank one, a dot, a scribble, five letters."""
    rng = np.random.default_rng(11)
    scribble = [tuple(point) for point in rng.integers(60, 340, (25, 2)).tolist()]
    return {
        "blank": strokes_on_canvas(),
        "dot": strokes_on_canvas([(200, 200), (200, 200)]),
        "scribble": strokes_on_canvas(scribble),
        **{letter: strokes_on_canvas(*strokes) for letter, strokes in LETTERS.items()},
    }


@pytest.mark.browser
def test_neither_is_sure_of_what_is_not_a_digit(screen: Page):
    canvases = negatives()
    live = dict(zip(canvases, in_browser(screen, list(canvases.values())), strict=True))
    digits = classifier.load("digits")
    for name, canvas in canvases.items():
        read = read_ink(ink.from_canvas(canvas), digits).digits
        assert not any(digit.prediction.is_sure for digit in read), name
        assert not any(digit["isSure"] for digit in live[name]["digits"]), name
    assert live["blank"]["digits"] == []
    assert live["dot"]["kind"] == "dot"
