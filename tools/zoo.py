"""Train all runs that docs/models.md compares, one after the other; finished runs are kept.

    python tools/zoo.py            # all missing runs; resumes an interrupted one
    python tools/zoo.py --list     # the runs, their commands and which are missing
    python tools/zoo.py pocket     # only these runs

A shipped run makes a folder under model/; the others write their report to model/zoo/.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from inkling.paths import ROOT, model_folder
from inkling.reports.files import zoo_folder
from inkling.reports.names import REPORT_FILE

# Epochs of the runs that compare networks and of the ablations.
SHORT = 3
# Seeds of our network on MNIST alone.
SEEDS = 3
# The options of that network's full training.
LONG = (
    "--preset mnist --network inkling-wide --augmentation everything --batch-size 32 "
    "--learning-rate 1.1e-3 --weight-decay 0.05 --dropout 0.4 --validation 0.03 --epochs 40"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A training run.

    Attributes:
        name: of the model or the report.
        options: of train_model.py.
        is_shipped: whether the model is kept, and not only its report.
    """

    name: str
    options: str
    is_shipped: bool = False

    @property
    def command(self) -> str:
        # Shipped runs are named by their options.
        end = "" if self.is_shipped else f" --name {self.name} --report-only"
        return f"python train_model.py {self.options}{end}"

    @property
    def report(self) -> Path:
        if self.is_shipped:
            return model_folder() / self.name / REPORT_FILE
        return zoo_folder() / f"{self.name}.json"


def _short(name: str, network: str, options: str = "") -> Run:
    return Run(name, f"--preset mnist --network {network} --epochs {SHORT} {options}".strip())


SHIPPED = [
    Run("digits", "--preset full", is_shipped=True),
    Run("pocket", "--preset full --network pocket", is_shipped=True),
    Run("lenet5", "--preset full --network lenet5", is_shipped=True),
    Run("keras-io", "--preset full --network keras-io", is_shipped=True),
    Run("inkling", f"{LONG} --name inkling", is_shipped=True),
]
OURS = [Run(f"inkling-seed{seed}", f"{LONG} --seed {seed}") for seed in range(1, SEEDS)]
RIVALS = [
    _short(f"{network}-short", network)
    for network in ("inkling", "pocket", "batchnorm", "plain", "keras-io", "lenet5")
]
ABLATIONS = [
    _short("without-augmentation", "inkling", "--augmentation none"),
    _short("without-norm", "inkling-without-norm"),
    _short("without-dropout", "inkling-without-dropout"),
    _short("without-smoothing", "inkling", "--label-smoothing 0"),
    _short("without-schedule", "inkling", "--schedule constant"),
]
RUNS = [*SHIPPED, *OURS, *RIVALS, *ABLATIONS]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--list", action="store_true", help="list the runs without training")
    parser.add_argument("names", nargs="*", metavar="RUN", help="only these; by default all")
    options = parser.parse_args()
    unknown = set(options.names) - {run.name for run in RUNS}
    if unknown:
        parser.error(f"there is no run {', '.join(sorted(unknown))}; see --list")
    for run in RUNS:
        if options.names and run.name not in options.names:
            continue
        is_finished = run.report.is_file()
        print(f"{'done   ' if is_finished else 'missing'} {run.command}", flush=True)
        if options.list or is_finished:
            continue
        command = [sys.executable, *shlex.split(run.command)[1:], "--resume"]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
