"""Drive the app in Chromium: shared by the browser tests, the benchmarks and the README's demo."""

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

from playwright.sync_api import Browser, FloatRect, Page, Playwright

Point = tuple[float, float]
ROOT = Path(__file__).resolve().parent.parent
# How long the app may take to start, in seconds.
START_TIMEOUT = 90
# How long the page may take, in milliseconds, on two slow cores that a training may share.
PAGE_TIMEOUT = 60_000
# Whether the page's script has not run for 300 milliseconds. As a function: Playwright would
# evaluate another expression in the page, whose content security policy forbids that.
IS_IDLE = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const now = performance.now();
    const isIdle = app?.dataset.testScriptState === "notRunning";
    if (!isIdle || window.idleSince === undefined) window.idleSince = now;
    return isIdle && now - window.idleSince > 300;
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
# The pen trajectories of digits, one string per stroke: x,y in hundredths of a square, y down.
STROKES = {
    "1": ("50,5 50,95",),
    "2": ("22,28 30,12 50,5 70,12 76,30 66,50 42,72 20,93 82,93",),
    "3": ("25,15 38,7 55,5 70,12 74,26 66,40 45,47 66,53 78,66 76,82 62,93 42,95 22,86",),
    "4": ("55,5 18,62 82,62", "62,38 62,96"),
    "7": ("20,8 80,8 62,45 45,95",),
}


class NoBrowserError(Exception):
    """No Chromium was found; the message says where it was looked for."""


def chromium(playwright: Playwright) -> Browser:
    """Start the system's Chromium, or the one installed by Playwright.

    Raises:
        NoBrowserError: neither is installed.
    """
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None and not Path(playwright.chromium.executable_path).exists():
        raise NoBrowserError(
            f"No Chromium: none of {', '.join(NAMES)} is on the PATH, and Playwright has not "
            "installed its own (python -m playwright install chromium)."
        )
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS))


def free_port() -> int:
    """A TCP port of this computer that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_app(
    launcher: Sequence[str] = ("-m", "streamlit"),
    script: str = "app.py",
    folder: Path = ROOT,
    address: str = "127.0.0.1",
) -> Iterator[str]:
    """Serve the app on a free port, yield its address, and stop it afterwards.

    Args:
        launcher: the program that Python runs; it gets Streamlit's arguments.
        script: the app, which may be another one to compare with.
        folder: the checkout that is served.
        address: the interface on which it is served.
    """
    port = free_port()
    command = [sys.executable, *launcher, "run", script, "--server.headless=true"]
    command += [f"--server.port={port}", f"--server.address={address}"]
    command += ["--server.fileWatcherType=none"]
    server = subprocess.Popen(command, cwd=folder, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    own = f"http://127.0.0.1:{port}"
    try:
        wait_until_served(server, f"{own}/_stcore/health", "the app")
        yield own
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def wait_until_served(server: subprocess.Popen[bytes], address: str, what: str) -> None:
    """Wait until a server answers.

    Args:
        server: its process.
        address: answered once it is there.
        what: the server, for messages.

    Raises:
        RuntimeError: it has exited, or does not answer in time.
    """
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"{what} exited at once with status {server.returncode}")
        try:
            # The address of the server that was just started.
            with urllib.request.urlopen(address, timeout=5):  # nosec B310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{what} did not answer within {START_TIMEOUT} s")


def open_page(page: Page, address: str, path: str = "") -> None:
    """Open one of the app's pages and wait until it is shown."""
    page.set_default_timeout(PAGE_TIMEOUT)
    page.goto(f"{address}/{path}")
    page.wait_for_selector("h1")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page's script has been idle for 0.3 seconds."""
    page.evaluate("() => { window.idleSince = undefined; }")
    page.wait_for_function(IS_IDLE)


def canvas_box(page: Page) -> FloatRect:
    """The place of the drawing surface on the page: x, y, width and height in pixels."""
    surface = page.locator("canvas.upper-canvas")
    surface.wait_for()
    surface.scroll_into_view_if_needed()
    box = surface.bounding_box()
    assert box is not None
    return box


def draw(page: Page, digits: str, size: float | None = None) -> None:
    """Draw digits side by side across the canvas with the mouse.

    Args:
        page: an open Draw page.
        digits: the digits; see `STROKES`.
        size: of one digit in pixels; by default as large as the canvas allows.
    """
    for points in stroke_points(page, digits, size):
        draw_stroke(page, points)


def draw_stroke(page: Page, points: Sequence[Point], steps: int = 5, rest: float = 0.0) -> None:
    """Draw one stroke with the mouse.

    Args:
        page: an open Draw page.
        points: the trajectory, in pixels of the page.
        steps: mouse moves from one point to the next.
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
    """Draw digits side by side across the canvas with one finger (see `draw`)."""
    for points in stroke_points(page, digits, None):
        finger_stroke(page, points)


def finger_stroke(page: Page, points: Sequence[Point], steps: int = 4) -> None:
    """Draw one stroke with a finger (see `draw_stroke`)."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *places: Point) -> None:
        touches = [{"x": x, "y": y} for x, y in places]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    touch("touchStart", points[0])
    for (x0, y0), (x1, y1) in pairwise(points):
        for step in range(1, steps + 1):
            part = step / steps
            touch("touchMove", (x0 + (x1 - x0) * part, y0 + (y1 - y0) * part))
    touch("touchEnd")
    session.detach()


def stroke_points(page: Page, digits: str, size: float | None = None) -> Iterator[list[Point]]:
    """The strokes of digits side by side across the canvas, in pixels of the page."""
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
    """What the Draw page shows as its reading."""
    return page.get_by_test_id("inkling-answer").inner_text().strip()
