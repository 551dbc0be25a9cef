"""Why a network answered as it did: what in the glyph mattered, what would change its mind, and
which of MNIST's digits it finds alike.

Glyphs are uint8 (28, 28), 0 paper and 255 pen, here as everywhere. No TensorFlow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.explain.layers import Floats, checked, of
from inkling.imaging.glyph import GLYPH_SIZE, to_glyph
from inkling.imaging.pixels import BOX_LEVEL, Pixels
from inkling.paths import ASSETS

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Prediction

# A square of paper of this side, in glyph pixels, hides a part of the glyph; moved by this much.
HIDDEN, HIDDEN_STEP = 5, 2
# So many of MNIST's training digits are compared with.
KNOWN = 2000
# Pieces of stroke are cut out of a glyph enlarged so many times, ...
ZOOM = 3
# ... centred so many enlarged pixels apart, ...
APART = 5
# ... of these reaches along the stroke, in glyph pixels, smallest first, ...
REACHES = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0)
# ... and holding no more than this part of the ink: without half of it, anything is something else.
LARGEST = 0.45
# A mind is changed by an answer with at least this confidence.
CONVINCED = 0.5


def log_odds(p: Floats, label: int) -> Floats:
    """The natural log of the odds of a label, (n,) for probabilities (n, labels).

    Unlike probabilities, odds still tell a sure answer from a surer one.
    """
    rest = np.delete(p.astype(np.float64), label, axis=1).sum(axis=1)
    ratio = np.maximum(p[:, label], 1e-12) / np.maximum(rest, 1e-12)
    return np.asarray(np.log(ratio), np.float32)


def occlusion(glyph: Pixels, classifier: Classifier) -> Floats:
    """How much each pixel spoke for the answer: Zeiler and Fergus' occlusion map (2014).

    A small square of paper is laid on every place in turn. A pixel's value is how many nats the
    answer's log-odds fell, averaged over the squares that hid it: below 0 where hiding helps. Paper
    on paper changes nothing and is not asked for.

    Returns:
        float32 (28, 28).
    """
    places = [
        (slice(row, row + HIDDEN), slice(column, column + HIDDEN))
        for row in range(1 - HIDDEN, GLYPH_SIZE, HIDDEN_STEP)
        for column in range(1 - HIDDEN, GLYPH_SIZE, HIDDEN_STEP)
    ]
    places = [(_inside(rows), _inside(columns)) for rows, columns in places]
    inked = [place for place in places if glyph[place].any()]
    hidden = np.repeat(checked(glyph)[None], len(inked) + 1, axis=0)
    for one, place in zip(hidden[1:], inked, strict=True):
        one[place] = 0
    p = classifier.probabilities(hidden)
    odds = log_odds(p, int(p[0].argmax()))
    total, times = np.zeros((2, GLYPH_SIZE, GLYPH_SIZE), np.float32)
    for place in places:
        times[place] += 1.0
    for place, value in zip(inked, odds[1:], strict=True):
        total[place] += odds[0] - value
    return np.asarray(total / times, np.float32)


def _inside(range_: slice) -> slice:
    return slice(max(0, range_.start), min(GLYPH_SIZE, range_.stop))


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A piece of stroke without which the answer would be another.

    Attributes:
        piece: where it is, bool (84, 84): the glyph enlarged by `ZOOM`.
        part: of all ink, 0..1.
        glyph: what is left, normalised anew as a drawing without the piece would be.
        prediction: what that reads as.
    """

    piece: NDArray[np.bool_]
    part: float
    glyph: Pixels
    prediction: Prediction


def change_of_mind(glyph: Pixels, classifier: Classifier) -> Change | None:
    """The smallest connected piece of stroke whose removal makes it another digit.

    Pieces are stretches of stroke around points along its middle, grown along the stroke and never
    across bare paper; the first length at which one flips the answer is taken, and of that length
    the piece with the least ink. None when no piece with less than `LARGEST` of the ink does.
    """
    size = (GLYPH_SIZE * ZOOM, GLYPH_SIZE * ZOOM)
    large = np.asarray(cv2.resize(checked(glyph), size, interpolation=cv2.INTER_CUBIC), np.uint8)
    ink = large >= BOX_LEVEL
    total = int(ink.sum())
    if total == 0:
        return None
    label = classifier.predict(glyph[None])[0].label
    grown, done = _points(ink), 0
    for reach in REACHES:
        steps = round(reach * ZOOM)
        grown = _grown(grown, ink, steps - done, done)
        done = steps
        pieces = np.moveaxis(grown, 2, 0) > 0
        parts = pieces.sum(axis=(1, 2)) / total
        pieces, parts = pieces[parts <= LARGEST], parts[parts <= LARGEST]
        if len(pieces) == 0:
            return None
        rest = np.stack([to_glyph(_without(large, ink, piece)).pixels for piece in pieces])
        read = classifier.predict(rest)
        flips = [k for k, one in enumerate(read) if _convinces(one) and one.label != label]
        if flips:
            k = min(flips, key=lambda k: (parts[k], -read[k].confidence))
            return Change(pieces[k], float(parts[k]), rest[k], read[k])
    return None


