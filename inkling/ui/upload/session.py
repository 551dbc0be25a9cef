"""The desk: a session's files, how far they are read, and what has been put right on each page.

It lies in the session's state, so it outlives reruns and visits to other pages. A file that is put
away keeps its corrections, and has them again when it comes back.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.shared import images

if TYPE_CHECKING:
    from inkling.geometry import Box
    from inkling.imaging.load import Page
    from inkling.imaging.pixels import Pixels
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit, Reading
    from inkling.review.draft import Draft, History

log = logging.getLogger(__name__)

# Longest sides in pixels: of what is read again (as the reader reads), and of what is shown.
SCAN_SIDE, VIEW_SIDE = 2400, 1400
# Pixels of the screen: pictures are enlarged until so high, and shown no less wide than this, which
# is what the drawing surface's tools need.
ENLARGED, NARROWEST = 480, 240
# So many files that were put away are remembered with their corrections.
REMEMBERED = 20


@dataclass(frozen=True)
class TableStart:
    """What a page's table is first shown with.

    Attributes:
        order: the numbers' ids, row by row.
        texts: each one's text.
        unsure_first: how they are ordered.
        round: the page's, then.
    """

    order: tuple[int, ...]
    texts: dict[int, str]
    unsure_first: bool
    round: int

    @property
    def ids(self) -> set[int]:
        return set(self.order)


@dataclass(eq=False)
class DeskPage:
    """One page on the desk.

    Attributes:
        file: the name of the file it is from.
        number: from 1.
        width, height: of the upright picture, in pixels; boxes refer to them.
        scan: the picture as JPEG, large enough to read from.
        view: the picture as JPEG, for the screen.
        warnings: sentences.
        history: its draft, and the earlier ones.
        chosen: the mark that is looked at.
        round: counts the changes that a table on the screen does not know of.
        canvas: what the drawing surface shows (see `inkling.ui.redraw`).
        canvas_round: counts the changes after which it is opened anew.
        key: no other page's.
    """

    file: str
    number: int
    width: int
    height: int
    scan: bytes
    view: bytes
    warnings: tuple[str, ...]
    history: History
    chosen: int | None = None
    round: int = 0
    canvas: Any = None
    canvas_round: int = 0
    key: int = field(default_factory=itertools.count().__next__)
    _table: TableStart | None = None

    @property
    def draft(self) -> Draft:
        return self.history.now

    @property
    def widest(self) -> int:
        """How wide it is worth showing, in pixels of the screen: enlarged, it is seen whole."""
        return max(self.width, round(ENLARGED * self.width / self.height), NARROWEST)

    def do(self, what: str, step: Callable[..., Draft], *values: Any, by: str = "") -> None:
        """One step further (see `inkling.editing`).

        Args:
            what: the step in words.
            step, values: `step(draft, *values)` gives the next draft.
            by: "table" or "canvas" where it was done there: it shows the change already, and is
                left alone while somebody works in it.
        """
        changed = self.history.do(what, step(self.draft, *values))
        if changed is not self.history:
            self.history = changed
            self.round += by != "table"
            if by != "canvas":
                self.reopen_canvas()

    def undo(self) -> None:
        """Take the last step back."""
        self.history = self.history.undo()
        self.refresh()

    def refresh(self) -> None:
        """Have the table and the drawing surface show the draft as it is."""
        self.round += 1
        self.reopen_canvas()

    def reopen_canvas(self) -> None:
        """Have the drawing surface, where it is open, show the draft as it is."""
        if self.canvas is not None:
            self.canvas = None
            self.canvas_round += 1

    def image(self) -> Pixels:
        """The picture at the scan's size: uint8 (h, w, 3), RGB."""
        return images.rgb(self.scan)

    def read_box(self, box: Box, classifier: Classifier) -> Digit:
        """What stands in a box of the page, taken as one digit."""
        from inkling.review import reread

        image = self.image()
        scale = image.shape[1] / self.width
        found = reread.read_box(image, scaled(box, scale), classifier)
        return replace(found, box=box)

    def read_parts(self, box: Box, classifier: Classifier) -> tuple[Digit, Digit]:
        """The two digits in a box of the page."""
        from inkling.review import reread

        image = self.image()
        scale = image.shape[1] / self.width
        left, right = reread.read_parts(image, scaled(box, scale), classifier)
        return (
            replace(left, box=scaled(left.box, 1 / scale)),
            replace(right, box=scaled(right.box, 1 / scale)),
        )

    def table(self, unsure_first: bool) -> TableStart:
        """What the page's table starts from: whoever types in it must not have it changed.

        Its rows keep their order while the numbers are the same, whatever gets sure, and its texts
        until something else than the table has changed one (`round`).
        """
        from inkling.review.draft import Status

        known, entries = self._table, list(self.draft.entries)
        if (
            known is None
            or known.unsure_first != unsure_first
            or known.ids != {e.id for e in entries}
        ):
            if unsure_first:
                entries.sort(key=lambda entry: entry.status is not Status.UNSURE)
            order = tuple(entry.id for entry in entries)
        elif known.round == self.round:
            return known
        else:
            order = known.order
        texts = {entry.id: entry.text for entry in entries}
        self._table = TableStart(order, texts, unsure_first, self.round)
        return self._table

    def choose(self, mark_id: int | None) -> None:
        self.chosen = mark_id

    def choose_next(self) -> None:
        """Go on to the next digit that is to be checked, from the chosen one on and around."""
        from inkling.review.draft import Status

        unsure = [entry for entry in self.draft.entries if entry.status is Status.UNSURE]
        marks = [next((m for m in e.marks if not m.is_sure), e.marks[0]).id for e in unsure]
        order = [mark.id for mark in self.draft.marks]
        here = order.index(self.chosen) if self.chosen in order else -1
        later = [mark for mark in marks if order.index(mark) > here]
        self.chosen = next(iter(later or marks), None)


