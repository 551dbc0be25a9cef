"""Write the tables of docs/models.md from what was measured.

    python tools/docs/models.py            # rewrites them
    python tools/docs/models.py --check    # fails when they are not current

A table stands between `<!-- table: NAME -->` and `<!-- end -->`; the text around them is written by
hand. No figure in a table is: all come from reports under model/ and benchmarks/results/.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import msgspec  # noqa: E402
import numpy as np  # noqa: E402

from inkling.recognition.classifier import INT8_FILE, MODEL_FILE  # noqa: E402
from inkling.reports import comparison, files  # noqa: E402
from inkling.reports.files import ReportError, load_robustness, zoo_folder  # noqa: E402
from inkling.reports.robustness import mean_corruption_error  # noqa: E402
from inkling.reports.schema import Report, SplitResult  # noqa: E402
from inkling.reports.statistics import wilson  # noqa: E402
from inkling.training.data import datasets  # noqa: E402
from tools import zoo  # noqa: E402
from tools.docs.readme import rewrite  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "models.md"
BLOCK = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
SHIPPED = [run.name for run in zoo.SHIPPED]


def load(run: str) -> Report:
    """The report of a run, shipped or not."""
    if run in SHIPPED:
        return files.load_report(run)
    path = zoo_folder() / f"{run}.json"
    return msgspec.json.decode(path.read_bytes(), type=Report)


def test_of(report: Report) -> SplitResult:
    found = report.split("test")
    if found is None:
        raise ReportError(f"“{report.name}” was not tested")
    return found


def rows_to_markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def percent(value: float, places: int = 2) -> str:
    return f"{100 * value:.{places}f} %"


def with_interval(result: SplitResult) -> str:
    a = result.accuracy
    return f"{percent(a.value)} ({100 * a.low:.2f} to {100 * a.high:.2f})"


def kilobytes(report: Report, name: str) -> str:
    return f"{report.files[name].bytes / 1000:.0f} KB" if name in report.files else ""


# --- the tables -----------------------------------------------------------------------------------


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
        data = ", ".join(use.name for use in report.datasets)
        rows.append([f"`{name}`", data, str(report.timing.epochs), *_zoo_row(report)])
    for run in zoo.OURS:
        report = load(run.name)
        data = ", ".join(use.name for use in report.datasets)
        rows.append([f"`inkling`, seed {report.seed}", data, str(report.timing.epochs)])
        rows[-1] += _zoo_row(report)
    return rows_to_markdown(["model", "trained on", "epochs", *ZOO_HEAD], rows)


def seeds() -> str:
    """Mean and standard deviation of ours over seeds."""
    found = [load(name) for name in ("inkling", *(run.name for run in zoo.OURS))]
    accuracies = [100 * test_of(report).accuracy.value for report in found]
    errors = [test_of(report).errors for report in found]
    pooled = wilson(sum(10_000 - e for e in errors), 10_000 * len(errors))
    numbers = ", ".join(str(report.seed) for report in found)
    return rows_to_markdown(
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


def _correct(report: Report) -> np.ndarray:
    if report.answers is None:
        raise ReportError(f"“{report.name}” has no answers: train it again")
    _, y = datasets.load("mnist", "test")
    return report.answers.arrays()[0] == y


def _against(report: Report, other: Report) -> str:
    found = comparison.mcnemar(_correct(other), _correct(report))
    return f"{found.only_a_right} to {found.only_b_right}, p = {found.p_value:.2g}"


def short() -> str:
    """Rivals and ablations on the short schedule, against ours on it."""
    base = load("inkling-short")
    rows = []
    for run in (*zoo.RIVALS, *zoo.ABLATIONS):
        report = load(run.name)
        against = "" if run.name == base.name else _against(report, base)
        rows.append([f"`{run.name}`", *_zoo_row(report)[:-1], against])
    return rows_to_markdown(["run", *ZOO_HEAD[:-1], "only ours right to only this (McNemar)"], rows)


def pairs() -> str:
    """McNemar's test between the shipped models."""
    found = [load(name) for name in SHIPPED]
    rows = []
    for report in found:
        cells = ["" if report is other else _against(other, report) for other in found]
        rows.append([f"`{report.name}`", *cells])
    return rows_to_markdown(["only row right to only column", *(f"`{n}`" for n in SHIPPED)], rows)


