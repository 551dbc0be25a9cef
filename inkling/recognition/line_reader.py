"""A line's ink to digits: its lattice, weighed by the line model.

The lattice (`lattice`) knows where each digit stands and is sure of digits that stand apart; the
line model (`line_model`) reads digits that touch. Each proposes hypotheses about the whole line and
gives the probability of every one; the best together wins, and its path through the lattice gives
the boxes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inkling.deadline import NO_DEADLINE, Deadline, DeadlineError
from inkling.imaging.glyph import GlyphKind
from inkling.layout.components import Component
from inkling.layout.page_layout import PageLayout
from inkling.recognition import line_model, rejection
from inkling.recognition.classifier import Classifier
from inkling.recognition.confidence import LineVerdict, predict
from inkling.recognition.config import (
    CROP,
    GLYPH_WEIGHT,
    MAX_LINE_COMPONENTS,
    MIN_LOG_PROB_PER_DIGIT,
    MIN_MARGIN_OVER_EMPTY,
    MIN_SCRIBBLE_DIGITS,
    PAGE,
    PROPOSALS,
    SURE_POSTERIOR,
    ReadingConfig,
)
from inkling.recognition.ctc import beam_search, ctc_log_likelihood
from inkling.recognition.lattice import Lattice, lattices
from inkling.recognition.line_image import darkness_image, ink_image
from inkling.recognition.line_model import LineModel
from inkling.recognition.rejection import Items, LineHypothesis, Source
from inkling.recognition.results import Digit, Prediction
from inkling.recognition.search import LatticePath, best_path, forced_alignment

# A path through the lattice and its posterior, 0..1.
Hypothesis = tuple[LatticePath, float]
# Lines are read together until they have this many components: enough glyphs for the classifier to
# work without waiting, and few enough that a page which runs out of time has its first lines.
GROUP_COMPONENTS = 64


def read_lines(
    layout: PageLayout,
    classifier: Classifier,
    *,
    keep_all: bool,
    source: Source = "drawing",
    deadline: Deadline = NO_DEADLINE,
) -> list[list[Digit | None]]:
    """What stands in each line of a layout, from left to right; None for what is no digit.

    The lines for which the time is too short are left out.

    Args:
        layout: its lines.
        classifier: any model; the line model helps those with its own labels.
        keep_all: keep digits that the classifier takes for none, too.
        source: a page may hold scribbles and nothing else; a crop of a line or two is examined more
            closely; a drawing is wanted at once.
        deadline: for all lines.
    """
    config = CROP if source == "crop" else PAGE
    model = line_model.load()
    if model is not None and model.labels != classifier.labels:
        model = None
    lines = list(_read_in_time(layout, model, classifier, config, source, deadline))
    if keep_all:
        return rejection.keep_all(lines)
    if source == "crop":
        return rejection.keep_in_crop(lines)
    return rejection.keep_on_page(lines, source)


def _read_in_time(
    layout: PageLayout,
    model: LineModel | None,
    classifier: Classifier,
    config: ReadingConfig,
    source: Source,
    deadline: Deadline,
) -> Iterator[LineHypothesis]:
    """The best readings of the lines, from top to bottom, until the time is over."""
    try:
        for group in _groups(layout):
            for lattice in lattices(group, classifier, deadline):
                yield _hypothesis(group, lattice, model, classifier, config, source, deadline)
    except DeadlineError:
        return


def _groups(layout: PageLayout) -> Iterator[PageLayout]:
    """A layout's lines from top to bottom, in groups of about `GROUP_COMPONENTS` components."""
    group: list[tuple[Component, ...]] = []
    for line in layout.lines:
        group.append(line)
        if sum(map(len, group)) >= GROUP_COMPONENTS:
            yield replace(layout, lines=tuple(group))
            group = []
    if group:
        yield replace(layout, lines=tuple(group))


def _hypothesis(
    layout: PageLayout,
    lattice: Lattice,
    model: LineModel | None,
    classifier: Classifier,
    config: ReadingConfig,
    source: Source,
    deadline: Deadline,
) -> LineHypothesis:
    """The best reading of one line.

    Raises:
        DeadlineError: it took too long.
    """
    hypotheses, is_confirmed = _hypotheses(layout, lattice, model, config, deadline)
    path, posterior = hypotheses[0]
    is_refuted = source == "page" and is_confirmed is False
    scribble = lattice.touching_steps(path, MIN_SCRIBBLE_DIGITS) if is_refuted else set[int]()
    items, touching = _items(lattice, hypotheses, classifier, scribble, has_words=config.has_words)
    is_prose = source == "page" and lattice.is_prose(path)
    confirmed = touching if is_confirmed and source != "crop" else frozenset[int]()
    return LineHypothesis(items, lattice.segments.height, posterior, confirmed, is_prose)