@dataclass(eq=False)
class DeskFile:
    """One file on the desk.

    Attributes:
        name, content: as it came.
        is_sample: whether it is one of ours.
        pages: as far as they have been read.
        problem: the sentence that says what went wrong.
        read_by: the model that has read all of it.
    """

    name: str
    content: bytes
    is_sample: bool = False
    pages: list[DeskPage] = field(default_factory=list)
    problem: str | None = None
    read_by: str | None = None
    _waiting: tuple[str, Iterator[Page]] | None = None
    _done: int = 0
    _reading: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def key(self) -> str:
        return key_of(self.name, self.content)

    @property
    def next_page(self) -> int:
        """The page that is read next, from 1."""
        return self._done + 1

    def read_on(self, classifier: Classifier) -> None:
        """Read its next page; whatever happens, no exception, so that the others go on.

        A run of the script that a newer one takes over from still reads to the end of its page: the
        newer one waits for it, and neither reads a page of the other's.
        """
        with self._reading:
            if self.read_by != classifier.name:
                self._read_on(classifier)

    def _read_on(self, classifier: Classifier) -> None:
        from inkling.imaging.load import PhotoError, open_pages
        from inkling.reader.page import read_upright

        if self._waiting is None or self._waiting[0] != classifier.name:
            self._waiting = (classifier.name, open_pages(self.content, self.name))
            self._done = 0
            self.problem = None
        try:
            page = next(self._waiting[1], None)
            if page is None:
                self._waiting, self.read_by = None, classifier.name
                return
            self._done += 1
            self._take(*read_upright(page, classifier), classifier)
        except PhotoError as problem:
            self.problem = str(problem)
        except Exception:
            log.exception("reading %s", self.name)
            self.problem = f"{self.name} could not be read: Inkling failed on it. Try another copy."

    def _take(self, page: Page, reading: Reading, classifier: Classifier) -> None:
        from inkling.review import edits
        from inkling.review.draft import History, from_reading

        fresh = from_reading(reading, classifier.labels)
        known = next((each for each in self.pages if each.number == page.number), None)
        if known is None:
            scan = images.photo_jpeg(page.image, SCAN_SIDE)
            view = images.photo_jpeg(page.image, VIEW_SIDE)
            size = (page.width, page.height)
            warnings = tuple(reading.warnings)
            self.pages.append(
                DeskPage(page.file, page.number, *size, scan, view, warnings, History(fresh))
            )
        elif known.draft.is_touched or known.history.past:
            known.warnings = tuple(reading.warnings)
            known.do("Reading by another model", edits.read_again, fresh)
            known.refresh()
        else:
            known.history, known.warnings = History(fresh), tuple(reading.warnings)
            known.refresh()


