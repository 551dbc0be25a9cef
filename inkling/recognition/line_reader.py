"""A drawing's ink to digits: its lattice, weighed by the line model.

The lattice (`lattice`) knows where each digit stands and is sure of digits that stand apart; the
line model (`line_model`) reads digits that touch. Each proposes hypotheses about the whole line and
gives the probability of every one; the best together wins, and its path through the lattice gives
the boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inkling.engine import ModelFileError
from inkling.geometry import Box
from inkling.imaging.glyph import GlyphKind
from inkling.layout.drawing import DrawingLayout
from inkling.recognition import line_model
from inkling.recognition.classifier import Classifier
from inkling.recognition.confidence import LineVerdict, predict
from inkling.recognition.config import (
    CTC_WEIGHT,
    EARLY_EXIT_CONFIDENCE,
    GLYPH_WEIGHT,
    MAX_LINE_COMPONENTS,
    PROPOSALS,
    SCALES,
    SURE_POSTERIOR,
    TEMPERATURE,
)
from inkling.recognition.ctc import beam_search, ctc_log_likelihoods
from inkling.recognition.lattice import Lattice, make_lattice
from inkling.recognition.line_image import ink_image
from inkling.recognition.line_model import LineModel
from inkling.recognition.results import Digit, Prediction
from inkling.recognition.search import LatticePath, best_path, forced_alignment

# A path through the lattice and its posterior, 0..1.
Hypothesis = tuple[LatticePath, float]
# What stands in a line from left to right, with its box; None for what was rejected.
Items = list[tuple[Digit | None, Box]]
# Widest gap between a digit and something rejected beside it, in digit heights.
WORD_GAP = 0.5
# Something rejected that is at least this high, in digit heights, may have been a digit.
MISSED_HEIGHT = 0.75


def read_line(layout: DrawingLayout, classifier: Classifier) -> list[Digit | None]:
    """What stands in a drawing, from left to right; None for what was rejected.

    Digits that the classifier takes for none are kept: their prediction says so.

    Args:
        layout: the drawing.
        classifier: any model; the line model helps those with its own labels.
    """
    model = _model(classifier)
    lattice = make_lattice(layout, classifier)
    if lattice is None:
        return []
    items = _items(lattice, _hypotheses(layout, lattice, model), classifier)
    return _doubt_beside_rejected(items, lattice.segments.height)


def _model(classifier: Classifier) -> LineModel | None:
    """The line model of drawings, if it knows the classifier's labels.

    Without it, drawings are read by their lattices alone; `reader.drawing` says so.
    """
    try:
        model = line_model.load(line_model.DRAWN)
    except ModelFileError:
        return None
    return model if model.labels == classifier.labels else None


def _hypotheses(
    layout: DrawingLayout, lattice: Lattice, model: LineModel | None
) -> list[Hypothesis]:
    """Paths through a line with their posteriors, best first."""
    path = best_path(lattice.candidates, lattice.costs)
    is_long = len(lattice.line) > MAX_LINE_COMPONENTS
    is_certain = lattice.is_certain(path, EARLY_EXIT_CONFIDENCE)
    # The line model knows no words and no powers.
    is_other = lattice.is_word(path) or lattice.has_powers()
    if model is None or is_long or is_certain or is_other:
        return [(path, 1.0)]
    views = [
        model.log_probabilities(ink_image(layout, scale * lattice.segments.height))
        for scale in SCALES
    ]
    proposed = [path.labels]
    for log_p in views:
        proposed += beam_search(log_p, PROPOSALS)
    found: list[tuple[LatticePath, float]] = []
    texts = list(dict.fromkeys([*proposed, ()]))
    scores = np.mean([ctc_log_likelihoods(log_p, texts) for log_p in views], axis=0)
    for text, score in zip(texts, scores.tolist(), strict=True):
        aligned = forced_alignment(lattice.candidates, lattice.costs, text)
        if aligned is not None:
            found.append((aligned, aligned.cost - CTC_WEIGHT * score))
    found.sort(key=lambda item: item[1])
    if not found or not np.isfinite(found[0][1]):
        return [(path, 1.0)]
    total = np.array([cost for _, cost in found])
    weights = np.exp((total[0] - total) / TEMPERATURE)
    weights /= weights.sum()
    return [(one, float(weight)) for (one, _), weight in zip(found, weights, strict=True)]


def _items(lattice: Lattice, hypotheses: Sequence[Hypothesis], classifier: Classifier) -> Items:
    """The best path's digits and rejected components with their boxes."""
    items: Items = []
    for step in hypotheses[0][0].steps:
        candidate = lattice.candidates[step[0]]
        if lattice.is_rejected(candidate):
            items.append((None, candidate.box))
        if candidate.glyph is None:
            continue
        prediction = _prediction(lattice, hypotheses, step, classifier)
        glyph = replace(candidate.glyph, box=candidate.box)
        items.append((Digit.of(prediction, glyph), candidate.box))
    return items


