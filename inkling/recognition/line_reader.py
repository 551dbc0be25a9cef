"""A line's ink to digits: its lattice, weighed by the line network.

The lattice (`lattice`) knows where each digit stands and is sure of digits that stand apart; the
line network (`line`) reads what touches. Each proposes readings of the whole line, both say how
probable each of them is, and the best together wins: its way through the lattice gives the boxes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.glyph import GlyphKind
from inkling.layout.lines import PageLayout
from inkling.recognition import ctc, line_model, rejection
from inkling.recognition.classifier import Classifier
from inkling.recognition.confidence import LineVerdict, predict
from inkling.recognition.ctc import best_labels
from inkling.recognition.lattice import CERTAIN, Lattice, lattices
from inkling.recognition.line_image import shade_strip_of, strip_of
from inkling.recognition.line_model import LineNetwork
from inkling.recognition.rejection import Source
from inkling.recognition.results import Digit, Prediction
from inkling.recognition.search import Path, best_path, path_of


@dataclass(frozen=True, slots=True)
class Manner:
    """How a line is looked at.

    Attributes:
        views: how large it sees a line, for how high digits are is but guessed.
        shade: how much it counts how the line looks in the picture, grain, rules and all, where
            that is known: 0 to 1; the rest is its own ink's.
        certain: a way through the lattice is taken at once when each of its digits is this certain;
            above 1 none is.
        trust: how much a nat of the line network counts beside one of the lattice.
        length: what each digit of a reading gets, in nats.
        mixed: whether there may be words and powers, of which the network is not asked.
        temperature: what costs are divided by before they become probabilities of readings.
    """

    views: tuple[float, ...]
    shade: float
    certain: float
    trust: float
    length: float
    mixed: bool
    temperature: float


# At 0.8 cuts through digits behind words outvote the network, at 2.0 a sample's 93 becomes 43.
USUAL = Manner((1.0, 1.15, 0.88), 0.0, CERTAIN, 1.5, 0.0, mixed=True, temperature=1.5)
# A picture of a line or two is there for its number, and there is time to look: the network is
# always asked and knows better than the lattice; both would rather leave a digit out than find one.
# What is small and raised in it is an amount's noughts.
CLOSE = Manner((1.0, 1.15, 0.88, 1.3, 0.78), 0.65, 1.01, 4.5, 0.5, mixed=False, temperature=5.0)
# Readings that the network proposes.
PROPOSALS = 8
# What a digit's own glyph says counts so much beside the readings that share it, in nats. This and
# the temperatures make confidences come true: chosen on made pairs and numbers and on cheques.
GLYPH_SAYS = 0.1
# A digit of several readings is sure from this confidence.
SURE = 0.98
LABELS = 10
# The network alone is sure of several digits from so many nats each, and when it finds them by so
# many each more probable than nothing. Chosen on made pages of touching pairs and of short words.
HEARD, RATHER = -0.1, 6.0
# So many digits that share a mark, of which the network is not sure when asked: a scrawl on a page.
SCRAWL = 3
# Lines of more marks are text or texture: numbers are shorter.
LONGEST = 40


def read_lines(
    sheet: PageLayout,
    classifier: Classifier,
    *,
    keep_all: bool,
    source: Source = "drawing",
) -> list[list[Digit | None]]:
    """What stands in each line of a sheet, from left to right; None for what is no digit.

    Args:
        sheet: its lines.
        classifier: any model; the line network helps models of ten digits alone.
        keep_all: keep digits that the classifier takes for none, too.
        source: on a whole page there may be scribbles and nothing else; a crop, of a line or two,
            is looked at more closely; of a drawing a reading is wanted at once.
    """
    manner = CLOSE if source == "crop" else USUAL
    network = line_model.load() if len(classifier.labels) == LABELS else None
    found: list[rejection.Found] = []
    for lattice in lattices(sheet, classifier):
        ways, is_heard = _chosen(sheet, lattice, network, manner)
        path, share = ways[0]
        is_doubted = source == "page" and is_heard is False
        scrawl = lattice.parted(path, SCRAWL) if is_doubted else set[int]()
        digits, parted = _digits(lattice, ways, classifier, scrawl, mixed=manner.mixed)
        is_prose = source == "page" and lattice.is_prose(path)
        heard = parted if is_heard and source != "crop" else frozenset[int]()
        found.append(rejection.Found(digits, lattice.pieces.height, share, heard, is_prose))
    if keep_all:
        return rejection.all_of_it(found)
    return rejection.of_crop(found) if source == "crop" else rejection.of_page(found, source)


def _chosen(
    sheet: PageLayout, lattice: Lattice, network: LineNetwork | None, manner: Manner
) -> tuple[list[tuple[Path, float]], bool | None]:
    """Ways through a line with their probabilities, the best first; and whether the line network
    alone is sure of the best one, None where it was not asked."""
    path = best_path(lattice.found, lattice.costs)
    is_long = len(lattice.line) > LONGEST
    is_certain = lattice.is_certain(path, manner.certain)
    is_other = manner.mixed and (lattice.is_word(path) or lattice.has_powers())
    if network is None or is_long or is_certain or is_other:
        return [(path, 1.0)], None
    views = _views(sheet, lattice, network, manner)
    proposed = [path.labels]
    for log_p, _ in views:
        proposed += best_labels(log_p, PROPOSALS)
    ways: list[tuple[Path, float]] = []
    scores = {
        labels: sum(share * ctc.score(log_p, labels) for log_p, share in views)
        for labels in dict.fromkeys([*proposed, ()])
    }
    for labels, score in scores.items():
        way = path_of(lattice.found, lattice.costs, labels)
        if way is not None:
            gain = manner.trust * score + manner.length * len(labels)
            ways.append((way, way.cost - gain))
    ways.sort(key=lambda item: item[1])
    if not ways or not np.isfinite(ways[0][1]):
        return [(path, 1.0)], False
    total = np.array([cost for _, cost in ways])
    weights = np.exp((total[0] - total) / manner.temperature)
    weights /= weights.sum()
    found = [(way, float(weight)) for (way, _), weight in zip(ways, weights, strict=True)]
    return found, _is_heard(scores, ways[0][0].labels)


def _is_heard(scores: Mapping[tuple[int, ...], float], best: tuple[int, ...]) -> bool:
    """Whether the line network alone is sure of the best reading, of several digits.

    Args:
        scores: what it gives each reading, that of nothing too, in nats.
        best: the reading that was chosen.
    """
    count, score = len(best), scores[best]
    return count > 1 and score >= HEARD * count and score - scores[()] >= RATHER * count


def _views(
    sheet: PageLayout, lattice: Lattice, network: LineNetwork, manner: Manner
) -> list[tuple[NDArray[np.float64], float]]:
    """What the line network says of a line each time it looks, and how much that counts: 1 in all.

    Faint strokes break in the line's own ink, and rules and grain are gone from it; in the picture
    itself all of them are there.
    """
    strips = []
    share = 0.0 if sheet.darkness is None else manner.shade
    for scale in manner.views:
        height = scale * lattice.pieces.height
        strips.append((strip_of(sheet, lattice.line, height), 1.0 - share))
        shade = shade_strip_of(sheet, lattice.line, height) if share else None
        if shade is not None:
            strips.append((shade, share))
    return [(network.log_probabilities(strip), part / len(manner.views)) for strip, part in strips]


def _digits(
    lattice: Lattice,
    ways: Sequence[tuple[Path, float]],
    classifier: Classifier,
    scrawl: set[int],
    *,
    mixed: bool,
) -> tuple[rejection.Marks, frozenset[int]]:
    """The digits of the best way, each as probable as the ways that have it, and what may have been
    one, with their boxes; and the places of those that touch another."""
    digits: rejection.Marks = []
    touching: set[int] = set()
    path = ways[0][0]
    parted = lattice.parted(path)
    for number, step in enumerate(path.steps):
        candidate = lattice.found[step[0]]
        if lattice.is_left_out(candidate) or number in scrawl:
            digits.append((None, candidate.box))
        if candidate.glyph is None or number in scrawl:
            continue
        prediction = _prediction(lattice, ways, step, classifier, mixed=mixed)
        glyph = replace(candidate.glyph, box=candidate.box)
        digit = Digit(prediction.label, prediction.confidence, glyph.box, prediction, glyph)
        if number in parted:
            touching.add(len(digits))
        digits.append((digit, candidate.box))
    return digits, frozenset(touching)


def _prediction(
    lattice: Lattice,
    ways: Sequence[tuple[Path, float]],
    step: tuple[int, int],
    classifier: Classifier,
    *,
    mixed: bool,
) -> Prediction:
    """What a glyph on the best way is: its own word alone, or that of the ways as well."""
    index, label = step
    row = lattice.probabilities[index]
    glyph = lattice.found[index].glyph
    limits = classifier.report.calibration
    own = confidence = float(row[label])
    is_sure = own >= limits.sure
    if len(ways) > 1:
        shared = sum(weight for way, weight in ways if step in way.steps)
        if mixed and len(ways[0][0].labels) == 1:
            # A mark alone is what the classifier knows best, and may be no digit at all.
            confidence = min(own, shared)
        else:
            confidence = shared ** (1.0 - GLYPH_SAYS) * own**GLYPH_SAYS
        # Of a scribble, too, one reading may be far more probable than the others.
        is_sure = confidence >= SURE and (is_sure or not mixed)
    says = row if confidence == own else _shares(lattice, ways, step, confidence)
    is_dot = glyph is not None and glyph.kind is GlyphKind.DOT
    verdict = LineVerdict(label, confidence, is_sure, says)
    return predict(row, classifier.labels, limits, is_dot=is_dot, line=verdict)


def _shares(
    lattice: Lattice, ways: Sequence[tuple[Path, float]], step: tuple[int, int], confidence: float
) -> NDArray[np.float64]:
    """Label probabilities of a digit: `confidence` for its own, for the others what ways have them
    in its place; what is left of 1 speaks for all of them alike, as it does where there is none."""
    index, label = step
    here = lattice.found[index]
    shares = np.zeros(lattice.probabilities.shape[1])
    for way, weight in ways:
        # The label of what shares most pieces with it.
        common, said = max(
            (min(here.last, other.last) - max(here.first, other.first), said)
            for other, said in ((lattice.found[place], said) for place, said in way.steps)
        )
        if common > 0 and said >= 0:
            shares[said] += weight
    shares[label] = 0.0
    rest, others = 1.0 - confidence, float(shares.sum())
    if others > rest:
        shares *= rest / others
    else:
        shares += (rest - others) / (len(shares) - 1)
    shares[label] = confidence
    return shares
