"""Edits: what a person does to a draft, one function per action.

Every edit is a pure function from a draft to the next one. An id that no longer exists, because a
click arrived late, changes nothing. What a person typed, checked or drew stays until that person
changes it, also when another model reads the page again (`apply_reading`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from inkling.geometry import Box
from inkling.recognition.results import Digit, LeftOut
from inkling.review.draft import DigitBox, Draft, NumberEntry

# Two boxes count as the same when this share of the smaller one's area lies in the other.
SAME_BOX_OVERLAP = 0.5
# A box belongs to a line when it overlaps the line's nearest digit vertically by this share of the
# smaller of the two heights.
SAME_LINE_OVERLAP = 0.4
# A new box joins a number when the gap between them is at most this, in heights of the taller box.
SAME_NUMBER_GAP = 0.6


def type_number(draft: Draft, entry_id: int, text: str) -> Draft:
    """Set a number's text as a person typed it.

    A text with one label per box is put into the boxes. Any other text replaces the boxes' labels;
    the boxes are kept. An empty text excludes the number from every table.
    """
    entry = draft.entry(entry_id)
    if entry is None:
        return draft
    text = text.strip()
    if len(text) != len(entry.boxes) or not all(label in draft.labels for label in text):
        return _with_entry(draft, replace(entry, typed=text, checked=True))
    boxes = tuple(
        each if each.label == label else replace(each, label=label, corrected=True)
        for each, label in zip(entry.boxes, text, strict=True)
    )
    return _with_entry(draft, replace(entry, boxes=boxes, typed=None, checked=True))


def use_boxes(draft: Draft, entry_id: int) -> Draft:
    """Discard a number's typed text, so that its boxes count again."""
    entry = draft.entry(entry_id)
    return draft if entry is None else _with_entry(draft, replace(entry, typed=None, checked=None))


def check(draft: Draft, entry_id: int, checked: bool = True) -> Draft:
    """Confirm a number, or doubt it."""
    entry = draft.entry(entry_id)
    return draft if entry is None else _with_entry(draft, replace(entry, checked=checked))


def correct(draft: Draft, box_id: int, label: str) -> Draft:
    """Set which digit is in a box; setting the label it was read as makes it sure."""
    entry, digit_box = draft.entry_of(box_id), draft.box(box_id)
    if entry is None or digit_box is None:
        return draft
    corrected = replace(digit_box, label=label, corrected=True)
    boxes = tuple(corrected if each.id == box_id else each for each in entry.boxes)
    return _with_entry(draft, replace(entry, boxes=boxes))


def delete_box(draft: Draft, box_id: int) -> Draft:
    """Delete a box, and its number if it was the only one."""
    entry, digit_box = draft.entry_of(box_id), draft.box(box_id)
    if entry is None or digit_box is None:
        return draft
    draft = replace(draft, deleted=(*draft.deleted, digit_box.box))
    return _without_box(draft, entry, digit_box)


def delete_number(draft: Draft, entry_id: int) -> Draft:
    """Delete a number with its boxes."""
    entry = draft.entry(entry_id)
    if entry is None:
        return draft
    deleted = (*draft.deleted, *(each.box for each in entry.boxes))
    return _ordered(replace(draft, deleted=deleted), [e for e in draft.entries if e != entry])


def split_box(draft: Draft, box_id: int, parts: Sequence[Digit]) -> Draft:
    """Replace a box by several.

    Args:
        draft: to edit.
        box_id: the box.
        parts: the digits read in its parts, from left to right; at least one.
    """
    entry, digit_box = draft.entry_of(box_id), draft.box(box_id)
    if entry is None or digit_box is None or not parts:
        return draft
    draft, boxes = _new_boxes(draft, parts)
    return _with_entry(draft, _with_boxes(entry, digit_box, *boxes))


def merge_boxes(draft: Draft, box_id: int, whole: Digit) -> Draft:
    """Replace a box and the one to its right in the same number by one box."""
    entry, left, right = draft.entry_of(box_id), draft.box(box_id), draft.next_box(box_id)
    if entry is None or left is None or right is None:
        return draft
    draft, (merged,) = _new_boxes(draft, [whole])
    rest = replace(entry, boxes=tuple(each for each in entry.boxes if each != right))
    return _with_entry(draft, _with_boxes(rest, left, merged))


def add_box(draft: Draft, digit: Digit) -> Draft:
    """Add a box that a person drew, to the number in or beside which it stands or as a new one."""
    draft, (digit_box,) = _new_boxes(draft, [digit])
    return _insert(draft, digit_box)


