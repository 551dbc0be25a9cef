"""From uploaded files to what the Upload page shows: pictures with boxes, lines, a table, a CSV."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from inkling.paths import ASSETS
from inkling.ui import pictures, resources

log = logging.getLogger(__name__)

# What the file dialog offers; what a file really is, is decided by its content.
TYPES = ("jpg", "jpeg", "png", "webp", "heic", "heif", "tif", "tiff", "bmp", "gif", "pdf")
SAMPLE_TYPES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".pdf"})
COLUMNS = ("file", "page", "line", "number", "confidence")


@dataclass(frozen=True)
class Source:
    """Something to read: a file's name and its content."""

    name: str
    content: bytes


@dataclass(frozen=True)
class PageResult:
    """One page, read.

    Attributes:
        number: from 1.
        picture: upright, with boxes, as JPEG.
        lines: the numbers of each line.
        warnings: sentences.
        rows: as `reader.rows` gives them.
        unsure: how many digits need a second look.
    """

    number: int
    picture: bytes
    lines: tuple[tuple[str, ...], ...]
    warnings: tuple[str, ...]
    rows: tuple[dict[str, str | int | float], ...]
    unsure: int

    @property
    def count(self) -> int:
        """How many numbers there are on the page."""
        return len(self.rows)


@dataclass(frozen=True)
class FileResult:
    """One file, read as far as it could be; `problem` is the sentence that says what went wrong."""

    name: str
    pages: tuple[PageResult, ...]
    problem: str | None = None


# For the session only: a reading belongs to the one who sent the picture. The key is the content.
@st.cache_data(ttl="1h", max_entries=32, scope="session", show_spinner=False)
def read_file(name: str, content: bytes, model: str) -> FileResult:
    """Read a file once a session (see `read_now`)."""
    return read_now(name, content, model)


def read_now(name: str, content: bytes, model: str) -> FileResult:
    """Read a file: whatever happens, a result and never an exception, so that the others go on."""
    from inkling.photo import PhotoError, open_pages
    from inkling.reader import annotate, read_page, rows
    from inkling.reports import ReportError

    pages: list[PageResult] = []
    try:
        classifier = resources.classifier(model)
        for page in open_pages(content, name):
            reading = read_page(page, classifier)
            pages.append(
                PageResult(
                    number=page.number,
                    picture=pictures.photo_jpeg(annotate(page, reading)),
                    lines=tuple(
                        tuple(number.text for number in line.numbers) for line in reading.lines
                    ),
                    warnings=tuple(reading.warnings),
                    rows=tuple(map(_modest, rows([(page, reading)]))),
                    unsure=sum(not digit.prediction.is_sure for digit in reading.digits),
                )
            )
    except (PhotoError, ReportError) as problem:
        return FileResult(name, tuple(pages), str(problem))
    except Exception:
        log.exception("reading %s", name)
        return FileResult(
            name, tuple(pages), f"{name} could not be read: Inkling failed on it. Try another copy."
        )
    return FileResult(name, tuple(pages))


def _modest(row: dict[str, str | int | float]) -> dict[str, str | int | float]:
    # Rounded up to 1 it would be shown as 100 %, which nothing deserves.
    return row | {"confidence": min(float(row["confidence"]), 0.9999)}


def all_rows(results: Iterable[FileResult]) -> list[dict[str, str | int | float]]:
    """The table of everything read: one row a number."""
    return [row for result in results for page in result.pages for row in page.rows]


def as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The table as CSV in UTF-8, with the mark that lets spreadsheets see so.

    A text that starts like a formula gets an apostrophe: file names are other people's.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: _harmless(row.get(column, "")) for column in COLUMNS})
    return out.getvalue().encode("utf-8-sig")


def _harmless(value: object) -> object:
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return "" if value is None else value


def table(rows: Sequence[Mapping[str, Any]]) -> Any:
    """The rows as a pandas frame, in the columns' order."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def records(frame: Any) -> list[dict[str, Any]]:
    """A frame's rows as dictionaries (see `table`)."""
    return list(frame.to_dict("records"))


def samples() -> list[Path]:
    """The sample pictures, by name."""
    folder = ASSETS / "samples"
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SAMPLE_TYPES)


def sample_title(path: Path) -> str:
    """A sample's name for people: "shopping-list.jpg" is "Shopping list"."""
    return path.stem.replace("-", " ").replace("_", " ").capitalize()


@st.cache_data(show_spinner=False, max_entries=16)
def thumbnail(path: Path) -> bytes:
    """A sample's first page as a small JPEG of 4:3 around its ink."""
    from inkling import ink
    from inkling.photo import open_pages

    image = next(open_pages(path, path.name)).image
    height, width = image.shape[:2]
    x, y, w, h = ink.bounding_box(ink.from_image(image)) or (0, 0, width, height)
    high = min(height, width * 3 // 4, max(h, w * 3 // 4) * 6 // 5)
    wide = min(width, high * 4 // 3)
    left = min(max(0, x + (w - wide) // 2), width - wide)
    top = min(max(0, y + (h - high) // 2), height - high)
    return pictures.photo_jpeg(image[top : top + high, left : left + wide], longest=400)


def choose_sample(name: str) -> None:
    """Read a sample, or put it away when it is the one being read."""
    st.session_state["sample"] = None if st.session_state.get("sample") == name else name


def columns_worth_showing(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The table's columns, without those that say the same in every row."""
    places = ("file", "page", "line")
    telling = [column for column in places if len({row[column] for row in rows}) > 1]
    return ["number", "confidence", *telling]
