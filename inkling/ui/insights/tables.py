"""From a report to what the Insights page shows of it. Nothing is measured here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from inkling.reports import published
from inkling.ui.insights.leaderboard import Errors, Standing
from inkling.ui.shared import phrases, resources
from inkling.ui.shared.gallery import Tile
from inkling.ui.shared.phrases import (
    an_or_a,
    day,
    interval,
    milliseconds,
    minutes,
    percent,
    plural,
    size,
)

if TYPE_CHECKING:
    from inkling.imaging.pixels import Pixels
    from inkling.reports.comparison import McNemar, Predictions
    from inkling.reports.schema import Report, SplitResult, WrongImage
    from inkling.reports.statistics import Interval
    from inkling.ui.insights.charts.models import Cost

Item = TypeVar("Item")
MODEL_FILE, INT8_FILE = "model.tflite", "model.int8.tflite"
# What a model costs, and the axis's title with its unit.
COSTS = {
    "Size": "size of the file (kB)",
    "Latency": "one digit, one thread (ms)",
    "Weights": "weights",
    "Multiply-adds": "multiply-adds (millions)",
}
ORDERS = ("Most confident first", "Least confident first", "By true digit", "In the set's order")
# More pictures than this make the page slow on a phone.
GALLERY = 100


def loss_note(report: Report) -> str:
    """Why the training loss stays far above 0, where it does; else empty."""
    reasons = []
    if report.settings.get("label_smoothing"):
        reasons.append("its targets are smoothed")
    if report.settings.get("strangers") not in (None, False, "none"):
        reasons.append("it counts what is no digit, of which the network is to stay unsure")
    return f" The training loss stays well above 0: {', and '.join(reasons)}." if reasons else ""


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
            "Taken for a digit": row.accepted,
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


def label_choosers(report: Report, true: str, read: str) -> tuple[int | None, int | None]:
    """Two choices among a report's labels, none by default: what a digit is, and was read as.

    Args:
        true, read: the widgets' keys.
    """
    found = [
        st.selectbox(
            title,
            range(len(report.labels)),
            index=None,
            placeholder="Any",
            format_func=lambda place: report.labels[place],
            key=key,
            width=120,
        )
        for title, key in (("Is a", true), ("Read as", read))
    ]
    return found[0], found[1]


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


def ordered(
    wrong: Sequence[WrongImage], order: str, true: int | None = None, read: int | None = None
) -> list[WrongImage]:
    """The wrong images in one of `ORDERS`, all or those of one true label and one answer."""
    chosen = [
        image
        for image in wrong
        if (true is None or image.true == true) and (read is None or image.predicted == read)
    ]
    if order == ORDERS[0]:
        return sorted(chosen, key=lambda image: -max(image.probabilities))
    if order == ORDERS[1]:
        return sorted(chosen, key=lambda image: max(image.probabilities))
    if order == ORDERS[2]:
        return sorted(chosen, key=lambda image: (image.true, image.predicted, image.index))
    return sorted(chosen, key=lambda image: image.index)


def doubted(report: Report, wrong: Sequence[WrongImage]) -> set[int]:
    """Places of those wrong images whose label is in doubt (see `published.LABEL_ERRORS`)."""
    test = report.split("test")
    if test is None or test.dataset != published.DATASET:
        return set()
    return {image.index for image in wrong} & set(published.LABEL_ERRORS)


def wrong_tile(report: Report, image: WrongImage) -> Tile:
    """A wrong image as the gallery shows it."""
    return _tile(
        report, image.index, image.image, image.true, image.predicted, max(image.probabilities)
    )


def tile(report: Report, found: Predictions, pixels: Pixels, number: int) -> Tile:
    """Any test digit as the gallery shows it.

    Args:
        report, found: of the model that answered.
        pixels: all test digits, uint8 (n, 28, 28).
        number: its place among them.
    """
    from inkling.reports.schema import encode_image

    true, read = int(found.true[number]), int(found.predicted[number])
    image = encode_image(pixels[number])
    return _tile(report, number, image, true, read, float(found.confidence[number]))


def _tile(report: Report, number: int, image: str, true: int, read: int, share: float) -> Tile:
    is_doubted = number in published.LABEL_ERRORS and bool(
        (test := report.split("test")) and test.dataset == published.DATASET
    )
    said, answer = report.labels[true], report.labels[read]
    return Tile(
        number=number,
        image=image,
        caption=f"{said} → {answer}" if true != read else said,
        note=percent(share, 1),
        text=f"Test digit {number}, in truth {said}, read as {answer} with {percent(share, 1)}",
        flag="Label in doubt" if is_doubted else "",
    )


def wrong_rows(report: Report, images: Sequence[WrongImage]) -> list[dict[str, Any]]:
    """Wrong images as a table to take away."""
    known = doubted(report, images)
    return [
        {
            "place in the test set": image.index,
            "is a": report.labels[image.true],
            "read as": report.labels[image.predicted],
            "confidence": max(image.probabilities),
            "label in doubt": "yes" if image.index in known else "",
        }
        for image in images
    ]


def first_or_all(items: Sequence[Item], key: str) -> Sequence[Item]:
    """The first of many, or all of them where a switch says so."""
    if len(items) <= GALLERY or st.toggle(f"Show all {len(items):,}", key=key):
        return items
    return items[:GALLERY]


def answered_or_sentence(report: Report) -> Predictions | None:
    """All answers of a report; where there are none, the page says why and this is None."""
    from inkling.reports import comparison
    from inkling.reports.files import ReportError

    try:
        return comparison.predictions_of(report)
    except ReportError as problem:
        st.info(phrases.report_problem(problem), icon=":material/info:")
        return None


def mcnemar_sentence(mine: str, theirs: str, found: McNemar) -> str:
    """What McNemar's test says of two models, for people."""
    apart = found.only_a_right + found.only_b_right
    if not apart:
        return f"**{mine}** and **{theirs}** are right and wrong about the very same digits."
    said = (
        f"**{mine}** alone is right about {found.only_a_right:,}, **{theirs}** alone about "
        f"{found.only_b_right:,}. "
    )
    if found.p_value < 0.05:
        chance = "under 0.1 %" if found.p_value < 0.001 else percent(found.p_value, 1)
        return (
            f"{said}That is hardly chance: were both equally good, it would be so uneven {chance} "
            "of the time (McNemar)."
        )
    return (
        f"{said}That may be chance: were both equally good, it would be so uneven "
        f"{percent(found.p_value)} of the time (McNemar)."
    )


