"""What reading a large photo costs: time and memory of a 12-megapixel page on one core.

    python benchmarks/speed/page_cost.py [--runs 5]

Makes a page of 4000 by 3000 pixels with 20 MNIST digits in four lines, reads it as JPEG, from bytes
to numbers, in a process that may use one core, and prints the median time, the peak of the
process' memory (resident, models and libraries included) and what was read.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

LINES = [["3141", "5"], ["92653"], ["58", "979"], ["32384"]]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--picture", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.picture is None:
        return _in_a_process_of_its_own(options.runs)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from inkling.imaging.load import open_pages
    from inkling.reader.page import read_upright
    from inkling.recognition import classifier

    model = classifier.load("digits")
    content = options.picture.read_bytes()
    times, said = [], ""
    for _ in range(options.runs):
        start = time.perf_counter()
        page = next(iter(open_pages(content, "page.jpg")))
        said = read_upright(page, model)[1].text
        times.append(time.perf_counter() - start)
    found = {
        "seconds": round(statistics.median(times), 2),
        "slowest": round(max(times), 2),
        "peak_mb": _peak_mb(),
        "read": said.split("\n"),
        "wanted": ["".join(line) for line in LINES],
    }
    print(json.dumps(found, indent=1))
    return 0


def _peak_mb() -> int:
    """Most memory this process held at once. Linux tells it of the program alone, `getrusage` of
    the process it was started from, too."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return round(int(line.split()[1]) / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _in_a_process_of_its_own(runs: int) -> int:
    """The page is made here, so that making it is not in the other's memory."""
    import subprocess
    import tempfile

    from tests.fixtures.pages_made import Paper, encode, make_page

    page = make_page(LINES, seed=1, paper=Paper(width=4000, height=3000, digit=190))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.jpg"
        path.write_bytes(encode(page, "JPEG", quality=90))
        command = [sys.executable, __file__, "--runs", str(runs), "--picture", str(path)]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
