"""Undo right after a stroke, before the server knows of it, removes that stroke and only that."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tools.browser import canvas_box, draw_stroke, open_page, settle, stroke_points

pytestmark = pytest.mark.browser

ANSWER = "inkling-answer"
# Milliseconds after lifting the pen: before the canvas reports the stroke, and while it is read.
SOON = pytest.mark.parametrize("wait", [0, 250])


def open_and_draw(page: Page, address: str, digits: str) -> None:
    """Open the page and draw digits without a pause."""
    open_page(page, address)
    page.wait_for_function("() => Symbol.for('inkling.pocket') in globalThis")
    canvas_box(page)
    settle(page)
    for points in stroke_points(page, digits):
        draw_stroke(page, points)


@SOON
def test_the_only_stroke(screen: Page, app_address: str, wait: int):
    open_and_draw(screen, app_address, "7")
    screen.wait_for_timeout(wait)
    screen.keyboard.press("Control+z")
    redo = screen.get_by_role("button", name="Redo")
    expect(redo).to_be_enabled()
    expect(screen.get_by_test_id(ANSWER)).to_have_count(0)
    expect(screen.locator(".invitation")).to_be_visible()
    redo.click()
    expect(screen.get_by_test_id(ANSWER)).to_have_text("7")


@SOON
def test_the_second_stroke_by_button(screen: Page, app_address: str, wait: int):
    open_and_draw(screen, app_address, "3")
    expect(screen.get_by_test_id(ANSWER)).to_have_text("3")
    settle(screen)
    _, seven = stroke_points(screen, "37")
    draw_stroke(screen, seven)
    screen.wait_for_timeout(wait)
    screen.get_by_role("button", name="Undo").click()
    expect(screen.get_by_role("button", name="Redo")).to_be_enabled()
    expect(screen.get_by_test_id(ANSWER)).to_have_text("3")


def test_two_of_three_at_once(screen: Page, app_address: str):
    open_and_draw(screen, app_address, "377")
    for key in ("Control+z", "Control+z"):
        screen.keyboard.press(key)
    expect(screen.get_by_test_id(ANSWER)).to_have_text("3")
    for key in ("Control+y", "Control+y"):
        screen.keyboard.press(key)
    expect(screen.get_by_test_id(ANSWER)).to_have_text("377")
