"""What is expected in a picture before it is read, such as an amount in a field of a form.

A line model prefers plain digits to signs, as they are more frequent. Where it is known what is
written, that tells which of its texts are probable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected.

    Attributes:
        log_prior: for a text, such as "24.6", how much it counts before anything is seen, in
            nats; 0 for the most probable kind of text.
        variants: for a text that the line model proposes, the texts that may be meant by it.
    """

    log_prior: Callable[[str], float]
    variants: Callable[[str], Sequence[str]]
