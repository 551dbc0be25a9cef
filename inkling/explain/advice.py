"""The coach: what was measured about a drawing that explains a doubtful answer, and what helps.

    sentence = advice(facts(ink, digits, classifier))

Where a cause can be put to the test it is: a stroke is called broken when the drawing reads better
with the gap closed, a drawing upside down when it reads surely the other way up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from inkling.imaging.glyph import BOX_SIZE, GlyphKind, to_glyph
from inkling.imaging.pixels import BOX_LEVEL, Pixels

if TYPE_CHECKING:
    from inkling.geometry import Box
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit, Prediction

# Widths of strokes in glyph pixels. One MNIST digit in a hundred is thicker than this; the
# normaliser thickens thin ones, so only hairs are worth a word.
THICK = 5.0
THIN = 0.4
# Longer side, in pixels, at which pictures are tried out: enough for the network, quick to change.
TRIED_AT = 80
# Gaps this wide, in pixels at that size, may have been meant as none.
GAPS = (5, 9, 15, 21, 27, 35)
# A drawing put right should be read with at least this confidence, one upside down with less.
LIKELY, UNLIKELY = 0.9, 0.6
# A second label is a rival from this probability on.
RIVAL = 0.01
# Narrower drawings, in parts of their height, are hardly two digits.
TWO_WIDE = 0.75
# A bar across a stem lies between these parts of the height.
BAR_FROM, BAR_TO = 0.3, 0.8


class Kind(StrEnum):
    """What a fact is about; the order is that in which they are worth saying."""

    EMPTY = "empty"
    SMALL = "small"
    BROKEN = "broken"
    TWO_DIGITS = "two digits"
    CROSSED_SEVEN = "crossed seven"
    CLOSED_FOUR = "closed four"
    UPSIDE_DOWN = "upside down"
    THICK = "thick"
    EDGE = "edge"
    THIN = "thin"
    ALIKE = "alike"


# What tells two digits apart that are often taken for each other.
APART = {
    "01": "close the 0 to a wide ring",
    "06": "start the 6 well above its ring, and close the 0 at the top",
    "08": "cross the 8 in the middle, and keep the 0 empty",
    "17": "give the 7 a longer bar at the top, and the 1 none",
    "12": "give the 2 a foot, and the 1 none",
    "23": "give the 2 a flat foot, and the 3 a waist",
    "27": "give the 2 a flat foot, and the 7 none",
    "28": "leave the 2 open, and close both rings of the 8",
    "35": "make the top of the 5 a flat bar, and that of the 3 round",
    "38": "leave the 3 open on its left, and close both rings of the 8",
    "39": "close the ring of the 9, and leave the 3 open on its left",
    "46": "close the ring of the 6, and give the 4 a bar across",
    "47": "give the 4 a bar across, and the 7 a flat top",
    "49": "leave the top of the 4 open, and close the ring of the 9",
    "56": "close the ring of the 6, and leave the 5 open",
    "58": "leave the 5 open, and close both rings of the 8",
    "59": "close the ring of the 9, and give the 5 a flat bar at the top",
    "68": "close both rings of the 8, and give the 6 only the lower one",
    "79": "close the ring of the 9, and keep the top of the 7 flat",
    "89": "close the lower ring of the 8, and leave the 9 without one",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something measured about a drawing.

    Attributes:
        kind: what.
        value: of SMALL how many times it was enlarged, of THICK and THIN the stroke's width as a
            part of the drawing's longer side, of BROKEN likewise the widest gap that was closed,
            of TWO_DIGITS how many are seen, of ALIKE the second one's probability; else 0.
        label: what it reads as once put right (BROKEN, UPSIDE_DOWN, CROSSED_SEVEN), or the digits
            that are seen (TWO_DIGITS, "17"), or the two it may be (ALIKE, "17"); else empty.
    """

    kind: Kind
    value: float = 0.0
    label: str = ""


