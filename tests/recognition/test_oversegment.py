"""Over-segmentation: segments hold all ink exactly once, and cuts follow the slant."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.layout.drawing import canvas_layout
from inkling.recognition.candidates import line_height
from inkling.recognition.oversegment import Segments, oversegment, unite
from tests.fixtures.pages_made import number_ink


def segments_of(ink: np.ndarray) -> Segments:
    layout = canvas_layout(ink)
    return oversegment(layout, line_height(layout.line))


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
    layout = canvas_layout(ink)
    line = layout.line
    found = oversegment(layout, line_height(line))
    x, y = found.place
    kept = np.isin(layout.labels, [number for component in line for number in component.ids])
    there = np.zeros(ink.shape, bool)
    there[y : y + found.number.shape[0], x : x + found.number.shape[1]] = found.number >= 0
    np.testing.assert_array_equal(there, kept)
    counts = np.bincount(found.number[found.number >= 0], minlength=len(found.segments))
    assert counts.tolist() == [segment.area for segment in found.segments] and counts.min() > 0
    for place, segment in enumerate(found.segments):
        rows, columns = np.nonzero(found.number == place)
        box = (columns.min() + x, rows.min() + y, columns.max() + 1 + x, rows.max() + 1 + y)
        assert segment.box == tuple(int(value) for value in box)
        owner = layout.labels[rows[0] + y, columns[0] + x]
        assert owner in line[segment.component].ids


def test_separate_digits_are_components_of_their_own() -> None:
    found = segments_of(number_ink("4207", 1, gap=(0.3, 0.5)))
    owners = [segment.component for segment in found.segments]
    assert owners == sorted(owners) and set(owners) == {0, 1, 2, 3}
    assert all(
        (segment.cut == 0.0) == (k == owners.index(segment.component))
        for k, segment in enumerate(found.segments)
    )


@pytest.mark.parametrize("lean", [0.0, 0.25, 0.5, 0.8])
def test_touching_leaning_strokes_are_cut_along_their_slant(lean: float) -> None:
    """Two leaning strokes tied by a thin bar: a vertical cut would go through both."""
    ink = np.zeros((140, 300), np.uint8)
    for foot in (60, 110):
        cv2.line(ink, (foot, 120), (foot + round(100 * lean), 20), 255, 10)
    cv2.line(ink, (60 + round(50 * lean), 70), (110 + round(50 * lean), 70), 255, 4)
    found = segments_of(ink)
    (cheapest,) = sorted(segment.cut for segment in found.segments if segment.cut)[:1]
    # The cut goes through the bar alone; the stroke width is mostly that of the strokes.
    assert cheapest < 0.8
    left, right = found.number[-15, :], found.number[:15, :]
    assert len(set(left[left >= 0])) >= 2 and len(set(right[right >= 0])) >= 2
    # Each stroke has segments of its own.
    feet: dict[int, set[int]] = {foot: set() for foot in (60, 110)}
    for foot, own in feet.items():
        for row in range(25, 116):
            x = foot + round((120 - row) * lean) - found.place[0]
            own.add(int(found.number[row - found.place[1], x]))
    assert not feet[60] & feet[110]


def test_uniting_a_component_leaves_one_segment_with_all_its_ink() -> None:
    ink = number_ink("38", 4, gap=(0.02, 0.06))
    ink[118:124, 90:-90] = 255
    found = segments_of(ink)
    assert len(found.segments) > 1 and {each.component for each in found.segments} == {0}
    (whole,) = unite(found, {0}).segments
    assert whole.area == sum(each.area for each in found.segments)
    x, y, width, height = found.components[0].box
    assert whole.box == (x, y, x + width, y + height)
    assert unite(found, set()).segments == found.segments