def count_left_out(draft: Draft, left_out: LeftOut, digits: Sequence[Digit]) -> Draft:
    """Count a number that was left out.

    It becomes a number of its own in the line it stands in, or in a new line. It does not join a
    number beside it, which often replaces it, but one whose digits stand on both sides of it.

    Args:
        draft: to edit.
        left_out: the number; nothing changes when the draft does not hold it.
        digits: those read in its box, from left to right; at least one.
    """
    if left_out not in draft.left_out or not digits:
        return draft
    rest = tuple(each for each in draft.left_out if each != left_out)
    draft = replace(draft, left_out=rest, counted=(*draft.counted, left_out.box))
    draft, boxes = _new_boxes(draft, digits)
    for entry in draft.entries:
        if entry.typed is None and _stands_around(entry, left_out.box):
            return _with_entry(draft, _with_boxes(entry, boxes[0], *boxes))
    return _insert_alone(draft, boxes)


def move_box(draft: Draft, box_id: int, digit: Digit) -> Draft:
    """Move or resize a box; a label that a person set stays.

    Args:
        draft: to edit.
        box_id: the box.
        digit: what was read in its new place.
    """
    entry, digit_box = draft.entry_of(box_id), draft.box(box_id)
    if entry is None or digit_box is None:
        return draft
    label = digit_box.label if digit_box.corrected else digit.label
    moved = replace(digit_box, box=digit.box, label=label, digit=digit, placed_by_hand=True)
    others = tuple(each for each in entry.boxes if each != digit_box)
    if others and not _belongs_to(replace(entry, boxes=others), digit.box):
        return _insert(_without_box(draft, entry, digit_box), moved)
    if others:
        return _with_entry(draft, _with_boxes(entry, digit_box, moved))
    alone = replace(entry, boxes=(moved,))
    return _place(draft, [each for each in draft.entries if each != entry], [alone])


def split_number(draft: Draft, box_id: int) -> Draft:
    """Split a number before a box. A typed text stays with the first part."""
    entry = draft.entry_of(box_id)
    place = [each.id for each in entry.boxes].index(box_id) if entry else 0
    if entry is None or place == 0:
        return draft
    first = replace(entry, boxes=entry.boxes[:place], regrouped=True)
    second = replace(entry, id=draft.next_id, boxes=entry.boxes[place:], typed=None, regrouped=True)
    rest = [each for each in draft.entries if each != entry]
    return _ordered(replace(draft, next_id=draft.next_id + 1), [*rest, first, second])


def join_numbers(draft: Draft, entry_id: int) -> Draft:
    """Join a number with the one to its right on the same line."""
    left, right = draft.entry(entry_id), draft.next_entry(entry_id)
    if left is None or right is None:
        return draft
    joined = replace(
        left,
        boxes=_in_order(left.boxes + right.boxes),
        typed=None if left.typed is None and right.typed is None else left.text + right.text,
        checked=True if left.checked and right.checked else None,
        regrouped=True,
    )
    return _ordered(draft, [*(e for e in draft.entries if e not in (left, right)), joined])


def apply_reading(draft: Draft, fresh: Draft) -> Draft:
    """Combine another reading of the same page with what a person did to this one.

    Numbers that a person edited stay, boxes that were deleted stay deleted, and everything else
    comes from the fresh reading. It leaves nothing out where a person counted or boxed something.
    """
    kept = [entry for entry in draft.entries if entry.is_edited]
    occupied = [*draft.deleted, *(each.box for entry in kept for each in entry.boxes)]
    next_id = draft.next_id
    entries = []
    for entry in fresh.entries:
        boxes = [
            each for each in entry.boxes if not any(_is_same(each.box, box) for box in occupied)
        ]
        if not boxes:
            continue
        new = tuple(replace(each, id=box_id) for box_id, each in enumerate(boxes, next_id + 1))
        entries.append(replace(entry, id=next_id, boxes=new))
        next_id += 1 + len(new)
    decided = [*draft.counted, *occupied]
    left_out = tuple(
        each for each in fresh.left_out if not any(_covers(box, each.box) for box in decided)
    )
    combined = replace(
        fresh, next_id=next_id, deleted=draft.deleted, left_out=left_out, counted=draft.counted
    )
    return _place(combined, entries, kept)


def _overlap_area(a: Box, b: Box) -> int:
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0, width) * max(0, height)


def _is_same(a: Box, b: Box) -> bool:
    return _overlap_area(a, b) > SAME_BOX_OVERLAP * max(1, min(a[2] * a[3], b[2] * b[3]))


def _covers(box: Box, other: Box) -> bool:
    """Whether most of another box lies in a box."""
    return _overlap_area(box, other) > SAME_BOX_OVERLAP * max(1, other[2] * other[3])


def _vertical_overlap(a: Box, b: Box) -> float:
    """The vertical overlap as a share of the smaller height, 0..1."""
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0, height) / max(1, min(a[3], b[3]))


def _gap(a: Box, b: Box) -> int:
    """The horizontal distance between two boxes in pixels; 0 or less where they overlap."""
    return max(a[0] - b[0] - b[2], b[0] - a[0] - a[2])


def _belongs_to(entry: NumberEntry, box: Box) -> bool:
    """Whether a box stands beside a digit of a number, or between two, however far apart."""
    if _stands_around(entry, box):
        return True
    nearest = min((each.box for each in entry.boxes), key=lambda other: _gap(other, box))
    is_near = _gap(nearest, box) <= SAME_NUMBER_GAP * max(box[3], nearest[3])
    return is_near and _vertical_overlap(nearest, box) >= SAME_LINE_OVERLAP


