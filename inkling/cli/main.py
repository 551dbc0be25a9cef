"""The command line: `python -m inkling read | classify | evaluate | models`.

Results go to stdout as data, one line or row at a time as they are ready; progress and problems go
to stderr. The exit status is 0, 1 when a file could not be read, and 2 when the command itself was
wrong.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from typer.core import TyperCommand

from inkling.cli import batch
from inkling.cli.output import Format, OutputError, Sink, as_json, as_row, header, lines_of, rest_of
from inkling.cli.progress import Count, remark
from inkling.imaging import ink
from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.load import EXTENSIONS, KINDS, Page, PhotoError, open_pages
from inkling.imaging.pixels import Pixels
from inkling.reader.drawing import read_digit
from inkling.recognition import classifier
from inkling.reports import files as reports_files
from inkling.reports.files import ReportError
from inkling.reports.schema import Report
from inkling.reports.statistics import measure

app = typer.Typer(
    name="inkling",
    help="Inkling reads handwritten digits: drawn, photographed or scanned.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class ReportFormat(StrEnum):
    """How a summary is written."""

    JSON = "json"
    TEXT = "text"


# What `--ray` takes for the address of a cluster; anything else after it is a picture.
RAY_ADDRESS = re.compile(r"local|auto|ray://\S+|[\w.-]+:\d+")
INTERRUPTED = 130
DIGIT_COLUMNS = ("file", "digit", "confidence", "is_digit", "probabilities", "error")

Pictures = Annotated[
    list[Path],
    typer.Argument(
        metavar="PICTURE...",
        help=f"Pictures ({KINDS}), or folders of them.",
        show_default=False,
    ),
]
Network = Annotated[
    str, typer.Option("--network", "-n", help="Which model reads: a folder under model/.")
]


class _ReadCommand(TyperCommand):
    """`read`, whose --ray takes an address or none: Typer knows no such option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        given: list[str] = []
        for place, argument in enumerate(args):
            given.append(argument)
            if argument == "--ray" and not RAY_ADDRESS.fullmatch("".join(args[place + 1 :][:1])):
                given.append("local")
        return super().parse_args(ctx, given)


@app.command(cls=_ReadCommand)
def read(
    pictures: Pictures,
    format: Annotated[
        Format,
        typer.Option("--format", "-f", help="json: one object a page; csv: one row a number."),
    ] = Format.JSON,
    network: Network = "digits",
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Processes that read; by default one a core."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A new file for the results, in place of stdout."),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with --output where an earlier run ended: files in it are not read again, "
            "but for the last one, of which pages may be missing.",
        ),
    ] = False,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            metavar="[ADDRESS]",
            help="Read on a Ray cluster; `local` starts one here. Needs inkling\\[ray], and every "
            "computer finds the pictures under the names given.",
        ),
    ] = None,
) -> None:
    """Read all numbers on photos, scans and PDFs, line by line.

    Folders are searched to the bottom, in the order of their names, and results come in that order.
    Boxes are x, y, width, height in pixels of the upright picture. A file that cannot be read gives
    a line with its name and the reason; the others are read all the same, and the exit status is 1.
    """
    if resume and (output is None or format is Format.TEXT):
        _stop("--resume needs --output FILE, and --format json or csv: text has no files' names.")
    if ray is not None and not RAY_ADDRESS.fullmatch(ray):
        _stop(f"{ray} is no address of a Ray cluster: local, auto, HOST:PORT or ray://HOST:PORT.")
    _load(network)
    sink = _sink(output, resume, format)
    files = list(rest_of(map(str, _files(pictures)), sink.done))
    if sink.done.files:
        remark(f"{len(sink.done.files):,} files are done already, {len(files):,} are left.")
    if sink.is_new and format is Format.CSV:
        sink.write(lines_of([header(batch.COLUMNS)]))
    outcomes = (
        batch.read_files(files, network, format, jobs)
        if ray is None
        else batch.read_on_ray(files, network, format, ray)
    )
    # Where results scroll by on the terminal, a bar would stand between them.
    bar = output is not None or not sys.stdout.isatty()
    with closing(sink), closing(outcomes), Count(len(files), bar) as count:
        try:
            for outcome in outcomes:
                sink.write(outcome.lines)
                for sentence in outcome.remarks:
                    remark(sentence)
                count.one_more(outcome.failed)
        except batch.BatchError as problem:
            _stop(str(problem))
        except KeyboardInterrupt:
            _say_how_to_go_on(count, output)
            raise typer.Exit(INTERRUPTED) from None
    if count.failed or sink.done.failed:
        raise typer.Exit(1)


