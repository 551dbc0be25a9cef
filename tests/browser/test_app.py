"""The app in Chromium: drawing with a mouse or a finger, two visitors, a phone's width."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tools.browser import answer, canvas_box, draw, draw_by_finger, open_page, settle

pytestmark = pytest.mark.browser

ANSWER = "inkling-answer"


def read_as(page: Page, text: str) -> None:
    """Wait until the server has read the drawing as this text."""
    expect(page.get_by_test_id(ANSWER)).to_have_text(text)


@pytest.mark.parametrize("digit", ["3", "7"])
def test_a_drawn_digit_is_read(screen: Page, app_address: str, digit: str):
    open_page(screen, app_address)
    expect(screen.get_by_test_id(ANSWER)).to_have_count(0)
    draw(screen, digit)
    read_as(screen, digit)
    view = screen.get_by_role("img", name=re.compile(f"28 by 28 pixels, read as {digit}"))
    expect(view).to_be_visible()


def test_digits_side_by_side_are_a_number(screen: Page, app_address: str):
    open_page(screen, app_address)
    draw(screen, "372")
    read_as(screen, "372")
    screen.locator(".st-key-digit-3").get_by_text("7", exact=True).click()
    view = screen.get_by_role("img", name=re.compile("28 by 28 pixels, read as 7"))
    expect(view).to_be_visible()


def test_undo_redo_and_clear(screen: Page, app_address: str):
    open_page(screen, app_address)
    draw(screen, "37")
    read_as(screen, "37")
    screen.get_by_role("button", name="Undo").click()
    read_as(screen, "3")
    screen.get_by_role("button", name="Redo").click()
    read_as(screen, "37")
    screen.get_by_role("button", name="Clear").click()
    expect(screen.get_by_test_id(ANSWER)).to_have_count(0)
    expect(screen.get_by_text("Draw a digit. Inkling reads it as you go.")).to_be_visible()
    # The cleared drawing does not come back with the next digit.
    settle(screen)
    draw(screen, "7")
    read_as(screen, "7")


def test_a_drawing_survives_a_visit_to_another_page(screen: Page, app_address: str):
    open_page(screen, app_address)
    draw(screen, "3")
    read_as(screen, "3")
    screen.get_by_role("link", name="Insights").click()
    expect(screen.get_by_role("heading", name="Insights")).to_be_visible()
    screen.get_by_role("link", name="Draw").click()
    read_as(screen, "3")
    screen.get_by_role("button", name="Clear").click()
    expect(screen.get_by_test_id(ANSWER)).to_have_count(0)


def test_two_people_never_see_each_other(screen: Page, phone: Page, app_address: str):
    open_page(screen, app_address)
    open_page(phone, app_address)
    draw(screen, "3")
    read_as(screen, "3")
    draw(phone, "7")
    read_as(phone, "7")
    assert answer(screen) == "3"


def test_the_canvas_fits_a_phone(phone: Page, app_address: str):
    open_page(phone, app_address)
    phone.wait_for_function(
        "() => document.querySelector('.st-key-canvas-container')"
        "?.getBoundingClientRect().width > 0"
    )
    expect(phone.locator("canvas.upper-canvas")).to_have_css("width", "352px")
    box = canvas_box(phone)
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    draw(phone, "7")
    read_as(phone, "7")


def test_a_finger_draws_without_scrolling(phone: Page, app_address: str):
    open_page(phone, app_address)
    draw_by_finger(phone, "3")
    read_as(phone, "3")
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0


@pytest.mark.parametrize("path", ["", "upload", "insights"])
def test_a_page_fits_a_phone(phone: Page, app_address: str, path: str):
    open_page(phone, app_address, path)
    assert phone.evaluate("document.scrollingElement.scrollWidth") <= 390
    # The main part scrolls by itself.
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    expect(phone.get_by_test_id("stException")).to_have_count(0)