def facts(ink: Pixels, digits: Sequence[Digit], classifier: Classifier) -> tuple[Fact, ...]:
    """What can be measured about a drawing that explains a doubtful answer.

    They are about its least sure digit, and what is most worth saying comes first. A lone dot has
    none: that it is a dot says everything.

    Args:
        ink: the drawing, uint8 (h, w), as `ink.from_canvas` gives it.
        digits: what `reader.read_ink` made of it; may be empty.
        classifier: the model that answered.
    """
    if not digits:
        return (Fact(Kind.EMPTY),)
    digit = min(digits, key=lambda one: (one.prediction.is_digit, one.confidence))
    glyph = digit.glyph
    if glyph.kind is GlyphKind.DOT:
        return ()
    found = [
        *_measured(digit, ink, classifier.labels),
        *_tried(digit, _cut(ink, digit.box), classifier),
    ]
    if len(digits) > 1:
        seen = "".join(one.label for one in digits)
        whole = _ask({"whole": ink}, classifier)["whole"]
        if whole.is_sure:
            found.append(Fact(Kind.BROKEN, _gap(digits, ink), whole.label))
        elif not digit.prediction.is_sure:
            found.append(Fact(Kind.TWO_DIGITS, len(digits), seen))
    order = list(Kind)
    return tuple(sorted(found, key=lambda fact: order.index(fact.kind)))


def advice(found: Sequence[Fact]) -> str:
    """One sentence of reason and remedy for what matters most; empty where there is nothing to
    say. The page shows it when the answer is unsure, wrong, or no digit.

    Args:
        found: as `facts` gives them.
    """
    if not found:
        return ""
    fact = found[0]
    times = f"{fact.value:.0f} times" if fact.value >= 2.5 else "to twice its size"
    sentences = {
        Kind.EMPTY: "The sheet is empty: draw a digit, as large as you like.",
        Kind.SMALL: f"It is tiny and had to be enlarged {times}: draw it larger.",
        Kind.BROKEN: f"There is a gap in the stroke: let the parts touch, and it reads as "
        f"{fact.label}.",
        Kind.TWO_DIGITS: f"It looks like {', then '.join(fact.label)}: leave room between two "
        "digits, or let the strokes of one touch.",
        Kind.CROSSED_SEVEN: "The bar through the 7 is hard to place: draw it shorter, or leave it "
        "out.",
        Kind.CLOSED_FOUR: "Closed at the top it could be a 4 or a 9: leave a 4 open, and make a 9 "
        "round.",
        Kind.UPSIDE_DOWN: f"Upside down it reads as {fact.label}: turn it the other way up.",
        Kind.THICK: "The pen is thick for so small a drawing: draw larger, or take a thinner pen.",
        Kind.EDGE: "It runs off the sheet: stay a little away from the edge.",
        Kind.ALIKE: f"It is between {' and '.join(fact.label)}: {APART.get(fact.label, '')}.",
        Kind.THIN: "The pen is very thin for so large a drawing: take a wider one.",
    }
    return sentences[fact.kind]


def _measured(digit: Digit, ink: Pixels, labels: Sequence[str]) -> list[Fact]:
    """What the box and the strokes say."""
    glyph, found = digit.glyph, []
    # As a part of the longer side, which is `BOX_SIZE` glyph pixels.
    part = glyph.stroke_width * glyph.scale / BOX_SIZE
    if glyph.scale > 1.0:
        found.append(Fact(Kind.SMALL, glyph.scale))
    elif part > THICK / BOX_SIZE:
        found.append(Fact(Kind.THICK, part))
    elif part < THIN / BOX_SIZE:
        found.append(Fact(Kind.THIN, part))
    x, y, width, height = digit.box
    if x <= 0 or y <= 0 or x + width >= ink.shape[1] or y + height >= ink.shape[0]:
        found.append(Fact(Kind.EDGE))
    found += _rivals(digit, labels)
    return found


