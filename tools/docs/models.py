"""Write the tables of docs/models.md from reports under model/ and from benchmarks/results/.

    python tools/docs/models.py            # rewrites the tables
    python tools/docs/models.py --check    # fails when they are out of date

The first table is made by tools/docs/goals.py.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
import numpy as np
from numpy.typing import NDArray

from inkling.paths import ROOT
from inkling.recognition.classifier import INT8_FILE, MODEL_FILE
from inkling.reports.comparison import mcnemar
from inkling.reports.files import ReportError, load_robustness, zoo_folder
from inkling.reports.robustness import mean_corruption_error
from inkling.reports.schema import Report, SplitResult
from inkling.reports.statistics import wilson
from inkling.training.data import datasets
from tools import zoo
from tools.docs import generated
from tools.docs.generated import Tables, percent, table, title
from tools.docs.goals import goals
from tools.docs.model_reports import (
    SHIPPED,
    kilobytes,
    load,
    test_of,
    trained_on,
    with_interval,
)

PAGE = ROOT / "docs" / "models.md"
SCRIPT = "tools/docs/models.py"
NAMES = [f"`{name}`" for name in SHIPPED]


def _latency(report: Report) -> str:
    """Milliseconds, float32 and int8."""
    times = (report.timing.latency_ms, report.timing.latency_int8_ms)
    return " / ".join(f"{time:.3f}" for time in times if time is not None) + " ms"


def _zoo_row(report: Report) -> list[str]:
    train, test = report.split("train"), test_of(report)
    return [
        f"{report.parameters:,}",
        f"{report.multiply_adds / 1e6:.2f} M",
        kilobytes(report, MODEL_FILE),
        kilobytes(report, INT8_FILE),
        _latency(report),
        f"{train.loss:.4f}, {percent(train.accuracy.value)}" if train else "",
        f"{test.loss:.4f}",
        with_interval(test),
        with_interval(report.int8) if report.int8 else "",
    ]


ZOO_HEAD = [
    "weights",
    "multiply-adds",
    "float32",
    "int8",
    "LiteRT, one glyph (int8)",
    "train loss, accuracy",
    "test loss",
    "test accuracy (95 %)",
    "the same in int8",
]


def models() -> str:
    """The shipped models, and our seeds."""
    rows = []
    for name in SHIPPED:
        report = load(name)
        epochs = str(report.timing.epochs)
        rows.append([f"`{name}`", trained_on(report), epochs, *_zoo_row(report)])
    for run in zoo.OURS:
        report = load(run.name)
        epochs = str(report.timing.epochs)
        row = [f"`inkling`, seed {report.seed}", trained_on(report), epochs, *_zoo_row(report)]
        rows.append(row)
    return table(["model", "trained on", "epochs", *ZOO_HEAD], rows)


def commands() -> str:
    """The command that makes each of the shipped models, with its seed."""
    found = [load(name) for name in SHIPPED]
    rows = ([f"`{r.name}`", str(r.seed), f"`{r.command}`"] for r in found)
    return table(["model", "seed", "made by"], rows)


def seeds() -> str:
    """Mean and standard deviation of ours over seeds."""
    found = [load(name) for name in ("inkling", *(run.name for run in zoo.OURS))]
    accuracies = [100 * test_of(report).accuracy.value for report in found]
    errors = [test_of(report).errors for report in found]
    pooled = wilson(sum(10_000 - e for e in errors), 10_000 * len(errors))
    numbers = ", ".join(str(report.seed) for report in found)
    return table(
        ["network", "seeds", "errors of 10,000", "mean ± sd", "best", "95 % of all answers"],
        [
            [
                "`inkling`, MNIST's training set alone",
                numbers,
                ", ".join(str(e) for e in errors),
                f"**{statistics.mean(accuracies):.2f} %** ± {statistics.stdev(accuracies):.2f}",
                f"{max(accuracies):.2f} %",
                f"{100 * pooled.low:.2f} to {100 * pooled.high:.2f} %",
            ]
        ],
    )


def _correct(report: Report) -> NDArray[np.bool_]:
    if report.answers is None:
        raise ReportError(f"“{report.name}” has no answers: train it again")
    _, y = datasets.load("mnist", "test")
    return np.asarray(report.answers.arrays()[0] == y, np.bool_)


def _against(report: Report, other: Report) -> str:
    found = mcnemar(_correct(other), _correct(report))
    return f"{found.only_a_right} to {found.only_b_right}, p = {found.p_value:.2g}"


def short() -> str:
    """Rivals and ablations on the short schedule, against ours on it."""
    base = load("inkling-short")
    rows = []
    for run in (*zoo.RIVALS, *zoo.ABLATIONS):
        report = load(run.name)
        against = "" if run.name == base.name else _against(report, base)
        rows.append([f"`{run.name}`", *_zoo_row(report)[:-1], against])
    return table(["run", *ZOO_HEAD[:-1], "only ours right to only this (McNemar)"], rows)


def pairs() -> str:
    """McNemar's test between the shipped models."""
    found = [load(name) for name in SHIPPED]
    rows = []
    for report in found:
        cells = ["" if report is other else _against(other, report) for other in found]
        rows.append([f"`{report.name}`", *cells])
    return table(["only row right to only column", *NAMES], rows)


