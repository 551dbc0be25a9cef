"""Sums, and the texts that cannot be added up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inkling.review.totals import total


@pytest.mark.parametrize(
    ("texts", "amount"),
    [
        (["12", "3"], "15"),
        (["1.5", "-0.5"], "1.0"),
        (["2,5", "1"], "3.5"),
        (["0", "7"], "7"),
        (["030", "5"], None),  # a phone number
        (["12", "x"], None),
        (["1234567890123"], None),
        (["NaN"], None),
        (["1e5"], None),
        (["1_0"], None),
        ([], None),
    ],
)
def test_only_amounts_are_added_up(texts: list[str], amount: str | None):
    assert total(texts) == (None if amount is None else Decimal(amount))
