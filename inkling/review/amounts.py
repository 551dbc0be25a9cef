"""Numbers that are amounts, as people write them: with decimals, thousands and a minus sign.

Everything else is a code, such as a phone number, and stays the text that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

MINUS_SIGNS = ("-", "\N{MINUS SIGN}")
# An amount has at most this many digits before its decimals, and this many decimals.
MAX_DIGITS, MAX_DECIMALS = 12, 6
# Without a thousands sign: a minus, digits without a leading 0, and decimals after either sign.
_PLAIN = re.compile(
    rf"([-\N{{MINUS SIGN}}]?)(0|[1-9][0-9]{{0,{MAX_DIGITS - 1}}})"
    rf"(?:[.,]([0-9]{{1,{MAX_DECIMALS}}}))?"
)


@dataclass(frozen=True, slots=True)
class AmountFormat:
    """How amounts are written.

    Attributes:
        decimal: the sign before the decimals.
        thousands: the sign between groups of three digits.
    """

    decimal: str
    thousands: str

    @property
    def example(self) -> str:
        """An amount in this format, for people."""
        return f"1{self.thousands}234{self.decimal}56"


POINT, COMMA = AmountFormat(".", ","), AmountFormat(",", ".")
# Languages that write a decimal comma, and their regions that do not.
_COMMA_LANGUAGES = frozenset((
    "af", "az", "be", "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fo", "fr",
    "gl", "hr", "hu", "hy", "id", "is", "it", "ka", "kk", "ky", "lt", "lv", "mk", "nb", "nl", "nn",
    "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk", "uz", "vi",
))  # fmt: skip
_POINT_REGIONS = frozenset((
    "de-CH", "de-LI", "es-DO", "es-GT", "es-HN", "es-MX", "es-NI", "es-PA", "es-PE", "es-PR",
    "es-SV", "es-US", "it-CH",
))  # fmt: skip


def usual_format(locale: str | None) -> AmountFormat:
    """The format that people of a locale use.

    Args:
        locale: as a browser gives it, such as "de-AT"; None where it gives none.
    """
    if not locale or locale in _POINT_REGIONS:
        return POINT
    return COMMA if locale.split("-")[0].lower() in _COMMA_LANGUAGES else POINT


def amount(text: str, style: AmountFormat) -> Decimal | None:
    """The value of an amount.

    A sign is taken for a decimal sign, whatever the format, where it cannot be anything else:
    "24.6" is 24.6 also where "1.234" is 1234.

    Returns:
        The value. None where the text is no amount: not a number, a code with a leading 0 or a
        plus, such as a phone number, or longer than any amount.
    """
    grouped = re.fullmatch(
        rf"([-\N{{MINUS SIGN}}]?)([1-9][0-9]{{0,2}}(?:{re.escape(style.thousands)}[0-9]{{3}})+)"
        rf"(?:{re.escape(style.decimal)}([0-9]{{1,{MAX_DECIMALS}}}))?",
        text,
    )
    match = grouped or _PLAIN.fullmatch(text)
    if match is None:
        return None
    sign, whole, decimals = match.groups()
    digits = whole.replace(style.thousands, "")
    if len(digits) > MAX_DIGITS:
        return None
    value = Decimal(f"{digits}.{decimals or ''}")
    return -value if sign in MINUS_SIGNS else value


def is_ambiguous(text: str) -> bool:
    """Whether a text is another amount in another format, as "1,234" is."""
    return amount(text, POINT) != amount(text, COMMA)


def total(texts: Iterable[str], style: AmountFormat) -> Decimal | None:
    """Add amounts up.

    Returns:
        The sum. None when there is nothing to add, or when a text is no amount.
    """
    values = [amount(text, style) for text in texts]
    if not values or any(value is None for value in values):
        return None
    return sum((value for value in values if value is not None), Decimal(0))


def written(value: Decimal, style: AmountFormat) -> str:
    """An amount for people, with a sign between its thousands: "1,234.5"."""
    other = {",": style.thousands, ".": style.decimal}
    return "".join(other.get(character, character) for character in f"{value:,f}")


def is_harmless(text: str) -> bool:
    """Whether a spreadsheet cannot take a text for anything but a number: a sign and digits."""
    return re.fullmatch(r"[-+\N{MINUS SIGN}]?[0-9., ]+", text) is not None
