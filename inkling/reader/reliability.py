"""How probable it is that a number stands there, and that it was read right.

Two logistic regressions over what both networks and the classifier say. Their weights are fitted by
`training.fit_reader` on pages that no network was trained on, and lie in
`model/reader/config.json`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.layout.centres import Digits
from inkling.reader.assembly import NumberTokens
from inkling.recognition.confidence import evidence

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
    "log of the evidence that its least digit-like digit is one, by the classifier",
    "sides at which a character stands that is neither digit nor sign",
    "share of such characters in its line",
    "log-probability that a digit is such a character or crossed out, by the line model",
)
# No probability counts as lower than this.
LOWEST = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """A fitted regression.

    Attributes:
        weights: one for each feature: of FEATURES, or of `context.CONTEXT`.
        bias: the logit where all features are 0.
        threshold: the probability from which a number is sure, or counts.
    """

    weights: NDArray[np.float64]
    bias: float
    threshold: float

    def logits(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """The logits for numbers with these features: float64 (n, features) to (n,)."""
        return np.asarray(features @ self.weights + self.bias, np.float64)

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probabilities for numbers with these features: float64 (n, features) to (n,)."""
        logits = np.clip(self.logits(features), -30.0, 30.0)
        return np.asarray(1.0 / (1.0 + np.exp(-logits)), np.float64)


def features(
    number: NumberTokens,
    digits: Digits,
    unread: int,
    glyph_p: NDArray[np.float32],
) -> NDArray[np.float64]:
    """The features of one number.

    Args:
        number: its digits, and what stands beside it.
        digits: of the picture.
        unread: digits that were found between or beside these, and not read.
        glyph_p: float32 (n, 10), what the classifier says about each digit by itself.

    Returns:
        float64 (len(FEATURES),).
    """
    tokens = number.digits
    labels = [int(token.label) for token in tokens]
    found = [token.digit for token in tokens if token.digit is not None]
    by_page = [
        float(digits.log_p[token.digit, label])
        for token, label in zip(tokens, labels, strict=True)
        if token.digit is not None
    ]
    by_glyph = np.log(np.maximum(glyph_p[np.arange(len(labels)), labels], LOWEST))
    return np.array(
        [
            np.log(max(LOWEST, 1.0 - min(token.posterior for token in tokens))),
            np.log(max(LOWEST, 1.0 - min(token.character.posterior for token in tokens))),
            max(np.log(LOWEST), min(float(t.character.log_p[int(t.label)]) for t in tokens)),
            len(tokens) - len(found),
            unread,
            np.log(max(LOWEST, min((float(digits.score[k]) for k in found), default=LOWEST))),
            max(np.log(LOWEST), min(by_page, default=np.log(0.1))),
            float(by_glyph.min()),
            np.log(max(1.0, tokens[0].height)),
            len(tokens),
            np.log(max(LOWEST, float(evidence(glyph_p).min()))),
            number.others_beside,
            number.others_in_line,
            max(np.log(LOWEST), max(t.character.log_p_other for t in tokens)),
        ]
    )