def _stands_around(entry: NumberEntry, box: Box) -> bool:
    """Whether a box stands between the digits of a number."""
    middles = [each.box[0] + each.box[2] / 2 for each in entry.boxes]
    is_between = min(middles) < box[0] + box[2] / 2 < max(middles)
    return is_between and _vertical_overlap(entry.box, box) >= SAME_LINE_OVERLAP


def _new_boxes(draft: Draft, digits: Sequence[Digit]) -> tuple[Draft, tuple[DigitBox, ...]]:
    """Make boxes placed by hand, with new ids."""
    boxes = tuple(
        DigitBox(box_id, digit.box, digit.label, digit, placed_by_hand=True)
        for box_id, digit in enumerate(digits, draft.next_id)
    )
    return replace(draft, next_id=draft.next_id + len(boxes)), boxes


def _with_boxes(entry: NumberEntry, old: DigitBox, *new: DigitBox) -> NumberEntry:
    """Replace one box of an entry by others, in order; the entry must be checked again."""
    boxes = [*(each for each in entry.boxes if each.id != old.id), *new]
    checked = None if entry.typed is None else entry.checked
    return replace(entry, boxes=_in_order(boxes), checked=checked)


def _in_order(boxes: Iterable[DigitBox]) -> tuple[DigitBox, ...]:
    """Boxes by their middles from left to right, as the reader orders a line's digits."""
    return tuple(sorted(boxes, key=lambda each: 2 * each.box[0] + each.box[2]))


def _with_entry(draft: Draft, entry: NumberEntry) -> Draft:
    """Replace the entry that has the same id."""
    return _ordered(draft, [entry if each.id == entry.id else each for each in draft.entries])


def _without_box(draft: Draft, entry: NumberEntry, digit_box: DigitBox) -> Draft:
    boxes = tuple(each for each in entry.boxes if each.id != digit_box.id)
    if boxes:
        return _with_entry(draft, replace(entry, boxes=boxes, regrouped=True))
    return _ordered(draft, [each for each in draft.entries if each.id != entry.id])


def _insert(draft: Draft, digit_box: DigitBox) -> Draft:
    """Add a box to the number it belongs to, or as a number of its own."""
    owners = [entry for entry in draft.entries if _belongs_to(entry, digit_box.box)]
    if owners:
        owner = min(owners, key=lambda entry: _gap(entry.box, digit_box.box))
        return _with_entry(draft, _with_boxes(owner, digit_box, digit_box))
    return _insert_alone(draft, (digit_box,))


def _insert_alone(draft: Draft, boxes: tuple[DigitBox, ...]) -> Draft:
    """Add boxes as a number of their own."""
    alone = NumberEntry(draft.next_id, 0, _in_order(boxes))
    return _place(replace(draft, next_id=draft.next_id + 1), list(draft.entries), [alone])


def _place(draft: Draft, entries: list[NumberEntry], loose: Iterable[NumberEntry]) -> Draft:
    """Replace the draft's entries, putting each loose one into its line or a new line."""
    for entry in sorted(loose, key=lambda each: each.box[1]):
        entries = _with_line([*entries, replace(entry, line=0)], entry.id)
    return _ordered(draft, entries)


def _with_line(entries: list[NumberEntry], loose_id: int) -> list[NumberEntry]:
    """Set the loose entry's line, making room for a new line if it stands on none."""
    loose = next(entry for entry in entries if entry.id == loose_id)
    nearest: dict[int, Box] = {}
    for entry in entries:
        for digit_box in entry.boxes if entry.id != loose_id else ():
            known = nearest.get(entry.line)
            if known is None or _gap(digit_box.box, loose.box) < _gap(known, loose.box):
                nearest[entry.line] = digit_box.box
    best = max(nearest, key=lambda line: _vertical_overlap(nearest[line], loose.box), default=0)
    if best and _vertical_overlap(nearest[best], loose.box) >= SAME_LINE_OVERLAP:
        return [replace(e, line=best) if e.id == loose_id else e for e in entries]
    middle = loose.box[1] + loose.box[3] / 2
    above = [line for line, box in nearest.items() if box[1] + box[3] / 2 <= middle]
    new = max(above, default=0) + 1
    return [replace(e, line=new if e.id == loose_id else e.line + (e.line >= new)) for e in entries]


def _ordered(draft: Draft, entries: Iterable[NumberEntry]) -> Draft:
    """Replace the draft's entries, sorted in reading order, with lines counted from 1 gaplessly."""
    in_order = sorted(entries, key=lambda entry: (entry.line, entry.box[0], entry.id))
    lines = {line: place for place, line in enumerate(sorted({e.line for e in in_order}), 1)}
    return replace(draft, entries=tuple(replace(e, line=lines[e.line]) for e in in_order))
