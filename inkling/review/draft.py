"""Drafts: a page's reading while a person corrects it.

A `Draft` holds the numbers on a page, the digits they consist of, and what a person has done to
each. Drafts are immutable: each function of `inkling.review.edits` returns a new one, and a
`History` keeps the earlier ones for undo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from inkling.geometry import Box, union
from inkling.recognition.results import Cell, Digit, LeftOut, Reading


class Status(StrEnum):
    """How reliable a number is."""

    UNSURE = "to check"
    SURE = "sure"
    CHECKED = "checked"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class DigitBox:
    """One digit and the box it stands in.

    Attributes:
        id: unique on the page.
        box: x, y, width, height in pixels of the picture.
        label: the digit as it stands now; empty if there was nothing to read.
        digit: the digit as it was read.
        corrected: whether a person has said which digit it is.
        placed_by_hand: whether a person has drawn, moved, split or merged the box.
    """

    id: int
    box: Box
    label: str
    digit: Digit = field(compare=False, repr=False)
    corrected: bool = False
    placed_by_hand: bool = False

    @property
    def is_sure(self) -> bool:
        return self.corrected or self.digit.prediction.is_sure

    def confidence(self, labels: Sequence[str]) -> float:
        """The model's probability of the current label; 0 if the model has no such label."""
        if self.label not in labels:
            return 0.0
        return self.digit.prediction.probabilities[labels.index(self.label)]


@dataclass(frozen=True, slots=True)
class NumberEntry:
    """One number: the boxes it consists of, or the text typed instead.

    Attributes:
        id: unique on the page.
        line: from 1.
        boxes: from left to right, at least one.
        typed: a text that does not have one label per box and replaces the boxes' labels.
        checked: True if a person confirmed the number, False if a person doubts it, else None.
        regrouped: whether a person has split the number or joined it with another.
        cell: the cell of a table it stands in.
        signed: the number as it was read with its signs, such as "24.6"; empty where there are
            none.
    """

    id: int
    line: int
    boxes: tuple[DigitBox, ...]
    typed: str | None = None
    checked: bool | None = None
    regrouped: bool = False
    cell: Cell | None = None
    signed: str = ""

    @property
    def text(self) -> str:
        if self.typed is not None:
            return self.typed
        return "".join(each.label for each in self.boxes)

    @property
    def written(self) -> str:
        """The number with its signs. Corrected digits take the places of those that were read."""
        signs = [sign for sign in self.signed if not sign.isdecimal()]
        if self.typed is not None or len(self.signed) != len(self.boxes) + len(signs):
            return self.text
        labels = iter(each.label for each in self.boxes)
        return "".join(next(labels) if sign.isdecimal() else sign for sign in self.signed)

    @property
    def box(self) -> Box:
        """The smallest box around all its digits."""
        return union(*(each.box for each in self.boxes))

    @property
    def is_excluded(self) -> bool:
        """Whether a person has emptied it: still shown on the picture, but in no table."""
        return self.typed == ""

    @property
    def is_edited(self) -> bool:
        """Whether a person has changed or checked anything about it."""
        by_hand = any(each.corrected or each.placed_by_hand for each in self.boxes)
        return self.typed is not None or self.checked is not None or self.regrouped or by_hand

    @property
    def status(self) -> Status:
        corrected = self.typed is not None or any(each.corrected for each in self.boxes)
        sure = self.typed is not None or all(each.is_sure for each in self.boxes)
        if self.checked is False or not (self.checked or sure):
            return Status.UNSURE
        if corrected:
            return Status.CORRECTED
        return Status.CHECKED if self.checked else Status.SURE

    def is_reliable(self, digit_box: DigitBox) -> bool:
        """Whether one of its digits needs no second look."""
        if self.status is not Status.UNSURE:
            return True
        return digit_box.is_sure and self.checked is not False

    @property
    def first_to_check(self) -> DigitBox:
        """The first of its boxes that is not sure; the first of all where each one is."""
        return next((each for each in self.boxes if not each.is_sure), self.boxes[0])

    def confidence(self, labels: Sequence[str]) -> float | None:
        """The lowest confidence of its digits; None for a typed text."""
        if self.typed is not None:
            return None
        return min(each.confidence(labels) for each in self.boxes)


