"""Which box is selected after an edit: the same one or, when it is gone, what replaced it."""

from __future__ import annotations

from inkling.geometry import Box
from inkling.review.draft import DigitBox, Draft


def after_edit(before: Draft, after: Draft, selected: int | None) -> int | None:
    """The box to select after an edit.

    Args:
        before, after: the draft before and after the edit.
        selected: the id of the box that is selected; None for none.

    Returns:
        The id of the same box. When it is gone, the first new box that overlaps it, which a split
        or a merge has made, or else its neighbour. None when no box was selected or none is left.
    """
    if selected is None or after.box(selected) is not None:
        return selected
    digit_box = before.box(selected)
    if digit_box is None:
        return None
    replaced = (each for each in _added(before, after) if _overlap(each.box, digit_box.box))
    made = next(replaced, None)
    return _neighbour(before, after, selected) if made is None else made.id


def after_undo(before: Draft, after: Draft, selected: int | None) -> int | None:
    """The box to select after an edit was undone: what it brings back, or as `after_edit`.

    Args:
        before, after: the draft before and after the undo.
        selected: the id of the box that is selected; None for none.
    """
    restored = _added(before, after)
    if not restored or (selected is None and before.entries):
        return after_edit(before, after, selected)
    return restored[0].id


def _added(before: Draft, after: Draft) -> list[DigitBox]:
    """The boxes that were not there before, in reading order."""
    known = {each.id for each in before.boxes}
    return [each for each in after.boxes if each.id not in known]


def _overlap(a: Box, b: Box) -> bool:
    """Whether two boxes have more than an edge in common."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return across > 0 and down > 0


def _neighbour(before: Draft, after: Draft, gone: int) -> int | None:
    """What stood beside a box that is gone.

    The next box in its number or else the one before, and where the whole number is gone, the next
    box on the page or else the one before.
    """
    left = {each.id for each in after.boxes}
    entry = before.entry_of(gone)
    for boxes in (entry.boxes if entry else (), before.boxes):
        ids = [each.id for each in boxes]
        place = ids.index(gone) if gone in ids else 0
        for box_id in (*ids[place + 1 :], *reversed(ids[:place])):
            if box_id in left:
                return box_id
    return next((each.id for each in after.boxes), None)
