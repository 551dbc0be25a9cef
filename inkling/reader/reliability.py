"""How probable it is that a number was read right: what both networks and the classifier say.

A logistic regression over a few features. Its weights are fitted by `training.fit_reader` on pages
that no network was trained on, and lie in `model/reader/config.json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.layout.centres import Digits
from inkling.reader.tokens import Token

# The features, in order. Most are logarithms, so that they add up like evidence.
FEATURES = (
    "log of the probability of other texts of the cut",
    "log of the probability that its weakest digit is another",
    "log-probability of its weakest digit in its columns",
    "digits that the page model did not find",
    "digits that the page model found and the line model did not read",
    "log of the weakest digit's score",
    "log-probability of the least likely digit by the page model",
    "log-probability of the least likely digit by the classifier",
    "log of the height of its digits in pixels",
    "number of digits",
)
# No probability counts as lower than this.
LOWEST = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """The fitted regression.

    Attributes:
        weights: one for each of FEATURES.
        bias: the logit where all features are 0.
        sure: the probability from which a number is sure.
    """

    weights: NDArray[np.float64]
    bias: float
    sure: float

    def probability(self, features: NDArray[np.float64]) -> float:
        """The probability that a number with these features is right."""
        logit = float(features @ self.weights) + self.bias
        return float(1.0 / (1.0 + np.exp(-np.clip(logit, -30.0, 30.0))))


def features(
    number: Sequence[Token],
    digits: Digits,
    unread: int,
    glyph_p: NDArray[np.float32],
) -> NDArray[np.float64]:
    """The features of one number.

    Args:
        number: its digits, from left to right.
        digits: of the picture.
        unread: digits that were found between or beside these, and not read.
        glyph_p: float32 (n, 10), what the classifier says about each digit by itself.

    Returns:
        float64 (len(FEATURES),).
    """
    labels = [int(token.label) for token in number]
    found = [token.digit for token in number if token.digit is not None]
    by_page = [
        float(digits.log_p[token.digit, label])
        for token, label in zip(number, labels, strict=True)
        if token.digit is not None
    ]
    by_glyph = np.log(np.maximum(glyph_p[np.arange(len(labels)), labels], LOWEST))
    return np.array(
        [
            np.log(max(LOWEST, 1.0 - min(token.posterior for token in number))),
            np.log(max(LOWEST, 1.0 - min(token.character.posterior for token in number))),
            max(np.log(LOWEST), min(float(t.character.log_p[int(t.label)]) for t in number)),
            len(number) - len(found),
            unread,
            np.log(max(LOWEST, min((float(digits.score[k]) for k in found), default=LOWEST))),
            max(np.log(LOWEST), min(by_page, default=np.log(0.1))),
            float(by_glyph.min()),
            np.log(max(1.0, number[0].height)),
            len(number),
        ]
    )
