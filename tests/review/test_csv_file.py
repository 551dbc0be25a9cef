"""Numbers as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from inkling.review import result
from inkling.review.amounts import COMMA, POINT, AmountFormat
from inkling.review.csv_file import CsvOptions, as_csv, page_csv, table_csv
from inkling.review.draft import Draft
from tests.fixtures.drafts import make_draft, make_table
from tests.fixtures.typed import FORMULAS, expected, typed_rows


def table_of(content: bytes, style: AmountFormat = POINT) -> list[list[str]]:
    delimiter = ";" if style is COMMA else ","
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def on_page(*drafts: Draft, style: AmountFormat = POINT) -> list[list[str]]:
    """The cells of pages that are written as they stand."""
    titles = [f"{place}.png" for place in range(len(drafts))]
    return table_of(page_csv(drafts, titles, style, CsvOptions(on_page=True)), style)


@pytest.mark.parametrize("style", [POINT, COMMA], ids=["point", "comma"])
def test_amounts_are_numbers_and_codes_are_quoted(style: AmountFormat):
    content = as_csv(typed_rows(), style, CsvOptions())
    head, *rows = table_of(content, style)
    place = head.index("written")
    # Texts are quoted, so that a spreadsheet can tell them from numbers.
    plain = content.decode("utf-8-sig").splitlines()[1:]
    for row, line, value in zip(rows, plain, expected(style), strict=True):
        if isinstance(value, str):
            assert row[place] == ("'" if value in FORMULAS else "") + value
            quoted = row[place].replace('"', '""')
            assert f'"{quoted}"' in line
        else:
            assert float(row[place].replace(style.decimal, ".")) == value
            assert style.thousands not in row[place] and f'"{row[place]}"' not in line


def test_formulas_cannot_come_from_numbers_or_names_of_files():
    _, *rows = table_of(as_csv(typed_rows("=cmd|'/c calc'!A0"), POINT, CsvOptions()))
    for row in rows:
        assert row[0] == "'=cmd|'/c calc'!A0"
        assert not any(cell.startswith(("=", "-1+", "@")) for cell in row)
    rows = table_of(
        page_csv([make_draft("8")] * 2, ["+A1", "@B2"], POINT, CsvOptions(on_page=True))
    )
    assert [row[0] for row in rows if row] == ["'+A1", "8", "'@B2", "8"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_whatever_a_spreadsheet_takes_for_a_formula_gets_an_apostrophe(start: str):
    """The list of OWASP's page on CSV injection, and the line feed."""
    text = f"{start}SUM(A1)"
    files = [
        as_csv(typed_rows(text), POINT, CsvOptions(has_mark=False)),
        table_csv(["name"], [{"name": text}], POINT, CsvOptions(has_mark=False)),
        page_csv([make_draft("8")] * 2, [text] * 2, POINT, CsvOptions(True, has_mark=False)),
        # A column's name may be a stranger's as well.
        table_csv([text], [{text: "8"}], POINT, CsvOptions(has_mark=False)),
    ]
    for content in files:
        cells = [cell for row in csv.reader(io.StringIO(content.decode(), "")) for cell in row]
        assert f"'{text}" in cells
        assert text not in cells
    inside = table_csv(["name"], [{"name": f"a{text}"}], POINT, CsvOptions(has_mark=False))
    assert f'"a{text}"' in inside.decode()


@pytest.mark.parametrize("style", [POINT, COMMA], ids=["point", "comma"])
def test_codes_are_guarded_on_request(style: AmountFormat):
    content = as_csv(typed_rows("=1+1"), style, CsvOptions(guards_codes=True))
    head, *rows = table_of(content, style)
    for row, value in zip(rows, expected(style), strict=True):
        cell = row[head.index("number")]
        if not isinstance(value, str):
            assert float(cell.replace(style.decimal, ".")) == value
        else:
            # A text in quotes is no formula whatever it says.
            assert cell == (value if '"' in value else f'="{value}"')
        assert row[0] == "'=1+1" and row[head.index("page")] == "1"


def test_the_byte_order_mark_is_optional():
    rows = result.rows(make_draft("8"), file="é.png", page=1)
    with_mark, without = (as_csv(rows, POINT, CsvOptions(has_mark=mark)) for mark in (True, False))
    assert with_mark == b"\xef\xbb\xbf" + without and without.decode("utf-8").endswith("\r\n")


def test_columns_for_cells_are_there_where_there_are_tables():
    for draft, has_cells in ((make_draft("8"), False), (make_table([["1", "2"]]), True)):
        rows = result.rows(draft, file="a.png", page=1)
        head, *_ = table_of(as_csv(rows, POINT, CsvOptions()))
        assert ("row" in head and "column" in head) == has_cells


def test_a_page_is_written_as_it_stands():
    rows = [["1", "23"], ["405", ""], ["", "6"]]
    assert on_page(make_table(rows)) == rows
    # Where nothing aligns there is a row per line.
    assert on_page(make_draft("030 5274", "7")) == [["030", "5274"], ["7"]]
    assert on_page(make_table(rows), make_draft("8")) == [["0.png"], *rows, [], ["1.png"], ["8"]]
    assert on_page(make_draft()) == []


def test_only_columns_of_numbers_hold_amounts():
    content = table_csv(["name"], [{"name": "12"}], POINT, CsvOptions(has_mark=False))
    assert content == b'"name"\r\n"12"\r\n'
