"""Templates: the fields of a form and a picture of it, as one JSON document.

A saved template holds the picture itself, so that the JSON alone suffices:

    {"inkling_form": 1, "decimal": ".", "dates": "dmy",
     "reference": {"picture": "<a JPEG or PNG as base64>", "filled": false},
     "fields": [{"name": "total", "kind": "amount", "box": [120, 340, 260, 48]}]}

A template that is written by hand may name a picture file instead: `{"file": "form.png"}`, relative
to the template. `box` is left, top, width and height in pixels of that picture.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import cv2
import msgspec
import numpy as np

from inkling.geometry import shrink
from inkling.imaging.load import PhotoError, open_pages
from inkling.imaging.pixels import Pixels
from inkling.paths import reason_of

VERSION = 1
# The longer side of the picture in a template, in pixels: print of 2 mm on A4 is 11 pixels high.
REFERENCE_SIDE = 1600
# JPEG quality of that picture, 0 to 100. A form on A4 takes about 300 kB.
QUALITY = 75
MAX_FIELDS = 200
# The largest template, in bytes.
MAX_BYTES = 25_000_000
# Names of other columns of the results.
RESERVED_NAMES = ("file", "page", "error")

Positive = Annotated[float, msgspec.Meta(gt=0)]


class TemplateError(Exception):
    """A template cannot be used. The message is one sentence or two for a person."""


class Kind(StrEnum):
    """What is written in a field."""

    DIGITS = "digits"
    AMOUNT = "amount"
    DATE = "date"
    YES_NO = "yes-no"


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place of a form that is filled in.

    Attributes:
        name: unique in the template; the column's heading.
        kind: what is written there.
        box: left, top, width and height in pixels of the template's picture.
    """

    name: str
    kind: Kind
    box: tuple[float, float, Positive, Positive]


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The page that the other pages are aligned to.

    Attributes:
        picture: of the page, a file of any format that `imaging.load` opens.
        file: of that picture, instead; only in templates that are written by hand.
        filled: whether somebody has filled in the page. What is in the fields of one that nobody
            has is print, and is not read on the other pages.
    """

    picture: bytes = b""
    file: str = ""
    filled: bool = False


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A form. `from_page`, `load` and `decode` make checked ones.

    Attributes:
        fields: in the order of the columns.
        reference: the page that the others are aligned to.
        inkling_form: the version of the document.
        decimal: the sign before decimals.
        dates: the order of day, month and year.
    """

    fields: tuple[Field, ...]
    reference: Reference
    inkling_form: int = VERSION
    decimal: Literal[".", ","] = "."
    dates: Literal["dmy", "mdy", "ymd"] = "dmy"

    def encode(self) -> bytes:
        """The template as JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1)

    def picture(self) -> Pixels:
        """The picture: uint8 (height, width, 3), RGB.

        Raises:
            TemplateError: it is damaged.
        """
        try:
            return next(open_pages(self.reference.picture, "the template's picture")).image
        except PhotoError as problem:
            raise TemplateError(str(problem)) from None


def from_page(
    image: Pixels,
    fields: tuple[Field, ...],
    *,
    filled: bool = False,
    decimal: Literal[".", ","] = ".",
    dates: Literal["dmy", "mdy", "ymd"] = "dmy",
) -> Template:
    """Make a template of a page.

    Args:
        image: uint8 (height, width, 3), RGB, of the form.
        fields: boxes in its pixels.
        filled, decimal, dates: see `Reference` and `Template`.

    Raises:
        TemplateError: the fields cannot be used.
    """
    scale = min(1.0, REFERENCE_SIDE / max(image.shape[:2]))
    grey = cv2.cvtColor(shrink(image, scale), cv2.COLOR_RGB2GRAY)
    _, content = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    scaled = tuple(
        msgspec.structs.replace(field, box=tuple(round(side * scale, 2) for side in field.box))
        for field in fields
    )
    reference = Reference(content.tobytes(), filled=filled)
    template = Template(scaled, reference, decimal=decimal, dates=dates)
    _check_fields(template, np.asarray(grey).shape)
    return template


def load(path: Path) -> Template:
    """Open a template's file; a picture that it names becomes a part of it.

    Raises:
        TemplateError: the file or its picture cannot be used.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = reason_of(error)
        raise TemplateError(f"Can't open {path} ({reason}). Check the path.") from None
    return decode(content, str(path), path.parent)


def decode(content: bytes, name: str, folder: Path | None = None) -> Template:
    """Read a template.

    Args:
        content: JSON.
        name: of the file, for messages.
        folder: where the picture lies that the template names; None if it must hold its picture.

    Raises:
        TemplateError: it is no template, or its picture or its fields cannot be used.
    """
    if len(content) > MAX_BYTES:
        raise TemplateError(f"{name} is too large for a template of a form.")
    try:
        head = msgspec.json.decode(content, type=dict[str, object])
        version = head.get("inkling_form")
        if isinstance(version, int) and version > VERSION:
            raise TemplateError(
                f"{name} was made by a later version of Inkling. Update Inkling to open it."
            )
        if version != VERSION:
            raise TemplateError(f"{name} is no template of a form: “inkling_form” is not 1.")
        template = msgspec.json.decode(content, type=Template)
    except msgspec.MsgspecError as error:
        raise TemplateError(f"{name} is no template of a form: {error}.") from None
    try:
        return _with_picture(template, folder)
    except (TemplateError, PhotoError) as problem:
        raise TemplateError(f"{name} cannot be used: {problem}") from None


def _with_picture(template: Template, folder: Path | None) -> Template:
    """A template that holds its picture, checked."""
    reference = template.reference
    if bool(reference.file) == bool(reference.picture):
        raise TemplateError("It needs either a picture or the name of its file.")
    if not reference.file:
        _check_fields(template, template.picture().shape)
        return template
    if folder is None:
        raise TemplateError("It names a picture file. Use a template that holds its picture.")
    image = next(open_pages(folder / reference.file)).image
    _check_fields(template, image.shape)
    return from_page(
        image,
        template.fields,
        filled=reference.filled,
        decimal=template.decimal,
        dates=template.dates,
    )


def _check_fields(template: Template, shape: tuple[int, ...]) -> None:
    """Raise `TemplateError` unless the fields have names and lie in a picture of this shape."""
    fields = template.fields
    if not fields:
        raise TemplateError("It has no fields. Mark at least one.")
    if len(fields) > MAX_FIELDS:
        raise TemplateError(f"It has {len(fields)} fields, and the limit is {MAX_FIELDS}.")
    names = [field.name for field in fields]
    for name in names:
        if not name.strip():
            raise TemplateError("A field has no name.")
        if name.lower() in RESERVED_NAMES:
            raise TemplateError(f"“{name}” cannot be the name of a field. Choose another.")
        if names.count(name) > 1:
            raise TemplateError(f"Two fields are named “{name}”.")
    height, width = shape[:2]
    for field in fields:
        left, top, wide, high = field.box
        if left < -1.0 or top < -1.0 or left + wide > width + 1.0 or top + high > height + 1.0:
            raise TemplateError(f"The box of “{field.name}” is not inside the picture.")
