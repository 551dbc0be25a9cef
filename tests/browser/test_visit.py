"""A session that is reloaded at ten random moments loses nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from inkling.ui.shared.component import source
from tests.fixtures.pages_made import Paper, encode, make_page
from tools.browser import canvas_box, draw, draw_stroke, open_page, settle, stroke_points

pytestmark = pytest.mark.browser

# What a person does, and how the page shows that it was done.
Step = tuple[Callable[[], object], Callable[[], object]]
SEED, RELOADS = 8, 10
# Milliseconds after the page has shown a step, at most, until it is reloaded.
LONGEST_WAIT = 400
# Small pages, so that they are read quickly.
PAPER = Paper(width=420, height=200)
# Whether the browser would ask before the page is left, after two calls of reload.js.
WOULD_ASK = """
async (script) => {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }))
  const run = (await import(url)).default
  const isAsked = () => !dispatchEvent(new Event("beforeunload", { cancelable: true }))
  return [true, false].map((asks) => (run({ data: { asks } }), isAsked()))
}
"""
# Whether the browser would ask now.
ASKS = "!dispatchEvent(new Event('beforeunload', { cancelable: true }))"


def digit(page: Page, text: str) -> Locator:
    """A digit on the picture, by the start of its accessible name, such as "2 in 27"."""
    return page.get_by_role("button", name=re.compile(f"^{re.escape(text)}[.]")).first


def drawing_steps(page: Page) -> Iterator[Step]:
    """Draw, undo, redo, clear and draw again."""

    def reads(text: str) -> Callable[[], object]:
        return lambda: expect(page.get_by_test_id("inkling-answer")).to_have_text(text)

    def press(name: str) -> Callable[[], object]:
        return lambda: page.get_by_role("button", name=name, exact=True).click()

    def cleared() -> None:
        expect(page.locator(".invitation")).to_be_visible()
        expect(page.locator(".st-key-past-1 button")).to_have_text("37")

    def draw_three() -> None:
        page.mouse.move(*three[0])
        page.mouse.down()
        # The server knows nothing of it.
        assert page.evaluate(ASKS)
        for point in three[1:]:
            page.mouse.move(*point, steps=5)
        page.mouse.up()

    three, seven = stroke_points(page, "37")
    yield draw_three, reads("3")
    yield lambda: draw_stroke(page, seven), reads("37")
    yield press("Undo"), reads("3")
    yield press("Redo"), reads("37")
    yield press("Clear"), cleared
    yield lambda: draw(page, "7"), reads("7")


def upload_steps(page: Page, folder: Path) -> Iterator[Step]:
    """Upload two pictures, correct digits in both, undo, and remove a file."""
    files = []
    for name, number, seed in (("one.png", "305", 3), ("two.png", "12", 1)):
        files.append(folder / name)
        files[-1].write_bytes(encode(make_page([[number]], seed, PAPER)))

    def correct(text: str, label: str) -> Callable[[], object]:
        def act() -> None:
            digit(page, text).focus()
            page.keyboard.press(label)

        return act

    def shows(*texts: str, last_step: bool = True) -> Callable[[], None]:
        def check() -> None:
            for text in texts:
                expect(digit(page, text)).to_be_visible()
            undo = page.locator(".st-key-undo-edit button:visible").first
            expect(undo).to_be_enabled() if last_step else expect(undo).to_be_disabled()

        return check

    def click(selector: str) -> Callable[[], object]:
        return lambda: page.locator(f"{selector} button:visible").first.click()

    yield (
        lambda: page.locator("input[type=file]").first.set_input_files(files),
        shows("3 in 305", last_step=False),
    )
    yield correct("0 in 305", "8"), shows("8 in 385")
    yield correct("5 in 385", "6"), shows("6 in 386")
    yield click(".st-key-undo-edit"), shows("5 in 385")
    yield click(".st-key-page-after"), shows("1 in 12", last_step=False)
    yield correct("2 in 12", "9"), shows("9 in 19")
    yield click(".st-key-page-before"), shows("8 in 385")


def perform(
    page: Page, steps: Iterator[Step], reloads: Iterator[bool], waits: Iterator[int]
) -> None:
    """Do the steps, and reload the page after some of them, at any moment."""
    for act, check in steps:
        settle(page)
        act()
        check()
        if next(reloads):
            page.wait_for_timeout(next(waits))
            page.reload()
            check()


def test_nothing_is_lost(screen: Page, app_address: str, tmp_path: Path):
    rng = np.random.default_rng(SEED)
    steps = 13
    reloads = iter(np.isin(np.arange(steps), rng.choice(steps, RELOADS, replace=False)).tolist())
    waits = iter(rng.integers(0, LONGEST_WAIT, RELOADS).tolist())
    open_page(screen, app_address)
    canvas_box(screen)
    settle(screen)
    assert not screen.evaluate(ASKS)
    perform(screen, drawing_steps(screen), reloads, waits)
    settle(screen)
    screen.get_by_role("link", name="Upload").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("Read a photo")
    perform(screen, upload_steps(screen, tmp_path), reloads, waits)
    assert next(reloads, None) is None and next(waits, None) is None
    # Another tab of the browser shows the same, and the address says nothing of it.
    other = screen.context.new_page()
    open_page(other, app_address)
    expect(other.get_by_test_id("inkling-answer")).to_have_text("7")
    (cookie,) = (each for each in screen.context.cookies() if each["name"] == "inkling-visit")
    assert cookie["sameSite"] == "Strict"
    assert 23 < (cookie["expires"] - time.time()) / 3600 <= 24
    assert cookie["value"] not in screen.url + other.url


def test_the_browser_asks_before_work_is_lost(screen: Page):
    assert screen.evaluate(WOULD_ASK, source("shared/gone.js", "shared/reload.js")) == [True, False]
