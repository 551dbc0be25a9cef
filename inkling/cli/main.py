"""The command line: `inkling`, or `python -m inkling`, with read, classify, evaluate or models.

Results go to stdout as data, one line or row at a time as they are ready; progress and problems go
to stderr. The exit status is 0 for success, 1 when a file could not be read, and 2 when the command
itself was wrong.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer

from inkling.cli.classify import classify
from inkling.cli.evaluate import evaluate
from inkling.cli.models import models
from inkling.cli.read import ReadCommand, read

app = typer.Typer(
    name="inkling",
    help="Inkling reads handwritten digits: drawn, photographed or scanned.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(cls=ReadCommand)(read)
app.command()(classify)
app.command()(evaluate)
app.command()(models)


def main() -> NoReturn:
    """Run the command line; a reader that closes the pipe early (`| head`) is not an error."""
    try:
        app()
    except BrokenPipeError:
        # The interpreter flushes stdout once more when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(0)
