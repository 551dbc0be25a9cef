"""First page and first answer of this checkout beside another one, in one run.

    python benchmarks/speed/versus.py CHECKOUT [--runs 7] [--json FILE]

CHECKOUT is a folder with another version of Inkling, such as `git worktree add ../before COMMIT`.
Both are served at the same time and take turns, each time in a browser with an empty cache:

- first page: from opening the address until the canvas of the Draw page is painted;
- first answer: from lifting the pen after the first stroke until the verdict is painted;
- command line: `python -m inkling classify` on a sample picture, as a process of its own.

Prints the medians in seconds, and this checkout's time as a ratio of the other's: the median of the
ratios of each pair of runs.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from benchmarks import common  # noqa: E402
from tools.browser import PAGE_TIMEOUT, chromium, draw, running_app, settle  # noqa: E402

# Resolves after two frames, when everything in the document has been painted.
PAINTED = "new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"
SAMPLE = "assets/samples/one-digit.jpg"
# Every verdict about one digit holds this word, in any version.
VERDICT = "text=/sure/i"


def in_browser(browser: Browser, address: str) -> dict[str, float]:
    """Seconds until the first page and the first answer, in a fresh browser context."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PAGE_TIMEOUT)
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("canvas.upper-canvas")
    page.evaluate(PAINTED)
    first_page = time.perf_counter() - started
    settle(page)
    draw(page, "7")
    started = time.perf_counter()
    page.wait_for_selector(VERDICT)
    page.evaluate(PAINTED)
    first_answer = time.perf_counter() - started
    context.close()
    return {"first page": first_page, "first answer": first_answer}


def command_line(folder: Path) -> float:
    """Seconds that the command line takes for one picture, start included."""
    command = [sys.executable, "-m", "inkling", "classify", SAMPLE, "--format", "text"]
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - started


def compare(ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> dict[str, Any]:
    """Medians in seconds and the median ratio of the pairs, by what was measured."""
    return {
        name: {
            "n": len(ours),
            "this_s": round(statistics.median(run[name] for run in ours), 2),
            "other_s": round(statistics.median(run[name] for run in theirs), 2),
            "ratio": round(
                statistics.median(a[name] / b[name] for a, b in zip(ours, theirs, strict=True)), 2
            ),
        }
        for name in ours[0]
    }


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("checkout", type=Path, metavar="CHECKOUT")
    parser.add_argument("--runs", type=int, default=7)
    common.add_json(parser)
    options = parser.parse_args()
    folders = (ROOT, options.checkout.resolve())
    runs: tuple[list[dict[str, float]], list[dict[str, float]]] = ([], [])
    with (
        running_app(folder=folders[0]) as ours,
        running_app(folder=folders[1]) as theirs,
        sync_playwright() as playwright,
    ):
        browser = chromium(playwright)
        for run in range(options.runs + 1):
            for place, (folder, address) in enumerate(zip(folders, (ours, theirs), strict=True)):
                times = in_browser(browser, address) | {"command line": command_line(folder)}
                # The first run only warms the servers and the disk up.
                if run:
                    runs[place].append(times)
        browser.close()
    common.write_figures(compare(*runs), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
