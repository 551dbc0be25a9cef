"""Projects: pictures with their readings and corrections, as one ZIP file.

    content = save(files)
    files = load(content, "cheques.inkling")

A project holds `manifest.json`, the pictures as they were uploaded, each page as it was read, and
each page's history as JSON (see `record`). Nothing in it is a program, nothing is unpacked to disk,
and what is opened may come from anybody.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from inkling.imaging.load import PhotoError, open_pages
from inkling.review import record
from inkling.review.draft import History
from inkling.review.record import RecordError

SUFFIX = ".inkling"
FORMAT, VERSION = "inkling-project", 1
MANIFEST = "manifest.json"
# The largest project, in bytes, packed and unpacked, the largest JSON file in it, and the most
# files in it.
MAX_BYTES, MAX_JSON, MAX_MEMBERS = 500_000_000, 50_000_000, 20_000
# A file in it that is larger than this, in bytes, unpacks to at most so many times its packed size.
RATIO_FROM, MAX_RATIO = 1_000_000, 100
# The only names of files in a project.
MEMBER = re.compile(r"manifest\.json|pictures/\d{1,6}|pages/\d{1,6}\.jpg|readings/\d{1,6}\.json")
# What a damaged ZIP file makes `zipfile` raise.
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


class ProjectError(Exception):
    """A file cannot be opened as a project; the message is for people."""


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """A page that was read.

    Attributes:
        number: in its file, from 1.
        scan: the upright picture as JPEG, perhaps smaller than the draft's.
        warnings: sentences about the page.
        history: its draft and the earlier ones.
    """

    number: int
    scan: bytes
    warnings: tuple[str, ...]
    history: History


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """An uploaded file with what was read in it.

    Attributes:
        name, content: as they were uploaded.
        pages: those that were read.
        read_by: the model that has read the whole file.
        problem: a sentence about what went wrong.
    """

    name: str
    content: bytes
    pages: tuple[ProjectPage, ...] = ()
    read_by: str | None = None
    problem: str | None = None


class PageEntry(Struct):
    """A page in the manifest; its picture and its reading have the name `member`."""

    number: Annotated[int, Meta(ge=1, le=100_000)]
    member: Annotated[int, Meta(ge=1, le=999_999)]
    warnings: list[str] = []


class FileEntry(Struct):
    """A file in the manifest; its picture has the name `member`."""

    name: Annotated[str, Meta(min_length=1, max_length=1000)]
    member: Annotated[int, Meta(ge=1, le=999_999)]
    pages: list[PageEntry] = []
    read_by: Annotated[str, Meta(pattern=r"^[\w.-]{1,100}$")] | None = None
    problem: str | None = None


class Manifest(Struct):
    """The list of what is in a project."""

    format: str
    version: int
    files: list[FileEntry] = []


class Header(Struct):
    """What the manifest of every version says."""

    format: str
    version: int


def size(files: Sequence[ProjectFile]) -> int:
    """About how many bytes a project of files has."""
    return sum(len(f.content) + sum(len(page.scan) for page in f.pages) for f in files)


def save(files: Sequence[ProjectFile]) -> bytes:
    """Write files as a project."""
    out = io.BytesIO()
    entries = []
    with zipfile.ZipFile(out, "w") as archive:
        pages = 0
        for place, file in enumerate(files, 1):
            # The pictures are compressed already.
            archive.writestr(f"pictures/{place}", file.content)
            entry = FileEntry(file.name, place, [], file.read_by, file.problem)
            for page in file.pages:
                pages += 1
                archive.writestr(f"pages/{pages}.jpg", page.scan)
                _write(archive, f"readings/{pages}.json", record.encode(page.history))
                entry.pages.append(PageEntry(page.number, pages, list(page.warnings)))
            entries.append(entry)
        manifest = Manifest(FORMAT, VERSION, entries)
        _write(archive, MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return out.getvalue()


def load(content: bytes, name: str) -> tuple[ProjectFile, ...]:
    """Open a project from any source.

    Args:
        content: of the file.
        name: the file's, for messages.

    Raises:
        ProjectError: it is no project, damaged, too large, or of a later version.
    """
    if len(content) > MAX_BYTES:
        raise _too_large(name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(archive, name)
            manifest = _manifest(archive, name)
            return tuple(_file(archive, entry) for entry in manifest.files)
    except (*ZIP_ERRORS, RecordError, PhotoError, msgspec.MsgspecError):
        raise ProjectError(
            f"Can't open {name}: it is no Inkling project, or it is damaged. "
            "Choose a file that “Save project” has made."
        ) from None


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add JSON, compressed unless that would look like an attack to `load`."""
    is_dense = len(content) <= RATIO_FROM or len(zlib.compress(content)) * MAX_RATIO > 2 * len(
        content
    )
    archive.writestr(name, content, zipfile.ZIP_DEFLATED if is_dense else zipfile.ZIP_STORED)


def _check_members(archive: zipfile.ZipFile, name: str) -> None:
    """Check what a project says about its files, before any of them is unpacked."""
    members = archive.infolist()
    names = {member.filename for member in members}
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_BYTES:
        raise _too_large(name)
    for member in members:
        is_dense = member.file_size <= max(RATIO_FROM, MAX_RATIO * member.compress_size)
        is_known = MEMBER.fullmatch(member.filename) is not None
        if member.filename.endswith(".json") and member.file_size > MAX_JSON:
            raise _too_large(name)
        if not (is_dense and is_known) or len(names) < len(members):
            raise zipfile.BadZipFile(member.filename)


def _too_large(name: str) -> ProjectError:
    return ProjectError(
        f"Can't open {name}: it has more than {MAX_BYTES // 1_000_000} MB, or too many files."
    )


def _manifest(archive: zipfile.ZipFile, name: str) -> Manifest:
    text = archive.read(MANIFEST)
    header = msgspec.json.decode(text, type=Header)
    if header.format != FORMAT:
        raise RecordError(header.format)
    if header.version > VERSION:
        raise ProjectError(
            f"Can't open {name}: a later version of Inkling saved it. Update Inkling first."
        )
    return msgspec.json.decode(text, type=Manifest)


def _file(archive: zipfile.ZipFile, entry: FileEntry) -> ProjectFile:
    # A file's name has neither folders nor control characters.
    name = re.sub(r"[\x00-\x1f\x7f]", "", re.split(r"[/\\]", entry.name)[-1]) or "picture"
    pages = tuple(_page(archive, page, name) for page in entry.pages)
    if len({page.number for page in pages}) < len(pages):
        raise RecordError("a page is there twice")
    content = archive.read(f"pictures/{entry.member}")
    return ProjectFile(name, content, pages, entry.read_by, entry.problem)


def _page(archive: zipfile.ZipFile, entry: PageEntry, name: str) -> ProjectPage:
    scan = archive.read(f"pages/{entry.member}.jpg")
    history = record.decode(archive.read(f"readings/{entry.member}.json"))
    draft = history.draft
    picture = next(open_pages(scan, name))
    height = draft.height * picture.width / draft.width
    if not scan.startswith(b"\xff\xd8") or abs(picture.height - height) > 2.0:
        raise RecordError("its picture has another shape")
    if any((each.width, each.height) != (draft.width, draft.height) for _, each in history.past):
        raise RecordError("its drafts differ in size")
    return ProjectPage(entry.number, scan, tuple(entry.warnings), history)
