"""Write the table of docs/photos.md from the results kept under benchmarks/results/.

python tools/docs/reading.py            # rewrites the table
python tools/docs/reading.py --check    # fails when it is not current
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from inkling.reports.statistics import wilson  # noqa: E402
from tools.docs.readme import rewrite  # noqa: E402

PAGE = ROOT / "docs" / "photos.md"
RESULTS = ROOT / "benchmarks" / "results" / "photos.json"
BEGIN = "<!-- figures: python tools/docs/reading.py -->"
END = "<!-- end of figures -->"
TITLES = {
    "cheques": "cheque amounts (ORAND-CAR-A): whole amount right",
    "photos": "photos of digit rows, and worksheets: lines right",
    "sudoku": "sudokus: cells right, blank ones too",
    "register": "row numbers in parish registers: number right",
}
WHAT = {"cheques": "cheque amounts", "register": "row numbers"}


def table() -> str:
    """The table, a row for each set and reader."""
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    lines = [
        "| measured on | reader | right | 95 % interval | character errors | median time |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for each in found["sets"]:
        for reader in each["readers"]:
            share = reader["right"] / reader["lines"]
            lines.append(
                f"| {TITLES[each['name']]} ({each['n']} pictures) | {reader['name']} "
                f"{reader['version']} | {reader['right']:,} of {reader['lines']:,}, "
                f"**{share:.1%}** | {reader['low']:.1%} to {reader['high']:.1%} | "
                f"{reader['character_error_rate']:.1%} | {reader['ms']:,.0f} ms |"
            )
    touching = json.loads((RESULTS.parent / "touching.json").read_text(encoding="utf-8"))
    low, high = touching["overlap"]
    for how in ("drawn", "photographed"):
        row = touching[how]
        lines.append(
            f"| pairs of MNIST digits that overlap by {low:.0%} to {high:.0%} of their width, "
            f"{how} ({row['n']}) | Inkling {touching['network']} | {row['right']} of {row['n']}, "
            f"**{row['accuracy']:.1%}** | {row['low']:.1%} to {row['high']:.1%} | | |"
        )
    said = " ".join(
        _trust(each["name"], each["n"], reader)
        for each in found["sets"]
        for reader in each["readers"]
        if "sure" in reader
    )
    said = f"{said} {_wrong(found['sets'])} {_false()}".strip()
    made = f"Measured {found['created'][:10]} on {found['machine']}: `{found['command']}`."
    return "\n".join([*lines, "", *([said, ""] if said else []), made])


def _wrong(sets: list[dict[str, Any]]) -> str:
    """How many amounts and lines each reader gets wrong, of cheques and photos together.

    On photos nobody is told how many lines there are: who was measured told on the cheques, and
    untold as well, has the same figure for both.
    """
    found = {each["name"]: each["readers"] for each in sets}
    if not {"cheques", "photos"} <= found.keys():
        return ""
    wrong = {
        name: {reader["name"]: reader["lines"] - reader["right"] for reader in found[name]}
        for name in ("cheques", "photos")
    }
    both = ", ".join(
        f"{name} {count + wrong['photos'][name.removesuffix(' untold')]}"
        for name, count in wrong["cheques"].items()
    )
    return f"Wrong of cheque amounts and lines of photos together: {both}."


def _false() -> str:
    """How many digits are found on pages that have none."""
    path = RESULTS.parent / "false_digits.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    kinds = [(kind, row) for kind, row in found.items() if isinstance(row, dict)]
    each = "; ".join(
        f"{kind} {row['mean']:.2f} ({row['low']:.2f} to {row['high']:.2f}, at most {row['most']}, "
        f"{row['sure']} of all {row['pages']} pages' sure)"
        for kind, row in kinds
    )
    return f"Digits found on a made page that has none (`benchmarks/accuracy/false_digits.py`): {each}."


def _trust(name: str, count: int, reader: dict[str, Any]) -> str:
    """How many of a set's numbers are not marked to be checked, and how many of those are right."""
    sure, right = reader["sure"], reader["sure_right"]
    part = wilson(right, sure)
    return (
        f"Of the {count} {WHAT[name]}, {reader['name']} is sure of {sure} ({sure / count:.0%}), "
        f"and {right} of these are right, {right / max(1, sure):.1%} ({part.low:.1%} to "
        f"{part.high:.1%}); the others it marks to be checked."
    )


def rewritten(text: str) -> str:
    """The page with its table made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    sys.exit(rewrite(PAGE, rewritten))
