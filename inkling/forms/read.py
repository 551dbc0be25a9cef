"""Reading a page as a form: one value for each field of the template."""

from __future__ import annotations

from dataclasses import dataclass

from inkling.forms import marks
from inkling.forms.alignment import (
    Alignment,
    FormPrint,
    NotAlignedError,
    align,
    corners_of,
    form_print,
)
from inkling.forms.crops import Crop, crop_field
from inkling.forms.expectations import expectation
from inkling.forms.result import FieldReading, FormReading
from inkling.forms.template import Field, Kind, Template, TemplateError
from inkling.forms.values import text_of, value_of
from inkling.geometry import Box
from inkling.imaging.load import Page
from inkling.reader.deadline import NO_DEADLINE, Deadline
from inkling.reader.page import Networks, read_page
from inkling.recognition.classifier import Classifier
from inkling.recognition.expectation import Expectation
from inkling.recognition.results import Number

# A field is sure where each number in it is, and its text with its signs is at least so probable
# among the texts that were compared.
MIN_POSTERIOR = {Kind.DIGITS: 0.0, Kind.AMOUNT: 0.9, Kind.DATE: 0.9}


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A template that pages can be read with.

    Attributes:
        template: of the form.
        print: what is printed on it.
    """

    template: Template
    print: FormPrint


def open_form(template: Template) -> Form:
    """Prepare a template for reading; takes about a second.

    Raises:
        TemplateError: its picture is damaged, or shows too little print.
    """
    try:
        return Form(template, form_print(template))
    except NotAlignedError as problem:
        raise TemplateError(str(problem)) from None


def read_form(
    page: Page,
    form: Form,
    classifier: Classifier,
    deadline: Deadline = NO_DEADLINE,
    networks: Networks | None = None,
) -> FormReading:
    """Read a page as a form, however it is turned.

    Args:
        page: a photo or scan of a copy of the form.
        form: the form.
        classifier: of glyphs.
        deadline: fields for which the time is too short are empty and not sure, with a warning.
        networks: by default those under `model/`.

    Returns:
        A value for each field, or why the page could not be aligned with the form.

    Raises:
        ReportError: a network or what is fitted of the reader is missing or damaged.
    """
    try:
        alignment = align(page.image, form.print)
    except NotAlignedError as problem:
        return FormReading(page.file, page.number, problem=str(problem))
    fields = tuple(
        _read_field(page, form, alignment, field, classifier, deadline, networks)
        for field in form.template.fields
    )
    warnings = page.warnings
    if deadline.was_missed:
        late = f"Reading took longer than {deadline.seconds:g} s. Some fields were not read."
        warnings = (late, *warnings)
    return FormReading(page.file, page.number, fields, warnings=warnings)


def _read_field(
    page: Page,
    form: Form,
    alignment: Alignment,
    field: Field,
    classifier: Classifier,
    deadline: Deadline,
    networks: Networks | None,
) -> FieldReading:
    filled = form.template.reference.filled
    crop = crop_field(page.image, form.print, alignment, field, filled=filled)
    writing = marks.writing_in(crop)
    if field.kind is Kind.YES_NO:
        is_marked, is_sure = marks.is_marked(writing)
        text, confidence = "yes" if is_marked else "no", 1.0 if is_sure else 0.5
    elif writing <= marks.EMPTY:
        text, confidence, is_sure = "", 1.0, True
    elif deadline.is_over():
        text, confidence, is_sure = "", 0.0, False
    else:
        text, confidence, is_sure = _read_crop(
            crop, field.kind, form.template, classifier, networks
        )
    value = value_of(text, field.kind, form.template)
    polygon = tuple((x, y) for x, y in alignment.on_page(corners_of(field.box)).tolist())
    is_sure = is_sure and (value is not None or not text)
    return FieldReading(field.name, field.kind, text, value, confidence, is_sure, polygon)


def _read_crop(
    crop: Crop, kind: Kind, template: Template, classifier: Classifier, networks: Networks | None
) -> tuple[str, float, bool]:
    """What is written in a field, how probable that is, and whether it is sure."""
    page = Page("", 1, crop.image)
    written = _written(page, crop, classifier, networks, expectation(kind, template))
    if kind is Kind.AMOUNT and written.unread and written.text.isdecimal():
        # Perhaps a decimal sign that the line model has not seen.
        expected = expectation(kind, template, marked=written.text)
        written = _written(page, crop, classifier, networks, expected)
    numbers = written.numbers
    text = text_of([number.written for number in numbers], kind)
    confidence = min((number.confidence for number in numbers), default=0.0)
    is_sure = (
        written.lines == 1
        and not written.unread
        and all(number.is_sure and number.posterior >= MIN_POSTERIOR[kind] for number in numbers)
    )
    return text, confidence, is_sure


@dataclass(frozen=True, slots=True)
class _Written:
    """What is written in a field.

    Attributes:
        numbers: in reading order.
        lines: how many lines they stand in.
        unread: whether there is writing that is neither a digit nor a sign.
    """

    numbers: tuple[Number, ...]
    lines: int
    unread: bool

    @property
    def text(self) -> str:
        return "".join(number.written for number in self.numbers)


def _written(
    page: Page,
    crop: Crop,
    classifier: Classifier,
    networks: Networks | None,
    expected: Expectation,
) -> _Written:
    reading = read_page(page, classifier, networks=networks, expected=expected)
    lines = [
        inside
        for line in reading.lines
        if (inside := [number for number in line.numbers if _is_inside(number.box, crop)])
    ]
    numbers = tuple(number for line in lines for number in line)
    signs = sum(len(number.written) - len(number.digits) for number in numbers)
    boxes = [digit.box for number in numbers for digit in number.digits]
    left_out = any(_is_inside(each.box, crop) for each in reading.left_out)
    is_unread = left_out or marks.unread(crop, boxes) > signs
    return _Written(numbers, len(lines), is_unread)


def _is_inside(box: Box, crop: Crop) -> bool:
    """Whether the middle of a box lies in the field."""
    height, width = crop.inside.shape
    column, row = round(box[0] + box[2] / 2), round(box[1] + box[3] / 2)
    return bool(crop.inside[min(row, height - 1), min(column, width - 1)])
