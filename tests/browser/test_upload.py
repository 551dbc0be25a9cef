"""The Upload page in Chromium: files uploaded, digits clicked, boxes drawn, numbers typed."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.fixtures.pages_made import Paper, encode, make_page
from tools.browser import canvas_box, open_page, settle

pytestmark = pytest.mark.browser

# Milliseconds that reading may take on a slow computer.
LONG = 60_000
SAMPLES = Path(__file__).parents[2] / "assets" / "samples"
PHONE_NUMBER = SAMPLES / "phone-number.jpg"


def upload(page: Page, *files: Path) -> None:
    """Upload files on the Upload page, and wait until they are read."""
    page.locator("input[type=file]").first.set_input_files(list(files))
    expect(page.get_by_role("heading", name="All numbers")).to_be_visible(timeout=LONG)
    settle(page)


def digit(page: Page, text: str) -> Locator:
    """A digit on the picture, by the start of its accessible name, such as "2 in 5274"."""
    return page.get_by_role("button", name=re.compile(f"^{re.escape(text)}[.]"))


def metric(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text=name).get_by_test_id("stMetricValue")


def downloaded(page: Page, name: str) -> bytes:
    """The file behind a download button. A click during a run of the script is repeated."""
    for timeout in (5_000, LONG):
        settle(page)
        try:
            with page.expect_download(timeout=timeout) as waiting:
                page.get_by_role("button", name=name, exact=True).click()
        except PlaywrightTimeout:
            continue
        return waiting.value.path().read_bytes()
    raise AssertionError(f"{name} downloads no file")


def undo(page: Page) -> None:
    """Press the page's own Undo button; the drawing surface has one, too."""
    page.locator(".st-key-undo-edit").get_by_role("button").click()
    settle(page)


def numbers(page: Page) -> list[str]:
    """The numbers as the CSV has them."""
    text = downloaded(page, "CSV").decode("utf-8-sig")
    return [row["number"] for row in csv.DictReader(text.splitlines())]


def expect_numbers(page: Page, wanted: list[str], look_at: Callable = list) -> list[str]:
    """Wait for the numbers: the page learns of a drag or a typed text with a delay."""
    found = numbers(page)
    for _ in range(40):
        if look_at(found) == look_at(wanted):
            break
        page.wait_for_timeout(250)
        found = numbers(page)
    assert look_at(found) == look_at(wanted)
    return found


def test_a_sample_is_read(screen: Page, app_address: str):
    open_page(screen, app_address, "upload")
    # A click on the picture is one on the button below it.
    box = screen.get_by_alt_text("Sample: One digit").bounding_box()
    assert box is not None
    screen.mouse.click(box["x"] + 20, box["y"] + 20)
    expect(screen.get_by_role("heading", name="All numbers")).to_be_visible(timeout=LONG)
    expect(digit(screen, "8 in 8")).to_be_visible()
    expect_numbers(screen, ["8"])


def test_a_broken_file_is_reported_and_the_others_are_read(
    screen: Page, app_address: str, tmp_path: Path
):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 this is no picture")
    open_page(screen, app_address, "upload")
    upload(screen, broken, PHONE_NUMBER)
    expect(screen.get_by_text(re.compile(r"^Can't open broken\.jpg"))).to_be_visible()
    expect_numbers(screen, ["030", "5274", "1986"])
    assert "Traceback" not in screen.inner_text("body")


def test_a_grid_is_typed_in_and_exported_as_it_stands(
    screen: Page, app_address: str, tmp_path: Path
):
    open_page(screen, app_address, "upload")
    screen.get_by_role("button", name="Measurements", exact=True).click()
    expect(screen.get_by_role("heading", name="All numbers")).to_be_visible(timeout=LONG)
    settle(screen)
    # A file that the uploader refuses gets a sentence.
    large = tmp_path / "large.tif"
    with large.open("wb") as file:
        file.truncate(27_000_000)
    screen.locator("input[type=file]").first.set_input_files(large)
    expect(screen.get_by_text(re.compile(r"^Can't open large\.tif: it has 27"))).to_be_visible()
    screen.get_by_text("Grid", exact=True).click()
    cells = screen.get_by_role("table", name=re.compile("rows and columns")).get_by_role("textbox")
    expect(cells).to_have_count(10)
    cells.first.click()
    # Typed fast, down the first column, into the second one, and taken back by Escape.
    screen.keyboard.type("41", delay=0)
    screen.keyboard.press("Enter")
    screen.keyboard.type("42", delay=0)
    screen.keyboard.press("ArrowRight")
    screen.keyboard.type("999", delay=0)
    screen.keyboard.press("Escape")
    screen.keyboard.press("ArrowUp")
    screen.keyboard.type("1,5", delay=0)
    screen.keyboard.press("Tab")
    expect(cells.nth(1)).to_have_value("1,5")
    screen.locator(".st-key-file-options").get_by_role("button").click()
    screen.get_by_text("As on the page", exact=True).click()
    screen.keyboard.press("Escape")
    expected = [["41", "1.5"], ["42", "362"], ["24", "371"], ["30", "389"], ["36", "402"]]
    table: list[list[str]] = []
    for _ in range(40):
        table = list(csv.reader(downloaded(screen, "CSV").decode("utf-8-sig").splitlines()))
        if table == expected:
            break
        screen.wait_for_timeout(250)
    assert table == expected


