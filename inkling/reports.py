"""Everything measured about a model, as typed data: `model/<name>/report.json`.

Reports are written once, by training, and only read afterwards: the pages and the command line show
what stands here and compute nothing of their own.
"""

from __future__ import annotations

import base64
import math
from pathlib import Path
from typing import Any, TypeVar

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from inkling.ink import Pixels
from inkling.paths import RUN, folder_of, model_folder, runs_folder

SCHEMA = 1
FILE_NAME = "report.json"
DEPTH_SCHEMA = 1
DEPTH_FILE = "depth.json"
# What a report in depth is measured on, by its digest.
MEASURED_FILE = "model.keras"
# So many of the nearest test digits place a new drawing on the plane of an embedding.
NEIGHBOURS = 5


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


# --- in depth -------------------------------------------------------------------------------------


class CorruptionResult(msgspec.Struct, frozen=True):
    """How a model did on test digits under one corruption of MNIST-C.

    Attributes:
        corruption: its name in the paper (Mu and Gilmer, 2019).
        severity: 1 to 5; 0 for what has one strength only.
        published: whether the published data set was made with this severity.
        n, errors: of the first n test digits, so many were read wrong.
        accuracy: the rest, with its interval.
    """

    corruption: str
    severity: int
    published: bool
    n: int
    errors: int
    accuracy: Interval


class SweepPoint(msgspec.Struct, frozen=True):
    """How a model did on the first n test digits distorted to one value."""

    value: float
    n: int
    errors: int
    accuracy: Interval


class Sweep(msgspec.Struct, frozen=True):
    """One distortion (see `inkling.distortions`) through its range, its values in `unit`."""

    kind: str
    unit: str
    points: list[SweepPoint]


class ConfidenceHistogram(msgspec.Struct, frozen=True):
    """Confidences of n answers, counted in equal-width bins from 0 to 1.

    Attributes:
        kind: "right" or "wrong" test digits, or a kind of what is no digit.
    """

    kind: str
    n: int
    counts: list[int]


