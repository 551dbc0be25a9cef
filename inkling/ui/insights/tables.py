"""Rows of the tables on the Insights page, made from reports. Nothing is measured here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from inkling.ui.insights.costs import model_bytes
from inkling.ui.insights.sentences import negatives_title
from inkling.ui.shared import resources
from inkling.ui.shared.phrases import interval, milliseconds, percent, size

if TYPE_CHECKING:
    from inkling.reports.schema import Report, SplitResult, WrongImage

Row = dict[str, Any]

# Stands in a cell whose value was not measured.
NONE = "–"


def split_rows(report: Report) -> list[Row]:
    """The splits of the main data set, then the other data sets."""
    return [_split_row(result) for result in (*report.splits, *report.others)]


def rejection_rows(report: Report) -> list[Row]:
    """How many of each kind of negatives were accepted as a digit."""
    return [
        {
            "Kind": negatives_title(row.kind).capitalize(),
            "Shown": row.n,
            "Accepted": row.accepted,
            "Accepted as sure": row.sure,
        }
        for row in report.rejections
    ]


def label_rows(report: Report) -> list[Row]:
    """Precision, recall and F1 of each label, in percent."""
    return [
        {
            "Digit": row.label,
            "Precision": 100 * row.precision,
            "Recall": 100 * row.recall,
            "F1": 100 * row.f1,
            "Images": row.support,
        }
        for row in report.per_label
    ]


def confusion_rows(matrix: Sequence[Sequence[int]], labels: Sequence[str]) -> list[Row]:
    """A confusion matrix, one row per true label."""
    return [
        {
            "true label": label,
            **{f"read as {read}": count for read, count in zip(labels, row, strict=True)},
        }
        for label, row in zip(labels, matrix, strict=True)
    ]


def model_rows(reports: Sequence[Report]) -> list[Row]:
    """All models side by side."""
    rows = []
    for report in reports:
        test = report.split("test")
        count = model_bytes(report)
        rows.append(
            {
                "Model": resources.model_title(report.name),
                "Test accuracy": percent(test.accuracy.value, 2) if test else NONE,
                "95 % interval": interval(test.accuracy) if test else NONE,
                "Errors": f"{test.errors:,} of {test.n:,}" if test else NONE,
                "Parameters": report.parameters,
                "File size": size(count) if count is not None else NONE,
                "Time per digit": milliseconds(report.timing.latency_ms),
            }
        )
    return rows


def wrong_rows(
    report: Report, images: Sequence[WrongImage], doubtful: Collection[int]
) -> list[Row]:
    """Wrongly read images.

    Args:
        report: of the model that read them.
        images: the images.
        doubtful: indices of those whose label is in doubt.
    """
    return [
        {
            "index in the test set": image.index,
            "true label": report.labels[image.true],
            "read as": report.labels[image.predicted],
            "confidence": max(image.probabilities),
            "doubtful label": "yes" if image.index in doubtful else "",
        }
        for image in images
    ]


def _split_row(result: SplitResult) -> Row:
    return {
        "Data set": result.dataset,
        "Split": result.split,
        "Accuracy": percent(result.accuracy.value, 2),
        "95 % interval": interval(result.accuracy),
        "Errors": result.errors,
        "Images": result.n,
        "Loss (nats)": round(result.loss, 4),
    }
