"""Advice: one sentence on why an answer is doubtful, and how to draw the digit better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from inkling.explain.distinctions import DISTINCTIONS
from inkling.explain.facts import Fact, FactKind, find_facts

if TYPE_CHECKING:
    from inkling.imaging.pixels import Pixels
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit

# A drawing that was enlarged by less is said to have been enlarged to twice its size.
MIN_SPOKEN_FACTOR = 2.5


def advice_on(ink: Pixels, digits: Sequence[Digit], classifier: Classifier) -> str:
    """Say why a drawing was not read surely, or not read correctly, and what would help.

    Args:
        ink: the drawing, uint8 (h, w), as `ink.from_canvas` gives it.
        digits: what was read in it; may be empty.
        classifier: the model that answered.

    Returns:
        One sentence; empty when there is nothing to say.
    """
    return sentence(find_facts(ink, digits, classifier))


def sentence(facts: Sequence[Fact]) -> str:
    """Put the first, most important fact into one sentence; empty without facts."""
    if not facts:
        return ""
    fact = facts[0]
    is_large = fact.value >= MIN_SPOKEN_FACTOR
    factor = f"{fact.value:.0f} times" if is_large else "to twice its size"
    sentences = {
        FactKind.EMPTY: "The canvas is empty: draw a digit, as large as you like.",
        FactKind.SMALL: f"It is tiny and had to be enlarged {factor}: draw it larger.",
        FactKind.BROKEN: "There is a gap in the stroke: connect the parts, and it reads as "
        f"{fact.label}.",
        FactKind.TWO_DIGITS: f"It looks like {', then '.join(fact.label)}: leave space between two "
        "digits, or connect the strokes of one.",
        FactKind.CROSSED_SEVEN: "The bar through the 7 is confusing: draw it shorter, or leave it "
        "out.",
        FactKind.CLOSED_FOUR: "Closed at the top, it could be a 4 or a 9: leave a 4 open, and make "
        "a 9 round.",
        FactKind.UPSIDE_DOWN: f"Upside down, it reads as {fact.label}: turn it the other way up.",
        FactKind.THICK: "The pen is thick for such a small drawing: draw larger, or use a thinner "
        "pen.",
        FactKind.EDGE: "It touches the edge of the canvas: keep a little distance from it.",
        FactKind.AMBIGUOUS: f"It could be {' or '.join(fact.label)}: "
        f"{DISTINCTIONS.get(fact.label, '')}.",
        FactKind.THIN: "The pen is very thin for such a large drawing: use a thicker one.",
    }
    return sentences[fact.kind]
