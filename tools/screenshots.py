"""Make the pictures of the app in docs/images/ by driving it in Chromium.

    python tools/screenshots.py [--out docs/images]

Each page is shown in use (digits drawn with the mouse, a sample picture read, charts of a model),
in the light and the dark theme, at the width of a laptop and of a phone.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page, expect, sync_playwright

from inkling.paths import ROOT
from tools.browser import PAGE_TIMEOUT, chromium, draw, open_page, running_app, settle

# Width to height, in pixels: a laptop and a phone.
SIZES = {1280: 860, 390: 1100}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def show_draw(page: Page, address: str) -> None:
    """Draw a number and wait until it is read."""
    open_page(page, address)
    # Until then the canvas adapts to the width of the page.
    page.wait_for_timeout(1000)
    digits = "372" if page.viewport_size and page.viewport_size["width"] > 500 else "37"
    draw(page, digits)
    expect(page.get_by_test_id("inkling-answer")).to_have_text(digits, timeout=PAGE_TIMEOUT)


def show_upload(page: Page, address: str) -> None:
    """Read a sample picture."""
    open_page(page, address, "upload")
    page.get_by_role("button", name="Measurements", exact=True).click()
    expect(page.get_by_role("heading", name="All numbers")).to_be_attached(timeout=PAGE_TIMEOUT)
    expect(page.get_by_alt_text(re.compile("^measurements"))).to_be_visible()


def show_insights(page: Page, address: str) -> None:
    """Open the first view of the first model."""
    open_page(page, address, "insights")
    expect(page.get_by_role("heading", name="Compared with others")).to_be_visible(
        timeout=PAGE_TIMEOUT
    )


PAGES: dict[str, Callable[[Page, str], None]] = {
    "draw": show_draw,
    "upload": show_upload,
    "insights": show_insights,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    folder: Path = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    with running_app() as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        for theme in THEMES:
            for width, height in SIZES.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=theme
                )
                for name, show in PAGES.items():
                    page = context.new_page()
                    show(page, address)
                    settle(page)
                    # Charts and pictures fade in.
                    page.wait_for_timeout(1200)
                    page.mouse.move(0, 0)
                    target = folder / f"{name}-{theme}-{width}.png"
                    page.screenshot(path=target)
                    print(target)
                    page.close()
                context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
