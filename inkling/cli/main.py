"""The command line: `inkling`, or `python -m inkling`, with read, classify, evaluate or models.

Results go to stdout as data, one line or row at a time as they are ready; progress and problems go
to stderr. The exit status is 0 for success, 1 when a file could not be read or results could not be
written, and 2 when the command itself was wrong.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer

from inkling.cli.classify import classify
from inkling.cli.evaluate import evaluate
from inkling.cli.inputs import FILES_FAILED
from inkling.cli.models import models
from inkling.cli.output import OutputError
from inkling.cli.progress import print_message
from inkling.cli.read import ReadCommand, read
from inkling.paths import reason_of

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
        _silence()
        sys.exit(FILES_FAILED)
    except OutputError as problem:
        print_message(str(problem))
        sys.exit(FILES_FAILED)
    except OSError as problem:
        # A full disk, for example. Files that cannot be read are reported by the commands.
        print_message(f"The results cannot be written ({reason_of(problem)}).")
        _silence()
        sys.exit(FILES_FAILED)
    sys.exit(0)


def _silence() -> None:
    """Let the interpreter, which flushes stdout once more when it exits, write nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
