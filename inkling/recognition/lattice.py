"""The lattice of a drawing: what may be a digit where, and what the classifier says of it.

Components that are certainly one digit are not cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.layout.components import Component
from inkling.layout.drawing import DrawingLayout
from inkling.recognition.candidates import (
    Candidate,
    candidates,
    label_costs,
    line_height,
    whole_glyphs,
)
from inkling.recognition.classifier import Classifier
from inkling.recognition.oversegment import Segments, oversegment, unite
from inkling.recognition.search import LatticePath

# A component is not cut when the classifier gives one label this much more than the least one.
WHOLE_PROBABILITY = 0.97
# A rejected component lower than this, in line heights, is a speck or a comma.
MIN_REJECTED_HEIGHT = 0.35
# Widest digit that the classifier may read without the line model, in line heights.
MAX_CERTAIN_WIDTH = 1.1
# A component between these heights whose middle is this far above the line's middle may be a
# power; all in line heights.
POWER_HEIGHTS = (0.35, 0.8)
POWER_RAISE = 0.3
# Glyphs that the classifier is given at once: many batches, and well under a second.
GLYPHS_PER_CALL = 1024
# Fewest rejected components in a word; there must be as many of them as of digits.
MIN_REJECTED = 4


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """A line's candidates with what they cost as each label.

    Attributes:
        line: the components.
        segments: what they were cut into.
        candidates: what may be a digit, and what may be rejected.
        probabilities: float32 (candidates, labels), the classifier's; 0 for rejected ones.
        costs: float64 (candidates, labels), in nats.
    """

    line: tuple[Component, ...]
    segments: Segments
    candidates: list[Candidate]
    probabilities: NDArray[np.float32]
    costs: NDArray[np.float64]

    def is_rejected(self, candidate: Candidate) -> bool:
        """Whether a candidate says nothing, although it is too high for a speck or a comma."""
        return (
            candidate.glyph is None
            and candidate.box[3] > MIN_REJECTED_HEIGHT * self.segments.height
        )

    def is_certain(self, path: LatticePath, confidence: float) -> bool:
        """Whether a path needs no line model: digits stand apart, each at least this probable."""
        for index, label in path.steps:
            candidate = self.candidates[index]
            if self.is_rejected(candidate):
                return False
            if candidate.glyph is None:
                continue
            is_doubtful = self.probabilities[index, label] < confidence
            if is_doubtful or candidate.width > MAX_CERTAIN_WIDTH:
                return False
        return not self.touching_steps(path)

    def is_word(self, path: LatticePath) -> bool:
        """Whether most of what is as high as digits is rejected."""
        steps = [self.candidates[index] for index, _ in path.steps]
        rejected = sum(self.is_rejected(each) for each in steps)
        digits = sum(each.glyph is not None for each in steps)
        return rejected >= max(MIN_REJECTED, digits)

    def has_powers(self) -> bool:
        """Whether small components stand so high that they are off the line model's image."""
        height = self.segments.height
        low, high = (part * height for part in POWER_HEIGHTS)
        middle = float(np.median([component.middle for component in self.line]))
        return any(
            low < component.box[3] < high and middle - component.middle > POWER_RAISE * height
            for component in self.line
        )

    def touching_steps(self, path: LatticePath) -> set[int]:
        """Digits of a path that touch: steps that share a component."""
        owners: list[set[int]] = []
        for index, _ in path.steps:
            candidate = self.candidates[index]
            run = self.segments.segments[candidate.first : candidate.last]
            owners.append({segment.component for segment in run})
        times = Counter(component for components in owners for component in components)
        shared = {component for component, count in times.items() if count > 1}
        return {step for step, components in enumerate(owners) if components & shared}


def make_lattice(layout: DrawingLayout, classifier: Classifier) -> Lattice | None:
    """The lattice of a drawing; None without ink."""
    if not layout.line:
        return None
    segments = oversegment(layout, line_height(layout.line))
    segments = _unite_whole_digits(segments, classifier)
    found = candidates(segments)
    rows = [row for row, each in enumerate(found) if each.glyph is not None]
    if not rows:
        return None
    glyphs = [each.glyph.pixels for each in found if each.glyph is not None]
    probabilities = np.zeros((len(found), len(classifier.labels)), np.float32)
    probabilities[rows] = _probabilities(glyphs, classifier)
    costs = label_costs(found, probabilities, classifier.labels)
    return Lattice(layout.line, segments, found, probabilities, costs)


def _probabilities(glyphs: Sequence[Pixels], classifier: Classifier) -> NDArray[np.float32]:
    """Label probabilities of any number of glyphs, float32 (n, labels)."""
    return np.concatenate(
        [
            classifier.probabilities(np.stack(glyphs[start : start + GLYPHS_PER_CALL]))
            for start in range(0, len(glyphs), GLYPHS_PER_CALL)
        ]
    )


def _unite_whole_digits(segments: Segments, classifier: Classifier) -> Segments:
    """The segments with each component that is certainly one digit in one.

    Most digits are such, and each saves the classifier half a dozen parts of it.
    """
    whole = whole_glyphs(segments)
    if not whole:
        return segments
    answers = _probabilities([glyph.pixels for glyph in whole.values()], classifier)
    least = answers.min(axis=1, keepdims=True)
    is_whole = (answers - least).max(axis=1) >= WHOLE_PROBABILITY
    united = {component for component, is_one in zip(whole, is_whole, strict=True) if is_one}
    return unite(segments, united) if united else segments
