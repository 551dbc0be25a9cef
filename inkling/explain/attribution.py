"""Which parts of a glyph spoke for the network's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inkling.explain.layers import Floats, require_glyphs
from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier

# Glyph pixels: the side of the square that covers a part of the glyph, and the step by which it is
# moved.
SQUARE, SQUARE_STEP = 5, 2
# Probabilities below this count as this, so that their logarithm is finite.
MIN_PROBABILITY = 1e-12


def log_odds(p: Floats, label: int) -> Floats:
    """The natural logarithm of a label's odds: (n,) for probabilities (n, labels).

    Unlike probabilities, odds still differ clearly between sure answers.
    """
    rest = np.delete(p.astype(np.float64), label, axis=1).sum(axis=1)
    ratio = np.maximum(p[:, label], MIN_PROBABILITY) / np.maximum(rest, MIN_PROBABILITY)
    return np.asarray(np.log(ratio), np.float32)


def occlusion(glyph: Pixels, classifier: Classifier) -> Floats:
    """How much each pixel spoke for the answer: an occlusion map (Zeiler and Fergus, 2014).

    A small square of paper covers every place in turn. A pixel's value is the fall of the answer's
    log-odds, in nats, averaged over the squares that covered it. It is below 0 where covering it
    makes the answer surer. Covering paper changes nothing, so the network is not run for it.

    Args:
        glyph: uint8 (28, 28), 0 paper and 255 pen.
        classifier: any model.

    Returns:
        float32 (28, 28).
    """
    starts = range(1 - SQUARE, GLYPH_SIZE, SQUARE_STEP)
    places = [(_covered(row), _covered(column)) for row in starts for column in starts]
    inked = [place for place in places if glyph[place].any()]
    covered = np.repeat(require_glyphs(glyph)[None], len(inked) + 1, axis=0)
    for image, place in zip(covered[1:], inked, strict=True):
        image[place] = 0
    p = classifier.probabilities(covered)
    odds = log_odds(p, int(p[0].argmax()))
    total, times = np.zeros((2, GLYPH_SIZE, GLYPH_SIZE), np.float32)
    for place in places:
        times[place] += 1.0
    for place, value in zip(inked, odds[1:], strict=True):
        total[place] += odds[0] - value
    return np.asarray(total / times, np.float32)


def _covered(start: int) -> slice:
    """The pixels along one axis that a square covers."""
    return slice(max(0, start), min(GLYPH_SIZE, start + SQUARE))