def _rivals(digit: Digit, labels: Sequence[str]) -> list[Fact]:
    """Which two labels a doubtful digit stands between."""
    p = digit.prediction.probabilities
    best, second = sorted(range(len(p)), key=p.__getitem__)[:-3:-1]
    pair = "".join(sorted((labels[best], labels[second])))
    if p[second] < RIVAL:
        return []
    if pair == "49" and _has_upper_ring(digit.glyph.pixels):
        return [Fact(Kind.CLOSED_FOUR)]
    doubtful = digit.prediction.is_digit and not digit.prediction.is_sure
    return [Fact(Kind.ALIKE, p[second], pair)] if doubtful and pair in APART else []


def _has_upper_ring(glyph: Pixels) -> bool:
    """Whether paper is enclosed in the upper part of the ink."""
    mask = np.pad(glyph, 1) >= BOX_LEVEL
    # Paper that touches only at corners is parted by the stroke between.
    count, _, stats, middles = cv2.connectedComponentsWithStats(
        (~mask).astype(np.uint8), connectivity=4
    )
    rows = np.flatnonzero(mask.any(axis=1))
    limit = rows[0] + 0.6 * (rows[-1] - rows[0])
    # The first component is the ink, the second the paper around.
    return any(
        stats[k, cv2.CC_STAT_AREA] >= 2 and middles[k][1] < limit
        for k in range(1, count)
        if stats[k, cv2.CC_STAT_TOP] > 0
    )


def _gap(digits: Sequence[Digit], ink: Pixels) -> float:
    """Widest bare paper between neighbours, as a part of the ink's longer side."""
    boxes = sorted(digit.box for digit in digits)
    bare = max(right[0] - left[0] - left[2] for left, right in pairwise(boxes))
    columns = np.flatnonzero((ink >= BOX_LEVEL).any(axis=0))
    rows = np.flatnonzero((ink >= BOX_LEVEL).any(axis=1))
    extent = 1 + max(int(columns[-1] - columns[0]), int(rows[-1] - rows[0]))
    return max(0, bare) / extent


def _cut(ink: Pixels, box: Box) -> Pixels:
    """The ink in a box with paper around it, at the size at which changes are tried."""
    x, y, width, height = box
    patch = ink[y : y + height, x : x + width]
    scale = TRIED_AT / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
    return np.pad(np.asarray(cv2.resize(patch, size, interpolation=method), np.uint8), 8)


def _tried(digit: Digit, patch: Pixels, classifier: Classifier) -> list[Fact]:
    """What the network says once a suspected cause is put right."""
    now = digit.prediction
    changed = {"turned": np.ascontiguousarray(patch[::-1, ::-1])}
    for gap in GAPS:
        joined = _joined(patch, gap)
        if joined is not None:
            changed[f"joined {gap}"] = joined
    uncrossed = _uncrossed(patch)
    if uncrossed is not None:
        changed["uncrossed"] = uncrossed
    if digit.box[2] >= TWO_WIDE * digit.box[3]:
        changed["left"], changed["right"] = _halves(patch)
    read = _ask(changed, classifier)
    found = []
    if not now.is_sure:
        for gap in GAPS:
            closed = read.get(f"joined {gap}")
            # A 4 or a 5 is open with good reason, though closed it is surely a 9 or a 6.
            if closed and closed.is_sure and (closed.label == now.label or not now.is_digit):
                found.append(Fact(Kind.BROKEN, gap / TRIED_AT, closed.label))
                break
    plain = read.get("uncrossed")
    if plain and plain.label == "7" and plain.confidence >= LIKELY and not _is_surely(now, "7"):
        found.append(Fact(Kind.CROSSED_SEVEN, 0.0, "7"))
    left, right = read.get("left"), read.get("right")
    if left and right and left.is_sure and right.is_sure and not now.is_sure:
        found.append(Fact(Kind.TWO_DIGITS, 2, left.label + right.label))
    turned = read["turned"]
    # Any doubtful 6 is a 9 upside down, and a 0 a 0: that says nothing.
    alike = ({"6", "9"}, {"0"}, {"1"}, {"8"})
    if turned.is_sure and now.confidence < UNLIKELY and {turned.label, now.label} not in alike:
        found.append(Fact(Kind.UPSIDE_DOWN, 0.0, turned.label))
    return found


