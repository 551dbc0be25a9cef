"""Time and memory needed to read a 12-megapixel page on one core.

    python benchmarks/speed/page_cost.py [--runs 5]

Generates a page of 4000 by 3000 pixels with 20 MNIST digits in four lines, and reads it as JPEG,
from bytes to numbers, in a process that may use one core. Prints the median time, the peak of the
process's resident memory (with models and libraries), and what was read.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import common

LINES = [["3141", "5"], ["92653"], ["58", "979"], ["32384"]]


def measure(picture: Path, runs: int) -> dict[str, Any]:
    """Read a picture several times in this process, on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    # Imported after the process is bound to one core, so that libraries start one thread.
    from inkling.imaging.load import open_pages
    from inkling.reader.page import read_upright
    from inkling.recognition import classifier

    model = classifier.load("digits")
    content = picture.read_bytes()
    times, text = [], ""
    for _ in range(runs):
        start = time.perf_counter()
        page = next(iter(open_pages(content, "page.jpg")))
        text = read_upright(page, model)[1].text
        times.append(time.perf_counter() - start)
    return {
        "seconds": round(statistics.median(times), 2),
        "slowest": round(max(times), 2),
        "peak_mb": _peak_megabytes(),
        "read": text.split("\n"),
        "wanted": ["".join(line) for line in LINES],
    }


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--picture", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.picture is None:
        return _measure_in_new_process(options.runs)
    common.write_figures(measure(options.picture, options.runs), None)
    return 0


def _peak_megabytes() -> int:
    """The peak of this process's resident memory.

    On Linux, /proc has it for this program only; `getrusage` includes the parent's memory before
    the program was started.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return round(int(line.split()[1]) / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _measure_in_new_process(runs: int) -> int:
    """Generate the page here, so that the memory this takes is not measured, and read it there."""
    from tests.fixtures.pages_made import Paper, encode, make_page

    page = make_page(LINES, seed=1, paper=Paper(width=4000, height=3000, digit=190))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.jpg"
        path.write_bytes(encode(page, "JPEG", quality=90))
        command = [sys.executable, __file__, "--runs", str(runs), "--picture", str(path)]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
