"""Components outside of Streamlit, which may run them, and clean up after them, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Page

from inkling.review.draft import History
from inkling.review.page_grid import page_grid
from inkling.ui.shared.component import source
from inkling.ui.shared.steps import SCRIPT
from inkling.ui.upload import box_overlay, grid_view, number_table, review_queue
from inkling.ui.upload.session import SessionFile, UploadSession
from inkling.ui.upload.session_page import SessionPage
from tests.fixtures.drafts import make_draft, make_table
from tests.fixtures.uploads import sample

pytestmark = pytest.mark.browser

# Run a component twice on the same element, with the clean-up of the first run, if there is one, in
# between: Streamlit does so when the second run overtakes the first.
RUN_TWICE = """async ([html, code, data]) => {
    document.body.innerHTML = html
    const module = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })))
    const run = () => module.default({
        data, parentElement: document.body, setStateValue() {}, setTriggerValue() {}
    })
    const cleanUp = run()
    cleanUp?.()
    run()
}"""


def session() -> UploadSession:
    """A page with the numbers 12 and 34, which is doubtful."""
    draft, picture = make_draft("12 3?4"), sample()
    page = SessionPage("page.png", 1, 1000, 1000, picture, picture, (), History(draft))
    return UploadSession([SessionFile("page.png", b"", pages=[page])])


def components() -> list[tuple[str, Sequence[str], dict[str, Any], dict[str, int]]]:
    """Each component's class, scripts and data, and how many of which elements it has."""
    uploaded = session()
    page = uploaded.pages[0]
    overlay = box_overlay.page_data(page, is_sharp=False) | {"space": 600}
    scripts = ("upload/box_hint.js", "upload/picture_view.js", "upload/box_overlay.js")
    table = number_table.table_data(page, unsure_first=True)
    queue = review_queue.queue_data(review_queue.queue_of(uploaded))
    draft = make_table([["1", "23"], ["4", "5"]])
    in_cells = SessionPage("table.png", 1, 1000, 1000, b"", b"", (), History(draft))
    cells = page_grid(draft)
    assert cells is not None
    grid = grid_view.grid_data(in_cells, cells)
    return [
        ("stage", scripts, overlay, {".frame": 1, "g[role=button]": 4, ".hint": 1}),
        ("numbers", [SCRIPT, "upload/number_table.js"], table, {"table": 1, "tbody tr": 2}),
        ("grid", [SCRIPT, "upload/grid_view.js"], grid, {"table": 1, "input": 4}),
        ("queue", [SCRIPT, "upload/review_queue.js"], queue, {"form": 1, "input": 1, ".done": 1}),
    ]


def test_a_component_that_runs_again_stays_one(screen: Page):
    for name, scripts, data, counts in components():
        screen.evaluate(RUN_TWICE, [f'<div class="{name}"></div>', source(*scripts), data])
        found = {each: screen.locator(each).count() for each in counts}
        assert found == counts, name


# Clean up after a run that was overtaken, and then after the element has left the page.
CLEAN_UP = """async (code) => {
    const cleanUps = []
    const whenGone = new Function(`${code}; return whenGone`)()
    const element = document.body.appendChild(document.createElement("div"))
    const cleanUp = whenGone(element, () => cleanUps.push("gone"))
    const later = () => new Promise((done) => setTimeout(done, 20))
    cleanUp()
    await later()
    const whileThere = cleanUps.length
    element.remove()
    cleanUp()
    await later()
    return [whileThere, cleanUps.length]
}"""


def test_a_run_that_was_overtaken_is_not_cleaned_up_after(screen: Page):
    assert screen.evaluate(CLEAN_UP, source("shared/gone.js")) == [0, 1]
