"""No page breaks a serious accessibility rule of axe (Deque Systems), in both themes."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.ui.insights.page import SECTIONS
from tools.browser import draw, open_page, settle

pytestmark = pytest.mark.browser
TIMEOUT_MS = 60_000
# Contrast is full only once everything has faded in, and the theme's colours have changed: at once.
NO_FADING = "*, *::before, *::after { transition: none !important; animation: none !important }"
NO_TRANSITION = "() => !document.getAnimations().some((each) => each instanceof CSSTransition)"
# The themes differ in nothing else.
OPTIONS: dict[str, dict[str, list[str]] | None] = {
    "light": None,
    "dark": {"runOnly": ["color-contrast"]},
}
EXTRAS = (
    "See inside",
    "What mattered",
    "Similar digits",
    "Stress test",
)


def problems(page: Page) -> list[str]:
    """What axe calls serious or critical: the theme, the rule, the beginning of each element."""
    found = []
    page.add_style_tag(content=NO_FADING)
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(NO_TRANSITION)
        found += [
            f"{theme}: {rule['id']}: {node['html'][:120]}"
            for rule in Axe().run(page, options=OPTIONS[theme]).response["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]
    return found


def test_the_draw_page(screen: Page, app_address: str):
    open_page(screen, app_address)
    assert problems(screen) == []
    draw(screen, "37")
    expect(screen.get_by_test_id("inkling-answer")).to_have_text("37")
    for extra in EXTRAS:
        screen.get_by_text(extra, exact=True).click()
        settle(screen)
    assert problems(screen) == []
    screen.get_by_role("button", name="Challenge: fool the network").click()
    settle(screen)
    assert problems(screen) == []


def test_the_upload_page(screen: Page, app_address: str):
    open_page(screen, app_address, "upload")
    assert problems(screen) == []
    screen.get_by_role("tab", name="Project").click()
    screen.locator(".st-key-upload-settings button:visible").first.click()
    expect(screen.get_by_role("button", name="Forget this visit")).to_be_visible()
    assert problems(screen) == []
    screen.keyboard.press("Escape")
    screen.get_by_role("button", name="Measurements", exact=True).click()
    expect(screen.get_by_role("heading", name="All numbers")).to_be_visible(timeout=TIMEOUT_MS)
    settle(screen)
    # With a digit, its number in the table and its panel.
    screen.locator("svg g[role=button]").first.click()
    expect(screen.locator(".numbers tr.selected")).to_have_count(1)
    settle(screen)
    assert problems(screen) == []
    screen.get_by_text("Grid", exact=True).click()
    expect(screen.get_by_role("table", name="The numbers of measurements.jpg")).to_be_visible()
    settle(screen)
    assert problems(screen) == []
    screen.locator(".st-key-review button:visible").first.click()
    expect(screen.locator(".queue input")).to_be_focused()
    assert problems(screen) == []


def test_the_insights_page(screen: Page, app_address: str):
    for section in SECTIONS:
        open_page(screen, app_address, f"insights?view={section.replace(' ', '+')}")
        assert problems(screen) == [], section
