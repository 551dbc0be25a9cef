"""The picture on the Upload page: enlarging and moving it, and how it and the table work together.

The tests share one page, which is read once; each of them starts with the whole picture shown and
nothing selected.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, FilePayload, FloatRect, Locator, Page, expect

from tests.fixtures.pages_made import Paper, encode, make_page
from tools.browser import open_page, settle

pytestmark = pytest.mark.browser

# Low digits, so many that their labels would hide them; grain makes some of them doubtful.
DENSE = [["30527", "4163", "905"], ["2714", "68", "17953"], ["4471", "320", "8652"]]
PAPER = Paper(width=1100, height=420, digit=30, noise=18.0, blur=1.2)
# Milliseconds that reading may take on a slow computer.
LONG = 90_000


def dense_page(browser: Browser, address: str, width: int, height: int, touch: bool) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        has_touch=touch,
        is_mobile=touch,
        reduced_motion="reduce",
    )
    page = context.new_page()
    open_page(page, address, "upload")
    content = encode(make_page(DENSE, 3, PAPER))
    file: FilePayload = {"name": "dense.png", "mimeType": "image/png", "buffer": content}
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_role("heading", name="All numbers")).to_be_visible(timeout=LONG)
    settle(page)
    return page


@pytest.fixture(scope="module")
def loaded(chromium: Browser, app_address: str) -> Iterator[Page]:
    page = dense_page(chromium, app_address, 1280, 900, touch=False)
    yield page
    page.context.close()


@pytest.fixture
def page(loaded: Page) -> Page:
    """The shared page as it was at first, but for what was checked in the table."""
    reset(loaded)
    loaded.mouse.move(5, 5)
    return loaded


def reset(page: Page) -> None:
    fit = page.get_by_role("button", name="Fit the whole picture")
    if fit.is_enabled():
        fit.click()
    close = page.locator(".st-key-deselect button:visible")
    if close.count():
        close.first.click()
        expect(page.locator("g.selected")).to_have_count(0)
    page.locator(".frame").scroll_into_view_if_needed()
    settle(page)


class Place(NamedTuple):
    """Where the picture is in the window, in pixels."""

    x: float
    y: float
    width: float


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None
    return box


def picture(page: Page) -> Place:
    box = box_of(page.locator(".content"))
    return Place(box["x"], box["y"], box["width"])


def middle(locator: Locator) -> tuple[float, float]:
    box = box_of(locator)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def boxes(page: Page) -> Locator:
    return page.locator("svg g[role=button]")


def rows(page: Page) -> Locator:
    return page.locator(".numbers tbody tr")


def test_labels_of_a_dense_page_appear_on_doubt_pointing_and_enlarging(page: Page):
    sure = page.locator("g.sure text")
    count = sure.count()
    assert count > 20
    assert [sure.nth(place).is_visible() for place in (0, count // 2)] == [False, False]
    expect(page.locator("g.unsure text").first).to_be_visible()
    page.mouse.move(*middle(page.locator("g.sure rect").first))
    expect(sure.first).to_be_visible()
    page.mouse.move(5, 5)
    expect(sure.first).to_be_hidden()
    for _ in range(4):
        page.get_by_role("button", name="Zoom in").click()
    assert sure.evaluate_all("all => all.every(each => getComputedStyle(each).display != 'none')")
    # The boxes are as thin as before.
    widths = page.locator("g.sure rect").first.evaluate(
        "rect => [getComputedStyle(rect).strokeWidth, getComputedStyle(rect).vectorEffect]"
    )
    assert widths == ["1.5px", "non-scaling-stroke"]


def test_the_wheel_enlarges_at_the_pointer_only_with_ctrl(page: Page):
    before = picture(page)
    x, y = middle(boxes(page).nth(5).locator("rect"))
    page.mouse.move(x, y)
    page.mouse.wheel(0, -40)
    page.wait_for_timeout(200)
    assert picture(page).width == before.width
    x, y = middle(boxes(page).nth(5).locator("rect"))
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    for _ in range(3):
        page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_timeout(100)
    after = picture(page)
    assert after.width > 1.8 * before.width
    # What was under the pointer still is.
    assert middle(boxes(page).nth(5).locator("rect")) == pytest.approx((x, y), abs=2)
    # A drag moves it and selects nothing.
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=4)
    page.mouse.up()
    assert picture(page).x == pytest.approx(after.x - 60, abs=1)
    settle(page)
    expect(page.locator("g.selected")).to_have_count(0)
    page.mouse.dblclick(x - 60, y + 20)
    assert picture(page).width == pytest.approx(before.width, abs=1)


def test_keys_enlarge_move_and_reset(page: Page):
    frame = page.locator(".frame")
    frame.focus()
    before = picture(page)
    for _ in range(3):
        page.keyboard.press("+")
    large = picture(page)
    assert large.width == pytest.approx(before.width * 1.5**3, rel=0.01)
    page.keyboard.press("ArrowRight")
    assert picture(page).x < large.x - 40
    page.keyboard.press("-")
    assert picture(page).width == pytest.approx(before.width * 1.5**2, rel=0.01)
    page.keyboard.press("0")
    assert picture(page).width == pytest.approx(before.width, abs=1)
    # On a digit, 0 is a correction and the arrows go from digit to digit, kept in view.
    boxes(page).first.focus()
    for key in ("+", "+", "+", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(boxes(page).nth(2)).to_be_focused()
    place, shown = box_of(boxes(page).nth(2).locator("rect")), box_of(frame)
    assert shown["x"] <= place["x"] and place["x"] + place["width"] <= shown["x"] + shown["width"]
    page.keyboard.press("Escape")
    expect(frame).to_be_focused()
    settle(page)


def test_a_digit_and_its_row_select_each_other(page: Page):
    # So low that it has to scroll.
    page.locator(".numbers .scroller").evaluate("area => { area.style.maxHeight = '120px' }")
    last = boxes(page).last
    page.mouse.click(*middle(last.locator("rect")))
    settle(page)
    expect(last).to_have_attribute("aria-pressed", "true")
    row = page.locator(".numbers tr.selected")
    expect(row).to_have_count(1)
    assert row.locator(".number").input_value() == "8652"
    # The row is in the visible part of the table.
    place, area = box_of(row), box_of(page.locator(".numbers .scroller"))
    assert area["y"] <= place["y"] and place["y"] + place["height"] <= area["y"] + area["height"]
    # The picture is enlarged elsewhere; a click on a row brings its number into view.
    page.locator(".frame").focus()
    for _ in range(4):
        page.keyboard.press("+")
    first = next(
        each for each in rows(page).all() if each.locator("input").first.input_value()[:2] == "30"
    )
    first.locator(".place").last.click()
    settle(page)
    chosen = page.locator("g.selected rect")
    expect(chosen).to_have_count(1)
    place, shown = box_of(chosen), box_of(page.locator(".frame"))
    assert shown["x"] <= place["x"] and place["x"] + place["width"] <= shown["x"] + shown["width"]
    assert shown["y"] <= place["y"] and place["y"] + place["height"] <= shown["y"] + shown["height"]
    expect(page.locator("svg .number")).to_be_visible()


def test_enter_checks_number_after_number(page: Page):
    words = rows(page).locator("label span")
    doubtful = sum(word == "Check" for word in words.all_inner_texts())
    assert doubtful >= 2
    rows(page).first.locator(".number").click()
    for _ in range(doubtful):
        page.keyboard.press("Enter")
    settle(page)
    expect(rows(page).nth(doubtful).locator(".number")).to_be_focused()
    assert words.all_inner_texts()[:doubtful] == ["Checked"] * doubtful
    metric = page.get_by_test_id("stMetric").filter(has_text="To check")
    expect(metric.get_by_test_id("stMetricValue")).to_have_text("0")
    # The figure waits for the pointer.
    assert "%" in (rows(page).last.locator("label").get_attribute("title") or "")


def fingers(page: Page, *paths: tuple[tuple[float, float], tuple[float, float]]) -> None:
    """Put fingers down, move each from its first to its second place, and lift them."""
    session = page.context.new_cdp_session(page)
    parts = [step / 8 for step in range(9)]
    moves = [
        [
            {"x": x0 + part * (x1 - x0), "y": y0 + part * (y1 - y0), "id": number}
            for number, ((x0, y0), (x1, y1)) in enumerate(paths)
        ]
        for part in parts
    ]
    for kind, points in zip(["touchStart", *["touchMove"] * 8], moves, strict=True):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def assert_above(page: Page, sheet: Locator) -> None:
    """The sheet fills the lower edge of a phone, and the selected digit is seen above it."""
    panel, place = box_of(sheet), box_of(page.locator("g.selected rect"))
    assert panel["x"] == 0 and panel["width"] == 390
    assert panel["y"] + panel["height"] == pytest.approx(844, abs=1)
    assert place["y"] >= 60 and place["y"] + place["height"] <= panel["y"]


def test_a_phone_has_a_sheet_below_the_digit_and_two_fingers_enlarge(
    chromium: Browser, app_address: str
):
    page = dense_page(chromium, app_address, 390, 844, touch=True)
    frame = page.locator(".frame")
    frame.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    before, (x, y) = picture(page), middle(frame)
    fingers(page, ((x - 15, y), (x - 75, y)), ((x + 15, y), (x + 75, y)))
    assert picture(page).width == pytest.approx(5 * before.width, rel=0.1)
    assert page.evaluate("visualViewport.scale") == 1
    page.get_by_role("button", name="Fit the whole picture").tap()
    settle(page)
    digit = boxes(page).last
    page.touchscreen.tap(*middle(digit.locator("rect")))
    sheet = page.locator(".st-key-selected-digit")
    expect(sheet).to_be_visible()
    settle(page)
    assert_above(page, sheet)
    # A digit that is too low to be seen was enlarged.
    assert box_of(page.locator("g.selected rect"))["height"] >= 30
    labels = [box_of(each) for each in sheet.get_by_role("radio").all()]
    assert len(labels) == 10 and all(each["y"] + each["height"] <= 844 for each in labels)
    assert all(b["x"] > a["x"] or b["y"] > a["y"] for a, b in pairwise(labels))
    sheet.locator(".st-key-deselect button:visible").first.tap()
    expect(sheet).to_have_count(0)
    # A number is typed in without the sheet, and shown in the picture by a button.
    field = rows(page).first.locator(".number")
    field.tap()
    page.keyboard.press("End")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    settle(page)
    expect(sheet).to_have_count(0)
    rows(page).first.locator(".find").tap()
    expect(sheet).to_contain_text(field.input_value())
    settle(page)
    assert_above(page, sheet)
    page.context.close()
