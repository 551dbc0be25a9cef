"""What a page says as a form: `FormReading`, from which tables, JSON and CSV are made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from inkling.forms.template import Field, Kind
from inkling.forms.values import Value, shown

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class FieldReading:
    """What a field of a page says.

    Attributes:
        name, kind: of the field.
        text: what was read: digits and signs, "yes" or "no"; empty where nothing is written.
        value: of that text, by the kind (see `values.value_of`).
        confidence: the probability that it was read right, 0 to 1.
        is_sure: whether it needs no second look.
        polygon: its corners on the page, in pixels, clockwise from the top left of the form.
    """

    name: str
    kind: Kind
    text: str
    value: Value
    confidence: float
    is_sure: bool
    polygon: tuple[Point, ...]

    @property
    def shown(self) -> str:
        """The value as a text; what was read where that has no value."""
        return shown(self.value, self.text)

    def export(self) -> dict[str, Any]:
        """As `FormReading.export` holds it: plain values, ready for JSON."""
        value: str | bool | None
        if isinstance(self.value, bool) or self.value is None:
            value = self.value
        elif isinstance(self.value, Decimal | date):
            value = self.shown
        else:
            value = self.value
        return {
            "name": self.name,
            "kind": str(self.kind),
            "text": self.text,
            "value": value,
            "sure": self.is_sure,
            "confidence": round(self.confidence, 4),
            "polygon": [[round(x, 1), round(y, 1)] for x, y in self.polygon],
        }


@dataclass(frozen=True, slots=True)
class FormReading:
    """What a page says as a form.

    Attributes:
        file: the name of the file it came from.
        page: the page in that file, from 1.
        fields: in the template's order; empty where the page is not aligned.
        problem: why the page could not be read as the form; empty where it was.
        warnings: sentences.
    """

    file: str
    page: int
    fields: tuple[FieldReading, ...] = ()
    problem: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def is_aligned(self) -> bool:
        return not self.problem

    @property
    def unsure(self) -> tuple[FieldReading, ...]:
        """The fields to look at."""
        return tuple(field for field in self.fields if not field.is_sure)

    def export(self) -> dict[str, Any]:
        """The reading as `read --template --format json` writes it."""
        if self.problem:
            return {"file": self.file, "page": self.page, "error": self.problem}
        return {
            "file": self.file,
            "page": self.page,
            "fields": [field.export() for field in self.fields],
            "warnings": list(self.warnings),
        }

    def row(self) -> dict[str, str | int]:
        """The reading as a row: `file`, `page`, a column for each field, and `error`."""
        values: dict[str, str | int] = {"file": self.file, "page": self.page}
        values |= {field.name: field.shown for field in self.fields}
        return values | {"error": self.problem}


def columns(fields: Iterable[Field]) -> tuple[str, ...]:
    """The columns of rows."""
    return ("file", "page", *(field.name for field in fields), "error")
