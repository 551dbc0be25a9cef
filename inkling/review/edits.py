"""Editing a draft: what a person does to it, one function a step.

Every step is a pure function from a draft to the next. An id that is gone (a click that came late)
changes nothing. What a person typed, checked or drew stands until that person changes it: also when
another model reads the page again (`read_again`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from inkling.geometry import Box
from inkling.recognition.results import Digit
from inkling.review.draft import Draft, Entry, Mark

# Two boxes are the same mark when this much of the smaller one lies in the other.
SAME_MARK = 0.5
# A box belongs to a line when this much of the lower one's height lies beside the nearest digit.
SAME_LINE = 0.4
# An added digit joins a number when it is at most this far from it, in its own heights.
SAME_NUMBER = 0.6


def type_number(draft: Draft, entry_id: int, text: str) -> Draft:
    """A number's text as a person typed it.

    With one label for each box the boxes take them; any other text stands in their place, and the
    boxes are kept. An empty text leaves the number out of every table.
    """
    entry = draft.entry(entry_id)
    if entry is None:
        return draft
    text = text.strip()
    if len(text) != len(entry.marks) or not all(label in draft.labels for label in text):
        return _with(draft, replace(entry, typed=text, checked=True))
    marks = tuple(
        mark if mark.label == label else replace(mark, label=label, corrected=True)
        for mark, label in zip(entry.marks, text, strict=True)
    )
    return _with(draft, replace(entry, marks=marks, typed=None, checked=True))


def use_boxes(draft: Draft, entry_id: int) -> Draft:
    """A number says again what its boxes say, not what was typed."""
    entry = draft.entry(entry_id)
    return draft if entry is None else _with(draft, replace(entry, typed=None, checked=None))


def check(draft: Draft, entry_id: int, checked: bool = True) -> Draft:
    """A person has looked at a number and found it right, or doubts it."""
    entry = draft.entry(entry_id)
    return draft if entry is None else _with(draft, replace(entry, checked=checked))


def correct(draft: Draft, mark_id: int, label: str) -> Draft:
    """A person says what a digit is; saying what it was read as makes it sure."""
    entry, mark = draft.entry_of(mark_id), draft.mark(mark_id)
    if entry is None or mark is None:
        return draft
    said = replace(mark, label=label, corrected=True)
    marks = tuple(said if each.id == mark_id else each for each in entry.marks)
    return _with(draft, replace(entry, marks=marks))


def delete_mark(draft: Draft, mark_id: int) -> Draft:
    """Take a box away; the last one takes its number with it."""
    entry, mark = draft.entry_of(mark_id), draft.mark(mark_id)
    if entry is None or mark is None:
        return draft
    draft = replace(draft, deleted=(*draft.deleted, mark.box))
    return _without(draft, entry, mark)


def delete_number(draft: Draft, entry_id: int) -> Draft:
    """Take a number and its boxes away."""
    entry = draft.entry(entry_id)
    if entry is None:
        return draft
    gone = (*draft.deleted, *(mark.box for mark in entry.marks))
    return _ordered(replace(draft, deleted=gone), [e for e in draft.entries if e != entry])


def split_mark(draft: Draft, mark_id: int, parts: Sequence[Digit]) -> Draft:
    """One box becomes several, as they were read.

    Args:
        draft: any.
        mark_id: the box.
        parts: from left to right; at least one.
    """
    entry, mark = draft.entry_of(mark_id), draft.mark(mark_id)
    if entry is None or mark is None or not parts:
        return draft
    draft, marks = _new_marks(draft, parts)
    return _with(draft, _changed(entry, mark, *marks))


def merge_marks(draft: Draft, mark_id: int, whole: Digit) -> Draft:
    """A box and the one right of it in the same number become one, as it was read."""
    entry, mark, after = draft.entry_of(mark_id), draft.mark(mark_id), draft.mark_after(mark_id)
    if entry is None or mark is None or after is None:
        return draft
    draft, (merged,) = _new_marks(draft, [whole])
    rest = replace(entry, marks=tuple(each for each in entry.marks if each != after))
    return _with(draft, _changed(rest, mark, merged))


def add_mark(draft: Draft, digit: Digit) -> Draft:
    """A box that a person drew: part of the number it stands in or beside, or one of its own."""
    draft, (mark,) = _new_marks(draft, [digit])
    return _inserted(draft, mark)


def move_mark(draft: Draft, mark_id: int, digit: Digit) -> Draft:
    """A box was moved or resized, and read again there; what a person called it stands."""
    entry, mark = draft.entry_of(mark_id), draft.mark(mark_id)
    if entry is None or mark is None:
        return draft
    label = mark.label if mark.corrected else digit.label
    moved = replace(mark, box=digit.box, label=label, digit=digit, placed=True)
    others = tuple(each for each in entry.marks if each != mark)
    if others and not _belongs(replace(entry, marks=others), digit.box):
        return _inserted(_without(draft, entry, mark), moved)
    if others:
        return _with(draft, _changed(entry, mark, moved))
    alone = replace(entry, marks=(moved,))
    return _placed(draft, [each for each in draft.entries if each != entry], [alone])


def part_number(draft: Draft, mark_id: int) -> Draft:
    """A number becomes two; the second begins with this box. A typed text stays with the first."""
    entry = draft.entry_of(mark_id)
    place = [mark.id for mark in entry.marks].index(mark_id) if entry else 0
    if entry is None or place == 0:
        return draft
    first = replace(entry, marks=entry.marks[:place], grouped=True)
    second = replace(entry, id=draft.next_id, marks=entry.marks[place:], typed=None, grouped=True)
    rest = [each for each in draft.entries if each != entry]
    return _ordered(replace(draft, next_id=draft.next_id + 1), [*rest, first, second])


def join_numbers(draft: Draft, entry_id: int) -> Draft:
    """A number and the one right of it on the same line become one."""
    entry, after = draft.entry(entry_id), draft.entry_after(entry_id)
    if entry is None or after is None:
        return draft
    joined = replace(
        entry,
        marks=entry.marks + after.marks,
        typed=None if entry.typed is None and after.typed is None else entry.text + after.text,
        checked=True if entry.checked and after.checked else None,
        grouped=True,
    )
    return _ordered(draft, [*(e for e in draft.entries if e not in (entry, after)), joined])


def read_again(draft: Draft, fresh: Draft) -> Draft:
    """Another reading of the same page, with all that a person did to this one.

    Numbers that a person has touched stay, boxes that were taken away stay away, and everything
    else comes from the fresh reading.
    """
    kept = [entry for entry in draft.entries if entry.is_touched]
    taken = [*draft.deleted, *(mark.box for entry in kept for mark in entry.marks)]
    free = draft.next_id
    entries = []
    for entry in fresh.entries:
        marks = [mark for mark in entry.marks if not any(_same(mark.box, box) for box in taken)]
        if not marks:
            continue
        new = tuple(replace(mark, id=place) for place, mark in enumerate(marks, free + 1))
        entries.append(replace(entry, id=free, marks=new))
        free += 1 + len(new)
    return _placed(replace(fresh, next_id=free, deleted=draft.deleted), entries, kept)


def _overlap(a: Box, b: Box) -> int:
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0, wide) * max(0, high)


def _same(a: Box, b: Box) -> bool:
    return _overlap(a, b) > SAME_MARK * max(1, min(a[2] * a[3], b[2] * b[3]))


def _beside(a: Box, b: Box) -> float:
    """How much of the lower box's height lies beside the other's, 0..1."""
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0, high) / max(1, min(a[3], b[3]))


def _apart(a: Box, b: Box) -> int:
    """Pixels from one box to another, sideways; 0 or less where they overlap."""
    return max(a[0] - b[0] - b[2], b[0] - a[0] - a[2])


def _belongs(entry: Entry, box: Box) -> bool:
    nearest = min(entry.marks, key=lambda mark: _apart(mark.box, box))
    close = _apart(nearest.box, box) <= SAME_NUMBER * max(box[3], nearest.box[3])
    return close and _beside(nearest.box, box) >= SAME_LINE


def _new_marks(draft: Draft, digits: Sequence[Digit]) -> tuple[Draft, tuple[Mark, ...]]:
    """Marks that a person placed, with ids of their own."""
    marks = tuple(
        Mark(place, digit.box, digit.label, digit, placed=True)
        for place, digit in enumerate(digits, draft.next_id)
    )
    return replace(draft, next_id=draft.next_id + len(marks)), marks


def _changed(entry: Entry, mark: Mark, *others: Mark) -> Entry:
    """An entry with others in a mark's place, from left to right; to be checked anew."""
    marks = [*(each for each in entry.marks if each.id != mark.id), *others]
    in_order = tuple(sorted(marks, key=lambda each: each.box[0]))
    return replace(entry, marks=in_order, checked=None if entry.typed is None else entry.checked)