class Placing(msgspec.Struct, frozen=True):
    """What it takes to place a new drawing: a projection, and where the test digits fall in it.

    Attributes:
        mean: of the features, little-endian float32 (d,) in base64.
        weights: features less their mean to principal axes, likewise (d, k).
        points: the test digits on those axes in steps of `step`, int8 (n, k) in base64.
    """

    mean: str
    weights: str
    points: str
    step: float

    def project(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Features (m, d) on the principal axes, (m, k)."""
        mean = np.frombuffer(base64.b64decode(self.mean), "<f4")
        weights = np.frombuffer(base64.b64decode(self.weights), "<f4")
        return np.asarray((features - mean) @ weights.reshape(len(mean), -1), np.float32)

    def nearest(self, projected: NDArray[np.float32], count: int) -> NDArray[np.intp]:
        """The nearest test digits' rows in the lists, (m, count), of what is (m, k)."""
        coarse = np.frombuffer(base64.b64decode(self.points), np.int8)
        points = coarse.reshape(-1, projected.shape[1]).astype(np.float32) * np.float32(self.step)
        distance = ((projected[:, None] - points[None]) ** 2).sum(axis=2)
        return np.argsort(distance, axis=1, kind="stable")[:, :count]


class Embedding(msgspec.Struct, frozen=True):
    """Test digits as the network's last hidden layer sees them, flattened onto a plane and a room.

    All lists run in parallel, one entry a digit. The plane is t-SNE's (van der Maaten and Hinton,
    2008), which keeps neighbours together; the room is the first three principal axes, which keep
    distances.

    Attributes:
        index: place in the test split.
        label, predicted: numbers of labels.
        confidence: the answer's, 0..1.
        plane: the lists of x and of y.
        room: the lists of x, of y and of z.
        explained: parts of the variance that the room and that all of `placing`'s axes hold.
        seed, perplexity: t-SNE's.
        placing: where a new drawing belongs.
    """

    index: list[int]
    label: list[int]
    predicted: list[int]
    confidence: list[float]
    plane: list[list[float]]
    room: list[list[float]]
    explained: list[float]
    seed: int
    perplexity: float
    placing: Placing

    def place(
        self, features: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Where new drawings belong: on the plane (m, 2), amid their nearest test digits, and in
        the room (m, 3).

        Args:
            features: float32 (m, d), what the network's last layer was given.
        """
        projected = self.placing.project(features)
        plane = np.array(self.plane, np.float32).T
        near = plane[self.placing.nearest(projected, NEIGHBOURS)]
        return near.mean(axis=1), projected[:, : len(self.room)]


class HardImage(WrongImage, frozen=True):
    """A test image the model finds hard, whether it got it right; `loss` in nats."""

    loss: float


class Depth(msgspec.Struct, frozen=True):
    """All of `depth.json`: what a trained model does with test digits that are not as they were.

    Attributes:
        sha256: of the `model.keras` that was measured.
        dataset: its test split was used.
        seed: of all chance in here.
        seconds: what the measuring took.
    """

    schema: int
    name: str
    sha256: str
    created: str
    command: str
    dataset: str
    seed: int
    seconds: float
    corruptions: list[CorruptionResult]
    sweeps: list[Sweep]
    histograms: list[ConfidenceHistogram]
    embedding: Embedding
    hardest: list[HardImage]

    def published(self) -> dict[str, CorruptionResult]:
        """By corruption, the result at the published data set's severity."""
        return {row.corruption: row for row in self.corruptions if row.published}


def mean_corruption_error(depth: Depth, baseline: Depth) -> float:
    """Error relative to a baseline's, averaged over the corruptions: 100 is as bad as it.

    The mCE of Hendrycks and Dietterich (2019) on the severities of the published MNIST-C.

    Raises:
        ValueError: the two were measured on other corruptions, or the baseline makes no error.
    """
    ours, theirs = depth.published(), baseline.published()
    if not ours or ours.keys() != theirs.keys():
        raise ValueError(f"“{depth.name}” and “{baseline.name}” met other corruptions")
    perfect = [name for name, row in theirs.items() if row.errors == 0]
    if perfect:
        raise ValueError(f"“{baseline.name}” makes no error on {', '.join(perfect)}")
    ratios = [
        (row.errors / row.n) / (theirs[name].errors / theirs[name].n) for name, row in ours.items()
    ]
    return 100.0 * sum(ratios) / len(ratios)


# --- files ----------------------------------------------------------------------------------------


def names() -> list[str]:
    """Models that have a report: the shipped `digits`, the others by name, runs by date."""
    found = sorted(path.parent.name for path in model_folder().glob(f"*/{FILE_NAME}"))
    runs = sorted(path.parent.name for path in runs_folder().glob(f"{RUN}*/{FILE_NAME}"))
    return [*sorted(found, key=lambda name: name != "digits"), *runs]


Stored = TypeVar("Stored", Report, Depth)


def _decoded(data: bytes, kind: type[Stored], schema: int, title: str, remedy: str) -> Stored:
    """A stored report of this program's version, or a sentence with its title and the remedy."""
    try:
        version = msgspec.json.decode(data, type=dict).get("schema")
        if version == schema:
            return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as problem:
        raise ReportError(f"{title} is damaged ({problem}): {remedy}.") from None
    raise ReportError(f"{title} has version {version}, this program reads {schema}: {remedy}.")


def load(name: str) -> Report:
    """The report of a model.

    Raises:
        ReportError: no such model, or a report that cannot be read.
    """
    if not name or Path(name).name != name:
        raise ReportError(f"“{name}” is not a model's name.")
    path = folder_of(name) / FILE_NAME
    try:
        data = path.read_bytes()
    except OSError:
        known = ", ".join(names()) or "none yet: run python train_model.py"
        raise ReportError(f"There is no model “{name}” (there are: {known}).") from None
    again = f"python train_model.py --name {name}"
    return _decoded(data, Report, SCHEMA, f"The report of “{name}”", f"make it again with {again}")


def load_depth(name: str) -> Depth:
    """The report in depth of a model, if it is of the model as it is now.

    Raises:
        ReportError: no such model, it was not measured in depth, or not since it was trained, or
            the file cannot be read.
    """
    report = load(name)
    remedy = f"run python train_model.py --depth {name}"
    try:
        data = (folder_of(name) / DEPTH_FILE).read_bytes()
    except OSError:
        raise ReportError(f"“{name}” was not measured in depth yet: {remedy}.") from None
    title = f"The report in depth of “{name}”"
    depth = _decoded(data, Depth, DEPTH_SCHEMA, title, remedy)
    measured = report.files.get(MEASURED_FILE)
    if measured is None or measured.sha256 != depth.sha256:
        raise ReportError(f"“{name}” was trained anew since it was measured in depth: {remedy}.")
    return depth


def zoo_folder(models: Path | None = None) -> Path:
    """Where runs that are compared but not shipped leave their reports: `<run>.json`."""
    return (models or model_folder()) / "zoo"


def save(report: Report, folder: Path) -> Path:
    """Write `report.json` into a model's folder, whole or not at all."""
    return _write(folder / FILE_NAME, msgspec.json.format(msgspec.json.encode(report), indent=1))


def save_depth(depth: Depth, folder: Path) -> Path:
    """Write `depth.json` into a model's folder, whole or not at all."""
    # Long lists of numbers: a line each would double the file.
    return _write(folder / DEPTH_FILE, msgspec.json.encode(depth))


def _write(path: Path, data: bytes) -> Path:
    draft = path.with_suffix(".tmp")
    draft.write_bytes(data + b"\n")
    draft.replace(path)
    return path


def encode_image(glyph: Pixels) -> str:
    """A glyph as a PNG in base64, as `WrongImage.image` holds it."""
    _, data = cv2.imencode(".png", glyph)
    return base64.b64encode(data.tobytes()).decode("ascii")