@app.command()
def classify(
    pictures: Pictures,
    format: Annotated[
        Format, typer.Option("--format", "-f", help="json, csv or text: one line a picture.")
    ] = Format.JSON,
    network: Network = "digits",
) -> None:
    """Say which digit each picture shows: one digit a picture, drawn or photographed.

    The digit is null only for a picture without ink. A file that cannot be read gives a line with
    its name and the reason; the others are read all the same, and the exit status is 1.
    """
    model = _load(network)
    if format is Format.CSV:
        _print(header(DIGIT_COLUMNS))
    failed = False
    for file in _files(pictures):
        try:
            for page in open_pages(file, str(file)):
                _write_digit(page, model, format)
        except PhotoError as problem:
            failed = True
            remark(str(problem))
            error = {"file": str(file), "error": str(problem)}
            if format is Format.JSON:
                _print(as_json(error))
            elif format is Format.CSV:
                _print(as_row(error, DIGIT_COLUMNS))
    if failed:
        raise typer.Exit(1)


@app.command()
def evaluate(
    dataset: Annotated[
        str,
        typer.Argument(
            help="A data set's name (its test split is used), or an .npz file with "
            "x: uint8 (n, 28, 28), 0 paper and 255 pen, and y: n labels.",
            show_default=False,
        ),
    ],
    network: Network = "digits",
    format: Annotated[ReportFormat, typer.Option("--format", "-f")] = ReportFormat.TEXT,
) -> None:
    """Measure a model on labelled digits: accuracy with its 95 % interval, log loss, recall."""
    model = _load(network)
    x, y = _dataset(dataset, len(model.labels))
    remark(f"{len(x)} images of {dataset}, model {network} …")
    probabilities = model.probabilities(x).astype(np.float64)
    result = measure(probabilities, y, model.labels)
    summary = {"dataset": dataset, "network": network, **result}
    if format is ReportFormat.JSON:
        _print(as_json(summary))
        return
    accuracy = summary["accuracy"]
    _print(f"{network} on {dataset}: {summary['n']} images, {summary['errors']} wrong")
    _print(
        f"accuracy  {accuracy['value']:.2%}  (95 % interval {accuracy['low']:.2%} to "
        f"{accuracy['high']:.2%})"
    )
    _print(f"log loss  {summary['log_loss']:.4f}")
    for row in summary["per_label"]:
        if row["n"]:
            _print(f"  {row['label']}  recall {row['recall']:.2%}  of {row['n']}")


@app.command()
def models(
    format: Annotated[ReportFormat, typer.Option("--format", "-f")] = ReportFormat.TEXT,
) -> None:
    """List the trained models under model/ with their headline figures, as measured in training."""
    found = []
    for name in reports_files.names():
        try:
            found.append(_headline(reports_files.load(name)))
        except ReportError as problem:
            remark(str(problem))
    if format is ReportFormat.JSON:
        _print(as_json(found))
        return
    if not found:
        _print("No model yet: python train_model.py makes one.")
        return
    table = Table(
        "model", "network", "labels", "parameters", "test accuracy", "95 % interval", "ms"
    )
    for row in found:
        test = row["test"]
        table.add_row(
            row["name"],
            row["network"],
            str(len(row["labels"])),
            f"{row['parameters']:,}",
            f"{test['value']:.2%}" if test else "not measured",
            f"{test['low']:.2%} to {test['high']:.2%}" if test else "",
            f"{row['latency_ms']:.3f}",
        )
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def main() -> NoReturn:
    """Run the command line; a reader that hangs up (`| head`) is no error."""
    try:
        app(prog_name="python -m inkling")
    except BrokenPipeError:
        # The interpreter flushes stdout once more on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(0)


def _load(network: str) -> classifier.Classifier:
    try:
        return classifier.load(network)
    except ReportError as problem:
        _stop(str(problem))


