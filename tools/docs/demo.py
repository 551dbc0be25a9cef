"""Record the README's moving picture: docs/images/demo.gif.

    python tools/docs/demo.py [--out docs/images/demo.gif] [--frames FOLDER]

Drives the app in Chromium: a number is drawn and read, then a photo, made from MNIST's test digits,
is uploaded and becomes a table. Needs a Chromium, as the browser tests do.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from PIL import Image, ImageDraw  # noqa: E402
from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402

from tests.fixtures.pages_made import Paper, encode, make_page  # noqa: E402
from tools.browser import (  # noqa: E402
    chromium,
    open_page,
    running_app,
    settle,
    stroke_points,
)

OUT = ROOT / "docs" / "images" / "demo.gif"
# What the browser shows, and how wide the picture is, in pixels.
VIEW = (1120, 700)
WIDTH = 800
MOST_BYTES = 2_000_000
COLOURS = 250
LONG = 60_000
NUMBER = "274"
LINES = [["1938", "52"], ["604", "71"], ["2865"]]
SEED = 3
# Milliseconds that a frame is shown: while the pen moves, and while there is something to read.
PEN, LOOK, END = 90, 1600, 2600
# Frames of the photo on its way to the uploader.
DRAG = 7
POINTER = (230, 120, 0)


@dataclass
class Recording:
    """Frames with their times."""

    page: Page
    frames: list[Image.Image] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    def take(self, milliseconds: int, pointer: tuple[float, float] | None = None) -> None:
        """Take a frame; `pointer` is where the pen is, in the page's pixels."""
        frame = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        if pointer is not None:
            x, y = pointer
            ImageDraw.Draw(frame).ellipse((x - 7, y - 7, x + 7, y + 7), outline=POINTER, width=4)
        self.add(frame, milliseconds)

    def add(self, frame: Image.Image, milliseconds: int) -> None:
        """Add a frame, or show the last one longer when it is the same."""
        size = (WIDTH, round(frame.height * WIDTH / frame.width))
        frame = frame.resize(size, Image.Resampling.LANCZOS)
        if self.frames and frame.tobytes() == self.frames[-1].tobytes():
            self.times[-1] += milliseconds
            return
        self.frames.append(frame)
        self.times.append(milliseconds)

    def save(self, path: Path) -> None:
        """Write the frames as one GIF with one palette, so that what stands still costs nothing."""
        palette = self._palette()
        few = [f.quantize(palette=palette, dither=Image.Dither.NONE) for f in self.frames]
        few[0].save(
            path,
            save_all=True,
            append_images=few[1:],
            duration=self.times,
            loop=0,
            optimize=True,
        )

    def _palette(self) -> Image.Image:
        """Colours of the first frame, of the last, and of those between."""
        chosen = self.frames[:: max(1, len(self.frames) // 6)] + self.frames[-1:]
        width, height = chosen[0].size
        joined = Image.new("RGB", (width, height * len(chosen)))
        for place, frame in enumerate(chosen):
            joined.paste(frame, (0, place * height))
        return joined.quantize(COLOURS, Image.Quantize.MAXCOVERAGE)


def between(points: Sequence[tuple[float, float]], parts: int) -> Iterator[tuple[float, float]]:
    """Points along a stroke, so many from one corner to the next."""
    for (x0, y0), (x1, y1) in pairwise(points):
        for part in range(1, parts + 1):
            yield x0 + (x1 - x0) * part / parts, y0 + (y1 - y0) * part / parts


def draw_number(page: Page, address: str, recording: Recording) -> None:
    """A number is drawn, and read while the pen moves."""
    open_page(page, address)
    # The canvas first takes the width that the page has for it.
    page.wait_for_timeout(1500)
    recording.take(LOOK * 2 // 3)
    for points in list(stroke_points(page, NUMBER, 190.0)):
        page.mouse.move(*points[0])
        page.mouse.down()
        for step, point in enumerate(between(points, 4)):
            page.mouse.move(*point)
            if step % 4 == 3:
                page.wait_for_timeout(30)
                recording.take(PEN, point)
        page.mouse.up()
        page.wait_for_timeout(400)
        recording.take(PEN)
    expect(page.get_by_test_id("inkling-answer")).to_have_text(NUMBER, timeout=LONG)
    page.mouse.move(2, VIEW[1] - 2)
    settle(page)
    page.wait_for_timeout(800)
    recording.take(LOOK)


def drop(recording: Recording, photo: Image.Image, target: tuple[float, float]) -> None:
    """Show the photo, and how it is moved onto the uploader, as a hand would drag it."""
    screen = Image.open(io.BytesIO(recording.page.screenshot())).convert("RGB")
    start, end = (VIEW[0] * 0.52, VIEW[1] * 0.36), target
    for step in range(DRAG + 1):
        part = step / DRAG
        width = round(520 - 330 * part)
        small = photo.resize((width, round(width * photo.height / photo.width)))
        frame = screen.copy()
        place = [round(a + (b - a) * part) for a, b in zip(start, end, strict=True)]
        edge = (place[0] - 1, place[1] - 1, place[0] + small.width, place[1] + small.height)
        ImageDraw.Draw(frame).rectangle(edge, outline=(120, 130, 150), width=1)
        frame.paste(small, (place[0], place[1]))
        recording.add(frame, PEN if step else END // 2)


def correct(page: Page, recording: Recording) -> None:
    """Where one digit was misread, click it and type the right one."""
    truth = [number for numbers in LINES for number in numbers]
    boxes = page.get_by_role("button", name=re.compile(r"^\d in \d+"))
    names = [str(box.get_attribute("aria-label") or box.inner_text()) for box in boxes.all()]
    shown = [re.split(r"[ .,]", name)[2] for name in names]
    wrong = next((number for number in shown if number not in truth), None)
    right = next((number for number in truth if number not in shown), None)
    if wrong is None or right is None or len(wrong) != len(right):
        return
    place = next(i for i, (a, b) in enumerate(zip(wrong, right, strict=True)) if a != b)
    boxes.nth(shown.index(wrong) + place).click()
    settle(page)
    page.wait_for_timeout(400)
    recording.take(LOOK)
    page.keyboard.press(right[place])
    page.mouse.move(2, VIEW[1] - 2)
    settle(page)
    page.wait_for_timeout(700)
    recording.take(LOOK)


def upload_photo(page: Page, address: str, recording: Recording) -> None:
    """A photo is uploaded, and becomes a table."""
    paper = Paper(width=1000, height=520, digit=72, light=0.25, noise=1.0)
    photo = make_page(LINES, SEED, paper)
    open_page(page, address, "upload")
    recording.take(LOOK * 2 // 3)
    uploader = page.locator("input[type=file]").first
    box = page.get_by_test_id("stFileUploaderDropzone").first.bounding_box()
    assert box is not None
    drop(recording, Image.fromarray(photo), (box["x"] + 260, box["y"]))
    content = encode(photo, "JPEG", quality=90)
    uploader.set_input_files({"name": "numbers.jpg", "mimeType": "image/jpeg", "buffer": content})
    page.get_by_alt_text(re.compile("^numbers")).wait_for(timeout=LONG)
    settle(page)
    page.wait_for_timeout(1500)
    page.get_by_role("heading", name="All numbers").scroll_into_view_if_needed()
    page.wait_for_timeout(600)
    recording.take(END)
    correct(page, recording)
    recording.times[-1] = END


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--frames", type=Path, help="write each frame as a PNG, too")
    options = parser.parse_args()
    with running_app() as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        context = browser.new_context(
            viewport={"width": VIEW[0], "height": VIEW[1]}, color_scheme="light"
        )
        page = context.new_page()
        recording = Recording(page)
        draw_number(page, address, recording)
        upload_photo(page, address, recording)
        browser.close()
    recording.save(options.out)
    if options.frames is not None:
        options.frames.mkdir(parents=True, exist_ok=True)
        for place, frame in enumerate(recording.frames):
            frame.save(options.frames / f"{place:03}.png")
    size = options.out.stat().st_size
    print(
        f"{options.out}: {len(recording.frames)} frames, {sum(recording.times) / 1000:.1f} s, "
        f"{size / 1000:.0f} KB"
    )
    return int(size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
