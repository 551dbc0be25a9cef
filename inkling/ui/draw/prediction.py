"""From a drawing's pixels to its digits, and to what the Draw page shows of them."""

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
# Less probable labels are not read out one by one.
MIN_SPOKEN = 0.005


def read(pixels: NDArray[np.uint8], classifier: Classifier) -> Digits:
    """Read a drawing: its digits from left to right; none for a blank canvas.

    Args:
        pixels: the canvas as RGBA, uint8 (h, w, 4).
        classifier: any model.
    """
    from inkling.imaging import ink
    from inkling.reader.drawing import read_ink

    return read_ink(ink.from_canvas(pixels), classifier).digits


def warnings() -> Sequence[str]:
    """Why drawings are read less well than they could be: sentences, or none."""
    from inkling.reader import drawing

    return drawing.warnings()


def panel_answer(
    pixels: NDArray[np.uint8], digits: Sequence[Digit], explained: int, classifier: Classifier
) -> dict[str, Any]:
    """The answer as `live.panel` takes it.

    Args:
        pixels: the canvas that was read (see `read`).
        digits: what was read, at least one, from left to right.
        explained: the place of the digit whose probabilities and glyph are shown.
        classifier: the model that read it.
    """
    digit = digits[explained]
    text = phrases.number_text(digits)
    verdict = phrases.number_verdict(digits, classifier.labels)
    is_dot = phrases.is_dot(digit)
    return {
        "text": text,
        "verdict": verdict,
        "spoken": f"Read as {text}. {verdict}" if "?" not in text else verdict,
        "explained": phrases.digit_text(digit),
        # The probabilities of a dot would only mislead.
        "probabilities": None if is_dot else list(digit.prediction.probabilities),
        "alt": "" if is_dot else bars_alt(digit, classifier.labels),
        "isDigit": digit.prediction.is_digit,
        "isSure": digit.prediction.is_sure,
        "labels": list(classifier.labels),
        "glyph": b64encode(digit.glyph.pixels.tobytes()).decode("ascii"),
        "title": resources.model_title(classifier.name),
        "advice": _advice(pixels, digits, classifier),
    }


def bars_alt(digit: Digit, labels: Sequence[str]) -> str:
    """The bars in words: every label that is not negligible, the most probable first."""
    ranked = sorted(zip(digit.prediction.probabilities, labels, strict=True), reverse=True)
    named = [f"{label} {phrases.percent(value)}" for value, label in ranked if value >= MIN_SPOKEN]
    return f"Probabilities: {', '.join(named)}. All others are below {100 * MIN_SPOKEN:g} %."


def _advice(pixels: NDArray[np.uint8], digits: Sequence[Digit], classifier: Classifier) -> str:
    """A sentence of advice where the answer is unsure; else empty."""
    if all(digit.prediction.is_sure for digit in digits):
        return ""
    from inkling.explain.advice import advice_on
    from inkling.imaging import ink

    return advice_on(ink.from_canvas(pixels), digits, classifier)
