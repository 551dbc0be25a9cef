"""Time until the Insights page is painted, beside a one-line Streamlit app, in Chromium.

    python benchmarks/speed/first_paint.py [--runs 7] [--json FILE]

Three cases take turns, each time in a browser with an empty cache: following the link from the Draw
page; opening the page's address, so that Streamlit's own scripts are loaded and compiled as well;
and opening the other app's address. The time ends when Inkling's first heading of figures, or the
other app's line of text, is painted. Both servers have answered once before. Prints medians in
seconds.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Browser, sync_playwright

from benchmarks import common
from benchmarks.speed.startup import ONE_LINE_APP
from tools.browser import chromium, running_app, settle

# Resolves after two frames, when everything in the document has been painted.
PAINTED = "new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"
# The heading above Insights' first chart.
INSIGHTS_SHOWN = "text=Compared with others"
# Milliseconds on the Draw page before following the link; a person takes at least that long.
PAUSE = 1500


def seconds_to_paint(browser: Browser, address: str, selector: str, link: str = "") -> float:
    """Seconds from opening an address, or clicking a link there, until the selector is painted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    if link:
        page.wait_for_selector("canvas.upper-canvas")
        settle(page)
        page.wait_for_timeout(PAUSE)
        started = time.perf_counter()
        page.get_by_role("link", name=link).first.click(no_wait_after=True)
    page.wait_for_selector(selector)
    page.evaluate(PAINTED)
    seconds = time.perf_counter() - started
    context.close()
    return seconds


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--runs", type=int, default=7)
    common.add_json(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        other = Path(folder) / "one_line.py"
        other.write_text(ONE_LINE_APP, encoding="utf-8")
        with running_app() as ours, running_app(script=str(other)) as theirs:
            browser = chromium(playwright)
            cases = {
                "from the Draw page": (ours, INSIGHTS_SHOWN, "Insights"),
                "by its address": (f"{ours}/insights", INSIGHTS_SHOWN),
                "one-line app": (theirs, "text=ready"),
            }
            times: dict[str, list[float]] = {name: [] for name in cases}
            for run in range(options.runs + 1):
                for name, case in cases.items():
                    seconds = seconds_to_paint(browser, *case)
                    # The first run only warms the servers up.
                    if run:
                        times[name].append(seconds)
            browser.close()
    figures = {
        name: {"n": len(values), "median_s": round(statistics.median(values), 2)}
        for name, values in times.items()
    }
    common.write_figures(figures, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
