"""The reports that docs/models.md compares, and how the tables print their values."""

from __future__ import annotations

import msgspec

from inkling.reports.files import ReportError, load_report, zoo_folder
from inkling.reports.schema import Report, SplitResult
from tools import zoo
from tools.docs.generated import interval, percent, title

SHIPPED = [run.name for run in zoo.SHIPPED]


def load(run: str) -> Report:
    """The report of a run, shipped or not."""
    if run in SHIPPED:
        return load_report(run)
    path = zoo_folder() / f"{run}.json"
    return msgspec.json.decode(path.read_bytes(), type=Report)


def test_of(report: Report) -> SplitResult:
    """A report's result on the test set.

    Raises:
        ReportError: it has none.
    """
    found = report.split("test")
    if found is None:
        raise ReportError(f"“{report.name}” was not tested")
    return found


def with_interval(result: SplitResult) -> str:
    """Accuracy and its 95 % interval."""
    accuracy = result.accuracy
    return f"{percent(accuracy.value)} ({interval(accuracy.low, accuracy.high)})"


def kilobytes(report: Report, name: str) -> str:
    """The size of one of a model's files; empty if it has no file of that name."""
    return f"{report.files[name].bytes / 1000:.0f} KB" if name in report.files else ""


def trained_on(report: Report) -> str:
    """The data sets of a report."""
    return ", ".join(title(use.name) for use in report.datasets)
