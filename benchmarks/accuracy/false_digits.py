"""False digits: how many digits are found on pages that have none.

    python benchmarks/accuracy/false_digits.py [--pages N] [--seed N] [--network NAME] [--json FILE]

The pages are generated: four lines of handwritten words, four lines of printed words, or six
scribbles. Prints JSON: the mean number of digits per page with its 95 % interval (bootstrap over
pages), the maximum on one page, and how many of all these digits are marked as sure.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import common
from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.reader.page import read_page
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from tests.fixtures import no_digits

# A page of each kind for a seed.
KINDS: dict[str, Callable[[int], Pixels]] = {
    "handwritten words": partial(no_digits.handwritten, no_digits.WORDS),
    "printed words": partial(no_digits.printed, no_digits.WORDS),
    "scribbles": no_digits.scribbled,
}
# The tests' pages, and those MIN_SCRIBBLE_DIGITS was chosen on, have seeds below 100.
FIRST_SEED = 1000


def measure(make: Callable[[int], Pixels], seeds: range, model: Classifier) -> dict[str, Any]:
    """The digits found on the pages of these seeds."""
    readings = [read_page(Page("a.jpg", 1, make(seed)), model) for seed in seeds]
    counts = [len(reading.digits) for reading in readings]
    mean = common.ratio(counts, [1] * len(counts))
    assert mean is not None
    return {
        "pages": len(counts),
        "mean": round(mean.value, 4),
        "low": round(mean.low, 4),
        "high": round(mean.high, 4),
        "most": max(counts),
        "sure": sum(d.prediction.is_sure for reading in readings for d in reading.digits),
    }


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--pages", type=int, default=100, metavar="N", help="pages of each kind")
    parser.add_argument(
        "--seed", type=int, default=FIRST_SEED, metavar="N", help="seed of the first page"
    )
    common.add_network(parser)
    common.add_json(parser)
    options = parser.parse_args()
    model = classifier.load(options.network)
    seeds = range(options.seed, options.seed + options.pages)
    kinds = {kind: measure(make, seeds, model) for kind, make in KINDS.items()}
    figures = {"network": options.network, "seed": options.seed, **kinds}
    common.write_figures(figures, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
