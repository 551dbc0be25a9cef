"""How a page lies: upright, on its side or upside down, as its digits say."""

from __future__ import annotations

from itertools import islice

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.layout import centres, rows
from inkling.layout.centres import Digits, InkMap
from inkling.layout.cut import Cut, Pyramid, cut_line
from inkling.layout.page_model import PageModel
from inkling.reader.deadline import NO_DEADLINE, Deadline
from inkling.recognition.ctc import beam_search, ctc_log_likelihood, merge_blanks
from inkling.recognition.line_model import LineModel

# Digits say clearly that a page is upright if each says on average that it is so much more likely,
# in nats, than lying on a side. It must not be less likely than upside down.
CLEAR = 3.0
# A page is turned if that is more likely by this much, in nats. Short numbers such as 16 can be
# read upside down, too.
MIN_GAIN = 8.0
# A page is turned by half a turn if the line model reads it better so, and what its digits say of
# their direction makes that more likely by this much, in nats.
MIN_HALF_TURN_GAIN = 3.0
# A digit of an upright page says by more than this, on average, that it is upright rather than
# upside down, and one of a page upside down by less; in nats.
USUAL_VOTE = 0.5
# The scores of a page's digits sum up to at least this, or its digits are too few to say which way
# is up: of 220 cheque amounts, 4 would be turned with 3.
MIN_DIGITS = 6.0
# Cuts that are read from both sides: of this many lines, so many of each.
MAX_LINES, MAX_CUTS = 4, 3
# Prefixes that the search for the best text of a cut keeps.
BEAM = 8


def quarter_turns(
    model: PageModel, image: Pixels, digits: Digits, deadline: Deadline = NO_DEADLINE
) -> int:
    """How many quarter turns to the left make a picture upright: 0 to 3.

    Where its digits do not say clearly that it is upright, the model looks at it from all four
    sides, each of which says how it lies.

    Args:
        model: the page model.
        image: uint8 (height, width, 3), RGB.
        digits: of the picture, as it lies.
        deadline: a picture for which the time is too short is left as it lies.
    """
    if not len(digits):
        return 0
    votes = _votes(digits)
    on_its_side = max(votes[1], votes[3])
    if votes[0] - on_its_side > CLEAR * float(digits.score.sum()) and votes[0] > votes[2]:
        return 0
    scale = _best_scale(digits)
    for turns in range(1, 4):
        if deadline.is_over():
            return 0
        side = np.ascontiguousarray(np.rot90(image, turns))
        seen, _ = centres.detect(model, side, [scale])
        # Seen so, a picture that lies by k quarter turns lies by k + turns.
        votes += np.roll(_votes(seen), -turns)
    lies = int(np.argmax(votes))
    return (4 - lies) % 4 if votes[lies] > votes[0] + MIN_GAIN else 0


def is_upside_down(image: Pixels, found: tuple[Digits, list[InkMap]], model: LineModel) -> bool:
    """Whether a picture whose lines are level is upside down.

    Args:
        image: uint8 (height, width, 3), RGB.
        found: its digits and its ink, with the tilt of its writing.
        model: reads its lines from both sides.
    """
    digits, maps = found
    score = float(digits.score.sum())
    if score < MIN_DIGITS:
        return False
    votes = _votes(digits)
    vote = votes[0] - votes[2] - USUAL_VOTE * score
    gain = sum(
        _legibility(model, cut.image) - _legibility(model, cut.image[::-1, ::-1])
        for cut in _longest_cuts(image, digits, maps)
    )
    return bool(gain < 0.0 and gain + vote < -MIN_HALF_TURN_GAIN)


def _longest_cuts(image: Pixels, digits: Digits, maps: list[InkMap]) -> list[Cut]:
    """Cuts of the lines with the most digits."""
    pyramid = Pyramid([image])
    lines = sorted(
        rows.find_lines(digits), key=lambda line: -float(digits.score[list(line.digits)].sum())
    )
    return [
        cut
        for line in lines[:MAX_LINES]
        for cut in islice(cut_line(pyramid, maps, digits, line.digits, line.angle), MAX_CUTS)
    ]


def _legibility(model: LineModel, image: Pixels) -> float:
    """The log-likelihood of the best text of a cut, in nats."""
    log_p = merge_blanks(model.columns(np.ascontiguousarray(image)))
    return ctc_log_likelihood(log_p, beam_search(log_p, 1, BEAM)[0])


def _votes(digits: Digits) -> NDArray[np.float64]:
    """Log-likelihoods of how the page lies: float64 (4,)."""
    return np.asarray((digits.turn * digits.score[:, None]).sum(axis=0), np.float64)


def _best_scale(digits: Digits) -> float:
    """The scale at which most digits were found."""
    scales, index = np.unique(digits.scale, return_inverse=True)
    return float(scales[np.bincount(index, digits.score).argmax()])
