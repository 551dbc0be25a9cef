"""Train every run that docs/models.md compares, one after the other; what is there is kept.

    python tools/zoo.py            # all that is missing; goes on where it was stopped
    python tools/zoo.py --list     # the runs, their commands and which are there
    python tools/zoo.py pocket     # these alone

Runs that are shipped make a folder under model/, the others leave their report in model/zoo/.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from inkling.paths import model_folder  # noqa: E402
from inkling.reports.files import REPORT_FILE, zoo_folder  # noqa: E402

# Rivals and ablations: so many epochs each, ours among them.
SHORT = 3
SEEDS = 3
# Ours, at full length.
LONG = (
    "--preset mnist --network inkling-wide --augmentation everything --batch-size 32 "
    "--learning-rate 1.1e-3 --weight-decay 0.05 --dropout 0.4 --validation 0.03 --epochs 40"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A training run: its name and the options that make it."""

    name: str
    options: str
    is_shipped: bool = False

    @property
    def command(self) -> str:
        # The presets, or a name of their own, name what is shipped.
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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="show the runs, train nothing")
    parser.add_argument("names", nargs="*", metavar="RUN", help="these alone; default: all")
    options = parser.parse_args()
    unknown = set(options.names) - {run.name for run in RUNS}
    if unknown:
        parser.error(f"there is no run {', '.join(sorted(unknown))}; see --list")
    for run in RUNS:
        if options.names and run.name not in options.names:
            continue
        is_there = run.report.is_file()
        print(f"{'there  ' if is_there else 'missing'} {run.command}", flush=True)
        if options.list or is_there:
            continue
        command = [sys.executable, *shlex.split(run.command)[1:], "--resume"]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
