"""What fields say, by their kind, and what is expected in them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from inkling.forms.expectations import expectation
from inkling.forms.template import Field, Kind, Reference, Template
from inkling.forms.values import shown, text_of, value_of

POINT = Template((Field("a", Kind.DIGITS, (0, 0, 1, 1)),), Reference())
COMMA = msgspec.structs.replace(POINT, decimal=",", dates="mdy")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("00417", Kind.DIGITS, "00417"),
        ("12.5", Kind.DIGITS, None),
        ("", Kind.DIGITS, None),
        ("1,234.50", Kind.AMOUNT, Decimal("1234.50")),
        ("007", Kind.AMOUNT, None),
        ("24/12/2026", Kind.DATE, date(2026, 12, 24)),
        ("24.12.26", Kind.DATE, date(2026, 12, 24)),
        ("24-12-85", Kind.DATE, date(1985, 12, 24)),
        ("2026-12-24", Kind.DATE, date(2026, 12, 24)),
        ("24122026", Kind.DATE, date(2026, 12, 24)),
        ("31/02/2026", Kind.DATE, None),
        ("24/11/2126", Kind.DATE, None),
        ("24/12", Kind.DATE, None),
        ("yes", Kind.YES_NO, True),
        ("No", Kind.YES_NO, False),
        ("maybe", Kind.YES_NO, None),
    ],
)
def test_the_value_of_a_text(text: str, kind: Kind, value: object):
    assert value_of(text, kind, POINT) == value


def test_the_template_says_how_amounts_and_dates_are_written():
    assert value_of("1.234,50", Kind.AMOUNT, COMMA) == Decimal("1234.50")
    assert value_of("12/24/2026", Kind.DATE, COMMA) == date(2026, 12, 24)


def test_values_are_shown_in_one_way():
    assert shown(Decimal("1234.50"), "1.234,50") == "1234.50"
    assert shown(date(2026, 1, 2), "2/1/26") == "2026-01-02"
    assert [shown(value, "") for value in (True, False, "007")] == ["yes", "no", "007"]
    assert shown(None, "31/02/2026") == "31/02/2026"


def test_numbers_become_the_text_of_a_field():
    assert text_of(["0", "41", "7"], Kind.DIGITS) == "0417"
    assert text_of(["1", "234.5"], Kind.AMOUNT) == "1234.5"
    assert text_of(["24", "12", "2026"], Kind.DATE) == "24/12/2026"
    assert text_of(["2", "4", "12", "2026"], Kind.DATE) == "24122026"


def test_what_is_expected_of_an_amount():
    expected = expectation(Kind.AMOUNT, COMMA)
    assert "12,50" in expected.variants("1250")
    ranked = sorted(["12.50", "12,50", "1250", "1/250"], key=expected.log_prior, reverse=True)
    assert ranked == ["12,50", "1250", "12.50", "1/250"]
    marked = expectation(Kind.AMOUNT, COMMA, marked="1250")
    assert marked.log_prior("12,50") > max(map(marked.log_prior, ("1250", "1,50", "2,50")))


def test_what_is_expected_of_a_date():
    expected = expectation(Kind.DATE, POINT)
    # A slash that was read as a 1, and signs that were not seen.
    assert "24/12/2026" in expected.variants("2411212026")
    assert "24.12.26" in expected.variants("241226")
    assert expected.log_prior("24/12/2026") > expected.log_prior("24122026")
    assert expected.log_prior("24122026") > expected.log_prior("2411212026")
