"""Write the tables of docs/results.md about pages, from benchmarks/results/.

    python tools/docs/reading.py            # rewrites the tables
    python tools/docs/reading.py --check    # fails when they are out of date

The tables about single digits, on the same page, are written by tools/docs/results.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inkling.paths import ROOT
from inkling.reports.statistics import wilson
from tools.docs import generated
from tools.docs.generated import interval, percent, share

PAGE = ROOT / "docs" / "results.md"
SCRIPT = "tools/docs/reading.py"
COMMAND = "python benchmarks/accuracy/photos.py FOLDER"
OURS = "Inkling"
# What a reader's name ends with when it was measured without hints.
WITHOUT_HINTS = " without hints"
# The sets of photos, by their names in photos.json.
TITLES = {
    "cheques": "cheque amounts (ORAND-CAR-A): whole amount right",
    "photos": "photos of digit rows, and worksheets: lines right",
    "sudoku": "sudokus: cells right, blank ones too",
    "register": "row numbers in parish registers: number right",
}
# What is counted in the sets for which it is measured how many numbers are sure.
SURE_TITLES = {"cheques": "cheque amounts", "register": "row numbers in parish registers"}

# A JSON object.
Data = dict[str, Any]


def _sets() -> list[Data]:
    return list(generated.result("photos")["sets"])


def pages() -> str:
    """Numbers read right on pictures of several digits, a row for each set and reader.

    Inkling was tuned on all four sets of photos. The other readers were not.
    """
    rows = []
    for each in _sets():
        for reader in each["readers"]:
            right = share(reader["right"] / reader["lines"], reader["low"], reader["high"])
            rows.append(
                [
                    f"{TITLES[each['name']]} ({each['n']} pictures)",
                    "yes" if reader["name"] == OURS else "no",
                    f"{reader['name']} {reader['version']}",
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
    """Pairs of digits that touch. Settings were chosen on other pairs."""
    found = generated.result("touching")
    low, high = found["overlap"]
    overlap = interval(low, high, 0)
    rows = []
    for source in ("drawn", "photographed"):
        row = found[source]
        rows.append(
            [
                f"pairs of MNIST digits that overlap by {overlap} % of their width, {source} "
                f"({row['n']})",
                "no",
                f"{OURS} {found['network']}",
                f"{row['right']} of {row['n']}, {share(row['accuracy'], row['low'], row['high'])}",
                "",
                "",
            ]
        )
    return rows


def sure() -> str:
    """The number of sure numbers, and how many of these are right."""
    rows = []
    for each in _sets():
        for reader in each["readers"]:
            if "sure" not in reader:
                continue
            count, right = reader["sure"], reader["sure_right"]
            found = wilson(right, count)
            rows.append(
                [
                    f"{SURE_TITLES[each['name']]} ({each['n']})",
                    "yes",
                    f"{count} ({percent(count / each['n'], 0)})",
                    f"{right}, {share(found.value, found.low, found.high)}",
                ]
            )
    head = ["numbers of", "tuned on this set", "sure", "right among the sure"]
    return generated.table(head, rows)


def wrong() -> str:
    """The number of cheque amounts and lines of photos that each reader gets wrong.

    On photos no reader gets a hint about the number of lines. A reader that was measured with and
    without hints on the cheques has one figure for the photos, which counts for both.
    """
    found = {each["name"]: each["readers"] for each in _sets()}
    photos = {reader["name"]: reader["lines"] - reader["right"] for reader in found["photos"]}
    rows = []
    for reader in found["cheques"]:
        cheques = reader["lines"] - reader["right"]
        lines = photos[reader["name"].removesuffix(WITHOUT_HINTS)]
        rows.append([reader["name"], str(cheques), str(lines), f"**{cheques + lines}**"])
    return generated.table(["reader", "cheque amounts wrong", "lines wrong", "together"], rows)


def false_digits() -> str:
    """The number of digits found on synthetic pages without digits."""
    found: Data = generated.result("false_digits")
    rows = []
    for kind, row in found.items():
        if not isinstance(row, dict):
            continue
        mean = f"**{row['mean']:.2f}** ({row['low']:.2f} to {row['high']:.2f})"
        rows.append([f"{kind} ({row['pages']} pages)", "no", mean, str(row["most"])])
        rows[-1].append(str(row["sure"]))
    head = ["synthetic pages of", "tuned on this set", "digits found a page (95 %)"]
    return generated.table([*head, "most on one page", "sure, on all pages"], rows)


def forms() -> str:
    """Fields of made forms read right, a row for each kind, and pages aligned or told."""
    found: Data = generated.result("forms")
    titles = {"yes-no": "yes or no"}
    fields = [("fields", found["fields"])]
    fields += [(titles.get(kind, kind), row) for kind, row in found["by_kind"].items()]
    fields.append(("fields called sure, of all", found["sure"]))
    fields.append(("right among the sure", found["right_of_sure"]))
    fields.append(("pages aligned, or told that they are not", found["aligned_or_told"]))
    rows = [
        [
            what,
            "no",
            f"{row['right']:,} of {row['n']:,}, {share(row['accuracy'], row['low'], row['high'])}",
        ]
        for what, row in fields
    ]
    return generated.table(["fields of made forms", "tuned on this set", "right"], rows)


TABLES = {
    "forms": forms,
    "pages": pages,
    "sure": sure,
    "wrong": wrong,
    "false_digits": false_digits,
}


if __name__ == "__main__":
    sys.exit(generated.write(PAGE, SCRIPT, TABLES))
