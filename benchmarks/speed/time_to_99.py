"""Seconds of training to 99 % on MNIST's test set, with the quick preset, without a GPU.

    python benchmarks/speed/time_to_99.py [--seeds 3] [--every 43] [--json FILE]

Prints the curve: test accuracy against seconds, for every seed, and when 99 % is reached for good.

The clock starts before the training set is read and runs through all that `train_model.py --preset
quick` does until the network is trained: batches and their augmentation, building and compiling,
validation, checkpoints. What stays out is importing TensorFlow and measuring: every so many steps
the weights are copied, which the clock sees, and the copies are measured when training is over.
The settings were chosen on a validation split of the training set, with the seeds 0 and 1, so the
seeds here start at 2; the test set is read here only.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras

from inkling.reports.statistics import wilson
from inkling.training import networks
from inkling.training.data import datasets
from inkling.training.data.batches import prepare
from inkling.training.evaluate.report import predict
from inkling.training.settings import Settings, preset, resolve_precision
from inkling.training.trainer import fit

TARGET = 0.99
# Those before it have chosen the preset.
FIRST_SEED = 2


@dataclass
class Curve:
    """One seed's training: seconds from its start, and test accuracy (0..1), at the same steps.

    `started` is when the first step was done: until then the sets are read and TensorFlow traces.
    `reached` is when 99 % was reached for good, or None.
    """

    seed: int
    started: float = 0.0
    steps: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    reached: float | None = None


class Copies(keras.callbacks.Callback):  # type: ignore[misc]
    """Copies the weights every so many steps, with the time."""

    def __init__(self, curve: Curve, every: int) -> None:
        super().__init__()
        self._curve = curve
        self._every = every
        self._begun = time.perf_counter()
        self._step = 0
        self.weights: list[list[Any]] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        self._step += 1
        if self._step == 1:
            self._curve.started = self._now()
        if self._step % self._every == 0:
            self.copy()

    def copy(self) -> None:
        self.weights.append(self.model.get_weights())
        self._curve.steps.append(self._step)
        self._curve.seconds.append(self._now())

    def _now(self) -> float:
        return time.perf_counter() - self._begun


def kept_from(accuracy: Sequence[float], target: float = TARGET) -> int | None:
    """Where `accuracy` comes to at least `target` and never falls under it again; None: nowhere."""
    below = [k for k, value in enumerate(accuracy) if value < target]
    first = below[-1] + 1 if below else 0
    return first if first < len(accuracy) else None


def measure(settings: Settings, every: int) -> Curve:
    """Train once; the last point is the model that is kept, in float32."""
    keras.utils.clear_session()
    curve = Curve(settings.seed)
    copies = Copies(curve, every)
    with tempfile.TemporaryDirectory() as folder:
        model, _ = fit(settings, prepare(settings), Path(folder), verbose=0, callbacks=[copies])
    copies.set_model(model)
    copies.copy()
    x, y = datasets.load("mnist", "test")
    other = networks.build(settings.network)
    for weights in copies.weights:
        other.set_weights(weights)
        curve.accuracy.append(float((predict(other, x).argmax(axis=1) == y).mean()))
    place = kept_from(curve.accuracy)
    curve.reached = None if place is None else curve.seconds[place]
    return curve


def show(settings: Settings, curves: list[Curve]) -> None:
    """The curves and the times on stdout."""
    print("step    images  " + "  ".join(f"   seed {curve.seed}     " for curve in curves))
    for row, step in enumerate(curves[0].steps):
        cells = [f"{c.seconds[row]:6.2f} s {100 * c.accuracy[row]:6.2f} %" for c in curves]
        last = row == len(curves[0].steps) - 1
        name = "kept  " if last else f"{step:<6}"
        print(f"{name} {step * settings.batch_size:>7}  " + "  ".join(cells))
    print()
    times = []
    for curve in curves:
        n = 10_000
        final = wilson(round(curve.accuracy[-1] * n), n)
        reached = "never reached"
        if curve.reached is not None:
            times.append(curve.reached)
            reached = f"99 % for good after {curve.reached:.1f} s"
        print(
            f"seed {curve.seed}: {reached}; first step done after {curve.started:.1f} s, "
            f"trained after {curve.seconds[-1]:.1f} s; in the end {100 * final.value:.2f} % "
            f"(95 % Wilson {100 * final.low:.2f} to {100 * final.high:.2f})"
        )
    if len(times) == len(curves):
        spread = f"{min(times):.1f} to {max(times):.1f}"
        print(
            f"time to 99 %: median {statistics.median(times):.1f} s ({spread}, {len(times)} seeds)"
        )


def surroundings(settings: Settings) -> dict[str, str | int | float]:
    """What the figures hold for."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "cores": cores or 0,
        "precision": resolve_precision(settings.precision),
        **{name: version(name) for name in ("tensorflow", "keras", "numpy")},
        "network": settings.network,
        "weights": networks.build(settings.network).count_params(),
        "epochs": settings.epochs,
        "batch_size": settings.batch_size,
        "schedule": settings.schedule,
        "learning_rate": settings.learning_rate,
        "augmentation": settings.augmentation,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=3, help=f"how many, from {FIRST_SEED}")
    parser.add_argument("--every", type=int, default=43, help="steps between two points")
    parser.add_argument("--precision", default="auto", help="auto, float32 or mixed_bfloat16")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    settings = replace(preset("quick"), precision=options.precision)
    about = surroundings(settings)
    print("; ".join(f"{name.replace('_', ' ')} {value}" for name, value in about.items()), "\n")
    seeds = range(FIRST_SEED, FIRST_SEED + options.seeds)
    curves = [measure(replace(settings, seed=seed), options.every) for seed in seeds]
    show(settings, curves)
    if options.json:
        found = {**about, "settings": settings.as_dict(), "curves": [asdict(c) for c in curves]}
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
