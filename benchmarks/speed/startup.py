"""From process start to the first page ready, against a one-line Streamlit app, in Chromium.

    python benchmarks/speed/startup.py [--runs 5]

Each run starts `streamlit run` afresh and waits until a browser that was open already shows the
page: our Draw page with its canvas drawn, the other its line of text. The two take turns; medians
and their ratio are printed. Before each, what the other left in memory plays no part: both have
been run once.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tools.browser import chromium  # noqa: E402

ONE_LINE = "import streamlit as st\nst.write('ready')\n"


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def seconds_to_ready(page: Page, script: Path, selector: str) -> float:
    """Start the app, load it, wait for `selector`; seconds from the start of the process."""
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        other = Path(folder) / "one_line.py"
        other.write_text(ONE_LINE, encoding="utf-8")
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
                if run:  # The first fills the disk's and the browser's caches.
                    times[name].append(seconds)
        browser.close()
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        spread = f"{min(times[name]):.2f} to {max(times[name]):.2f}"
        print(f"{name:20} {median:6.2f} s  ({spread}, {options.runs} runs)")
    ours, theirs = medians.values()
    print(f"ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
