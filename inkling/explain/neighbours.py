"""Which of MNIST's test digits a network finds most similar to a glyph."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inkling.explain.layers import Floats, probe_of, require_glyphs
from inkling.imaging.pixels import Pixels
from inkling.paths import ASSETS

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier

# A glyph is compared with this many of MNIST's test digits, and with all that are read wrong.
COMPARED = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour:
    """One of MNIST's test digits.

    Attributes:
        pixels: uint8 (28, 28).
        label, predicted: the true label and the network's answer, as indices of its labels.
        similarity: the cosine of the angle between the features, 1 for identical ones.
    """

    pixels: Pixels
    label: int
    predicted: int
    similarity: float

    @property
    def is_correct(self) -> bool:
        """Whether the network reads it correctly."""
        return self.label == self.predicted


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """The digits to compare with; `directions` are their features, scaled to length 1."""

    pixels: Pixels
    labels: NDArray[np.int64]
    predicted: NDArray[np.int64]
    directions: Floats


def nearest(
    glyph: Pixels, classifier: Classifier, count: int = 6
) -> tuple[list[Neighbour], list[Neighbour]]:
    """Find the test digits whose features, in the layer before the scores, are most similar.

    Args:
        glyph: uint8 (28, 28), 0 paper and 255 pen.
        classifier: any model; only digits that it has a label for are compared with.
        count: how many of each kind.

    Returns:
        The nearest of the digits that the network reads correctly, and the nearest of those that it
        reads wrong; the most similar first.

    Raises:
        OSError: there is no copy of MNIST.
    """
    compared = _compared(classifier)
    features = probe_of(classifier).features(require_glyphs(glyph)[None])
    similarity = compared.directions @ _directions(features)[0]
    neighbours = [
        Neighbour(
            compared.pixels[k],
            int(compared.labels[k]),
            int(compared.predicted[k]),
            float(similarity[k]),
        )
        for k in np.argsort(-similarity, kind="stable")
    ]
    correct = [one for one in neighbours if one.is_correct]
    return correct[:count], [one for one in neighbours if not one.is_correct][:count]


@lru_cache(maxsize=4)
def _compared(classifier: Classifier) -> _Compared:
    with np.load(ASSETS / "mnist.npz", allow_pickle=False) as file:
        x, y = file["x_test"], file["y_test"]
    # MNIST's numbers as the model's label indices, -1 for a digit that it has no label for.
    index_of = {label: index for index, label in enumerate(classifier.labels)}
    labels = np.array([index_of.get(str(digit), -1) for digit in range(y.max() + 1)])[y]
    # The report lists all test digits that the network reads wrong, so it need not be run.
    predicted = labels.copy()
    for one in classifier.report.wrong:
        predicted[one.index] = one.predicted
    rows = np.union1d(np.arange(COMPARED), np.flatnonzero(predicted != labels))
    rows = rows[labels[rows] >= 0]
    features = probe_of(classifier).features(x[rows])
    return _Compared(x[rows], labels[rows], predicted[rows], _directions(features))


def _directions(features: Floats) -> Floats:
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(length, 1e-9), np.float32)
