"""What a reading process does: read one page, or one copy of a form, of what it is given.

The process that serves imports this module, too, so it imports nothing slow.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from inkling.reader.deadline import Deadline
from inkling.serving.processes import limit_memory, prepare

if TYPE_CHECKING:
    from inkling.forms.read import Form
    from inkling.forms.result import FormReading
    from inkling.imaging.load import Limits, Page
    from inkling.recognition.results import Reading

# How far a reading process stands back where the server needs the processor, for a drawing: little,
# because beside other programs it would hardly run at all.
NICENESS = 2
# A page for which the memory is too small is read once more with at most so many pixels.
FRUGAL_PIXELS = 12_000_000

T = TypeVar("T")


@dataclass(eq=False)
class _OpenFile:
    """A file whose next page may be asked for, so that a long one is opened once.

    Attributes:
        content, name: of the file.
        pages: those that are left.
        next_number: of the first of them.
    """

    content: bytes
    name: str
    pages: Iterator[Page]
    next_number: int


# A server without reading processes reads in its own, in several threads.
_lock = threading.Lock()
_open: _OpenFile | None = None
_form: tuple[bytes, Form] | None = None


def start(model: str, megabytes: float) -> None:
    """Prepare a new process: load the networks, then limit its memory.

    Args:
        model: the classifier that is asked for most.
        megabytes: what it may use beside the networks.
    """
    prepare()
    from inkling.reports.files import ReportError

    # Reading says itself what is missing.
    with suppress(ReportError):
        _warm_up(model)
    _release()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    limit_memory(round(megabytes * 1e6))


def _warm_up(model: str) -> None:
    """Load the networks and let each of them run once, which plans its memory."""
    import cv2
    import numpy as np

    import inkling.forms.read  # noqa: F401  # as much as reading a form will need
    from inkling.imaging.load import Page
    from inkling.reader.page import read_upright
    from inkling.recognition import classifier

    picture = np.full((160, 480, 3), 255, np.uint8)
    cv2.putText(picture, "0123456789", (20, 110), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (0, 0, 0), 5)
    read_upright(Page("", 1, picture), classifier.load(model))


def reading_of(_page: Page, reading: Reading) -> Reading:
    """What a page says, without its pixels."""
    return reading


def read_page(
    content: bytes,
    name: str,
    number: int,
    model: str,
    seconds: float,
    keep: Callable[[Page, Reading], T],
) -> T | None:
    """Open and read one page of a file.

    Args:
        content: of the file.
        name: of the file.
        number: of the page, from 1.
        model: the classifier.
        seconds: for opening and reading it; lines for which they are too short are left out.
        keep: makes the answer of the page, as it was read, and the reading.

    Returns:
        What `keep` returns; None where the file has fewer pages.

    Raises:
        PhotoError: the file, or this page, cannot be opened.
        ReportError: a network is missing or damaged.
        MemoryError: the memory is too small.
    """
    deadline = Deadline(seconds)
    with _lock, _memory_errors():
        try:
            return _read(content, name, number, model, deadline, keep)
        except MemoryError:
            _close()
        finally:
            _release()
        try:
            return _read(content, name, number, model, deadline, keep, frugal=True)
        finally:
            _release()


def read_form(
    template: bytes, picture: bytes, name: str, number: int, model: str, seconds: float
) -> FormReading:
    """Read one page as a copy of a form.

    Args:
        template: the form, as JSON.
        picture: the page, as JPEG or PNG.
        name: of the page's file.
        number: of the page, from 1.
        model: the classifier.
        seconds: for reading; fields for which they are too short are empty and not sure.

    Raises:
        PhotoError: the picture cannot be opened.
        TemplateError: the template cannot be used.
        ReportError: a network is missing or damaged.
        MemoryError: the memory is too small.
    """
    from inkling.forms.read import read_form as read
    from inkling.imaging.load import open_pages
    from inkling.recognition import classifier

    with _lock, _memory_errors():
        form = _opened_form(template, name)
        (page,) = open_pages(picture, name)
        return read(replace(page, number=number), form, classifier.load(model), Deadline(seconds))


def _read(
    content: bytes,
    name: str,
    number: int,
    model: str,
    deadline: Deadline,
    keep: Callable[[Page, Reading], T],
    *,
    frugal: bool = False,
) -> T | None:
    from inkling.imaging.load import Limits
    from inkling.reader.page import read_upright
    from inkling.recognition import classifier

    limits = Limits.configured()
    page = _take_page(content, name, number, _frugal(limits) if frugal else limits)
    if page is None:
        return None
    return keep(*read_upright(page, classifier.load(model), deadline))


def _take_page(content: bytes, name: str, number: int, limits: Limits) -> Page | None:
    """A page of a file, which stays open if its next page may be asked for."""
    global _open
    from inkling.imaging.load import open_pages

    known, _open = _open, None
    if (
        known is None
        or (known.name, known.next_number) != (name, number)
        or (known.content != content)
    ):
        known = _OpenFile(content, name, open_pages(content, name, limits, number), number)
    page = next(known.pages, None)
    if page is not None and number < page.count:
        known.next_number = number + 1
        _open = known
    return page


def _close() -> None:
    """Forget the open file."""
    global _open
    _open = None


def _release() -> None:
    """Give back the memory of the page model."""
    from inkling.reader.page import load_networks

    with suppress(Exception):
        load_networks().page.release()


def _frugal(limits: Limits) -> Limits:
    """Limits that accept the same pictures, and shrink more of them."""
    pixels = min(FRUGAL_PIXELS, limits.pixels)
    return replace(
        limits, pixels=pixels, reduction=math.ceil(limits.reduction * limits.pixels / pixels)
    )


def _opened_form(content: bytes, name: str) -> Form:
    """A form, which stays open: its next copy is likely to come to this process."""
    global _form
    from inkling.forms import template
    from inkling.forms.read import open_form

    if _form is None or _form[0] != content:
        _form = content, open_form(template.decode(content, name))
    return _form[1]


@contextmanager
def _memory_errors() -> Generator[None]:
    """Turn OpenCV's way to say that the memory is too small into Python's."""
    import cv2

    try:
        yield
    except cv2.error as problem:
        if problem.code == cv2.Error.StsNoMem:
            raise MemoryError from None
        raise
