"""axe's rules (Deque Systems) on every page, in both themes: nothing serious."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from test_insights_page import VIEWS

from tools.browser import draw, open_page, settle

pytestmark = pytest.mark.browser
LONG = 60_000
FADE = 600
EXTRAS = (
    "See inside",
    "What mattered",
    "Looks like",
    "Break it",
    "Challenge: fool the network",
)


def problems(page: Page) -> list[str]:
    """What axe calls serious or critical: theme, rule, and the beginning of each place."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        # What fades in has its full contrast only then.
        page.wait_for_timeout(FADE)
        found += [
            f"{theme}: {rule['id']}: {place['html'][:120]}"
            for rule in Axe().run(page).response["violations"]
            if rule["impact"] in ("serious", "critical")
            for place in rule["nodes"]
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


def test_the_upload_page(screen: Page, app_address: str):
    open_page(screen, app_address, "upload")
    assert problems(screen) == []
    screen.get_by_role("button", name="Measurements", exact=True).click()
    expect(screen.get_by_role("heading", name="All numbers")).to_be_visible(timeout=LONG)
    settle(screen)
    assert problems(screen) == []


def test_the_insights_page(screen: Page, app_address: str):
    for view in VIEWS:
        open_page(screen, app_address, f"insights?view={view.replace(' ', '+')}")
        assert problems(screen) == [], view