def _hypotheses(
    layout: PageLayout,
    lattice: Lattice,
    model: LineModel | None,
    config: ReadingConfig,
    deadline: Deadline,
) -> tuple[list[Hypothesis], bool | None]:
    """Paths through a line with their posteriors, best first, and whether the line model confirms.

    The second value is whether the line model alone is sure of the best path; None when it was not
    asked.
    """
    path = best_path(lattice.candidates, lattice.costs)
    is_long = len(lattice.line) > MAX_LINE_COMPONENTS
    is_certain = lattice.is_certain(path, config.early_exit_confidence)
    is_other = config.has_words and (lattice.is_word(path) or lattice.has_powers())
    if model is None or is_long or is_certain or is_other:
        return [(path, 1.0)], None
    views = _views(layout, lattice, model, config, deadline)
    proposed = [path.labels]
    for log_p, _ in views:
        proposed += beam_search(log_p, PROPOSALS)
    scores: dict[tuple[int, ...], float] = {}
    found: list[tuple[LatticePath, float]] = []
    for labels in dict.fromkeys([*proposed, ()]):
        deadline.check()
        score = sum(weight * ctc_log_likelihood(log_p, labels) for log_p, weight in views)
        scores[labels] = score
        aligned = forced_alignment(lattice.candidates, lattice.costs, labels)
        if aligned is not None:
            gain = config.ctc_weight * score + config.length_bonus * len(labels)
            found.append((aligned, aligned.cost - gain))
    found.sort(key=lambda item: item[1])
    if not found or not np.isfinite(found[0][1]):
        return [(path, 1.0)], False
    total = np.array([cost for _, cost in found])
    weights = np.exp((total[0] - total) / config.temperature)
    weights /= weights.sum()
    hypotheses = [(one, float(weight)) for (one, _), weight in zip(found, weights, strict=True)]
    return hypotheses, _is_confirmed(scores, found[0][0].labels)


def _is_confirmed(scores: Mapping[tuple[int, ...], float], best: tuple[int, ...]) -> bool:
    """Whether the line model alone is sure of the best reading, if it has several digits.

    Args:
        scores: its log-probability of each reading, including the empty one, in nats.
        best: the reading that was chosen.
    """
    count, score = len(best), scores[best]
    return (
        count > 1
        and score >= MIN_LOG_PROB_PER_DIGIT * count
        and score - scores[()] >= MIN_MARGIN_OVER_EMPTY * count
    )


def _views(
    layout: PageLayout,
    lattice: Lattice,
    model: LineModel,
    config: ReadingConfig,
    deadline: Deadline,
) -> list[tuple[NDArray[np.float64], float]]:
    """The line model's log-probabilities for each image of a line, with weights that sum to 1.

    In the line's own ink faint strokes are broken, but ruling lines and grain are gone; the picture
    itself has all of them.
    """
    images = []
    darkness_weight = 0.0 if layout.darkness is None else config.darkness_weight
    for scale in config.scales:
        height = scale * lattice.segments.height
        images.append((ink_image(layout, lattice.line, height), 1.0 - darkness_weight))
        darkness = darkness_image(layout, lattice.line, height) if darkness_weight else None
        if darkness is not None:
            images.append((darkness, darkness_weight))
    views = []
    for image, part in images:
        deadline.check()
        views.append((model.log_probabilities(image), part / len(config.scales)))
    return views


def _items(
    lattice: Lattice,
    hypotheses: Sequence[Hypothesis],
    classifier: Classifier,
    scribble: set[int],
    *,
    has_words: bool,
) -> tuple[Items, frozenset[int]]:
    """The best path's digits and rejected components with their boxes.

    The second value holds the places of the digits that touch another one.

    Args:
        scribble: steps of the best path that are a scribble.
        has_words: see `ReadingConfig`.
    """
    items: Items = []
    touching: set[int] = set()
    path = hypotheses[0][0]
    touching_steps = lattice.touching_steps(path)
    for number, step in enumerate(path.steps):
        candidate = lattice.candidates[step[0]]
        if lattice.is_rejected(candidate) or number in scribble:
            items.append((None, candidate.box))
        if candidate.glyph is None or number in scribble:
            continue
        prediction = _prediction(lattice, hypotheses, step, classifier, has_words=has_words)
        glyph = replace(candidate.glyph, box=candidate.box)
        if number in touching_steps:
            touching.add(len(items))
        items.append((Digit.of(prediction, glyph), candidate.box))
    return items, frozenset(touching)


def _prediction(
    lattice: Lattice,
    hypotheses: Sequence[Hypothesis],
    step: tuple[int, int],
    classifier: Classifier,
    *,
    has_words: bool,
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
        if has_words and len(hypotheses[0][0].labels) == 1:
            # A component alone is what the classifier knows best, and may be no digit at all. Where
            # the line chose another label than the classifier, its posterior made the choice.
            confidence = min(own, posterior) if own == row.max() else posterior
        else:
            confidence = posterior ** (1.0 - GLYPH_WEIGHT) * own**GLYPH_WEIGHT
        # One reading of a scribble may also be far more probable than the others. What was cut out
        # of touching digits is sure only where any label would be.
        is_sure = confidence >= SURE_POSTERIOR and (own >= limits.sure or not has_words)
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