def errors_rows(reports: Sequence[Report], chosen: str) -> list[Errors]:
    """Errors of 10,000 of every model that was tested on MNIST, and what others have published."""
    from inkling.reports.statistics import wilson

    rows = []
    for report in reports:
        test = report.split("test")
        if test and test.dataset == published.DATASET:
            standing: Standing = "chosen" if report.name == chosen else "ours"
            rows.append(_errors(resources.model_title(report.name), test.accuracy, standing))
    for result in published.RESULTS:
        accuracy = wilson(published.N - result.errors, published.N)
        rows.append(_errors(result.name, accuracy, "published"))
    return rows


def _errors(name: str, accuracy: Interval, standing: Standing) -> Errors:
    of = 10_000
    values = (accuracy.value, accuracy.high, accuracy.low)
    error, low, high = (round(of * (1 - value), 6) for value in values)
    return Errors(name, error, low, high, standing)


def costs(reports: Sequence[Report], axis: str) -> list[Cost]:
    """What every model costs on one of `COSTS`, and its errors of 10,000 on the test set."""
    from inkling.ui.insights.charts.models import Cost

    points = []
    for report in reports:
        test = report.split("test")
        if test is None or test.dataset != published.DATASET:
            continue
        name = resources.model_title(report.name)
        for kind, result, file in (("float32", test, MODEL_FILE), ("int8", report.int8, INT8_FILE)):
            cost = _cost(report, axis, file)
            if result is not None and cost:
                row = _errors(name, result.accuracy, "ours")
                points.append(Cost(name, kind, cost, row.errors, row.low, row.high))
    return points


def _cost(report: Report, axis: str, file: str) -> float | None:
    if axis == "Size":
        return report.files[file].bytes / 1000 if file in report.files else None
    if axis == "Latency":
        timing = report.timing
        return timing.latency_ms if file == MODEL_FILE else timing.latency_int8_ms
    if file != MODEL_FILE:
        return None
    return {
        "Weights": float(report.parameters),
        "Multiply-adds": report.multiply_adds / 1e6,
    }[axis]
