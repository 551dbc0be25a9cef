"""Reading pictures in one call, for notebooks and small programs.

    import inkling

    inkling.read("scan.jpg")                 # a Reading: all numbers of a picture
    inkling.read("scan.pdf", page=2)         # one page of several
    list(inkling.read_pages("scan.pdf"))     # all of them
    inkling.classify("seven.png")            # a Prediction: one digit

They take what notebooks hold: the path or the bytes of a file, a Pillow image, or an array. They
read as the command line does, with the same limits on files (docs/operations.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkling.imaging import ink
from inkling.imaging.load import Page, PhotoError, open_pages, page_of
from inkling.reader.deadline import Deadline
from inkling.reader.drawing import read_digit
from inkling.reader.page import read_upright
from inkling.recognition import classifier
from inkling.recognition.results import Prediction, Reading
from inkling.reports.names import folder_name

# A path, a file's bytes, a Pillow image, or an array of any numeric type: (h, w) grey, (h, w, 3)
# RGB or (h, w, 4) RGBA. Light writing on dark paper is recognised, so MNIST's arrays are pictures.
Picture: TypeAlias = str | Path | bytes | Image.Image | NDArray[np.generic]


def read(
    picture: Picture,
    *,
    page: int | None = None,
    network: str = "digits",
    timeout: float | None = None,
) -> Reading:
    """Read all numbers in a photo, a scan or a page of a PDF.

    >>> import inkling
    >>> reading = inkling.read("assets/samples/phone-number.jpg")
    >>> [number.text for number in reading.numbers]
    ['030', '5274', '1986']
    >>> all(number.confidence > 0.9 for number in reading.numbers)
    True

    Args:
        picture: see `Picture`.
        page: which page, from 1. It must be given where there are several.
        network: the model that classifies digits, by its folder or its title.
        timeout: seconds after which what was read by then is returned, with a warning; None for
            no limit.

    Returns:
        The reading. Its `export()` is plain data, ready for JSON, and `to_frame()` is a table.

    Raises:
        PhotoError: the file cannot be opened, has no such page, or has several and `page` is None.
        ReportError: a model is missing or damaged.
        ValueError: an array has a shape that no picture has.
    """
    first = 0 if page is None else page - 1
    pages = islice(_pages(picture), first, None) if first >= 0 else iter(())
    chosen = next(pages, None)
    if chosen is None:
        raise PhotoError(f"There is no page {page} in {_name(picture)}. Pages count from 1.")
    if page is None and next(pages, None) is not None:
        raise PhotoError(
            f"There are several pages in {_name(picture)}. Choose one, such as page=1, or use "
            "read_pages."
        )
    return _read(chosen, network, timeout)


def read_pages(
    picture: Picture, *, network: str = "digits", timeout: float | None = None
) -> Iterator[Reading]:
    """Read all pages of a PDF or a TIFF, one after the other (see `read`).

    Args:
        picture, network: see `read`.
        timeout: for each page.

    Yields:
        A reading for each page.
    """
    for page in _pages(picture):
        yield _read(page, network, timeout)


def classify(picture: Picture, *, network: str = "digits") -> Prediction | None:
    """Classify a picture of one digit: drawn, photographed, or an array such as MNIST's.

    >>> import inkling
    >>> prediction = inkling.classify("assets/samples/one-digit.jpg")
    >>> prediction.label, prediction.is_sure
    ('8', True)

    Args:
        picture: see `Picture`; of a file with several pages, the first.
        network: the model, by its folder or its title.

    Returns:
        The prediction; None for a picture without ink.

    Raises:
        PhotoError, ReportError, ValueError: see `read`.
    """
    page = next(iter(_pages(picture)))
    _, prediction = read_digit(ink.from_image(page.image), classifier.load(folder_name(network)))
    return prediction


def _read(page: Page, network: str, timeout: float | None) -> Reading:
    _, reading = read_upright(page, classifier.load(folder_name(network)), Deadline(timeout))
    return reading


def _pages(picture: Picture) -> Iterator[Page]:
    if isinstance(picture, bytes):
        return open_pages(picture)
    if isinstance(picture, str | Path):
        return open_pages(Path(picture))
    if isinstance(picture, Image.Image | np.ndarray):
        return iter([page_of(picture)])
    raise TypeError(
        f"a picture is a path, bytes, a Pillow image or an array, not {type(picture).__name__}"
    )


def _name(picture: Picture) -> str:
    return str(picture) if isinstance(picture, str | Path) else "the picture"
