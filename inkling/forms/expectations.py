"""What is probable in a field before it is read, by its kind."""

from __future__ import annotations

import re

from inkling.forms.template import Kind, Template
from inkling.recognition.expectation import Expectation

# How much less probable texts are than the most usual ones of their kind, in nats: an amount
# without decimals, one with the other decimal sign, a date without signs, and anything else.
NO_DECIMALS, OTHER_SIGN, NO_SIGNS, UNUSUAL = -4.0, -6.0, -2.0, -6.0
# An amount without decimals, or with other digits than these, where something stands among its
# digits that is none of them.
NOT_AS_MARKED = -14.0
# Decimals that people write.
DECIMALS = 2
DATE_SIGNS = "/.-"


def expectation(kind: Kind, template: Template, *, marked: str = "") -> Expectation:
    """What is expected in a field of a kind, except a yes-no box.

    Args:
        kind: of the field.
        template: says how amounts and dates are written.
        marked: the digits of an amount, if they were read and something else stands among them.
    """
    if kind is Kind.AMOUNT:
        return _amount(template.decimal, marked)
    if kind is Kind.DATE:
        return _date(template.dates)
    return Expectation(
        lambda text: 0.0 if text.isdecimal() else UNUSUAL,
        lambda text: [re.sub("[^0-9]", "", text)],
    )


def _amount(sign: str, marked: str) -> Expectation:
    other = "," if sign == "." else "."
    usual = re.compile(
        rf"-?[0-9]{{1,3}}(?:{re.escape(other)}?[0-9]{{3}})*{re.escape(sign)}[0-9]{{{DECIMALS}}}"
    )

    def log_prior(text: str) -> float:
        if marked and (text == marked or re.sub("[^0-9]", "", text) != marked):
            return NOT_AS_MARKED
        if usual.fullmatch(text):
            return 0.0
        if re.fullmatch(rf"[0-9]+{re.escape(other)}[0-9]{{{DECIMALS}}}", text):
            return OTHER_SIGN
        return NO_DECIMALS if text.isdecimal() else UNUSUAL

    def variants(text: str) -> list[str]:
        digits = re.sub("[^0-9]", "", text)
        if len(digits) <= DECIMALS:
            return [digits]
        return [digits, f"{digits[:-DECIMALS]}{sign}{digits[-DECIMALS:]}"]

    return Expectation(log_prior, variants)


def _date(order: str) -> Expectation:
    lengths = ["{4}|[0-9]{2}" if part == "y" else "{1,2}" for part in order]
    patterns = [
        re.compile(re.escape(sign).join(f"(?:[0-9]{length})" for length in lengths))
        for sign in DATE_SIGNS
    ]

    def log_prior(text: str) -> float:
        if any(pattern.fullmatch(text) for pattern in patterns):
            return 0.0
        return NO_SIGNS if text.isdecimal() and len(text) <= 8 else UNUSUAL

    def variants(text: str) -> list[str]:
        """With signs between the digits, and with signs in place of digits that may be one."""
        found = []
        for year in (4, 2):
            a, b = (year if part == "y" else 2 for part in order[:2])
            for sign in DATE_SIGNS:
                if len(text) == year + 4:
                    found.append(sign.join((text[:a], text[a : a + b], text[a + b :])))
                if len(text) == year + 6:
                    parts = text[:a], text[a + 1 : a + b + 1], text[a + b + 2 :]
                    found.append(sign.join(parts))
        return [each for each in found if any(one.fullmatch(each) for one in patterns)]

    return Expectation(log_prior, variants)
