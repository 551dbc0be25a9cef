"""Everything measured about a model, as typed data: `model/<name>/report.json`.

Reports are written once, by training, and only read afterwards: the pages and the command line show
what stands here and compute nothing of their own.
"""

from __future__ import annotations

import base64
import math
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np

from inkling.ink import Pixels
from inkling.paths import model_folder

SCHEMA = 1
FILE_NAME = "report.json"


class ReportError(Exception):
    """A model or its report is missing, damaged or too old; the message is for people."""


class Interval(msgspec.Struct, frozen=True):
    """A proportion with its 95 % Wilson score interval, all in 0..1."""

    value: float
    low: float
    high: float


def wilson(correct: int, n: int) -> Interval:
    """`correct` of `n` as a proportion with its 95 % Wilson score interval (Wilson, 1927).

    Raises:
        ValueError: `n` is not positive, or `correct` is not in 0..n.
    """
    if n <= 0 or not 0 <= correct <= n:
        raise ValueError(f"{correct} of {n} is no proportion")
    z = 1.959963984540054
    p = correct / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(p, max(0.0, middle - reach), min(1.0, middle + reach))


class SplitResult(msgspec.Struct, frozen=True):
    """How a model did on one split of one data set."""

    dataset: str
    split: str
    n: int
    errors: int
    loss: float
    accuracy: Interval


class LabelResult(msgspec.Struct, frozen=True):
    """One label's row of the test split's classification report."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


class WrongImage(msgspec.Struct, frozen=True):
    """A test image the model got wrong; `image` is its 28x28 PNG in base64."""

    index: int
    true: int
    predicted: int
    probabilities: list[float]
    image: str

    @property
    def pixels(self) -> Pixels:
        """The glyph, uint8 (28, 28)."""
        data = np.frombuffer(base64.b64decode(self.image), np.uint8)
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


class Epoch(msgspec.Struct, frozen=True):
    """One epoch of training; losses in nats, the learning rate as used, time in seconds."""

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    seconds: float


class DatasetUse(msgspec.Struct, frozen=True):
    """A data set that went into training, with what its licence asks to be said."""

    name: str
    n: int
    sha256: str
    licence: str
    attribution: str


class Rejection(msgspec.Struct, frozen=True):
    """How a model did on one kind of what is no digit.

    Attributes:
        kind: letters, signs, scribbles, …
        n: how many there were; none of them seen in training.
        taken: how many were taken for a digit.
        sure: how many of those with a sure answer.
    """

    kind: str
    n: int
    taken: int
    sure: int


class Calibration(msgspec.Struct, frozen=True):
    """Fitted on validation data.

    Attributes:
        temperature: the logits were divided by this before saving, so probabilities are calibrated.
        ece: expected calibration error on the test split, 15 equal-width bins.
        sure: confidence from which an answer counts as sure.
        digit: confidence under which a glyph is taken for no digit.
    """

    temperature: float
    ece: float
    sure: float
    digit: float


class Timing(msgspec.Struct, frozen=True):
    """Seconds of training, and milliseconds LiteRT takes for one glyph on one thread (median)."""

    training_seconds: float
    epochs: int
    best_epoch: int
    latency_ms: float


class FileInfo(msgspec.Struct, frozen=True):
    bytes: int
    sha256: str


class Report(msgspec.Struct, frozen=True):
    """All of `report.json`."""

    schema: int
    name: str
    network: str
    labels: list[str]
    created: str
    command: str
    parameters: int
    multiply_adds: int
    seed: int
    settings: dict[str, Any]
    versions: dict[str, str]
    datasets: list[DatasetUse]
    history: list[Epoch]
    splits: list[SplitResult]
    per_label: list[LabelResult]
    confusion: list[list[int]]
    wrong: list[WrongImage]
    calibration: Calibration
    timing: Timing
    files: dict[str, FileInfo]
    others: list[SplitResult] = []
    rejections: list[Rejection] = []

    def split(self, name: str) -> SplitResult | None:
        """The main data set's result on `train`, `validation` or `test`."""
        return next((result for result in self.splits if result.split == name), None)


def names() -> list[str]:
    """Models that have a report, the shipped `digits` first, the rest by name."""
    folder = model_folder()
    found = sorted(path.parent.name for path in folder.glob(f"*/{FILE_NAME}"))
    return sorted(found, key=lambda name: name != "digits")


def load(name: str) -> Report:
    """The report of a model.

    Raises:
        ReportError: no such model, or a report that cannot be read.
    """
    if not name or Path(name).name != name:
        raise ReportError(f"“{name}” is not a model's name.")
    path = model_folder() / name / FILE_NAME
    try:
        data = path.read_bytes()
    except OSError:
        known = ", ".join(names()) or "none yet: run python train_model.py"
        raise ReportError(f"There is no model “{name}” (there are: {known}).") from None
    try:
        version = msgspec.json.decode(data, type=dict).get("schema")
        if version != SCHEMA:
            raise ReportError(
                f"The report of “{name}” has version {version}, this program reads {SCHEMA}: "
                f"make it again with python train_model.py --name {name}."
            )
        return msgspec.json.decode(data, type=Report)
    except msgspec.DecodeError as problem:
        raise ReportError(
            f"The report of “{name}” is damaged ({problem}): restore {FILE_NAME} or train it again."
        ) from None


def save(report: Report, folder: Path) -> Path:
    """Write `report.json` into a model's folder, whole or not at all."""
    path = folder / FILE_NAME
    data = msgspec.json.format(msgspec.json.encode(report), indent=1)
    draft = path.with_suffix(".tmp")
    draft.write_bytes(data + b"\n")
    draft.replace(path)
    return path


def encode_image(glyph: Pixels) -> str:
    """A glyph as a PNG in base64, as `WrongImage.image` holds it."""
    _, data = cv2.imencode(".png", glyph)
    return base64.b64encode(data.tobytes()).decode("ascii")