def test_pointing_at_a_digit_shows_what_else_it_could_be(screen: Page, app_address: str):
    open_page(screen, app_address, "upload")
    upload(screen, PHONE_NUMBER)
    digit(screen, "2 in 5274").hover()
    hint = screen.locator(".hint")
    expect(hint).to_be_visible()
    expect(hint.locator(".bar").first).to_contain_text(re.compile(r"2.*%"))


def test_a_clicked_digit_is_corrected_and_undone(screen: Page, app_address: str):
    open_page(screen, app_address, "upload")
    upload(screen, PHONE_NUMBER)
    digit(screen, "2 in 5274").click()
    screen.get_by_test_id("stButtonGroup").get_by_text("7", exact=True).click()
    expect(digit(screen, "7 in 5774").first).to_be_visible()
    expect_numbers(screen, ["030", "5774", "1986"])
    undo(screen)
    expect(digit(screen, "2 in 5274")).to_be_visible()


def test_digits_are_corrected_and_deleted_by_keyboard(screen: Page, app_address: str):
    open_page(screen, app_address, "upload")
    upload(screen, PHONE_NUMBER)
    digit(screen, "0 in 030").first.focus()
    screen.keyboard.press("ArrowRight")
    screen.keyboard.press("8")
    expect(digit(screen, "8 in 080")).to_be_visible()
    settle(screen)
    screen.keyboard.press("Delete")
    expect(digit(screen, "0 in 00")).to_have_count(2)
    expect_numbers(screen, ["00", "5274", "1986"])


def row(page: Page, place: int) -> Locator:
    """A row of the table beside the picture, from 0."""
    return page.locator(".numbers tbody tr").nth(place)


def type_into_table(page: Page, place: int, text: str) -> None:
    """Type into a row as a person does: click its number, type over it, press Enter."""
    field = row(page, place).locator(".number")
    field.click()
    field.select_text()
    type_on(page, text)


