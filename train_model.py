"""Train a network, measure it, and write model/<name>/.

    python train_model.py                                 # `inkling` on MNIST, 12 epochs
    python train_model.py --preset quick                  # a useful model in a minute on two cores
    python train_model.py --preset full                   # the shipped `digits`
    python train_model.py --preset full --network lenet5  # the shipped `lenet5`
    python train_model.py --preset full --resume          # continue after a kill
    python train_model.py --dataset corrections           # fine-tune `digits` on corrected drawings
    python train_model.py --robustness digits lenet5      # measure the robustness of trained models
    python train_model.py --network line                  # the line model, which reads whole lines
    python train_model.py --network page                  # the page model, which finds the digits
    python train_model.py --epochs 4 --tune 20            # search for better settings

Every option overrides the preset. A checkpoint is written after each epoch, so Ctrl-C is safe.
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
from inkling.jobs.worker import serve
from inkling.paths import model_folder, reason_of
from inkling.reports.names import folder_name
from inkling.training.settings import (
    ENDLESS,
    FINETUNE,
    EndlessSettings,
    LineSettings,
    Loss,
    Negatives,
    Schedule,
    Settings,
    SettingsError,
    option,
    preset,
)

# Set before TensorFlow is imported, to keep its start-up messages out.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

SEARCH = """
Optuna searches learning rate, batch size, label smoothing, augmentation and schedule, except those
that are given. All other options hold for each trial, above all the budget of --epochs and --limit.
The same command continues a study, even after Ctrl-C or kill -9. With --storage
postgresql://user@host/database any number of machines search together (pip install
"psycopg[binary]"); PGPASSWORD or ~/.pgpass keeps the password off the command line.
"""


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line. Settings that are not given are absent from the result."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=argparse.SUPPRESS,
    )
    _add_model_options(parser.add_argument_group("model"))
    _add_data_options(parser.add_argument_group("data"))
    _add_training_options(parser.add_argument_group("training"))
    _add_measuring_options(parser.add_argument_group("measuring"))
    _add_search_options(parser.add_argument_group("search", SEARCH))
    options = parser.parse_args(arguments)
    if "tune" not in options and (options.study or options.storage):
        parser.error("--study and --storage need --tune N")
    if "tune" in options and (options.tune < 0 or options.resume or options.report_only):
        parser.error("--tune takes 0 or more and goes without --resume and --report-only")
    return options


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings of the preset, overridden by those on the command line."""
    known = {field.name for field in fields(Settings)}
    given = {name: value for name, value in vars(options).items() if name in known}
    if "datasets" in given:
        given["datasets"] = tuple(given["datasets"])
    if given.get("datasets") == ("corrections",):
        # Trained on corrections alone, the model would forget everything else.
        return replace(FINETUNE, **{**given, "datasets": FINETUNE.datasets})
    return replace(preset(options.preset, given.get("network", "")), **given)


def endless_settings_of(options: argparse.Namespace) -> EndlessSettings:
    """The settings of the page or line model's training, overridden by the command line's."""
    settings = ENDLESS[options.network]
    # On the command line, --validation is a part of the data.
    known = {field.name for field in fields(settings)} - {"validation"}
    given = {name: value for name, value in vars(options).items() if name in known}
    return replace(settings, **given)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status. Only errors that are meant for people are caught."""
    options = parse(arguments)
    words = sys.argv[1:] if arguments is None else arguments
    # A resumed run gives the same result as an unbroken one, so --resume is not recorded.
    command = " ".join(
        ["python", "train_model.py", *(word for word in words if word != "--resume")]
    )
    # Imported after parsing, so that --help does not wait for them.
    from inkling.reports.files import ReportError
    from inkling.storage.rules import StoreError
    from inkling.training.data.sources import DatasetError

    try:
        return _run(options, command)
    except SettingsError as problem:
        see = ", ".join(option(name) for name in problem.settings)
        return _fail(f"{problem} (see {see})" if see else str(problem))
    except ReportError as problem:
        return _fail(problem.with_remedy)
    except (DatasetError, StoreError) as problem:
        return _fail(str(problem))
    except OSError as problem:
        # Keras and HDF5 give their own texts, and no error number, when the disk is full.
        reason = reason_of(problem) if problem.strerror else str(problem).split("\n")[0]
        return _fail(f"a file cannot be read or written ({reason}). Is the disk full?")
    except KeyboardInterrupt:
        hint = "Add --resume to continue after the last complete epoch."
        if "tune" in options:
            hint = "The same command continues the study."
        print(f"\nStopped. {hint}", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace, command: str) -> int:
    """Do what the options ask for; return the exit status."""
    if options.worker:
        return _serve()
    if "teach" in options:
        return _teach(options.teach)
    if "robustness" in options:
        return _measure_robustness(options)
    if getattr(options, "network", "") in ENDLESS:
        return _train_endless(options, command)
    # Imports Keras, which takes seconds.
    from inkling.training.run import available, train

    settings = settings_of(options)
    if "datasets" not in options:
        settings = available(settings)
    if "tune" in options:
        return _tune(settings, options)
    with heartbeat(options.output / settings.name) if options.live else nullcontext():
        folder = train(
            settings,
            options.output,
            command=command,
            resume=options.resume,
            report_only=options.report_only,
            lean=options.lean,
            live=options.live,
        )
    print(f"Written: {folder}", file=sys.stderr)
    return 0


def _tune(settings: Settings, options: argparse.Namespace) -> int:
    """Search, and print on stderr which command trains with the result."""
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
    if search.best_loss is None:
        print("No trial is complete yet.", file=sys.stderr)
    else:
        print(
            f"Best so far: trial {search.best_trial}, validation loss {search.best_loss:.4f}. "
            f"To train with it:\n{search.command}",
            file=sys.stderr,
        )
    print(f"Written: {folder / search.study}", file=sys.stderr)
    return 0


def _serve() -> int:
    """Do the app's jobs, one after another (see `inkling.jobs.worker`)."""
    # Imports TensorFlow, so that no job has to wait for it.
    from inkling.training import warm

    warm.up()
    serve(main)
    return 0


