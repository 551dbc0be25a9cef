"""The lattices of a sheet's lines: what may be a digit where, and what the classifier says of it.

All lines are asked about at once; what is certainly one digit is not cut. Here is also told which
lines are plain, which are words, and which have powers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.layout.components import Component
from inkling.layout.lines import PageLayout
from inkling.recognition.candidates import (
    Candidate,
    candidates,
    cut_marks,
    label_costs,
    line_height,
)
from inkling.recognition.classifier import Classifier
from inkling.recognition.oversegment import Pieces, cut, unite
from inkling.recognition.search import Path

# A mark this certainly one digit is not cut at all.
CERTAIN = 0.97
# A way is not taken at once where something higher than this part of the line was left out.
LEFT_OUT = 0.35
# A small mark so far above the line's middle, in digit heights, may be a power.
RAISED = 0.3
# So many marks may be a line of words.
TEXT = 12
# A line of so many marks is one of words if its best reading costs so much a mark: rows of digits
# cost a half, messy ones with signs among them two.
PROSE_COST = 2.6
# Where nothing is surely a digit, so much is none, and as much as may be one: scribbles.
SCRIBBLE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """A line's candidates with what they cost as each label."""

    line: tuple[Component, ...]
    pieces: Pieces
    found: list[Candidate]
    probabilities: NDArray[np.float32]
    costs: NDArray[np.float64]

    def is_left_out(self, candidate: Candidate) -> bool:
        """Whether it says nothing, and is too high for a speck or a comma."""
        return candidate.glyph is None and candidate.box[3] > LEFT_OUT * self.pieces.height

    def is_certain(self, path: Path, certain: float) -> bool:
        """Whether the digits of a way stand apart and are plain: each so certain, none cut."""
        for index, label in path.steps:
            candidate = self.found[index]
            if self.is_left_out(candidate):
                return False
            if candidate.glyph is None:
                continue
            if self.probabilities[index, label] < certain or candidate.width > 1.1:
                return False
        return not self.parted(path)

    def is_prose(self, path: Path) -> bool:
        """Whether a line's marks are so unlike digits that they must be letters."""
        count = len(self.line)
        return count >= TEXT and path.cost > PROSE_COST * count

    def is_word(self, path: Path) -> bool:
        """Whether most of what is as high as digits is left out."""
        steps = [self.found[index] for index, _ in path.steps]
        others = sum(self.is_left_out(each) for each in steps)
        digits = sum(each.glyph is not None for each in steps)
        return others >= max(SCRIBBLE, digits)

    def has_powers(self) -> bool:
        """Whether small marks stand so high in the line that the network does not see them."""
        height = self.pieces.height
        middle = float(np.median([mark.middle for mark in self.line]))
        return any(
            0.35 * height < mark.box[3] < 0.8 * height and middle - mark.middle > RAISED * height
            for mark in self.line
        )

    def parted(self, path: Path, least: int = 2) -> set[int]:
        """The steps of a way that share a mark, at least so many of them: digits that touch."""
        owners: list[set[int]] = []
        for index, _ in path.steps:
            candidate = self.found[index]
            run = self.pieces.pieces[candidate.first : candidate.last]
            owners.append({piece.mark for piece in run})
        times = Counter(mark for marks in owners for mark in marks)
        shared = {mark for mark, count in times.items() if count >= least}
        return {step for step, marks in enumerate(owners) if marks & shared}


def lattices(sheet: PageLayout, classifier: Classifier) -> list[Lattice]:
    """The lattices of a sheet's lines, from top to bottom; lines of nothing have none."""
    cuts = [cut(sheet, line, line_height(line)) for line in sheet.lines]
    cuts = _without_needless_cuts(cuts, classifier)
    per_line = [candidates(pieces) for pieces in cuts]
    glyphs = [each.glyph.pixels for found in per_line for each in found if each.glyph is not None]
    if not glyphs:
        return []
    # One batch for the whole page: the classifier works through it without waiting for us.
    answers = classifier.probabilities(np.stack(glyphs))
    made = []
    start = 0
    for line, pieces, found in zip(sheet.lines, cuts, per_line, strict=True):
        rows = [row for row, each in enumerate(found) if each.glyph is not None]
        probabilities = np.zeros((len(found), answers.shape[1]), np.float32)
        probabilities[rows] = answers[start : start + len(rows)]
        start += len(rows)
        if found:
            costs = label_costs(found, probabilities)
            made.append(Lattice(line, pieces, found, probabilities, costs))
    return made


def _without_needless_cuts(cuts: list[Pieces], classifier: Classifier) -> list[Pieces]:
    """Lines with those marks in one piece that are certainly one digit: most of them, on paper
    and on a canvas, and each spares the classifier half a dozen parts of it."""
    asked = [
        (line, mark, glyph)
        for line, pieces in enumerate(cuts)
        for mark, glyph in cut_marks(pieces).items()
    ]
    if not asked:
        return cuts
    answers = classifier.probabilities(np.stack([glyph.pixels for _, _, glyph in asked]))
    certain = (answers - answers.min(axis=1, keepdims=True)).max(axis=1) >= CERTAIN
    united: list[set[int]] = [set() for _ in cuts]
    for (line, mark, _), is_whole in zip(asked, certain.tolist(), strict=True):
        if is_whole:
            united[line].add(mark)
    return [
        unite(pieces, marks) if marks else pieces
        for pieces, marks in zip(cuts, united, strict=True)
    ]