def type_on(page: Page, text: str) -> None:
    """Type into the selected field."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_numbers_typed_one_after_another_all_count(screen: Page, app_address: str):
    open_page(screen, app_address, "upload")
    upload(screen, PHONE_NUMBER)
    # Enter selects the next number, so no further click is needed.
    type_into_table(screen, 0, "040")
    type_on(screen, "12.5")
    type_on(screen, "7")
    expect_numbers(screen, ["040", "12.5", "7"], look_at=sorted)
    expect(metric(screen, "To check")).to_have_text("0")


def test_corrections_survive_a_visit_to_another_page(screen: Page, app_address: str):
    open_page(screen, app_address, "upload")
    upload(screen, PHONE_NUMBER)
    type_into_table(screen, 0, "99")
    corrected = expect_numbers(screen, ["99"], look_at=lambda found: "99" in found)
    screen.get_by_role("link", name="Insights").click()
    expect(screen.get_by_role("heading", name="Insights")).to_be_visible()
    screen.get_by_role("link", name="Upload").click()
    expect(screen.get_by_role("heading", name="All numbers")).to_be_visible(timeout=LONG)
    expect_numbers(screen, corrected)


def open_made_page(page: Page, address: str, folder: Path) -> dict[str, Any]:
    """Upload a page with the numbers 305 and 27; return what was read, as the JSON says."""
    file = folder / "page.png"
    file.write_bytes(encode(make_page([["305", "27"]], 3)))
    open_page(page, address, "upload")
    upload(page, file)
    data: dict[str, Any] = json.loads(downloaded(page, "JSON"))
    return data


def boxes_view(page: Page) -> None:
    """Switch to the view in which boxes are drawn."""
    page.get_by_test_id("stButtonGroup").get_by_text("Boxes", exact=True).click()
    page.locator("canvas.upper-canvas").wait_for()
    settle(page)
    # The canvas draws its picture and rectangles after it has appeared.
    page.wait_for_timeout(1000)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()
    page.wait_for_timeout(600)
    settle(page)


def test_a_missed_digit_is_boxed_and_read(screen: Page, app_address: str, tmp_path: Path):
    data = open_made_page(screen, app_address, tmp_path)
    assert data["text"] == "30527"
    x, y, width, height = data["lines"][0]["digits"][1]["box"]
    digit(screen, "0 in 305").click()
    screen.get_by_role("button", name="Delete", exact=True).click()
    expect(digit(screen, "5 in 35")).to_be_visible()
    boxes_view(screen)
    area = canvas_box(screen)
    unit = area["width"] / data["width"]
    left, top = area["x"] + (x - 4) * unit, area["y"] + (y - 4) * unit
    drag(screen, (left, top), (left + (width + 8) * unit, top + (height + 8) * unit))
    expect_numbers(screen, ["305", "27"])
    undo(screen)
    expect_numbers(screen, ["35", "27"])


def test_a_moved_box_is_read_again(screen: Page, app_address: str, tmp_path: Path):
    data = open_made_page(screen, app_address, tmp_path)
    x, y, width, height = data["lines"][0]["digits"][-1]["box"]
    boxes_view(screen)
    screen.get_by_role("button", name="Edit", exact=True).click()
    area = canvas_box(screen)
    unit = area["width"] / data["width"]
    middle = (area["x"] + (x + width / 2) * unit, area["y"] + (y + height / 2) * unit)
    drag(screen, middle, (middle[0], middle[1] + 2.5 * height * unit))
    expect_numbers(screen, ["305", "2", ""])
    now = json.loads(downloaded(screen, "JSON"))
    # There is only paper under the line, so the 2 stays alone and the moved box has no label.
    assert now["lines"][0]["numbers"] == ["305", "2"]
    assert now["lines"][1]["digits"][0]["digit"] is None
    left, top, *size = now["lines"][1]["digits"][0]["box"]
    assert abs(left - x) <= 4 and abs(top - y - 2.5 * height) <= 6
    assert size == pytest.approx([width, height], abs=6)
    undo(screen)
    expect_numbers(screen, ["305", "27"])


def test_a_small_tall_crop_is_shown_whole(screen: Page, app_address: str, tmp_path: Path):
    file = tmp_path / "crop.png"
    paper = Paper(width=180, height=300, digit=44)
    file.write_bytes(encode(make_page([["72"]], 3, paper)))
    open_page(screen, app_address, "upload")
    upload(screen, file)
    seven = digit(screen, "7 in 72")
    expect(seven).to_be_in_viewport()
    picture = screen.get_by_alt_text(re.compile("^crop.png"))
    viewed = picture.bounding_box()
    assert viewed is not None
    # It is enlarged, but not beyond the lower edge of a usual window.
    assert 300 < viewed["height"] <= 500
    seven.hover()
    expect(screen.locator(".hint .bar").first).to_contain_text("7")
    boxes_view(screen)
    drawn = canvas_box(screen)
    assert drawn["width"] == pytest.approx(viewed["width"], abs=2)
    expect_numbers(screen, ["72"])


def test_the_page_fits_a_phone_with_a_picture_on_it(phone: Page, app_address: str):
    open_page(phone, app_address, "upload")
    upload(phone, PHONE_NUMBER)
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    digit(phone, "2 in 5274").tap()
    expect(phone.get_by_role("button", name="Delete", exact=True)).to_be_visible()
    boxes_view(phone)
    box = canvas_box(phone)
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_a_field_of_a_form_is_marked_by_dragging_a_box(screen: Page, app_address: str):
    open_page(screen, app_address, "upload")
    upload(screen, PHONE_NUMBER)
    screen.get_by_text("Copies of one form").click()
    part = screen.locator(".st-key-form-mode")
    choice = part.get_by_role("combobox", name=re.compile("The form"))
    expect(choice).to_be_visible()
    choice.scroll_into_view_if_needed()
    settle(screen)
    # Scrolling closes the list of options, and on a busy computer it may end late.
    for _ in range(3):
        choice.click()
        with suppress(PlaywrightTimeout):
            screen.get_by_role("option", name="phone-number.jpg").click(timeout=5_000)
            break
    settle(screen)
    surface = part.locator("canvas.upper-canvas")
    surface.scroll_into_view_if_needed()
    box = surface.bounding_box()
    assert box is not None
    screen.mouse.move(box["x"] + 60, box["y"] + 40)
    screen.mouse.down()
    screen.mouse.move(box["x"] + 260, box["y"] + 120, steps=5)
    screen.mouse.up()
    expect(part.get_by_role("button", name="Read 1 page as this form")).to_be_enabled()
    saved = json.loads(downloaded(screen, "Save template"))
    (field,) = saved["fields"]
    assert (field["name"], field["kind"]) == ("Field 1", "digits")
    assert field["box"][2] / field["box"][3] == pytest.approx(200 / 80, rel=0.1)
