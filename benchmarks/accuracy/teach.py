"""What Teach now learns and forgets: drawings read as taught, and errors on MNIST's test digits.

    python benchmarks/accuracy/teach.py [--network NAME] [--json FILE]

It asks the app's own queue for each teaching, as the button does: the first one of a process that
has to be started, the others of the one that is kept. Misread digits are MNIST's test digits,
turned by 40 degrees, that the model gets wrong. Clear threes are training digits of which it is
sure; to teach them as eights shows how much is forgotten at worst. The time runs from the request
until the taught model can answer.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np

from benchmarks import common
from inkling.imaging.pixels import Pixels
from inkling.jobs import Queue
from inkling.jobs.records import Correction, TeachingRequest
from inkling.paths import runs_folder
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.reports import files
from inkling.reports.schema import encode_image
from inkling.reports.teaching import load_teaching
from inkling.training.data import datasets

# How far misread digits are turned, in degrees, and how many corrections are taught at once.
TURN = 40.0
COUNTS = (1, 5)
# Clear digits of this label are taught as another one.
CLEAR, WRONG = "3", "8"
# Seconds between two looks at a job.
INTERVAL = 0.05


@dataclass(frozen=True, slots=True)
class Taught:
    """One teaching.

    Attributes:
        what: the corrections, in words.
        learnt: how many of them are read as taught afterwards.
        corrections: how many there are.
        errors_before: on the test split.
        errors: on the test split afterwards.
        seconds: until the taught model can answer.
    """

    what: str
    learnt: int
    corrections: int
    errors_before: int
    errors: int
    seconds: float


def misread(model: Classifier, count: int) -> list[Correction]:
    """Turned test digits that a model gets wrong, with their right labels."""
    x, y = datasets.load("mnist", "test")
    matrix = cv2.getRotationMatrix2D((13.5, 13.5), TURN, 1.0)
    turned = np.stack([cv2.warpAffine(glyph, matrix, (28, 28)) for glyph in x[:1000]])
    p = model.probabilities(np.asarray(turned, np.uint8))
    rows = np.flatnonzero(p.argmax(axis=1) != y[:1000])[:count]
    return [_correction(turned[row], str(y[row])) for row in rows]


def clear_but_wrong(model: Classifier, count: int) -> list[Correction]:
    """Digits that a model reads surely, with wrong labels."""
    x, y = datasets.load("mnist", "train")
    rows = np.flatnonzero(y == int(CLEAR))[:200]
    p = model.probabilities(x[rows])[:, int(CLEAR)]
    return [_correction(x[row], WRONG) for row in rows[np.argsort(-p)[:count]]]


def _correction(glyph: Pixels, label: str) -> Correction:
    return Correction(encode_image(glyph), label)


def teach(queue: Queue, base: str, what: str, corrections: list[Correction]) -> Taught:
    """Teach once.

    Raises:
        RuntimeError: the teaching failed.
    """
    start = time.perf_counter()
    name = queue.add(TeachingRequest(base, corrections), what)
    while (status := queue.status(name)).state in ("queued", "training"):
        time.sleep(INTERVAL)
    seconds = time.perf_counter() - start
    if status.state != "done":
        raise RuntimeError(status.problem)
    before, after = (files.load_report(each).split("test") for each in (base, name))
    assert before is not None and after is not None
    learnt = load_teaching(name).learnt
    return Taught(what, learnt, len(corrections), before.errors, after.errors, seconds)


def teachings(queue: Queue, base: str) -> Iterator[Taught]:
    """Teach one and several corrections of either kind."""
    model = classifier.load(base)
    for count in COUNTS:
        yield teach(queue, base, f"misread digits: {count}", misread(model, count))
    for count in COUNTS:
        what = f"clear threes taught as eights: {count}"
        yield teach(queue, base, what, clear_but_wrong(model, count))


def main() -> int:
    parser = common.argument_parser(__doc__)
    common.add_network(parser)
    common.add_json(parser)
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["INKLING_RUNS"] = folder
        queue = Queue(runs_folder())
        for each in teachings(queue, options.network):
            print(
                f"{each.what}: {each.learnt} of {each.corrections} learnt, test errors "
                f"{each.errors_before} before and {each.errors} after, {each.seconds:.1f} s",
                flush=True,
            )
            results.append(asdict(each))
        queue.close()
    about = {"cores": os.cpu_count() or 0, "load": os.getloadavg()[0]}
    common.write_figures({**about, "teachings": results}, options.json, show=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
