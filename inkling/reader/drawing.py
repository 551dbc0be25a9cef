"""Reading a drawing, or a picture of a single digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inkling.imaging.glyph import Glyph, to_glyph
from inkling.imaging.pixels import Pixels
from inkling.layout.components import main_cluster
from inkling.layout.drawing import canvas_layout
from inkling.reader.numbers import read_numbers
from inkling.recognition import line_model
from inkling.recognition.classifier import Classifier
from inkling.recognition.results import Digit, Line, Number, Prediction, Reading


def read_ink(ink: Pixels, classifier: Classifier) -> Reading:
    """Read a drawing: one digit, or several side by side.

    What was drawn is kept even if it is no digit; its prediction says so.

    Args:
        ink: uint8 (h, w), 0 paper, 255 pen, as `ink.from_canvas` gives it.
        classifier: any model.
    """
    height, width = ink.shape
    numbers = read_numbers(canvas_layout(ink), classifier)
    if not numbers:
        # Everything was rejected; if something was drawn, show what it looks like most.
        glyph, prediction = read_digit(ink, classifier)
        if prediction is not None:
            numbers = (Number((Digit.of(prediction, glyph),)),)
    return Reading((Line(numbers),) if numbers else (), width, height, warnings())


def warnings() -> tuple[str, ...]:
    """Why drawings are read less well than they could be: sentences for people, or none."""
    problem = line_model.problem(line_model.DRAWN)
    if not problem:
        return ()
    return (
        f"Digits that touch are read less well than they should be: {problem} "
        "Restore it from the repository or train it again.",
    )


def read_digit(ink: Pixels, classifier: Classifier) -> tuple[Glyph, Prediction | None]:
    """Read a picture of a single digit, ignoring specks and borders around it.

    Args:
        ink: uint8 (h, w), as `ink.from_image` or `ink.from_canvas` gives it.
        classifier: any model.

    Returns:
        The glyph and its prediction; None when there is no ink.
    """
    glyph = to_glyph(main_cluster(ink))
    return glyph, classifier.predict_glyph(glyph)


def export_digit(file: str, prediction: Prediction | None, labels: Sequence[str]) -> dict[str, Any]:
    """A prediction as `classify --format json` writes it: plain values, ready for JSON.

    Args:
        file: the picture's name.
        prediction: of its digit; None for a picture without ink.
        labels: of the model.
    """
    if prediction is None:
        confidence, probabilities = 0.0, [0.0] * len(labels)
    else:
        confidence = round(prediction.confidence, 4)
        probabilities = [round(value, 6) for value in prediction.probabilities]
    return {
        "file": file,
        "digit": None if prediction is None else prediction.digit,
        "confidence": confidence,
        "is_digit": prediction is not None and prediction.is_digit,
        "probabilities": probabilities,
    }
