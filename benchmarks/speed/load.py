"""How long a stroke takes while many people draw, and photos are read beside them.

    python benchmarks/speed/load.py [--users 30 60] [--photos 0] [--seconds 30] [--json FILE]

Strokes are drawn once in Chromium, and what the browser sends to the server is noted. Then the
users send the same over connections of their own, one stroke every three seconds each, all at
different moments. A stroke ends when the server says that its run has finished, with the answer on
its way. The photos are read in the same reading processes as the app's, which are the server's
neighbours on the same cores. Prints the median and the 95th percentile in milliseconds, the
server's processor time for each stroke, and its memory in megabytes: at the start, at its highest,
and after all have left.
"""

from __future__ import annotations

import asyncio
import random
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from playwright.sync_api import WebSocket, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import common
from benchmarks.safety.memory import children, processor_seconds, resident
from inkling.serving.pool import ReadingPool
from inkling.serving.processes import usable_cores
from inkling.serving.settings import DEFAULT_MEGABYTES
from inkling.serving.worker import reading_of
from tests.fixtures.pages_made import Paper, encode, make_page
from tools.browser import chromium, draw, open_page, running_app, settle

# What is drawn, three strokes: they are sent in turn, so the canvas shows one to three digits.
DIGITS = "371"
# Seconds between two strokes of a user.
PAUSE = 3.0
# Seconds that a user waits for an answer.
PATIENCE = 60.0
# The app's page with the canvas is open when it has sent so many messages.
STREAM = "/_stcore/stream"


@dataclass
class Recorded:
    """What a browser sends: when the page is opened, and for each stroke."""

    opening: bytes
    strokes: list[bytes]


@dataclass
class Figures:
    """What was measured.

    Attributes:
        seconds: that each stroke took.
        photos: that each photo took.
        megabytes: of the server, at each look.
    """

    seconds: list[float] = field(default_factory=list)
    photos: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


def record(address: str) -> Recorded:
    """Draw in a browser and note what it sends to run the page."""
    sent: list[bytes] = []

    def note(content: bytes | str) -> None:
        if isinstance(content, bytes):
            sent.append(content)

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", note)

    with sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("websocket", listen)
        open_page(page, address)
        page.wait_for_selector("canvas.upper-canvas")
        settle(page)
        opening = next(each for each in sent if _runs(each))
        before = len(sent)
        draw(page, DIGITS)
        page.wait_for_timeout(1000)
        settle(page)
        browser.close()
    return Recorded(opening, [each for each in sent[before:] if _runs(each)])


def _runs(message: bytes) -> bool:
    return BackMsg.FromString(message).WhichOneof("type") == "rerun_script"


async def people(address: str, recorded: Recorded, users: int, seconds: float) -> list[float]:
    """Let people draw; the seconds that each of their strokes took."""
    taken: list[float] = []
    end = time.monotonic() + seconds + PAUSE
    await asyncio.gather(*(one_person(address, recorded, end, taken) for _ in range(users)))
    return taken


async def one_person(address: str, recorded: Recorded, end: float, taken: list[float]) -> None:
    """Open the page and draw until the end."""
    url = address.replace("http", "ws") + STREAM
    # The first strokes are at different moments, as the later ones are then. They are no
    # secret.
    await asyncio.sleep(random.uniform(0.0, PAUSE))  # nosec B311
    async with connect(url, subprotocols=["streamlit"], max_size=None, origin=address) as socket:  # type: ignore[list-item, arg-type]
        await socket.send(recorded.opening)
        await finished(socket)
        stroke = 0
        while True:
            await asyncio.sleep(PAUSE * random.uniform(0.9, 1.1))  # nosec B311
            if time.monotonic() > end:
                return
            start = time.monotonic()
            await socket.send(recorded.strokes[stroke % len(recorded.strokes)])
            await finished(socket)
            taken.append(time.monotonic() - start)
            stroke += 1


async def finished(socket: ClientConnection) -> None:
    """Wait until a run has finished."""
    async with asyncio.timeout(PATIENCE):
        while True:
            content = await socket.recv()
            assert isinstance(content, bytes)
            if ForwardMsg.FromString(content).WhichOneof("type") == "script_finished":
                return


@contextmanager
def photos_beside(count: int, taken: list[float]) -> Iterator[None]:
    """Keep so many photos of 12 megapixels in reading, each by a visitor of its own."""
    if not count:
        yield
        return
    has_ended = threading.Event()
    lines = [[str(n * 7919 % 100_000) for n in range(k, k + 3)] for k in range(1, 9)]
    photo = encode(make_page(lines, 3, Paper(width=4000, height=3000, digit=150)), "JPEG")
    pool = ReadingPool(usable_cores(), DEFAULT_MEGABYTES)

    def visitor(name: str) -> None:
        while not has_ended.is_set():
            start = time.monotonic()
            pool.submit(reading_of, photo, "photo.jpg", 1, "digits", name).result()
            taken.append(time.monotonic() - start)

    threads = [threading.Thread(target=visitor, args=(str(n),)) for n in range(count)]
    for thread in threads:
        thread.start()
    yield
    has_ended.set()
    for thread in threads:
        thread.join()
    pool.close()


@contextmanager
def memory_noted(servers: Sequence[int], megabytes: list[float]) -> Iterator[None]:
    """Note the memory of the server's processes while something happens."""
    has_ended = threading.Event()

    def look() -> None:
        while not has_ended.wait(0.2):
            megabytes.append(sum(map(resident, servers)))

    thread = threading.Thread(target=look)
    thread.start()
    yield
    has_ended.set()
    thread.join()


def measure(users: int, photos: int, seconds: float, rest: float) -> dict[str, Any]:
    """Start a server and measure one number of users."""
    figures = Figures()
    before = set(children())
    with running_app() as address:
        servers = sorted(set(children()) - before)
        recorded = record(address)
        start, used = sum(map(resident, servers)), sum(map(processor_seconds, servers))
        with memory_noted(servers, figures.megabytes), photos_beside(photos, figures.photos):
            figures.seconds = asyncio.run(people(address, recorded, users, seconds))
        used = sum(map(processor_seconds, servers)) - used
        time.sleep(rest)
        end = sum(map(resident, servers))
    row: dict[str, Any] = {
        "users": users,
        "photos": photos,
        "strokes": common.milliseconds([1000.0 * each for each in figures.seconds]),
        # Opening the pages counts, too.
        "processor_ms_per_stroke": round(1000.0 * used / max(1, len(figures.seconds)), 1),
        "megabytes": [round(start), round(max(figures.megabytes)), round(end)],
    }
    if figures.photos:
        row["longest_photo_s"] = round(max(figures.photos), 1)
        row["median_photo_s"] = round(float(np.median(figures.photos)), 1)
    return row


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--users", type=int, nargs="+", default=[30, 60])
    parser.add_argument("--photos", type=int, default=0, help="that are read at the same time")
    parser.add_argument("--seconds", type=float, default=30.0, help="of drawing")
    parser.add_argument(
        "--rest", type=float, default=130.0, help="seconds until the memory is looked at again"
    )
    common.add_json(parser)
    options = parser.parse_args()
    rows = [
        measure(users, options.photos, options.seconds, options.rest) for users in options.users
    ]
    common.write_figures({"cores": usable_cores(), "rows": rows}, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
