"""Time from process start to the first page, beside a one-line Streamlit app, in Chromium.

    python benchmarks/speed/startup.py [--runs 5]

Each run starts `streamlit run` afresh and waits until a browser that is already open shows the
page: Inkling's Draw page with its canvas, or the other app's line of text. The two take turns, and
the first run of each does not count, because it fills caches. Prints medians and their ratio.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Page, sync_playwright

from benchmarks import common
from inkling.paths import ROOT
from tools.browser import chromium, free_port

ONE_LINE_APP = "import streamlit as st\nst.write('ready')\n"


def seconds_to_ready(page: Page, script: Path, selector: str) -> float:
    """Start the app and open it; seconds from the start of the process until the selector shows."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
    command += [f"--server.port={port}", "--browser.gatherUsageStats=false"]
    started = time.perf_counter()
    server = subprocess.Popen(
        command, cwd=script.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.02)
        page.goto(f"http://127.0.0.1:{port}")
        page.wait_for_selector(selector, timeout=60_000)
        return time.perf_counter() - started
    finally:
        server.terminate()
        server.wait()
        page.goto("about:blank")


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        other = Path(folder) / "one_line.py"
        other.write_text(ONE_LINE_APP, encoding="utf-8")
        apps = {
            "Inkling, Draw page": (ROOT / "app.py", "canvas.upper-canvas"),
            "one-line app": (other, "text=ready"),
        }
        browser = chromium(playwright)
        page = browser.new_page()
        times: dict[str, list[float]] = {name: [] for name in apps}
        for run in range(options.runs + 1):
            for name, (script, selector) in apps.items():
                seconds = seconds_to_ready(page, script, selector)
                # The first run fills the caches of the disk and of the browser.
                if run:
                    times[name].append(seconds)
        browser.close()
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        spread = f"{min(times[name]):.2f} to {max(times[name]):.2f}"
        print(f"{name:20} {median:6.2f} s  ({spread}, {options.runs} runs)")
    ours, theirs = medians.values()
    print(f"ratio {ours / theirs:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
