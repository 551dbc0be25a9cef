"""The Insights page in Chromium: clicks on the confusion matrix, the lens of the embedding, and a
training from its start to its deletion."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from inkling.paths import RUN
from inkling.reports import comparison, files
from inkling.reports.files import load_robustness
from inkling.reports.names import model_names
from inkling.reports.schema import Report
from tools.browser import draw, open_page, settle

pytestmark = pytest.mark.browser
# Milliseconds: long enough for a training beside other work.
LONG = 240_000


def open_section(page: Page, address: str, query: str, name: str = "") -> None:
    """Open a section by its address."""
    open_page(page, address, f"insights?view={query.replace(' ', '+')}")
    expect(page.get_by_role("tab", name=name or query, exact=True)).to_have_attribute(
        "aria-selected", "true"
    )


def test_the_address_selects_model_and_section(screen: Page, app_address: str):
    open_section(screen, app_address, "Errors&model=lenet-5", "Errors")
    expect(screen).to_have_url(re.compile("model=lenet5"))
    count = len(files.load_report("lenet5").wrong)
    expect(tiles(screen)).to_have_count(count)


def worst_cell(report: Report) -> tuple[int, int]:
    """True and predicted label of the most frequent error."""
    matrix = report.confusion
    labels = range(len(matrix))
    cells = [(i, j) for i in labels for j in labels if i != j]
    return max(cells, key=lambda cell: matrix[cell[0]][cell[1]])


def click_cell(page: Page, true: int, read: int) -> None:
    points = page.locator(".js-plotly-plot .scatterlayer .point")
    expect(points).to_have_count(100)
    point = points.nth(10 * true + read)
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def tiles(page: Page):
    return page.locator(".tiles button")


def test_a_cell_opens_the_images_that_the_report_counts(screen: Page, app_address: str):
    report = files.load_report("digits")
    true, read = worst_cell(report)
    count = report.confusion[true][read]
    numbers = comparison.predictions_of(report).cell(true, read).tolist()
    assert count == len(numbers) > 0
    open_section(screen, app_address, "Confusion")
    click_cell(screen, true, read)
    expect(tiles(screen)).to_have_count(count)
    shown = [int(tile.get_attribute("data-number") or -1) for tile in tiles(screen).all()]
    assert shown == numbers
    # An empty cell opens nothing. Then an image is chosen by key.
    empty = next(
        (i, j) for i in range(10) for j in range(10) if i != j and not report.confusion[i][j]
    )
    click_cell(screen, *empty)
    expect(tiles(screen)).to_have_count(0)
    click_cell(screen, true, read)
    tiles(screen).first.focus()
    screen.keyboard.press("Enter")
    expect(tiles(screen).first).to_have_attribute("aria-pressed", "true")
    expect(screen.get_by_text(f"Test digit {numbers[0]:,}")).to_be_visible()
    expect(screen.get_by_alt_text(re.compile("^The activations of")).first).to_be_visible()


def test_pointing_at_a_point_shows_its_digit_and_the_drawing_is_placed(
    screen: Page, app_address: str
):
    open_page(screen, app_address)
    screen.wait_for_timeout(1000)
    draw(screen, "7")
    expect(screen.get_by_test_id("inkling-answer")).to_have_text("7")
    screen.get_by_role("link", name="Insights").click()
    screen.get_by_role("tab", name="Embedding", exact=True).click()
    settle(screen)
    plot = screen.locator(".st-key-embedding-chart .js-plotly-plot")
    expect(plot).to_be_visible(timeout=LONG)
    expect(screen.get_by_text("Your drawing is the orange mark")).to_be_visible()
    plot.scroll_into_view_if_needed()
    screen.wait_for_timeout(1000)
    # Where Plotly has drawn a test digit: the first one labelled 3.
    x, y = plot.evaluate(
        """plot => {
            const trace = plot._fullData[3], box = plot.getBoundingClientRect()
            const { xaxis, yaxis } = plot._fullLayout
            return [box.x + xaxis._offset + xaxis.l2p(trace.x[0]),
                    box.y + yaxis._offset + yaxis.l2p(trace.y[0])]
        }"""
    )
    lens = screen.locator(".lens")
    screen.mouse.move(x - 3, y)
    screen.mouse.move(x, y, steps=3)
    expect(lens).to_be_visible()
    embedding = load_robustness("digits").embedding
    assert embedding.label[int(lens.get_attribute("data-number") or -1)] == 3
    screen.mouse.move(5, 5, steps=3)
    expect(lens).to_be_hidden()


def test_a_network_is_trained_stopped_kept_and_deleted(screen: Page, phone: Page, app_address: str):
    before = set(model_names())
    open_section(screen, app_address, "Train here")
    # Many epochs of few digits: enough to watch it and to stop it, and soon measured.
    epochs = screen.get_by_role("slider", name="Epochs")
    epochs.focus()
    for _ in range(9):
        screen.keyboard.press("ArrowRight")
    screen.get_by_role("button", name="Train", exact=True).click()
    stop = screen.get_by_role("button", name="Stop and keep")
    expect(stop).to_be_visible(timeout=LONG)
    # It continues while another page is open, and another session sees it too.
    open_section(phone, app_address, "Train here")
    screen.get_by_role("link", name="Draw").click()
    expect(screen.get_by_role("heading", name="Read a drawing")).to_be_visible(timeout=LONG)
    screen.get_by_role("link", name="Insights").click()
    screen.get_by_role("tab", name="Train here", exact=True).click()
    for one in (screen, phone):
        expect(one.get_by_text(re.compile("validation digits correctly"))).to_be_visible(
            timeout=LONG
        )
        expect(one.locator(".js-plotly-plot")).to_have_count(3, timeout=LONG)
    stop.click()
    expect(screen.get_by_role("heading", name="Trained here")).to_be_visible(timeout=LONG)
    expect(phone.get_by_role("heading", name="Trained here")).to_be_visible(timeout=LONG)
    (name,) = set(model_names()) - before
    assert name.startswith(RUN) and name.endswith("-sprint")
    report = files.load_report(name)
    assert report.network == "sprint"
    assert 1 <= len(report.history) < 12
    test = report.split("test")
    assert test is not None and test.n == 10_000
    # It is a model like any other until it is deleted.
    screen.get_by_role("button", name="Show its results").click()
    settle(screen)
    expect(screen.get_by_text(f"{test.errors:,}", exact=True).first).to_be_visible()
    screen.get_by_role("tab", name="Train here", exact=True).click()
    screen.get_by_role("button", name="Delete …").click()
    screen.get_by_role("button", name="Delete the model").click()
    expect(screen.get_by_text("No models have been trained here yet.")).to_be_visible()
    assert set(model_names()) == before


@pytest.mark.parametrize(
    "name", ["Confusion", "Errors", "Robustness", "Embedding", "Inside", "Train here"]
)
def test_every_section_fits_a_phone(phone: Page, app_address: str, name: str):
    open_section(phone, app_address, name)
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    # The row of tabs is longer than the screen.
    tab = phone.get_by_role("tab", name=name, exact=True)
    expect(tab).to_be_in_viewport(ratio=1, timeout=20_000)
    expect(phone.get_by_test_id("stException")).to_have_count(0)
