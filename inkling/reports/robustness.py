"""How a model does under corruption, and its embedding of test digits: `depth.json`."""

from __future__ import annotations

import base64

import msgspec
import numpy as np
from numpy.typing import NDArray

from inkling.reports.schema import WrongImage
from inkling.reports.statistics import Interval

DEPTH_SCHEMA = 1
# So many of the nearest test digits place a new drawing on the plane of an embedding.
NEIGHBOURS = 5


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
