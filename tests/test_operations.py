"""docs/operations.md names every setting of the code, and the limits that the code has."""

from __future__ import annotations

import re

import pytest

from inkling.imaging import pdf, pdf_child
from inkling.imaging.load import Limits
from inkling.jobs import queue
from inkling.paths import ROOT
from inkling.storage import engines, postgres, rules

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SOURCES = [
    *(ROOT / "inkling").rglob("*.py"),
    *(ROOT / "pages").rglob("*.py"),
    *(ROOT / "tools").rglob("*.py"),
    *(ROOT / "benchmarks").rglob("*.py"),
    ROOT / "app.py",
    ROOT / "train_model.py",
]
NAME = re.compile(r"INKLING_[A-Z]+(?:_[A-Z]+)*\b")


def row(start: str) -> str:
    """The one row of a table that begins with a text."""
    (found,) = [line for line in PAGE.splitlines() if line.startswith(f"| {start}")]
    return found


def test_every_setting_is_in_the_table_and_every_row_is_a_setting() -> None:
    used = {name for path in SOURCES for name in NAME.findall(path.read_text(encoding="utf-8"))}
    listed = re.findall(r"^\| `(INKLING_[A-Z_]+)` \|", PAGE, re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert used == set(listed)
    assert "INKLING_MODEL" in used and len(used) > 10


@pytest.mark.parametrize(
    ("start", "value"),
    [
        ("`INKLING_MAX_MEGAPIXELS`", f"| {Limits().pixels // 1_000_000} |"),
        ("`INKLING_MAX_MEGABYTES`", f"| {Limits().bytes // 1_000_000} |"),
        ("`INKLING_MAX_PAGES`", f"| {Limits().pages} |"),
        ("`INKLING_VISIT_HOURS`", f"| {rules.DEFAULT_HOURS} |"),
        ("`INKLING_VISIT_MEGABYTES`", f"| {rules.DEFAULT_MEGABYTES} |"),
        (
            "waiting for a database",
            f"| {postgres.CONNECT_TIMEOUT:g} s, {postgres.STATEMENT_TIMEOUT:g} s, "
            f"{engines.LOCK_TIMEOUT:g} s |",
        ),
        ("until a database that said nothing", f"| {postgres.PAUSE:g} s |"),
        ("trainings and teachings", f"| {queue.MAX_QUEUED} |"),
        ("models that a visit was taught", f"| {queue.TAUGHT_DAYS:g} days"),
        ("visits:", f"| {rules.DEFAULT_HOURS} hours after"),
        ("opening a PDF", f"| {pdf.DEADLINE:g} s, {pdf_child.MAX_MEMORY // 2**20} MB |"),
    ],
)
def test_a_figure_is_that_of_the_code(start: str, value: str) -> None:
    assert value in row(start)
