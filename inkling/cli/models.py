"""`python -m inkling models`: the trained models, and whether their files are whole."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from inkling.cli.inputs import FILES_FAILED
from inkling.cli.output import SummaryFormat, as_json, print_result
from inkling.cli.progress import print_message
from inkling.paths import model_folder
from inkling.reports import checksums
from inkling.reports.files import ReportError, load_report
from inkling.reports.names import model_names
from inkling.reports.summary import main_figures

# Characters per line of the table where stdout is not a terminal.
TABLE_WIDTH = 120


def models(
    format: Annotated[SummaryFormat, typer.Option("--format", "-f")] = SummaryFormat.TEXT,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Check every file of every model against model/SHA256SUMS instead. The exit "
            "status is 1 if one is missing or differs.",
        ),
    ] = False,
) -> None:
    """List the trained models under model/ with their main figures, as measured in training."""
    if verify:
        _verify()
        return
    rows = []
    for name in model_names():
        try:
            rows.append(main_figures(load_report(name)))
        except ReportError as error:
            print_message(error.with_remedy)
    if format is SummaryFormat.JSON:
        print_result(as_json(rows))
    elif rows:
        _print_table(rows)
    else:
        print_result("No model yet. Train one with: python train_model.py")


def _verify() -> None:
    """Say which files are missing or differ from the list; end the command with 1 if any does."""
    folder = model_folder()
    try:
        problems = list(checksums.verify(folder))
        count = len(checksums.expected(folder))
    except checksums.ChecksumError as error:
        print_message(error.with_remedy)
        raise typer.Exit(FILES_FAILED) from None
    for problem in problems:
        print_message(f"{problem} Restore it from the repository or train it again.")
    if problems:
        raise typer.Exit(FILES_FAILED)
    print_result(f"All {count} files are as {checksums.SUMS_FILE} describes them.")


def _print_table(rows: list[dict[str, Any]]) -> None:
    table = Table(
        "model", "title", "network", "labels", "parameters", "test accuracy", "95 % interval", "ms"
    )
    for row in rows:
        test = row["test"]
        table.add_row(
            row["name"],
            row["title"],
            row["network"],
            str(len(row["labels"])),
            f"{row['parameters']:,}",
            f"{test['value']:.2%}" if test else "not measured",
            f"{test['low']:.2%} to {test['high']:.2%}" if test else "",
            f"{row['latency_ms']:.3f}",
        )
    Console(width=None if sys.stdout.isatty() else TABLE_WIDTH).print(table)
