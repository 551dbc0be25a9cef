"""Digits drawn on the Draw page: how many are read correctly, how many surely, and is sure right.

    python benchmarks/accuracy/strokes.py [--json FILE]
    INKLING_DATA=… python benchmarks/accuracy/strokes.py --writers [--network NAME] [--limit N]
        [--json FILE]

The first command draws the ten digits as they are taught, in three sizes, on the page in Chromium:
alone, by mouse and by finger, and in ten numbers, by mouse. They are read by the page's own model.

The second command draws the pen trajectories of UNIPEN's test writers, whom no model has learned
from, as the canvas draws them: with its pen, in three sizes. They are read as the page reads them.

Right and sure count what is both read correctly and sure. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright

from benchmarks import common
from inkling.imaging.strokes import draw_lines
from inkling.reader.drawing import read_ink
from inkling.recognition import classifier
from inkling.reports.statistics import wilson
from inkling.training.data import datasets
from inkling.training.data.sources import DatasetError
from tests.fixtures.plain_strokes import DIGITS, HEIGHTS, NUMBERS, PEN, Points
from tools.browser import (
    Point,
    canvas_box,
    chromium,
    draw_stroke,
    finger_stroke,
    open_page,
    running_app,
    settle,
)

# What was drawn, what it was read as, and whether that was sure.
Answer = tuple[str, str, bool]
# Numbers are not drawn in the largest size, in which only two digits have room.
NUMBER_HEIGHTS = HEIGHTS[:2]
# The canvas on which trajectories are drawn, in pixels.
CANVAS = (640, 400)
# The largest distance between two points of a stroke that is drawn on the page, in pixels.
POINT_DISTANCE = 12.0
# The canvas reports a stroke after 200 ms; until then the answer is about the stroke before.
REPORT_MS = 400


def figures(answers: Iterable[Answer]) -> dict[str, Any]:
    """How many answers are right, sure, and both, and how many sure ones are wrong."""
    listed = list(answers)
    n, sure = len(listed), [each for each in listed if each[2]]
    right = sum(drawn == read for drawn, read, _ in listed)
    wrong = [each for each in sure if each[0] != each[1]]
    return {
        "n": n,
        "right": _share(right, n),
        "sure": _share(len(sure), n),
        "right_and_sure": _share(len(sure) - len(wrong), n),
        "wrong_among_sure": _share(len(wrong), len(sure)) if sure else None,
        "doubted_or_wrong": [
            f"{drawn} as {read}{', sure' if is_sure else ''}"
            for drawn, read, is_sure in listed
            if drawn != read or not is_sure
        ],
    }


def close_points(points: list[Point]) -> list[Point]:
    """A stroke with points no further from each other than a hand's: the canvas rounds corners."""
    found = points[:1]
    for (x0, y0), (x1, y1) in pairwise(points):
        steps = math.ceil(math.hypot(x1 - x0, y1 - y0) / POINT_DISTANCE)
        parts = [step / steps for step in range(1, steps + 1)]
        found += [(x0 + (x1 - x0) * part, y0 + (y1 - y0) * part) for part in parts]
    return found


def measure_page() -> dict[str, Any]:
    """Plain strokes on the Draw page, by mouse and finger, alone and in numbers."""
    with running_app() as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        # Wide enough for the longest number: the canvas is 960 pixels wide.
        context = browser.new_context(viewport={"width": 1920, "height": 1080}, has_touch=True)
        page = context.new_page()
        open_page(page, address)
        canvas_box(page)
        settle(page)
        # The points of a stroke are close to each other.
        mouse, finger = partial(draw_stroke, steps=1), partial(finger_stroke, steps=1)
        found = {
            "mouse": figures(_drawn(page, DIGITS, HEIGHTS, mouse)),
            "finger": figures(_drawn(page, DIGITS, HEIGHTS, finger)),
            "numbers": figures(_drawn(page, NUMBERS, NUMBER_HEIGHTS, mouse)),
        }
        browser.close()
    return found


def measure_writers(network: str, limit: int) -> dict[str, Any]:
    """The digits of UNIPEN's test writers in three sizes; `limit` of them, or 0 for all."""
    try:
        unipen, rows = datasets.strokes("unipen", "test")
    except DatasetError as error:
        raise SystemExit(f"There are no pen trajectories to draw: {error}") from error
    if limit:
        rows = rows[np.linspace(0, len(rows) - 1, min(limit, len(rows))).astype(int)]
    model = classifier.load(network)
    answers: dict[int, list[Answer]] = {height: [] for height in HEIGHTS}
    for row in rows.tolist():
        strokes = unipen.character(row)
        for height, found in answers.items():
            ink = np.zeros(CANVAS[::-1], np.uint8)
            draw_lines(ink, _placed(strokes, height), PEN)
            digits = read_ink(ink, model).digits
            read = "".join(d.label if d.prediction.is_digit else "?" for d in digits)
            is_sure = bool(digits) and all(digit.prediction.is_sure for digit in digits)
            found.append((str(unipen.labels[row]), read, is_sure))
    by_height = {f"{height} pixels": figures(found) for height, found in answers.items()}
    everything = figures(answer for found in answers.values() for answer in found)
    return {"network": network, "all": everything, **by_height}


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--writers", action="store_true", help="draw UNIPEN's test writers' digits")
    common.add_network(parser)
    common.add_limit(parser)
    common.add_json(parser)
    options = parser.parse_args()
    found = measure_writers(options.network, options.limit) if options.writers else measure_page()
    common.write_figures(found, options.json)
    return 0


def _drawn(
    page: Page,
    texts: Iterable[str],
    heights: Iterable[int],
    draw: Callable[[Page, list[Point]], None],
) -> Iterator[Answer]:
    """Draw texts on the canvas in some sizes, and read what the page answers."""
    for height in heights:
        for text in texts:
            for points in _on_page(page, text, height):
                draw(page, points)
            page.wait_for_timeout(REPORT_MS)
            settle(page)
            answer = page.get_by_test_id("inkling-answer")
            answer.wait_for()
            verdict = page.get_by_test_id("inkling-verdict").inner_text()
            yield text, answer.inner_text().strip(), verdict.startswith("Sure")
            page.get_by_role("button", name="Clear").click()
            page.locator(".invitation").wait_for()
            settle(page)


def _on_page(page: Page, text: str, height: int) -> Iterator[list[Point]]:
    """The strokes of a text in the middle of the canvas, in pixels of the page."""
    box = canvas_box(page)
    gap = PEN + max(0.25 * height, 14.0)
    widths = [height * max(float(one[:, 0].max()) for one in DIGITS[digit]) for digit in text]
    x = box["x"] + (box["width"] - sum(widths) - gap * (len(text) - 1)) / 2
    y = box["y"] + (box["height"] - height) / 2
    for digit, width in zip(text, widths, strict=True):
        for points in DIGITS[digit]:
            yield close_points([(x + height * px, y + height * py) for px, py in points.tolist()])
        x += width + gap


def _placed(strokes: list[NDArray[Any]], height: float) -> Iterator[Points]:
    """Strokes in the middle of the canvas, their longer side as long as `height`."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = height / max(1.0, float((high - low).max()))
    for stroke in strokes:
        yield (np.asarray(stroke, np.float64) - (low + high) / 2) * scale + np.array(CANVAS) / 2


def _share(count: int, n: int) -> dict[str, float]:
    """A count with its share and the interval of that."""
    part = wilson(count, n)
    return {"count": count} | {
        name: round(getattr(part, name), 4) for name in ("value", "low", "high")
    }


if __name__ == "__main__":
    sys.exit(main())
