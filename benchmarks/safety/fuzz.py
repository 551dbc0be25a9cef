"""Send damaged pictures and PDFs through the reading processes and count what becomes of them.

    python benchmarks/safety/fuzz.py [--minutes 10] [--seed 0] [--json FILE]

Each file is one of some sixty good ones, of every format that is read, with a few changes: bytes
that are replaced, removed, inserted or repeated, odd numbers in a header, an end that is missing.
It is read, refused with a sentence, or given up with one. Anything else is a fault: an error
without a sentence, a process that ended by itself, a file that took longer than its time and the
pool's grace. Stops after some minutes; prints figures and the names of the faults.
"""

from __future__ import annotations

import io
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pillow_heif
from PIL import Image

from benchmarks import common
from benchmarks.safety.memory import Watch
from inkling.imaging.load import PhotoError
from inkling.paths import ASSETS
from inkling.serving.errors import PoolError
from inkling.serving.pool import ReadingPool
from inkling.serving.processes import usable_cores
from inkling.serving.readers import GRACE
from inkling.serving.settings import DEFAULT_MEGABYTES, DEFAULT_SECONDS
from inkling.serving.worker import reading_of

# Sizes of the pictures, in pixels: small ones are read fast, so more of them are tried.
SIZES = ((40, 30), (160, 120), (420, 300))
# How a picture is stored: Pillow's format, its mode and its options.
KINDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("PNG", "RGB", {}),
    ("PNG", "P", {}),
    ("PNG", "RGBA", {}),
    ("PNG", "I;16", {}),
    ("JPEG", "RGB", {}),
    ("JPEG", "RGB", {"progressive": True}),
    ("JPEG", "CMYK", {}),
    ("JPEG", "L", {}),
    ("WEBP", "RGB", {}),
    ("WEBP", "RGBA", {"lossless": True}),
    ("TIFF", "RGB", {}),
    ("TIFF", "L", {"compression": "tiff_lzw"}),
    ("TIFF", "1", {"compression": "group4"}),
    ("TIFF", "F", {}),
    ("GIF", "P", {}),
    ("BMP", "RGB", {}),
    ("HEIF", "RGB", {}),
    ("PDF", "RGB", {}),
)
# Numbers that headers do not expect, most significant byte first.
ODD_NUMBERS = (0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 6300, 60_000)

Change = Callable[[bytearray, np.random.Generator], None]


def good_files() -> list[tuple[str, bytes]]:
    """The files before they are damaged."""
    pillow_heif.register_heif_opener()
    files = [(path.name, path.read_bytes()) for path in (ASSETS / "samples").iterdir()]
    source = Image.open(ASSETS / "samples" / "measurements.jpg").convert("RGB")
    for size in SIZES:
        small = source.resize(size)
        for kind, mode, options in KINDS:
            buffer = io.BytesIO()
            picture = small.convert("L").convert("I;16") if mode == "I;16" else small.convert(mode)
            picture.save(buffer, kind, **options)
            files.append((f"{kind}-{mode}-{size[0]}", buffer.getvalue()))
    return files


def replaced(content: bytearray, rng: np.random.Generator) -> None:
    """Some bytes are other ones."""
    for place in rng.integers(0, len(content), int(rng.integers(1, 12))):
        content[place] = int(rng.integers(0, 256))


def flipped(content: bytearray, rng: np.random.Generator) -> None:
    """A bit is another one, rather near the start."""
    place = int(len(content) * rng.random() ** 4)
    content[place] ^= 1 << int(rng.integers(0, 8))


def numbered(content: bytearray, rng: np.random.Generator) -> None:
    """A number of the header is odd."""
    width = int(rng.choice((2, 4)))
    order = "big" if rng.random() < 0.5 else "little"
    number = ODD_NUMBERS[int(rng.integers(len(ODD_NUMBERS)))] % 256**width
    place = int(rng.integers(0, min(len(content), 400)))
    content[place : place + width] = number.to_bytes(width, order)


