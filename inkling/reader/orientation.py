"""Whether a page lies on its side or upside down."""

from __future__ import annotations

import numpy as np

from inkling.imaging.glyph import to_glyphs
from inkling.imaging.pixels import Pixels
from inkling.layout.components import digit_height, find_components
from inkling.layout.page import Prepared
from inkling.recognition.classifier import Classifier
from inkling.recognition.confidence import evidence

# A page lies on its side or head when its marks, turned, are so much more like digits, ...
TURNED = 1.35
# ... and so much like digits at all, on average over this many.
LIKE_DIGITS = 0.5
MARKS = 80
FEWEST_MARKS = 4


def quarter_turns(prepared: Prepared, classifier: Classifier) -> int:
    """How often a page must be turned to the left by 90 degrees to read upright: 0 to 3.

    Marks of a digit's size are looked at one by one, as they lie and turned.
    """
    if prepared.is_crop:
        return 0
    ink = prepared.plain
    height = digit_height(ink)
    marks = [
        mark
        for mark in find_components(ink)[1]
        if 0.6 * height <= max(mark.box[2:]) <= 1.6 * height and not mark.at_edge
    ]
    if len(marks) < FEWEST_MARKS:
        return 0
    marks = sorted(marks, key=lambda mark: -mark.area)[:MARKS]
    patches = [np.pad(ink[y : y + h, x : x + w], 2) for x, y, w, h in (m.box for m in marks)]
    as_it_lies = _likeness(patches, 0, classifier)
    if TURNED * as_it_lies > 1.0:
        return 0
    turned = {turns: _likeness(patches, turns, classifier) for turns in (1, 2, 3)}
    best = max(turned, key=lambda turns: turned[turns])
    if turned[best] < max(LIKE_DIGITS, TURNED * as_it_lies):
        return 0
    return best


def _likeness(patches: list[Pixels], turns: int, classifier: Classifier) -> float:
    """How like digits some marks are, turned to the left so often: 0 to 1."""
    glyphs = to_glyphs(np.ascontiguousarray(np.rot90(patch, turns)) for patch in patches)
    p = classifier.probabilities(glyphs)
    # Ones look like anything long, whichever way it lies.
    counted = p.argmax(axis=1) != 1
    return float((evidence(p) * p.max(axis=1))[counted].mean()) if counted.any() else 0.0
