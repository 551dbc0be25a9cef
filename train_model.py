"""Train a network, measure it, and write model/<name>/.

    python train_model.py                                 # ours on MNIST, 12 epochs
    python train_model.py --preset quick                  # a useful model in a minute on two cores
    python train_model.py --preset full                   # the shipped `digits`
    python train_model.py --preset full --network lenet5  # the shipped `lenet5`
    python train_model.py --preset full --resume          # go on after a kill
    python train_model.py --dataset corrections           # teach `digits` what people corrected
    python train_model.py --depth digits lenet5           # measure trained models in depth
    python train_model.py --network line                  # reads a line whole
    python train_model.py --epochs 4 --tune 20            # search for better settings

Every option overrides the preset. A checkpoint is written after each epoch; Ctrl-C is safe.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import nullcontext
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

from inkling.jobs.heartbeat import heartbeat
from inkling.paths import model_folder
from inkling.training.settings import TAUGHT, Schedule, Settings, preset

# Before TensorFlow is imported, or it says much that helps nobody.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


LINE = "line"
SEARCH = """
Optuna searches learning rate, batch size, label smoothing, augmentation and schedule, each unless
it is given; the other options, the budget of --epochs and --limit above all, hold for each trial.
The same command goes on with a study, after Ctrl-C and kill -9 too. With --storage
postgresql://user@host/database any number of machines search together (pip install
"psycopg[binary]"); PGPASSWORD or ~/.pgpass keeps the password off the command line.
"""


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line; settings that are not given stay absent."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=argparse.SUPPRESS,
    )
    add = parser.add_argument
    add("--network", metavar="NAME", help="inkling, lenet5, plain, batchnorm …")
    add("--preset", default="", choices=("quick", "full", "mnist"), help="settings to start from")
    add("--name", metavar="NAME", help="folder under model/ (default: by network and preset)")
    add("--dataset", dest="datasets", nargs="+", metavar="NAME", help="the first is the headline")
    add("--epochs", type=int, metavar="N", help="at most so many (default 12)")
    add("--batch-size", type=int, metavar="N", help="glyphs a step (default 128)")
    add("--learning-rate", type=float, metavar="RATE", help="Adam's, at the start")
    add(
        "--schedule",
        choices=get_args(Schedule),
        help="of the learning rate; the line network knows constant, and averages its weights then",
    )
    add(
        "--loss",
        choices=("categorical", "sparse"),
        help="cross-entropy on one-hot labels or on label numbers",
    )
    add("--label-smoothing", type=float, metavar="PART", help="with --loss categorical")
    add("--augmentation", choices=("none", "affine", "handwriting", "everything"))
    add("--weight-decay", type=float, metavar="PART", help="of every weight, times the rate")
    add("--dropout", type=float, metavar="FACTOR", help="of the network's own dropout rates")
    add(
        "--variants",
        action=argparse.BooleanOptionalAction,
        help="add slashed zeros, crossed sevens and flagged ones",
    )
    add(
        "--strangers",
        choices=("none", "uniform", "output"),
        help="show the network what is no digit, too: all labels alike, or an output of its own",
    )
    add("--teacher", metavar="NAME", help="a model whose answers are half of every target")
    add("--start", metavar="NAME", help="a trained model to go on from, of the same network")
    add("--validation", type=float, metavar="PART", help="of the training set, for choices")
    add("--patience", type=int, metavar="N", help="epochs before early stopping; 0: never")
    add("--limit", type=int, metavar="N", help="glyphs of each set; 0: all")
    add("--seed", type=int, metavar="N")
    add("--precision", choices=("auto", "float32", "mixed_bfloat16"))
    add("--output", type=Path, default=model_folder(), metavar="FOLDER", help="default: model/")
    add(
        "--report-only",
        action="store_true",
        default=False,
        help="keep the report alone, as model/zoo/<name>.json",
    )
    add(
        "--lean",
        action="store_true",
        default=False,
        help="measure on the test set alone, not on other people's handwriting and what is none",
    )
    add(
        "--live",
        action="store_true",
        default=False,
        help="let others watch, and stop early: what it has learnt until then is kept",
    )
    add(
        "--depth",
        nargs="+",
        metavar="NAME",
        help="train nothing: measure these trained models with corrupted digits and more",
    )
    add("--resume", action="store_true", default=False, help="go on from the last checkpoint")
    search = parser.add_argument_group("search", SEARCH)
    search.add_argument(
        "--tune", type=int, metavar="N", help="N trials more; 0: only write the report"
    )
    search.add_argument("--study", default="", metavar="NAME", help="default: the model's name")
    search.add_argument(
        "--storage",
        default="",
        metavar="URL",
        help="of the study's database; default: SQLite in model/tuning/<study>/",
    )
    options = parser.parse_args(arguments)
    if "tune" not in options and (options.study or options.storage):
        parser.error("--study and --storage need --tune N")
    if "tune" in options and (options.tune < 0 or options.resume or options.report_only):
        parser.error("--tune takes 0 or more and goes without --resume and --report-only")
    return options


def settings_of(options: argparse.Namespace) -> Settings:
    """The preset's settings, with what the command line gives instead."""
    known = {field.name for field in fields(Settings)}
    given = {key: value for key, value in vars(options).items() if key in known}
    if "datasets" in given:
        given["datasets"] = tuple(given["datasets"])
    if given.get("datasets") == ("corrections",):
        # They alone would be all it knows afterwards.
        return replace(TAUGHT, **{**given, "datasets": TAUGHT.datasets})
    return replace(preset(options.preset, given.get("network", "")), **given)


