"""Latency of LiteRT against Keras, one glyph at a time, in one run.

    python benchmarks/speed/serving.py [--network digits] [--runs 200]

Prints the median time of `model.predict`, of `model(x, training=False)` and of Inkling's classifier
for one glyph, and the ratios. The three take turns of twenty calls, so that a change in the
machine's speed affects them all and none profits from caches that another has just filled. Their
probabilities are compared as well.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from numpy.typing import NDArray

from benchmarks import common
from inkling.paths import folder_of
from inkling.recognition import classifier
from inkling.training.data import datasets
from inkling.training.export.keras_model import KERAS_FILE

# Calls of one runtime before the next has its turn.
CALLS_PER_TURN = 20
WARM_UP_CALLS = 5
LITERT = "LiteRT, Classifier.probabilities"

# The probabilities of the image at an index, as an array of one row.
Predict = Callable[[int], NDArray[Any]]


def runtimes(network: str) -> dict[str, Predict]:
    """The three ways to get an answer, over MNIST's test images; LiteRT is the last."""
    served = classifier.load(network)
    model = keras.saving.load_model(folder_of(network) / KERAS_FILE, safe_mode=True)
    x, _ = datasets.load("mnist", "test")
    inputs = x.astype(np.float32)[..., None] / np.float32(255.0)
    return {
        "model.predict(x)": lambda i: model.predict(inputs[i : i + 1], verbose=0),
        "model(x, training=False)": lambda i: np.asarray(model(inputs[i : i + 1], training=False)),
        LITERT: lambda i: served.probabilities(x[i : i + 1]),
    }


def measure(predictors: dict[str, Predict], runs: int) -> tuple[dict[str, float], float]:
    """Median milliseconds per call, and the largest difference between LiteRT's and Keras'
    probabilities."""
    for predict in predictors.values():
        for i in range(WARM_UP_CALLS):
            predict(i)
    times: dict[str, list[float]] = {name: [] for name in predictors}
    difference = 0.0
    for start in range(0, runs, CALLS_PER_TURN):
        answers = []
        for name, predict in predictors.items():
            rows = []
            for i in range(start, min(start + CALLS_PER_TURN, runs)):
                started = time.perf_counter()
                rows.append(predict(i))
                times[name].append(time.perf_counter() - started)
            answers.append(np.concatenate(rows))
        difference = max(difference, *(float(np.abs(answers[-1] - a).max()) for a in answers))
    medians = {name: 1000 * statistics.median(values) for name, values in times.items()}
    return medians, difference


def main() -> int:
    parser = common.argument_parser(__doc__)
    common.add_network(parser)
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    medians, difference = measure(runtimes(options.network), options.runs)
    print(f"model {options.network}, one glyph per call, median of {options.runs} calls each")
    for name, median in medians.items():
        print(f"{name:34} {median:8.3f} ms   {median / medians[LITERT]:7.1f} x LiteRT")
    print(f"largest difference between their probabilities: {difference:.1e}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
