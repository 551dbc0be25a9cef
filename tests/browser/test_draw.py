"""The Draw page in Chromium: live reading, keyboard, touch, eraser, restored drawings."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from inkling.ui.shared.component import source
from tools.browser import canvas_box, draw, draw_by_finger, open_page, settle, stroke_points

pytestmark = pytest.mark.browser

LIVE = "inkling-live"
ANSWER = "inkling-answer"
GLYPH_PIXELS = "one => one.getContext('2d').getImageData(0, 0, 28, 28).data.join()"
# Calls a function of panel.js that is not exported.
NOTE = """
async ([script, live, answer]) => {
  const code = `${script}\nexport { differenceNote }`
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }))
  return (await import(url)).differenceNote(live, answer)
}
"""


def wait_until_ready(page: Page) -> None:
    """Wait until the browser has the canvas and the weights of the pocket network."""
    page.wait_for_function("() => Symbol.for('inkling.pocket') in globalThis")
    canvas_box(page)
    settle(page)


def read_as(page: Page, text: str) -> None:
    """Wait until the server has read the drawing as this text."""
    expect(page.get_by_test_id(ANSWER)).to_have_text(text)


def test_a_scribble_has_no_best_label(screen: Page, app_address: str):
    open_page(screen, app_address)
    wait_until_ready(screen)
    box = canvas_box(screen)
    rng = np.random.default_rng(11)
    points = rng.uniform(0.2, 0.8, (25, 2)) * (box["width"], box["height"]) + (box["x"], box["y"])
    screen.mouse.move(*points[0].tolist())
    screen.mouse.down()
    for point in points[1:].tolist():
        screen.mouse.move(*point, steps=4)
    screen.mouse.up()
    read_as(screen, "?")
    expect(screen.locator(".bar .percent").first).to_have_text(re.compile("%"))
    expect(screen.locator(".bar.best")).to_have_count(0)


def test_strokes_are_downloaded_with_points_and_times(screen: Page, app_address: str):
    open_page(screen, app_address)
    wait_until_ready(screen)
    expect(screen.get_by_role("application")).to_be_visible()
    draw(screen, "74")
    read_as(screen, "74")
    screen.get_by_role("button", name="download", exact=False).first.click()
    data: dict[str, Any] = {}
    # The times come with a rerun, after which a click that it overtook gets no file.
    for _ in range(20):
        settle(screen)
        with suppress(PlaywrightTimeout):
            with screen.expect_download(timeout=5_000) as waiting:
                screen.get_by_role("button", name="Strokes (JSON)").click()
            data = json.loads(waiting.value.path().read_text("utf-8"))
        if data.get("started"):
            break
    box, times = canvas_box(screen), [time for each in data["strokes"] for time in each["times"]]
    drawn = [points for digit in ("74",) for points in stroke_points(screen, digit)]
    assert len(data["strokes"]) == len(drawn) == 3
    assert times == sorted(times) and times[0] == 0 < times[-1]
    for stroke, points in zip(data["strokes"], drawn, strict=True):
        assert len(stroke["points"]) == len(stroke["times"])
        for place, point in ((0, 0), (-1, -1)):
            expected = np.subtract(points[point], (box["x"], box["y"]))
            assert np.abs(np.subtract(stroke["points"][place], expected)).max() <= 2


def test_the_dark_theme_changes_the_canvas_on_the_screen_only(screen: Page, app_address: str):
    open_page(screen, app_address)
    wait_until_ready(screen)
    surface, glyphs, shades = screen.locator("canvas.upper-canvas"), [], []
    for theme in ("light", "dark"):
        screen.emulate_media(color_scheme=theme)
        draw(screen, "3")
        read_as(screen, "3")
        glyphs.append(screen.locator("canvas.glyph").evaluate(GLYPH_PIXELS))
        shown = cv2.imdecode(np.frombuffer(surface.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
        assert shown is not None
        shades.append((np.median(shown), shown[20:-20].max(), shown[20:-20].min()))
        screen.get_by_role("button", name="Clear").click()
        expect(screen.locator(".invitation")).to_be_visible()
    assert glyphs[0] == glyphs[1]
    (light_paper, _, light_pen), (dark_paper, dark_pen, _) = shades
    assert light_paper > 240 and light_pen < 40
    assert dark_paper < 60 and dark_pen > 200


def test_bars_move_while_the_pen_is_down(screen: Page, app_address: str):
    open_page(screen, app_address)
    wait_until_ready(screen)
    best = screen.locator(".bar.best .label")
    (points,) = stroke_points(screen, "7")
    screen.mouse.move(*points[0])
    screen.mouse.down()
    for point in points[1:]:
        screen.mouse.move(*point, steps=8)
    # The pen is still down, so the server knows nothing of the stroke.
    expect(screen.get_by_test_id(LIVE)).to_have_text("7")
    expect(best).to_have_text("7")
    expect(screen.get_by_text("Live, in your browser")).to_be_visible()
    expect(screen.get_by_role("button", name="Clear")).to_be_disabled()
    screen.mouse.up()
    read_as(screen, "7")
    expect(screen.get_by_text("Read by Digits")).to_be_visible()
    expect(screen.get_by_test_id("inkling-note")).to_be_empty()
    expect(screen.locator(".panel .status")).to_have_text(re.compile("^Read as 7. Sure"))


@pytest.mark.parametrize(
    ("live", "title", "note"),
    [
        (
            "27?",
            "Digits",
            "The small network in your browser read “27?” while you drew. "
            "The final answer is by Digits.",
        ),
        (
            "?",
            "LeNet-5",
            "The small network in your browser saw no digit while you drew. "
            "The final answer is by LeNet-5.",
        ),
        ("274", "Digits", ""),
        (None, "Digits", ""),
        ("27?", "Pocket", ""),
    ],
)
def test_a_note_says_when_the_browser_read_something_else(
    screen: Page, live: str | None, title: str, note: str
):
    answer = {"text": "274", "title": title}
    assert screen.evaluate(NOTE, [source("draw/panel.js"), live, answer]) == note


def test_a_number_is_read_live(screen: Page, app_address: str):
    open_page(screen, app_address)
    wait_until_ready(screen)
    *first, last = stroke_points(screen, "372")
    for points in [*first, last]:
        screen.mouse.move(*points[0])
        screen.mouse.down()
        for point in points[1:]:
            screen.mouse.move(*point, steps=5)
        if points is not last:
            screen.mouse.up()
    expect(screen.get_by_test_id(LIVE)).to_have_text("372")
    screen.mouse.up()
    read_as(screen, "372")


def test_with_an_unknown_canvas_the_server_still_answers_and_there_is_one_warning(
    screen: Page, app_address: str
):
    messages: list[str] = []
    screen.on("console", lambda message: messages.append(message.text))
    # Like a later version of the canvas without the elements that live.js looks for.
    screen.add_init_script(
        "const find = ShadowRoot.prototype.querySelector;"
        "ShadowRoot.prototype.querySelector = function (what) {"
        " return what.includes('upper-canvas') ? null : find.call(this, what) };"
        "const start = performance.now.bind(performance);"
        "performance.now = () => 20 * start()"
    )
    open_page(screen, app_address)
    draw(screen, "3")
    read_as(screen, "3")
    draw(screen, "7")
    expect(screen.get_by_test_id(LIVE)).to_be_hidden()
    assert len([text for text in messages if "canvas was not found" in text]) == 1


def test_drawing_by_keyboard(screen: Page, app_address: str):
    open_page(screen, app_address)
    wait_until_ready(screen)
    surface = screen.get_by_role("application", name=re.compile("^Drawing canvas"))
    surface.focus()
    keys = ["ArrowUp"] * 6 + ["ArrowLeft"] * 3 + [" "] + ["ArrowRight"] * 6 + ["ArrowDown"] * 12
    for key in keys:
        screen.keyboard.press(key)
    expect(screen.get_by_test_id(LIVE)).to_have_text("7")
    expect(screen.locator(".st-key-canvas-container .status")).to_have_text(
        "Row 17, column 20, pen down"
    )
    screen.keyboard.press(" ")
    read_as(screen, "7")
    screen.keyboard.press("Control+z")
    expect(screen.get_by_test_id(ANSWER)).to_have_count(0)
    screen.keyboard.press("Control+y")
    read_as(screen, "7")
    screen.keyboard.press("Delete")
    expect(screen.locator(".invitation")).to_be_visible()
    # The cleared drawing can be restored.
    screen.locator(".st-key-past-drawings").get_by_role("button", name="7", exact=True).click()
    read_as(screen, "7")


def test_erased_ink_is_not_read(screen: Page, app_address: str):
    open_page(screen, app_address)
    wait_until_ready(screen)
    draw(screen, "37")
    read_as(screen, "37")
    screen.get_by_role("radio", name="Eraser").click()
    screen.locator(".st-key-draw-settings button:visible").first.click()
    slider = screen.get_by_role("slider", name="Pen width (pixels)")
    slider.focus()
    screen.keyboard.press("End")
    settle(screen)
    screen.keyboard.press("Escape")
    expect(screen).to_have_url(re.compile("pen=36"))
    _, seven = stroke_points(screen, "37")
    screen.mouse.move(*seven[0])
    screen.mouse.down()
    for point in seven[1:]:
        screen.mouse.move(*point, steps=5)
    expect(screen.get_by_test_id(LIVE)).to_have_text("3")
    screen.mouse.up()
    read_as(screen, "3")


def test_a_finger_is_read_live_and_everything_fits(phone: Page, app_address: str):
    open_page(phone, app_address, "?projector=1&break=true&challenge=true")
    wait_until_ready(phone)
    draw_by_finger(phone, "7")
    read_as(phone, "7")
    main = "document.querySelector('[data-testid=stMain]')"
    assert phone.evaluate(f"{main}.scrollTop") == 0
    assert phone.evaluate(f"{main}.scrollWidth") <= 390
    for name in ("undo", "clear", "draw-settings", "challenge-next"):
        button = phone.locator(f".st-key-{name} button:visible").first
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390


@pytest.mark.parametrize(
    ("window", "canvas"), [((1920, 1080), (960, 560)), ((1366, 768), (640, 400))]
)
def test_a_projector_shows_all_large_at_once(
    screen: Page, app_address: str, window: tuple[int, int], canvas: tuple[int, int]
):
    width, height = window
    screen.set_viewport_size({"width": width, "height": height})
    open_page(screen, app_address)
    wait_until_ready(screen)
    surface = screen.locator("canvas.upper-canvas")
    expect(surface).to_have_attribute("width", str(canvas[0]))
    expect(surface).to_have_attribute("height", str(canvas[1]))
    root = screen.locator("html")
    screen.get_by_role("button", name="Large text").click()
    expect(root).to_have_css("font-size", "21px")
    settle(screen)
    # The tools are not below the fold.
    expect(screen.get_by_role("button", name="Clear")).to_be_in_viewport(ratio=1)
    draw(screen, "37")
    read_as(screen, "37")
    screen.get_by_role("link", name="Upload").click()
    expect(screen.get_by_role("heading", level=1)).not_to_have_text("Read a drawing")
    expect(root).to_have_css("font-size", "21px")
    expect(screen).to_have_url(re.compile("projector=1"))
    # Every page has the button, and each follows at once.
    screen.get_by_role("button", name="Normal text").click()
    expect(root).to_have_css("font-size", "16px")
    screen.get_by_role("link", name="Insights").click()
    screen.get_by_role("button", name="Large text").click()
    expect(root).to_have_css("font-size", "21px")


def test_the_whole_drawing_fits_a_smaller_window(screen: Page, app_address: str):
    open_page(screen, app_address)
    wait_until_ready(screen)
    draw(screen, "37")
    read_as(screen, "37")
    settle(screen)
    screen.set_viewport_size({"width": 390, "height": 844})
    expect(screen.locator("canvas.upper-canvas")).to_have_attribute("width", "352")
    has_ink_at_edges = """() => {
      const elements = [...document.querySelectorAll(".st-key-canvas-container *")]
      const found = (root) => [...(root?.querySelectorAll("canvas.lower-canvas") ?? [])]
      const layers = elements.flatMap((each) => found(each.shadowRoot))
      const isInk = (red, place, data) => place % 4 === 0 && red < 99 && data[place + 3] > 0
      const ink = (left) => layers.some((layer) => {
        const look = layer.getContext("2d")
        return look.getImageData(left(layer.width), 0, layer.width, layer.height).data.some(isInk)
      })
      return [ink(() => 0), ink((width) => width - 4)]
    }"""
    screen.wait_for_function(f"() => ({has_ink_at_edges})()[0] && !({has_ink_at_edges})()[1]")
    read_as(screen, "37")
