"""Numbers as CSV: a list of them, or pages as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from inkling.review.amounts import AmountFormat, amount, is_harmless
from inkling.review.draft import Draft
from inkling.review.page_grid import as_lines, page_grid
from inkling.review.result import NUMBER_COLUMNS, columns

# What spreadsheets take for formulas begins with one of these.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class CsvOptions(NamedTuple):
    """How CSV files are written.

    Attributes:
        on_page: whether numbers stand in rows and columns as on the page; otherwise they are a
            list.
        has_mark: whether it begins with the byte order mark, by which Excel knows UTF-8.
        guards_codes: whether codes such as 0049 are written ="0049", which spreadsheets keep as
            they are. Otherwise they take them for numbers, dates or formulas.
    """

    on_page: bool = False
    has_mark: bool = True
    guards_codes: bool = False


def as_csv(rows: Sequence[Mapping[str, Any]], style: AmountFormat, options: CsvOptions) -> bytes:
    """Write rows as CSV in UTF-8.

    Where amounts have a decimal comma, semicolons separate the columns, as spreadsheets of those
    languages expect. Amounts have no thousands signs. Everything else is a quoted text, and codes
    stay as they are. A text that a spreadsheet would take for a formula gets an apostrophe, since
    file names can come from strangers.
    """
    names = columns(rows)
    lines = [
        [_cell(row[name], style, options, is_number=name in NUMBER_COLUMNS) for name in names]
        for row in rows
    ]
    return _file([list(map(_quoted, names)), *lines], style, options)


def table_csv(
    names: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    style: AmountFormat,
    options: CsvOptions,
) -> bytes:
    """Write any columns of rows as CSV (see `as_csv`); values that are `Decimal` are amounts."""
    header = [_cell(name, style, options) for name in names]
    lines = [[_cell(row[name], style, options) for name in names] for row in rows]
    return _file([header, *lines], style, options)


def page_csv(
    drafts: Sequence[Draft], titles: Sequence[str], style: AmountFormat, options: CsvOptions
) -> bytes:
    """Write numbers as CSV in rows and columns as they stand on their pages (see `as_csv`).

    A page without rows and columns has a row per line.

    Args:
        drafts: of the pages.
        titles: theirs. Where there are several, each page has its title above it and an empty line
            between it and the next one.
        style: how amounts are written.
        options: of the file.
    """
    lines: list[list[str]] = []
    for draft, title in zip(drafts, titles, strict=True):
        grid = page_grid(draft)
        cells = grid.cells if grid else [[(entry,) for entry in line] for line in as_lines(draft)]
        if len(drafts) > 1:
            lines += [[]] * bool(lines)
            lines.append([_cell(title, style, options)])
        for row in cells:
            texts = (" ".join(entry.written for entry in cell) or None for cell in row)
            lines.append([_cell(text, style, options, is_number=True) for text in texts])
    return _file(lines, style, options)


def _file(lines: Iterable[Sequence[str]], style: AmountFormat, options: CsvOptions) -> bytes:
    """Join cells that are quoted where they have to be."""
    delimiter = ";" if style.decimal == "," else ","
    text = "".join(f"{delimiter.join(line)}\r\n" for line in lines)
    return text.encode("utf-8-sig" if options.has_mark else "utf-8")


def _cell(
    value: object, style: AmountFormat, options: CsvOptions, *, is_number: bool = False
) -> str:
    """A cell of a CSV file.

    Args:
        value: of the cell.
        style: of amounts.
        options: of the file.
        is_number: whether a text is a number as it was written.
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return _amount(value, style)
    if not isinstance(value, str):
        return str(value).replace(".", style.decimal)
    number = amount(value, style) if is_number else None
    if number is not None:
        return _amount(number, style)
    if is_number and options.guards_codes and '"' not in value:
        # A formula that is only a text.
        return _quoted(f'="{value}"')
    is_formula = value.startswith(_FORMULA_STARTS) and not is_harmless(value)
    return _quoted(f"'{value}" if is_formula else value)


def _amount(number: Decimal, style: AmountFormat) -> str:
    return f"{number:f}".replace(".", style.decimal)


def _quoted(text: str) -> str:
    """A text in quotes, which tell spreadsheets that it is no number."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
