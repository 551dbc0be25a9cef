"""Adding up numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

MINUS = ("-", "\N{MINUS SIGN}")
# What can be added up: a sign, digits without a leading 0, and perhaps decimals.
AMOUNT = re.compile(r"([-+\N{MINUS SIGN}]?)((?:0|[1-9][0-9]{0,11})(?:[.,][0-9]{1,6})?)")


def total(texts: Iterable[str]) -> Decimal | None:
    """The sum of numbers; None where adding makes no sense.

    It makes none when something is no number, or is a code: with a leading 0, as phone numbers
    have, or longer than any amount.
    """
    values = []
    for text in texts:
        found = AMOUNT.fullmatch(text)
        if found is None:
            return None
        sign, amount = found.groups()
        values.append(Decimal(("-" if sign in MINUS else "") + amount.replace(",", ".")))
    return sum(values, Decimal(0)) if values else None
