"""The generated pairs of touching digits."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.accuracy import touching
from inkling.imaging.pixels import BOX_LEVEL


def test_pairs_touch_and_overlap_as_requested() -> None:
    for text in ("00", "38", "69", "17"):
        for overlap in (0.0, 0.1, 0.2):
            rng = np.random.default_rng(7)
            left, right = (touching.enlarge_digit(label, rng) for label in text)
            ink = touching.make_pair(text, overlap, np.random.default_rng(7))
            if ink is None:
                continue
            mask = (ink >= BOX_LEVEL).astype(np.uint8)
            assert cv2.connectedComponents(mask, connectivity=8)[0] == 2
            width = np.ptp(np.flatnonzero(mask.any(axis=0))) + 1
            shared = left.shape[1] + right.shape[1] - width
            assert abs(shared - overlap * min(left.shape[1], right.shape[1])) <= 1


def test_overlaps_grow_up_to_the_maximum() -> None:
    overlaps = [overlap for _, overlap, _ in touching.make_pairs(20, 3)]
    assert overlaps == sorted(overlaps)
    assert 0 < overlaps[0] < overlaps[-1] < touching.MAX_OVERLAP
