"""Accuracy on pictures of one digit each, read as the app and the command line read them.

    python benchmarks/accuracy/drawn.py FOLDER [--network NAME] [--json FILE]

FOLDER holds pictures and labels.csv with the columns file and label; labels of more than one digit
are skipped. Prints the accuracy with its 95 % interval, the calibration error, and the mistakes.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from benchmarks import common
from inkling.imaging import ink
from inkling.imaging.load import open_pages
from inkling.reader.drawing import read_digit
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.reports.statistics import wilson
from inkling.training.evaluate.metrics import calibration_error


def measure(folder: Path, model: Classifier) -> tuple[dict[str, Any], list[str]]:
    """The figures, and a sentence for each picture that was not read correctly."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if len(row["label"]) == 1]
    probabilities, labels, mistakes, rejected = [], [], [], 0
    for row in rows:
        page = next(iter(open_pages(folder / row["file"], row["file"])))
        _, prediction = read_digit(ink.from_image(page.image), model)
        if prediction is None:
            mistakes.append(f"{row['file']}: nothing found")
            continue
        probabilities.append(prediction.probabilities)
        labels.append(int(row["label"]))
        rejected += not prediction.is_digit
        if prediction.digit != labels[-1]:
            mistakes.append(f"{row['file']}: {row['label']} read as {prediction.label}")
    n, right = len(rows), len(rows) - len(mistakes)
    interval = wilson(right, n)
    figures = {
        "n": n,
        "right": right,
        "accuracy": interval.value,
        "low": interval.low,
        "high": interval.high,
        "taken_for_no_digit": rejected,
        "ece": calibration_error(np.array(probabilities, np.float32), np.array(labels, np.uint8)),
    }
    return figures, mistakes


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("folder", type=Path)
    common.add_network(parser)
    common.add_json(parser)
    options = parser.parse_args()
    figures, mistakes = measure(options.folder, classifier.load(options.network))
    common.write_figures({"network": options.network, **figures}, options.json)
    print("\n".join(mistakes), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
