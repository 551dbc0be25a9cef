"""Drafts: a page's reading on its way to be right.

A `Draft` holds what a page says now: numbers, in them digits in their boxes, and what a person has
done to each. It never changes; the steps from one draft to the next are in `inkling.editing`, and a
`History` takes them back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from inkling.geometry import Box, union
from inkling.recognition.results import Digit, Reading


class Status(StrEnum):
    """How much a number can be relied on."""

    UNSURE = "to check"
    SURE = "sure"
    CHECKED = "checked"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Mark:
    """One digit in its box.

    Attributes:
        id: its own on the page.
        box: x, y, width, height in pixels of the picture.
        label: what it says now; empty where there was nothing to read.
        digit: as it was read.
        corrected: a person has said what it is.
        placed: a person has drawn, moved, cut or merged its box.
    """

    id: int
    box: Box
    label: str
    digit: Digit = field(compare=False, repr=False)
    corrected: bool = False
    placed: bool = False

    @property
    def is_sure(self) -> bool:
        return self.corrected or self.digit.prediction.is_sure

    def confidence(self, labels: Sequence[str]) -> float:
        """The probability that the model gives to what it says now; 0 for no label of the model."""
        if self.label not in labels:
            return 0.0
        return self.digit.prediction.probabilities[labels.index(self.label)]


@dataclass(frozen=True, slots=True)
class Entry:
    """One number: the marks it is made of, or what was typed in their place.

    Attributes:
        id: its own on the page.
        line: from 1.
        marks: from left to right, at least one.
        typed: a text that is not one label a mark, and stands before the marks' labels.
        checked: whether a person found it right (True) or doubts it (False); None for neither.
        grouped: a person has parted or joined it.
        cell: the cell of a printed table it stands in, as the reader gives it.
    """

    id: int
    line: int
    marks: tuple[Mark, ...]
    typed: str | None = None
    checked: bool | None = None
    grouped: bool = False
    cell: Any = None

    @property
    def text(self) -> str:
        if self.typed is not None:
            return self.typed
        return "".join(mark.label for mark in self.marks)

    @property
    def box(self) -> Box:
        box = self.marks[0].box
        for mark in self.marks[1:]:
            box = union(box, mark.box)
        return box

    @property
    def is_left_out(self) -> bool:
        """Emptied by a person: shown, but not counted."""
        return self.typed == ""

    @property
    def is_touched(self) -> bool:
        """Whether a person has had a hand in it."""
        by_hand = any(mark.corrected or mark.placed for mark in self.marks)
        seen = self.checked is not None
        return self.typed is not None or seen or self.grouped or by_hand

    @property
    def status(self) -> Status:
        corrected = self.typed is not None or any(mark.corrected for mark in self.marks)
        trusted = self.typed is not None or all(mark.is_sure for mark in self.marks)
        if self.checked is False or not (self.checked or trusted):
            return Status.UNSURE
        if corrected:
            return Status.CORRECTED
        return Status.CHECKED if self.checked else Status.SURE

    def trusts(self, mark: Mark) -> bool:
        """Whether one of its marks needs no second look."""
        if self.status is not Status.UNSURE:
            return True
        return mark.is_sure and self.checked is not False

    def confidence(self, labels: Sequence[str]) -> float | None:
        """That of the digit least sure; None for a text that is not made of the marks."""
        if self.typed is not None:
            return None
        return min(mark.confidence(labels) for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Draft:
    """One page's numbers as they stand.

    Attributes:
        entries: in reading order.
        labels: what a digit can be, in the order of the probabilities.
        width, height: of the picture in pixels; boxes refer to them.
        next_id: the first id that no mark or entry has had.
        deleted: boxes that a person took away; another reading does not bring them back.
    """

    entries: tuple[Entry, ...]
    labels: tuple[str, ...]
    width: int
    height: int
    next_id: int = 1
    deleted: tuple[Box, ...] = ()

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(mark for entry in self.entries for mark in entry.marks)

    @property
    def lines(self) -> tuple[tuple[Entry, ...], ...]:
        count = self.entries[-1].line if self.entries else 0
        return tuple(
            tuple(entry for entry in self.entries if entry.line == line)
            for line in range(1, count + 1)
        )

    @property
    def to_check(self) -> int:
        """How many numbers nobody, neither model nor person, is sure of."""
        return sum(entry.status is Status.UNSURE for entry in self.entries)

    @property
    def is_touched(self) -> bool:
        return bool(self.deleted) or any(entry.is_touched for entry in self.entries)

    def entry(self, entry_id: int) -> Entry | None:
        return next((entry for entry in self.entries if entry.id == entry_id), None)

    def mark(self, mark_id: int) -> Mark | None:
        return next((mark for mark in self.marks if mark.id == mark_id), None)

    def entry_of(self, mark_id: int) -> Entry | None:
        """The number a mark belongs to."""
        holds = (e for e in self.entries if any(mark.id == mark_id for mark in e.marks))
        return next(holds, None)

    def mark_after(self, mark_id: int) -> Mark | None:
        """The mark right of another in the same number."""
        entry = self.entry_of(mark_id)
        ids = [mark.id for mark in entry.marks] if entry else []
        place = ids.index(mark_id) + 1 if entry else 0
        return entry.marks[place] if entry and place < len(ids) else None

    def entry_after(self, entry_id: int) -> Entry | None:
        """The number right of another on the same line."""
        entry = self.entry(entry_id)
        row = self.lines[entry.line - 1] if entry else ()
        place = row.index(entry) + 1 if entry else 0
        return row[place] if place < len(row) else None


def from_reading(reading: Reading, labels: Sequence[str]) -> Draft:
    """A page's reading as a draft that nobody has touched.

    Args:
        reading: any.
        labels: of the model that read it.
    """
    entries = []
    free = 1
    for line, row in enumerate(reading.lines, 1):
        for number in row.numbers:
            marks = tuple(
                Mark(place, digit.box, digit.label, digit)
                for place, digit in enumerate(number.digits, free + 1)
            )
            cell = getattr(number, "cell", None)
            entries.append(Entry(free, line, marks, cell=cell))
            free += 1 + len(marks)
    return Draft(tuple(entries), tuple(labels), reading.width, reading.height, free)


@dataclass(frozen=True, slots=True)
class History:
    """A draft, and those it came from.

    Attributes:
        now: as it stands.
        past: what was done, in words, and the draft before it; the latest last.
    """

    now: Draft
    past: tuple[tuple[str, Draft], ...] = ()

    @property
    def last(self) -> str | None:
        """What `undo` takes back."""
        return self.past[-1][0] if self.past else None

    def do(self, what: str, draft: Draft) -> History:
        """One step further; none where nothing changes."""
        return self if draft == self.now else History(draft, (*self.past, (what, self.now)))

    def undo(self) -> History:
        """As it was before the last step."""
        return History(self.past[-1][1], self.past[:-1]) if self.past else self
