"""Everything measured about a model, as typed data: `model/<name>/report.json`.

Reports are written once, by training, and only read afterwards: the pages and the command line show
what stands here and compute nothing of their own.
"""

from __future__ import annotations

import base64
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.reports.statistics import Interval

SCHEMA = 1


class SplitResult(msgspec.Struct, frozen=True):
    """How a model did on one split of one data set.

    `ece` is the expected calibration error over 15 equal-width bins of confidence.
    """

    dataset: str
    split: str
    n: int
    errors: int
    loss: float
    accuracy: Interval
    ece: float | None = None


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
        auroc: how often, of one of these and a digit, the digit has more evidence.
        rejected: part that has less evidence than 99 % of the digits have.
    """

    kind: str
    n: int
    taken: int
    sure: int
    auroc: float | None = None
    rejected: float | None = None


class Separation(msgspec.Struct, frozen=True):
    """What is no digit against digits of unseen writers, by `classifier.evidence`.

    Attributes:
        digits: the data sets whose test digits were taken.
        n: how many those are.
        auroc, rejected: of all kinds together; see `Rejection`.
    """

    digits: list[str]
    n: int
    auroc: float
    rejected: float


class ReliabilityBin(msgspec.Struct, frozen=True):
    """Answers with a confidence from `low` to `high`: their mean confidence and accuracy."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


class Reliability(msgspec.Struct, frozen=True):
    """A reliability diagram: the bins that hold answers, and the error they add up to."""

    data: str
    n: int
    ece: float
    bins: list[ReliabilityBin]


class Answers(msgspec.Struct, frozen=True):
    """Every answer to the main test split, in its order, in base64.

    Attributes:
        predicted: uint8 a digit.
        confidence: little-endian float32 a digit.
    """

    predicted: str
    confidence: str

    @classmethod
    def of(cls, p: NDArray[np.float32]) -> Answers:
        """From probabilities (n, labels)."""
        predicted = p.argmax(axis=1).astype(np.uint8).tobytes()
        confidence = p.max(axis=1).astype("<f4").tobytes()
        return cls(*(base64.b64encode(data).decode("ascii") for data in (predicted, confidence)))

    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """`predicted` uint8 (n,) and `confidence` float32 (n,)."""
        predicted = np.frombuffer(base64.b64decode(self.predicted), np.uint8)
        confidence = np.frombuffer(base64.b64decode(self.confidence), "<f4")
        return predicted, confidence.astype(np.float32)


class Calibration(msgspec.Struct, frozen=True):
    """Fitted on validation data.

    Attributes:
        temperature: the logits were divided by this before saving, so probabilities are calibrated.
        ece: expected calibration error on the test split, 15 equal-width bins.
        sure: confidence from which an answer counts as sure.
        digit: evidence (`classifier.evidence`) under which a glyph is taken for no digit.
        reliability: of the main test split, and of drawn digits of unseen writers where measured.
    """

    temperature: float
    ece: float
    sure: float
    digit: float
    reliability: list[Reliability] = []


class Timing(msgspec.Struct, frozen=True):
    """Seconds of training, and milliseconds LiteRT takes for one glyph on one thread (median):
    the float32 file, and the int8 one where it was measured."""

    training_seconds: float
    epochs: int
    best_epoch: int
    latency_ms: float
    latency_int8_ms: float | None = None


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
    variants: list[SplitResult] = []
    separation: Separation | None = None
    int8: SplitResult | None = None
    answers: Answers | None = None
    # Of the model that a fine-tuning began with, on the main test split and on what taught it.
    before: list[SplitResult] = []

    def split(self, name: str) -> SplitResult | None:
        """The main data set's result on `train`, `validation` or `test`."""
        return next((result for result in self.splits if result.split == name), None)


def encode_image(glyph: Pixels) -> str:
    """A glyph as a PNG in base64, as `WrongImage.image` holds it."""
    _, data = cv2.imencode(".png", glyph)
    return base64.b64encode(data.tobytes()).decode("ascii")
