"""Drives the app in Chromium as a person would: shared by the browser tests and the screenshots."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

Point = tuple[float, float]
ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90
# Milliseconds: two slow cores, perhaps shared with a training.
PATIENCE = 60_000
# Whether the script has not run for so many milliseconds.
STILL = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const now = performance.now();
    const isStill = app?.dataset.testScriptState === "notRunning";
    if (!isStill || window.stillSince === undefined) window.stillSince = now;
    return isStill && now - window.stillSince > 300;
}"""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# The pen's way for a digit, in hundredths of a square, y down; a string a stroke.
STROKES = {
    "1": ("50,5 50,95",),
    "2": ("22,28 30,12 50,5 70,12 76,30 66,50 42,72 20,93 82,93",),
    "3": ("25,15 38,7 55,5 70,12 74,26 66,40 45,47 66,53 78,66 76,82 62,93 42,95 22,86",),
    "4": ("55,5 18,62 82,62", "62,38 62,96"),
    "7": ("20,8 80,8 62,45 45,95",),
}


class NoBrowserError(Exception):
    """There is no Chromium; the message says where one was looked for."""


def chromium(playwright: Playwright) -> Browser:
    """Start the system's Chromium, or Playwright's own.

    Raises:
        NoBrowserError: there is neither.
    """
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and not Path(playwright.chromium.executable_path).exists():
        raise NoBrowserError(
            f"No Chromium: none of {', '.join(NAMES)} is on the PATH, and Playwright has not "
            "installed its own (python -m playwright install chromium)."
        )
    return playwright.chromium.launch(executable_path=found, args=list(FLAGS))


@contextmanager
def running_app(
    launcher: Sequence[str] = ("-m", "streamlit"), script: str = "app.py"
) -> Iterator[str]:
    """The app, served on a free port; gives its address and stops it afterwards.

    Args:
        launcher: what Python is to run; gets Streamlit's own arguments.
        script: another app than ours, to compare with.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, *launcher, "run", script, "--server.headless=true"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1"]
    command += ["--server.fileWatcherType=none"]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_served(server, f"{address}/_stcore/health")
        yield address
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_until_served(server: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"the app ended at once, with status {server.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the app did not answer within {START_SECONDS} s")


def open_page(page: Page, address: str, path: str = "") -> None:
    """Open one of the app's pages and wait until it is there."""
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/{path}")
    page.wait_for_selector("h1")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the script has run and not begun again for a third of a second."""
    page.evaluate("() => { window.stillSince = undefined; }")
    page.wait_for_function(STILL)


def canvas_box(page: Page) -> dict[str, float]:
    """Where the drawing surface is on the page: x, y, width and height."""
    surface = page.locator("canvas.upper-canvas")
    surface.wait_for()
    surface.scroll_into_view_if_needed()
    box = surface.bounding_box()
    assert box is not None
    return dict(box)


def draw(page: Page, digits: str, size: float | None = None) -> None:
    """Draw digits side by side over the canvas with the mouse, pressed and moved as a hand does.

    Args:
        page: an open Draw page.
        digits: which; see `STROKES`.
        size: of one digit in pixels; by default as large as the canvas allows.
    """
    for points in stroke_points(page, digits, size):
        draw_stroke(page, points)


def draw_stroke(page: Page, points: Sequence[Point], steps: int = 5, rest: float = 0.0) -> None:
    """Draw one stroke with the mouse.

    Args:
        page: an open Draw page.
        points: the pen's way, in the page's pixels.
        steps: moves from one point to the next.
        rest: milliseconds between two points.
    """
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=steps)
        if rest:
            page.wait_for_timeout(rest)
    page.mouse.up()


def draw_by_finger(page: Page, digits: str) -> None:
    """Draw digits side by side over the canvas with one finger (see `draw`)."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: Point) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    for points in stroke_points(page, digits, None):
        touch("touchStart", points[0])
        for (x0, y0), (x1, y1) in pairwise(points):
            for part in (0.25, 0.5, 0.75, 1.0):
                touch("touchMove", (x0 + (x1 - x0) * part, y0 + (y1 - y0) * part))
        touch("touchEnd")


def stroke_points(page: Page, digits: str, size: float | None = None) -> Iterator[list[Point]]:
    """The strokes of digits side by side, in the page's pixels."""
    box = canvas_box(page)
    step = box["width"] / len(digits)
    side = size or min(0.75 * box["height"], 0.85 * step)
    top = box["y"] + (box["height"] - side) / 2
    for place, digit in enumerate(digits):
        left = box["x"] + place * step + (step - side) / 2
        for stroke in STROKES[digit]:
            pairs = [tuple(map(int, point.split(","))) for point in stroke.split()]
            yield [(left + x / 100 * side, top + y / 100 * side) for x, y in pairs]


def answer(page: Page) -> str:
    """What the Draw page says it read."""
    return page.get_by_test_id("inkling-answer").inner_text().strip()
