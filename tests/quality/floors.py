"""Comparing a count with its floor or its limit."""

from __future__ import annotations


def at_least(floor: int, count: int, of: int, what: str) -> None:
    """Check that at least `floor` of `of` pictures, digits or lines are right, and print it."""
    assert 0 < floor <= of
    print(f"{what}: {count} of {of} right, floor {floor}")
    assert count >= floor


def at_most(limit: int, count: int, what: str) -> None:
    """Check that there are at most `limit` errors, and print them."""
    print(f"{what}: {count} errors, limit {limit}")
    assert count <= limit
