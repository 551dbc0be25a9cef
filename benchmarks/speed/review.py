"""How long it takes to check a batch of cheque crops by keyboard, from upload to the CSV file.

    python benchmarks/speed/review.py FOLDER [--count 40] [--json FILE]

FOLDER holds cheques/ (see photo_sets.py). A script takes the person's place in Chromium: it uploads
the crops, opens the review queue, types the true amount of each doubtful number as fast as the page
shows the next one, and downloads the CSV file. After the files are chosen, it uses the keyboard
alone. Prints JSON: how many numbers were doubtful, and the seconds for reading, for checking, and
in all.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks import common
from benchmarks.accuracy.photo_sets import LabelledPicture, load_pictures
from tools.browser import chromium, open_page, running_app, settle

# Milliseconds that reading all crops may take.
LONG = 300_000


def check_all(page: Page, truths: dict[str, str]) -> int:
    """Answer every number of the open queue; how many there were."""
    where, done = page.locator(".queue .where"), page.locator(".queue .done")
    where.wait_for()
    count = 0
    while not done.inner_text():
        shown = where.inner_text()
        page.keyboard.press("Control+a")
        page.keyboard.type(truths[shown.split(" · ", 1)[1]])
        page.keyboard.press("Enter")
        count += 1
        page.wait_for_function(
            """before => {
                const text = (name) => [...document.querySelectorAll("*")]
                    .map((each) => each.shadowRoot?.querySelector(`.queue ${name}`))
                    .find(Boolean)?.textContent
                return text(".done") || text(".where") !== before
            }""",
            arg=shown,
        )
    return count


def measure(page: Page, address: str, pictures: list[LabelledPicture]) -> dict[str, float]:
    """Upload the pictures, check what is doubtful, and download the result."""
    truths = {picture.path.name: "".join(picture.lines) for picture in pictures}
    open_page(page, address, "upload")
    started = time.perf_counter()
    page.locator("input[type=file]").first.set_input_files([each.path for each in pictures])
    button = page.locator(".st-key-review button:visible").first
    button.wait_for(timeout=LONG)
    settle(page)
    read = time.perf_counter()
    button.focus()
    page.keyboard.press("Enter")
    count = check_all(page, truths)
    checked = time.perf_counter()
    page.keyboard.press("Escape")
    to_check = page.get_by_test_id("stMetric").filter(has_text="To check")
    expect(to_check.get_by_test_id("stMetricValue")).to_have_text("0")
    settle(page)
    download = page.get_by_role("button", name="CSV", exact=True)
    download.focus()
    with page.expect_download():
        page.keyboard.press("Enter")
    ended = time.perf_counter()
    return {
        "pictures": len(pictures),
        "doubtful": count,
        "reading_s": round(read - started, 1),
        "checking_s": round(checked - read, 1),
        "all_s": round(ended - started, 1),
    }


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=40, help="how many crops")
    common.add_json(parser)
    options = parser.parse_args()
    pictures = load_pictures(options.folder, "cheques", options.count)
    with sync_playwright() as playwright, running_app() as address:
        page = chromium(playwright).new_page(viewport={"width": 1280, "height": 900})
        common.write_figures(measure(page, address, pictures), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