@dataclass(eq=False)
class Desk:
    """A session's files, in the order they came."""

    files: list[DeskFile] = field(default_factory=list)
    away: dict[str, DeskFile] = field(default_factory=dict)
    # Another number makes the browser forget what its uploader holds: by then it lies here.
    uploads: int = 0
    shots: int = 0
    place: int = 0
    # How wide the place for the picture is on the screen, in pixels: a first guess.
    room: int = 660

    @property
    def pages(self) -> list[DeskPage]:
        return [page for file in self.files for page in file.pages]

    @property
    def page(self) -> DeskPage | None:
        """The page that is looked at."""
        pages = self.pages
        return pages[min(self.place, len(pages) - 1)] if pages else None

    def title(self, page: DeskPage) -> str:
        """A page's file and, where the file has several, its number."""
        alone = next((len(file.pages) == 1 for file in self.files if page in file.pages), True)
        return page.file if alone else f"{page.file}, page {page.number}"

    def turn(self, by: int) -> None:
        """Look at a page further on, or back."""
        self.place = min(max(0, self.place + by), max(0, len(self.pages) - 1))

    def put(self, name: str, content: bytes, is_sample: bool = False) -> None:
        """Lay a file on the desk, with its corrections where it has been there; not twice."""
        key = key_of(name, content)
        if any(file.key == key for file in self.files):
            return
        known = self.away.pop(key) if key in self.away else DeskFile(name, content, is_sample)
        self.files.append(known)

    def put_away(self, file: DeskFile) -> None:
        """Take a file off the desk; its corrections are remembered."""
        looked_at = self.page
        self.files = [each for each in self.files if each is not file]
        self.away[file.key] = file
        for key in list(self.away)[:-REMEMBERED]:
            del self.away[key]
        pages = self.pages
        self.place = pages.index(looked_at) if looked_at in pages else min(self.place, len(pages))

    def toggle_sample(self, name: str, content: bytes) -> None:
        """Lay a sample alone on the desk, or put it away when it lies there."""
        lying = [file for file in self.files if file.is_sample]
        was_there = any(file.key == key_of(name, content) for file in lying)
        for file in lying:
            self.put_away(file)
        if not was_there:
            self.put(name, content, is_sample=True)

    def unread(self, model: str) -> list[DeskFile]:
        """The files that this model has not read to their end."""
        return [file for file in self.files if file.read_by != model]


def key_of(name: str, content: bytes) -> str:
    """What tells files apart: their name and content."""
    return hashlib.sha256(name.encode() + b"\0" + content).hexdigest()[:16]


def scaled(box: Box, scale: float) -> Box:
    """A box in the pixels of a picture of another size."""
    left, top = round(box[0] * scale), round(box[1] * scale)
    right, bottom = round((box[0] + box[2]) * scale), round((box[1] + box[3]) * scale)
    return left, top, max(1, right - left), max(1, bottom - top)


def desk() -> Desk:
    """This session's desk."""
    if "desk" not in st.session_state:
        st.session_state["desk"] = Desk()
    found: Desk = st.session_state["desk"]
    return found
