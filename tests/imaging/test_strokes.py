"""Pen trajectories drawn as ink."""

from __future__ import annotations

import numpy as np

from inkling.imaging.glyph import GlyphKind, to_glyph
from inkling.imaging.pixels import bounding_box, stroke_width
from inkling.imaging.strokes import draw_lines, from_strokes


def test_strokes_are_drawn_where_they_are():
    drawing = from_strokes([np.array([[0, 0], [0, 100]]), np.array([[50, 100]])], size=120)
    box = bounding_box(drawing)
    assert box is not None
    assert 90 <= box[3] <= 98  # 120 pixels less a margin of a tenth on both sides.
    assert from_strokes([]).max() == 0
    assert to_glyph(from_strokes([np.array([[3, 3]])])).kind is GlyphKind.DOT


def test_a_drawing_is_scaled_to_its_square_with_its_shape_kept() -> None:
    strokes = [np.array([[10, 10], [10, 30], [50, 30]], float)]
    for factor in (0.5, 1.0, 40.0):
        ink = from_strokes([stroke * factor + 7.0 for stroke in strokes], size=160, brush=12.0)
        box = bounding_box(ink)
        assert box is not None
        x, y, width, height = box
        assert abs(width - 128) <= 2
        assert abs((height - 12) / (width - 12) - 0.5) < 0.03
        assert abs(x + width / 2 - 80) <= 1 and abs(y + height / 2 - 80) <= 1


def test_the_brush_is_as_wide_as_it_says() -> None:
    for brush in (4.0, 9.0, 20.0):
        ink = from_strokes([np.array([[0, 0], [0, 100]])], size=160, brush=brush)
        assert abs(stroke_width(ink) - brush) <= 2


def test_lines_are_drawn_over_what_is_there() -> None:
    ink = np.zeros((40, 60), np.uint8)
    ink[:3] = 90
    draw_lines(ink, [np.array([[10.0, 20.0], [50.0, 20.0]]), np.array([[30.0, 33.0]])], 4.0)
    assert (ink[:3] == 90).all()
    assert (ink[19:22, 12:48] == 255).all() and ink[33, 30] == 255
    assert not ink[26:29].any()
