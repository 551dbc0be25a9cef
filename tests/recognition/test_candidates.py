"""The lattice of a line: the cheapest way against all ways, and pieces that hold all ink once."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.imaging.glyph import Glyph, GlyphKind
from inkling.layout.components import find_components
from inkling.layout.lines import canvas_layout
from inkling.recognition.brackets import brackets
from inkling.recognition.candidates import Candidate, candidates, label_costs, line_height
from inkling.recognition.oversegment import Pieces, cut
from inkling.recognition.search import best_path, path_of
from tests.fixtures.pages_made import number_ink

GLYPH = Glyph(np.zeros((28, 28), np.uint8), GlyphKind.CHARACTER, (0, 0, 1, 1), 0.0, 0.0, False)
LABELS = 3


def lattice(pieces: int, rng: np.random.Generator) -> tuple[list[Candidate], np.ndarray]:
    """Every run of up to three pieces, some missing, each piece also left out; and their costs."""
    spans = [(a, b) for a in range(pieces) for b in range(a + 1, min(a + 3, pieces) + 1)]
    found = [
        Candidate(a, b, (a, 0, b - a, 1), GLYPH, 0.0, 1.0) for a, b in spans if rng.random() < 0.8
    ]
    found += [Candidate(a, a + 1, (a, 0, 1, 1), None, 0.0, 1.0) for a in range(pieces)]
    order = rng.permutation(len(found)).tolist()
    found = [found[index] for index in order]
    costs = rng.uniform(0.0, 5.0, (len(found), LABELS))
    for row, candidate in enumerate(found):
        if candidate.glyph is None:
            costs[row] = costs[row, 0]
    return found, costs


def ways(found: list[Candidate], pieces: int, start: int = 0) -> Iterator[tuple[int, ...]]:
    """All ways through a lattice."""
    if start == pieces:
        yield ()
    for index, candidate in enumerate(found):
        if candidate.first == start:
            for rest in ways(found, pieces, candidate.last):
                yield (index, *rest)


def said(found: list[Candidate], way: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(index for index in way if found[index].glyph is not None)


@settings(max_examples=60, deadline=None)
@given(pieces=st.integers(1, 6), seed=st.integers(0, 10_000))
def test_the_path_is_the_cheapest_of_all(pieces: int, seed: int) -> None:
    found, costs = lattice(pieces, np.random.default_rng(seed))
    cheapest = min(sum(float(costs[i].min()) for i in way) for way in ways(found, pieces))
    path = best_path(found, costs)
    assert path.cost == pytest.approx(cheapest)
    taken = [found[index] for index, _ in path.steps]
    assert [one.first for one in taken] == [0, *(one.last for one in taken)][:-1]
    assert taken[-1].last == pieces
    for index, label in path.steps:
        assert label == (-1 if found[index].glyph is None else int(costs[index].argmin()))
    assert path.cost == pytest.approx(sum(float(costs[i, max(0, n)]) for i, n in path.steps))


@settings(max_examples=60, deadline=None)
@given(
    pieces=st.integers(1, 5),
    labels=st.lists(st.integers(0, LABELS - 1), max_size=6),
    seed=st.integers(0, 10_000),
)
def test_the_path_of_some_labels_is_the_cheapest_that_says_them(
    pieces: int, labels: list[int], seed: int
) -> None:
    found, costs = lattice(pieces, np.random.default_rng(seed))
    cheapest = math.inf
    for way in ways(found, pieces):
        digits = said(found, way)
        if len(digits) == len(labels):
            cost = sum(float(costs[i, 0]) for i in way if i not in digits)
            cost += sum(float(costs[i, label]) for i, label in zip(digits, labels, strict=True))
            cheapest = min(cheapest, cost)
    path = path_of(found, costs, labels)
    if path is None:
        assert math.isinf(cheapest)
    else:
        assert path.cost == pytest.approx(cheapest) and path.labels == tuple(labels)


def test_the_best_path_is_the_path_of_what_it_says() -> None:
    for seed in range(20):
        found, costs = lattice(5, np.random.default_rng(seed))
        best = best_path(found, costs)
        same = path_of(found, costs, best.labels)
        assert same is not None and same.cost == pytest.approx(best.cost)


def test_nothing_is_read_in_nothing() -> None:
    assert best_path([], np.zeros((0, 10))).steps == ()
    nothing = path_of([], np.zeros((0, 10)), ())
    assert nothing is not None and nothing.steps == ()
    assert path_of([], np.zeros((0, 10)), (1,)) is None


# --- pieces --------------------------------------------------------------------------------------


def pieces_of(ink: np.ndarray) -> Pieces:
    sheet = canvas_layout(ink)
    (line,) = sheet.lines
    return cut(sheet, line, line_height(line))


points = st.tuples(st.integers(15, 385), st.integers(15, 105))


@settings(max_examples=60, deadline=None)
@given(
    strokes=st.lists(st.lists(points, min_size=2, max_size=6), min_size=1, max_size=6),
    pen=st.integers(3, 12),
)
def test_the_pieces_hold_all_ink_exactly_once(
    strokes: list[list[tuple[int, int]]], pen: int
) -> None:
    ink = np.zeros((120, 400), np.uint8)
    for stroke in strokes:
        cv2.polylines(ink, [np.array(stroke, np.int32)], False, 255, pen)
    sheet = canvas_layout(ink)
    (line,) = sheet.lines
    found = cut(sheet, line, line_height(line))
    x, y = found.place
    kept = np.isin(sheet.labels, [number for mark in line for number in mark.ids])
    there = np.zeros(ink.shape, bool)
    there[y : y + found.number.shape[0], x : x + found.number.shape[1]] = found.number >= 0
    np.testing.assert_array_equal(there, kept)
    counts = np.bincount(found.number[found.number >= 0], minlength=len(found.pieces))
    assert counts.tolist() == [piece.area for piece in found.pieces] and counts.min() > 0
    for place, piece in enumerate(found.pieces):
        rows, columns = np.nonzero(found.number == place)
        box = (columns.min() + x, rows.min() + y, columns.max() + 1 + x, rows.max() + 1 + y)
        assert piece.box == tuple(int(value) for value in box)
        owner = sheet.labels[rows[0] + y, columns[0] + x]
        assert owner in line[piece.mark].ids


def test_digits_that_stand_apart_are_marks_of_their_own() -> None:
    found = pieces_of(number_ink("4207", 1, gap=(0.3, 0.5)))
    owners = [piece.mark for piece in found.pieces]
    assert owners == sorted(owners) and set(owners) == {0, 1, 2, 3}
    assert all(
        (piece.cut == 0.0) == (k == owners.index(piece.mark))
        for k, piece in enumerate(found.pieces)
    )


@pytest.mark.parametrize("lean", [0.0, 0.25, 0.5, 0.8])
def test_leaning_strokes_that_touch_are_cut_along_their_slant(lean: float) -> None:
    """Two leaning strokes tied by a thin bar: a straight cut would go through both of them."""
    ink = np.zeros((140, 300), np.uint8)
    for foot in (60, 110):
        cv2.line(ink, (foot, 120), (foot + round(100 * lean), 20), 255, 10)
    cv2.line(ink, (60 + round(50 * lean), 70), (110 + round(50 * lean), 70), 255, 4)
    found = pieces_of(ink)
    (cheapest,) = sorted(piece.cut for piece in found.pieces if piece.cut)[:1]
    # The bar alone, in widths of a pen that is mostly the strokes'.
    assert cheapest < 0.8
    left, right = found.number[-15, :], found.number[:15, :]
    assert len(set(left[left >= 0])) >= 2 and len(set(right[right >= 0])) >= 2
    # Each stroke is in pieces of its own.
    feet = {foot: set() for foot in (60, 110)}
    for foot, own in feet.items():
        for row in range(25, 116):
            x = foot + round((120 - row) * lean) - found.place[0]
            own.add(int(found.number[row - found.place[1], x]))
    assert not feet[60] & feet[110]


def test_every_digit_of_a_tied_number_is_a_candidate() -> None:
    ink = number_ink("358", 4, gap=(0.02, 0.06))
    ink[118:124, 90:-90] = np.maximum(ink[118:124, 90:-90], 255)
    apart = canvas_layout(number_ink("358", 4, gap=(0.02, 0.06))).lines[0]
    found = candidates(pieces_of(ink))
    for mark in apart:
        x, _, width, _ = mark.box
        assert min(abs(c.box[0] - x) + abs(c.box[2] - width) for c in found) < 30


def test_costs_of_labels_grow_with_doubt_and_are_even_for_what_is_left_out() -> None:
    found = [
        Candidate(0, 1, (0, 0, 20, 40), GLYPH, 1.0, 0.6),
        Candidate(0, 1, (0, 0, 20, 40), None, 2.5, 0.6),
    ]
    probabilities = np.full((2, 10), 0.01, np.float32)
    probabilities[0, 7], probabilities[0, 3] = 0.8, 0.12
    costs = label_costs(found, probabilities)
    assert costs.shape == (2, 10) and (costs[1] == 2.5).all()
    assert costs[0].argmin() == 7 and costs[0, 3] == np.sort(costs[0])[1] and costs[0, 7] > 1.0


def test_specks_have_no_say_in_a_lines_height() -> None:
    ink = number_ink("382", 2)
    plain = line_height(canvas_layout(ink).lines[0])
    for x in range(5, ink.shape[1] - 5, 12):
        ink[4:7, x : x + 3] = 255
    assert line_height(find_components(ink)[1]) == pytest.approx(plain, rel=0.1)


@pytest.mark.parametrize(("bulges", "count"), [((-1, 1), 2), ((-1,), 0), ((1,), 0), ((1, -1), 0)])
def test_round_brackets_come_in_pairs(bulges: tuple[int, ...], count: int) -> None:
    """A single bowed stroke may be somebody's 1."""
    ink = np.pad(number_ink("56", 3, digit=100), ((0, 0), (150, 150)))
    middle = ink.shape[0] // 2
    turn = np.linspace(-1.0, 1.0, 30)
    for bulge, x in zip(bulges, (90, ink.shape[1] - 90), strict=False):
        way = np.stack([x + bulge * 20 * (1 - turn**2), middle + 75 * turn], axis=1)
        cv2.polylines(ink, [np.rint(way).astype(np.int32)], False, 255, 8, cv2.LINE_AA)
    sheet = canvas_layout(ink)
    (line,) = sheet.lines
    assert len(brackets(cut(sheet, line, line_height(line)))) == count
