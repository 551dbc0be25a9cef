"""What models cost, and how many errors they make for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inkling.reports import published
from inkling.ui.shared import resources

if TYPE_CHECKING:
    from inkling.reports.schema import Report
    from inkling.reports.statistics import Interval

MODEL_FILE, INT8_FILE = "model.tflite", "model.int8.tflite"
# Kinds of cost, with the title of their axis.
COSTS = {
    "Size": "file size (kB)",
    "Latency": "time per digit on one thread (ms)",
    "Weights": "number of weights",
    "Multiply-adds": "multiply-adds per digit (millions)",
}
# Those that are the same for a model's int8 file; that file is left out of their charts.
SAME_FOR_INT8 = ("Weights", "Multiply-adds")


@dataclass(frozen=True, slots=True)
class ModelCost:
    """One point of the trade-off chart.

    Attributes:
        name: the model's title.
        kind: "float32" or "int8".
        cost: in the axis's unit.
        errors, low, high: per 10,000 test digits, with their 95 % interval.
    """

    name: str
    kind: str
    cost: float
    errors: float
    low: float
    high: float


def model_bytes(report: Report) -> int | None:
    """The size of the float32 model file; None if the report does not list it."""
    info = report.files.get(MODEL_FILE)
    return info.bytes if info else None


def errors_per_10_000(accuracy: Interval) -> tuple[float, float, float]:
    """Errors per 10,000 digits, and the bounds of their interval."""
    errors, low, high = (
        round(10_000 * (1 - value), 6) for value in (accuracy.value, accuracy.high, accuracy.low)
    )
    return errors, low, high


def model_costs(reports: Sequence[Report], axis: str) -> list[ModelCost]:
    """The models that were tested on MNIST, with their cost on one axis of `COSTS`."""
    points = []
    for report in reports:
        test = report.split("test")
        if test is None or test.dataset != published.DATASET:
            continue
        name = resources.model_title(report.name)
        for kind, result, file in (("float32", test, MODEL_FILE), ("int8", report.int8, INT8_FILE)):
            cost = _cost(report, axis, file)
            if result is not None and cost:
                points.append(ModelCost(name, kind, cost, *errors_per_10_000(result.accuracy)))
    return points


def _cost(report: Report, axis: str, file: str) -> float | None:
    """One model file's cost; None if it was not measured or the file has no point on this axis."""
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
