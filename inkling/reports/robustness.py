"""A model under corruption, and its embedding of test digits: `model/<name>/depth.json`.

Fields renamed in code keep their name in the file (`field(name=...)`).
"""

from __future__ import annotations

import base64

import msgspec
import numpy as np
from msgspec import field
from numpy.typing import NDArray

from inkling.reports.schema import WrongImage
from inkling.reports.statistics import Interval

ROBUSTNESS_SCHEMA = 1
# A new drawing is placed on an embedding's plane at the mean of this many nearest test digits.
NEIGHBOURS = 5


class CorruptionResult(msgspec.Struct, frozen=True):
    """Accuracy on test digits under one corruption of MNIST-C.

    Attributes:
        corruption: its name in the paper (Mu and Gilmer, 2019).
        severity: 1 to 5; 0 for a corruption with a single strength.
        published: whether the published data set uses this severity.
        n, errors: number of test digits, the first of the split, and of wrong predictions.
        accuracy: with its 95 % interval.
    """

    corruption: str
    severity: int
    published: bool
    n: int
    errors: int
    accuracy: Interval


class SweepPoint(msgspec.Struct, frozen=True):
    """Accuracy on the first n test digits, distorted by one value."""

    value: float
    n: int
    errors: int
    accuracy: Interval


class Sweep(msgspec.Struct, frozen=True):
    """One distortion (see `imaging.distortions`) through its range, its values in `unit`."""

    kind: str
    unit: str
    points: list[SweepPoint]


class ConfidenceHistogram(msgspec.Struct, frozen=True):
    """Confidences of n predictions, counted in equal-width bins from 0 to 1.

    Attributes:
        kind: "right" or "wrong" for test digits, or a kind of negatives.
    """

    kind: str
    n: int
    counts: list[int]


class Projection(msgspec.Struct, frozen=True):
    """The projection onto principal components, and the projected test digits.

    Attributes:
        mean: of the features, little-endian float32 (d,) in base64.
        weights: maps centred features to components, little-endian float32 (d, k) in base64.
        points: the projected test digits in units of `step`, int8 (n, k) in base64.
    """

    mean: str
    weights: str
    points: str
    step: float

    def project(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Project features (m, d) onto the principal components, (m, k)."""
        mean = np.frombuffer(base64.b64decode(self.mean), "<f4")
        weights = np.frombuffer(base64.b64decode(self.weights), "<f4")
        return np.asarray((features - mean) @ weights.reshape(len(mean), -1), np.float32)

    def nearest(self, projected: NDArray[np.float32], count: int) -> NDArray[np.intp]:
        """Indices (m, count) of the test digits nearest to the projected features (m, k)."""
        coarse = np.frombuffer(base64.b64decode(self.points), np.int8)
        points = coarse.reshape(-1, projected.shape[1]).astype(np.float32) * np.float32(self.step)
        distance = ((projected[:, None] - points[None]) ** 2).sum(axis=2)
        return np.argsort(distance, axis=1, kind="stable")[:, :count]


class Embedding(msgspec.Struct, frozen=True):
    """Test digits in the feature space of the last hidden layer, in two and three dimensions.

    All lists run in parallel, one entry per digit. t-SNE (van der Maaten and Hinton, 2008) keeps
    neighbours together; principal components keep distances.

    Attributes:
        index: position in the test split.
        label, predicted: label indices.
        confidence: probability of the predicted label, 0..1.
        tsne: t-SNE coordinates, the lists of x and of y.
        pca: the first three principal components, the lists of x, of y and of z.
        explained_variance: share of the variance that those three explain, and that all of
            `projection`'s components explain, 0..1.
        seed, perplexity: t-SNE's.
        projection: places a new drawing.
    """

    index: list[int]
    label: list[int]
    predicted: list[int]
    confidence: list[float]
    tsne: list[list[float]] = field(name="plane")
    pca: list[list[float]] = field(name="room")
    explained_variance: list[float] = field(name="explained")
    seed: int
    perplexity: float
    projection: Projection = field(name="placing")

    def place(
        self, features: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Coordinates of new drawings.

        Args:
            features: inputs of the network's last layer, float32 (m, d).

        Returns:
            The mean of the nearest test digits' t-SNE coordinates (m, 2), and the first three
            principal components (m, 3).
        """
        projected = self.projection.project(features)
        tsne = np.array(self.tsne, np.float32).T
        near = tsne[self.projection.nearest(projected, NEIGHBOURS)]
        return near.mean(axis=1), projected[:, : len(self.pca)]


class HardImage(WrongImage, frozen=True):
    """A test image with a high loss (in nats), whether the model reads it correctly or not."""

    loss: float


class Robustness(msgspec.Struct, frozen=True):
    """The whole of `depth.json`: what a trained model does with altered test digits.

    Attributes:
        sha256: digest of the `model.keras` that was measured.
        dataset: the data set whose test split was used.
        seed: of all random choices.
        seconds: duration of the measurement.
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


def mean_corruption_error(robustness: Robustness, baseline: Robustness) -> float:
    """Error rate relative to a baseline's, averaged over the corruptions, in percent.

    The mCE of Hendrycks and Dietterich (2019) on the severities of the published MNIST-C. The
    baseline itself has 100.

    Raises:
        ValueError: the two were measured on different corruptions, or the baseline makes no error.
    """
    ours, theirs = robustness.published(), baseline.published()
    if not ours or ours.keys() != theirs.keys():
        raise ValueError(
            f"“{robustness.name}” and “{baseline.name}” were measured on different corruptions"
        )
    perfect = [name for name, row in theirs.items() if row.errors == 0]
    if perfect:
        raise ValueError(f"“{baseline.name}” makes no error on {', '.join(perfect)}")
    ratios = [
        (row.errors / row.n) / (theirs[name].errors / theirs[name].n) for name, row in ours.items()
    ]
    return 100.0 * sum(ratios) / len(ratios)
