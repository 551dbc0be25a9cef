"""What a session does with copies of one form: its fields, the readings, and what was corrected."""

from __future__ import annotations

from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from inkling.serving.errors import PoolError
from inkling.ui.shared import images
from inkling.ui.shared.pending import Pending

if TYPE_CHECKING:
    from inkling.forms.result import FieldReading, FormReading
    from inkling.forms.template import Template
    from inkling.geometry import Box
    from inkling.recognition.classifier import Classifier
    from inkling.ui.upload.box_canvas import CanvasState
    from inkling.ui.upload.session_page import SessionPage

STATE_KEY = "form-session"
Decimals = Literal[".", ","]
Dates = Literal["dmy", "mdy", "ymd"]


@dataclass(frozen=True)
class MarkedField:
    """A field that a person has marked.

    Attributes:
        name: the column's heading.
        kind: a value of `inkling.forms.template.Kind`.
        box: in pixels of the form's picture.
    """

    name: str
    kind: str
    box: Box


@dataclass(eq=False)
class FormSession:
    """The form of a session.

    Attributes:
        picture: of the form, as JPEG; None before a page or a template was chosen.
        size: its width and height in pixels.
        source: the key of the page that it is, or None for an opened template's.
        fields: by id, in the order of the columns.
        filled, decimal, dates: see `inkling.forms.template`.
        readings: by page key, with the fields as they are now.
        corrections: what a person has typed, by page key and name of the field; it stays when the
            pages are read again.
        checked: the same keys, of what a person found right.
        is_reading: whether pages are being read.
        canvas, canvas_version: as those of a `SessionPage`.
        version: counts the changes to the fields that their table does not show yet.
        selected: the key of the page and the name of the field that is shown.
        problem: why the template cannot be used.
    """

    picture: bytes | None = None
    size: tuple[int, int] = (0, 0)
    source: int | None = None
    fields: dict[int, MarkedField] = field(default_factory=dict)
    filled: bool = False
    decimal: Decimals = "."
    dates: Dates = "dmy"
    readings: dict[int, FormReading] = field(default_factory=dict)
    corrections: dict[tuple[int, str], str] = field(default_factory=dict)
    checked: set[tuple[int, str]] = field(default_factory=set)
    is_reading: bool = False
    canvas: CanvasState | None = None
    canvas_version: int = 0
    version: int = 0
    selected: tuple[int, str] | None = None
    problem: str = ""
    _next_id: int = 1
    _template: Template | None = None
    _pending: Pending[FormReading] = field(default_factory=Pending, repr=False)

    def use_page(self, page: SessionPage) -> None:
        """Take a page as the form; boxes that were drawn stay where they are on it."""
        image = page.image()
        before, self.size = self.size, (image.shape[1], image.shape[0])
        self.picture, self.source = page.scan, page.key
        self.filled = bool(page.draft.entries)
        if before[0]:
            across, down = self.size[0] / before[0], self.size[1] / before[1]
            for key, each in self.fields.items():
                x, y, width, height = each.box
                box = (
                    round(x * across),
                    round(y * down),
                    round(width * across),
                    round(height * down),
                )
                self.fields[key] = replace(each, box=box)
        self.changed()

    def open(self, content: bytes, name: str) -> None:
        """Open a template; one that cannot be used changes nothing but `problem`."""
        from inkling.forms import template
        from inkling.forms.template import TemplateError

        try:
            opened = template.decode(content, name)
            picture = opened.picture()
        except TemplateError as problem:
            self.problem = str(problem)
            return
        self.picture, self.source = images.photo_jpeg(picture), None
        self.size = (picture.shape[1], picture.shape[0])
        self.filled, self.problem = opened.reference.filled, ""
        self.decimal, self.dates = opened.decimal, opened.dates
        self.fields = {}
        for each in opened.fields:
            x, y, width, height = each.box
            self.add(each.name, str(each.kind), (round(x), round(y), round(width), round(height)))
        self.changed()

    def template(self) -> bytes:
        """The template as JSON.

        Raises:
            TemplateError: the fields cannot be used.
        """
        return self._made().encode()

    def add(self, name: str, kind: str, box: Box) -> int:
        """Add a field and return its id; an empty name becomes "Field 1" or the like."""
        key, self._next_id = self._next_id, self._next_id + 1
        names = {each.name for each in self.fields.values()}
        number = len(self.fields) + 1
        while not name or name in names:
            name, number = f"Field {number}", number + 1
        self.fields[key] = MarkedField(name, kind, box)
        return key

    def changed(self, *, on_canvas: bool = False) -> None:
        """Note that the form has changed: pages must be read again."""
        self.readings, self._template = {}, None
        self._pending.cancel()
        self.is_reading, self.problem = False, ""
        self.version += 1
        if not on_canvas:
            self.canvas, self.canvas_version = None, self.canvas_version + 1

    def read(self, page: SessionPage, classifier: Classifier, visitor: str = "") -> None:
        """Read a page as the form; if the template cannot be used, `problem` says why.

        Args:
            page: as it was read.
            classifier: the model.
            visitor: visitors take turns.
        """
        from inkling.forms.result import FormReading
        from inkling.forms.template import TemplateError
        from inkling.imaging.load import PhotoError
        from inkling.reports.files import ReportError
        from inkling.serving.pool import reading_pool

        try:
            template = self.template()
            self.readings[page.key] = self._pending.answer(
                (page.key, template, classifier.name),
                lambda: reading_pool().submit_form(
                    template, page.scan, page.file, page.number, classifier.name, visitor
                ),
            )
        except CancelledError:
            return
        except (PoolError, PhotoError) as problem:
            self.readings[page.key] = FormReading(page.file, page.number, problem=str(problem))
        except (TemplateError, ReportError) as problem:
            self.problem, self.is_reading = str(problem), False

    def shown(self, key: int, read: FieldReading) -> str:
        """What a field of a page says, with what a person has typed."""
        return self.corrections.get((key, read.name), read.shown)

    def is_doubtful(self, key: int, read: FieldReading) -> bool:
        """Whether nobody is sure of a field of a page."""
        cell = (key, read.name)
        return not read.is_sure and cell not in self.corrections and cell not in self.checked

    def doubtful(self) -> list[tuple[int, str]]:
        """The cells to check, in the order of the table."""
        return [
            (key, read.name)
            for key, reading in self.readings.items()
            for read in reading.fields
            if self.is_doubtful(key, read)
        ]

    def answer(self, cell: tuple[int, str], text: str) -> None:
        """Take what a person says about a cell: another text, or that it is right."""
        read = next(each for each in self.readings[cell[0]].fields if each.name == cell[1])
        if text.strip() == read.shown:
            self.corrections.pop(cell, None)
            self.checked.add(cell)
        else:
            self.corrections[cell] = text.strip()

    def row(self, page: SessionPage) -> dict[str, Any]:
        """A page's row: amounts as numbers, everything else as texts."""
        from inkling.forms.values import value_of

        reading = self.readings[page.key]
        cells: dict[str, Any] = {"file": page.file, "page": page.number}
        for read in reading.fields:
            text = self.shown(page.key, read)
            typed = self.corrections.get((page.key, read.name))
            value = read.value if typed is None else value_of(typed, read.kind, self._made())
            cells[read.name] = value if isinstance(value, Decimal) else text
        return cells | {"error": reading.problem}

    def _made(self) -> Template:
        from inkling.forms.template import Field, Kind, from_page

        if self._template is not None:
            return self._template
        assert self.picture is not None
        fields = tuple(
            Field(each.name, Kind(each.kind), (float(x), float(y), float(width), float(height)))
            for each in self.fields.values()
            for x, y, width, height in [each.box]
        )
        image = images.rgb(self.picture)
        self._template = from_page(
            image, fields, filled=self.filled, decimal=self.decimal, dates=self.dates
        )
        return self._template


def form_session() -> FormSession:
    """The form of this session."""
    if STATE_KEY not in st.session_state:
        st.session_state[STATE_KEY] = FormSession()
    session: FormSession = st.session_state[STATE_KEY]
    return session
