"""How a page lies: upright, on its side or upside down, as its digits say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.layout import centres
from inkling.layout.centres import Digits
from inkling.layout.page_model import PageModel

# Digits say clearly that a page is upright if each says on average that it is so much more likely,
# in nats, than lying on a side. It must not be less likely than upside down.
CLEAR = 3.0
# A page is turned if that is more likely by this much, in nats. Short numbers such as 16 can be
# read upside down, too.
MIN_GAIN = 8.0


def quarter_turns(model: PageModel, image: Pixels, digits: Digits) -> int:
    """How many quarter turns to the left make a picture upright: 0 to 3.

    Where its digits do not say clearly that it is upright, the model looks at it from all four
    sides, each of which says how it lies.

    Args:
        model: the page model.
        image: uint8 (height, width, 3), RGB.
        digits: of the picture, as it lies.
    """
    if not len(digits):
        return 0
    votes = _votes(digits)
    on_its_side = max(votes[1], votes[3])
    if votes[0] - on_its_side > CLEAR * float(digits.score.sum()) and votes[0] > votes[2]:
        return 0
    scale = _best_scale(digits)
    for turns in range(1, 4):
        side = np.ascontiguousarray(np.rot90(image, turns))
        seen, _ = centres.detect(model, side, [scale])
        # Seen so, a picture that lies by k quarter turns lies by k + turns.
        votes += np.roll(_votes(seen), -turns)
    lies = int(np.argmax(votes))
    return (4 - lies) % 4 if votes[lies] > votes[0] + MIN_GAIN else 0


def _votes(digits: Digits) -> NDArray[np.float64]:
    """Log-likelihoods of how the page lies: float64 (4,)."""
    return np.asarray((digits.turn * digits.score[:, None]).sum(axis=0), np.float64)


def _best_scale(digits: Digits) -> float:
    """The scale at which most digits were found."""
    scales, index = np.unique(digits.scale, return_inverse=True)
    return float(scales[np.bincount(index, digits.score).argmax()])