def _convinces(prediction: Prediction) -> bool:
    return prediction.is_digit and prediction.confidence >= CONVINCED


def _points(ink: NDArray[np.bool_]) -> Pixels:
    """Points along the middle of the strokes, `APART`: uint8 (h, w, n), one 1 in each."""
    depth = cv2.distanceTransform(ink.astype(np.uint8), cv2.DIST_L2, 5)
    free = ink.copy()
    found = []
    # The deepest first: those lie on the middle line.
    for place in np.argsort(-depth, axis=None, kind="stable"):
        row, column = divmod(int(place), ink.shape[1])
        if depth[row, column] <= 0:
            break
        if free[row, column]:
            found.append((row, column))
            free[
                max(0, row - APART) : row + APART + 1, max(0, column - APART) : column + APART + 1
            ] = False
    points = np.zeros((*ink.shape, len(found)), np.uint8)
    for k, (row, column) in enumerate(found):
        points[row, column, k] = 1
    return points


def _grown(pieces: Pixels, ink: NDArray[np.bool_], steps: int, done: int) -> Pixels:
    """Pieces (h, w, n) grown by so many pixels, within the ink."""
    square = np.ones((3, 3), np.uint8)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    inside = ink[..., None].astype(np.uint8)
    for step in range(done, done + steps):
        # Taking turns makes an octagon, which is nearly round.
        wider = cv2.dilate(pieces, square if step % 2 else cross).reshape(pieces.shape)
        pieces = np.asarray(wider * inside, np.uint8)
    return pieces


def _without(large: Pixels, ink: NDArray[np.bool_], piece: NDArray[np.bool_]) -> Pixels:
    """A picture without a piece of its ink, and without the piece's soft rim."""
    rim = cv2.dilate(piece.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    rest: Pixels = np.where(piece | (rim & ~ink), 0, large).astype(np.uint8)
    return rest


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour:
    """One of MNIST's test digits.

    Attributes:
        pixels: uint8 (28, 28).
        label, read: what it is, and what the network reads it as: numbers of labels.
        likeness: cosine of the angle between the features, 1 for the same.
    """

    pixels: Pixels
    label: int
    read: int
    likeness: float

    @property
    def is_right(self) -> bool:
        """Whether the network reads it right."""
        return self.label == self.read


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    pixels: Pixels
    labels: Pixels
    read: Pixels
    features: Floats


def nearest(
    glyph: Pixels, classifier: Classifier, count: int = 6
) -> tuple[list[Neighbour], list[Neighbour]]:
    """MNIST's test digits that are most like a glyph to the network's last hidden layer.

    Returns:
        The nearest of those the network reads right, and the nearest of those it gets wrong; each
        at most `count`, the nearest first. They are among the first `KNOWN` test digits and all
        that the report lists as wrong.

    Raises:
        OSError: MNIST is not at hand.
    """
    known = _known(classifier)
    features = _directions(of(classifier).features(checked(glyph)[None]))[0]
    likeness = known.features @ features
    order = np.argsort(-likeness, kind="stable")
    found = [
        Neighbour(known.pixels[k], int(known.labels[k]), int(known.read[k]), float(likeness[k]))
        for k in order
    ]
    right = [one for one in found if one.is_right]
    return right[:count], [one for one in found if not one.is_right][:count]


@lru_cache(maxsize=4)
def _known(classifier: Classifier) -> _Known:
    with np.load(ASSETS / "mnist.npz", allow_pickle=False) as file:
        x, y = file["x_test"], file["y_test"]
    # Its report says how it reads every one of them.
    read = y.copy()
    for one in classifier.report.wrong:
        read[one.index] = one.predicted
    rows = np.union1d(np.arange(KNOWN), np.flatnonzero(read != y))
    return _Known(x[rows], y[rows], read[rows], _directions(of(classifier).features(x[rows])))


def _directions(features: Floats) -> Floats:
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(length, 1e-9), np.float32)
