"""Amounts in two formats, their sums, and the codes that cannot be added up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkling.review.amounts import (
    COMMA,
    POINT,
    AmountFormat,
    amount,
    is_ambiguous,
    is_harmless,
    total,
    usual_format,
    written,
)

FORMATS = st.sampled_from([POINT, COMMA])


@pytest.mark.parametrize(
    ("text", "by_point", "by_comma"),
    [
        ("1,234", "1234", "1.234"),
        ("1.234", "1.234", "1234"),
        ("1,234.56", "1234.56", None),
        ("1.234,56", None, "1234.56"),
        ("12,345,678", "12345678", None),
        ("-7", "-7", "-7"),
        ("\N{MINUS SIGN}7", "-7", "-7"),
        # Nothing but decimals, in either format.
        ("24.6", "24.6", "24.6"),
        ("2,5", "2.5", "2.5"),
        ("0.125", "0.125", "0.125"),
        ("1234.567", "1234.567", "1234.567"),
        # Codes, and what is no number.
        ("+4917", None, None),
        ("030", None, None),
        ("1,23,456", None, None),
        ("0,123,456", None, None),
        ("1234567890123", None, None),
        ("1,234,567,890,123", None, None),
        ("x", None, None),
        ("NaN", None, None),
        ("1e5", None, None),
        ("1_0", None, None),
        ("", None, None),
    ],
)
def test_an_amount_in_two_formats(text: str, by_point: str | None, by_comma: str | None) -> None:
    for style, expected in ((POINT, by_point), (COMMA, by_comma)):
        assert amount(text, style) == (None if expected is None else Decimal(expected))
    assert is_ambiguous(text) == (by_point != by_comma)


@given(st.decimals(-999_999_999, 999_999_999, places=2), FORMATS)
def test_an_amount_that_was_written_is_read_again(value: Decimal, style: AmountFormat) -> None:
    assert amount(written(value, style), style) == value


def test_amounts_are_added_up_and_codes_are_not() -> None:
    assert total(["1.5", "-0.5", "1,000"], POINT) == 1001
    assert total(["1,5", "1.000"], COMMA) == Decimal("1001.5")
    assert total(["12", "030"], POINT) is None
    assert total([], POINT) is None


@pytest.mark.parametrize(
    ("locale", "style"),
    [
        ("en-US", POINT),
        ("de", COMMA),
        ("de-AT", COMMA),
        ("de-CH", POINT),
        ("fr-FR", COMMA),
        ("es-MX", POINT),
        ("ja", POINT),
        ("", POINT),
        (None, POINT),
    ],
)
def test_the_usual_format_of_a_locale(locale: str | None, style: AmountFormat) -> None:
    assert usual_format(locale) is style


@pytest.mark.parametrize(("text", "expected"), [("-7", True), ("+4917", True), ("=1", False)])
def test_signs_and_digits_are_harmless(text: str, expected: bool) -> None:
    assert is_harmless(text) == expected
    assert not is_harmless(text + "+A1")
