"""Write the tables of docs/results.md about single digits, from the reports under model/.

    python tools/docs/results.py            # rewrites the tables
    python tools/docs/results.py --check    # fails when they are out of date

The tables about pages, on the same page, are written by tools/docs/reading.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inkling.paths import ROOT
from inkling.reports.files import load_report, load_robustness
from inkling.reports.robustness import mean_corruption_error
from inkling.reports.schema import Report, SplitResult
from inkling.training.data import datasets
from tools.docs import generated
from tools.docs.generated import percent, share, title

PAGE = ROOT / "docs" / "results.md"
SCRIPT = "tools/docs/results.py"
# The other models are in docs/models.md.
SHOWN = ("digits", "pocket", "lenet5")
# The model whose mean corruption error is 100.
BASE = "keras-io"

# What is measured, whether the model was tuned on it, and a cell for each model.
Row = tuple[str, str, list[str]]


def _accuracy(result: SplitResult | None) -> str:
    """Accuracy with its 95 % interval and the number of errors; empty without a result."""
    if result is None:
        return ""
    accuracy = result.accuracy
    shown = share(accuracy.value, accuracy.low, accuracy.high, 2)
    return f"{shown}, {result.errors:,} wrong"


def _of(name: str, results: Iterable[SplitResult]) -> SplitResult | None:
    return next((result for result in results if result.dataset == name), None)


def _rows(
    found: list[Report],
    results: Callable[[Report], list[SplitResult]],
    titles: Callable[[str], str],
) -> list[Row]:
    """A row for each data set that any of the models was measured on."""
    names = dict.fromkeys(result.dataset for report in found for result in results(report))
    rows = []
    for name in sorted(names):
        each = [_of(name, results(report)) for report in found]
        n = next(result.n for result in each if result)
        rows.append((f"{titles(name)} ({n:,})", "no", [_accuracy(result) for result in each]))
    return rows


def _drawings() -> Row:
    """Drawings from other people's repositories, read by the model that the app uses."""
    found = generated.result("drawn")
    shown = share(found["accuracy"], found["low"], found["high"], 2)
    cells = ["" for _ in SHOWN]
    cells[SHOWN.index(found["network"])] = f"{shown}, {found['n'] - found['right']} wrong"
    return f"drawings from other people's repositories ({found['n']})", "no", cells


def _corruptions() -> Row:
    base = load_robustness(BASE)
    cells = [f"mCE {mean_corruption_error(load_robustness(name), base):.1f}" for name in SHOWN]
    return f"MNIST test under MNIST-C's corruptions, {BASE} = 100", "yes", cells


def accuracy() -> str:
    """Digits read right, a row for each data set."""
    found = [load_report(name) for name in SHOWN]
    tests = [report.split("test") for report in found]
    n = next(test.n for test in tests if test)
    rows: list[Row] = [
        (f"MNIST test ({n:,})", "no", [_accuracy(test) for test in tests]),
        *_rows(found, lambda report: report.others, lambda name: datasets.get(name).title),
        _drawings(),
        *_rows(found, lambda report: report.variants, lambda name: f"MNIST test, {name}"),
        _corruptions(),
    ]
    ece = [percent(report.calibration.ece) for report in found]
    rows.append((f"MNIST test, calibration error ({n:,})", "no", ece))
    return _table("digits read right", rows)


def negatives() -> str:
    """Share of negatives that are rejected, a row for each kind."""
    found = [load_report(name) for name in SHOWN]
    rows: list[Row] = []
    for kind in dict.fromkeys(row.kind for report in found for row in report.rejections):
        cells, n = [], 0
        for report in found:
            row = next((row for row in report.rejections if row.kind == kind), None)
            n = row.n if row else n
            cells.append(
                f"**{percent(1 - row.accepted / row.n, 1)}**, {row.sure} accepted as sure"
                if row
                else ""
            )
        rows.append((f"{title(kind)} ({n:,})", "no", cells))
    areas = [f"{report.separation.auroc:.4f}" if report.separation else "" for report in found]
    rows.append(("all of them against digits: area under the ROC curve", "no", areas))
    return _table("negatives rejected", rows)


def _table(what: str, rows: list[Row]) -> str:
    head = [what, "tuned on this set", *(f"`{name}`" for name in SHOWN)]
    return generated.table(head, ([name, tuned, *cells] for name, tuned, cells in rows))


TABLES = {"accuracy": accuracy, "negatives": negatives}


if __name__ == "__main__":
    sys.exit(generated.write(PAGE, SCRIPT, TABLES))
