"""From a drawing's pixels to what the Draw page shows of it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from inkling.ui import words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from inkling.classifier import Classifier
    from inkling.reader import Digit

Digits: TypeAlias = "Sequence[Digit]"
# A number of many digits must not burst its column: sizes in rem by how many there are.
_SIZES = ((1, 5.5), (2, 5.0), (4, 3.8), (6, 3.0), (99, 2.2))
INVITATION = "Draw a digit, and it is read when you lift the pen."


def read(pixels: NDArray[np.uint8], classifier: Classifier) -> Digits:
    """What a drawing says, from left to right; nothing for a blank sheet.

    Args:
        pixels: the canvas as RGBA, uint8 (h, w, 4).
        classifier: any model.
    """
    from inkling import ink
    from inkling.reader import read_ink

    return read_ink(ink.from_canvas(pixels), classifier).digits


def answer_html(digits: Sequence[Digit], labels: Sequence[str]) -> str:
    """The answer, large, with its confidence in words; announced by screen readers."""
    sign = "".join(words.digit_sign(digit) for digit in digits)
    verdict = words.number_verdict(digits, labels)
    size = next(size for most, size in _SIZES if len(digits) <= most)
    spoken = f"Read as {sign}. {verdict}" if "?" not in sign else verdict
    return (
        f'<div role="status" aria-live="polite" aria-label="{html.escape(spoken)}">'
        f'<div data-testid="inkling-answer" style="font-size:{size}rem;font-weight:650;'
        f"line-height:1.1;letter-spacing:0.02em;overflow-wrap:anywhere;"
        f'font-variant-numeric:tabular-nums">{html.escape(sign)}</div>'
        f'<div data-testid="inkling-verdict">{html.escape(verdict)}</div></div>'
    )


def bars_alt(digit: Digit, labels: Sequence[str]) -> str:
    """The bars in words: every label that is not negligible, the likeliest first."""
    ranked = sorted(zip(digit.prediction.probabilities, labels, strict=True), reverse=True)
    named = [f"{label} {words.percent(value)}" for value, label in ranked if value >= 0.005]
    return "Probabilities: " + ", ".join(named) + "; the others under half a percent."
