"""The window of a drawing under a heatmap."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkling.imaging.glyph import to_glyph
from inkling.imaging.ink import from_canvas
from inkling.ui.shared import heatmap
from tests.fixtures.pages_made import mnist_test
from tests.fixtures.redrawn import on_canvas


@pytest.mark.parametrize("seed", range(6))
def test_the_window_matches_the_glyph(seed: int) -> None:
    ink = from_canvas(on_canvas(mnist_test()[0][seed], np.random.default_rng(seed), 400))
    glyph = to_glyph(ink)
    window = heatmap.window(ink, glyph)
    shrunk = cv2.resize(window.ink, (28, 28), interpolation=cv2.INTER_AREA).astype(float)
    assert np.corrcoef(shrunk.ravel(), glyph.pixels.ravel().astype(float))[0, 1] > 0.95
    warped = window.warped(glyph.pixels.astype(np.float32))
    assert np.corrcoef(warped.ravel(), window.ink.ravel().astype(float))[0, 1] > 0.9
    enlarged = cv2.resize(glyph.pixels, (84, 84), interpolation=cv2.INTER_LINEAR)
    again = window.warped(enlarged.astype(np.float32), 3.0)
    assert np.abs(again - warped)[20:-20, 20:-20].mean() < 6.0
