"""Which small change of a glyph would change the network's answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.explain.layers import require_glyphs
from inkling.imaging.glyph import GLYPH_SIZE, to_glyph
from inkling.imaging.pixels import BOX_LEVEL, Pixels

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Prediction

# Pieces of stroke are cut out of the glyph enlarged by this factor.
ZOOM = 3
# The distance between the pieces' centres, in enlarged pixels.
SPACING = 5
# How far a piece reaches along the stroke from its centre, in glyph pixels; tried in this order.
REACHES = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0)
# The largest share of the ink that a piece may hold: without half of its ink, any digit reads as
# another one.
MAX_INK_SHARE = 0.45
# The confidence that the new answer must have.
MIN_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Counterfactual:
    """A piece of stroke without which the answer would be another.

    Attributes:
        piece: where it is, bool (84, 84): the glyph enlarged by `ZOOM`.
        ink_share: its share of all ink, 0..1.
        glyph: the rest, uint8 (28, 28), normalised like a drawing without the piece.
        prediction: what the rest reads as.
    """

    piece: NDArray[np.bool_]
    ink_share: float
    glyph: Pixels
    prediction: Prediction


def counterfactual(glyph: Pixels, classifier: Classifier) -> Counterfactual | None:
    """Find the smallest connected piece of stroke whose removal makes it another digit.

    Pieces are stretches of stroke around points on its centre line. They grow along the stroke and
    never across paper. The first reach at which a piece changes the answer is taken, and of the
    pieces with that reach the one with the least ink.

    Args:
        glyph: uint8 (28, 28), 0 paper and 255 pen.
        classifier: any model.

    Returns:
        None when no piece with at most `MAX_INK_SHARE` of the ink changes the answer.
    """
    size = (GLYPH_SIZE * ZOOM, GLYPH_SIZE * ZOOM)
    enlarged = cv2.resize(require_glyphs(glyph), size, interpolation=cv2.INTER_CUBIC)
    large = np.asarray(enlarged, np.uint8)
    ink = large >= BOX_LEVEL
    total = int(ink.sum())
    if total == 0:
        return None
    label = classifier.predict(glyph[None])[0].label
    grown, done = _centres(ink), 0
    for reach in REACHES:
        steps = round(reach * ZOOM)
        grown = _grow(grown, ink, done, steps)
        done = steps
        pieces = np.moveaxis(grown, 2, 0) > 0
        shares = pieces.sum(axis=(1, 2)) / total
        pieces, shares = pieces[shares <= MAX_INK_SHARE], shares[shares <= MAX_INK_SHARE]
        if len(pieces) == 0:
            return None
        rest = np.stack([to_glyph(_without(large, ink, piece)).pixels for piece in pieces])
        read = classifier.predict(rest)
        changed = [k for k, one in enumerate(read) if _is_convincing(one) and one.label != label]
        if changed:
            k = min(changed, key=lambda k: (shares[k], -read[k].confidence))
            return Counterfactual(pieces[k], float(shares[k]), rest[k], read[k])
    return None


def _is_convincing(prediction: Prediction) -> bool:
    return prediction.is_digit and prediction.confidence >= MIN_CONFIDENCE


def _centres(ink: NDArray[np.bool_]) -> Pixels:
    """Points on the strokes' centre lines, `SPACING` apart: uint8 (h, w, n), one 1 in each."""
    depth = cv2.distanceTransform(ink.astype(np.uint8), cv2.DIST_L2, 5)
    free = ink.copy()
    chosen = []
    # The points farthest from paper come first: they are on the centre line.
    for place in np.argsort(-depth, axis=None, kind="stable"):
        row, column = divmod(int(place), ink.shape[1])
        if depth[row, column] <= 0:
            break
        if free[row, column]:
            chosen.append((row, column))
            top, left = max(0, row - SPACING), max(0, column - SPACING)
            free[top : row + SPACING + 1, left : column + SPACING + 1] = False
    centres = np.zeros((*ink.shape, len(chosen)), np.uint8)
    for k, (row, column) in enumerate(chosen):
        centres[row, column, k] = 1
    return centres


def _grow(pieces: Pixels, ink: NDArray[np.bool_], done: int, steps: int) -> Pixels:
    """Pieces (h, w, n) that have grown by `done` pixels, grown to `steps`, within the ink."""
    square = np.ones((3, 3), np.uint8)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    inside = ink[..., None].astype(np.uint8)
    for step in range(done, steps):
        # Square and cross in turn grow an octagon, which is nearly round.
        wider = cv2.dilate(pieces, square if step % 2 else cross).reshape(pieces.shape)
        pieces = np.asarray(wider * inside, np.uint8)
    return pieces


def _without(large: Pixels, ink: NDArray[np.bool_], piece: NDArray[np.bool_]) -> Pixels:
    """The picture without a piece of its ink and without the piece's soft edge."""
    edge = cv2.dilate(piece.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    rest: Pixels = np.where(piece | (edge & ~ink), 0, large).astype(np.uint8)
    return rest
