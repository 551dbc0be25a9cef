"""Whether a page lies on its side or upside down."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from inkling.deadline import NO_DEADLINE, Deadline
from inkling.imaging.glyph import to_glyphs
from inkling.imaging.pixels import Pixels
from inkling.layout.components import digit_height, find_components
from inkling.layout.page_layout import PageLayout
from inkling.recognition.classifier import Classifier
from inkling.recognition.confidence import evidence

# A page is turned when its components look like digits by this factor more once they are turned.
TURNED_FACTOR = 1.35
# They must then look at least this much like digits, on average, 0..1.
MIN_LIKENESS = 0.5
# Components that are examined, at most; a page with fewer than the second is left as it lies.
MAX_COMPONENTS = 80
MIN_COMPONENTS = 4
# Sizes of the components that are examined, in digit heights.
SIZES = (0.6, 1.6)
# This label does not count, because anything long looks like it whichever way it lies.
ONE = "1"


def quarter_turns(
    layout: PageLayout, classifier: Classifier, deadline: Deadline = NO_DEADLINE
) -> int:
    """Turns to the left by 90 degrees that make a page upright: 0 to 3.

    Components of a digit's size are classified one by one, as they lie and turned.

    Raises:
        DeadlineError: it took too long.
    """
    if layout.is_crop or layout.page_ink is None:
        return 0
    ink = layout.page_ink
    height = digit_height(ink)
    low, high = (size * height for size in SIZES)
    components = [
        component
        for component in find_components(ink)[1]
        if low <= max(component.box[2:]) <= high and not component.at_edge
    ]
    if len(components) < MIN_COMPONENTS:
        return 0
    components = sorted(components, key=lambda component: -component.area)[:MAX_COMPONENTS]
    boxes = [component.box for component in components]
    patches = [np.pad(ink[y : y + h, x : x + w], 2) for x, y, w, h in boxes]
    as_it_lies = _likeness(patches, 0, classifier, deadline)
    if TURNED_FACTOR * as_it_lies > 1.0:
        return 0
    turned = {turns: _likeness(patches, turns, classifier, deadline) for turns in (1, 2, 3)}
    best = max(turned, key=lambda turns: turned[turns])
    if turned[best] < max(MIN_LIKENESS, TURNED_FACTOR * as_it_lies):
        return 0
    return best


def _likeness(
    patches: list[Pixels], turns: int, classifier: Classifier, deadline: Deadline
) -> float:
    """How much components look like digits once turned to the left, 0..1."""

    def turned() -> Iterator[Pixels]:
        for patch in patches:
            deadline.check()
            yield np.ascontiguousarray(np.rot90(patch, turns))

    glyphs = to_glyphs(turned())
    p = classifier.probabilities(glyphs)
    is_one = np.array([label == ONE for label in classifier.labels])
    counted = ~is_one[p.argmax(axis=1)]
    return float((evidence(p) * p.max(axis=1))[counted].mean()) if counted.any() else 0.0
