"""The sum of a table's numbers, where adding them makes sense."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

# An amount: a sign, at most 12 digits without a leading 0, and at most 6 decimals.
AMOUNT = re.compile(r"([-+\N{MINUS SIGN}]?)((?:0|[1-9][0-9]{0,11})(?:[.,][0-9]{1,6})?)")
MINUS_SIGNS = ("-", "\N{MINUS SIGN}")


def total(texts: Iterable[str]) -> Decimal | None:
    """Add numbers up.

    Returns:
        The sum. None when there is nothing to add, or when a text is no amount: not a number, a
        code with a leading 0 such as a phone number, or longer than any amount.
    """
    values = []
    for text in texts:
        match = AMOUNT.fullmatch(text)
        if match is None:
            return None
        sign, amount = match.groups()
        values.append(Decimal(("-" if sign in MINUS_SIGNS else "") + amount.replace(",", ".")))
    return sum(values, Decimal(0)) if values else None