def removed(content: bytearray, rng: np.random.Generator) -> None:
    """A part is missing."""
    start = int(rng.integers(0, len(content)))
    del content[start : start + int(rng.integers(1, 200))]


def repeated(content: bytearray, rng: np.random.Generator) -> None:
    """A part is there many times."""
    start = int(rng.integers(0, len(content)))
    part = content[start : start + int(rng.integers(1, 100))]
    content[start:start] = part * int(rng.integers(1, 50))


def ended(content: bytearray, rng: np.random.Generator) -> None:
    """The end is missing."""
    del content[int(rng.integers(1, len(content) + 1)) :]


CHANGES: tuple[Change, ...] = (replaced, flipped, numbered, removed, repeated, ended)


def damaged_files(seed: int) -> Iterator[tuple[str, bytes]]:
    """Damaged files without end, each with a name that says how to make it again."""
    files = good_files()
    number = 0
    while True:
        rng = np.random.default_rng((seed, number))
        name, content = files[int(rng.integers(len(files)))]
        damaged = bytearray(content)
        for _ in range(int(rng.integers(1, 4))):
            if damaged:
                CHANGES[int(rng.integers(len(CHANGES)))](damaged, rng)
        yield f"{number}-{name}", bytes(damaged)
        number += 1


class Tally:
    """What became of the files.

    Attributes:
        counts: of each outcome.
        faults: the files that should not have come to that, with the reason.
        seconds: that each file took.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self.seconds: list[float] = []

    def add(self, name: str, future: Future[Any], seconds: float) -> None:
        problem = future.exception()
        kind = "read" if problem is None else type(problem).__name__
        self.counts[kind] += 1
        self.seconds.append(seconds)
        is_expected = problem is None or isinstance(problem, PhotoError | PoolError)
        if not is_expected or "crashed" in str(problem):
            self.faults.append(f"{name}: {kind}: {problem}")
        elif seconds > DEFAULT_SECONDS + GRACE:
            self.faults.append(f"{name}: took {seconds:.1f} s")


def run(pool: ReadingPool, seed: int, seconds: float) -> Tally:
    """Send damaged files for so many seconds."""
    tally, end = Tally(), time.monotonic() + seconds
    pending: dict[Future[Any], tuple[str, float]] = {}
    for name, content in damaged_files(seed):
        if time.monotonic() > end:
            break
        future = pool.submit(reading_of, content, name, 1, "digits", "fuzz")
        pending[future] = (name, time.monotonic())
        # None waits, so that the time of each is its own.
        while len(pending) >= pool.readers:
            _take(pending, tally)
    while pending:
        _take(pending, tally)
    return tally


def _take(pending: dict[Future[Any], tuple[str, float]], tally: Tally) -> None:
    for future in wait(pending, return_when=FIRST_COMPLETED).done:
        name, began = pending.pop(future)
        tally.add(name, future, time.monotonic() - began)


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    common.add_json(parser)
    options = parser.parse_args()
    pool = ReadingPool(usable_cores(), DEFAULT_MEGABYTES)
    sample = (ASSETS / "samples" / "one-digit.jpg").read_bytes()
    for each in [pool.submit(reading_of, sample, "a.jpg", 1, "digits", "fuzz") for _ in range(4)]:
        each.result()
    watch = Watch()
    tally = run(pool, options.seed, 60.0 * options.minutes)
    watch.end()
    pool.close()
    figures = {
        "files": sum(tally.counts.values()),
        "outcomes": dict(tally.counts),
        "faults": len(tally.faults),
        "seconds": common.milliseconds([1000.0 * each for each in tally.seconds]),
        "longest_s": round(max(tally.seconds, default=0.0), 1),
        "megabytes_over_base": round(watch.highest - watch.ready, 1),
        "processes": len(watch.processes),
        "first_faults": tally.faults[:20],
    }
    common.write_figures(figures, options.json)
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
