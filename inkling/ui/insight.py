"""From a report to what the Insights page shows of it. Nothing is measured here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from inkling.ui import pictures, resources
from inkling.ui.words import an_or_a, percent, plural

if TYPE_CHECKING:
    from inkling.reports import Interval, Report, SplitResult, WrongImage

MODEL_FILE = "model.tflite"
ORDERS = ("Most confident first", "Least confident first", "By true digit", "In the set's order")
# More pictures than this make the page slow on a phone.
GALLERY = 60


def loss_note(report: Report) -> str:
    """Why the training loss stays far above 0, where it does; else empty."""
    reasons = []
    if report.settings.get("label_smoothing"):
        reasons.append("its targets are smoothed")
    if report.settings.get("strangers") not in (None, False, "none"):
        reasons.append("it counts what is no digit, of which the network is to stay unsure")
    return f" The training loss stays well above 0: {', and '.join(reasons)}." if reasons else ""


def interval(value: Interval, decimals: int = 2) -> str:
    """The 95 % interval in words."""
    low, high = 100 * value.low, 100 * value.high
    return f"{low:.{decimals}f} to {high:.{decimals}f}\N{NO-BREAK SPACE}%"


def size(count: int) -> str:
    """Bytes for people."""
    if count < 1000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{count / 1e3:.0f}\N{NO-BREAK SPACE}kB"
    return f"{count / 1e6:.1f}\N{NO-BREAK SPACE}MB"


def milliseconds(value: float) -> str:
    """A latency with two digits that count."""
    return f"{value:.2g}\N{NO-BREAK SPACE}ms"


def minutes(seconds: float) -> str:
    """A duration for people."""
    if seconds < 90:
        return f"{seconds:.0f}\N{NO-BREAK SPACE}s"
    if seconds < 5400:
        return f"{seconds / 60:.0f}\N{NO-BREAK SPACE}min"
    return f"{seconds / 3600:.1f}\N{NO-BREAK SPACE}h"


def day(created: str) -> str:
    """The date of a report: "21 November 2026"; as it stands when it is no date."""
    try:
        when = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{when.day} {when:%B %Y}"


def model_bytes(report: Report) -> int | None:
    """The size of the file that serves."""
    info = report.files.get(MODEL_FILE)
    return info.bytes if info else None


def facts(report: Report) -> str:
    """What it is and where it comes from, as sentences in Markdown."""
    sets = ", ".join(f"{use.name} ({use.n:,} images)" for use in report.datasets)
    timing = report.timing
    epochs = plural(timing.epochs, "epoch")
    return (
        f"Trained on {sets or 'no named data set'}, {day(report.created)}: {epochs} in "
        f"{minutes(timing.training_seconds)}, of which epoch {timing.best_epoch} was kept. "
        f"Seed {report.seed}; network “{report.network}”."
    )


def attributions(report: Report) -> list[str]:
    """What the data's licences ask to be said."""
    return [
        f"{use.name}: {use.attribution.rstrip('.')}. Licence: {use.licence}."
        for use in report.datasets
    ]


def split_rows(report: Report) -> list[dict[str, Any]]:
    """The splits of the main data set and the other sets, for a table."""
    return [_split_row(result) for result in (*report.splits, *report.others)]


def _split_row(result: SplitResult) -> dict[str, Any]:
    return {
        "Data set": result.dataset,
        "Split": result.split,
        "Accuracy": percent(result.accuracy.value, 2),
        "95 % interval": interval(result.accuracy),
        "Errors": result.errors,
        "Images": result.n,
        "Loss (nats)": round(result.loss, 4),
    }


def rejection_rows(report: Report) -> list[dict[str, Any]]:
    """How each kind of what is no digit fared, for a table."""
    return [
        {
            "Kind": row.kind.capitalize(),
            "Shown": row.n,
            "Taken for a digit": row.taken,
            "… with a sure answer": row.sure,
        }
        for row in report.rejections
    ]


def label_rows(report: Report) -> list[dict[str, Any]]:
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


def model_rows(reports: Sequence[Report]) -> list[dict[str, Any]]:
    """All models side by side, for a table."""
    rows = []
    for report in reports:
        test = report.split("test")
        count = model_bytes(report)
        rows.append(
            {
                "Model": resources.model_title(report.name),
                "Test accuracy": percent(test.accuracy.value, 2) if test else "–",
                "95 % interval": interval(test.accuracy) if test else "–",
                "Errors": f"{test.errors:,} of {test.n:,}" if test else "–",
                "Parameters": report.parameters,
                "Size": size(count) if count is not None else "–",
                "One digit": milliseconds(report.timing.latency_ms),
            }
        )
    return rows


def common_confusions(report: Report, most: int = 3) -> str:
    """The commonest mistakes as a sentence; empty when there are none."""
    labels = report.labels
    pairs = sorted(
        (
            (count, labels[i], labels[j])
            for i, row in enumerate(report.confusion)
            for j, count in enumerate(row)
            if i != j and count
        ),
        reverse=True,
    )[:most]
    named = [f"{an_or_a(true)} read as {read} ({count})" for count, true, read in pairs]
    return f"Most often: {', '.join(named)}." if named else ""


def ordered(wrong: Sequence[WrongImage], order: str, true: int | None = None) -> list[WrongImage]:
    """The wrong images in one of `ORDERS`, all or those of one true label."""
    chosen = [image for image in wrong if true is None or image.true == true]
    if order == ORDERS[0]:
        return sorted(chosen, key=lambda image: -max(image.probabilities))
    if order == ORDERS[1]:
        return sorted(chosen, key=lambda image: max(image.probabilities))
    if order == ORDERS[2]:
        return sorted(chosen, key=lambda image: (image.true, image.predicted, image.index))
    return sorted(chosen, key=lambda image: image.index)


def gallery(
    images: Sequence[WrongImage], labels: Sequence[str]
) -> Iterator[tuple[bytes, str, str]]:
    """Each wrong image's picture, its caption, and what a screen reader says of it."""
    for one in images:
        true, read = labels[one.true], labels[one.predicted]
        share = percent(max(one.probabilities))
        yield (
            pictures.stored_glyph_png(one, factor=5),
            f"**{true} → {read}**  \n{share}",
            f"In truth {true}, read as {read} with {share} confidence",
        )
