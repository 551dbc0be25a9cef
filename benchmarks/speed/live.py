"""The Draw page in Chromium: how soon the bars follow the pen, and the server's answer the pen-up.

    python benchmarks/speed/live.py [--drawings 20] [--no-predict] [--json FILE]
    INKLING_DATA=… python benchmarks/speed/live.py --pen 200 [--json FILE]

The first measures, over drawings with the mouse at a hand's pace: from a pointer move to the bars
(browser), frames dropped while drawing, from pen-up to the server's answer on the page (of which
200 ms are the canvas's own), and the run of the page's script; then the same with `model.predict`
in LiteRT's place. The second draws so many digits of writers that no model saw, from their pen
trajectories with real pointer events, and counts what the live layer and the server read right.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from inkling.reports.statistics import Interval, wilson  # noqa: E402
from inkling.training.data import datasets  # noqa: E402
from inkling.training.data.sources import DatasetError  # noqa: E402
from tools.browser import (  # noqa: E402
    STROKES,
    canvas_box,
    chromium,
    draw_stroke,
    open_page,
    running_app,
    settle,
    stroke_points,
)

FRAME = 1000 / 60
# Between two points, in milliseconds: a hand's pace.
PACE = 10
# Longer side of a drawn trajectory, as a part of the canvas' height.
PART = 0.7
WATCH = """
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


def clear(page: Page) -> None:
    page.get_by_role("button", name="Clear").click()
    page.locator(".invitation").wait_for()
    settle(page)


HEAR = """
() => addEventListener("inkling:live", ({ detail }) => { window.inklingLive = detail.text })
"""


def read(page: Page) -> tuple[str, str]:
    """What the live layer read of the finished drawing, and what the server did."""
    # The canvas tells the server of a stroke 200 ms after it; what is shown before that may still
    # be the answer to the stroke before.
    page.wait_for_timeout(400)
    live = str(page.evaluate("window.inklingLive"))
    settle(page)
    page.get_by_test_id("inkling-answer").wait_for()
    return live, page.get_by_test_id("inkling-answer").inner_text()


def drawn(page: Page, address: str, count: int) -> dict[str, list[float]]:
    """Milliseconds, over so many drawings."""
    open_page(page, address)
    page.wait_for_timeout(2500)
    # The first loads the model.
    for number, digit in enumerate(islice(cycle(STROKES), count + 1)):
        if number == 1:
            page.evaluate(WATCH)
        for points in stroke_points(page, digit):
            draw_stroke(page, points, rest=PACE)
        page.get_by_test_id("inkling-answer").wait_for()
        settle(page)
        clear(page)
    return dict(page.evaluate("window.inkling"))


def figures(values: list[float]) -> dict[str, float]:
    if not values:
        return {"n": 0}
    median, p95 = np.percentile(values, [50, 95])
    return {"n": len(values), "median_ms": round(median, 1), "p95_ms": round(p95, 1)}


def dropped(frames: list[float]) -> float:
    """The part of the frames due while drawing that never came."""
    due = sum(max(1, round(frame / FRAME)) for frame in frames)
    return round(1 - len(frames) / due, 4) if due else 0.0


def runs(path: Path) -> dict[str, object]:
    """The runs that asked the network, as measured_server.py wrote them, but the first."""
    rows = [line.split() for line in path.read_text("ascii").splitlines()]
    kept = [(float(wall), float(own)) for wall, own, kind in rows if kind == "asked"][1:]
    return {
        "script_run": figures([wall for wall, _ in kept]),
        "script_processor": figures([own for _, own in kept]),
    }


def speed(count: int, with_predict: bool) -> dict[str, object]:
    found: dict[str, object] = {}
    server = str(ROOT / "benchmarks" / "measured_server.py")
    ways = {"litert": [], "model.predict": ["--predict"]} if with_predict else {"litert": []}
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = chromium(playwright)
        for name, options in ways.items():
            times = Path(folder) / name
            with running_app([server, str(times), *options]) as address:
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                seen = drawn(page, address, count)
                page.close()
            found[name] = {
                "move_to_bars": figures(seen["live"]),
                "frames_dropped": dropped(seen["frames"]),
                "pen_up_to_answer": figures(seen["answers"]),
                **runs(times),
            }
        browser.close()
    return found


def trajectories(count: int) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Digits of UNIPEN's test writers, whom no model saw: label and strokes, y down."""
    try:
        known, rows = datasets.strokes("unipen", "test")
    except DatasetError as problem:
        raise SystemExit(f"There are no pen trajectories to draw: {problem}") from problem
    for row in rows[np.linspace(0, len(rows) - 1, count).astype(int)].tolist():
        yield str(known.labels[row]), known.character(row)


def pens(count: int) -> dict[str, object]:
    wrong: list[str] = []
    right = {"live": 0, "server": 0}
    with running_app() as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        open_page(page, address)
        page.wait_for_timeout(2500)
        page.evaluate(HEAR)
        for label, strokes in trajectories(count):
            box = canvas_box(page)
            every = np.concatenate(strokes)
            low, high = every.min(axis=0), every.max(axis=0)
            scale = PART * box["height"] / max(1.0, float((high - low).max()))
            middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
            for stroke in strokes:
                way = (stroke - (low + high) / 2) * scale + middle
                draw_stroke(page, [(float(x), float(y)) for x, y in way], steps=1)
            said = dict(zip(("live", "server"), read(page), strict=True))
            for who, text in said.items():
                right[who] += text == label
                if text != label:
                    wrong.append(f"{who}: {label} read as {text}")
            settle(page)
            clear(page)
        browser.close()
    return {
        "n": count,
        **{who: shares(wilson(number, count)) for who, number in right.items()},
        "wrong": wrong,
    }


def shares(share: Interval) -> dict[str, float]:
    return {name: round(getattr(share, name), 4) for name in ("value", "low", "high")}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--drawings", type=int, default=20)
    parser.add_argument("--no-predict", action="store_true", help="leave the comparison out")
    parser.add_argument("--pen", type=int, metavar="N", help="draw N pen trajectories instead")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    found = pens(options.pen) if options.pen else speed(options.drawings, not options.no_predict)
    print(json.dumps(found, indent=1))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
