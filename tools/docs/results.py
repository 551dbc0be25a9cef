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
from inkling.reports.files import ReportError, load_report, load_robustness
from inkling.reports.photos import PhotoSet, ReaderResult, load_people_results
from inkling.reports.robustness import mean_corruption_error
from inkling.reports.schema import Report, SplitResult
from inkling.reports.statistics import Interval
from inkling.training.data import datasets
from tools.docs import generated
from tools.docs.generated import percent, share, title

PAGE = ROOT / "docs" / "results.md"
SCRIPT = "tools/docs/results.py"
# The other models are in docs/models.md.
SHOWN = ("digits", "pocket", "lenet5")
# The model whose mean corruption error is 100.
BASE = "keras-io"

OURS = "Inkling"
# The sets of people.json, by their names there, and what is counted as right on them.
PEOPLE_TITLES = {
    "people": "people's own photos: lines",
    "people_digits": "people's own pictures of single digits: digits",
    "photos": "photos of digit rows, and worksheets: lines",
    "cheques": "cheque amounts (ORAND-CAR-A): whole amounts",
    "register": "row numbers in parish registers: numbers",
}

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


def people() -> str:
    """Lines of people's own photos read right, a row for each set and reader."""
    try:
        found = load_people_results()
    except ReportError as problem:
        return f"{problem} Measure it: `{problem.remedy} FOLDER`."
    head = [
        *("measured on", "tuned on this set", "reader", "right", "lines too many"),
        *("character errors", "sure lines", "wrong among the sure", "processor time a picture"),
    ]
    rows = [_people_row(each, reader) for each in found.sets for reader in each.readers]
    made = f"Measured {found.created[:10]} on {found.machine}: `{found.command}`."
    return f"{generated.table(head, rows)}\n\n{made}"


def _people_row(each: PhotoSet, reader: ReaderResult) -> list[str]:
    """The other readers were tuned on none of the sets."""
    ours = reader.name.startswith(OURS)
    right = share(reader.right / reader.lines, reader.low, reader.high) if reader.lines else ""
    sure, wrong = "", ""
    if reader.sure is not None and reader.sure_right is not None:
        sure = f"{reader.sure:,}{_bounded(reader.sure_share)}"
        wrong = f"{reader.sure - reader.sure_right:,}{_bounded(reader.sure_wrong_share)}"
    return [
        f"{PEOPLE_TITLES.get(each.name, each.name)} ({each.n:,} pictures)",
        "yes" if ours and each.tuned else "no",
        f"{reader.name} {reader.version}".strip(),
        f"{reader.right:,} of {reader.lines:,}, {right}",
        "" if reader.extra is None else f"{reader.extra:,}",
        _bounded(reader.character_errors).removeprefix(", "),
        sure,
        wrong,
        "" if reader.cpu_seconds is None else f"{reader.cpu_seconds:.2f} s",
    ]


def _bounded(part: Interval | None) -> str:
    """A share with its interval after a comma; empty without one."""
    return f", {share(part.value, part.low, part.high)}" if part else ""


def _table(what: str, rows: list[Row]) -> str:
    head = [what, "tuned on this set", *(f"`{name}`" for name in SHOWN)]
    return generated.table(head, ([name, tuned, *cells] for name, tuned, cells in rows))


TABLES = {"accuracy": accuracy, "negatives": negatives}


if __name__ == "__main__":
    sys.exit(generated.write(PAGE, SCRIPT, TABLES))
