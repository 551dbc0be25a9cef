"""What is kept of the Upload page for a visit: a room of `inkling.ui.shared.visit`.

It is the files, those that were removed, too, their pages with the corrections, and what is
selected. A file's pictures are kept once, and its corrections with each change.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import streamlit as st
from msgspec import Struct

from inkling.ui.shared.visit import Item
from inkling.ui.upload.session import STATE_KEY, SessionFile, UploadSession, upload_session
from inkling.ui.upload.session_page import SessionPage, page_of_project

log = logging.getLogger(__name__)

PREFIX = "upload/"
VIEW, FILE = f"{PREFIX}view", f"{PREFIX}file/"
# Followed by the file's key, and for pages by the page's number.
CONTENT, PAGE, SCAN = f"{PREFIX}content/", f"{PREFIX}page/", f"{PREFIX}scan/"
# Where the chosen model is in the session state.
MODEL_KEY = "upload-model-kept"


class FilePart(Struct):
    """A `SessionFile` without its content and its pages."""

    name: str
    is_sample: bool
    added: float
    is_removed: bool
    read_by: str | None
    reading_by: str | None
    pages_read: int
    problem: str | None


class PagePart(Struct):
    """A `SessionPage` without its picture; `history` is JSON (see `inkling.review.record`)."""

    warnings: list[str]
    history: msgspec.Raw


class ViewPart(Struct):
    """What is shown: a page by its file's key and its number, and on pages the selected boxes."""

    shown: tuple[str, int] | None
    selected: list[tuple[str, int, int]]
    photo_count: int
    model: str | None


def items() -> list[Item]:
    """What there is to keep: first what changes, then the pictures."""
    session: UploadSession | None = st.session_state.get(STATE_KEY)
    if session is None or not (session.files or session.removed):
        return []
    files = [*session.removed.values(), *session.files]
    pages = [(file, page) for file in files for page in file.pages]
    return [
        _view_item(session, pages),
        *(_file_item(file, file.key in session.removed) for file in files),
        *(_page_item(file, page) for file, page in pages),
        *(_picture_item(f"{CONTENT}{file.key}", file.content) for file in files),
        *(_picture_item(_name(SCAN, file, page), page.scan) for file, page in pages),
    ]


def take_back(parts: Mapping[str, bytes]) -> None:
    """Add the files that were kept to those that are there; what is damaged is left out."""
    session = upload_session()
    there = {file.key for file in session.files} | set(session.removed)
    kept = [(key, part) for key, part in _file_parts(parts) if key not in there]
    for key, part in sorted(kept, key=lambda each: each[1].added):
        file = _session_file(key, part, parts)
        if part.is_removed:
            session.removed[key] = file
        else:
            session.files.append(file)
    session.files.sort(key=lambda file: file.added)
    if not there and VIEW in parts:
        try:
            _take_view(session, msgspec.json.decode(parts[VIEW], type=ViewPart))
        except msgspec.MsgspecError:
            log.exception("the view of a visit is damaged")


def has_work() -> bool:
    """Whether there are files of a person's own, or corrections."""
    session: UploadSession | None = st.session_state.get(STATE_KEY)
    if session is None:
        return False
    return any(
        not file.is_sample or any(page.history.past for page in file.pages)
        for file in session.files
    )


def _name(kind: str, file: SessionFile, page: SessionPage) -> str:
    return f"{kind}{file.key}/{page.number}"


def _view_item(session: UploadSession, pages: Sequence[tuple[SessionFile, SessionPage]]) -> Item:
    selected = [
        (file.key, page.number, page.selected) for file, page in pages if page.selected is not None
    ]
    shown = next(((file.key, page.number) for file, page in pages if page is session.page), None)
    model = st.session_state.get(MODEL_KEY)
    part = ViewPart(shown, selected, session.photo_count, model)
    version = (shown, tuple(selected), session.photo_count, model)
    return Item(VIEW, version, lambda: msgspec.json.encode(part))


def _take_view(session: UploadSession, part: ViewPart) -> None:
    boxes = {(key, number): box for key, number, box in part.selected}
    for file in (*session.files, *session.removed.values()):
        for page in file.pages:
            page.selected = boxes.get((file.key, page.number))
            if (file.key, page.number) == part.shown:
                session.page_index = session.pages.index(page) if page in session.pages else 0
    session.photo_count = part.photo_count
    if part.model is not None:
        st.session_state.setdefault(MODEL_KEY, part.model)


def _file_item(file: SessionFile, is_removed: bool) -> Item:
    part = FilePart(
        file.name,
        file.is_sample,
        file.added,
        is_removed,
        file.read_by,
        *file.progress,
        file.problem,
    )
    version = msgspec.structs.astuple(part)
    return Item(f"{FILE}{file.key}", version, lambda: msgspec.json.encode(part))


def _page_item(file: SessionFile, page: SessionPage) -> Item:
    history, warnings = page.history, list(page.warnings)

    def content() -> bytes:
        from inkling.review import record

        part = PagePart(warnings, msgspec.Raw(record.encode(history)))
        return zlib.compress(msgspec.json.encode(part), 1)

    # What was only read does not replace what was corrected in another tab.
    is_edited = bool(history.past) or history.draft.is_edited
    return Item(_name(PAGE, file, page), history, content, replaces=is_edited)


def _picture_item(name: str, content: bytes) -> Item:
    return Item(name, len(content), lambda: content, replaces=False)


def _file_parts(parts: Mapping[str, bytes]) -> Iterator[tuple[str, FilePart]]:
    """The files of which the content was kept, too, each with its key."""
    for name, content in parts.items():
        key = name.removeprefix(FILE)
        if name.startswith(FILE) and f"{CONTENT}{key}" in parts:
            try:
                yield key, msgspec.json.decode(content, type=FilePart)
            except msgspec.MsgspecError:
                log.exception("%s of a visit is damaged", name)


def _session_file(key: str, part: FilePart, parts: Mapping[str, bytes]) -> SessionFile:
    file = SessionFile(
        part.name,
        parts[f"{CONTENT}{key}"],
        part.is_sample,
        problem=part.problem,
        read_by=part.read_by,
        added=part.added,
    )
    names = [name for name in parts if name.startswith(f"{PAGE}{key}/")]
    for number in sorted(int(name.rpartition("/")[2]) for name in names):
        page = _page(file.name, number, parts, key)
        if page is None:
            # The whole file is read again; what is there stays.
            file.read_by = None
            return file
        file.pages.append(page)
    file.resume(part.reading_by, part.pages_read)
    return file


def _page(file: str, number: int, parts: Mapping[str, bytes], key: str) -> SessionPage | None:
    """A page that was kept; None where it is damaged, or its picture was too large to keep."""
    from inkling.review import record
    from inkling.review.project import ProjectPage

    scan = parts.get(f"{SCAN}{key}/{number}")
    if scan is None:
        return None
    try:
        text = zlib.decompress(parts[f"{PAGE}{key}/{number}"])
        part = msgspec.json.decode(text, type=PagePart)
        history = record.decode(bytes(part.history))
        return page_of_project(ProjectPage(number, scan, tuple(part.warnings), history), file)
    except (zlib.error, msgspec.MsgspecError, ValueError):
        log.exception("page %d of a visit's file is damaged", number)
        return None
