"""Write the tables of docs/results.md about pages, from benchmarks/results/.

python tools/docs/reading.py            # rewrites the tables
python tools/docs/reading.py --check    # fails when they are out of date
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from inkling.reports.statistics import wilson  # noqa: E402
from tools.docs import generated  # noqa: E402
from tools.docs.generated import interval, percent, share  # noqa: E402

PAGE = ROOT / "docs" / "results.md"
SCRIPT = "tools/docs/reading.py"
COMMAND = "python benchmarks/accuracy/photos.py FOLDER"
OURS = "Inkling"
# Stored names of readers, as the docs say them.
READERS = {"RapidOCR untold": "RapidOCR without hints"}
TITLES = {
    "cheques": "cheque amounts (ORAND-CAR-A): whole amount right",
    "photos": "photos of digit rows, and worksheets: lines right",
    "sudoku": "sudokus: cells right, blank ones too",
    "register": "row numbers in parish registers: number right",
}
WHAT = {"cheques": "cheque amounts", "register": "row numbers in parish registers"}

Data = dict[str, Any]


def _sets() -> list[Data]:
    return list(generated.result("photos")["sets"])


def _name(reader: Data) -> str:
    return READERS.get(reader["name"], str(reader["name"]))


def pages() -> str:
    """Numbers read right on pictures of several digits, a row for each set and reader.

    Inkling was tuned on all four sets of photos; nobody here tuned the other readers.
    """
    rows = []
    for each in _sets():
        for reader in each["readers"]:
            right = share(reader["right"] / reader["lines"], reader["low"], reader["high"])
            rows.append(
                [
                    f"{TITLES[each['name']]} ({each['n']} pictures)",
                    "yes" if reader["name"] == OURS else "no",
                    f"{_name(reader)} {reader['version']}",
                    f"{reader['right']:,} of {reader['lines']:,}, {right}",
                    percent(reader["character_error_rate"], 1),
                    f"{reader['ms']:,.0f} ms",
                ]
            )
    rows += _touching()
    head = ["measured on", "tuned on this set", "reader", "right", "character errors"]
    found = generated.result("photos")
    made = f"Photos measured {found['created'][:10]} on {found['machine']}: `{COMMAND}`."
    return "\n\n".join([generated.table([*head, "median time"], rows), made])


def _touching() -> list[list[str]]:
    """Pairs of digits that touch. Other pairs than these were used to choose settings."""
    found = generated.result("touching")
    low, high = found["overlap"]
    overlap = interval(low, high, 0)
    rows = []
    for how in ("drawn", "photographed"):
        row = found[how]
        rows.append(
            [
                f"pairs of MNIST digits that overlap by {overlap} % of their width, {how} "
                f"({row['n']})",
                "no",
                f"{OURS} {found['network']}",
                f"{row['right']} of {row['n']}, {share(row['accuracy'], row['low'], row['high'])}",
                "",
                "",
            ]
        )
    return rows


def trust() -> str:
    """How many numbers are sure, and how many of these are right."""
    rows = []
    for each in _sets():
        for reader in each["readers"]:
            if "sure" not in reader:
                continue
            sure, right = reader["sure"], reader["sure_right"]
            found = wilson(right, sure)
            rows.append(
                [
                    f"{WHAT[each['name']]} ({each['n']})",
                    "yes",
                    f"{sure} ({percent(sure / each['n'], 0)})",
                    f"{right}, {share(found.value, found.low, found.high)}",
                ]
            )
    head = ["numbers of", "tuned on this set", "sure", "right among the sure"]
    return generated.table(head, rows)


def wrong() -> str:
    """How many cheque amounts and lines of photos each reader gets wrong.

    On photos no reader gets a hint about the number of lines. A reader that was measured with and
    without hints on the cheques has one figure for the photos, which counts for both.
    """
    found = {each["name"]: each["readers"] for each in _sets()}
    photos = {reader["name"]: reader["lines"] - reader["right"] for reader in found["photos"]}
    rows = []
    for reader in found["cheques"]:
        cheques = reader["lines"] - reader["right"]
        lines = photos[reader["name"].removesuffix(" untold")]
        rows.append([_name(reader), str(cheques), str(lines), f"**{cheques + lines}**"])
    return generated.table(["reader", "cheque amounts wrong", "lines wrong", "together"], rows)


def false_digits() -> str:
    """How many digits are found on made pages without digits."""
    found: Data = generated.result("false_digits")
    rows = []
    for kind, row in found.items():
        if not isinstance(row, dict):
            continue
        mean = f"**{row['mean']:.2f}** ({row['low']:.2f} to {row['high']:.2f})"
        rows.append([f"{kind} ({row['pages']} pages)", "no", mean, str(row["most"])])
        rows[-1].append(str(row["sure"]))
    head = ["made pages of", "tuned on this set", "digits found a page (95 %)", "most on one page"]
    return generated.table([*head, "sure, on all pages"], rows)


TABLES = {"pages": pages, "trust": trust, "wrong": wrong, "false_digits": false_digits}


if __name__ == "__main__":
    sys.exit(generated.write(PAGE, SCRIPT, TABLES))
