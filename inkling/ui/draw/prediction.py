"""From a drawing's pixels to what the Draw page shows of it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from inkling.ui.shared import phrases, resources

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit

Digits: TypeAlias = "Sequence[Digit]"
INVITATION = "Draw a digit, and it is read while you draw."
HOW = "A finger, a pen or a mouse will do. Several digits side by side make a number."


def read(pixels: NDArray[np.uint8], classifier: Classifier) -> Digits:
    """What a drawing says, from left to right; nothing for a blank sheet.

    Args:
        pixels: the canvas as RGBA, uint8 (h, w, 4).
        classifier: any model.
    """
    from inkling.imaging import ink
    from inkling.reader.drawing import read_ink

    return read_ink(ink.from_canvas(pixels), classifier).digits


def shown(
    pixels: NDArray[np.uint8] | None, digits: Sequence[Digit], place: int, classifier: Classifier
) -> dict[str, Any]:
    """The answer as the panel shows it (see `live.panel`).

    Args:
        pixels: the canvas that was read (see `read`).
        digits: what was read, at least one, from left to right.
        place: of which digit the probabilities and the glyph are shown.
        classifier: the model that read it.
    """
    digit = digits[place]
    sign = phrases.number_sign(digits)
    verdict = phrases.number_verdict(digits, classifier.labels)
    is_dot = phrases.is_dot(digit)
    return {
        "sign": sign,
        "verdict": verdict,
        "spoken": f"Read as {sign}. {verdict}" if "?" not in sign else verdict,
        "looked": phrases.digit_sign(digit),
        # Ten probabilities of what is no digit would only mislead.
        "probabilities": None if is_dot else list(digit.prediction.probabilities),
        "alt": "" if is_dot else bars_alt(digit, classifier.labels),
        "isSure": digit.prediction.is_sure,
        "labels": list(classifier.labels),
        "glyph": b64encode(digit.glyph.pixels.tobytes()).decode("ascii"),
        "title": resources.model_title(classifier.name),
        "advice": _advice(pixels, digits, classifier),
    }


def _advice(
    pixels: NDArray[np.uint8] | None, digits: Sequence[Digit], classifier: Classifier
) -> str:
    """The coach's sentence, where the answer is in doubt; else empty."""
    if pixels is None or all(digit.prediction.is_sure for digit in digits):
        return ""
    from inkling.explain import advice
    from inkling.imaging import ink

    return advice.advice(advice.facts(ink.from_canvas(pixels), digits, classifier))


def bars_alt(digit: Digit, labels: Sequence[str]) -> str:
    """The bars in words: every label that is not negligible, the likeliest first."""
    ranked = sorted(zip(digit.prediction.probabilities, labels, strict=True), reverse=True)
    named = [f"{label} {phrases.percent(value)}" for value, label in ranked if value >= 0.005]
    return "Probabilities: " + ", ".join(named) + "; the others under half a percent."
