"""`read --template`: pages as copies of one form, a row for each and a column for each field."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from inkling.cli.inputs import stop
from inkling.cli.output import Format, as_json, as_row
from inkling.forms import template
from inkling.forms.read import Form, open_form
from inkling.forms.result import FormReading, columns
from inkling.forms.template import TemplateError


@lru_cache(maxsize=1)
def open_template(path: str) -> Form:
    """A template's form, opened once per process.

    Raises:
        TemplateError: it cannot be used.
    """
    return open_form(template.load(Path(path)))


def check_template(path: Path) -> None:
    """End the command if a template cannot be used."""
    try:
        open_template(str(path))
    except TemplateError as error:
        stop(str(error))


def columns_of(form: Form) -> tuple[str, ...]:
    """The columns of CSV."""
    return columns(form.template.fields)


def lines_of(reading: FormReading, form: Form, format: Format) -> list[str]:
    """The lines of output for a page; in text, one that is not the form has none."""
    if format is Format.JSON:
        return [as_json(reading.export())]
    if format is Format.CSV:
        return [as_row(dict(reading.row()), columns_of(form))]
    return [] if reading.problem else ["\t".join(field.shown for field in reading.fields)]


def messages_of(reading: FormReading) -> list[str]:
    """The sentences about a page for stderr."""
    where = f"{reading.file}, page {reading.page}" if reading.page > 1 else reading.file
    problem = [reading.problem] if reading.problem else []
    return [f"{where}: {sentence}" for sentence in (*problem, *reading.warnings)]
