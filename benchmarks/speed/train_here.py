"""Seconds until a training of the app takes its first step, and what the form's defaults reach.

    python benchmarks/speed/train_here.py [--seeds 3] [--json FILE]

It asks the app's own queue for a training with the form's defaults, as the button "Train" does:
once of a process that has to be started ("cold"), and then of the one that is kept ("warm"). The
time of the first step runs from the request until the page would show it. Accuracy is on MNIST's
test set, after all of the training; its time is that of the epochs, as the report states it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from msgspec.structs import replace

from benchmarks import common
from inkling.jobs import Queue, TrainingRequest
from inkling.paths import runs_folder
from inkling.reports import files
from inkling.ui.insights.training_options import DEFAULT_REQUEST

# Seconds between two looks at a run.
INTERVAL = 0.05


@dataclass(frozen=True, slots=True)
class Run:
    """One training.

    Attributes:
        is_warm: whether the process was ready when it was asked for.
        first_step: seconds until the first step was shown.
        training: seconds of all epochs.
        done: seconds until the model was measured and kept.
        accuracy: on the test set, 0..1.
    """

    seed: int
    is_warm: bool
    first_step: float
    training: float
    done: float
    accuracy: float


def measure(queue: Queue, request: TrainingRequest) -> Run:
    """Train once.

    Raises:
        RuntimeError: the training failed.
    """
    is_warm, start = queue.is_ready, time.perf_counter()
    name = queue.add(request)
    first_step = 0.0
    while (status := queue.status(name)).state in ("queued", "training"):
        if not first_step and status.progress.step:
            first_step = time.perf_counter() - start
        time.sleep(INTERVAL)
    done = time.perf_counter() - start
    if status.state != "done":
        raise RuntimeError(status.problem)
    report = files.load_report(name)
    test = report.split("test")
    assert test is not None
    seconds = report.timing.training_seconds
    return Run(request.seed, is_warm, first_step, seconds, done, test.accuracy.value)


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="number of warm trainings")
    common.add_json(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["INKLING_RUNS"] = folder
        queue = Queue(runs_folder())
        runs = [
            measure(queue, replace(DEFAULT_REQUEST, seed=seed)) for seed in range(options.seeds + 1)
        ]
        queue.close()
    for run in runs:
        print(
            f"seed {run.seed}, {'warm' if run.is_warm else 'cold'}: first step after "
            f"{run.first_step:.1f} s; trained in {run.training:.1f} s to "
            f"{100 * run.accuracy:.2f} %; measured and kept after {run.done:.1f} s"
        )
    about = {"cores": os.cpu_count() or 0, "load": os.getloadavg()[0]}
    common.write_figures({**about, "runs": [asdict(run) for run in runs]}, options.json, show=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
