"""Sums, only where they mean something: of the amounts in a list or in a column."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from inkling.review import amounts
from inkling.review.amounts import AmountFormat
from inkling.review.draft import Draft
from inkling.review.page_grid import PageGrid, page_grid


def total(drafts: Iterable[Draft], style: AmountFormat) -> Decimal | None:
    """Add up all numbers of pages; excluded numbers are left out.

    Args:
        drafts: of the pages.
        style: how amounts are written.

    Returns:
        The sum. None where there are fewer than two numbers or one is no amount, and where a page
        has several columns: they hold different things.
    """
    texts: list[str] = []
    for draft in drafts:
        grid = page_grid(draft)
        if grid is not None and grid.shape[1] > 1:
            return None
        texts += [entry.written for entry in draft.entries if not entry.is_excluded]
    return amounts.total(texts, style) if len(texts) > 1 else None


def of_columns(grid: PageGrid, style: AmountFormat) -> tuple[Decimal | None, ...]:
    """Add up each column of a page.

    Returns:
        One sum per column. None for a column with fewer than two numbers or with one that is no
        amount, and for all columns where every number is a single digit, as in a sudoku.
    """
    columns = [[entry.written for entry in column] for column in grid.columns]
    if len(columns) > 1 and all(len(text) == 1 for column in columns for text in column):
        return (None,) * len(columns)
    return tuple(amounts.total(texts, style) if len(texts) > 1 else None for texts in columns)
