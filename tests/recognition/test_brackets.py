"""Round brackets around a number."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkling.layout.drawing import canvas_layout
from inkling.recognition.brackets import brackets
from inkling.recognition.candidates import line_height
from inkling.recognition.oversegment import oversegment
from tests.fixtures.pages_made import number_ink


@pytest.mark.parametrize(("bulges", "count"), [((-1, 1), 2), ((-1,), 0), ((1,), 0), ((1, -1), 0)])
def test_round_brackets_come_in_pairs(bulges: tuple[int, ...], count: int) -> None:
    """A single bowed stroke may be somebody's 1."""
    ink = np.pad(number_ink("56", 3, digit=100), ((0, 0), (150, 150)))
    middle = ink.shape[0] // 2
    turn = np.linspace(-1.0, 1.0, 30)
    for bulge, x in zip(bulges, (90, ink.shape[1] - 90), strict=False):
        way = np.stack([x + bulge * 20 * (1 - turn**2), middle + 75 * turn], axis=1)
        cv2.polylines(ink, [np.rint(way).astype(np.int32)], False, 255, 8, cv2.LINE_AA)
    layout = canvas_layout(ink)
    assert len(brackets(oversegment(layout, line_height(layout.line)))) == count
