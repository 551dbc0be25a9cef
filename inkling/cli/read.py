"""`python -m inkling read`: pictures of several digits."""

from __future__ import annotations

import re
import sys
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from inkling.cli import batch, cluster
from inkling.cli.batch import FileResult
from inkling.cli.forms import check_template, columns_of, open_template
from inkling.cli.inputs import (
    FILES_FAILED,
    Network,
    Pictures,
    find_pictures,
    load_model,
    load_reader,
    stop,
)
from inkling.cli.output import (
    Format,
    OutputError,
    ResultWriter,
    header,
    join_lines,
    unfinished,
)
from inkling.cli.progress import ProgressBar, print_message

# What `--ray` accepts as the address of a cluster. Any other argument after it is a picture.
ADDRESS = re.compile(r"local|auto|ray://\S+|[\w.-]+:\d+")
# The exit status of a program that Ctrl-C ended: 128 and the signal's number, as in a shell.
INTERRUPTED = 130

NumberFormat = Annotated[
    Format,
    typer.Option("--format", "-f", help="json: one object per page; csv: one row per number."),
]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="Worker processes; one per core by default."),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write results to this new file instead of stdout."),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Continue --output after an interrupted run: files in it are not read again, "
        "except the last one, because pages of it may be missing.",
    ),
]
RayAddress = Annotated[
    str | None,
    typer.Option(
        "--ray",
        metavar="[ADDRESS]",
        help="Read on a Ray cluster; `local` starts one on this computer. Needs "
        "inkling\\[ray]; every computer must find the pictures under the names given.",
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        min=0.0,
        help="Longest time for a page. What was read by then is given, with a warning. "
        "0 is no limit.",
    ),
]
Template = Annotated[
    Path | None,
    typer.Option(
        "--template",
        "-t",
        metavar="FILE",
        help="The pages are copies of one form, whose fields this JSON file describes (see "
        "docs/forms.md): one row per page, one column per field.",
        show_default=False,
    ),
]
# Far above the few seconds that a large page takes, so that only pages that would hang are cut off.
TIMEOUT = 60.0


class ReadCommand(TyperCommand):
    """The command `read`, whose --ray takes an optional address, which Typer does not support."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        completed: list[str] = []
        for index, argument in enumerate(args):
            completed.append(argument)
            following = "".join(args[index + 1 : index + 2])
            if argument == "--ray" and not ADDRESS.fullmatch(following):
                completed.append("local")
        return super().parse_args(ctx, completed)


def read(
    pictures: Pictures,
    format: NumberFormat = Format.JSON,
    network: Network = "digits",
    jobs: Jobs = None,
    output: Output = None,
    resume: Resume = False,
    timeout: Timeout = TIMEOUT,
    ray: RayAddress = None,
    template: Template = None,
) -> None:
    """Read all numbers in photos, scans and PDFs, line by line.

    Folders are searched recursively, in the order of their names, and results come in that order.
    Boxes are x, y, width, height in pixels of the upright picture. For a file that cannot be read,
    the output has a line with its name and the reason; the other files are still read, and the exit
    status is 1. So it is for a page that is not the form of --template.
    """
    if resume and (output is None or format is Format.TEXT):
        stop("--resume needs --output FILE and --format json or csv (text has no file names).")
    if ray is not None and not ADDRESS.fullmatch(ray):
        stop(f"{ray} is not the address of a Ray cluster: local, auto, HOST:PORT, ray://HOST:PORT.")
    if template is not None and ray is not None:
        stop("--template and --ray cannot be used together.")
    load_model(network)
    load_reader()
    columns: Sequence[str] = batch.COLUMNS
    if template is not None:
        check_template(template)
        columns = columns_of(open_template(str(template)))
    writer = _open_writer(output, resume, format)
    files = list(unfinished(map(str, find_pictures(pictures)), writer.finished))
    if writer.finished.names:
        print_message(f"{len(writer.finished.names):,} files are done, {len(files):,} are left.")
    if writer.is_new and format is Format.CSV:
        writer.write(join_lines([header(columns)]))
    form = None if template is None else str(template)
    results = (
        batch.read_files(files, network, format, jobs, timeout or None, form)
        if ray is None
        else cluster.read_files(files, network, format, ray, timeout or None)
    )
    failed = _write_results(results, writer, files, output)
    if failed or writer.finished.failed:
        raise typer.Exit(FILES_FAILED)


def _open_writer(output: Path | None, resume: bool, format: Format) -> ResultWriter:
    try:
        return ResultWriter(output, resume, format)
    except OutputError as error:
        stop(str(error))


def _write_results(
    results: Generator[FileResult],
    writer: ResultWriter,
    files: Sequence[str],
    output: Path | None,
) -> int:
    """Write results as they arrive; return how many files could not be read."""
    # Where results scroll by on the terminal, a bar would come between them.
    show_bar = output is not None or not sys.stdout.isatty()
    with closing(writer), closing(results), ProgressBar(len(files), show_bar) as progress:
        try:
            for result in results:
                writer.write(result.lines)
                for message in result.messages:
                    print_message(message)
                progress.advance(result.failed)
        except cluster.ClusterError as error:
            stop(str(error))
        except KeyboardInterrupt:
            hint = f" To continue {output}, add --resume to the same command." if output else ""
            print_message(f"Interrupted after {progress.done:,} of {progress.total:,} files.{hint}")
            raise typer.Exit(INTERRUPTED) from None
    return progress.failed