@dataclass(frozen=True, slots=True)
class Draft:
    """The numbers on one page as they stand.

    Attributes:
        entries: in reading order.
        labels: the model's labels, in the order of its probabilities.
        width, height: of the picture in pixels; boxes refer to them.
        next_id: the first id that no box and no entry has had.
        deleted: boxes that a person deleted; reading the page again does not restore them.
        left_out: what was read but does not count, unless a person counts it.
        counted: boxes of left-out numbers that a person counted; reading the page again does not
            list them again.
    """

    entries: tuple[NumberEntry, ...]
    labels: tuple[str, ...]
    width: int
    height: int
    next_id: int = 1
    deleted: tuple[Box, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    counted: tuple[Box, ...] = ()

    @property
    def boxes(self) -> tuple[DigitBox, ...]:
        return tuple(digit_box for entry in self.entries for digit_box in entry.boxes)

    @property
    def lines(self) -> tuple[tuple[NumberEntry, ...], ...]:
        count = self.entries[-1].line if self.entries else 0
        return tuple(
            tuple(entry for entry in self.entries if entry.line == line)
            for line in range(1, count + 1)
        )

    @property
    def to_check(self) -> int:
        """The number of entries that neither the model nor a person is sure of."""
        return sum(entry.status is Status.UNSURE for entry in self.entries)

    @property
    def is_edited(self) -> bool:
        return bool(self.deleted) or any(entry.is_edited for entry in self.entries)

    def entry(self, entry_id: int) -> NumberEntry | None:
        return next((entry for entry in self.entries if entry.id == entry_id), None)

    def box(self, box_id: int) -> DigitBox | None:
        return next((each for each in self.boxes if each.id == box_id), None)

    def entry_of(self, box_id: int) -> NumberEntry | None:
        """The number that a box belongs to."""
        owners = (e for e in self.entries if any(each.id == box_id for each in e.boxes))
        return next(owners, None)

    def next_box(self, box_id: int) -> DigitBox | None:
        """The box to the right of another in the same number."""
        entry = self.entry_of(box_id)
        ids = [each.id for each in entry.boxes] if entry else []
        place = ids.index(box_id) + 1 if entry else 0
        return entry.boxes[place] if entry and place < len(ids) else None

    def next_entry(self, entry_id: int) -> NumberEntry | None:
        """The number to the right of another on the same line."""
        entry = self.entry(entry_id)
        row = self.lines[entry.line - 1] if entry else ()
        place = row.index(entry) + 1 if entry else 0
        return row[place] if place < len(row) else None


def from_reading(reading: Reading, labels: Sequence[str]) -> Draft:
    """Make a draft that nobody has edited.

    Args:
        reading: of a page.
        labels: of the model that read it.
    """
    entries = []
    next_id = 1
    for line, row in enumerate(reading.lines, 1):
        for number in row.numbers:
            boxes = tuple(
                DigitBox(box_id, digit.box, digit.label, digit)
                for box_id, digit in enumerate(number.digits, next_id + 1)
            )
            entry = NumberEntry(next_id, line, boxes, cell=number.cell, signed=number.signed)
            entries.append(entry)
            next_id += 1 + len(boxes)
    left_out = tuple(dict.fromkeys(reading.left_out))
    return Draft(
        tuple(entries), tuple(labels), reading.width, reading.height, next_id, left_out=left_out
    )


@dataclass(frozen=True, slots=True)
class History:
    """A draft and the drafts before it.

    Attributes:
        draft: the current one.
        past: for each step the description of what was done, and the draft before; latest last.
    """

    draft: Draft
    past: tuple[tuple[str, Draft], ...] = ()

    @property
    def last_step(self) -> str | None:
        """The description of what `undo` would undo."""
        return self.past[-1][0] if self.past else None

    def add(self, description: str, draft: Draft) -> History:
        """Add a step; a draft that equals the current one adds none."""
        if draft == self.draft:
            return self
        return History(draft, (*self.past, (description, self.draft)))

    def undo(self) -> History:
        """Return to the draft before the last step."""
        return History(self.past[-1][1], self.past[:-1]) if self.past else self
