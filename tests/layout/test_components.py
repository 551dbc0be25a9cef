"""Connected components, and the only character of a picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from inkling.geometry import union
from inkling.imaging.pixels import BOX_LEVEL
from inkling.layout.components import (
    MIN_AREA,
    Component,
    find_components,
    main_cluster,
    merged,
)
from tests.fixtures.inks import blank


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_components_are_scipys(seed: int) -> None:
    ink = np.random.default_rng(seed).integers(0, 256, (24, 31), dtype=np.uint8)
    ink[ink < 170] = 0
    labels, components = find_components(ink)
    truth, count = ndimage.label(ink >= BOX_LEVEL, np.ones((3, 3)))
    regions = ndimage.find_objects(truth)
    areas = np.bincount(truth.ravel(), minlength=count + 1)
    expected = {
        (columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start, area)
        for (rows, columns), area in zip(regions, areas[1:].tolist(), strict=True)
        if area > MIN_AREA
    }
    assert {(*component.box, component.area) for component in components} == expected
    assert labels.dtype == np.int32
    for component in components:
        assert (labels == component.ids[0]).sum() == component.area


def test_a_component_says_whether_it_is_at_the_edge() -> None:
    ink = blank(100, 80)
    for x, y in ((0, 30), (50, 30), (90, 30), (50, 70)):
        ink[y : y + 10, x : x + 10] = 255
    _, components = find_components(ink)
    at_edge = {component.box[:2]: component.at_edge for component in components}
    assert at_edge == {(0, 30): True, (50, 30): False, (90, 30): True, (50, 70): True}


def test_two_components_are_merged_to_one() -> None:
    one, other = Component((3, 5, 10, 4), (2,), 30), Component((20, 1, 5, 6), (7, 9), 12, True)
    both = merged(one, other)
    assert both == Component(union(one.box, other.box), (2, 7, 9), 42, True)
    assert both.middle == 1 + 8 / 2


def test_blank_ink_has_no_components() -> None:
    labels, components = find_components(blank())
    assert not labels.any() and components == []
    assert not main_cluster(blank()).any()


def test_the_main_cluster_keeps_the_strokes_of_one_character() -> None:
    ink = blank(280, 280)
    # A 4 whose strokes do not touch each other.
    cv2.line(ink, (100, 60), (90, 150), 255, 10)
    cv2.line(ink, (90, 150), (170, 150), 255, 10)
    cv2.line(ink, (182, 60), (182, 220), 255, 10)
    four = ink.copy()
    cv2.circle(ink, (20, 260), 5, 255, -1)
    ink[:4, :] = 200
    np.testing.assert_array_equal(main_cluster(ink)[10:, 40:], four[10:, 40:])
    assert not main_cluster(ink)[:4].any()


@pytest.mark.parametrize(("gap", "stays"), [(14, True), (20, False)])
def test_strokes_of_a_character_are_within_four_percent_of_the_picture(
    gap: int, stays: bool
) -> None:
    """Each stroke reaches 8 pixels of 200, so two are together up to a gap of 16."""
    ink = blank(200, 200)
    ink[60:140, 80:90] = 255
    ink[80:120, 90 + gap : 96 + gap] = 255
    kept = main_cluster(ink)
    assert (kept[60:140, 80:90] == 255).all()
    assert bool(kept[100, 92 + gap] == 255) is stays
