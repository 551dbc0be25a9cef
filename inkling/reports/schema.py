"""Everything measured about a model, as typed data: `model/<name>/report.json`.

Training writes a report once; the pages and the command line only read it and measure nothing
themselves. Fields renamed in code keep their name in the file (`field(name=...)`).
"""

from __future__ import annotations

import base64
from typing import Any

import cv2
import msgspec
import numpy as np
from msgspec import field
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.reports.statistics import Interval

SCHEMA = 1


class SplitResult(msgspec.Struct, frozen=True):
    """Results on one split of one data set.

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
    """A test image the model reads wrongly; `image` is its 28x28 PNG in base64."""

    index: int
    true: int
    predicted: int
    probabilities: list[float]
    image: str

    @property
    def pixels(self) -> Pixels:
        """The glyph, uint8 (28, 28)."""
        return decode_image(self.image)


class Epoch(msgspec.Struct, frozen=True):
    """One epoch of training: losses in nats, the learning rate used, the duration in seconds."""

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    seconds: float


class DatasetUse(msgspec.Struct, frozen=True):
    """A data set used in training, with its licence and the attribution the licence asks for."""

    name: str
    n: int
    sha256: str
    licence: str
    attribution: str


class Rejection(msgspec.Struct, frozen=True):
    """Results on one kind of negatives: glyphs that are not digits.

    Attributes:
        kind: letters, signs, scribbles, …
        n: number of glyphs; none of them was used in training.
        accepted: how many were accepted as a digit.
        sure: how many of those had a sure prediction.
        auroc: area under the ROC curve of digits against this kind, by `classifier.evidence`.
        rejected: share with less evidence than 99 % of the digits have, 0..1.
    """

    kind: str
    n: int
    accepted: int = field(name="taken")
    sure: int
    auroc: float | None = None
    rejected: float | None = None


class Separation(msgspec.Struct, frozen=True):
    """All negatives against digits of unseen writers, by `classifier.evidence`.

    Attributes:
        digits: the data sets whose test digits were used.
        n: how many digits those are.
        auroc, rejected: of all kinds of negatives together; see `Rejection`.
    """

    digits: list[str]
    n: int
    auroc: float
    rejected: float


class ReliabilityBin(msgspec.Struct, frozen=True):
    """Predictions with a confidence from `low` to `high`: mean confidence and accuracy."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


class Reliability(msgspec.Struct, frozen=True):
    """A reliability diagram: the bins that are not empty, and the expected calibration error."""

    data: str
    n: int
    ece: float
    bins: list[ReliabilityBin]


class Answers(msgspec.Struct, frozen=True):
    """Every prediction on the main test split, in its order, in base64.

    Attributes:
        predicted: label indices, uint8.
        confidence: probability of the predicted label, little-endian float32.
    """

    predicted: str
    confidence: str

    @classmethod
    def of(cls, p: NDArray[np.float32]) -> Answers:
        """Encode the predictions of probabilities (n, labels)."""
        predicted = p.argmax(axis=1).astype(np.uint8).tobytes()
        confidence = p.max(axis=1).astype("<f4").tobytes()
        return cls(*(base64.b64encode(data).decode("ascii") for data in (predicted, confidence)))

    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Decode `predicted`, uint8 (n,), and `confidence`, float32 (n,)."""
        predicted = np.frombuffer(base64.b64decode(self.predicted), np.uint8)
        confidence = np.frombuffer(base64.b64decode(self.confidence), "<f4")
        return predicted, confidence.astype(np.float32)


class Calibration(msgspec.Struct, frozen=True):
    """Fitted on validation data.

    Attributes:
        temperature: the saved model divides its logits by this to calibrate its probabilities.
        ece: expected calibration error on the test split, 15 equal-width bins.
        sure: confidence from which a prediction counts as sure whatever its label, 0..1.
        sure_by_label: for each label the confidence from which its prediction counts as sure;
            empty where `sure` holds for all of them.
        digit: evidence (`classifier.evidence`) below which a glyph is rejected, 0..1.
        reliability: of the main test split, and of drawn digits of unseen writers if measured.
    """

    temperature: float
    ece: float
    sure: float
    digit: float
    reliability: list[Reliability] = []
    sure_by_label: list[float] = []

    def sure_of(self, label: int) -> float:
        """The confidence from which a prediction of a label number counts as sure."""
        return self.sure_by_label[label] if self.sure_by_label else self.sure


class Timing(msgspec.Struct, frozen=True):
    """Duration of training, and latency.

    Attributes:
        latency_ms, latency_int8_ms: median milliseconds LiteRT takes for one glyph on one thread,
            with the float32 file and with the int8 one; None if that was not measured.
    """

    training_seconds: float
    epochs: int
    best_epoch: int
    latency_ms: float
    latency_int8_ms: float | None = None


class FileInfo(msgspec.Struct, frozen=True):
    """Size and digest of one file of a model."""

    bytes: int
    sha256: str


class Report(msgspec.Struct, frozen=True):
    """The whole of `report.json`.

    Attributes:
        labels: what the model's outputs mean, in their order.
        splits: results on the main data set.
        confusion: counts on the main test split, true label by row and predicted label by column.
        wrong: every wrongly read image of the main test split, the most confident first.
        others: results on the test splits of other data sets.
        rejections: results on each kind of negatives.
        variants: results on the main test split with digits written in other ways.
        before: results, before fine-tuning, on the main test split and the fine-tuning data.
    """

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
    before: list[SplitResult] = []

    def split(self, name: str) -> SplitResult | None:
        """The result on the main data set's `train`, `validation` or `test` split, if measured."""
        return next((result for result in self.splits if result.split == name), None)


def encode_image(glyph: Pixels) -> str:
    """Encode a glyph, uint8 (28, 28), as a PNG in base64 (see `WrongImage.image`)."""
    _, data = cv2.imencode(".png", glyph)
    return base64.b64encode(data.tobytes()).decode("ascii")


def decode_image(image: str) -> Pixels:
    """Decode what `encode_image` gave: uint8 (28, 28)."""
    data = np.frombuffer(base64.b64decode(image), np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