def _teach(folder: Path) -> int:
    """Teach a model the corrections of a run's record."""
    from inkling.training.teach_run import teach_run

    with heartbeat(folder):
        teach_run(folder)
    print(f"Written: {folder}", file=sys.stderr)
    return 0


def _measure_robustness(options: argparse.Namespace) -> int:
    """Measure the robustness of trained models and write their `depth.json`."""
    from inkling.training.evaluate.robustness import measure_model
    from inkling.training.live import show_progress

    # With --live, a folder under --output shows how far it is.
    folder = options.output / options.name if options.live and "name" in options else None
    with heartbeat(folder) if folder else nullcontext():
        for name in options.robustness:
            command = f"python train_model.py --robustness {name}"
            path = measure_model(name, command=command, progress=show_progress(folder))
            print(f"Written: {path}", file=sys.stderr)
    return 0


def _train_endless(options: argparse.Namespace, command: str) -> int:
    """Train the page model or the line model."""
    from inkling.training import line_trainer, page_trainer

    folder = options.output / getattr(options, "name", options.network)
    start = options.output / options.start if "start" in options else None
    settings = endless_settings_of(options)
    if isinstance(settings, LineSettings):
        line_trainer.train(folder, settings, command=command, resume=options.resume, start=start)
    else:
        page_trainer.train(folder, settings, command=command, resume=options.resume, start=start)
    print(f"Written: {folder}", file=sys.stderr)
    return 0


def _fail(message: str) -> int:
    print(f"train_model.py: {message}", file=sys.stderr)
    return 2


def _add_model_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--network", metavar="NAME", help="inkling, lenet5, plain, batchnorm … or line, page")
    add("--preset", default="", choices=("quick", "full", "mnist"), help="settings to start from")
    add("--name", metavar="NAME", help="folder under model/ (default: by network and preset)")
    add("--start", metavar="NAME", help="a trained model of the same network to continue from")
    add(
        "--teacher",
        type=folder_name,
        metavar="NAME",
        help="a model whose answers are half of every target",
    )
    add(
        "--output",
        type=Path,
        default=model_folder(),
        metavar="FOLDER",
        help="the folder of all models (default: model/)",
    )


def _add_data_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--dataset",
        dest="datasets",
        nargs="+",
        metavar="NAME",
        help="data sets to train on; the first one's test split gives the headline figure",
    )
    add("--limit", type=int, metavar="N", help="glyphs of each data set (0: all)")
    add("--validation", type=float, metavar="PART", help="part of the training data for choices")
    add("--augmentation", choices=("none", "affine", "handwriting", "everything"))
    add(
        "--variants",
        action=argparse.BooleanOptionalAction,
        help="add slashed zeros, crossed sevens and flagged ones",
    )
    add(
        "--negatives",
        choices=get_args(Negatives),
        help="train on what is no digit, too: with all labels alike as the target (uniform), "
        "or with an output of its own (output)",
    )
    # The option's earlier name.
    add("--strangers", dest="negatives", choices=get_args(Negatives), help=argparse.SUPPRESS)


def _add_training_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--epochs", type=int, metavar="N", help="the most epochs (default 12)")
    add("--batch-size", type=int, metavar="N", help="glyphs per step (default 128)")
    add("--learning-rate", type=float, metavar="RATE", help="Adam's, at the start")
    add(
        "--schedule",
        choices=get_args(Schedule),
        help="of the learning rate",
    )
    add(
        "--loss",
        choices=get_args(Loss),
        help="cross-entropy on one-hot labels or on label numbers",
    )
    add("--label-smoothing", type=float, metavar="PART", help="with --loss categorical")
    add("--weight-decay", type=float, metavar="PART", help="of every weight, times the rate")
    add("--dropout", type=float, metavar="FACTOR", help="of the network's own dropout rates")
    add("--patience", type=int, metavar="N", help="epochs before early stopping (0: never)")
    add("--seed", type=int, metavar="N")
    add("--precision", choices=("auto", "float32", "mixed_bfloat16"))
    add("--resume", action="store_true", default=False, help="continue from the last checkpoint")
    add(
        "--live",
        action="store_true",
        default=False,
        help="let others watch the training and end it early",
    )


def _add_measuring_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--lean",
        action="store_true",
        default=False,
        help="measure on the test split alone, without other data sets and negatives",
    )
    add(
        "--report-only",
        action="store_true",
        default=False,
        help="keep only the report, as model/zoo/<name>.json",
    )
    add(
        "--robustness",
        nargs="+",
        type=folder_name,
        metavar="NAME",
        help="train nothing, but measure trained models on corrupted digits and more",
    )
    # What the app asks for: the corrections in a run's folder, and one job after another.
    add("--teach", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    add("--worker", action="store_true", default=False, help=argparse.SUPPRESS)
    # The option's earlier name.
    add("--depth", dest="robustness", nargs="+", help=argparse.SUPPRESS)


def _add_search_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--tune", type=int, metavar="N", help="run N more trials (0: only write the report)")
    add("--study", default="", metavar="NAME", help="default: the model's name")
    add(
        "--storage",
        default="",
        metavar="URL",
        help="of the study's database (default: SQLite in model/tuning/<study>/)",
    )


if __name__ == "__main__":
    sys.exit(main())
