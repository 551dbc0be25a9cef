"""Candidates of a line: which runs of segments may be a digit, and what they cost."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inkling.imaging.glyph import Glyph, GlyphKind
from inkling.layout.components import find_components
from inkling.layout.drawing import canvas_layout
from inkling.recognition.candidates import Candidate, candidates, label_costs, line_height
from inkling.recognition.oversegment import Segments, oversegment
from tests.fixtures.pages_made import number_ink

GLYPH = Glyph(np.zeros((28, 28), np.uint8), GlyphKind.CHARACTER, (0, 0, 1, 1), 0.0, 0.0, False)


def oversegment_of(ink: np.ndarray) -> Segments:
    layout = canvas_layout(ink)
    return oversegment(layout, line_height(layout.line))


def test_every_digit_of_a_number_in_one_stroke_is_a_candidate() -> None:
    ink = number_ink("358", 4, gap=(0.02, 0.06))
    ink[118:124, 90:-90] = np.maximum(ink[118:124, 90:-90], 255)
    separate = canvas_layout(number_ink("358", 4, gap=(0.02, 0.06))).line
    found = candidates(oversegment_of(ink))
    for component in separate:
        x, _, width, _ = component.box
        assert min(abs(c.box[0] - x) + abs(c.box[2] - width) for c in found) < 30


def test_costs_grow_with_doubt_and_are_equal_for_a_rejected_component() -> None:
    found = [
        Candidate(0, 1, (0, 0, 20, 40), GLYPH, 1.0, 0.6),
        Candidate(0, 1, (0, 0, 20, 40), None, 2.5, 0.6),
    ]
    probabilities = np.full((2, 10), 0.01, np.float32)
    probabilities[0, 7], probabilities[0, 3] = 0.8, 0.12
    costs = label_costs(found, probabilities, "0123456789")
    assert costs.shape == (2, 10) and (costs[1] == 2.5).all()
    assert costs[0].argmin() == 7 and costs[0, 3] == np.sort(costs[0])[1] and costs[0, 7] > 1.0


def test_specks_do_not_change_a_lines_height() -> None:
    ink = number_ink("382", 2)
    plain = line_height(canvas_layout(ink).line)
    for x in range(5, ink.shape[1] - 5, 12):
        ink[4:7, x : x + 3] = 255
    assert line_height(find_components(ink)[1]) == pytest.approx(plain, rel=0.1)


def test_a_one_costs_by_its_label_and_not_by_its_column() -> None:
    """A model with other labels: the extra cost of a 1 follows the label."""
    found = [Candidate(0, 1, (0, 0, 20, 40), GLYPH, 0.0, 0.6)]
    probabilities = np.array([[0.5, 0.5, 0.0]], np.float32)
    digits = label_costs(found, probabilities, "01x")
    turned = label_costs(found, probabilities, "10x")
    assert digits[0, 1] > digits[0, 0] and turned[0, 0] > turned[0, 1]
    letters = label_costs(found, probabilities, "abc")
    assert letters[0, 0] == pytest.approx(letters[0, 1])


def test_a_digit_is_cut_out_without_its_neighbours() -> None:
    ink = np.zeros((100, 200), np.uint8)
    for x in (60, 80):  # two leaning ones, each with ink of the other in its box
        cv2.line(ink, (x, 20), (x - 30, 70), 255, 5)
    layout = canvas_layout(ink)
    glyphs = []
    for component in layout.line:
        alone = replace(layout, line=(component,))
        segments = oversegment(alone, line_height(layout.line))
        whole = max(candidates(segments), key=lambda found: found.box[2])
        assert whole.box == component.box and whole.glyph is not None
        glyphs.append(whole.glyph.pixels)
    np.testing.assert_array_equal(glyphs[0], glyphs[1])


@pytest.mark.parametrize(("size", "is_speck"), [(0.25, True), (0.36, False)])
def test_a_digit_is_tried_without_what_is_smaller_than_0_3_heights(
    size: float, is_speck: bool
) -> None:
    ink = np.zeros((200, 300), np.uint8)
    cv2.ellipse(ink, (100, 100), (25, 46), 0, 0, 360, 255, 8)
    side = round(100 * size)
    ink[100 - side // 2 : 100 + (side + 1) // 2, 140 : 140 + side] = 255
    layout = canvas_layout(ink)
    assert len(layout.line) == 2
    found = candidates(oversegment(layout, 100.0))
    last = max(candidate.last for candidate in found)
    # The run of all segments, once with the small component and perhaps once without it.
    whole = [each for each in found if (each.first, each.last) == (0, last) and each.glyph]
    widths = {each.box[2] for each in whole}
    assert len(widths) == (2 if is_speck else 1)
    # It is the small component that is left out.
    assert min(widths) >= 50