def _with(draft: Draft, entry: Entry) -> Draft:
    """The draft with a changed entry."""
    return _ordered(draft, [entry if each.id == entry.id else each for each in draft.entries])


def _without(draft: Draft, entry: Entry, mark: Mark) -> Draft:
    marks = tuple(each for each in entry.marks if each.id != mark.id)
    if marks:
        return _with(draft, replace(entry, marks=marks, grouped=True))
    return _ordered(draft, [each for each in draft.entries if each.id != entry.id])


def _inserted(draft: Draft, mark: Mark) -> Draft:
    """A mark joins the number it belongs to, or becomes one."""
    homes = [entry for entry in draft.entries if _belongs(entry, mark.box)]
    if homes:
        home = min(homes, key=lambda entry: _apart(entry.box, mark.box))
        return _with(draft, _changed(home, mark, mark))
    alone = Entry(draft.next_id, 0, (mark,))
    return _placed(replace(draft, next_id=draft.next_id + 1), list(draft.entries), [alone])


def _placed(draft: Draft, entries: list[Entry], loose: Iterable[Entry]) -> Draft:
    """Entries in their lines, and loose ones put into the line they stand on or a new one."""
    for entry in sorted(loose, key=lambda each: each.box[1]):
        entries = _renumbered([*entries, replace(entry, line=0)], entry.id)
    return _ordered(draft, entries)


