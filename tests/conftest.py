"""Fixtures that several test files share."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

# Tests train into a folder of their own, and do not see earlier trainings.
RUNS = tempfile.TemporaryDirectory(prefix="inkling-runs-", ignore_cleanup_errors=True)
os.environ["INKLING_RUNS"] = RUNS.name

# Tests keep drawings and visits in a database of their own, not in the developer's.
DATABASE = tempfile.TemporaryDirectory(prefix="inkling-database-", ignore_cleanup_errors=True)
os.environ["INKLING_DATABASE"] = f"sqlite:///{DATABASE.name}/drawings.sqlite3"

# Pages are read in the process of the test, where it can look on. The tests of serving and those in
# the browser have reading processes.
os.environ["INKLING_READERS"] = "0"

# How long a browser test waits for what it expects, in milliseconds: two cores may be busy with
# other tests.
EXPECT_TIMEOUT_MS = 30_000

# Writes to the console what a page's content security policy has stopped.
VIOLATION = "violation of the content security policy:"
VIOLATIONS = f"""
addEventListener("securitypolicyviolation", (event) =>
  console.log("{VIOLATION}", event.violatedDirective, event.blockedURI, event.sourceFile))
"""

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from inkling.recognition.line_model import LineModel
    from inkling.training.data.sources import Arrays


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the files that take longest first, so that no process waits for another at the end."""
    items.sort(key=lambda item: not any(map(item.get_closest_marker, ("learning", "browser"))))


@pytest.fixture
def few_test_digits(monkeypatch: pytest.MonkeyPatch) -> int:
    """Cut MNIST's test split short, so that measuring a model takes less time; its new length."""
    from inkling.training.data import datasets

    load, count = datasets.load, 2000

    def load_few(name: str, split: str = "test", *, seed: int = 0) -> Arrays:
        x, y = load(name, split, seed=seed)
        return (x[:count], y[:count]) if (name, split) == ("mnist", "test") else (x, y)

    monkeypatch.setattr(datasets, "load", load_few)
    return count


@pytest.fixture
def shipped_line_model() -> LineModel:
    """The line model of drawings under model/."""
    from inkling.recognition import line_model

    model = line_model.load(line_model.DRAWN)
    assert model is not None
    return model


@pytest.fixture(scope="session")
def app_address() -> Iterator[str]:
    """The app, served once for all browser tests."""
    from tools.browser import running_app

    with ExitStack() as stack:
        # For the server alone: this process lives on, for other tests.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("INKLING_READERS", "1")
            address = stack.enter_context(running_app())
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium. Without one the tests are skipped, or fail if CI is set."""
    from playwright.sync_api import expect, sync_playwright

    from tools.browser import NoBrowserError, chromium

    expect.set_options(timeout=EXPECT_TIMEOUT_MS)

    with sync_playwright() as playwright:
        try:
            browser = chromium(playwright)
        except NoBrowserError as problem:
            if os.environ.get("CI"):
                pytest.fail(str(problem))
            pytest.skip(str(problem))
        yield browser
        browser.close()


@pytest.fixture
def screen(chromium: Browser) -> Iterator[Page]:
    """A page of a desktop's size, which may only talk to this computer."""
    yield from _offline_page(chromium, 1280, 900)


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A page of a phone's size, with touch, which may only talk to this computer."""
    yield from _offline_page(chromium, 390, 844, touch=True)


def _offline_page(browser: Browser, width: int, height: int, touch: bool = False) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=touch, is_mobile=touch
    )
    page = context.new_page()
    foreign: list[str] = []
    context.on(
        "request",
        lambda request: (
            foreign.append(request.url)
            if urlsplit(request.url).hostname not in (None, "127.0.0.1", "localhost")
            else None
        ),
    )
    forbidden: list[str] = []
    context.add_init_script(VIOLATIONS)
    context.on(
        "console",
        lambda message: (
            forbidden.append(message.text) if message.text.startswith(VIOLATION) else None
        ),
    )
    yield page
    context.close()
    assert not foreign, f"the page asked other computers: {foreign}"
    assert not forbidden, f"the page did what its content security policy forbids: {forbidden}"
