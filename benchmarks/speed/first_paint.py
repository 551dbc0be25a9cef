"""From asking for the Insights page to seeing it, beside a one-line Streamlit app, in Chromium.

    python benchmarks/speed/first_paint.py [--runs 7] [--json FILE]

Three ways that take turns, each time in a browser that has cached nothing; medians in seconds:
going there from the Draw page; asking for its address, so that Streamlit's own scripts are loaded
and compiled as well; and asking for the other app's. Painted is: Inkling's headline and its chart
of models are on the page; the other's line of text is. Both servers have been asked once before.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from benchmarks.speed.startup import ONE_LINE  # noqa: E402
from tools.browser import chromium, running_app, settle  # noqa: E402

SEEN = "text=Among others"


# Two frames: what is in the document has been painted.
PAINTED = "new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"
# Milliseconds in which nobody could have read the Draw page yet.
LOOK_AROUND = 1500


def seconds(browser: Browser, address: str, selector: str, link: str = "") -> float:
    """From asking for an address, or from pressing a link on it, until the selector is painted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    if link:
        page.wait_for_selector("canvas.upper-canvas")
        settle(page)
        page.wait_for_timeout(LOOK_AROUND)
        started = time.perf_counter()
        page.get_by_role("link", name=link).first.click(no_wait_after=True)
    page.wait_for_selector(selector)
    page.evaluate(PAINTED)
    taken = time.perf_counter() - started
    context.close()
    return taken


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        other = Path(folder) / "one_line.py"
        other.write_text(ONE_LINE, encoding="utf-8")
        with running_app() as ours, running_app(script=str(other)) as theirs:
            browser = chromium(playwright)
            ways = {
                "from the Draw page": (ours, SEEN, "Insights"),
                "by its address": (f"{ours}/insights", SEEN),
                "one-line app": (theirs, "text=ready"),
            }
            times: dict[str, list[float]] = {name: [] for name in ways}
            for run in range(options.runs + 1):
                for name, way in ways.items():
                    taken = seconds(browser, *way)
                    if run:
                        times[name].append(taken)
            browser.close()
    found = {
        name: {"n": len(values), "median_s": round(statistics.median(values), 2)}
        for name, values in times.items()
    }
    print(json.dumps(found, indent=1))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
