"""What the pages say about answers and figures: short, friendly, and never surer than the model."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from inkling.recognition.results import Digit
    from inkling.reports.files import ReportError
    from inkling.reports.statistics import Interval

# An unsure answer from this confidence on is called almost sure. When it is sure, the model's
# report decides.
ALMOST_SURE = 0.9
# For what is not a digit, the closest label is named from this confidence on.
CLOSE = 0.3
# A label that an unsure answer could also have is named from this probability on.
MIN_RIVAL = 0.05
# Labels whose names begin with a vowel sound.
VOWELS = frozenset("8AEFHILMNORSXaefhilmnorsx")
# Above these, numbers are used: "digit 10".
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")

# A limit below which a unit is used, how much of the value it stands for, decimals, and its sign.
Unit: TypeAlias = tuple[float, float, int, str]
SIZES: tuple[Unit, ...] = ((1e3, 1, 0, "bytes"), (1e6, 1e3, 0, "kB"), (math.inf, 1e6, 1, "MB"))
DURATIONS: tuple[Unit, ...] = ((90, 1, 0, "s"), (5400, 60, 0, "min"), (math.inf, 3600, 1, "h"))


def report_problem(problem: ReportError) -> str:
    """A report's error as Markdown, with the command that fixes it."""
    sentence = plain(str(problem))
    return f"{sentence} Run `{problem.remedy}`." if problem.remedy else sentence


def plain(text: str) -> str:
    """A text of unknown origin, such as a file's name, as Markdown that shows it as it is.

    Streamlit makes links of addresses even where their characters are escaped. An invisible mark
    that forbids a break (U+2060) keeps it from seeing them.
    """
    marked = re.sub(r"(?i)(?<=https)(?=:)|(?<=http)(?=:)|(?<=www)(?=\.)|(?=@)", "\u2060", text)
    return re.sub(r"([\\`*_{}\[\]()<>#+.!|$:~=&@-])", r"\\\1", marked)


def percent(share: float, decimals: int = 0) -> str:
    """A proportion as a percentage: "98 %", and "over 99 %" rather than "100 %" for less than 1."""
    text = f"{100.0 * share:.{decimals}f}"
    if share < 1.0 and float(text) >= 100.0:
        return f"over {100.0 - 10.0**-decimals:.{decimals}f}\N{NO-BREAK SPACE}%"
    return f"{text}\N{NO-BREAK SPACE}%"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: "1 picture", "3 pictures"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def with_article(label: str) -> str:
    """A label with its article: "a 7", "an 8"."""
    return f"an {label}" if label in VOWELS else f"a {label}"


def is_dot(digit: Digit) -> bool:
    """Whether the pen only touched the canvas."""
    return digit.glyph.kind == "dot"


def second_best(digit: Digit, labels: Sequence[str]) -> tuple[str, float]:
    """The most probable label beside the answer's own, and its probability."""
    p = digit.prediction.probabilities
    others = (place for place in range(len(labels)) if labels[place] != digit.label)
    best = max(others, key=p.__getitem__)
    return labels[best], p[best]


def rival(digit: Digit, labels: Sequence[str]) -> str:
    """What an unsure digit could also be, with its article; empty if nothing is probable enough."""
    label, probability = second_best(digit, labels)
    return with_article(label) if probability >= MIN_RIVAL else ""


def digit_verdict(digit: Digit, labels: Sequence[str]) -> str:
    """How sure the answer to one digit is, in words."""
    if is_dot(digit):
        return "That is a dot. Draw a digit of any size."
    if not digit.prediction.is_digit:
        verdict = "This does not look like a digit."
        is_close = digit.confidence >= CLOSE
        return f"{verdict} The closest is {with_article(digit.label)}." if is_close else verdict
    if digit.prediction.is_sure:
        return f"Sure: {percent(digit.confidence, 1)}."
    other = rival(digit, labels)
    sure = "Almost sure" if digit.confidence >= ALMOST_SURE else "Not sure"
    verdict = f"{sure} ({percent(digit.confidence)})."
    return f"{verdict} It could also be {other}." if other else verdict


def number_verdict(digits: Sequence[Digit], labels: Sequence[str]) -> str:
    """How sure the answer to a drawing is, in words; of several digits, which to check."""
    if len(digits) == 1:
        return digit_verdict(digits[0], labels)
    unsure = [(place, digit) for place, digit in enumerate(digits) if not digit.prediction.is_sure]
    if not unsure:
        return "Sure of both digits." if len(digits) == 2 else f"Sure of all {len(digits)} digits."
    place, digit = unsure[0]
    if is_dot(digit):
        start = f"{_nth('character', place).capitalize()} is a dot"
    elif not digit.prediction.is_digit:
        start = f"{_nth('character', place).capitalize()} does not look like a digit"
    else:
        other = rival(digit, labels)
        start = f"Check {_nth('digit', place)}" + (f": it could also be {other}" if other else "")
    more = len(unsure) - 1
    return f"{start}. {more} more to check." if more else f"{start}."


def digit_text(digit: Digit) -> str:
    """The digit as it is shown: its label, or a question mark for what is not a digit."""
    return digit.label if digit.prediction.is_digit else "?"


def number_text(digits: Sequence[Digit]) -> str:
    """All digits as they are shown; empty if there are none."""
    return "".join(map(digit_text, digits))


def interval(value: Interval, decimals: int = 2) -> str:
    """A 95 % interval in percent: "98.52 to 98.97 %"."""
    low, high = 100 * value.low, 100 * value.high
    return f"{low:.{decimals}f} to {high:.{decimals}f}\N{NO-BREAK SPACE}%"


def size(count: int) -> str:
    """The size of a file of `count` bytes: "120 kB"."""
    return _in_unit(count, SIZES)


def milliseconds(value: float) -> str:
    """A latency with two significant digits: "1.2 ms"."""
    return f"{value:.2g}\N{NO-BREAK SPACE}ms"


def duration(seconds: float) -> str:
    """A duration in a unit that suits it: "12 min"."""
    return _in_unit(seconds, DURATIONS)


def day(created: str) -> str:
    """The date of a report: "21 November 2026"; other text is returned as it is."""
    try:
        when = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{when.day} {when:%B %Y}"


def _nth(noun: str, place: int) -> str:
    """A place from 0 with its noun: "the second digit", "digit 10"."""
    return f"the {ORDINALS[place]} {noun}" if place < len(ORDINALS) else f"{noun} {place + 1}"


def _in_unit(value: float, units: Sequence[Unit]) -> str:
    """A value in the first of some units whose limit it is below."""
    _, divisor, decimals, unit = next(each for each in units if value < each[0])
    return f"{value / divisor:.{decimals}f}\N{NO-BREAK SPACE}{unit}"
