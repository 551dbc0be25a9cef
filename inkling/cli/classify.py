"""`python -m inkling classify`: pictures of one digit each."""

from __future__ import annotations

from typing import Annotated

import typer

from inkling.cli.inputs import FILES_FAILED, Network, Pictures, find_pictures, load_model
from inkling.cli.output import Format, as_json, as_row, error_lines, header, print_result
from inkling.cli.progress import print_message
from inkling.imaging import ink
from inkling.imaging.load import Page, PhotoError, open_pages
from inkling.reader.drawing import export_digit, read_digit
from inkling.recognition.classifier import Classifier

COLUMNS = ("file", "digit", "confidence", "is_digit", "probabilities", "error")


def classify(
    pictures: Pictures,
    format: Annotated[
        Format, typer.Option("--format", "-f", help="json, csv or text: one line per picture.")
    ] = Format.JSON,
    network: Network = "digits",
) -> None:
    """Classify pictures of one digit each, drawn or photographed.

    The digit is null only for a picture without ink. For a file that cannot be read, the output has
    a line with its name and the reason; the other files are still read, and the exit status is 1.
    """
    model = load_model(network)
    if format is Format.CSV:
        print_result(header(COLUMNS))
    failed = False
    for file in find_pictures(pictures):
        try:
            for page in open_pages(file, str(file)):
                print_result(_result_line(page, model, format))
        except PhotoError as error:
            failed = True
            print_message(str(error))
            for line in error_lines(str(file), str(error), format, COLUMNS):
                print_result(line)
    if failed:
        raise typer.Exit(FILES_FAILED)


def _result_line(page: Page, model: Classifier, format: Format) -> str:
    _, prediction = read_digit(ink.from_image(page.image), model)
    data = export_digit(page.file, prediction, model.labels)
    if format is Format.JSON:
        return as_json(data)
    if format is Format.CSV:
        probabilities = " ".join(str(value) for value in data["probabilities"])
        label = "" if prediction is None else prediction.label
        return as_row({**data, "digit": label, "probabilities": probabilities}, COLUMNS)
    label = "-" if prediction is None else prediction.label
    doubt = "" if prediction is not None and prediction.is_sure else "?"
    return f"{page.file}\t{label}{doubt}\t{data['confidence']:.3f}"
