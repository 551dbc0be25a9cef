"""Values: what a field says, by its kind, from the numbers that were read in it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from inkling.forms.template import Kind, Template
from inkling.review import amounts
from inkling.review.amounts import COMMA, POINT

# A date in another year is rather a slash that was read as a 1. Two digits of a year are 20YY, or
# 19YY where that would be later than this.
FIRST_YEAR, LAST_YEAR = 1900, 2099
LAST_OF_CENTURY = 2069

Value = str | Decimal | date | bool | None


def value_of(text: str, kind: Kind, template: Template) -> Value:
    """The value of what was written in a field.

    Args:
        text: digits and signs, as they were read or typed.
        kind: of the field; "yes", "no" and nothing else are the texts of yes-no boxes.
        template: says how amounts and dates are written.

    Returns:
        Digits as a text, an amount, a date, or True for "yes"; None where nothing is written, or
        where it is nothing of that kind.
    """
    text = text.strip()
    if not text:
        return None
    if kind is Kind.YES_NO:
        return {"yes": True, "no": False}.get(text.lower())
    if kind is Kind.AMOUNT:
        return amounts.amount(text, COMMA if template.decimal == "," else POINT)
    if kind is Kind.DATE:
        return _date(text, template.dates)
    return text if text.isascii() and text.isdecimal() else None


def text_of(written: list[str], kind: Kind) -> str:
    """What was written in a field, from its numbers in reading order, with their signs."""
    if kind is Kind.DIGITS:
        return "".join(re.findall(r"[0-9]", "".join(written)))
    if kind is Kind.DATE:
        runs = re.findall(r"[0-9]+", " ".join(written))
        return "/".join(runs) if len(runs) == 3 else "".join(runs)
    return "".join(written)


def shown(value: Value, text: str) -> str:
    """A value as the results show it: an amount with a point, an ISO date, "yes" or "no".

    Args:
        value: of a field.
        text: what was read, which stands in for a value that is None.
    """
    if value is None:
        return text
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else f"{value:f}"


def _date(text: str, order: str) -> date | None:
    """A date; None where there is no such day."""
    runs = re.findall(r"[0-9]+", text)
    if len(runs) == 1 and len(runs[0]) in (6, 8):
        runs = _split(runs[0], order)
    if len(runs) != 3:
        return None
    if len(runs[0]) == 4:
        order = "ymd"
    parts = dict(zip(order, runs, strict=True))
    if len(parts["y"]) not in (2, 4):
        return None
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year += 2000 if year + 2000 <= LAST_OF_CENTURY else 1900
    try:
        day = date(year, int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None
    return day if FIRST_YEAR <= year <= LAST_YEAR else None


def _split(digits: str, order: str) -> list[str]:
    """Digits without signs between them, as day, month and year in their order."""
    parts, at = [], 0
    for part in order:
        length = len(digits) - 4 if part == "y" else 2
        parts.append(digits[at : at + length])
        at += length
    return parts
