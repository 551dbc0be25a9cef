"""The review queue in Chromium: by keyboard alone, and with large keys on a phone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fixtures.pages_made import Paper, encode, make_page
from tools.browser import open_page, settle

pytestmark = pytest.mark.browser

# Coarse grain makes the numbers doubtful.
GRAINY = Paper(noise=40.0, blur=3.0)
FILES = {"first.png": "305 2714 96", "second.png": "68 1795", "third.png": "4471 320"}
# Milliseconds that reading may take on a slow computer.
LONG = 90_000


def upload_doubtful(page: Page, address: str, folder: Path) -> Locator:
    """Upload files of doubtful numbers; the button that opens the queue."""
    paths = []
    for seed, (name, text) in enumerate(FILES.items()):
        path = folder / name
        path.write_bytes(encode(make_page([text.split()], seed, GRAINY)))
        paths.append(path)
    open_page(page, address, "upload")
    page.locator("input[type=file]").first.set_input_files(paths)
    button = page.locator(".st-key-review button:visible").first
    expect(button).to_be_visible(timeout=LONG)
    settle(page)
    return button


def numbers(page: Page) -> list[dict[str, str]]:
    """The rows of the CSV file."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV", exact=True).click()
    text = waiting.value.path().read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_all_files_are_checked_by_keyboard(screen: Page, app_address: str, tmp_path: Path):
    button = upload_doubtful(screen, app_address, tmp_path)
    button.focus()
    screen.keyboard.press("Enter")
    where, done = screen.locator(".queue .where"), screen.locator(".queue .done")
    field = screen.locator(".queue input")
    expect(field).to_be_focused()
    expect(where).to_contain_text("1 of ")
    count = int(where.inner_text().split()[2])
    assert count >= 2
    # Its text is selected, so that typing replaces it.
    screen.keyboard.type("1234567")
    screen.keyboard.press("Enter")
    expect(where).to_contain_text(f"2 of {count}")
    screen.keyboard.press("Control+z")
    expect(where).to_contain_text(f"1 of {count}")
    shown = field.input_value()
    assert shown != "1234567"
    # Later comes after all others.
    screen.keyboard.press("ArrowDown")
    expect(where).to_contain_text(f"1 of {count}")
    for _ in range(count - 1):
        # No step is lost, however fast they follow each other.
        screen.keyboard.press("Enter")
    expect(where).to_contain_text(f"{count} of {count}")
    expect(field).to_have_value(shown)
    screen.keyboard.type("31.5")
    screen.keyboard.press("Enter")
    expect(done).to_contain_text(f"All {count} checked")
    settle(screen)
    screen.keyboard.press("Escape")
    expect(screen.locator(".queue")).to_have_count(0)
    settle(screen)
    expect(button).to_have_count(0)
    rows = numbers(screen)
    assert [row["number"] for row in rows if row["status"] == "corrected"] == ["31.5"]
    assert sum(row["status"] == "checked" for row in rows) == count - 1
    assert {row["sure"] for row in rows} == {"yes"}


def test_a_phone_has_large_keys(phone: Page, app_address: str, tmp_path: Path):
    upload_doubtful(phone, app_address, tmp_path).tap()
    where, field = phone.locator(".queue .where"), phone.locator(".queue input")
    expect(where).to_contain_text("1 of ")
    count = int(where.inner_text().split()[2])
    keys = phone.locator(".queue .keys")
    for button in keys.locator("button").all():
        box = button.bounding_box()
        assert box is not None and box["height"] >= 44
    field.tap()
    field.evaluate("field => field.select()")
    for key in ("4", "7", "7"):
        keys.get_by_role("button", name=key, exact=True).tap()
    keys.get_by_role("button", name="Delete the last character").tap()
    expect(field).to_have_value("47")
    keys.get_by_role("button", name="Confirm").tap()
    expect(where).to_contain_text(f"2 of {count}")
    # Nothing is wider than the screen.
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    title = where.inner_text().split(" · ")[1]
    phone.get_by_role("button", name="Show on the page").tap()
    expect(phone.locator(".queue")).to_have_count(0)
    expect(phone.locator("svg g.selected")).to_have_count(1)
    expect(phone.get_by_alt_text(title)).to_be_in_viewport()