def sets() -> str:
    """Other people's handwriting, and other ways to write."""
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
    return rows_to_markdown(["test split", *(f"`{n}`" for n in SHIPPED)], rows)


def rejection() -> str:
    """What is no digit: how each kind fares with each model."""
    found = [report for name in SHIPPED if (report := load(name)).separation]
    rows = []
    for first in found[0].rejections:
        cells = []
        for report in found:
            # Models made before a kind was thought of were not asked.
            row = next((row for row in report.rejections if row.kind == first.kind), None)
            cells.append(
                f"{row.auroc:.4f}, {percent(row.rejected or 0, 1)}; "
                f"{row.accepted} taken, {row.sure} sure"
                if row
                else ""
            )
        rows.append([f"{first.kind} ({first.n:,})", *cells])
    together = [r.separation for r in found if r.separation]
    rows.append(["**all**", *(f"**{s.auroc:.4f}, {percent(s.rejected, 1)}**" for s in together)])
    rows.append(["against digits of", *(f"{', '.join(s.digits)} ({s.n:,})" for s in together)])
    return rows_to_markdown(["kind", *(f"`{r.name}`" for r in found)], rows)


def ways() -> str:
    """The ways to know what is no digit, side by side."""
    from tools.compare_rejection import FILE_NAME, Comparison

    data = (zoo_folder() / FILE_NAME).read_bytes()
    found = msgspec.json.decode(data, type=Comparison)
    titles = {
        "none": "shown none",
        "uniform": "all labels alike",
        "output": "an output of their own",
    }
    rows = [
        [titles[r.way], r.score, percent(r.digits), f"{r.auroc:.4f}", percent(r.rejected, 1)]
        for r in found.rows
    ]
    n = f"{found.n_strangers:,} against {found.n_digits:,}"
    head = ["strangers in training", "score", "validation digits right", f"AUROC ({n})"]
    return rows_to_markdown([*head, "rejected at 99 % kept"], rows)


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
    return rows_to_markdown(head, rows)


def corruption() -> str:
    """The fifteen corruptions at the published severities; errors, and mCE."""
    found = [load_robustness(name) for name in SHIPPED]
    base = load_robustness("keras-io")
    rows = []
    for name in base.published():
        cells = []
        for depth in found:
            row = depth.published()[name]
            cells.append(percent(row.errors / row.n))
        rows.append([name.replace("_", " "), *cells])
    mce = [mean_corruption_error(depth, base) for depth in found]
    rows.append(["**mCE** (keras-io = 100)", *(f"**{value:.1f}**" for value in mce)])
    return rows_to_markdown(["error under", *(f"`{n}`" for n in SHIPPED)], rows)


def sweeps() -> str:
    """The distortions through their range, for `digits`."""
    depth = load_robustness("digits")
    rows = []
    for sweep in depth.sweeps:
        points = ", ".join(f"{p.value:g}: {percent(p.accuracy.value, 1)}" for p in sweep.points)
        rows.append([sweep.kind, sweep.unit, points])
    return rows_to_markdown(["distortion", "unit", "accuracy by value"], rows)


def time() -> str:
    """Seconds of training to 99 %, for each seed, and what they hold for."""
    found = json.loads((RESULTS / "time_to_99.json").read_bytes())
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
        f"{found['augmentation']}. The clock holds reading, building, batches and validation."
    )
    head = ["seed", "99 % for good after", "trained after", "test accuracy in the end"]
    return about + "\n\n" + rows_to_markdown(head, rows)


def _drawn_row() -> tuple[str, str]:
    found = json.loads((RESULTS / "drawn.json").read_bytes())
    accuracy = (
        f"{percent(found['accuracy'])} ({100 * found['low']:.2f} to {100 * found['high']:.2f}), "
        f"n = {found['n']}"
    )
    return accuracy, "`python benchmarks/accuracy/drawn.py FOLDER`"


