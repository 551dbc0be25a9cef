"""A page's history as JSON: its digits as they were read, and each draft.

Digits, numbers and left-out numbers are written once and referred to by their place, because the
drafts of a history share most of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Annotated, Any, TypeVar

import msgspec
import numpy as np
from msgspec import Meta, Struct

from inkling.geometry import Box
from inkling.imaging.glyph import GLYPH_SIZE
from inkling.recognition.results import Cell, Digit, LeftOut
from inkling.review.draft import DigitBox, Draft, History, NumberEntry

VERSION = 1
# Limits of what is read back; pages have far less.
MAX_SIDE, MAX_ITEMS, MAX_TEXT, MAX_LABEL = 200_000, 100_000, 10_000, 8

Place = Annotated[int, Meta(ge=0, lt=MAX_ITEMS)]
Id = Annotated[int, Meta(ge=0, lt=2**53)]
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Label = Annotated[str, Meta(max_length=MAX_LABEL)]
Item = TypeVar("Item")


class RecordError(ValueError):
    """What was read is no history that this version has written; the message says why."""


class BoxRecord(Struct, omit_defaults=True):
    """A `DigitBox`; `digit` is its digit's place."""

    id: Id
    box: Box
    label: Label
    digit: Place
    corrected: bool = False
    placed_by_hand: bool = False


class EntryRecord(Struct, omit_defaults=True):
    """A `NumberEntry`."""

    id: Id
    line: Place
    boxes: Annotated[list[BoxRecord], Meta(min_length=1)]
    typed: Text | None = None
    checked: bool | None = None
    regrouped: bool = False
    cell: Cell | None = None
    signed: Text = ""


class DraftRecord(Struct, omit_defaults=True):
    """A `Draft`; `entries` and `left_out` are places.

    Attributes:
        before: the description of the step that followed it; empty for the current draft.
    """

    labels: Annotated[list[Label], Meta(min_length=1, max_length=1000)]
    width: Annotated[int, Meta(ge=1, le=MAX_SIDE)]
    height: Annotated[int, Meta(ge=1, le=MAX_SIDE)]
    next_id: Id
    entries: list[Place]
    left_out: list[Place] = []
    deleted: list[Box] = []
    counted: list[Box] = []
    before: Text = ""


class HistoryRecord(Struct):
    """A `History`; `drafts` has the current one last."""

    version: int
    digits: list[Digit]
    entries: list[EntryRecord]
    left_out: list[LeftOut]
    drafts: Annotated[list[DraftRecord], Meta(min_length=1, max_length=MAX_ITEMS)]


class _Places:
    """Items in the order of their first use, and the place of each."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._places: dict[Any, int] = {}

    def of(self, key: Any, make: Callable[[], Any]) -> int:
        """The place of the item with a key, which is made if it is new."""
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.items)
            self.items.append(make())
        return place


def encode(history: History) -> bytes:
    """Write a history as JSON."""
    digits, entries, left_out = _Places(), _Places(), _Places()

    def box_record(each: DigitBox) -> BoxRecord:
        place = digits.of(id(each.digit), lambda: each.digit)
        return BoxRecord(each.id, each.box, each.label, place, each.corrected, each.placed_by_hand)

    def entry_place(each: NumberEntry) -> int:
        # Entries are equal although their digits differ.
        key = (each, tuple(id(digit_box.digit) for digit_box in each.boxes))
        return entries.of(key, lambda: entry_record(each))

    def entry_record(each: NumberEntry) -> EntryRecord:
        boxes = [box_record(digit_box) for digit_box in each.boxes]
        return EntryRecord(
            each.id,
            each.line,
            boxes,
            each.typed,
            each.checked,
            each.regrouped,
            each.cell,
            each.signed,
        )

    def draft_record(draft: Draft, before: str) -> DraftRecord:
        return DraftRecord(
            list(draft.labels),
            draft.width,
            draft.height,
            draft.next_id,
            [entry_place(each) for each in draft.entries],
            [left_out.of(each, lambda each=each: each) for each in draft.left_out],  # type: ignore[misc]
            list(draft.deleted),
            list(draft.counted),
            before,
        )

    drafts = [draft_record(draft, before) for before, draft in history.past]
    drafts.append(draft_record(history.draft, ""))
    record = HistoryRecord(VERSION, digits.items, entries.items, left_out.items, drafts)
    return msgspec.json.encode(record, enc_hook=_encoded)


def decode(content: bytes) -> History:
    """Read what `encode` wrote, from any source.

    Raises:
        RecordError: it is damaged, or of another version.
    """
    try:
        record = msgspec.json.decode(content, type=HistoryRecord, dec_hook=_decoded)
    except (msgspec.MsgspecError, ValueError) as problem:
        raise RecordError(str(problem)) from None
    if record.version != VERSION:
        raise RecordError(f"its version is {record.version}, not {VERSION}")
    entries = [_entry(each, record.digits) for each in record.entries]
    drafts = [_draft(each, entries, record.left_out) for each in record.drafts]
    past = tuple(
        (each.before, draft) for each, draft in zip(record.drafts[:-1], drafts[:-1], strict=True)
    )
    for draft in drafts:
        _check(draft)
    return History(drafts[-1], past)


def _encoded(value: Any) -> Any:
    """What msgspec does not know: a glyph's pixels."""
    if isinstance(value, np.ndarray):
        return value.tobytes()
    raise NotImplementedError(type(value))


