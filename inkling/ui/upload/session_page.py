"""One page of an uploaded file: its picture, its draft, and what its widgets show."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from inkling.ui.shared import images
from inkling.ui.shared.steps import AppliedSteps

if TYPE_CHECKING:
    from inkling.geometry import Box
    from inkling.imaging.load import Page
    from inkling.imaging.pixels import Pixels
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit, Reading
    from inkling.review.draft import Draft, History
    from inkling.review.project import ProjectPage

# Longest sides in pixels: of the picture that boxes are read from, which is the longest side that
# the reader uses, and of the picture on the screen.
SCAN_SIDE, PREVIEW_SIDE = 2400, 1400
# Screen pixels: small pictures are enlarged up to this height, at which they are still seen whole,
# and every picture may be this wide, which the drawing surface's toolbar needs.
ENLARGED_HEIGHT, MIN_WIDTH = 480, 240

_KEYS = itertools.count(time.time_ns() // 1_000_000)


@dataclass(eq=False)
class SessionPage:
    """One page of an uploaded file.

    Attributes:
        file: the file's name.
        number: the page's, from 1.
        width, height: of the upright picture, in pixels; boxes refer to them.
        scan: the picture as JPEG, large enough to read from.
        preview: the picture as JPEG, for the screen.
        warnings: sentences.
        history: its draft and the earlier ones.
        selected: the id of the selected box.
        reveals: counts how often the picture was asked to bring the selected box into view.
        table_version: counts the edits after which widgets with a value of their own are made anew.
        applied: the steps of its table and of its grid that have been applied.
        canvas: what the drawing surface shows (see `inkling.ui.upload.box_canvas`).
        canvas_version: counts the changes after which the drawing surface is opened anew.
        key: unique among pages, also those of an earlier run of the server, whose widgets a browser
            may still show.
    """

    file: str
    number: int
    width: int
    height: int
    scan: bytes
    preview: bytes
    warnings: tuple[str, ...]
    history: History
    selected: int | None = None
    reveals: int = 0
    table_version: int = 0
    applied: AppliedSteps = field(default_factory=AppliedSteps)
    canvas: Any = None
    canvas_version: int = 0
    key: int = field(default_factory=_KEYS.__next__)
    _order: tuple[bool, tuple[int, ...]] = (False, ())
    _crops: dict[Box, bytes] = field(default_factory=dict, repr=False)

    @property
    def draft(self) -> Draft:
        return self.history.draft

    @property
    def max_width(self) -> int:
        """The width up to which the picture may be enlarged, in screen pixels."""
        return max(self.width, round(ENLARGED_HEIGHT * self.width / self.height), MIN_WIDTH)

    def edit(
        self, description: str, function: Callable[..., Draft], *values: Any, source: str = ""
    ) -> None:
        """Apply an edit (see `inkling.review.edits`).

        Args:
            description: of the edit, for the Undo button.
            function, values: `function(draft, *values)` returns the next draft.
            source: "canvas" if the edit was made on the drawing surface. It shows it already and
                is left alone, since somebody is working in it.
        """
        from inkling.review import selection

        before = self.draft
        history = self.history.add(description, function(before, *values))
        if history is not self.history:
            self.history = history
            self.selected = selection.after_edit(before, self.draft, self.selected)
            self.table_version += 1
            if source != "canvas":
                self.reopen_canvas()

    def undo(self) -> None:
        """Undo the last edit."""
        from inkling.review import selection

        before = self.draft
        self.history = self.history.undo()
        self.selected = selection.after_undo(before, self.draft, self.selected)
        self.refresh()

    def refresh(self) -> None:
        """Make the table and the drawing surface show the draft as it is."""
        self.table_version += 1
        self.reopen_canvas()

    def reopen_canvas(self) -> None:
        """Make the drawing surface, if it is open, show the draft as it is."""
        if self.canvas is not None:
            self.canvas = None
            self.canvas_version += 1

    def image(self) -> Pixels:
        """The picture to read from: uint8 (h, w, 3), RGB."""
        return images.rgb(self.scan)

    def read_box(self, box: Box, classifier: Classifier) -> Digit:
        """Read what is in a box of the page as one digit."""
        from inkling.geometry import scale_box
        from inkling.review import reread

        image = self.image()
        scale = image.shape[1] / self.width
        return replace(reread.read_box(image, scale_box(box, scale), classifier), box=box)

    def read_parts(self, box: Box, classifier: Classifier) -> tuple[Digit, Digit]:
        """Read what is in a box of the page as two digits."""
        from inkling.geometry import scale_box
        from inkling.review import reread

        image = self.image()
        scale = image.shape[1] / self.width
        left, right = reread.read_parts(image, scale_box(box, scale), classifier)
        return (
            replace(left, box=scale_box(left.box, 1 / scale)),
            replace(right, box=scale_box(right.box, 1 / scale)),
        )

    def read_number(self, box: Box, text: str, classifier: Classifier) -> tuple[Digit, ...]:
        """Find the digits of a number on the page whose text is known."""
        from inkling.geometry import scale_box
        from inkling.review import reread

        image = self.image()
        scale = image.shape[1] / self.width
        digits = reread.read_number(image, scale_box(box, scale), text, classifier)
        return tuple(replace(each, box=scale_box(each.box, 1 / scale)) for each in digits)

    def around(self, box: Box, beside: float, above: float) -> Box:
        """A box of the page with a little of the picture around it.

        Args:
            box: in pixels of the page.
            beside: how much is added at its left and right, in heights of the box.
            above: likewise, above and below it.
        """
        from inkling.geometry import clip_box

        x, y, width, height = box
        side, edge = round(beside * height), round(above * height)
        whole = (x - side, y - edge, width + 2 * side, height + 2 * edge)
        return clip_box(whole, self.width, self.height)

    def crops(self, boxes: Sequence[Box]) -> list[bytes]:
        """What is in boxes of the page, each as a JPEG."""
        from inkling.geometry import clip_box, scale_box

        if any(box not in self._crops for box in boxes):
            image = self.image()
            high, wide = image.shape[:2]
            for box in boxes:
                x, y, width, height = clip_box(scale_box(box, wide / self.width), wide, high)
                self._crops[box] = images.encoded(image[y : y + height, x : x + width], ".jpg")
        return [self._crops[box] for box in boxes]

    def take_reading(self, reading: Reading, labels: tuple[str, ...]) -> None:
        """Take over another model's reading; what a person edited stays."""
        from inkling.review import edits
        from inkling.review.draft import History, from_reading

        fresh = from_reading(reading, labels)
        self.warnings = tuple(reading.warnings)
        if self.draft.is_edited or self.history.past:
            self.edit("Read by another model", edits.apply_reading, fresh)
        else:
            self.history = History(fresh)
        self.refresh()

    def row_order(self, unsure_first: bool) -> tuple[int, ...]:
        """The ids of the numbers in the order of the table's rows.

        It stays as long as the numbers are the same, even when some become sure, so that no row
        moves while somebody works in the table.
        """
        from inkling.review.draft import Status

        entries = list(self.draft.entries)
        was_unsure_first, known = self._order
        if was_unsure_first != unsure_first or set(known) != {entry.id for entry in entries}:
            if unsure_first:
                entries.sort(key=lambda entry: entry.status is not Status.UNSURE)
            self._order = (unsure_first, tuple(entry.id for entry in entries))
        return self._order[1]

    def select(self, box_id: int | None) -> None:
        self.selected = box_id

    def show(self, box_id: int | None) -> None:
        """Select a box, and bring it into view on the picture."""
        self.selected = box_id
        self.reveals += 1

    def select_number(self, entry_id: int, reveal: bool = True) -> None:
        """Select a number's first doubtful digit, or else its first.

        Args:
            entry_id: the number. If one of its digits is selected, that one stays so.
            reveal: whether to bring it into view, also by scrolling the page.
        """
        entry = self.draft.entry(entry_id)
        if entry is None:
            return
        if self.selected not in [each.id for each in entry.boxes]:
            self.selected = entry.first_to_check.id
        self.reveals += reveal

    def select_next_unsure(self) -> None:
        """Select the next digit to check, starting again at the top after the last one."""
        from inkling.review.draft import Status

        unsure = [entry for entry in self.draft.entries if entry.status is Status.UNSURE]
        boxes = [entry.first_to_check.id for entry in unsure]
        order = [digit_box.id for digit_box in self.draft.boxes]
        here = order.index(self.selected) if self.selected in order else -1
        later = [box_id for box_id in boxes if order.index(box_id) > here]
        self.show(next(iter(later or boxes), None))


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What a reading process sends of a page: pictures for the screen, not all of its pixels.

    Attributes:
        file, number, count: as those of a `Page`.
        width, height: of the upright picture, in pixels.
        scan, preview: as those of a `SessionPage`.
        reading: what it says.
    """

    file: str
    number: int
    count: int
    width: int
    height: int
    scan: bytes
    preview: bytes
    reading: Reading


def to_show(page: Page, reading: Reading) -> ReadPage:
    """Make what is shown of a page as it was read; called in the process that read it."""
    return ReadPage(
        page.file,
        page.number,
        page.count,
        page.width,
        page.height,
        images.photo_jpeg(page.image, SCAN_SIDE),
        images.photo_jpeg(page.image, PREVIEW_SIDE),
        reading,
    )


def page_of(read: ReadPage, labels: tuple[str, ...]) -> SessionPage:
    """Make a session's page.

    Args:
        read: the page as it was read.
        labels: of the model that read it.
    """
    from inkling.review.draft import History, from_reading

    return SessionPage(
        file=read.file,
        number=read.number,
        width=read.width,
        height=read.height,
        scan=read.scan,
        preview=read.preview,
        warnings=tuple(read.reading.warnings),
        history=History(from_reading(read.reading, labels)),
    )


def page_of_project(page: ProjectPage, file: str) -> SessionPage:
    """Make a session's page of one that was kept or saved.

    Args:
        page: with its draft and the earlier ones.
        file: the file's name.
    """
    draft, scan = page.history.draft, images.rgb(page.scan)
    # A picture that is small enough is kept as it is: the same bytes as when it was first shown.
    is_small = max(scan.shape[:2]) <= PREVIEW_SIDE
    return SessionPage(
        file=file,
        number=page.number,
        width=draft.width,
        height=draft.height,
        scan=page.scan,
        preview=page.scan if is_small else images.photo_jpeg(scan, PREVIEW_SIDE),
        warnings=page.warnings,
        history=page.history,
    )