def _is_surely(prediction: Prediction, label: str) -> bool:
    return prediction.is_sure and prediction.label == label


def _ask(inks: dict[str, Pixels], classifier: Classifier) -> dict[str, Prediction]:
    """What each ink reads as, all in one call; what is blank is left out."""
    glyphs = {name: to_glyph(ink) for name, ink in inks.items()}
    kept = {name: glyph.pixels for name, glyph in glyphs.items() if not glyph.is_blank}
    if not kept:
        return {}
    return dict(zip(kept, classifier.predict(np.stack(list(kept.values()))), strict=True))


def _joined(patch: Pixels, gap: int) -> Pixels | None:
    """The ink with gaps up to that width closed; None where that joins no parts and no ring."""
    side = gap | 1
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    padded = np.pad(patch, side)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, disk)
    joined = np.asarray(closed[side:-side, side:-side], np.uint8)
    before, after = _shape(patch), _shape(joined)
    return joined if after[0] < before[0] or after[1] > before[1] else None


def _shape(patch: Pixels) -> tuple[int, int]:
    """How many parts the ink has, and how many rings; specks not counted."""
    mask = (np.pad(patch, 1) >= BOX_LEVEL).astype(np.uint8)
    counts = []
    for ink, connectivity in ((mask, 8), (1 - mask, 4)):
        _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=connectivity)
        counts.append(int((stats[1:, cv2.CC_STAT_AREA] > 8).sum()))
    return counts[0], counts[1] - 1


def _uncrossed(patch: Pixels) -> Pixels | None:
    """The ink without a bar across its middle; None where there is none."""
    mask = (patch >= BOX_LEVEL).astype(np.uint8)
    rows = np.flatnonzero(mask.any(axis=1))
    low, high = (round(rows[0] + part * (rows[-1] - rows[0])) for part in (BAR_FROM, BAR_TO))
    across = mask[low:high].sum(axis=1)
    stem = max(3, round(float(np.percentile(mask[low:].sum(axis=1), 40))))
    if across.max(initial=0) < 1.8 * stem:
        return None
    bar = np.zeros_like(mask)
    length = max(3, round(1.6 * stem))
    bar[low:high] = cv2.morphologyEx(mask[low:high], cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    touched = np.flatnonzero(bar.any(axis=1))
    if touched.size == 0 or touched.size > 3 * stem:
        return None
    first, last = max(0, touched[0] - 2), min(len(mask) - 1, touched[-1] + 2)
    out = patch.copy()
    out[first : last + 1] = 0
    above, below = (_middle(mask[row]) for row in (first - 1, min(last + 1, len(mask) - 1)))
    if above is None or below is None:
        return None
    ends = ((round(above), int(first) - 1), (round(below), int(last) + 1))
    cv2.line(out, *ends, 255, stem, cv2.LINE_AA)
    return out


def _middle(row: Pixels) -> float | None:
    columns = np.flatnonzero(row)
    return float(columns.mean()) if columns.size else None


def _halves(patch: Pixels) -> tuple[Pixels, Pixels]:
    """The ink parted at the column that holds least of it, in the middle third."""
    width = patch.shape[1]
    low, high = width // 3, width - width // 3
    column = low + int(np.argmin(patch[:, low:high].sum(axis=0, dtype=np.int64)))
    return np.pad(patch[:, :column], 8), np.pad(patch[:, column:], 8)
