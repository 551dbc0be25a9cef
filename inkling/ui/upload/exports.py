"""Corrected pages as files: CSV, an Excel workbook, JSON, and the pictures with their boxes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from inkling.ui.shared import images

if TYPE_CHECKING:
    from inkling.review.amounts import AmountFormat
    from inkling.review.csv_file import CsvOptions
    from inkling.review.result import Row
    from inkling.ui.upload.session_page import SessionPage

# Longest side of an annotated picture, in pixels: larger than any, so that none is shrunk.
PICTURE_SIDE = 100_000
# Longest side of a number's picture in a workbook, in pixels, and how much of the page is shown
# around it, in heights of its box.
CROP_SIDE, CROP_MARGIN = 240, 0.15


class Download(NamedTuple):
    """A file to download.

    Attributes:
        label, icon: of the button.
        content: makes the file when the button is clicked.
        file_name, mime: the file's.
    """

    label: str
    icon: str
    content: Callable[[], bytes]
    file_name: str
    mime: str


def downloads(
    pages: Sequence[SessionPage],
    rows: Sequence[Row],
    style: AmountFormat,
    csv_options: CsvOptions,
    *,
    has_crops: bool = False,
) -> tuple[Download, ...]:
    """List the files that can be downloaded, the most usual first.

    Args:
        pages: whose numbers are downloaded.
        rows: of all pages.
        style: how amounts are written.
        csv_options: how the CSV file is written.
        has_crops: whether the workbook has a picture of each number.
    """
    several = len(pages) > 1
    files = [
        Download(
            "Download for Excel",
            ":material/table:",
            lambda: workbook_of(pages, rows, style, has_crops=has_crops),
            "inkling.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Download(
            "CSV",
            ":material/download:",
            lambda: csv_of(pages, rows, style, csv_options),
            "inkling.csv",
            "text/csv",
        ),
        Download(
            "JSON",
            ":material/data_object:",
            lambda: as_json(pages),
            "inkling.json",
            "application/json",
        ),
    ]
    if several:
        files.append(
            Download(
                "JSON Lines",
                ":material/data_object:",
                lambda: as_json_lines(pages),
                "inkling.jsonl",
                "application/jsonl",
            )
        )
    pictures = Download(
        "Pictures" if several else "Picture",
        ":material/image:",
        lambda: pictures_of(pages),
        "inkling.zip" if several else "inkling.jpg",
        "application/zip" if several else "image/jpeg",
    )
    return (*files, pictures)


def rows(pages: Iterable[SessionPage]) -> list[Row]:
    """List all numbers of all pages (see `inkling.review.result.rows`)."""
    from inkling.review import result

    return [
        row for page in pages for row in result.rows(page.draft, file=page.file, page=page.number)
    ]


def csv_of(
    pages: Sequence[SessionPage], rows: Sequence[Row], style: AmountFormat, options: CsvOptions
) -> bytes:
    """Write pages as CSV: a list of all numbers, or each page as it stands.

    Args:
        pages: to write.
        rows: of all pages.
        style: how amounts are written.
        options: of the file.
    """
    from inkling.review.csv_file import as_csv, page_csv

    if not options.on_page:
        return as_csv(rows, style, options)
    titles = [
        f"{each.file}, page {each.number}" if each.number > 1 else each.file for each in pages
    ]
    return page_csv([each.draft for each in pages], titles, style, options)


def workbook_of(
    pages: Sequence[SessionPage],
    rows: Sequence[Row],
    style: AmountFormat,
    *,
    has_crops: bool = False,
) -> bytes:
    """Write pages as an Excel workbook: a list of all numbers, and each page as it stands.

    Args:
        pages: those without rows and columns are in the list alone.
        rows: of all pages.
        style: how amounts are written.
        has_crops: whether the list has a picture of each number.
    """
    from inkling.review.page_grid import page_grid
    from inkling.review.workbook import as_xlsx

    grids = ((page, page_grid(page.draft)) for page in pages)
    sheets = [(_sheet_title(page), grid) for page, grid in grids if grid is not None]
    return as_xlsx(rows, style, sheets, _crops(pages) if has_crops else ())


def as_json(pages: Sequence[SessionPage]) -> bytes:
    """Write the corrected pages as one JSON document: an object, or a list of several.

    Each page is as `python -m inkling read --format json` writes it.
    """
    import msgspec

    objects = _objects(pages)
    data = objects[0] if len(objects) == 1 else objects
    return msgspec.json.format(msgspec.json.encode(data)) + b"\n"


def as_json_lines(pages: Sequence[SessionPage]) -> bytes:
    """Write the corrected pages as `python -m inkling read` does: one JSON object per line."""
    import msgspec

    return msgspec.json.Encoder().encode_lines(_objects(pages))


def annotated(page: SessionPage) -> bytes:
    """The page's picture with its boxes and their current labels, as JPEG."""
    from inkling.imaging.load import Page
    from inkling.reader.overlay import annotate
    from inkling.review import result

    image = page.image()
    reading = result.as_reading(page.draft, scale=image.shape[1] / page.width)
    picture = annotate(Page(page.file, page.number, image), reading)
    return images.photo_jpeg(picture, PICTURE_SIDE)


def pictures_of(pages: Sequence[SessionPage]) -> bytes:
    """The annotated picture of one page, or a ZIP file with those of several pages."""
    if len(pages) == 1:
        return annotated(pages[0])
    out = io.BytesIO()
    # JPEG files are compressed already.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for place, page in enumerate(pages, 1):
            stem = PurePath(page.file.replace("\\", "/")).stem or "page"
            archive.writestr(f"{place:03d}-{stem}-{page.number}.jpg", annotated(page))
    return out.getvalue()


def _objects(pages: Iterable[SessionPage]) -> list[dict[str, Any]]:
    from inkling.review import result

    return [
        result.export(page.draft, file=page.file, page=page.number, warnings=page.warnings)
        for page in pages
    ]


def _sheet_title(page: SessionPage) -> str:
    stem = PurePath(page.file.replace("\\", "/")).stem or "page"
    return f"{stem} {page.number}" if page.number > 1 else stem


def _crops(pages: Iterable[SessionPage]) -> list[bytes]:
    """A small picture of each number, in the order of `rows`, as JPEG."""
    crops = []
    for page in pages:
        boxes = [
            page.around(entry.box, CROP_MARGIN, CROP_MARGIN)
            for entry in page.draft.entries
            if not entry.is_excluded
        ]
        crops += [images.photo_jpeg(images.rgb(crop), CROP_SIDE) for crop in page.crops(boxes)]
    return crops