def tune(settings: Settings, options: argparse.Namespace) -> int:
    """Search, and say on stderr which command trains with what was found."""
    from inkling.training.tuning import search as tuning_search

    folder = options.output / "tuning"
    search = tuning_search.tune(
        settings,
        options.tune,
        folder,
        study=options.study,
        storage=options.storage,
        fixed=vars(options),
    )
    if search.best is None:
        print("No trial is whole yet.", file=sys.stderr)
    else:
        print(f"Best so far: trial {search.best_trial}, validation loss", file=sys.stderr, end=" ")
        print(f"{search.best_loss:.4f}. Train with it:\n{search.command}", file=sys.stderr)
    print(f"Written: {folder / search.study}", file=sys.stderr)
    return 0


def measure(names: list[str]) -> int:
    """Measure trained models in depth and write their `depth.json`."""
    from inkling.training.evaluate.robustness import measure_model

    for name in names:
        path = measure_model(name, command=f"python train_model.py --depth {name}")
        print(f"Written: {path}", file=sys.stderr)
    return 0


def train_line(options: argparse.Namespace) -> int:
    """Train the network that reads whole lines: its settings are its own (learning/lines.py)."""
    from inkling.training import line_trainer
    from inkling.training.synthesis.batches import BATCH

    name, seed = getattr(options, "name", LINE), getattr(options, "seed", 0)
    before = getattr(options, "start", "")
    folder = options.output / name
    command = f"python train_model.py --network {LINE}"
    command += f" --name {name}" if name != LINE else ""
    command += f" --start {before}" if before else ""
    command += f" --seed {seed}" if seed else ""
    command += f" --epochs {options.epochs}" if "epochs" in options else ""
    command += f" --batch-size {options.batch_size}" if "batch_size" in options else ""
    command += f" --learning-rate {options.learning_rate}" if "learning_rate" in options else ""
    averaged = getattr(options, "schedule", "") == "constant"
    command += " --schedule constant" if averaged else ""
    cycles = (options.epochs * line_trainer.EPOCH,) if "epochs" in options else line_trainer.CYCLES
    start = options.output / before if before else None
    how = {
        "seed": seed,
        "cycles": cycles,
        "size": getattr(options, "batch_size", BATCH),
        "rate": getattr(options, "learning_rate", line_trainer.RATE),
        "averaged": averaged,
        "resume": options.resume,
        "start": start,
    }
    line_trainer.train(folder, command=command, **how)
    print(f"Written: {folder}", file=sys.stderr)
    return 0


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    # After the options, so that --help answers at once: Keras takes seconds to import.
    from inkling.reports.files import ReportError
    from inkling.training.data.sources import DatasetError
    from inkling.training.run import available, train

    try:
        if "depth" in options:
            return measure(options.depth)
        if getattr(options, "network", "") == LINE:
            return train_line(options)
        settings = settings_of(options)
        if "datasets" not in options:
            settings = available(settings)
        if "tune" in options:
            return tune(settings, options)
        # Without --resume: a resumed run gives what an unbroken one would.
        typed = [word for word in arguments or sys.argv[1:] if word != "--resume"]
        command = " ".join(["python", "train_model.py", *typed])
        how = {key: getattr(options, key) for key in ("resume", "report_only", "lean", "live")}
        with heartbeat(options.output / settings.name) if options.live else nullcontext():
            folder = train(settings, options.output, command=command, **how)
    except ReportError as problem:
        print(f"train_model.py: {problem.with_remedy}", file=sys.stderr)
        return 2
    except (DatasetError, KeyError, ValueError) as problem:
        print(f"train_model.py: {problem.args[0]}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        again = "The same command goes on with the study."
        if "tune" not in options:
            again = "Add --resume to go on after the last whole epoch."
        print(f"\nStopped. {again}", file=sys.stderr)
        return 130
    print(f"Written: {folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