def sets() -> str:
    """Other people's handwriting, and allographs."""
    found = [load(name) for name in SHIPPED]
    names = list(dict.fromkeys(r.dataset for report in found for r in report.others))
    kinds = list(dict.fromkeys(r.dataset for report in found for r in report.variants))

    def line(title: str, results: list[SplitResult | None]) -> list[str]:
        n = next(r.n for r in results if r)
        return [f"{title} ({n:,})", *(with_interval(r) if r else "" for r in results)]

    def of(name: str, results: list[SplitResult]) -> SplitResult | None:
        return next((r for r in results if r.dataset == name), None)

    rows = [line(datasets.get(n).title, [of(n, r.others) for r in found]) for n in names]
    rows += [line(f"MNIST test, {k}", [of(k, r.variants) for r in found]) for k in kinds]
    return table(["test split", *NAMES], rows)


def rejection() -> str:
    """Negatives: how well each model rejects each kind."""
    found = [report for name in SHIPPED if (report := load(name)).separation]
    rows = []
    for first in found[0].rejections:
        cells = []
        for report in found:
            # A model that is older than a kind was not measured on it.
            row = next((row for row in report.rejections if row.kind == first.kind), None)
            cells.append(
                f"{row.auroc:.4f}, {percent(row.rejected or 0, 1)}; "
                f"{row.accepted:,} accepted, {row.sure} as sure"
                if row
                else ""
            )
        rows.append([f"{title(first.kind)} ({first.n:,})", *cells])
    together = [r.separation for r in found if r.separation]
    rows.append(["**all**", *(f"**{s.auroc:.4f}, {percent(s.rejected, 1)}**" for s in together)])
    rows.append(["against digits of", *(f"{', '.join(s.digits)} ({s.n:,})" for s in together)])
    return table(["kind", *(f"`{r.name}`" for r in found)], rows)


def rejection_methods() -> str:
    """Ways to train with negatives and to score, side by side."""
    found = msgspec.json.decode((zoo_folder() / "rejection.json").read_bytes())
    titles = {
        "none": "none shown",
        "uniform": "the same target for all labels",
        "output": "an output of their own",
    }
    rows = [
        [
            titles[row["way"]],
            row["score"],
            percent(row["digits"]),
            f"{row['auroc']:.4f}",
            percent(row["rejected"], 1),
        ]
        for row in found["rows"]
    ]
    n = f"{found['n_strangers']:,} against {found['n_digits']:,}"
    head = ["negatives in training", "score", "validation digits right", f"AUROC ({n})"]
    return table([*head, "rejected at 99 % kept"], rows)


def calibration() -> str:
    """Reliability of `digits`, by bins of confidence."""
    diagrams = load("digits").calibration.reliability
    rows = []
    for diagram in diagrams:
        rows.append([f"**{diagram.data}** ({diagram.n:,})", "", "", "", percent(diagram.ece)])
        for one in diagram.bins:
            span = f"{one.low:.2f} to {one.high:.2f}"
            rows.append([span, f"{one.n:,}", percent(one.confidence, 1)])
            rows[-1] += [percent(one.accuracy, 1), ""]
    head = ["confidence", "answers", "mean confidence", "accuracy", "expected calibration error"]
    return table(head, rows)


def corruption() -> str:
    """The fifteen corruptions at the published severities; errors, and mCE."""
    found = [load_robustness(name) for name in SHIPPED]
    base = load_robustness("keras-io")
    rows = []
    for name in base.published():
        cells = []
        for robustness in found:
            row = robustness.published()[name]
            cells.append(percent(row.errors / row.n))
        rows.append([name.replace("_", " "), *cells])
    mce = [mean_corruption_error(robustness, base) for robustness in found]
    rows.append(["**mCE** (keras-io = 100)", *(f"**{value:.1f}**" for value in mce)])
    return table(["error under", *NAMES], rows)


def sweeps() -> str:
    """The distortions through their range, for `digits`."""
    rows = []
    for sweep in load_robustness("digits").sweeps:
        points = ", ".join(f"{p.value:g}: {percent(p.accuracy.value, 1)}" for p in sweep.points)
        rows.append([sweep.kind, sweep.unit, points])
    return table(["distortion", "unit", "accuracy by value"], rows)


def time() -> str:
    """Seconds of training until 99 %, for each seed, with the settings."""
    found = generated.result("time_to_99")
    rows = []
    for curve in found["curves"]:
        reached = "not reached" if curve["reached"] is None else f"**{curve['reached']:.1f} s**"
        n = 10_000
        final = wilson(round(curve["accuracy"][-1] * n), n)
        span = f"{percent(final.value)} ({100 * final.low:.2f} to {100 * final.high:.2f})"
        rows.append([str(curve["seed"]), reached, f"{curve['seconds'][-1]:.1f} s", span])
    about = (
        f"{found['cores']} cores, {found['precision']}, TensorFlow {found['tensorflow']}, network "
        f"`{found['network']}`, {found['epochs']} epochs of batches of {found['batch_size']}, "
        f"{found['schedule']} schedule to {found['learning_rate']}, augmentation "
        f"{found['augmentation']}. The time includes reading, building, batches and validation."
    )
    head = ["seed", "99 % from then on after", "trained for", "test accuracy at the end"]
    return about + "\n\n" + table(head, rows)


TABLES: Tables = {
    function.__name__: function
    for function in (
        goals,
        models,
        commands,
        seeds,
        pairs,
        short,
        sets,
        rejection,
        rejection_methods,
        calibration,
        corruption,
        sweeps,
        time,
    )
}


if __name__ == "__main__":
    sys.exit(generated.write(PAGE, SCRIPT, TABLES))
