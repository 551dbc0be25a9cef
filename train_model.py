"""Train a network, measure it, and write model/<name>/.

    python train_model.py                                 # ours on MNIST, 12 epochs
    python train_model.py --preset quick                  # a useful model in minutes on two cores
    python train_model.py --preset full                   # the shipped `digits`
    python train_model.py --preset full --network lenet5  # the shipped `lenet5`
    python train_model.py --preset full --resume          # go on after a kill

Every option overrides the preset. A checkpoint is written after each epoch; Ctrl-C is safe.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import fields, replace
from pathlib import Path

from inkling.learning.settings import Settings, preset
from inkling.paths import model_folder

# Before TensorFlow is imported, or it says much that helps nobody.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line; settings that are not given stay absent."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=argparse.SUPPRESS,
    )
    add = parser.add_argument
    add("--network", default="inkling", metavar="NAME", help="inkling, lenet5, plain, batchnorm")
    add("--preset", default="", choices=("quick", "full"), help="settings to start from")
    add("--name", metavar="NAME", help="folder under model/ (default: by network and preset)")
    add("--dataset", dest="datasets", nargs="+", metavar="NAME", help="the first is the headline")
    add("--epochs", type=int, metavar="N", help="at most so many (default 12)")
    add("--batch-size", type=int, metavar="N", help="glyphs a step (default 128)")
    add("--learning-rate", type=float, metavar="RATE", help="Adam's, at the start")
    add("--schedule", choices=("plateau", "cosine", "constant"), help="of the learning rate")
    add(
        "--loss",
        choices=("categorical", "sparse"),
        help="cross-entropy on one-hot labels or on label numbers",
    )
    add("--label-smoothing", type=float, metavar="PART", help="with --loss categorical")
    add("--augmentation", choices=("none", "affine", "handwriting"))
    add(
        "--strangers",
        action=argparse.BooleanOptionalAction,
        help="show the network what is no digit, too",
    )
    add("--validation", type=float, metavar="PART", help="of the training set, for choices")
    add("--patience", type=int, metavar="N", help="epochs before early stopping; 0: never")
    add("--limit", type=int, metavar="N", help="glyphs of each set; 0: all")
    add("--seed", type=int, metavar="N")
    add("--precision", choices=("auto", "float32", "mixed_bfloat16"))
    add("--output", type=Path, default=model_folder(), metavar="FOLDER", help="default: model/")
    add("--resume", action="store_true", default=False, help="go on from the last checkpoint")
    return parser.parse_args(arguments)


def settings_of(options: argparse.Namespace) -> Settings:
    """The preset's settings, with what the command line gives instead."""
    known = {field.name for field in fields(Settings)}
    given = {key: value for key, value in vars(options).items() if key in known}
    if "datasets" in given:
        given["datasets"] = tuple(given["datasets"])
    return replace(preset(options.preset, options.network), **given)


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    # After the options, so that --help answers at once: Keras takes seconds to import.
    from inkling.learning.datasets import DatasetError
    from inkling.learning.run import available, train

    try:
        settings = settings_of(options)
        if "datasets" not in options:
            settings = available(settings)
        # Without --resume: a resumed run gives what an unbroken one would.
        typed = [word for word in arguments or sys.argv[1:] if word != "--resume"]
        command = " ".join(["python", "train_model.py", *typed])
        folder = train(settings, options.output, command=command, resume=options.resume)
    except (DatasetError, KeyError, ValueError) as problem:
        print(f"train_model.py: {problem.args[0]}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. Add --resume to go on after the last whole epoch.", file=sys.stderr)
        return 130
    print(f"Written: {folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