def targets() -> str:
    """What the figures were to be, and are."""
    digits, pocket, lenet5 = (load(name) for name in ("digits", "pocket", "lenet5"))
    ours = [load(name) for name in ("inkling", *(run.name for run in zoo.OURS))]
    accuracies = [test_of(report).accuracy.value for report in ours]
    others = {r.dataset: r for r in digits.others}
    train = lenet5.split("train")
    drawn = next(d for d in digits.calibration.reliability if d.data != "mnist")
    apart = digits.separation
    if train is None or apart is None or pocket.int8 is None:
        raise ReportError("train lenet5, digits and pocket again")
    depth = [load_robustness(name) for name in ("digits", "keras-io")]
    curves = json.loads((RESULTS / "time_to_99.json").read_bytes())["curves"]
    times = [curve["reached"] for curve in curves if curve["reached"] is not None]
    reached = f"median {statistics.median(times):.1f} s, {len(times)} of {len(curves)} seeds"
    how = "`python -m inkling evaluate mnist --network {}`"
    rows = [
        [
            f"MNIST test, ours, MNIST only, mean of {len(ours)} seeds",
            "≥ 99.70 %; best ≥ 99.83 %",
            f"{percent(statistics.mean(accuracies))}; best {percent(max(accuracies))}",
            "`python tools/zoo.py`",
        ],
        [
            "MNIST test, `digits` as shipped",
            "≥ 99.65 %; 99.80 %",
            with_interval(test_of(digits)),
            how.format("digits"),
        ],
        [
            "LeNet-5: test accuracy, train and test loss",
            "≥ 99.0 %, < 0.02, < 0.05",
            f"{with_interval(test_of(lenet5))}, {train.loss:.4f}, {test_of(lenet5).loss:.4f}",
            how.format("lenet5"),
        ],
        [
            "pen trajectories of unseen writers (UNIPEN), drawn",
            "≥ 98.5 %; 99.3 %",
            f"{with_interval(others['unipen'])}, n = {others['unipen'].n:,}",
            "`python -m inkling evaluate unipen`",
        ],
        ["drawings from other people's repositories", "≥ 93 %; 97 %", *_drawn_row()],
        [
            "pencil scans, kept aside",
            "≥ 97 %; 99 %",
            f"{with_interval(others['pencil-scans'])}, n = {others['pencil-scans'].n}",
            "`python -m inkling evaluate pencil-scans`",
        ],
        [
            "USPS, never trained on",
            "≥ 95 %; 98 %",
            f"{with_interval(others['usps'])}, n = {others['usps'].n:,}",
            "`python -m inkling evaluate usps`",
        ],
        [
            "no digit against digits: AUROC; rejected at 99 % kept",
            "≥ 0.98, ≥ 85 %; 0.995, 95 %",
            f"{apart.auroc:.4f}; {percent(apart.rejected, 1)}",
            "the report of `digits`",
        ],
        [
            "calibration error on drawn digits of unseen writers",
            "≤ 1.5 %; 0.7 %",
            percent(drawn.ece),
            "the report of `digits`",
        ],
        [
            "mCE of `digits`, keras-io = 100",
            "≤ 40; 25",
            f"{mean_corruption_error(*depth):.1f}",
            "`python train_model.py --depth digits keras-io`",
        ],
        [
            "`pocket`, MNIST test; size in int8",
            "≥ 99.3 %, ≤ 90 KB; 99.5 %",
            f"{with_interval(test_of(pocket))}; in int8 {percent(pocket.int8.accuracy.value)}, "
            f"{kilobytes(pocket, INT8_FILE)}",
            how.format("pocket"),
        ],
        [
            "time to 99 %, two cores",
            "≤ 60 s; 25 s",
            reached,
            "`python benchmarks/speed/time_to_99.py`",
        ],
    ]
    return rows_to_markdown(["what", "target; stretch", "measured", "command"], rows)


TABLES: dict[str, Callable[[], str]] = {
    function.__name__: function
    for function in (
        models,
        seeds,
        short,
        pairs,
        sets,
        rejection,
        ways,
        calibration,
        corruption,
        sweeps,
        time,
        targets,
    )
}


def rewritten(text: str) -> str:
    """The page with its tables made anew."""
    return BLOCK.sub(lambda m: f"{m[1]}{TABLES[m[2]]()}\n{m[4]}", text)


if __name__ == "__main__":
    sys.exit(rewrite(PAGE, rewritten))
