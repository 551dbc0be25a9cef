"""The first table of docs/models.md: what the models should reach, and what they do reach."""

from __future__ import annotations

import statistics

from inkling.recognition.classifier import INT8_FILE
from inkling.reports.files import ReportError, load_robustness
from inkling.reports.robustness import mean_corruption_error
from tools import zoo
from tools.docs import generated
from tools.docs.generated import interval, percent, table
from tools.docs.model_reports import kilobytes, load, test_of, with_interval

EVALUATE = "python -m inkling evaluate"
REPORT = "model/digits/report.json"

# What is measured, the goal with the stretch goal, the result, the command or file behind it.
Goal = tuple[str, str, str, str]


def _drawn() -> str:
    found = generated.result("drawn")
    return (
        f"{percent(found['accuracy'])} ({interval(found['low'], found['high'])}), n = {found['n']}"
    )


def _ours() -> str:
    """The mean and the best of our network over its seeds."""
    found = [load(name) for name in ("inkling", *(run.name for run in zoo.OURS))]
    values = [test_of(report).accuracy.value for report in found]
    return f"{percent(statistics.mean(values))}; best {percent(max(values))}"


def _lenet5() -> str:
    report = load("lenet5")
    train, test = report.split("train"), test_of(report)
    if train is None:
        raise ReportError("train lenet5 again: its report has no training loss")
    return f"{with_interval(test)}, {train.loss:.4f}, {test.loss:.4f}"


def _pocket() -> str:
    report = load("pocket")
    if report.int8 is None:
        raise ReportError("train pocket again: its report has no int8 result")
    int8 = f"{percent(report.int8.accuracy.value)}, {kilobytes(report, INT8_FILE)}"
    return f"{with_interval(test_of(report))}; in int8 {int8}"


def _other(name: str) -> str:
    """`digits` on one of the sets beside MNIST."""
    result = next(each for each in load("digits").others if each.dataset == name)
    return f"{with_interval(result)}, n = {result.n:,}"


def _separation() -> str:
    found = load("digits").separation
    if found is None:
        raise ReportError("train digits again: its report has no negatives")
    return f"{found.auroc:.4f}; {percent(found.rejected, 1)}"


def _calibration_error() -> str:
    """The calibration error of `digits` on drawn digits."""
    diagrams = load("digits").calibration.reliability
    return percent(next(each for each in diagrams if each.data != "mnist").ece)


def _corruption_error() -> str:
    digits, base = (load_robustness(name) for name in ("digits", "keras-io"))
    return f"{mean_corruption_error(digits, base):.1f}"


def _time_to_99() -> str:
    curves = generated.result("time_to_99")["curves"]
    times = [curve["reached"] for curve in curves if curve["reached"] is not None]
    return f"median {statistics.median(times):.1f} s, {len(times)} of {len(curves)} seeds"


def _accuracy_goals() -> list[Goal]:
    """Digits read right."""
    return [
        (
            f"MNIST test, ours, MNIST only, mean of {1 + len(zoo.OURS)} seeds",
            "≥ 99.70 %; best ≥ 99.83 %",
            _ours(),
            "python tools/zoo.py",
        ),
        (
            "MNIST test, `digits` as shipped",
            "≥ 99.65 %; 99.80 %",
            with_interval(test_of(load("digits"))),
            f"{EVALUATE} mnist --network digits",
        ),
        (
            "LeNet-5: test accuracy, train and test loss",
            "≥ 99.0 %, < 0.02, < 0.05",
            _lenet5(),
            f"{EVALUATE} mnist --network lenet5",
        ),
        (
            "pen trajectories of unseen writers (UNIPEN), drawn",
            "≥ 98.5 %; 99.3 %",
            _other("unipen"),
            f"{EVALUATE} unipen",
        ),
        (
            "drawings from other people's repositories",
            "≥ 93 %; 97 %",
            _drawn(),
            "python benchmarks/accuracy/drawn.py FOLDER",
        ),
        (
            "pencil scans, kept aside",
            "≥ 97 %; 99 %",
            _other("pencil-scans"),
            f"{EVALUATE} pencil-scans",
        ),
        ("USPS, never trained on", "≥ 95 %; 98 %", _other("usps"), f"{EVALUATE} usps"),
    ]


def _other_goals() -> list[Goal]:
    """Negatives, calibration, robustness, size and training time."""
    return [
        (
            "negatives against digits: AUROC; rejected at 99 % kept",
            "≥ 0.98, ≥ 85 %; 0.995, 95 %",
            _separation(),
            REPORT,
        ),
        (
            "calibration error on drawn digits of unseen writers",
            "≤ 1.5 %; 0.7 %",
            _calibration_error(),
            REPORT,
        ),
        (
            "mCE of `digits`, keras-io = 100",
            "≤ 40; 25",
            _corruption_error(),
            "python train_model.py --robustness digits keras-io",
        ),
        (
            "`pocket`, MNIST test; size in int8",
            "≥ 99.3 %, ≤ 90 KB; 99.5 %",
            _pocket(),
            f"{EVALUATE} mnist --network pocket",
        ),
        (
            "time to 99 %, two cores",
            "≤ 60 s; 25 s",
            _time_to_99(),
            "python benchmarks/speed/time_to_99.py",
        ),
    ]


def goals() -> str:
    """The goals, what was reached, and the command or file that shows it."""
    rows = [*_accuracy_goals(), *_other_goals()]
    head = ["what", "goal; stretch goal", "measured", "command or file"]
    return table(head, ([*cells, f"`{command}`"] for *cells, command in rows))
