"""What the pages say about an answer: short, kind, and never surer than the model is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inkling.recognition.results import Digit
    from inkling.reports.files import ReportError
    from inkling.reports.statistics import Interval

# "Not sure" sounds wrong beside 95 %. What is sure enough to be trusted, the report says.
ALMOST = 0.9
# Under this, what is no digit is not even like one.
LIKE = 0.3
# Labels whose names begin with a vowel when read out.
VOWELS = frozenset("8AEFHILMNORSXaefhilmnorsx")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def report_problem(problem: ReportError) -> str:
    """A report's error as Markdown, with the command that puts it right."""
    return f"{problem} Run `{problem.remedy}`." if problem.remedy else str(problem)


def percent(share: float, decimals: int = 0) -> str:
    """A proportion for people: "98 %", and never "100 %" for less than all of it."""
    text = f"{100.0 * share:.{decimals}f}"
    if share < 1.0 and float(text) >= 100.0:
        return f"over {100.0 - 10.0**-decimals:.{decimals}f}\N{NO-BREAK SPACE}%"
    return f"{text}\N{NO-BREAK SPACE}%"


def plural(count: int, one: str, many: str | None = None) -> str:
    """ "1 picture", "3 pictures"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def an_or_a(label: str) -> str:
    """A label with its article: "a 7", "an 8"."""
    return f"an {label}" if label in VOWELS else f"a {label}"


def is_dot(digit: Digit) -> bool:
    """Whether the pen only touched the paper."""
    return digit.glyph.kind == "dot"


def second_best(digit: Digit, labels: Sequence[str]) -> str:
    """The label that comes next after the answer."""
    ranked = sorted(
        range(len(labels)), key=lambda place: digit.prediction.probabilities[place], reverse=True
    )
    return labels[ranked[1]]


def digit_verdict(digit: Digit, labels: Sequence[str]) -> str:
    """One digit's confidence in words."""
    if is_dot(digit):
        return "That is a dot. Draw a digit, as large as you like."
    if not digit.prediction.is_digit:
        verdict = "This does not look like a digit."
        near = digit.confidence >= LIKE
        return f"{verdict} The nearest is {an_or_a(digit.label)}." if near else verdict
    if digit.prediction.is_sure:
        return f"Sure: {percent(digit.confidence, 1)}."
    other = second_best(digit, labels)
    if digit.confidence >= ALMOST:
        return f"Almost sure: {percent(digit.confidence)}. If not, it is {an_or_a(other)}."
    return f"Not sure ({percent(digit.confidence)}): it could be {an_or_a(other)}."


def number_verdict(digits: Sequence[Digit], labels: Sequence[str]) -> str:
    """The confidence of a drawing in words: of its only digit, or of the doubtful among several."""
    if len(digits) == 1:
        return digit_verdict(digits[0], labels)
    doubtful = [
        (place, digit) for place, digit in enumerate(digits) if not digit.prediction.is_sure
    ]
    if not doubtful:
        return "Sure of both digits." if len(digits) == 2 else f"Sure of all {len(digits)} digits."
    place, digit = doubtful[0]
    which = ORDINALS[place] if place < len(ORDINALS) else f"{place + 1}th"
    if is_dot(digit):
        start = f"The {which} mark is a dot"
    elif not digit.prediction.is_digit:
        start = f"The {which} mark does not look like a digit"
    else:
        start = f"Check the {which} digit: it could be {an_or_a(second_best(digit, labels))}"
    more = len(doubtful) - 1
    return f"{start}. {more} more to check." if more else f"{start}."


def digit_sign(digit: Digit) -> str:
    """The digit as shown large: a question mark for what is none."""
    return digit.label if digit.prediction.is_digit else "?"


def number_sign(digits: Sequence[Digit]) -> str:
    """All digits as shown large; empty for none."""
    return "".join(map(digit_sign, digits))


def interval(value: Interval, decimals: int = 2) -> str:
    """The 95 % interval in words."""
    low, high = 100 * value.low, 100 * value.high
    return f"{low:.{decimals}f} to {high:.{decimals}f}\N{NO-BREAK SPACE}%"


def size(count: int) -> str:
    """Bytes for people."""
    if count < 1000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{count / 1e3:.0f}\N{NO-BREAK SPACE}kB"
    return f"{count / 1e6:.1f}\N{NO-BREAK SPACE}MB"


def milliseconds(value: float) -> str:
    """A latency with two digits that count."""
    return f"{value:.2g}\N{NO-BREAK SPACE}ms"


def minutes(seconds: float) -> str:
    """A duration for people."""
    if seconds < 90:
        return f"{seconds:.0f}\N{NO-BREAK SPACE}s"
    if seconds < 5400:
        return f"{seconds / 60:.0f}\N{NO-BREAK SPACE}min"
    return f"{seconds / 3600:.1f}\N{NO-BREAK SPACE}h"


def day(created: str) -> str:
    """The date of a report: "21 November 2026"; as it stands when it is no date."""
    try:
        when = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{when.day} {when:%B %Y}"