def _doubt_beside_rejected(items: Items, height: float) -> list[Digit | None]:
    """A line's digits, not sure beside something rejected that may have been a digit, too.

    Args:
        items: what stands in the line.
        height: of its digits, in pixels.
    """
    doubted = [digit for digit, _ in items]
    for place, (digit_there, box) in enumerate(items):
        if digit_there is not None or box[3] < MISSED_HEIGHT * height:
            continue
        for other in (place - 1, place + 1):
            digit = doubted[other] if 0 <= other < len(doubted) else None
            if digit is None:
                continue
            x, _, width, _ = items[other][1]
            if max(x - box[0] - box[2], box[0] - x - width) <= WORD_GAP * height:
                doubted[other] = replace(digit, prediction=replace(digit.prediction, is_sure=False))
    return doubted


def _prediction(
    lattice: Lattice,
    hypotheses: Sequence[Hypothesis],
    step: tuple[int, int],
    classifier: Classifier,
) -> Prediction:
    """The prediction of a glyph on the best path: the classifier's with the line's posterior."""
    index, label = step
    row = lattice.probabilities[index]
    glyph = lattice.candidates[index].glyph
    limits = classifier.report.calibration
    own = confidence = float(row[label])
    is_sure = own >= limits.sure_of(label)
    if len(hypotheses) > 1:
        posterior = sum(weight for path, weight in hypotheses if step in path.steps)
        if len(hypotheses[0][0].labels) == 1:
            # A component alone is what the classifier knows best, and may be no digit at all. Where
            # the line chose another label than the classifier, its posterior made the choice.
            confidence = min(own, posterior) if own == row.max() else posterior
        else:
            confidence = posterior ** (1.0 - GLYPH_WEIGHT) * own**GLYPH_WEIGHT
        # One reading of a scribble may also be far more probable than the others. What was cut out
        # of touching digits is sure only where any label would be.
        is_sure = confidence >= SURE_POSTERIOR and own >= limits.sure
    shown = row if confidence == own else _label_posteriors(lattice, hypotheses, step, confidence)
    is_dot = glyph is not None and glyph.kind is GlyphKind.DOT
    verdict = LineVerdict(label, confidence, is_sure, shown)
    return predict(row, classifier.labels, limits, is_dot=is_dot, line=verdict)


def _label_posteriors(
    lattice: Lattice,
    hypotheses: Sequence[Hypothesis],
    step: tuple[int, int],
    confidence: float,
) -> NDArray[np.float64]:
    """Label probabilities of a digit on the best path, float64 (labels,), summing to 1.

    `confidence` goes to its own label and the rest to the labels that other hypotheses have in its
    place. What is left then is shared by all other labels alike.
    """
    index, label = step
    here = lattice.candidates[index]
    posteriors = np.zeros(lattice.probabilities.shape[1])
    for path, weight in hypotheses:
        # The label of the step that shares most segments with this one.
        common, other_label = max(
            (min(here.last, other.last) - max(here.first, other.first), other_label)
            for other, other_label in (
                (lattice.candidates[place], other_label) for place, other_label in path.steps
            )
        )
        if common > 0 and other_label >= 0:
            posteriors[other_label] += weight
    posteriors[label] = 0.0
    rest, others = 1.0 - confidence, float(posteriors.sum())
    if others > rest:
        posteriors *= rest / others
    else:
        posteriors += (rest - others) / (len(posteriors) - 1)
    posteriors[label] = confidence
    return posteriors
