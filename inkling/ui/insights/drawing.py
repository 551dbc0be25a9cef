"""The drawing of the Draw page, for sections that show it among the test digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from inkling.ui.draw import canvas, kept, prediction
from inkling.ui.shared import visit

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit


def drawn_digits(classifier: Classifier) -> Sequence[Digit]:
    """The digits of this session's drawing as a classifier reads them; empty without a drawing."""
    # The page may have been reloaded since it was drawn.
    visit.restore(kept)
    pixels = canvas.session_pixels()
    return prediction.read(pixels, classifier) if pixels is not None else ()