def _decoded(_kind: type, value: Any) -> Any:
    pixels = np.frombuffer(msgspec.convert(value, bytes), np.uint8)
    # A read-only array would surprise; a glyph of another size raises ValueError.
    return pixels.reshape(GLYPH_SIZE, GLYPH_SIZE).copy()


def _entry(record: EntryRecord, digits: Sequence[Digit]) -> NumberEntry:
    boxes = tuple(
        DigitBox(
            each.id,
            each.box,
            each.label,
            _item(digits, each.digit),
            each.corrected,
            each.placed_by_hand,
        )
        for each in record.boxes
    )
    return NumberEntry(
        record.id,
        record.line,
        boxes,
        record.typed,
        record.checked,
        record.regrouped,
        record.cell,
        record.signed,
    )


def _draft(
    record: DraftRecord, entries: Sequence[NumberEntry], left_out: Sequence[LeftOut]
) -> Draft:
    return Draft(
        tuple(_item(entries, place) for place in record.entries),
        tuple(record.labels),
        record.width,
        record.height,
        record.next_id,
        tuple(record.deleted),
        tuple(_item(left_out, place) for place in record.left_out),
        tuple(record.counted),
    )


def _item(items: Sequence[Item], place: int) -> Item:
    if place >= len(items):
        raise RecordError(f"it refers to item {place} of {len(items)}")
    return items[place]


def _check(draft: Draft) -> None:
    """Check what the rest of the program relies on.

    Raises:
        RecordError: it is not so.
    """
    ids = [*(entry.id for entry in draft.entries), *(each.id for each in draft.boxes)]
    if len(set(ids)) != len(ids) or max(ids, default=0) >= draft.next_id:
        raise RecordError("its ids are not unique")
    lines = [0, *(entry.line for entry in draft.entries)]
    if any(after - before not in (0, 1) for before, after in pairwise(lines)) or lines[1:2] == [0]:
        raise RecordError("its lines are not counted")
    boxes = [*draft.deleted, *draft.counted, *(each.box for each in draft.left_out)]
    for x, y, width, height in (*boxes, *(each.box for each in draft.boxes)):
        if min(width, height) < 1 or max(map(abs, (x, y, width, height))) > MAX_SIDE:
            raise RecordError("a box is not on the page")
    for digit_box in draft.boxes:
        prediction = digit_box.digit.prediction
        values = (*prediction.probabilities, prediction.confidence, digit_box.digit.confidence)
        if len(values) != len(draft.labels) + 2 or not all(
            -0.01 < value < 1.01 for value in values
        ):
            raise RecordError("a digit's probabilities are none")
