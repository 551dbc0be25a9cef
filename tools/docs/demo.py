"""Record the README's moving picture: docs/images/demo.gif.

    python tools/docs/demo.py [--out docs/images/demo.gif] [--frames FOLDER]

It drives the app in Chromium: a number is drawn and read, then a photo is uploaded and becomes a
table. The photo is made from MNIST's test digits.
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

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect, sync_playwright

from inkling.paths import ROOT
from tests.fixtures.pages_made import Paper, encode, make_page
from tools.browser import (
    PAGE_TIMEOUT,
    chromium,
    open_page,
    running_app,
    settle,
    stroke_points,
)

OUT = ROOT / "docs" / "images" / "demo.gif"
# Width and height of the browser's window, and the width of the recording, in pixels.
WINDOW = (1120, 700)
WIDTH = 800
# The largest file, in bytes.
MOST_BYTES = 2_000_000
COLOURS = 250
# The number that is drawn, and the size of one of its digits in pixels.
NUMBER, DIGIT_SIZE = "274", 190.0
# The numbers on the photo, line by line, and the seed of its digits and noise.
LINES = [["1938", "52"], ["604", "71"], ["2865"]]
SEED = 3
# Milliseconds for which a frame is shown: in motion, with something new to read, and at the end.
MOTION, PAUSE, END = 90, 1600, 2600
# Mouse moves from one point of a stroke to the next; one frame is taken for all of them.
MOVES = 4
# Frames of the photo on its way to the uploader.
DRAG_FRAMES = 7
POINTER_COLOUR = (230, 120, 0)


@dataclass
class Recording:
    """Frames of the browser's window.

    Attributes:
        page: what is recorded.
        frames: `WIDTH` pixels wide.
        times: how long each of them is shown, in milliseconds.
    """

    page: Page
    frames: list[Image.Image] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    def take(self, milliseconds: int, pointer: tuple[float, float] | None = None) -> None:
        """Take a frame, with a ring around the pointer if its place in the window is given."""
        frame = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        if pointer is not None:
            x, y = pointer
            ImageDraw.Draw(frame).ellipse(
                (x - 7, y - 7, x + 7, y + 7), outline=POINTER_COLOUR, width=4
            )
        self.add(frame, milliseconds)

    def add(self, frame: Image.Image, milliseconds: int) -> None:
        """Add a frame, or show the last one longer if the new one is equal."""
        size = (WIDTH, round(frame.height * WIDTH / frame.width))
        frame = frame.resize(size, Image.Resampling.LANCZOS)
        if self.frames and frame.tobytes() == self.frames[-1].tobytes():
            self.times[-1] += milliseconds
            return
        self.frames.append(frame)
        self.times.append(milliseconds)

    def save(self, path: Path) -> None:
        """Write a GIF. One palette for all frames keeps it small where nothing moves."""
        palette = self._palette()
        frames = [f.quantize(palette=palette, dither=Image.Dither.NONE) for f in self.frames]
        frames[0].save(
            path,
            save_all=True,
            append_images=frames[1:],
            duration=self.times,
            loop=0,
            optimize=True,
        )

    def _palette(self) -> Image.Image:
        """The colours of a few frames, from the first to the last."""
        chosen = self.frames[:: max(1, len(self.frames) // 6)] + self.frames[-1:]
        width, height = chosen[0].size
        joined = Image.new("RGB", (width, height * len(chosen)))
        for place, frame in enumerate(chosen):
            joined.paste(frame, (0, place * height))
        return joined.quantize(COLOURS, Image.Quantize.MAXCOVERAGE)


def along(points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The places of the pointer on a stroke, `MOVES` for each of its segments."""
    for (x0, y0), (x1, y1) in pairwise(points):
        for part in range(1, MOVES + 1):
            yield x0 + (x1 - x0) * part / MOVES, y0 + (y1 - y0) * part / MOVES


def draw_number(page: Page, address: str, recording: Recording) -> None:
    """Draw a number, which is read while the pen moves."""
    open_page(page, address)
    # Until then the canvas adapts to the width of the page.
    page.wait_for_timeout(1500)
    recording.take(PAUSE * 2 // 3)
    for points in list(stroke_points(page, NUMBER, DIGIT_SIZE)):
        page.mouse.move(*points[0])
        page.mouse.down()
        for step, point in enumerate(along(points)):
            page.mouse.move(*point)
            if step % MOVES == MOVES - 1:
                page.wait_for_timeout(30)
                recording.take(MOTION, point)
        page.mouse.up()
        page.wait_for_timeout(400)
        recording.take(MOTION)
    expect(page.get_by_test_id("inkling-answer")).to_have_text(NUMBER, timeout=PAGE_TIMEOUT)
    page.mouse.move(2, WINDOW[1] - 2)
    settle(page)
    page.wait_for_timeout(800)
    recording.take(PAUSE)


def drop(recording: Recording, photo: Image.Image, target: tuple[float, float]) -> None:
    """Show how the photo is dragged onto the uploader."""
    screen = Image.open(io.BytesIO(recording.page.screenshot())).convert("RGB")
    start, end = (WINDOW[0] * 0.52, WINDOW[1] * 0.36), target
    for step in range(DRAG_FRAMES + 1):
        part = step / DRAG_FRAMES
        width = round(520 - 330 * part)
        small = photo.resize((width, round(width * photo.height / photo.width)))
        frame = screen.copy()
        place = [round(a + (b - a) * part) for a, b in zip(start, end, strict=True)]
        edge = (place[0] - 1, place[1] - 1, place[0] + small.width, place[1] + small.height)
        ImageDraw.Draw(frame).rectangle(edge, outline=(120, 130, 150), width=1)
        frame.paste(small, (place[0], place[1]))
        recording.add(frame, MOTION if step else END // 2)


def correct(page: Page, recording: Recording) -> None:
    """If a digit was misread, click it and type the right one."""
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
    recording.take(PAUSE)
    page.keyboard.press(right[place])
    page.mouse.move(2, WINDOW[1] - 2)
    settle(page)
    page.wait_for_timeout(700)
    recording.take(PAUSE)


def upload_photo(page: Page, address: str, recording: Recording) -> None:
    """Upload a photo, which becomes a table."""
    paper = Paper(width=1000, height=520, digit=72, light=0.25, noise=1.0)
    photo = make_page(LINES, SEED, paper)
    open_page(page, address, "upload")
    recording.take(PAUSE * 2 // 3)
    uploader = page.locator("input[type=file]").first
    box = page.get_by_test_id("stFileUploaderDropzone").first.bounding_box()
    assert box is not None
    drop(recording, Image.fromarray(photo), (box["x"] + 260, box["y"]))
    content = encode(photo, "JPEG", quality=90)
    uploader.set_input_files({"name": "numbers.jpg", "mimeType": "image/jpeg", "buffer": content})
    page.get_by_alt_text(re.compile("^numbers")).wait_for(timeout=PAGE_TIMEOUT)
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
    parser.add_argument(
        "--frames", type=Path, help="also write each frame as a PNG into this folder"
    )
    options = parser.parse_args()
    with running_app() as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        context = browser.new_context(
            viewport={"width": WINDOW[0], "height": WINDOW[1]}, color_scheme="light"
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
