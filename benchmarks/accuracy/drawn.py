"""Pictures of one digit each, through the very way that serves: how many are read right.

    python benchmarks/accuracy/drawn.py FOLDER [--network NAME] [--json FILE]

FOLDER holds pictures and labels.csv with the columns file and label; labels of more than one digit
are left out. Prints accuracy with its 95 % interval, calibration, and what was read wrong.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from inkling.imaging import ink  # noqa: E402
from inkling.imaging.load import open_pages  # noqa: E402
from inkling.reader.drawing import read_digit  # noqa: E402
from inkling.recognition import classifier  # noqa: E402
from inkling.reports.statistics import wilson  # noqa: E402
from inkling.training.evaluate.metrics import calibration_error  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--network", default="digits", metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    with (options.folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if len(row["label"]) == 1]
    model = classifier.load(options.network)
    answers, labels, wrong, rejected = [], [], [], 0
    for row in rows:
        page = next(iter(open_pages(options.folder / row["file"], row["file"])))
        _, prediction = read_digit(ink.from_image(page.image), model)
        if prediction is None:
            wrong.append(f"{row['file']}: nothing found")
            continue
        answers.append(prediction.probabilities)
        labels.append(int(row["label"]))
        rejected += not prediction.is_digit
        if prediction.digit != labels[-1]:
            wrong.append(f"{row['file']}: {row['label']} read as {prediction.label}")
    n, right = len(rows), len(rows) - len(wrong)
    interval = wilson(right, n)
    p, y = np.array(answers, np.float32), np.array(labels, np.uint8)
    found = {
        "network": options.network,
        "n": n,
        "right": right,
        "accuracy": interval.value,
        "low": interval.low,
        "high": interval.high,
        "taken_for_no_digit": rejected,
        "ece": calibration_error(p, y),
    }
    print(json.dumps(found, indent=1))
    print("\n".join(wrong), file=sys.stderr)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
