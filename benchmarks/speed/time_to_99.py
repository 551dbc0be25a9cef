"""Seconds of training until 99 % on MNIST's test set, with the quick preset, without a GPU.

    python benchmarks/speed/time_to_99.py [--seeds 3] [--every 43] [--json FILE]

Prints the curve (test accuracy against seconds) for each seed, and when 99 % is reached for good.

The clock starts before the training set is read. It includes everything `train_model.py --preset
quick` does until the network is trained: batches and augmentation, building and compiling,
validation, checkpoints. It excludes importing TensorFlow, and evaluation: the weights are copied
every few steps, which does count, and the copies are evaluated after training.

The settings were chosen on a validation split of the training set with the seeds 0 and 1, so the
seeds here start at 2. The test set is used only here.
"""

from __future__ import annotations

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

from benchmarks import common
from inkling.reports.statistics import wilson
from inkling.training import networks
from inkling.training.data import datasets
from inkling.training.data.batches import prepare
from inkling.training.evaluate.probabilities import predict
from inkling.training.settings import Settings, preset, resolve_precision
from inkling.training.trainer import fit

TARGET = 0.99
# In MNIST's test set.
TEST_IMAGES = 10_000
# The preset was chosen with the seeds before this one.
FIRST_SEED = 2


@dataclass
class Curve:
    """The training of one seed.

    Attributes:
        seed: the seed.
        started: seconds until the first step was done; before, data are read and TensorFlow traces.
        steps: the steps at which the weights were copied.
        seconds: the time of each copy, since the start.
        accuracy: the test accuracy of each copy, 0..1.
        reached: seconds until 99 % was reached for good; None if it was not.
    """

    seed: int
    started: float = 0.0
    steps: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    reached: float | None = None


class WeightCopies(keras.callbacks.Callback):
    """Copies the weights and notes the time, every few steps."""

    def __init__(self, curve: Curve, every: int) -> None:
        super().__init__()
        self._curve = curve
        self._every = every
        self._started = time.perf_counter()
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
        return time.perf_counter() - self._started


def stays_from(accuracy: Sequence[float], target: float = TARGET) -> int | None:
    """The first index from which `accuracy` stays at `target` or above; None if there is none."""
    below = [k for k, value in enumerate(accuracy) if value < target]
    first = below[-1] + 1 if below else 0
    return first if first < len(accuracy) else None


def measure(settings: Settings, every: int) -> Curve:
    """Train once; the last point of the curve is the model that training keeps, in float32."""
    keras.utils.clear_session()
    curve = Curve(settings.seed)
    copies = WeightCopies(curve, every)
    with tempfile.TemporaryDirectory() as folder:
        model, _ = fit(settings, prepare(settings), Path(folder), verbose=0, callbacks=[copies])
    copies.set_model(model)
    copies.copy()
    x, y = datasets.load("mnist", "test")
    other = networks.build(settings.network)
    for weights in copies.weights:
        other.set_weights(weights)
        curve.accuracy.append(float((predict(other, x).argmax(axis=1) == y).mean()))
    index = stays_from(curve.accuracy)
    curve.reached = None if index is None else curve.seconds[index]
    return curve


def show(settings: Settings, curves: list[Curve]) -> None:
    """Print the curves and the times."""
    _print_curves(settings, curves)
    print()
    times = [curve.reached for curve in curves if curve.reached is not None]
    for curve in curves:
        _print_outcome(curve)
    if len(times) == len(curves):
        spread = f"{min(times):.1f} to {max(times):.1f}"
        print(
            f"time to 99 %: median {statistics.median(times):.1f} s ({spread}, {len(times)} seeds)"
        )


def _print_curves(settings: Settings, curves: list[Curve]) -> None:
    print("step    images  " + "  ".join(f"   seed {curve.seed}     " for curve in curves))
    for row, step in enumerate(curves[0].steps):
        cells = [f"{c.seconds[row]:6.2f} s {100 * c.accuracy[row]:6.2f} %" for c in curves]
        last = row == len(curves[0].steps) - 1
        name = "kept  " if last else f"{step:<6}"
        print(f"{name} {step * settings.batch_size:>7}  " + "  ".join(cells))


def _print_outcome(curve: Curve) -> None:
    final = wilson(round(curve.accuracy[-1] * TEST_IMAGES), TEST_IMAGES)
    reached = "never reached"
    if curve.reached is not None:
        reached = f"99 % for good after {curve.reached:.1f} s"
    print(
        f"seed {curve.seed}: {reached}; first step done after {curve.started:.1f} s, "
        f"trained after {curve.seconds[-1]:.1f} s; in the end {100 * final.value:.2f} % "
        f"(95 % Wilson {100 * final.low:.2f} to {100 * final.high:.2f})"
    )


def conditions(settings: Settings) -> dict[str, str | int | float]:
    """The machine, the libraries and the settings that the figures hold for."""
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


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--seeds", type=int, default=3, help=f"number of seeds, from {FIRST_SEED}")
    parser.add_argument(
        "--every", type=int, default=43, help="steps between two points of the curve"
    )
    parser.add_argument("--precision", default="auto", help="auto, float32 or mixed_bfloat16")
    common.add_json(parser)
    options = parser.parse_args()
    settings = replace(preset("quick"), precision=options.precision)
    about = conditions(settings)
    print("; ".join(f"{name.replace('_', ' ')} {value}" for name, value in about.items()), "\n")
    seeds = range(FIRST_SEED, FIRST_SEED + options.seeds)
    curves = [measure(replace(settings, seed=seed), options.every) for seed in seeds]
    show(settings, curves)
    figures = {**about, "settings": settings.as_dict(), "curves": [asdict(c) for c in curves]}
    common.write_figures(figures, options.json, show=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
