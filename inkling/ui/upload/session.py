"""The files that a session has uploaded, and how far they have been read.

They are in the session state, so they outlive reruns and visits to other pages; `kept` lets them
outlive a reload. A removed file keeps its corrections and has them again when it is added again.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import streamlit as st

from inkling.serving.errors import PoolError
from inkling.ui.shared.pending import Pending
from inkling.ui.upload import quota
from inkling.ui.upload.session_page import ReadPage, SessionPage, page_of, to_show

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier

log = logging.getLogger(__name__)

STATE_KEY = "upload-session"
# How many removed files are remembered with their corrections.
MAX_REMOVED = 20
# The picture's width on the screen in pixels, before the browser has reported it.
FIRST_PICTURE_WIDTH = 660
# After so many pages in a row that cannot be read, the rest of a file is not tried.
MAX_FAILURES = 3


@dataclass(eq=False)
class SessionFile:
    """One uploaded file.

    Attributes:
        name, content: as they were uploaded.
        is_sample: whether it is one of the sample pictures.
        pages: those read so far.
        problem: a sentence about what went wrong.
        read_by: the model that has read the whole file.
        added: when, in seconds since 1970; files are in this order.
    """

    name: str
    content: bytes
    is_sample: bool = False
    pages: list[SessionPage] = field(default_factory=list)
    problem: str | None = None
    read_by: str | None = None
    added: float = field(default_factory=time.time)
    _reading_by: str | None = None
    _pending: Pending[ReadPage | None] = field(default_factory=Pending)
    _pages_read: int = 0
    _failures: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @cached_property
    def key(self) -> str:
        return file_key(self.name, self.content)

    @property
    def progress(self) -> tuple[str | None, int]:
        """The model that is reading the file, and how many pages it has read."""
        return self._reading_by, self._pages_read

    def resume(self, reading_by: str | None, pages_read: int) -> None:
        """Let a model go on where it was, after the pages that it has read."""
        self._reading_by, self._pages_read = reading_by, pages_read

    @property
    def next_page(self) -> int:
        """The number of the page that is read next, from 1."""
        return self._pages_read + 1

    def read_next_page(self, classifier: Classifier, visitor: str = "") -> None:
        """Read the next page. It raises nothing, so that the other files are still read.

        Streamlit may start a new run of the script while an old one still waits for a page. The new
        one then waits for the same, so that no page is read twice or skipped.

        Args:
            classifier: the model.
            visitor: visitors take turns.
        """
        with self._lock:
            if self.read_by != classifier.name:
                self._read_next_page(classifier, visitor)

    def cancel(self) -> None:
        """Do not read the page that waits, if one does."""
        self._pending.cancel()

    def _read_next_page(self, classifier: Classifier, visitor: str) -> None:
        from inkling.imaging.load import PageError, PhotoError
        from inkling.reports.files import ReportError
        from inkling.serving.pool import reading_pool

        model = classifier.name
        if self._reading_by != model:
            self.resume(model, 0)
            self.problem, self._failures = None, 0
        number = self.next_page
        try:
            read = self._pending.answer(
                (model, number),
                lambda: reading_pool().submit(
                    to_show, self.content, self.name, number, model, visitor
                ),
            )
        except CancelledError:
            return
        except (PageError, PoolError) as problem:
            self._fail(str(problem), model)
        except (PhotoError, ReportError) as problem:
            self.problem, self.read_by = str(problem), model
        except Exception:
            log.exception("reading %s", self.name)
            self._fail(f"Inkling failed to read {self.name}. Try another copy of the file.", model)
        else:
            if read is not None:
                self._take(read, classifier.labels)
                self._pages_read, self._failures = number, 0
            # Noted last, so that no page counts that a reload would lose.
            if read is None or number >= read.count:
                self.read_by = model

    def _fail(self, problem: str, model: str) -> None:
        """Note that a page cannot be read; the next one is tried."""
        self.problem = problem
        self._pages_read += 1
        self._failures += 1
        if self._failures == MAX_FAILURES:
            self.read_by = model

    def _take(self, read: ReadPage, labels: tuple[str, ...]) -> None:
        known = next((each for each in self.pages if each.number == read.number), None)
        if known is None:
            self.pages.append(page_of(read, labels))
        else:
            known.take_reading(read.reading, labels)


@dataclass(eq=False)
class UploadSession:
    """A session's files, in the order in which they were added.

    Attributes:
        files: those on the page.
        removed: by key, those removed from it, oldest first.
        uploader_version: changing it empties the file uploader, whose files have been added.
        photo_count: how many pictures the camera has taken; changing it empties the camera.
        page_index: which of all pages is shown.
        picture_width: the picture's width on the screen, in pixels, as last reported.
        refused: a sentence about each file that was not added, by its name.
    """

    files: list[SessionFile] = field(default_factory=list)
    removed: dict[str, SessionFile] = field(default_factory=dict)
    uploader_version: int = 0
    photo_count: int = 0
    page_index: int = 0
    picture_width: int = FIRST_PICTURE_WIDTH
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def pages(self) -> list[SessionPage]:
        return [page for file in self.files for page in file.pages]

    @property
    def page(self) -> SessionPage | None:
        """The page that is shown."""
        pages = self.pages
        return pages[min(self.page_index, len(pages) - 1)] if pages else None

    def title(self, page: SessionPage) -> str:
        """A page's file name, with the page number if the file has several pages."""
        is_only = next((len(file.pages) == 1 for file in self.files if page in file.pages), True)
        return page.file if is_only else f"{page.file}, page {page.number}"

    def turn_page(self, by: int) -> None:
        """Show a page further on, or back."""
        self.page_index = min(max(0, self.page_index + by), max(0, len(self.pages) - 1))

    def show_number(self, page: SessionPage, entry_id: int) -> None:
        """Turn to a number's page, select the number, and bring it into view."""
        self.page_index = self.pages.index(page)
        page.select_number(entry_id)

    def add(self, name: str, content: bytes, is_sample: bool = False) -> None:
        """Add a file unless it is there; one that was removed comes back with its corrections.

        Samples leave when a file of one's own comes. A file for which the session's quota is too
        small is refused, with a sentence.
        """
        key = file_key(name, content)
        if any(file.key == key for file in self.files):
            return
        problem = quota.problem(name, content, [file.content for file in self.files])
        if problem:
            self.refused[name] = problem
            return
        if not is_sample:
            for other in [file for file in self.files if file.is_sample]:
                self.remove(other)
        file = self.removed.pop(key, None) or SessionFile(name, content, is_sample)
        file.added = time.time()
        self.files.append(file)
        self._limit_removed()

    def remove(self, file: SessionFile) -> None:
        """Remove a file, remembering its corrections."""
        shown = self.page
        file.cancel()
        self.files = [each for each in self.files if each is not file]
        self.removed[file.key] = file
        self._limit_removed()
        pages = self.pages
        self.page_index = pages.index(shown) if shown in pages else min(self.page_index, len(pages))

    def _limit_removed(self) -> None:
        """Forget the removed files that were removed first, as far as the limits ask for it."""
        there = [file.content for file in self.files]
        while self.removed:
            removed = [file.content for file in self.removed.values()]
            if len(removed) <= MAX_REMOVED and quota.has_space(there + removed):
                break
            del self.removed[next(iter(self.removed))]

    def remove_all(self) -> None:
        """Remove all files, remembering the corrections of the last ones."""
        for file in self.files:
            self.remove(file)

    def toggle_sample(self, name: str, content: bytes) -> None:
        """Replace the current sample by another one, or remove it if it is the same."""
        samples = [file for file in self.files if file.is_sample]
        was_there = any(file.key == file_key(name, content) for file in samples)
        for file in samples:
            self.remove(file)
        if not was_there:
            self.add(name, content, is_sample=True)

    def unread(self, model: str) -> list[SessionFile]:
        """The files that a model has not read to the end."""
        return [file for file in self.files if file.read_by != model]


def file_key(name: str, content: bytes) -> str:
    """A key for a file's name and content."""
    return hashlib.sha256(name.encode() + b"\0" + content).hexdigest()[:16]


def upload_session() -> UploadSession:
    """Return the session's files."""
    if STATE_KEY not in st.session_state:
        st.session_state[STATE_KEY] = UploadSession()
    session: UploadSession = st.session_state[STATE_KEY]
    return session
