"""Names of files, and what an address says, are shown as they are: no picture, no link, no markup.

The browser is told to ignore the content security policy, which would stop foreign pictures, too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.fixtures.pages_made import encode, make_page
from tests.fixtures.uploads import sample
from tools.browser import open_page, settle

pytestmark = pytest.mark.browser

ELSEWHERE = "elsewhere.example"
# A picture, a link, markup, and a word in colour, as Markdown and Streamlit understand them.
PICTURE = f"![i](http://{ELSEWHERE}/p.png)"
MARKUP = f"{PICTURE} http://{ELSEWHERE}/a www.{ELSEWHERE} a@b.example **b** :red[c] $d$ &amp; "
LONG = 60_000
# Remembers what was ever on the page that comes from elsewhere, also for a moment.
WATCH = f"""
window.foreign = []
new MutationObserver(() => {{
  const wanted = '[src*="{ELSEWHERE}"], [href*="{ELSEWHERE}"]'
  for (const each of document.querySelectorAll(wanted)) window.foreign.push(each.outerHTML)
}}).observe(document, {{ childList: true, subtree: true, attributes: true }})
"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that shows everything that it is told to."""
    context = chromium.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    yield page
    assert page.evaluate("window.foreign") == []
    assert not [address for address in asked if ELSEWHERE in address.split("?")[0]]
    expect(page.get_by_test_id("stException")).to_have_count(0)
    context.close()


def named(name: str, content: bytes) -> dict[str, object]:
    return {"name": MARKUP + name, "mimeType": "image/png", "buffer": content}


def written(page: Page, name: str) -> Locator:
    """The places that show a name; Chromium replaces some of its characters."""
    return page.get_by_text(
        re.compile(r"!\[i\]\(http.*\*\*b\*\* :red\[c\] \$d\$ &amp; " + re.escape(name))
    )


def test_names_of_files_are_shown_as_they_are(page: Page, app_address: str) -> None:
    open_page(page, app_address, "upload")
    dot = io.BytesIO()
    Image.new("L", (1, 1), 255).save(dot, "PNG")
    uploaded = [
        named("numbers.png", encode(make_page([["12", "7"]], 3))),
        named("dot.png", dot.getvalue()),
        named("broken.png", b"no picture"),
        named("digit.jpg", sample()),
    ]
    page.locator("input[type=file]").first.set_input_files(uploaded)  # type: ignore[arg-type]
    expect(page.get_by_role("heading", name="All numbers")).to_be_visible(timeout=LONG)
    expect(written(page, "broken.png").first).to_be_visible()
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=LONG)
    settle(page)
    # The picker of pages, and each page in turn, the one of a single pixel among them.
    for _ in range(2):
        page.locator(".st-key-page-after button").first.click()
        settle(page)
    picker = page.locator(".st-key-page-shown [role=combobox]").first
    picker.click()
    expect(written(page, "dot.png").last).to_be_visible()
    page.keyboard.press("Escape")
    # The list of files, with a tooltip; one is removed and can be brought back.
    page.get_by_role("button", name="4 files").click()
    files = page.get_by_role("dialog").get_by_role("button")
    files.filter(has_text="numbers.png").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("Remove ![i](http")
    settle(page)
    files.filter(has_text="digit.jpg").click()
    settle(page)
    if not page.get_by_role("dialog").is_visible():
        page.get_by_role("button", name="3 files").click()
    expect(page.get_by_text(re.compile("Bring back !"))).to_be_visible()
    page.keyboard.press("Escape")
    settle(page)
    # The queue of doubtful numbers, and the form.
    page.get_by_text("Copies of one form").click()
    settle(page)
    choice = page.locator(".st-key-form-mode").get_by_role("combobox").first
    choice.scroll_into_view_if_needed()
    settle(page)
    choice.click()
    expect(written(page, "numbers.png").last).to_be_visible()


def test_what_an_address_says_is_shown_as_it_is(page: Page, app_address: str) -> None:
    for path in ("insights", ""):
        open_page(page, app_address, f"{path}?model={PICTURE}")
        sentence = page.get_by_text(re.compile(r"There is no model “!\[i\]\(http.*/p\.png\)”"))
        expect(sentence).to_be_visible()
