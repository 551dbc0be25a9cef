"""How much faster LiteRT answers than Keras: one glyph at a time, all three in one run.

    python benchmarks/speed/serving.py [--network digits] [--runs 200]

Prints the median time of one answer by `model.predict`, by `model(x, training=False)` and by
Inkling's classifier, and the ratios. The three take turns, twenty calls each, so that a machine
whose speed drifts slows all of them, and none runs in caches that another has just filled. The
answers are compared as well.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from inkling.paths import model_folder
from inkling.recognition import classifier
from inkling.training.data import datasets
from inkling.training.export.tflite import KERAS_FILE

TURN = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--network", default="digits")
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()

    served = classifier.load(options.network)
    model = keras.saving.load_model(model_folder() / options.network / KERAS_FILE)
    x, _ = datasets.load("mnist", "test")
    inputs = x.astype(np.float32)[..., None] / np.float32(255.0)

    ways: dict[str, Callable[[int], np.ndarray]] = {
        "model.predict(x)": lambda i: model.predict(inputs[i : i + 1], verbose=0),
        "model(x, training=False)": lambda i: np.asarray(model(inputs[i : i + 1], training=False)),
        "LiteRT, Classifier.probabilities": lambda i: served.probabilities(x[i : i + 1]),
    }
    for answer in ways.values():
        for i in range(5):
            answer(i)
    times: dict[str, list[float]] = {name: [] for name in ways}
    furthest = 0.0
    for start in range(0, options.runs, TURN):
        rows = range(start, min(start + TURN, options.runs))
        answers = []
        for name, answer in ways.items():
            turn = []
            for i in rows:
                started = time.perf_counter()
                turn.append(answer(i))
                times[name].append(time.perf_counter() - started)
            answers.append(np.concatenate(turn))
        furthest = max(furthest, *(float(np.abs(answers[-1] - other).max()) for other in answers))

    medians = {name: 1000 * statistics.median(values) for name, values in times.items()}
    ours = medians["LiteRT, Classifier.probabilities"]
    print(f"model {options.network}, one glyph a call, median of {options.runs} calls each")
    for name, median in medians.items():
        print(f"{name:34} {median:8.3f} ms   {median / ours:7.1f} x LiteRT")
    print(f"largest difference between their probabilities: {furthest:.1e}")


if __name__ == "__main__":
    main()
