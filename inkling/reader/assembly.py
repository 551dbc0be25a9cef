"""A line's characters to numbers: which belong together, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from inkling.layout.rows import Line as DigitLine
from inkling.reader.tokens import Token
from inkling.recognition.cut_reader import ELSE, STRUCK

# Signs inside a number, where digits stand close on both sides.
INNER_SIGNS = ".,/:"
# Signs inside a text of which it is known that it is one.
FIELD_SIGNS = f"{INNER_SIGNS}-"
# The widest gap within a number where no link says otherwise, and around a sign inside it, in digit
# heights from middle to middle.
MAX_STEP, MAX_SIGN_STEP = 1.15, 1.7


@dataclass(frozen=True, slots=True)
class NumberTokens:
    """One number.

    Attributes:
        digits: its digits, from left to right.
        written: the number with its signs, such as "24.6" or "-7".
        others_beside: at how many of its sides a character stands that is neither digit nor sign.
        others_in_line: the share of such characters among all digits and others of its line.
    """

    digits: tuple[Token, ...]
    written: str
    others_beside: int = 0
    others_in_line: float = 0.0


@dataclass(frozen=True, slots=True)
class LineTokens:
    """What a line of writing says.

    Attributes:
        numbers: from left to right.
        struck: runs of crossed-out characters.
        others: characters that are neither digit nor sign, nor crossed out.
        found: for each cut of the line, how many digits the page model found in it.
    """

    numbers: tuple[NumberTokens, ...]
    struck: tuple[tuple[Token, ...], ...]
    others: tuple[Token, ...] = ()
    found: dict[int, int] = field(default_factory=dict)


def assemble(
    tokens: Sequence[Token],
    line: DigitLine,
    found: dict[int, int] | None = None,
    *,
    is_one_text: bool = False,
) -> LineTokens:
    """Group a line's characters into numbers.

    Args:
        tokens: of the line, from left to right.
        line: its digits as they were found, by number.
        found: see `LineTokens`.
        is_one_text: whether digits with signs between them belong together however far apart they
            are, as in a field of a form.
    """
    number_of = {digit: k for k, number in enumerate(line.numbers) for digit in number}
    groups: list[list[Token]] = []
    before: Token | None = None
    signs: list[Token] = []
    for token in tokens:
        if not token.is_digit:
            signs.append(token)
            continue
        if before is not None and (
            _belong(before, signs, token, number_of)
            or (is_one_text and signs and all(sign.label in FIELD_SIGNS for sign in signs))
        ):
            groups[-1] += [*signs, token]
        else:
            minus = _minus(before, signs, token)
            groups.append([*minus, token])
        before, signs = token, []
    others = [token for token in tokens if token.label == ELSE]
    share = len(others) / max(1, len(others) + sum(token.is_digit for token in tokens))
    numbers = tuple(
        NumberTokens(
            tuple(token for token in group if token.is_digit),
            "".join(token.label for token in group),
            _others_beside(group, others),
            share,
        )
        for group in groups
    )
    return LineTokens(numbers, _struck(tokens), tuple(others), found or {})


def _others_beside(group: Sequence[Token], others: Sequence[Token]) -> int:
    """At how many sides of a number another character stands within MAX_STEP: 0 to 2."""
    left = any(0.0 < group[0].x - other.x < MAX_STEP * group[0].height for other in others)
    right = any(0.0 < other.x - group[-1].x < MAX_STEP * group[-1].height for other in others)
    return left + right


def _belong(before: Token, signs: Sequence[Token], token: Token, number_of: dict[int, int]) -> bool:
    """Whether a digit goes on the number of the digit before it."""
    step = (token.x - before.x) / token.height
    if signs:
        return len(signs) == 1 and signs[0].label in INNER_SIGNS and step < MAX_SIGN_STEP
    if before.digit is not None and token.digit is not None:
        return number_of[before.digit] == number_of[token.digit]
    return before.cut == token.cut and step < MAX_STEP


def _minus(before: Token | None, signs: Sequence[Token], token: Token) -> list[Token]:
    """The minus sign of a number: a dash right before it, and no number right before that."""
    if not signs or signs[-1].label != "-" or token.x - signs[-1].x > MAX_STEP * token.height:
        return []
    sign = signs[-1]
    if len(signs) > 1 or before is None:
        return [sign]
    is_difference = sign.x - before.x < 2.0 * token.height
    return [] if is_difference else [sign]


def _struck(tokens: Sequence[Token]) -> tuple[tuple[Token, ...], ...]:
    """The runs of crossed-out characters."""
    runs: list[list[Token]] = []
    for before, token in pairwise([None, *tokens]):
        assert token is not None
        if token.label != STRUCK:
            continue
        if before is None or before.label != STRUCK:
            runs.append([])
        runs[-1].append(token)
    return tuple(tuple(run) for run in runs)
