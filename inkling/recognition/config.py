"""What decides how a drawing is read: everything that was chosen from data, in one place.

What decides how a picture is read is fitted (`model/reader/config.json`).
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


# How the lattice and the line model share the decision about a drawing. The values were chosen on
# made pages and the sample pictures: with a CTC_WEIGHT of 0.8, cuts through digits behind words
# outvote the line model; with 2.0, a sample's 93 becomes 43.

# Factors of the digit height at which the line model sees the line, because the height is only an
# estimate.
SCALES = (1.0, 1.15, 0.88)
# The lattice's best path is taken without asking the line model when each of its digits is at least
# this probable.
EARLY_EXIT_CONFIDENCE = 0.97
# Factor of the line model's nats beside those of the lattice.
CTC_WEIGHT = 1.5
# Costs are divided by it before they become posteriors.
TEMPERATURE = 1.5
# Exponent of the classifier's own probability beside the posterior of the hypotheses that contain
# the digit. With the temperature above it makes confidences come true. Chosen on made pairs, made
# numbers and cheque amounts.
GLYPH_WEIGHT = 0.1
# Posterior from which a digit with competing hypotheses is sure.
SURE_POSTERIOR = 0.98
# Hypotheses that the line model proposes at each scale.
PROPOSALS = 8
# Lines of more components are text or texture; numbers are shorter.
MAX_LINE_COMPONENTS = 40
