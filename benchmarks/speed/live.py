"""The Draw page in Chromium: how soon the bars follow the pen, and the server answers.

    python benchmarks/speed/live.py [--drawings 20] [--no-predict] [--json FILE]
    INKLING_DATA=… python benchmarks/speed/live.py --pen 200 [--json FILE]

The first command draws with the mouse, at the pace of a hand. It measures the time from a pointer
move to the bars (in the browser), the frames dropped while drawing, the time from pen-up to the
server's answer on the page (200 ms of it are the canvas's own delay), and the run of the page's
script; then all of it again with `model.predict` in place of LiteRT.

The second command draws the pen trajectories of writers that no model was trained on, with real
pointer events, and counts what the live layer and the server read correctly.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright

from benchmarks import common
from inkling.reports.statistics import wilson
from inkling.training.data import datasets
from inkling.training.data.sources import DatasetError
from tools.browser import (
    STROKES,
    canvas_box,
    chromium,
    draw_stroke,
    open_page,
    running_app,
    settle,
    stroke_points,
)

# Serves the app and writes a line per run of a script, which ends in USED_NETWORK or another word.
SERVER = Path(__file__).with_name("measured_server.py")
USED_NETWORK = "network"
# Milliseconds from one frame to the next at 60 Hz.
FRAME = 1000 / 60
# Milliseconds between two points of a stroke: the pace of a hand.
POINT_INTERVAL = 10
# The longer side of a drawn trajectory, as a part of the canvas's height.
DRAWN_SIZE = 0.7
# Milliseconds until the Draw page has loaded the live layer.
LIVE_LAYER_LOADS = 2500
# Collects the events of the live layer, the frames while the pen is down, and the server's answers.
RECORD = """
() => {
  const seen = (window.inkling = { live: [], frames: [], up: 0, answers: [] })
  addEventListener("inkling:live", ({ detail }) => seen.live.push(detail.now - detail.since))
  let down = false
  addEventListener("pointerdown", () => { down = true; requestAnimationFrame(frame) }, true)
  addEventListener("pointerup", (event) => { down = false; seen.up = event.timeStamp }, true)
  let last = 0
  const frame = (now) => {
    if (last && down) seen.frames.push(now - last)
    last = down ? now : 0
    if (down) requestAnimationFrame(frame)
  }
  const roots = [...document.querySelectorAll("*")].map((element) => element.shadowRoot)
  const panel = roots.map((root) => root?.querySelector(".panel")).find(Boolean)
  new MutationObserver(() => {
    if (panel.dataset.source === "server" && seen.up) {
      seen.answers.push(performance.now() - seen.up)
      seen.up = 0
    }
  }).observe(panel, { attributeFilter: ["data-source"] })
}
"""
# Keeps the last text that the live layer read.
KEEP_LIVE_TEXT = """
() => addEventListener("inkling:live", ({ detail }) => { window.inklingLive = detail.text })
"""


def measure_speed(count: int, with_predict: bool) -> dict[str, object]:
    """Times over `count` drawings, with LiteRT and perhaps with `model.predict`."""
    figures: dict[str, object] = {}
    runtimes: dict[str, list[str]] = {"litert": []}
    if with_predict:
        runtimes["model.predict"] = ["--predict"]
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = chromium(playwright)
        for name, options in runtimes.items():
            times = Path(folder) / name
            with running_app([str(SERVER), str(times), *options]) as address:
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                recorded = _record_drawings(page, address, count)
                page.close()
            figures[name] = {
                "move_to_bars": common.milliseconds(recorded["live"]),
                "frames_dropped": _dropped(recorded["frames"]),
                "pen_up_to_answer": common.milliseconds(recorded["answers"]),
                **_script_runs(times),
            }
        browser.close()
    return figures


def measure_accuracy(count: int) -> dict[str, object]:
    """How many of `count` pen trajectories the live layer and the server read correctly."""
    mistakes: list[str] = []
    right = {"live": 0, "server": 0}
    with running_app() as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        open_page(page, address)
        page.wait_for_timeout(LIVE_LAYER_LOADS)
        page.evaluate(KEEP_LIVE_TEXT)
        for label, strokes in _trajectories(count):
            _draw_trajectory(page, strokes)
            for reader, text in zip(right, _read(page), strict=True):
                right[reader] += text == label
                if text != label:
                    mistakes.append(f"{reader}: {label} read as {text}")
            settle(page)
            _clear(page)
        browser.close()
    return {
        "n": count,
        **{reader: _interval(number, count) for reader, number in right.items()},
        "wrong": mistakes,
    }


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--drawings", type=int, default=20)
    parser.add_argument("--no-predict", action="store_true", help="measure LiteRT only")
    parser.add_argument("--pen", type=int, metavar="N", help="draw N pen trajectories instead")
    common.add_json(parser)
    options = parser.parse_args()
    figures = (
        measure_accuracy(options.pen)
        if options.pen
        else measure_speed(options.drawings, not options.no_predict)
    )
    common.write_figures(figures, options.json)
    return 0


def _record_drawings(page: Page, address: str, count: int) -> dict[str, list[float]]:
    """What RECORD collects over `count` drawings, in milliseconds."""
    open_page(page, address)
    page.wait_for_timeout(LIVE_LAYER_LOADS)
    for index, digit in enumerate(islice(cycle(STROKES), count + 1)):
        # The first drawing makes the server load the model, so it is not recorded.
        if index == 1:
            page.evaluate(RECORD)
        for points in stroke_points(page, digit):
            draw_stroke(page, points, rest=POINT_INTERVAL)
        page.get_by_test_id("inkling-answer").wait_for()
        settle(page)
        _clear(page)
    return dict(page.evaluate("window.inkling"))


def _clear(page: Page) -> None:
    page.get_by_role("button", name="Clear").click()
    page.locator(".invitation").wait_for()
    settle(page)


def _dropped(frames: list[float]) -> float:
    """The part of the frames due while drawing that were not shown."""
    due = sum(max(1, round(frame / FRAME)) for frame in frames)
    return round(1 - len(frames) / due, 4) if due else 0.0


def _script_runs(path: Path) -> dict[str, object]:
    """Times of the runs that used the network, as measured_server.py wrote them, but the first."""
    rows = [line.split() for line in path.read_text("ascii").splitlines()]
    runs = [(float(wall), float(cpu)) for wall, cpu, kind in rows if kind == USED_NETWORK]
    return {
        "script_run": common.milliseconds([wall for wall, _ in runs[1:]]),
        "script_processor": common.milliseconds([cpu for _, cpu in runs[1:]]),
    }


def _trajectories(count: int) -> Iterator[tuple[str, list[NDArray[Any]]]]:
    """Digits of UNIPEN's test writers, whom no model was trained on: label and strokes, y down."""
    try:
        unipen, rows = datasets.strokes("unipen", "test")
    except DatasetError as error:
        raise SystemExit(f"There are no pen trajectories to draw: {error}") from error
    for row in rows[np.linspace(0, len(rows) - 1, count).astype(int)].tolist():
        yield str(unipen.labels[row]), unipen.character(row)


def _draw_trajectory(page: Page, strokes: list[NDArray[Any]]) -> None:
    """Draw strokes in the middle of the canvas."""
    box = canvas_box(page)
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = DRAWN_SIZE * box["height"] / max(1.0, float((high - low).max()))
    middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    for stroke in strokes:
        on_page = (stroke - (low + high) / 2) * scale + middle
        draw_stroke(page, [(float(x), float(y)) for x, y in on_page], steps=1)


def _read(page: Page) -> tuple[str, str]:
    """What the live layer, and then the server, read of the finished drawing."""
    # The canvas reports a stroke to the server after 200 ms. Until then the page may still show the
    # answer to the stroke before.
    page.wait_for_timeout(400)
    live = str(page.evaluate("window.inklingLive"))
    settle(page)
    page.get_by_test_id("inkling-answer").wait_for()
    return live, page.get_by_test_id("inkling-answer").inner_text()


def _interval(right: int, n: int) -> dict[str, float]:
    part = wilson(right, n)
    return {name: round(getattr(part, name), 4) for name in ("value", "low", "high")}


if __name__ == "__main__":
    sys.exit(main())