def _renumbered(entries: list[Entry], loose_id: int) -> list[Entry]:
    """Entries with the loose one's line found, and a line made for it where there is none."""
    loose = next(entry for entry in entries if entry.id == loose_id)
    nearest: dict[int, Box] = {}
    for entry in entries:
        for mark in entry.marks if entry.id != loose_id else ():
            known = nearest.get(entry.line)
            if known is None or _apart(mark.box, loose.box) < _apart(known, loose.box):
                nearest[entry.line] = mark.box
    best = max(nearest, key=lambda line: _beside(nearest[line], loose.box), default=0)
    if best and _beside(nearest[best], loose.box) >= SAME_LINE:
        return [replace(e, line=best) if e.id == loose_id else e for e in entries]
    middle = loose.box[1] + loose.box[3] / 2
    above = [line for line, box in nearest.items() if box[1] + box[3] / 2 <= middle]
    new = max(above, default=0) + 1
    return [replace(e, line=new if e.id == loose_id else e.line + (e.line >= new)) for e in entries]


def _ordered(draft: Draft, entries: Iterable[Entry]) -> Draft:
    """The draft with these entries in reading order, its lines counted from 1 without gaps."""
    found = sorted(entries, key=lambda entry: (entry.line, entry.box[0], entry.id))
    lines = {line: place for place, line in enumerate(sorted({e.line for e in found}), 1)}
    return replace(draft, entries=tuple(replace(e, line=lines[e.line]) for e in found))
