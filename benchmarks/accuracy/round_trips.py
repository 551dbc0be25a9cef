"""Round trips: whether spreadsheets hold what was typed, for each kind of file and three languages.

    python benchmarks/accuracy/round_trips.py [--json FILE]

Numbers with leading zeros, signs, thousands, decimals, dates and formulas are typed into a made
draft, exported, and read back: workbooks by openpyxl, and workbooks and CSV files by LibreOffice,
which opens CSV files as each language does. A value is equal when an amount comes back as that
number and everything else as that text. CSV files are opened in two ways: with LibreOffice's option
"Format quoted field as text", and as Excel opens them, without that option and with formulas
computed. In the second way, files with guarded codes are measured, too.

Needs LibreOffice Calc, such as Debian's package libreoffice-calc-nogui.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import openpyxl

from benchmarks import common
from inkling.review import workbook
from inkling.review.amounts import COMMA, POINT, AmountFormat
from inkling.review.csv_file import CsvOptions, as_csv
from tests.fixtures.typed import expected, typed_rows

# Languages with their number in LibreOffice's filter, and how they write amounts.
LANGUAGES = {"en-US": (1033, POINT), "de-DE": (1031, COMMA), "fr-FR": (1036, COMMA)}
# UTF-8, in LibreOffice's filter.
UTF_8 = 76
# Longest time for a conversion, in seconds.
TIMEOUT = 120
COLUMN = "written"


def main() -> int:
    parser = common.argument_parser(__doc__)
    common.add_json(parser)
    options = parser.parse_args()
    program = shutil.which("soffice")
    if program is None:
        print("LibreOffice is not installed: there is no program soffice.", file=sys.stderr)
        return 1
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for language, (number, style) in LANGUAGES.items():
            figures[language] = measure(Path(folder), program, number, style)
            for way, row in figures[language].items():
                print(f"{language}  {way:48s} {row['equal']:3d} of {row['n']} equal", flush=True)
                for typed, held in row["different"].items():
                    print(f"           {typed!r} is held as {held!r}")
    common.write_figures(figures, options.json, show=False)
    return 0


def measure(folder: Path, program: str, language: int, style: AmountFormat) -> dict[str, Any]:
    """How many values come back, for each way to export and open them."""
    rows = typed_rows()
    book = workbook.as_xlsx(rows, style)
    found = {
        "workbook, openpyxl": book,
        "workbook, LibreOffice": converted(folder, program, book, "xlsx", None),
    }
    for way, options, quoted_is_text in (
        ("CSV, LibreOffice, quoted fields as text", CsvOptions(), True),
        ("CSV, opened as by Excel", CsvOptions(), False),
        ("CSV with guarded codes, opened as by Excel", CsvOptions(guards_codes=True), False),
    ):
        delimiter = ord(";" if style is COMMA else ",")
        text, computes = str(quoted_is_text).lower(), str(not quoted_is_text).lower()
        # Signs, encoding, first line, language, quoted fields as text, dates and times detected,
        # and at the end whether formulas are computed.
        filter_options = f"CSV:{delimiter},34,{UTF_8},1,,{language},{text},true,,,,,{computes}"
        content = as_csv(rows, style, options)
        found[way] = converted(folder, program, content, "csv", filter_options)
    return {way: compare(values(content), style) for way, content in found.items()}


def converted(
    folder: Path, program: str, content: bytes, kind: str, filter_options: str | None
) -> bytes:
    """A file as LibreOffice holds it: opened and saved as a workbook.

    Raises:
        RuntimeError: LibreOffice wrote no file.
    """
    source, target = folder / f"in.{kind}", folder / "out"
    source.write_bytes(content)
    shutil.rmtree(target, ignore_errors=True)
    command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += [f"--infilter={filter_options}"] if filter_options else []
    command += ["--convert-to", "xlsx", "--outdir", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    out = target / "in.xlsx"
    if not out.exists():
        raise RuntimeError(f"LibreOffice wrote no file: {done.stdout} {done.stderr}")
    return out.read_bytes()


def values(content: bytes) -> list[Any]:
    """The values of a workbook's column of numbers."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    head, *rows = book.worksheets[0].iter_rows()
    place = [str(cell.value).lower() for cell in head].index(COLUMN)
    return [row[place].value for row in rows]


def compare(held: Sequence[Any], style: AmountFormat) -> dict[str, Any]:
    """How many values are equal, and by what was typed, those that are not."""
    different = {}
    for row, value, wanted in zip(typed_rows(), held, expected(style), strict=True):
        is_same_kind = isinstance(value, str) == isinstance(wanted, str)
        if not is_same_kind or value != wanted:
            different[str(row[COLUMN])] = value if isinstance(value, int | float) else str(value)
    return {"n": len(held), "equal": len(held) - len(different), "different": different}


if __name__ == "__main__":
    sys.exit(main())