def _files(pictures: list[Path]) -> Iterator[Path]:
    """Files as they are; folders give the pictures in them and below, sorted."""
    for picture in pictures:
        if not picture.is_dir():
            yield picture
            continue
        inside = sorted(
            path
            for path in picture.rglob("*")
            if path.suffix.lower() in EXTENSIONS and path.is_file()
        )
        if not inside:
            remark(f"{picture} holds no pictures ({KINDS}).")
        yield from inside


def _dataset(dataset: str, labels: int) -> tuple[Pixels, NDArray[np.int64]]:
    """Images and labels of a named data set or an .npz file, checked."""
    if dataset.endswith(".npz"):
        x, y = _npz(Path(dataset))
    else:
        # Imported here: what only reads has no use for the list of data sets.
        from inkling.training.data import datasets
        from inkling.training.data.sources import DatasetError

        try:
            x, y = datasets.load(dataset, split="test")
        except DatasetError as problem:
            _stop(str(problem))
    x, y = np.asarray(x), np.asarray(y)
    if x.dtype != np.uint8 or x.ndim != 3 or x.shape[1:] != (GLYPH_SIZE, GLYPH_SIZE):
        _stop(
            f"{dataset}: x must be uint8 (n, {GLYPH_SIZE}, {GLYPH_SIZE}), 0 paper and 255 pen; "
            f"it is {x.dtype} {x.shape}."
        )
    if y.shape != (len(x),) or not np.issubdtype(y.dtype, np.integer):
        _stop(f"{dataset}: y must hold one whole number for each of the {len(x)} images in x.")
    if len(x) == 0:
        _stop(f"{dataset} holds no images.")
    if int(y.min()) < 0 or int(y.max()) >= labels:
        _stop(f"{dataset}: labels must be 0 to {labels - 1}; there are {y.min()} to {y.max()}.")
    return x, y.astype(np.int64)


def _npz(path: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    try:
        # Pickled arrays could run code: they are refused.
        with np.load(path, allow_pickle=False) as data:
            return data["x"], data["y"]
    except KeyError:
        _stop(f"{path} must hold arrays named x and y.")
    except FileNotFoundError:
        _stop(f"There is no file {path}.")
    except Exception:  # foreign bytes make zipfile and numpy raise nearly anything
        _stop(f"{path} is no .npz file that can be read: make it with numpy.savez.")


def _headline(report: Report) -> dict[str, Any]:
    test = report.split("test")
    return {
        "name": report.name,
        "network": report.network,
        "labels": report.labels,
        "parameters": report.parameters,
        "dataset": test.dataset if test else None,
        "n": test.n if test else None,
        "errors": test.errors if test else None,
        "test": msgspec.to_builtins(test.accuracy) if test else None,
        "latency_ms": report.timing.latency_ms,
        "created": report.created,
    }


def _sink(output: Path | None, resume: bool, format: Format) -> Sink:
    try:
        return Sink(output, resume, format)
    except OutputError as problem:
        _stop(str(problem))


def _say_how_to_go_on(count: Count, output: Path | None) -> None:
    more = f" The same command with --resume goes on with {output}." if output else ""
    remark(f"Interrupted after {count.done:,} of {count.total:,} files.{more}")


def _write_digit(page: Page, model: classifier.Classifier, format: Format) -> None:
    _, prediction = read_digit(ink.from_image(page.image), model)
    data: dict[str, Any] = {
        "file": page.file,
        "digit": None if prediction is None else prediction.digit,
        "confidence": 0.0 if prediction is None else round(prediction.confidence, 4),
        "is_digit": prediction is not None and prediction.is_digit,
        "probabilities": [0.0] * len(model.labels)
        if prediction is None
        else [round(value, 6) for value in prediction.probabilities],
    }
    if format is Format.JSON:
        _print(as_json(data))
    elif format is Format.CSV:
        joined = " ".join(str(value) for value in data["probabilities"])
        label = "" if prediction is None else prediction.label
        _print(as_row({**data, "digit": label, "probabilities": joined}, DIGIT_COLUMNS))
    else:
        label = "-" if prediction is None else prediction.label
        doubt = "" if prediction is not None and prediction.is_sure else "?"
        _print(f"{page.file}\t{label}{doubt}\t{data['confidence']:.3f}")


def _print(line: str) -> None:
    """A result, out at once: whoever reads the pipe need not wait for the last file."""
    print(line, flush=True)


def _stop(message: str) -> NoReturn:
    remark(message)
    raise typer.Exit(2)
