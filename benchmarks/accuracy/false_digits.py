"""Pages on which nothing is a digit: how many digits are found on them all the same.

    python benchmarks/accuracy/false_digits.py [--pages N] [--seed N] [--network NAME] [--json FILE]

Made pages of four handwritten lines of words, of four printed ones, and of six scribbles each.
Prints JSON: digits a page on average with its 95 % interval (bootstrap over pages), the most on one
page, and how many of all are sure.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from scipy.stats import bootstrap  # noqa: E402

from inkling.imaging.load import Page  # noqa: E402
from inkling.reader.page import read_page  # noqa: E402
from inkling.recognition import classifier  # noqa: E402
from inkling.recognition.classifier import Classifier  # noqa: E402
from tests.fixtures import no_digits  # noqa: E402

KINDS: dict[str, Callable[[int], NDArray[np.uint8]]] = {
    "handwritten words": partial(no_digits.handwritten, no_digits.WORDS),
    "printed words": partial(no_digits.printed, no_digits.WORDS),
    "scribbles": no_digits.scribbled,
}


def measure(
    make: Callable[[int], NDArray[np.uint8]], seeds: range, model: Classifier
) -> dict[str, Any]:
    """What is found on the pages of these seeds."""
    readings = [read_page(Page("a.jpg", 1, make(seed)), model) for seed in seeds]
    counts = np.array([len(reading.digits) for reading in readings], np.float64)
    low = high = float(counts[0])
    # Of figures that are all the same there is nothing to draw.
    if counts.min() < counts.max():
        found = bootstrap((counts,), np.mean, method="percentile", rng=0).confidence_interval
        low, high = float(found.low), float(found.high)
    return {
        "pages": len(counts),
        "mean": round(float(counts.mean()), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "most": int(counts.max()),
        "sure": sum(d.prediction.is_sure for reading in readings for d in reading.digits),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=100, metavar="N", help="of each kind")
    # The tests' pages, and those SCRAWL was chosen on, have seeds below 100.
    parser.add_argument("--seed", type=int, default=1000, metavar="N", help="of the first page")
    parser.add_argument("--network", default="digits", metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    model = classifier.load(options.network)
    seeds = range(options.seed, options.seed + options.pages)
    kinds = {kind: measure(make, seeds, model) for kind, make in KINDS.items()}
    text = json.dumps({"network": options.network, "seed": options.seed, **kinds}, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
