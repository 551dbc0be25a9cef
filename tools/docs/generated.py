"""What the writers of generated tables share: the blocks of a page, and how figures are printed.

A generated block stands between two comments that name it and the script that writes it:

    <!-- accuracy: python tools/docs/results.py -->
    | ... |
    <!-- end of accuracy -->

The text around the blocks is written by hand; no figure inside them is.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from inkling.paths import ROOT

RESULTS = ROOT / "benchmarks" / "results"
BLOCK = re.compile(
    r"<!-- (?P<name>\w+): python (?P<script>tools/docs/\w+\.py) -->\n"
    r".*?"
    r"<!-- end of (?P=name) -->",
    re.DOTALL,
)
# How the docs call what the reports name otherwise: data sets and kinds of negatives.
TITLES = {
    "strangers": "negatives",
    "rules": "ruling lines",
    "pairs": "two digits in one box",
    "halves": "halves of digits",
    "cuts": "digits cut in the wrong place",
}

Tables = Mapping[str, Callable[[], str]]


def blocks(text: str, script: str) -> list[str]:
    """The names of the blocks of a page that a script writes, in their order."""
    return [match["name"] for match in BLOCK.finditer(text) if match["script"] == script]


def rewritten(text: str, script: str, tables: Tables) -> str:
    """A page with the blocks of one writer made anew; other writers' blocks stay.

    Args:
        text: the page.
        script: the writer, as the blocks name it.
        tables: the function that makes each of its blocks, by the block's name.
    """

    def block(match: re.Match[str]) -> str:
        name = match["name"]
        if match["script"] != script:
            return match[0]
        start = f"<!-- {name}: python {script} -->"
        return f"{start}\n{tables[name]()}\n<!-- end of {name} -->"

    return BLOCK.sub(block, text)


def write(page: Path, script: str, tables: Tables) -> int:
    """Rewrite a page's blocks.

    Returns:
        The exit status. With `--check` on the command line nothing is written, and the status is 1
        when a block is out of date.
    """
    text = page.read_text(encoding="utf-8")
    current = rewritten(text, script, tables)
    if "--check" in sys.argv[1:]:
        return int(text != current)
    page.write_text(current, encoding="utf-8")
    return 0


def result(name: str) -> Any:
    """The result that a benchmark stored: `benchmarks/results/NAME.json`."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def title(name: str) -> str:
    """The name of a data set or of a kind of negatives in the docs."""
    return TITLES.get(name, name)


def percent(value: float, places: int = 2) -> str:
    """A share of 1 as a percentage."""
    return f"{100 * value:.{places}f} %"


def interval(low: float, high: float, places: int = 2) -> str:
    """The bounds of a share, as percentages."""
    return f"{100 * low:.{places}f} to {100 * high:.{places}f}"


def share(value: float, low: float, high: float, places: int = 1) -> str:
    """A share with its 95 % interval."""
    return f"**{percent(value, places)}** ({interval(low, high, places)})"
