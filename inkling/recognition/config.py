"""Everything in recognition that was chosen from data, typed and in one place.

The next reader is trained anew and writes these values from named data (`model/reader/`). Until
then they stand here as code, each with what it was chosen on.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LatticeCosts:
    """What speaks against a candidate, in nats; added to the negative log-probability of its label.

    Chosen by random search on half of the benchmark's cheque amounts and on synthetic lines; the
    other half of the amounts measured the result. The search script was not kept, so these values
    cannot be made again.

    Attributes:
        classifier_weight: factor of the classifier's own nats.
        min_probability: no probability counts as lower than this.
        digit: for every digit, so that fewer digits are preferred.
        one: for every 1, because any upright stroke looks like one.
        cut: for each side of the candidate that is a cut.
        cut_ink: for each stroke width of ink that such a cut goes through.
        gap: for each line height of bare paper inside the candidate.
        join: for each component after the first.
        dropped_speck: for each speck inside that is left out.
        wide: for each line height of width beyond 1.
        wide_one: for each line height of a 1's width beyond 0.5.
        narrow: for each line height of width under 0.4, unless it is a 1.
        low: for each line height of height under 0.75.
        tall: for each line height of height over 1.2: a bracket, a stroke through.
        dot: for a single dot.
        reject: for rejecting a component, taking it for no digit.
        reject_height: for rejecting it, times its height squared, in line heights.
        reject_width: for rejecting it, times its width and height, in line heights.
        reject_edge: for rejecting a component that touches the picture's edge.
        bracket: for a bracket inside a digit.
    """

    classifier_weight: float = 0.73
    min_probability: float = 1e-6
    digit: float = 0.28
    one: float = 1.06
    cut: float = 0.17
    cut_ink: float = 0.27
    gap: float = 4.3
    join: float = 0.47
    dropped_speck: float = 1.66
    wide: float = 5.3
    wide_one: float = 1.2
    narrow: float = 36.0
    low: float = 1.83
    tall: float = 6.0
    dot: float = 6.0
    reject: float = 0.39
    reject_height: float = 8.3
    reject_width: float = 3.3
    reject_edge: float = -0.65
    bracket: float = 8.0


LATTICE_COSTS = LatticeCosts()


@dataclass(frozen=True, slots=True)
class ReadingConfig:
    """How the lattice and the line model share the decision about a line.

    Attributes:
        scales: factors of the digit height at which the line model sees the line, because the
            height is only an estimate.
        darkness_weight: how much the line as it looks in the picture counts, where that is known,
            0..1; the rest is the line's own ink.
        early_exit_confidence: the lattice's best path is taken without asking the line model when
            each of its digits is at least this probable; above 1, never.
        ctc_weight: factor of the line model's nats beside those of the lattice.
        length_bonus: nats added for each digit of a hypothesis.
        has_words: whether there may be words and powers, about which the line model is not asked.
        temperature: costs are divided by it before they become posteriors.
    """

    scales: tuple[float, ...]
    darkness_weight: float
    early_exit_confidence: float
    ctc_weight: float
    length_bonus: float
    has_words: bool
    temperature: float


# Pages and drawings. Chosen on made pages and the sample pictures: with a ctc_weight of 0.8, cuts
# through digits behind words outvote the line model; with 2.0, a sample's 93 becomes 43.
PAGE = ReadingConfig(
    scales=(1.0, 1.15, 0.88),
    darkness_weight=0.0,
    early_exit_confidence=0.97,
    ctc_weight=1.5,
    length_bonus=0.0,
    has_words=True,
    temperature=1.5,
)
# Pictures of a line or two. They are there for their number and small, so the line model is always
# asked; it knows better than the lattice. Both prefer to miss a digit, hence the bonus. What is
# small and raised is an amount's cents, not a power. Chosen on cheque amounts and made numbers.
CROP = ReadingConfig(
    scales=(1.0, 1.15, 0.88, 1.3, 0.78),
    darkness_weight=0.65,
    early_exit_confidence=1.01,
    ctc_weight=4.5,
    length_bonus=0.5,
    has_words=False,
    temperature=5.0,
)

# Exponent of the classifier's own probability beside the posterior of the hypotheses that contain
# the digit. With the temperatures above it makes confidences come true. Chosen on made pairs, made
# numbers and cheque amounts.
GLYPH_WEIGHT = 0.1
# Posterior from which a digit with competing hypotheses is sure.
SURE_POSTERIOR = 0.98
# The line model alone confirms a reading of several digits when its log-probability per digit is at
# least the first value, and exceeds that of the empty reading by the second; both in nats. Chosen
# on made pages of touching pairs and of short words.
MIN_LOG_PROB_PER_DIGIT = -0.1
MIN_MARGIN_OVER_EMPTY = 6.0
# This many digits in one component that the line model does not confirm are a scribble, on a page.
# Chosen on made pages of scribbles.
MIN_SCRIBBLE_DIGITS = 3
# Hypotheses that the line model proposes at each scale.
PROPOSALS = 8
# Lines of more components are text or texture; numbers are shorter.
MAX_LINE_COMPONENTS = 40
