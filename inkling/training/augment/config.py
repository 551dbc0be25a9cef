"""Settings of augmentation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far glyphs may be bent. Angles in degrees, lengths in glyph pixels, the rest are ratios.

    Each `*_rate` is the probability that a glyph gets that change at all.
    """

    rotation: float = 10.0
    slant: float = 0.25
    stretch: float = 0.12
    shift: float = 2.0
    elastic: float = 1.0
    elastic_rate: float = 0.5
    thickness_rate: float = 0.25
    blur_rate: float = 0.1
    noise_rate: float = 0.05
    fade_rate: float = 0.05
    # What a photo adds: light that falls off, JPEG's blocks, rules and a neighbour's pen left in
    # the cut, digits clipped by it, places far off the middle, the page's edge, specks.
    light_rate: float = 0.0
    jpeg_rate: float = 0.0
    rule_rate: float = 0.0
    neighbour_rate: float = 0.0
    clip_rate: float = 0.0
    stray_rate: float = 0.0
    edge_rate: float = 0.0
    speck_rate: float = 0.0
    outline_rate: float = 0.0
    rough_rate: float = 0.0


NONE = Augmentation(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
AFFINE = Augmentation(10, 0.2, 0.1, 2.0, 0, 0, 0, 0, 0, 0)
HANDWRITING = Augmentation()
EVERYTHING = Augmentation(
    light_rate=0.08,
    jpeg_rate=0.05,
    rule_rate=0.1,
    neighbour_rate=0.07,
    clip_rate=0.03,
    stray_rate=0.06,
    edge_rate=0.04,
    speck_rate=0.05,
    outline_rate=0.02,
    rough_rate=0.04,
)
BY_NAME = {
    "none": NONE,
    "affine": AFFINE,
    "handwriting": HANDWRITING,
    "everything": EVERYTHING,
}
